//! How much there is.

use serde::Serialize;

use crate::globals::Globals;

/// What was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Found {
    /// Roles.
    pub roles: usize,
    /// Memberships, by grantor.
    pub memberships: usize,
    /// Settings of roles and databases.
    pub settings: usize,
    /// Privileges on configuration parameters.
    pub parameters: usize,
    /// Tablespaces.
    pub tablespaces: usize,
}

impl From<&Globals> for Found {
    fn from(globals: &Globals) -> Self {
        Self {
            roles: globals.roles.len(),
            memberships: globals.memberships.len(),
            settings: globals.settings.len(),
            parameters: globals.parameters.len(),
            tablespaces: globals.tablespaces.len(),
        }
    }
}
