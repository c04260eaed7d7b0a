//! The parts of globals that commands can leave out or not look at.

use std::borrow::Cow;

use super::Change;
use crate::attribute::Attribute;
use crate::globals::model::{Globals, Password};

/// A part of globals, across roles and tablespaces.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// Passwords.
    Passwords,
    /// Comments.
    Comments,
    /// Settings of roles and databases.
    Settings,
    /// Memberships.
    Memberships,
    /// Privileges on configuration parameters.
    Parameters,
    /// Tablespaces, with all that is on them.
    Tablespaces,
    /// Security labels.
    SecurityLabels,
    /// One attribute of roles.
    Attribute(Attribute),
}

impl Part {
    /// All but single attributes, as they are spelled: passwords first, which have an option of their own.
    pub const ALL: [Self; 7] = [
        Self::Passwords,
        Self::Comments,
        Self::Settings,
        Self::Memberships,
        Self::Parameters,
        Self::Tablespaces,
        Self::SecurityLabels,
    ];

    /// What `--skip` and `--ignore` call it.
    pub fn name(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Passwords => "passwords",
            Self::Comments => "comments",
            Self::Settings => "settings",
            Self::Memberships => "memberships",
            Self::Parameters => "parameters",
            Self::Tablespaces => "tablespaces",
            Self::SecurityLabels => "security-labels",
            Self::Attribute(attribute) => {
                return Cow::Owned(format!("attributes:{}", attribute.keyword()));
            }
        })
    }

    /// Whether a change is about it.
    pub fn covers(self, change: &Change) -> bool {
        match self {
            Self::Passwords => matches!(change, Change::Password { .. }),
            Self::Comments => matches!(change, Change::Comment { .. }),
            Self::Settings => matches!(change, Change::Setting { .. }),
            Self::Memberships => matches!(change, Change::Membership { .. }),
            Self::Parameters => matches!(change, Change::Parameter { .. }),
            Self::Tablespaces => change.is_of_tablespace(),
            Self::SecurityLabels => matches!(change, Change::Label { .. }),
            Self::Attribute(part) => {
                matches!(change, Change::Attribute { attribute, .. } if *attribute == part)
            }
        }
    }

    /// Takes it out.
    pub fn clear(self, globals: &mut Globals) {
        let Globals { roles, tablespaces, .. } = globals;
        match self {
            Self::Passwords => {
                for role in roles.values_mut() {
                    role.password = Password::Unknown;
                }
            }
            Self::Comments => {
                for role in roles.values_mut() {
                    role.comment = None;
                }
                for tablespace in tablespaces.values_mut() {
                    tablespace.comment = None;
                }
            }
            Self::Settings => globals.settings.clear(),
            Self::Memberships => globals.memberships.clear(),
            Self::Parameters => globals.parameters.clear(),
            Self::Tablespaces => tablespaces.clear(),
            Self::SecurityLabels => {
                for role in roles.values_mut() {
                    role.labels.clear();
                }
                for tablespace in tablespaces.values_mut() {
                    tablespace.labels.clear();
                }
            }
            Self::Attribute(attribute) => {
                for role in roles.values_mut() {
                    role.set(attribute, None);
                }
            }
        }
    }
}
