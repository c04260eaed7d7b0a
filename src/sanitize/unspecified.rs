//! What sanitizing took away.

use std::collections::{BTreeMap, BTreeSet};

use crate::globals::changes::{Options, Target};
use crate::globals::{Change, Grantee, SettingKey, SettingName, Value};
use crate::name::Name;

/// What sanitizing took away. It is not known to be unwanted on the target.
#[derive(Clone, Debug, Default)]
pub struct Unspecified {
    /// Memberships, as (role, member).
    pub memberships: foldhash::HashSet<(Name, Name)>,
    /// Settings, with the value that the source has.
    pub settings: BTreeMap<SettingKey, Value>,
    /// Whether the source could not show any setting of or in a database.
    pub databases: bool,
    /// Privileges on parameters, as (parameter, grantee).
    pub parameters: BTreeSet<(SettingName, Grantee)>,
    /// Security labels, by what they are on and their provider.
    pub labels: BTreeSet<(Target, Name)>,
    /// Roles that are told to get the ADMIN option on others, and nothing else of them.
    pub administrators: foldhash::HashSet<Name>,
}

impl Unspecified {
    /// Whether a change is about something that was taken away.
    pub fn covers(&self, change: &Change) -> bool {
        match change {
            Change::Membership { key, from, to, .. } => {
                let admin_only = Options { admin: true, inherit: Some(false), set: Some(false) };
                self.memberships.contains(&(key.role.clone(), key.member.clone()))
                    || (self.administrators.contains(&key.member)
                        && (*from == Some(admin_only) || only_takes_admin(*from, *to)))
            }
            Change::Setting { key, .. } => {
                self.settings.contains_key(key) || (self.databases && key.database.is_some())
            }
            Change::Parameter { key, .. } => {
                self.parameters.contains(&(key.parameter.clone(), key.grantee.clone()))
            }
            Change::Label { on, provider, .. } => {
                self.labels.contains(&(on.clone(), provider.clone()))
            }
            _ => false,
        }
    }
}

/// Whether nothing but the ADMIN option goes.
fn only_takes_admin(from: Option<Options>, to: Option<Options>) -> bool {
    let (Some(from), Some(to)) = (from, to) else { return false };
    let same =
        |one: Option<bool>, other: Option<bool>| one.is_none() || other.is_none() || one == other;
    from.admin && !to.admin && same(from.inherit, to.inherit) && same(from.set, to.set)
}
