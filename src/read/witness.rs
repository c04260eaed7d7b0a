//! Two readers of one server as each other's witness: what `pg_dumpall` leaves out, and where the two
//! disagree.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::pg_dumpall::Program;
use crate::attribute::Attribute;
use crate::finding::Subject;
use crate::globals::{
    Fact, Globals, Membership, MembershipKey, Origin, Parameter, ParameterKey, Password, Role,
    Setting, SettingKey, Tablespace, Timestamp, Value,
};
use crate::name::{Name, is_hidden};
use crate::secret::{Secret, VerifierKind};
use crate::version::Major;

/// How many disagreements a message names.
const MOST_NAMED: usize = 5;

/// How much of a value is shown.
const MOST_SHOWN: usize = 60;

/// How the text was made.
#[derive(Clone, Copy, Debug)]
pub struct Witness<'a> {
    /// The server's version.
    pub server: Major,
    /// The program.
    pub program: &'a Program,
    /// Whether it was to show passwords.
    pub passwords: bool,
}

impl Witness<'_> {
    /// Whether comments of roles are missing in the text.
    pub fn loses_comments(&self) -> bool {
        !self.passwords && self.program.loses_comments()
    }

    /// What `pg_dumpall --globals-only` shows of what the catalogs have.
    ///
    /// - Settings in a database since 11; those of databases and of all roles ever.
    /// - Grantors of memberships on servers before 16, since 16: they meant nothing there.
    /// - Passwords with `--no-role-passwords`, and comments of roles where that loses them.
    /// - Where in the data directory a tablespace is that has no place of its own.
    /// - Roles that are called `pg_…`, their settings, and their memberships in each other: 9.5 shows
    ///   them, and nothing later.
    #[must_use]
    pub fn shown(&self, mut globals: Globals) -> Globals {
        let client = self.program.major();
        let in_databases = client < Major::new(11);
        globals
            .settings
            .retain(|key, _| key.role.is_some() && (in_databases || key.database.is_none()));
        if self.server < Major::new(16) && client >= Major::new(16) {
            let memberships = std::mem::take(&mut globals.memberships).into_iter();
            globals.memberships = memberships
                .map(|(mut key, membership)| {
                    key.grantor = None;
                    (key, membership)
                })
                .collect();
        }
        for role in globals.roles.values_mut() {
            if !self.passwords {
                role.password = Password::Unknown;
            }
            if self.loses_comments() {
                role.comment = None;
            }
        }
        plain(globals)
    }

    /// Where the model from the text is not what it should be by the catalogs.
    pub fn disagreements(&self, text: &Globals, catalogs: &Globals) -> Disagreements {
        let text = spelled_out(plain(text.clone()));
        let catalogs = spelled_out(self.shown(catalogs.clone()));
        let mut all = Comparison::default();
        let name = |name: &Name| (Subject::Role(name.clone()), None);
        all.objects(&text.roles, &catalogs.roles, name, role);
        let name = |key: &MembershipKey| (key.subject(), key.grantor.clone());
        all.objects(&text.memberships, &catalogs.memberships, name, membership);
        let name = |key: &SettingKey| (key.subject(), None);
        all.objects(&text.settings, &catalogs.settings, name, setting);
        let name = |key: &ParameterKey| (key.subject(), key.grantor.clone());
        all.objects(&text.parameters, &catalogs.parameters, name, parameter);
        let name = |name: &Name| (Subject::Tablespace(name.clone()), None);
        all.objects(&text.tablespaces, &catalogs.tablespaces, name, tablespace);
        Disagreements(all.found)
    }
}

/// Without what one version of `pg_dumpall` shows and another does not.
fn plain(mut globals: Globals) -> Globals {
    let is_predefined = |name: &Name| name.as_str().starts_with("pg_");
    globals.roles.retain(|name, _| !is_predefined(name));
    globals.settings.retain(|key, _| !key.role.as_ref().is_some_and(is_predefined));
    globals.memberships.retain(|key, _| !(is_predefined(&key.role) && is_predefined(&key.member)));
    for tablespace in globals.tablespaces.values_mut() {
        tablespace.location = tablespace.place().into();
    }
    globals
}

/// In one spelling: what a dump may state or leave out and means the same.
fn spelled_out(mut globals: Globals) -> Globals {
    for role in globals.roles.values_mut() {
        role.created = Some(Fact::default());
        for attribute in Attribute::ALL {
            let has = role.has(attribute);
            role.set(attribute, Some(Fact::new(has, Origin::LIVE)));
        }
        // A dump states no password where there is none.
        if matches!(role.password, Password::None(_)) {
            role.password = Password::Unknown;
        }
    }
    for (_, membership) in &mut globals.memberships {
        membership.admin = membership.admin.filter(|fact| fact.value);
        membership.set = membership.set.filter(|fact| !fact.value);
    }
    for (key, setting) in &mut globals.settings {
        if setting.value.is_empty_list() && !key.name.loads_libraries() {
            setting.value = Value::List(Vec::new());
        }
    }
    globals
}

/// Something that the two readers do not see alike.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Disagreement {
    /// What it is about.
    pub object: Subject,
    /// Who granted it, where that tells it from others.
    pub grantor: Option<Name>,
    /// What `pg_dumpall` says of it; never a verifier.
    pub pg_dumpall: String,
    /// What the catalogs say of it; never a verifier.
    pub catalogs: String,
}

/// Everything that they do not see alike, in the order of the model.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Disagreements(pub Vec<Disagreement>);

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.object)?;
        if let Some(grantor) = &self.grantor {
            write!(f, " granted by {grantor}")?;
        }
        let (pg_dumpall, catalogs) = (&self.pg_dumpall, &self.catalogs);
        write!(f, ": {pg_dumpall} by pg_dumpall, {catalogs} by the catalogs")
    }
}

impl fmt::Display for Disagreements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "nothing is copied, since pg_dumpall and the catalogs do not show the same: perhaps \
             somebody changed roles meanwhile, then run it again; else look at the server, and give \
             --reader catalog or --reader pg_dumpall, whichever is right",
        )?;
        for disagreement in self.0.iter().take(MOST_NAMED) {
            write!(f, "\n{disagreement}")?;
        }
        match self.0.len().saturating_sub(MOST_NAMED) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl std::error::Error for Disagreements {}

/// What was found so far.
#[derive(Default)]
struct Comparison {
    found: Vec<Disagreement>,
}

/// How an object is called.
type Called = (Subject, Option<Name>);

impl Comparison {
    /// Objects that only one has, and the parts of those that both have.
    fn objects<'a, K: Ord + 'a, V: PartialEq + 'a>(
        &mut self,
        text: impl IntoIterator<Item = (&'a K, &'a V)>,
        catalogs: impl IntoIterator<Item = (&'a K, &'a V)>,
        called: impl Fn(&K) -> Called,
        parts: impl Fn(&mut Self, &Called, &V, &V),
    ) {
        let text: BTreeMap<&K, &V> = text.into_iter().collect();
        let catalogs: BTreeMap<&K, &V> = catalogs.into_iter().collect();
        let keys: BTreeSet<&K> = text.keys().chain(catalogs.keys()).copied().collect();
        for key in keys {
            match (text.get(key), catalogs.get(key)) {
                (Some(one), Some(other)) => {
                    let before = self.found.len();
                    parts(self, &called(key), one, other);
                    // Equality is the judge; the parts only have words for it.
                    if one != other && self.found.len() == before {
                        self.push(&called(key), "one thing", "another");
                    }
                }
                (Some(_), None) => self.push(&called(key), "present", "missing"),
                (None, _) => self.push(&called(key), "missing", "present"),
            }
        }
    }

    /// A part of an object that both have.
    fn part<T: PartialEq>(
        &mut self,
        of: &Called,
        what: &str,
        text: Option<&T>,
        catalogs: Option<&T>,
        show: impl Fn(&T) -> String,
    ) {
        if text != catalogs {
            let shown = |value: Option<&T>| match value {
                Some(value) => printable(&show(value)),
                None => format!("no {what}"),
            };
            self.push(of, &shown(text), &shown(catalogs));
        }
    }

    /// Texts by name: labels by provider, options.
    fn texts(&mut self, of: &Called, what: &str, text: &Texts, catalogs: &Texts) {
        let names: BTreeSet<&Name> = text.keys().chain(catalogs.keys()).collect();
        for name in names {
            let what = format!("{what} {name}");
            let show = |value: &Fact<Box<str>>| format!("{what} '{}'", value.value);
            self.part(of, &what, text.get(name), catalogs.get(name), show);
        }
    }

    fn comment(&mut self, of: &Called, text: Comment<'_>, catalogs: Comment<'_>) {
        self.part(of, "comment", text, catalogs, |fact| format!("comment '{}'", fact.value));
    }

    fn push(&mut self, of: &Called, pg_dumpall: &str, catalogs: &str) {
        self.found.push(Disagreement {
            object: of.0.clone(),
            grantor: of.1.clone(),
            pg_dumpall: pg_dumpall.to_owned(),
            catalogs: catalogs.to_owned(),
        });
    }
}

type Texts = BTreeMap<Name, Fact<Box<str>>>;
type Comment<'a> = Option<&'a Fact<Box<str>>>;

fn role(all: &mut Comparison, of: &Called, text: &Role, catalogs: &Role) {
    for attribute in Attribute::ALL {
        let show = |on: &bool| {
            let word = if *on { attribute.keyword() } else { attribute.negative_keyword() };
            word.to_owned()
        };
        let (one, other) = (text.has(attribute), catalogs.has(attribute));
        all.part(of, attribute.keyword(), Some(&one), Some(&other), show);
    }
    let (one, other) = (text.connection_limit.as_ref(), catalogs.connection_limit.as_ref());
    let show = |limit: &Fact<i32>| format!("connection limit {}", limit.value);
    all.part(of, "connection limit", one, other, show);
    let (one, other) = (text.valid_until.as_ref(), catalogs.valid_until.as_ref());
    let show = |until: &Fact<Timestamp>| format!("valid until {}", until.value);
    all.part(of, "end of validity", one, other, show);
    // A dump states no password where there is none.
    let secret = |password: &Password| match password {
        Password::Is(fact) => Some(fact.value.clone()),
        Password::Unknown | Password::None(_) => None,
    };
    let (one, other) = (secret(&text.password), secret(&catalogs.password));
    if one != other {
        let shown = |secret: &Option<Secret>, article: &str| match secret {
            Some(secret) => format!("{article} {}", kind_of(secret)),
            None => "no password".to_owned(),
        };
        all.push(of, &shown(&one, "a"), &shown(&other, "another"));
    }
    all.comment(of, text.comment.as_ref(), catalogs.comment.as_ref());
    all.texts(of, "security label of", &text.labels, &catalogs.labels);
}

fn kind_of(secret: &Secret) -> &'static str {
    match secret.kind() {
        VerifierKind::ScramSha256 => "SCRAM-SHA-256 verifier",
        VerifierKind::Md5 => "md5 verifier",
        VerifierKind::Malformed => "malformed verifier",
        VerifierKind::Plaintext => "plaintext password",
    }
}

fn membership(all: &mut Comparison, of: &Called, text: &Membership, catalogs: &Membership) {
    let shown = |word: &'static str| move |on: &bool| format!("{word} {on}").to_uppercase();
    let (one, other) = (text.is_admin(), catalogs.is_admin());
    all.part(of, "ADMIN", Some(&one), Some(&other), shown("admin"));
    let inherit = |it: &Membership| it.inherit.map(|fact| fact.value);
    let (one, other) = (inherit(text), inherit(catalogs));
    all.part(of, "INHERIT", one.as_ref(), other.as_ref(), shown("inherit"));
    let set = |it: &Membership| it.set.is_none_or(|fact| fact.value);
    let (one, other) = (set(text), set(catalogs));
    all.part(of, "SET", Some(&one), Some(&other), shown("set"));
}

fn setting(all: &mut Comparison, of: &Called, text: &Setting, catalogs: &Setting) {
    all.part(of, "value", Some(text), Some(catalogs), |fact| format!("'{}'", fact.value));
}

fn parameter(all: &mut Comparison, of: &Called, text: &Parameter, catalogs: &Parameter) {
    for (privilege, one, other) in [
        ("SET", text.set, catalogs.set),
        ("ALTER SYSTEM", text.alter_system, catalogs.alter_system),
    ] {
        let show = |grantable: &Fact<bool>| grant(privilege, *grantable);
        all.part(of, privilege, one.as_ref(), other.as_ref(), show);
    }
}

fn tablespace(all: &mut Comparison, of: &Called, text: &Tablespace, catalogs: &Tablespace) {
    let show = |owner: &Fact<Name>| format!("owner {}", owner.value);
    all.part(of, "owner", text.owner.as_ref(), catalogs.owner.as_ref(), show);
    let (one, other) = (&*text.location, &*catalogs.location);
    all.part(of, "location", Some(&one), Some(&other), |at| format!("location '{at}'"));
    all.texts(of, "option", &text.options, &catalogs.options);
    let keys: BTreeSet<_> = text.grants.keys().chain(catalogs.grants.keys()).collect();
    for key in keys {
        let mut what = format!("CREATE to {}", key.0);
        if let Some(grantor) = &key.1 {
            what = format!("{what} by {grantor}");
        }
        let show = |grantable: &Fact<bool>| grant(&what, *grantable);
        all.part(of, &what, text.grants.get(key), catalogs.grants.get(key), show);
    }
    all.comment(of, text.comment.as_ref(), catalogs.comment.as_ref());
    all.texts(of, "security label of", &text.labels, &catalogs.labels);
}

fn grant(privilege: &str, grantable: Fact<bool>) -> String {
    let option = if grantable.value { " with grant option" } else { "" };
    format!("{privilege}{option}")
}

/// A text that stays on its line, and is no longer than one.
fn printable(text: &str) -> String {
    let mut shown = String::new();
    for (at, c) in text.chars().enumerate() {
        if at == MOST_SHOWN {
            shown.push('…');
            break;
        }
        if is_hidden(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::globals::{Scope, changes};
    use crate::read::{Options, read};

    fn globals(text: &str) -> Globals {
        let text = format!("CREATE ROLE other;\n{text}");
        read(text.as_bytes(), Options::default()).unwrap().globals
    }

    fn compare(version: &str, server: u32, text: &str, catalogs: &str) -> Vec<String> {
        let program = Program::of(version);
        let witness = Witness { server: Major::new(server), program: &program, passwords: true };
        let all = witness.disagreements(&globals(text), &globals(catalogs));
        all.0.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_what_differs_and_shows_no_verifier() {
        let verifier = |salt: &str| {
            let key = "A".repeat(43) + "=";
            format!("SCRAM-SHA-256$4096:{salt}${key}:{key}")
        };
        let text = format!(
            "CREATE ROLE a LOGIN PASSWORD '{}' CONNECTION LIMIT 3; ALTER ROLE a SET work_mem TO '4MB'; \
             COMMENT ON ROLE a IS E'x\\ny'; GRANT other TO a WITH INHERIT TRUE GRANTED BY other; \
             CREATE ROLE lone; GRANT SET ON PARAMETER work_mem TO a;",
            verifier("c2FsdA==")
        );
        let catalogs = format!(
            "CREATE ROLE a CREATEDB PASSWORD '{}' VALID UNTIL 'infinity'; \
             ALTER ROLE a SET work_mem TO '5MB'; ALTER ROLE a SET x.y TO '1'; \
             GRANT other TO a WITH ADMIN TRUE, INHERIT FALSE, SET FALSE GRANTED BY other; \
             GRANT SET ON PARAMETER work_mem TO a WITH GRANT OPTION;",
            verifier("c2Fsda==")
        );
        let all = compare("18.1", 18, &text, &catalogs);
        assert_eq!(
            all,
            [
                "role a: NOCREATEDB by pg_dumpall, CREATEDB by the catalogs",
                "role a: LOGIN by pg_dumpall, NOLOGIN by the catalogs",
                "role a: connection limit 3 by pg_dumpall, no connection limit by the catalogs",
                "role a: no end of validity by pg_dumpall, valid until infinity by the catalogs",
                "role a: a SCRAM-SHA-256 verifier by pg_dumpall, another SCRAM-SHA-256 verifier by \
                 the catalogs",
                "role a: comment 'x\\ny' by pg_dumpall, no comment by the catalogs",
                "role lone: present by pg_dumpall, missing by the catalogs",
                "membership a in other granted by other: ADMIN FALSE by pg_dumpall, ADMIN TRUE by the \
                 catalogs",
                "membership a in other granted by other: INHERIT TRUE by pg_dumpall, INHERIT FALSE by the \
                 catalogs",
                "membership a in other granted by other: SET TRUE by pg_dumpall, SET FALSE by the catalogs",
                "setting a: work_mem: '4MB' by pg_dumpall, '5MB' by the catalogs",
                "setting a: x.y: missing by pg_dumpall, present by the catalogs",
                "parameter work_mem to a: SET by pg_dumpall, SET with grant option by the catalogs",
            ]
        );
        assert!(compare("18.1", 18, &text, &text).is_empty());
        let program = Program::of("18.1");
        let witness = Witness { server: Major::new(18), program: &program, passwords: true };
        let all = witness.disagreements(&globals(&text), &globals(&catalogs)).to_string();
        assert!(all.contains("run it again") && all.contains("--reader catalog"), "{all}");
        assert!(all.ends_with("\nand 8 more") && !all.contains("$4096"), "{all}");
    }

    /// Everything that a model can say, once.
    fn full() -> Globals {
        spelled_out(globals(
            "CREATE ROLE a LOGIN CONNECTION LIMIT 3 PASSWORD 'x' VALID UNTIL '2027-01-01'; \
             COMMENT ON ROLE a IS 'y'; SECURITY LABEL FOR p ON ROLE a IS 'z'; \
             GRANT other TO a WITH ADMIN TRUE, INHERIT TRUE, SET FALSE GRANTED BY other; \
             ALTER ROLE a SET work_mem TO '4MB'; GRANT SET ON PARAMETER work_mem TO a; \
             CREATE TABLESPACE t OWNER a LOCATION '/t' WITH (random_page_cost=1); \
             GRANT CREATE ON TABLESPACE t TO other; COMMENT ON TABLESPACE t IS 'y'; \
             SECURITY LABEL FOR p ON TABLESPACE t IS 'z';",
        ))
    }

    /// Each field of the model by itself: a new one does not compile until it stands here.
    fn mutations() -> Vec<(&'static str, Globals)> {
        fn text(value: &str) -> Fact<Box<str>> {
            Fact::new(value.into(), Origin::LIVE)
        }
        let mut all = Vec::new();
        let mut add = |what, change: &dyn Fn(&mut Globals)| {
            let mut globals = full();
            change(&mut globals);
            all.push((what, globals));
        };
        let Globals { roles, memberships, settings, parameters, tablespaces } = full();
        let name = Name::new("a");
        let Role { created: _, connection_limit, password, valid_until, comment, labels, .. } =
            &roles[&name];
        assert!(connection_limit.is_some() && valid_until.is_some() && comment.is_some());
        assert!(matches!(password, Password::Is(_)) && labels.len() == 1);
        let role = |change: fn(&mut Role)| {
            let name = name.clone();
            move |globals: &mut Globals| change(&mut globals.roles[&name])
        };
        for attribute in Attribute::ALL {
            let name = name.clone();
            add("attribute", &move |globals| {
                let role = &mut globals.roles[&name];
                role.set(attribute, Some(Fact::new(!role.has(attribute), Origin::LIVE)));
            });
        }
        add("connection limit", &role(|it| it.connection_limit = None));
        add("connection limit", &role(|it| it.connection_limit = Some(Fact::new(4, Origin::LIVE))));
        add("password", &role(|it| it.password = Password::Unknown));
        let other = || Password::Is(Fact::new(Secret::new("y"), Origin::LIVE));
        let password = name.clone();
        add("password", &move |globals| globals.roles[&password].password = other());
        add("end of validity", &role(|it| it.valid_until = None));
        add("comment", &role(|it| it.comment = None));
        add("comment", &role(|it| it.comment = Some(text("Y"))));
        add("label", &role(|it| it.labels.clear()));
        add("label", &role(|it| it.labels.values_mut().for_each(|it| *it = text("Z"))));
        add("role", &|globals| drop(globals.roles.shift_remove(&Name::new("a"))));

        let (key, it) = memberships.first().expect("there is one");
        let MembershipKey { role: _, member: _, grantor: Some(_) } = key else { panic!("{key:?}") };
        let Membership { granted: _, admin: Some(_), inherit: Some(_), set: Some(_) } = it else {
            panic!("{it:?}")
        };
        let membership = |change: fn(&mut Membership)| {
            let key = key.clone();
            move |globals: &mut Globals| change(&mut globals.memberships[&key])
        };
        add("ADMIN", &membership(|it| it.admin = None));
        add("INHERIT", &membership(|it| it.inherit = None));
        add("INHERIT", &membership(|it| it.inherit = Some(Fact::new(false, Origin::LIVE))));
        add("SET", &membership(|it| it.set = None));
        add("membership", &|globals| globals.memberships.clear());

        let Setting { value: Value::Text(_), origin: _ } =
            settings.first_key_value().expect("one").1
        else {
            panic!("{settings:?}")
        };
        add("setting", &|globals| globals.settings.clear());
        add("setting", &|globals| {
            globals.settings.values_mut().for_each(|it| it.value = Value::Text("5MB".into()));
        });

        let Parameter { set: Some(_), alter_system: None } =
            parameters.first_key_value().expect("one").1
        else {
            panic!("{parameters:?}")
        };
        let grantable = || Some(Fact::new(true, Origin::LIVE));
        let parameter = |change: &dyn Fn(&mut Parameter), globals: &mut Globals| {
            globals.parameters.values_mut().for_each(change);
        };
        add("parameter", &|globals| parameter(&|it| it.set = grantable(), globals));
        add("parameter", &|globals| parameter(&|it| it.alter_system = grantable(), globals));
        add("parameter", &|globals| globals.parameters.clear());

        let Tablespace { created: _, owner, location, options, grants, comment, labels } =
            &tablespaces[&Name::new("t")];
        assert!(owner.is_some() && !location.is_empty() && comment.is_some());
        assert!([options.len(), grants.len(), labels.len()] == [1; 3]);
        let tablespace = |change: fn(&mut Tablespace)| {
            move |globals: &mut Globals| globals.tablespaces.values_mut().for_each(change)
        };
        add("owner", &tablespace(|it| it.owner = None));
        let owner = || Some(Fact::new(Name::new("other"), Origin::LIVE));
        add("owner", &move |globals| {
            globals.tablespaces.values_mut().for_each(|it| it.owner = owner());
        });
        add("location", &tablespace(|it| it.location = "/u".into()));
        add("option", &tablespace(|it| it.options.clear()));
        add("option", &tablespace(|it| it.options.values_mut().for_each(|it| *it = text("2"))));
        add("grant", &tablespace(|it| it.grants.clear()));
        add("grant", &tablespace(|it| it.grants.values_mut().for_each(|it| it.value = true)));
        add("comment", &tablespace(|it| it.comment = None));
        add("label", &tablespace(|it| it.labels.clear()));
        add("tablespace", &|globals| globals.tablespaces.clear());
        all
    }

    #[test]
    fn each_change_of_a_model_is_told_in_its_own_words() {
        let program = Program::of("18.1");
        let witness = Witness { server: Major::new(18), program: &program, passwords: true };
        let all = mutations();
        assert!(all.len() > 35);
        for (what, changed) in all {
            for (one, other) in [(&full(), &changed), (&changed, &full())] {
                let told = witness.disagreements(one, other).0;
                assert_eq!(told.len(), 1, "{what}: {told:?}");
                assert_ne!(told[0].pg_dumpall, told[0].catalogs, "{what}");
                assert_ne!(told[0].pg_dumpall, "one thing", "{what} has no words of its own");
                let stricter = !changes(one, other, Scope::Mirror).changes.is_empty();
                let lax = [("owner", true), ("INHERIT", true), ("password", true)];
                assert!(
                    stricter || lax.contains(&(what, true)),
                    "{what}: the comparison sees nothing"
                );
            }
        }
    }

    #[test]
    fn what_a_version_leaves_out_is_no_disagreement() {
        let full = "ALTER ROLE other IN DATABASE d SET work_mem TO '4MB'; \
                    ALTER ROLE ALL SET work_mem TO '4MB'; ALTER ROLE ALL IN DATABASE d SET x.y TO '1'; \
                    CREATE ROLE a; GRANT a TO other GRANTED BY other;";
        let eleven = "CREATE ROLE a; GRANT a TO other GRANTED BY other;";
        let ten = "ALTER ROLE other IN DATABASE d SET work_mem TO '4MB'; CREATE ROLE a; \
                   GRANT a TO other GRANTED BY other;";
        let sixteen = "CREATE ROLE a; GRANT a TO other;";
        assert!(compare("11.1", 10, eleven, full).is_empty());
        assert!(compare("10.1", 10, ten, full).is_empty());
        assert!(compare("16.3", 15, sixteen, full).is_empty());
        assert_eq!(compare("10.1", 10, eleven, full).len(), 1);
        assert_eq!(compare("16.3", 16, sixteen, full).len(), 2);
        let predefined = "CREATE ROLE pg_old; ALTER ROLE pg_old SET x.y TO '1'; CREATE ROLE a; \
                          GRANT a TO other GRANTED BY other;";
        assert!(compare("11.1", 10, predefined, full).is_empty());
        let tablespaces = |at: &str| format!("CREATE TABLESPACE t OWNER other LOCATION '{at}';");
        let (by_16, by_17) = (tablespaces("pg_tblspc/16384"), tablespaces(""));
        assert!(compare("17.1", 17, &by_17, &by_16).is_empty());
        assert_eq!(compare("17.1", 17, &by_17, &tablespaces("/x")).len(), 1);
    }

    #[test]
    fn closed_passwords_and_lost_comments_are_no_disagreement() {
        let full = globals("CREATE ROLE a PASSWORD 'x'; COMMENT ON ROLE a IS 'y';");
        let without = globals("CREATE ROLE a;");
        for (version, passwords, expected) in
            [("15.6", false, 0), ("15.7", false, 1), ("15.6", true, 2)]
        {
            let program = Program::of(version);
            let witness = Witness { server: Major::new(15), program: &program, passwords };
            assert_eq!(witness.disagreements(&without, &full).0.len(), expected, "{version}");
        }
    }
}
