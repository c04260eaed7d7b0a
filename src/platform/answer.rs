//! What is said about a right.

use std::borrow::Cow;

use super::settings::Context;
use crate::version::Major;

/// Whether the administrator of a target may do something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer<'a> {
    /// It may.
    Yes,
    /// It may not, and why.
    No(Cow<'a, str>),
    /// Nothing confirms that it may, and why. It is treated as not given.
    Unconfirmed(Cow<'a, str>),
}

impl<'a> Answer<'a> {
    pub(super) const fn no(why: &'a str) -> Self {
        Self::No(Cow::Borrowed(why))
    }

    pub(super) const fn unconfirmed(why: &'a str) -> Self {
        Self::Unconfirmed(Cow::Borrowed(why))
    }

    /// Whether it may for certain.
    pub const fn is_yes(&self) -> bool {
        matches!(self, Self::Yes)
    }

    /// Why not, or why it is not certain.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Yes => None,
            Self::No(why) | Self::Unconfirmed(why) => Some(why),
        }
    }
}

/// What a role is to PostgreSQL, and whether the administrator may grant it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Predefined<'a> {
    /// An ordinary name: it does not begin with `pg_`.
    NotPredefined,
    /// The target's version does not have it.
    Unknown {
        /// The first version that has it; none where no version is known to.
        since: Option<Major>,
    },
    /// The target has it.
    Known(Answer<'a>),
}

/// Whether `ALTER ROLE other SET name = …` succeeds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SettingAnswer<'a> {
    /// It does, if the value is valid.
    Allowed,
    /// The setting exists, and its context forbids it (42501, 55P02).
    Refused {
        /// The setting's context on the target's version.
        context: Context,
    },
    /// The setting belongs to a module. Where the session that sends the statement has loaded it,
    /// the context decides; else the name is a [placeholder](Self::Placeholder).
    Module {
        /// The library that defines it.
        module: &'static str,
        /// The setting's context once the library is loaded.
        context: Context,
    },
    /// A dotted name of no known module: only a superuser may give it to a role (42501), although
    /// every session may set it for itself.
    Placeholder,
    /// A dotted name that 14 and later take for no name at all (42602).
    Malformed,
    /// The target's version has no such setting (42704).
    Unknown {
        /// The first version that has it, if it comes later.
        since: Option<Major>,
        /// The last version that has it, if it is gone.
        until: Option<Major>,
    },
    /// The platform refuses it, and why.
    Denied(Cow<'a, str>),
    /// Nothing confirms that the platform takes it, and why. It is treated as not given.
    Unconfirmed(Cow<'a, str>),
}

impl SettingAnswer<'_> {
    /// Whether it succeeds for certain.
    pub const fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed)
    }
}
