//! Differences as data: what is different about which object, with the value on each side.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use foldhash::{HashMap, HashSet};
use serde::Serialize;

use super::Fingerprint;
use crate::finding::Kind;
use crate::globals::changes::{Options, Target};
use crate::globals::{Change, Fact, Parameter, Password, Role, Tablespace, Value};
use crate::name::Name;
use crate::secret::Secret;
use crate::words::plural;

/// One difference.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Difference {
    /// What kind of object it is about: a role, membership, setting, parameter or tablespace.
    pub kind: Kind,
    /// Which one: the name of a role or tablespace as it is. Of the others, `member in role`,
    /// `role`, `role in database name`, `database name`, `all roles` or `parameter to grantee`, with names
    /// in quotes where SQL has them in quotes.
    pub object: String,
    /// What about it: an attribute, a setting, an option; the kind itself where only one side has the
    /// object.
    pub field: String,
    /// What the left side has; none where it has nothing.
    pub left: Option<String>,
    /// What the right side has.
    pub right: Option<String>,
}

impl Difference {
    /// The differences that these changes remove; what is there is on the left. Of a role that is made,
    /// the password is no difference of its own.
    pub fn of(changes: &[Change], fingerprint: &Fingerprint) -> Vec<Self> {
        let passwords: HashMap<_, _> = changes.iter().filter_map(password).collect();
        let created: HashSet<_> = changes.iter().filter_map(created).collect();
        let mut all = Vec::with_capacity(changes.len());
        for change in changes {
            let object = object(change);
            let mut push = |(field, left, right): Values| {
                let (kind, object) = object.clone();
                all.push(Self { kind, object, field, left, right });
            };
            match change {
                Change::CreateRole { name, role } => {
                    let password = passwords.get(name).copied();
                    push(("role".to_owned(), None, Some(described(role, password, fingerprint))));
                }
                Change::Password { role, .. } if created.contains(role) => {}
                Change::Membership { from: Some(from), to: Some(to), .. } => {
                    options(*from, *to).for_each(push);
                }
                other => push(values(other, fingerprint)),
            }
        }
        all
    }

    /// How many there are of each kind: `8 roles, 3 memberships, 1 setting`. An object that only one side has is
    /// one difference, with all that it has; of others each attribute, option or value is one.
    pub fn kinds(all: &[Self]) -> String {
        let mut counts: BTreeMap<(Kind, bool), usize> = BTreeMap::new();
        for it in all {
            let is_part = it.kind == Kind::Role && !it.is_whole();
            *counts.entry((it.kind, is_part)).or_default() += 1;
        }
        let words = counts.into_iter().map(|((kind, is_part), count)| {
            if is_part {
                format!("{} of a role", plural(count, "attribute"))
            } else {
                plural(count, kind.noun())
            }
        });
        words.collect::<Vec<_>>().join(", ")
    }

    /// Puts them in order: by object, and first whether it is there at all.
    pub fn sort(all: &mut [Self]) {
        fn key(it: &Difference) -> (Kind, &str, bool, &str) {
            (it.kind, &it.object, !it.is_whole(), &it.field)
        }
        all.sort_by(|one, other| key(one).cmp(&key(other)));
    }

    /// Whether it is about the object as a whole.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(
            (self.kind, self.field.as_str()),
            (Kind::Role, "role")
                | (Kind::Tablespace, "tablespace")
                | (Kind::Membership, "membership")
                | (Kind::Parameter, "privileges")
        )
    }

    /// The same seen from the other side.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self { left: self.right, right: self.left, ..self }
    }
}

fn created(change: &Change) -> Option<&Name> {
    match change {
        Change::CreateRole { name, .. } => Some(name),
        _ => None,
    }
}

fn password(change: &Change) -> Option<(&Name, &Secret)> {
    match change {
        Change::Password { role, to: Password::Is(fact), .. } => Some((role, &fact.value)),
        _ => None,
    }
}

/// What a difference is about. Comments and labels are their object's.
fn object(change: &Change) -> (Kind, String) {
    let by = |grantor: &Option<Name>| {
        grantor.as_ref().map(|by| format!(" granted by {by}")).unwrap_or_default()
    };
    match change {
        Change::Comment { on, .. } | Change::Label { on, .. } => {
            let kind = match on {
                Target::Role(_) => Kind::Role,
                Target::Tablespace(_) => Kind::Tablespace,
            };
            (kind, on.name().as_str().to_owned())
        }
        // Its field is the name of the setting.
        Change::Setting { key, .. } => {
            let object = match (&key.role, &key.database) {
                (Some(role), Some(database)) => format!("{role} in database {database}"),
                (Some(role), None) => role.to_string(),
                (None, Some(database)) => format!("database {database}"),
                (None, None) => "all roles".to_owned(),
            };
            (Kind::Setting, object)
        }
        Change::Membership { key, .. } => {
            let object = format!("{} in {}{}", key.member, key.role, by(&key.grantor));
            (Kind::Membership, object)
        }
        Change::Parameter { key, .. } => {
            let to = &key.grantee;
            (Kind::Parameter, format!("{} to {to}{}", key.parameter, by(&key.grantor)))
        }
        other => {
            let object = other.object();
            (object.kind(), object.name().to_string())
        }
    }
}

type Values = (String, Option<String>, Option<String>);

fn values(change: &Change, fingerprint: &Fingerprint) -> Values {
    let text = |text: &Option<Box<str>>| text.as_ref().map(ToString::to_string);
    let named = |field: &str, left, right| (field.to_owned(), left, right);
    match change {
        Change::CreateRole { role, .. } => {
            named("role", None, Some(described(role, None, fingerprint)))
        }
        Change::DropRole { role, .. } => {
            named("role", Some(described(role, None, fingerprint)), None)
        }
        Change::Attribute { attribute, to, .. } => {
            named(attribute.keyword(), Some((!to).to_string()), Some(to.to_string()))
        }
        Change::ConnectionLimit { from, to, .. } => {
            named("CONNECTION LIMIT", Some(from.to_string()), Some(to.to_string()))
        }
        Change::ValidUntil { from, to, .. } => {
            let end = |end: &Option<crate::globals::Timestamp>| {
                Some(end.as_ref().map_or_else(|| "infinity".to_owned(), ToString::to_string))
            };
            named("VALID UNTIL", end(from), end(to))
        }
        Change::Password { from, to, .. } => {
            let shown = |password: &Password| match password {
                Password::Is(fact) => Some(fingerprint.of(&fact.value)),
                Password::None(_) => None,
                Password::Unknown => Some("unknown".to_owned()),
            };
            named("PASSWORD", shown(from), shown(to))
        }
        Change::Comment { from, to, .. } => named("COMMENT", text(from), text(to)),
        Change::Label { provider, from, to, .. } => {
            let field = match provider.as_str() {
                "" => "SECURITY LABEL".to_owned(),
                _ => format!("SECURITY LABEL FOR {provider}"),
            };
            (field, text(from), text(to))
        }
        Change::Setting { key, from, to, .. } => {
            (key.name.as_str().to_owned(), from.as_ref().map(setting), to.as_ref().map(setting))
        }
        Change::Membership { from, to, .. } => {
            named("membership", from.map(all_options), to.map(all_options))
        }
        Change::Parameter { from, to, .. } => {
            named("privileges", from.as_ref().map(privileges), to.as_ref().map(privileges))
        }
        Change::CreateTablespace { tablespace, .. } => {
            named("tablespace", None, Some(described_tablespace(tablespace)))
        }
        Change::DropTablespace { tablespace, .. } => {
            named("tablespace", Some(described_tablespace(tablespace)), None)
        }
        Change::TablespaceOwner { from, to, .. } => {
            named("OWNER", Some(from.as_str().to_owned()), Some(to.as_str().to_owned()))
        }
        Change::TablespaceLocation { from, to, .. } => {
            named("LOCATION", Some(from.to_string()), Some(to.to_string()))
        }
        Change::TablespaceOption { option, from, to, .. } => {
            (option.as_str().to_owned(), text(from), text(to))
        }
        Change::TablespaceGrant { grantee: to_whom, grantor, from, to, .. } => {
            let by = grantor.as_ref().map(|by| format!(" granted by {by}")).unwrap_or_default();
            let shown = |option: Option<bool>| option.map(create_privilege);
            (format!("privileges of {to_whom}{by}"), shown(*from), shown(*to))
        }
    }
}

/// A role that only one side has.
fn described(role: &Role, password: Option<&Secret>, fingerprint: &Fingerprint) -> String {
    let mut text = role.words();
    if let Some(password) = password {
        text.push_str(if text.is_empty() { "" } else { " " });
        let _ = write!(text, "PASSWORD {}", fingerprint.of(password));
    }
    text
}

/// A tablespace that only one side has.
fn described_tablespace(it: &Tablespace) -> String {
    let mut parts = Vec::new();
    parts.extend(it.owner.as_ref().map(|owner| format!("OWNER {}", owner.value)));
    parts.push(format!("LOCATION '{}'", it.location));
    let option = |(name, value): (&Name, &Fact<Box<str>>)| format!("{name} = {}", value.value);
    let options: Vec<_> = it.options.iter().map(option).collect();
    if !options.is_empty() {
        parts.push(format!("WITH ({})", options.join(", ")));
    }
    parts.extend(it.grants.iter().map(|((to, by), grantable)| {
        let by = by.as_ref().map(|by| format!(" granted by {by}")).unwrap_or_default();
        format!("{} TO {}{by}", create_privilege(grantable.value), to)
    }));
    parts.join(" ")
}

fn create_privilege(grantable: bool) -> String {
    if grantable { "CREATE WITH GRANT OPTION" } else { "CREATE" }.to_owned()
}

/// As SQL writes it, so that a list of two names is not one name with a comma in it.
fn setting(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::List(names) => {
            let names: Vec<_> = names.iter().map(|name| Name::new(name).to_string()).collect();
            names.join(", ")
        }
    }
}

const fn word(value: bool) -> &'static str {
    if value { "TRUE" } else { "FALSE" }
}

/// The options of a membership that only one side has.
fn all_options(options: Options) -> String {
    let mut text = format!("ADMIN {}", word(options.admin));
    for (name, option) in [("INHERIT", options.inherit), ("SET", options.set)] {
        if let Some(value) = option {
            let _ = write!(text, ", {name} {}", word(value));
        }
    }
    text
}

/// The options of a membership that differ.
fn options(from: Options, to: Options) -> impl Iterator<Item = Values> {
    let all = [
        ("ADMIN", Some(from.admin), Some(to.admin)),
        ("INHERIT", from.inherit, to.inherit),
        ("SET", from.set, to.set),
    ];
    all.into_iter().filter_map(|(name, from, to)| {
        let (from, to) = (from?, to?);
        let shown = |value| Some(word(value).to_owned());
        (from != to).then(|| (name.to_owned(), shown(from), shown(to)))
    })
}

fn privileges(parameter: &Parameter) -> String {
    let one = |name: &str, option: Option<Fact<bool>>| {
        option.map(|fact| format!("{name}{}", if fact.value { " WITH GRANT OPTION" } else { "" }))
    };
    let all = [one("SET", parameter.set), one("ALTER SYSTEM", parameter.alter_system)];
    all.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
