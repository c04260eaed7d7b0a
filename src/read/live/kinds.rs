//! The kinds of verifiers, where they cannot be read but the platform tells this much by a function
//! of its own.
//!
//! Anybody can make a function of that name. It is called on a platform that its superuser shows, if
//! that superuser or the server's own made it, and while nothing can be written.

use std::collections::{BTreeMap, BTreeSet};

use super::part::fact;
use super::{LiveError, Row};
use crate::globals::{Globals, Password};
use crate::name::Name;
use crate::platform::{Platform, RoleKind};

/// A function that is there, by its name one of a platform's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Offer {
    function: Function,
    /// Who made it.
    owner: Option<Name>,
    /// Whether that is the bootstrap superuser.
    is_bootstraps: bool,
}

/// The functions that are known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Function {
    /// Aurora's and RDS's, where the extension `rds_tools` is there.
    Rds,
    /// Azure's.
    Azure,
}

/// What both questions are called.
pub(super) const NAME: &str = "the platform's kinds of verifiers";

/// Those that the connected role may call.
pub(super) const QUERY: &str = "SELECT n.nspname, r.rolname, p.proowner = 10 FROM pg_proc p \
     JOIN pg_namespace n ON n.oid = p.pronamespace LEFT JOIN pg_roles r ON r.oid = p.proowner \
     WHERE p.pronargs = 0 AND (n.nspname = 'rds_tools' AND p.proname = 'role_password_encryption_type' \
     OR n.nspname = 'pg_catalog' AND p.proname = 'azure_roles_authtype') \
     AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE')";

impl Offer {
    /// One row of [`QUERY`].
    pub(super) fn of(row: &Row) -> Result<Self, LiveError> {
        let function = if row.text(0)? == "rds_tools" { Function::Rds } else { Function::Azure };
        let owner = row.name_or_null(1)?;
        Ok(Self { function, owner, is_bootstraps: row.flag(2)? })
    }

    /// Whether it is the platform's own.
    pub(super) fn is_of(&self, platform: &Platform) -> bool {
        let platforms: &[&str] = match self.function {
            Function::Rds => &["aurora", "rds"],
            Function::Azure => &["azure"],
        };
        let is_superuser = |owner: &Name| {
            platform.role(owner.as_str()).is_some_and(|role| role.kind() == RoleKind::Superuser)
        };
        platforms.contains(&platform.name())
            && (self.is_bootstraps || self.owner.as_ref().is_some_and(is_superuser))
    }

    /// The query that calls it. What its columns are called is documented nowhere.
    pub(super) const fn sql(&self) -> &'static str {
        match self.function {
            Function::Rds => "SELECT * FROM rds_tools.role_password_encryption_type()",
            Function::Azure => "SELECT * FROM pg_catalog.azure_roles_authtype()",
        }
    }

    /// What it answers: roles in the first column, kinds in the second.
    pub(super) fn read(&self, rows: &[Row]) -> Result<Kinds, LiveError> {
        let mut kinds = Kinds::default();
        for row in rows {
            let name = row.name(0)?;
            let kind = row.get(1)?.unwrap_or_default().to_ascii_lowercase();
            match (self.function, kind.as_str()) {
                // It cannot be seen, but it is known that there is none.
                (Function::Rds, "") => {
                    kinds.without.insert(name);
                }
                (Function::Azure, "nologin") => {}
                _ => {
                    kinds.of.insert(name, kind);
                }
            }
        }
        Ok(kinds)
    }
}

/// What is known of verifiers that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Kinds {
    /// The kind of verifier of each role.
    pub(super) of: BTreeMap<Name, String>,
    /// Roles that have none.
    pub(super) without: BTreeSet<Name>,
}

impl Kinds {
    /// Says so of the roles.
    pub(super) fn apply(&self, globals: &mut Globals) {
        for name in &self.without {
            if let Some(role) = globals.roles.get_mut(name) {
                role.password = Password::None(fact(()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_platforms_own_function_counts() {
        let offer = |function, owner: &str, is_bootstraps| Offer {
            function,
            owner: Some(Name::new(owner)),
            is_bootstraps,
        };
        let platform = |name| Platform::builtin(name).unwrap();
        let rds = |owner, bootstrap| offer(Function::Rds, owner, bootstrap);
        assert!(rds("rdsadmin", false).is_of(platform("aurora")));
        assert!(rds("rdsadmin", false).is_of(platform("rds")));
        assert!(rds("whoever", true).is_of(platform("aurora")));
        for owner in ["mallory", "rds_superuser", "azuresu"] {
            assert!(!rds(owner, false).is_of(platform("aurora")), "{owner}");
        }
        assert!(!rds("rdsadmin", true).is_of(platform("azure")));
        assert!(!rds("postgres", true).is_of(platform("postgres")));
        let azure = |owner, bootstrap| offer(Function::Azure, owner, bootstrap);
        assert!(azure("azuresu", false).is_of(platform("azure")));
        assert!(!azure("azure_pg_admin", false).is_of(platform("azure")));
        assert!(!azure("rdsadmin", true).is_of(platform("rds")));
    }
}
