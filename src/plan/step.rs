//! One statement of a plan.

use smol_str::SmolStr;
use zeroize::Zeroizing;

use crate::finding::Subject;
use crate::globals::Origin;
use crate::globals::script::Phase;
use crate::name::Name;
use crate::scram;
use crate::secret::Secret;
use crate::sql::{self, RoleOption, RoleSpec, Statement, print};
use crate::subject::Target;

/// One statement of a plan.
#[derive(Clone, Debug)]
pub struct Step {
    /// The part of the plan that it belongs to.
    pub phase: Phase,
    /// The statement of the source that it comes from.
    pub origin: Origin,
    /// What it is about.
    pub object: Subject,
    /// The statement itself.
    pub(crate) text: Zeroizing<String>,
    of_plpgsql: bool,
    is_secret: bool,
    is_change: bool,
}

impl Step {
    pub(super) fn of((phase, origin, statement): (Phase, Origin, Statement<'_>)) -> Self {
        let mut text = String::new();
        print(&statement, &mut text);
        let of_plpgsql = setting(&statement).is_some_and(|name| {
            let prefix = name.split_once('.').map(|(prefix, _)| prefix);
            prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case("plpgsql"))
        });
        let is_secret = match &statement {
            Statement::CreateRole { options, .. } | Statement::AlterRole { options, .. } => {
                options.iter().any(|option| matches!(option, RoleOption::Password(Some(_))))
            }
            _ => false,
        };
        let object = object(&statement);
        let is_change = !matches!(statement, Statement::Session(_));
        let text = Zeroizing::new(text);
        Self { phase, origin, object, text, of_plpgsql, is_secret, is_change }
    }

    /// Puts a made-up verifier of the same kind in the place of the one that it holds: where nothing
    /// is kept, none need be sent that logs somebody in.
    pub(crate) fn make_up_secret(&mut self) {
        if !self.is_secret {
            return;
        }
        // What cannot be read back is not sent.
        let mut text = String::new();
        if let Ok(mut statement) = sql::parse(&self.text) {
            if let Statement::CreateRole { options, .. } | Statement::AlterRole { options, .. } =
                &mut statement
            {
                for option in options {
                    if let RoleOption::Password(Some(password)) = option {
                        let secret = scram::made_up(&Secret::new(&password.0));
                        password.0 = secret.expose().to_owned().into();
                    }
                }
            }
            print(&statement, &mut text);
        }
        self.text = Zeroizing::new(text);
    }

    /// Whether it is about a setting that PL/pgSQL's library defines.
    pub fn is_of_plpgsql(&self) -> bool {
        self.of_plpgsql
    }

    /// The statement for people to read: in the place of a verifier stands what kind it is of, or what
    /// `known` says of the role's. The secret goes to `take`.
    pub(super) fn shown(
        &self,
        known: impl Fn(&str) -> Option<&'static str>,
        mut take: impl FnMut(Secret),
    ) -> String {
        if !self.is_secret {
            return self.text.to_string();
        }
        // What cannot be read back is not shown.
        let mut text = String::new();
        let Ok(mut statement) = sql::parse(&self.text) else { return text };
        let options = match &mut statement {
            Statement::CreateRole { name, options, .. } => Some((known(name), options)),
            Statement::AlterRole { role: RoleSpec::Name(name), options } => {
                Some((known(name), options))
            }
            _ => None,
        };
        let Some((known, options)) = options else { return text };
        for option in options {
            if let RoleOption::Password(Some(password)) = option {
                let secret = Secret::new(&password.0);
                let word = known.unwrap_or_else(|| secret.kind().as_str());
                password.0 = format!("*** ({word})").into();
                if known.is_none() {
                    take(secret);
                }
            }
        }
        print(&statement, &mut text);
        text
    }

    /// The statement, without a semicolon. It may hold a verifier: for scripts and the wire only.
    pub fn statement(&self) -> &str {
        &self.text
    }

    /// The literals in it that may be verifiers.
    pub fn secrets(&self) -> Vec<&str> {
        let text: &str = &self.text;
        let mut secrets = Vec::new();
        for (at, word) in text.match_indices("PASSWORD '") {
            let literal = &text[at + word.len()..];
            // A quote in it is doubled; a part of it is a secret, too.
            secrets.extend(literal.find('\'').map(|end| &literal[..end]));
        }
        secrets
    }

    /// Whether it can be refused although nothing foresees it: such a statement is tried by itself.
    pub fn is_tried(&self) -> bool {
        self.phase == Phase::SecurityLabels || matches!(self.object, Subject::Setting { .. })
    }

    /// Whether it changes what the target has, and not only in whose name the next one speaks.
    pub const fn is_change(&self) -> bool {
        self.is_change
    }

    /// Whether it holds a verifier, which costs the server a key derivation.
    pub const fn is_secret(&self) -> bool {
        self.is_secret
    }
}

impl AsRef<Step> for Step {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// The setting that a statement sets or resets.
fn setting<'a>(statement: &'a Statement<'_>) -> Option<&'a str> {
    match statement {
        Statement::AlterSetting { change, .. } => match change {
            sql::SettingChange::Set { name, .. } | sql::SettingChange::Reset(name) => Some(name),
            sql::SettingChange::ResetAll => None,
        },
        _ => None,
    }
}

/// What a statement is about, for messages.
fn object(statement: &Statement<'_>) -> Subject {
    let role = |role: &RoleSpec<'_>| match role {
        RoleSpec::Name(name) => Name::new(name),
        RoleSpec::Public => Name::new("PUBLIC"),
        RoleSpec::CurrentUser | RoleSpec::SessionUser => Name::new("CURRENT_USER"),
    };
    let session = || Subject::statement("session");
    match statement {
        Statement::CreateRole { name, .. } => Subject::Role(Name::new(name)),
        Statement::AlterRole { role: name, .. } => Subject::Role(role(name)),
        Statement::DropRole { roles, .. } => {
            roles.first().map_or_else(session, |first| Subject::Role(role(first)))
        }
        Statement::AlterSetting { role: whose, database, change } => Subject::Setting {
            role: whose.as_ref().map(role),
            database: database.as_ref().map(Name::new),
            name: match change {
                sql::SettingChange::Set { name, .. } | sql::SettingChange::Reset(name) => {
                    SmolStr::new(name)
                }
                sql::SettingChange::ResetAll => "ALL".into(),
            },
        },
        Statement::GrantRole { roles, members, .. }
        | Statement::RevokeRole { roles, members, .. } => match (roles.first(), &members[..]) {
            (Some(granted), [member]) => {
                Subject::Membership { role: Name::new(granted), member: role(member) }
            }
            (Some(granted), [member, others @ ..]) => Subject::Memberships {
                role: Name::new(granted),
                member: role(member),
                more: others.len(),
            },
            _ => session(),
        },
        Statement::Comment { object, .. } => Subject::Comment(target(object)),
        Statement::SecurityLabel { object, .. } => Subject::SecurityLabel(target(object)),
        Statement::CreateTablespace { name, .. }
        | Statement::AlterTablespace { name, .. }
        | Statement::DropTablespace { name, .. } => Subject::Tablespace(Name::new(name)),
        Statement::Grant { privileges, .. } | Statement::Revoke { privileges, .. } => {
            match privileges {
                sql::Privileges::Parameter(_, names) => Subject::Parameter {
                    name: names.first().map(SmolStr::new).unwrap_or_default(),
                    grantee: None,
                },
                sql::Privileges::Tablespace(names) => {
                    names.first().map_or_else(session, |name| Subject::Tablespace(Name::new(name)))
                }
            }
        }
        _ => session(),
    }
}

fn target(object: &sql::Object<'_>) -> Target {
    match object {
        sql::Object::Role(name) => Target::Role(Name::new(name)),
        sql::Object::Tablespace(name) => Target::Tablespace(Name::new(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(text: &str) -> Step {
        let statement = sql::parse(text).unwrap();
        Step::of((Phase::Roles, Origin::default(), statement))
    }

    /// They are what is looked for in whatever the server says of the statement.
    #[test]
    fn its_secrets_are_its_literals() {
        assert_eq!(step("CREATE ROLE a PASSWORD 'abc' LOGIN").secrets(), ["abc"]);
        assert_eq!(step("ALTER ROLE a PASSWORD 'ab''c'").secrets(), ["ab"]);
        assert!(step("ALTER ROLE a VALID UNTIL '2030-01-01'").secrets().is_empty());
        let named = step("ALTER ROLE \"PASSWORD 'x\" PASSWORD 'abc'");
        assert!(named.secrets().contains(&"abc"), "{:?}", named.secrets());
    }

    #[test]
    fn a_made_up_secret_is_in_the_place_of_the_secret_alone() {
        let key = "A".repeat(43) + "=";
        let secret = format!("SCRAM-SHA-256$4096:c2FsdA==${key}:{key}");
        let name = r#""a PASSWORD 'b\""#;
        let text =
            format!("CREATE ROLE {name} WITH LOGIN PASSWORD '{secret}' VALID UNTIL '2030-01-01'");
        let mut changed = step(&text);
        assert!(changed.is_secret());
        changed.make_up_secret();
        assert!(!changed.text.contains(&key), "{}", &*changed.text);
        let made_up =
            changed.text.split("SCRAM-SHA-256$").nth(1).unwrap().split('\'').next().unwrap();
        let back = changed.text.replace(&format!("SCRAM-SHA-256${made_up}"), &secret);
        assert_eq!(back, *step(&text).text);
        let mut other = step("CREATE ROLE a WITH LOGIN");
        other.make_up_secret();
        assert_eq!(*other.text, *step("CREATE ROLE a WITH LOGIN").text);
    }
}
