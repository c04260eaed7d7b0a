//! One statement of a plan.

use zeroize::Zeroizing;

use crate::finding::{Kind, Object};
use crate::globals::Origin;
use crate::globals::script::Phase;
use crate::sql::{self, RoleOption, RoleSpec, Statement, print};

/// One statement of a plan.
#[derive(Clone, Debug)]
pub struct Step {
    /// The part of the plan that it belongs to.
    pub phase: Phase,
    /// The statement of the source that it comes from.
    pub origin: Origin,
    /// What it is about.
    pub object: Object,
    /// The statement itself.
    pub(crate) text: Zeroizing<String>,
    of_plpgsql: bool,
    is_secret: bool,
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
        Self { phase, origin, object, text: Zeroizing::new(text), of_plpgsql, is_secret }
    }

    /// Whether it is about a setting that PL/pgSQL's library defines.
    pub fn is_of_plpgsql(&self) -> bool {
        self.of_plpgsql
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
        self.phase == Phase::SecurityLabels || self.object.kind == Kind::Setting
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
fn object(statement: &Statement<'_>) -> Object {
    let role = |role: &RoleSpec<'_>| match role {
        RoleSpec::Name(name) => name.to_string(),
        RoleSpec::Public => "PUBLIC".to_owned(),
        RoleSpec::CurrentUser | RoleSpec::SessionUser => "CURRENT_USER".to_owned(),
    };
    let (kind, name) = match statement {
        Statement::CreateRole { name, .. } => (Kind::Role, name.to_string()),
        Statement::AlterRole { role: name, .. } => (Kind::Role, role(name)),
        Statement::DropRole { roles, .. } => {
            (Kind::Role, roles.first().map(role).unwrap_or_default())
        }
        Statement::AlterSetting { role: whose, database, change } => {
            let whose = whose.as_ref().map_or_else(|| "ALL".to_owned(), role);
            let name = match change {
                sql::SettingChange::Set { name, .. } | sql::SettingChange::Reset(name) => name,
                sql::SettingChange::ResetAll => "ALL",
            };
            let place = database.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
            (Kind::Setting, format!("{whose}{place}: {name}"))
        }
        Statement::GrantRole { roles, members, .. }
        | Statement::RevokeRole { roles, members, .. } => {
            let more = match members.len() {
                0 | 1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            let member = members.first().map(role).unwrap_or_default();
            let role = roles.first().map(ToString::to_string).unwrap_or_default();
            (Kind::Membership, format!("{member}{more} in {role}"))
        }
        Statement::Comment { object, .. } => (Kind::Comment, object_name(object)),
        Statement::SecurityLabel { object, .. } => (Kind::SecurityLabel, object_name(object)),
        Statement::CreateTablespace { name, .. }
        | Statement::AlterTablespace { name, .. }
        | Statement::DropTablespace { name, .. } => (Kind::Tablespace, name.to_string()),
        Statement::Grant { privileges, .. } | Statement::Revoke { privileges, .. } => {
            match privileges {
                sql::Privileges::Parameter(_, names) => {
                    (Kind::Parameter, names.first().map(ToString::to_string).unwrap_or_default())
                }
                sql::Privileges::Tablespace(names) => {
                    (Kind::Tablespace, names.first().map(ToString::to_string).unwrap_or_default())
                }
            }
        }
        _ => (Kind::Statement, "session".to_owned()),
    };
    Object { kind, name }
}

fn object_name(object: &sql::Object<'_>) -> String {
    match object {
        sql::Object::Role(name) | sql::Object::Tablespace(name) => name.to_string(),
    }
}
