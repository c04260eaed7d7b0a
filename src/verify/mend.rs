//! The statements that give back what is missing, such that the connected role can run them.

use std::collections::BTreeSet;

use super::difference::{Change, Difference, Room};
use super::names::Names;
use super::object::{Class, Object};
use super::privilege::{Privilege, Privileges};
use super::properties::Property;
use crate::attribute::Attribute;
use crate::name::Name;
use crate::plan;
use crate::platform::Answers;
use crate::platform::predefined::DATABASE_OWNER;
use crate::sql::{print, push_identifier};
use crate::subject::Grantee;
use crate::version::Major;

/// What is lent for the moment in which the statements run.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Loan {
    /// The connected role becomes a member of a role.
    Membership(Name),
    /// A role may create in a schema or database, where something is to have another owner.
    Create {
        /// The role.
        role: Name,
        /// The schema or database.
        place: Object,
    },
}

/// Statements that mend one difference.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mend {
    /// What has to be lent for that moment, in this order; it is taken back in the reverse one.
    pub loans: BTreeSet<Loan>,
    /// The statements, without their semicolons.
    pub statements: Vec<String>,
    /// Why the connected role cannot run them, and who can; or what else has to be done.
    pub blocked: Option<String>,
}

/// Whoever is connected to the target, and what it may do.
#[derive(Clone, Copy)]
pub struct Mender<'a> {
    /// What the target answers about it.
    pub answers: &'a Answers,
    /// The target's roles.
    pub names: &'a Names,
}

/// As SQL.
pub(super) fn identifier(name: &Name) -> String {
    let mut out = String::new();
    push_identifier(name.as_str(), &mut out);
    out
}

fn role(grantee: &Grantee) -> String {
    match grantee {
        Grantee::Public => "PUBLIC".to_owned(),
        Grantee::Role(role) => identifier(role),
    }
}

impl Mender<'_> {
    /// What mends a difference.
    pub fn mend(self, difference: &Difference) -> Mend {
        let Difference { object, change, owner } = difference;
        let mut mend = self.by([owner]);
        match change {
            Change::Owner { to, carried, room, .. } => {
                let owner = match room {
                    Some(room) if owner.as_str() == DATABASE_OWNER => &room.owner,
                    _ => owner,
                };
                let mut of_both = self.by([owner, to]);
                if !carried && !self.names.has(to) {
                    of_both.blocked = Some(format!(
                        "{to} is not carried over, and the target has no such role: choose the role that is to own it"
                    ));
                    of_both.statements.push(give_to(object, "<role>"));
                } else if !carried && self.names.is_administrator(to) {
                    of_both.blocked = Some(format!(
                        "{to} is not carried over, and the target's role of that name is one of its administrators: \
                         choose the role that is to own it"
                    ));
                    of_both.statements.push(give_to(object, "<role>"));
                } else if self.names.platforms.contains(to) {
                    of_both.blocked = Some(format!(
                        "{to} is the platform's own role, to which nothing is given: choose the role that is to own it"
                    ));
                    of_both.statements.push(give_to(object, "<role>"));
                } else {
                    if let Some(room) = room {
                        self.make_room(room, &mut of_both);
                    }
                    of_both.need_roles(self.names, [&Grantee::Role(to.clone())]);
                    of_both.statements.push(give_to(object, &identifier(to)));
                }
                return of_both;
            }
            Change::Lost { grantee, privileges, .. } => {
                mend.need_roles(self.names, [grantee]);
                let to = if mend.spare_platforms(self.names, grantee) {
                    "<role>".to_owned()
                } else {
                    role(grantee)
                };
                mend.statements = grants(object, *privileges, &to);
                mend.spare_defaults(self.names, object);
            }
            Change::Gained { grantee, privileges } => {
                mend.statements = revokes(object, *privileges, grantee);
                mend.spare_defaults(self.names, object);
            }
            Change::RowSecurity(on) => {
                let word = if *on { "ENABLE" } else { "DISABLE" };
                mend.statements
                    .push(format!("ALTER TABLE {} {word} ROW LEVEL SECURITY", object.sql()));
            }
            Change::ForcedRowSecurity(on) => {
                let word = if *on { "FORCE" } else { "NO FORCE" };
                mend.statements
                    .push(format!("ALTER TABLE {} {word} ROW LEVEL SECURITY", object.sql()));
            }
            Change::Definer(on) => {
                let word = if *on { "DEFINER" } else { "INVOKER" };
                mend.statements.push(format!("ALTER ROUTINE {} SECURITY {word}", object.sql()));
            }
            Change::Invoker(on) => {
                mend.statements
                    .push(format!("ALTER VIEW {} SET (security_invoker = {on})", object.sql()));
            }
            Change::PolicyRoles(roles) => {
                mend.need_roles(self.names, roles);
                let names: Vec<_> = roles.iter().map(role).collect();
                if names.is_empty() {
                    mend.blocked =
                        Some("no role is left for it: DROP POLICY, or name others".to_owned());
                } else {
                    let (policy, table) = policy(object);
                    mend.statements
                        .push(format!("ALTER POLICY {policy} ON {table} TO {}", names.join(", ")));
                    for role in roles {
                        mend.spare_platforms(self.names, role);
                    }
                }
            }
            Change::NewPolicy => {
                let (policy, table) = policy(object);
                mend.statements.push(format!("DROP POLICY {policy} ON {table}"));
            }
            Change::NoPolicy { .. } | Change::PolicyKind => {
                let without = match change {
                    Change::NoPolicy { cause } if !cause.is_empty() => {
                        let cause: Vec<_> = cause.iter().map(ToString::to_string).collect();
                        format!(", without {}", cause.join(", "))
                    }
                    _ => String::new(),
                };
                let (policy, table) = policy(object);
                let again =
                    if matches!(change, Change::PolicyKind) { "DROP POLICY it, and " } else { "" };
                mend.blocked = Some(format!(
                    "{again}run CREATE POLICY {policy} ON {table} as {owner}{without}: pg_restore --section=post-data -f - and the name of \
                     the dump show it"
                ));
            }
        }
        mend
    }

    /// What mends a property of a database, which this role owns.
    pub fn mend_property(self, database: &Name, owner: &Name, property: &Property) -> Mend {
        let mut mend = self.by([owner]);
        match property {
            Property::ConnectionLimit { to, .. } => {
                let name = identifier(database);
                mend.statements.push(format!("ALTER DATABASE {name} CONNECTION LIMIT {to}"));
            }
            Property::Setting(change) => {
                let changes = std::slice::from_ref(&**change);
                let delta = plan::delta(changes, self.answers);
                for (_, _, statement) in delta.statements() {
                    let mut text = String::new();
                    print(&statement, &mut text);
                    mend.statements.push(text);
                }
            }
        }
        mend
    }

    /// What gives an object to another role, which is still to be chosen.
    pub fn hand_over(self, object: &Object) -> String {
        give_to(object, "<role>")
    }

    /// Nothing yet, to be run by whoever has the rights of all of these.
    fn by<const N: usize>(self, owners: [&Name; N]) -> Mend {
        let mut mend = Mend::default();
        self.act_as(owners, &mut mend);
        mend
    }

    fn act_as<const N: usize>(self, owners: [&Name; N], mend: &mut Mend) {
        let answers = self.answers;
        for owner in owners {
            let has = answers.is_superuser()
                || *owner == answers.user
                || answers.is_member(owner.as_str());
            if has {
                continue;
            }
            let is_platforms = self.names.platforms.contains(owner);
            if is_platforms {
                mend.blocked = Some(format!(
                    "it belongs to {owner}, a role of the platform that no user can act as: it stays so"
                ));
            } else if !answers.may_grant(owner.as_str()) || owner.as_str().starts_with("pg_") {
                mend.blocked = Some(format!(
                    "{} cannot do it: run it as {owner} or a superuser",
                    answers.user
                ));
            } else {
                mend.loans.insert(Loan::Membership(owner.clone()));
            }
        }
    }

    /// Lets somebody create where something is to have another owner; a superuser is not asked for that.
    fn make_room(self, room: &Room, mend: &mut Mend) {
        let Room { place, owner, creators, role, stays } = room;
        let answers = self.answers;
        let has = |creator: &Grantee| match creator {
            Grantee::Public => true,
            Grantee::Role(role) => *role == answers.user || answers.is_member(role.as_str()),
        };
        let is_own = role.as_ref().is_none_or(|role| *role == answers.user);
        if answers.is_superuser() || (is_own && creators.iter().any(has)) {
            return;
        }
        self.act_as([owner], mend);
        let role = role.as_ref().unwrap_or(&answers.user).clone();
        let loan = Loan::Create { role, place: place.clone() };
        if *stays && !is_own {
            mend.statements.push(self.lend(&loan));
        } else {
            mend.loans.insert(loan);
        }
    }

    /// What lends it.
    pub fn lend(self, loan: &Loan) -> String {
        match loan {
            Loan::Membership(owner) => {
                let is_old = self.answers.major < Major::new(16);
                let options = if is_old { "" } else { " WITH INHERIT TRUE, SET TRUE" };
                let user = identifier(&self.answers.user);
                format!("GRANT {} TO {user}{options}", identifier(owner))
            }
            Loan::Create { role, place } => {
                format!("GRANT CREATE ON {} TO {}", on(place), identifier(role))
            }
        }
    }

    /// And what takes it back.
    pub fn take_back(self, loan: &Loan) -> String {
        match loan {
            Loan::Membership(owner) => {
                format!("REVOKE {} FROM {}", identifier(owner), identifier(&self.answers.user))
            }
            Loan::Create { role, place } => {
                format!("REVOKE CREATE ON {} FROM {}", on(place), identifier(role))
            }
        }
    }

    /// Whether a member has a role's rights without `SET ROLE`.
    pub fn inherits(self) -> bool {
        self.answers.major >= Major::new(16)
            || self.answers.attributes.contains(&Attribute::Inherit)
    }

    /// All of it on one line, for whoever is connected; or why it cannot be done.
    pub fn line(self, mend: &Mend) -> String {
        let lent = mend.loans.iter().map(|loan| self.lend(loan));
        let taken = mend.loans.iter().rev().map(|loan| self.take_back(loan));
        let all: Vec<_> = lent.chain(mend.statements.iter().cloned()).chain(taken).collect();
        match &mend.blocked {
            Some(why) if mend.statements.is_empty() => why.clone(),
            Some(why) => format!("{why}: {}", mend.statements.join("; ")),
            None => all.join("; "),
        }
    }
}

impl Mend {
    /// Gives nothing to the platform's own roles, as those of `--map-role` may be: all their members would have it.
    fn spare_platforms(&mut self, names: &Names, grantee: &Grantee) -> bool {
        let Grantee::Role(role) = grantee else { return false };
        let is_platforms = names.platforms.contains(role);
        if is_platforms {
            self.blocked = Some(format!(
                "{role} is the platform's own role, and all its members would have it: give it to the roles that need it"
            ));
        }
        is_platforms
    }

    /// Leaves alone what the platform's own roles give to others of what they create.
    fn spare_defaults(&mut self, names: &Names, object: &Object) {
        if object.class.defaults_on().is_some() && names.platforms.contains(&object.name) {
            self.blocked = Some(format!(
                "{} is the platform's own role, and these are default privileges of what it creates: alter those of \
                 the roles that create objects on the target",
                object.name
            ));
        }
    }

    /// A role that is not there yet gets nothing.
    fn need_roles<'a>(&mut self, names: &Names, roles: impl IntoIterator<Item = &'a Grantee>) {
        for grantee in roles {
            if let Grantee::Role(role) = grantee
                && !names.has(role)
            {
                self.blocked =
                    Some(format!("the target has no role {role}: run pg_globals copy first"));
            }
        }
    }
}

/// The name of a policy, and that of its table.
fn policy(object: &Object) -> (String, String) {
    (object.part.as_ref().map(identifier).unwrap_or_default(), object.table().sql())
}

/// What gives an object to a role, as SQL or in the words of a hint.
fn give_to(object: &Object, to: &str) -> String {
    if let (Class::UserMapping, Some(server)) = (object.class, &object.part) {
        let (role, server) = (identifier(&object.name), identifier(server));
        return format!("DROP USER MAPPING FOR {role} SERVER {server}");
    }
    let word = match object.class {
        Class::Database => "DATABASE",
        Class::Schema => "SCHEMA",
        Class::Language => "LANGUAGE",
        Class::ForeignDataWrapper => "FOREIGN DATA WRAPPER",
        Class::ForeignServer => "SERVER",
        Class::Publication => "PUBLICATION",
        Class::Type => "TYPE",
        Class::Sequence => "SEQUENCE",
        Class::Function | Class::Procedure => "ROUTINE",
        Class::LargeObject => "LARGE OBJECT",
        Class::Collation => "COLLATION",
        Class::Conversion => "CONVERSION",
        Class::Operator => "OPERATOR",
        Class::OperatorClass => "OPERATOR CLASS",
        Class::OperatorFamily => "OPERATOR FAMILY",
        Class::Statistics => "STATISTICS",
        Class::TextSearchConfiguration => "TEXT SEARCH CONFIGURATION",
        Class::TextSearchDictionary => "TEXT SEARCH DICTIONARY",
        Class::EventTrigger => "EVENT TRIGGER",
        Class::View => "VIEW",
        Class::MaterializedView => "MATERIALIZED VIEW",
        Class::ForeignTable => "FOREIGN TABLE",
        _ => "TABLE",
    };
    format!("ALTER {word} {} OWNER TO {to}", object.sql())
}

/// What privileges are on, as `GRANT` has it; for columns the table.
fn on(object: &Object) -> String {
    let word = match object.class {
        Class::Database => "DATABASE",
        Class::Schema => "SCHEMA",
        Class::Language => "LANGUAGE",
        Class::ForeignDataWrapper => "FOREIGN DATA WRAPPER",
        Class::ForeignServer => "FOREIGN SERVER",
        Class::Type => "TYPE",
        Class::Sequence => "SEQUENCE",
        Class::Function | Class::Procedure => "ROUTINE",
        Class::LargeObject => "LARGE OBJECT",
        _ => "TABLE",
    };
    format!("{word} {}", object.sql())
}

/// Default privileges, up to the verb.
fn for_defaults(object: &Object) -> String {
    let role = identifier(&object.name);
    let schema = object.schema.as_ref().map(|it| format!(" IN SCHEMA {}", identifier(it)));
    format!("ALTER DEFAULT PRIVILEGES FOR ROLE {role}{} ", schema.unwrap_or_default())
}

fn listed(object: &Object, privileges: &[Privilege]) -> String {
    let column = object.part.as_ref().filter(|_| object.class == Class::Column).map(identifier);
    let words = privileges.iter().map(|privilege| match &column {
        Some(column) => format!("{} ({column})", privilege.keyword()),
        None => privilege.keyword().to_owned(),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// What is granted on, and what stands in front of the verb.
fn frame(object: &Object) -> (String, String) {
    match object.class.defaults_on() {
        Some(kind) => (for_defaults(object), kind.to_owned()),
        None => (String::new(), on(object)),
    }
}

fn grants(object: &Object, privileges: Privileges, to: &str) -> Vec<String> {
    let [plain, mut with, option] = privileges.parts();
    with.extend(option);
    let (front, on) = frame(object);
    let all = [(plain, ""), (with, " WITH GRANT OPTION")].into_iter();
    let some = all.filter(|(privileges, _)| !privileges.is_empty());
    let statement = |(privileges, option): (Vec<Privilege>, &str)| {
        let listed = listed(object, &privileges);
        format!("{front}GRANT {listed} ON {on} TO {to}{option}")
    };
    some.map(statement).collect()
}

fn revokes(object: &Object, privileges: Privileges, grantee: &Grantee) -> Vec<String> {
    let [mut plain, with, option] = privileges.parts();
    plain.extend(with);
    let (front, on) = frame(object);
    let all = [(plain, ""), (option, "GRANT OPTION FOR ")].into_iter();
    let some = all.filter(|(privileges, _)| !privileges.is_empty());
    let statement = |(privileges, option): (Vec<Privilege>, &str)| {
        let listed = listed(object, &privileges);
        format!("{front}REVOKE {option}{listed} ON {on} FROM {}", role(grantee))
    };
    some.map(statement).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_roles_are_given_nothing() {
        let names =
            Names::testing(&[("rds_superuser", "azuresu"), ("app", "app")], &["azuresu", "app"]);
        let blocked = |role| {
            let mut mend = Mend::default();
            mend.spare_platforms(&names, &Grantee::Role(Name::new(role)));
            mend.blocked
        };
        assert_eq!(blocked("app"), None);
        assert_eq!(
            blocked("azuresu").as_deref(),
            Some(
                "azuresu is the platform's own role, and all its members would have it: give it to the roles that need it"
            )
        );
    }
    use crate::verify::privilege::Acl;

    fn some(text: &str) -> Privileges {
        Acl::read(text, |oid| Grantee::Role(Name::new(oid))).unwrap().of(&Grantee::Public)
    }

    #[test]
    fn statements() {
        let name = Name::new;
        let to = role(&Grantee::Role(name("A b")));
        let table = Object::local(Class::Table, name("s"), name("T"));
        assert_eq!(
            grants(&table, some("0=SELECT,0=INSERT*"), &to),
            [
                "GRANT SELECT ON TABLE s.\"T\" TO \"A b\"",
                "GRANT INSERT ON TABLE s.\"T\" TO \"A b\" WITH GRANT OPTION"
            ]
        );
        assert_eq!(
            revokes(&table, some("0=SELECT*").beyond(some("0=SELECT")), &Grantee::Public),
            ["REVOKE GRANT OPTION FOR SELECT ON TABLE s.\"T\" FROM PUBLIC"]
        );
        let column = Object { class: Class::Column, part: Some(name("c")), ..table };
        assert_eq!(
            grants(&column, some("0=SELECT,0=UPDATE"), &to),
            ["GRANT SELECT (c), UPDATE (c) ON TABLE s.\"T\" TO \"A b\""]
        );
        let defaults = Object::local(Class::DefaultTables, name("s"), name("o"));
        assert_eq!(
            grants(&defaults, some("0=SELECT"), &to),
            ["ALTER DEFAULT PRIVILEGES FOR ROLE o IN SCHEMA s GRANT SELECT ON TABLES TO \"A b\""]
        );
    }
}
