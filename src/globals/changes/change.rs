//! One difference, with what is there and what is desired.

use crate::attribute::Attribute;
use crate::finding::Subject;
use crate::globals::fact::Origin;
use crate::globals::model::{
    Grantee, MembershipKey, Parameter, ParameterKey, Password, Role, SettingKey, Tablespace,
};
use crate::globals::setting::Value;
use crate::globals::timestamp::Timestamp;
use crate::name::Name;
pub use crate::subject::Target;

/// One difference. `from` is what is there, `to` is what is desired.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// The role is missing. Its comment, labels and password are changes of their own.
    CreateRole {
        /// Its name.
        name: Name,
        /// What it is to be.
        role: Box<Role>,
    },
    /// The role is not desired.
    DropRole {
        /// Its name.
        name: Name,
        /// What it is.
        role: Box<Role>,
    },
    /// An attribute.
    Attribute {
        /// Whose.
        role: Name,
        /// Which.
        attribute: Attribute,
        /// What is desired; what is there is the other.
        to: bool,
        /// What states it.
        origin: Origin,
    },
    /// How many sessions the role may have; -1 is any number.
    ConnectionLimit {
        /// Whose.
        role: Name,
        /// What is there.
        from: i32,
        /// What is desired.
        to: i32,
        /// What states it.
        origin: Origin,
    },
    /// Until when its password is valid; none is for ever.
    ValidUntil {
        /// Whose.
        role: Name,
        /// What is there.
        from: Option<Timestamp>,
        /// What is desired.
        to: Option<Timestamp>,
        /// What states it.
        origin: Origin,
    },
    /// Its password.
    Password {
        /// Whose.
        role: Name,
        /// What is there; [`Password::None`] for a role that is missing.
        from: Password,
        /// What is desired.
        to: Password,
    },
    /// A comment.
    Comment {
        /// On what.
        on: Target,
        /// What is there.
        from: Option<Box<str>>,
        /// What is desired.
        to: Option<Box<str>>,
        /// What states it.
        origin: Origin,
    },
    /// A security label.
    Label {
        /// On what.
        on: Target,
        /// The provider.
        provider: Name,
        /// What is there.
        from: Option<Box<str>>,
        /// What is desired.
        to: Option<Box<str>>,
        /// What states it.
        origin: Origin,
    },
    /// A setting.
    Setting {
        /// Whose, where, and which.
        key: SettingKey,
        /// What is there.
        from: Option<Value>,
        /// What is desired.
        to: Option<Value>,
        /// What states it.
        origin: Origin,
    },
    /// A membership.
    Membership {
        /// Of whom in what.
        key: MembershipKey,
        /// Its options, all grantors together unless grantors compare.
        from: Option<Options>,
        /// What is desired.
        to: Option<Options>,
        /// What states it.
        origin: Origin,
    },
    /// Privileges on a configuration parameter.
    Parameter {
        /// Whose on which.
        key: ParameterKey,
        /// What is there.
        from: Option<Parameter>,
        /// What is desired.
        to: Option<Parameter>,
    },
    /// The tablespace is missing. Its comment and labels are changes of their own.
    CreateTablespace {
        /// Its name.
        name: Name,
        /// What it is to be.
        tablespace: Box<Tablespace>,
    },
    /// The tablespace is not desired.
    DropTablespace {
        /// Its name.
        name: Name,
        /// What it is.
        tablespace: Box<Tablespace>,
    },
    /// Its owner.
    TablespaceOwner {
        /// Whose.
        name: Name,
        /// Who it is.
        from: Name,
        /// Who it is to be.
        to: Name,
        /// What states it.
        origin: Origin,
    },
    /// Where it is, which no statement changes.
    TablespaceLocation {
        /// Of which.
        name: Name,
        /// Where it is.
        from: Box<str>,
        /// Where it is to be.
        to: Box<str>,
    },
    /// One of its options.
    TablespaceOption {
        /// Whose.
        name: Name,
        /// Which.
        option: Name,
        /// What is there.
        from: Option<Box<str>>,
        /// What is desired.
        to: Option<Box<str>>,
        /// What states it.
        origin: Origin,
    },
    /// Who may create in it.
    TablespaceGrant {
        /// In which.
        name: Name,
        /// Who.
        grantee: Grantee,
        /// By whom, where not by its owner.
        grantor: Option<Name>,
        /// What is there: with the grant option or not.
        from: Option<bool>,
        /// What is desired.
        to: Option<bool>,
        /// What states it.
        origin: Origin,
    },
}

/// A membership's options; none where the server has no such option.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// `ADMIN`.
    pub admin: bool,
    /// `INHERIT`.
    pub inherit: Option<bool>,
    /// `SET`.
    pub set: Option<bool>,
}

impl Change {
    /// What states it, for messages.
    pub fn origin(&self) -> Origin {
        match self {
            Self::CreateRole { role, .. } => role.origin(),
            Self::Attribute { origin, .. }
            | Self::ConnectionLimit { origin, .. }
            | Self::ValidUntil { origin, .. }
            | Self::Comment { origin, .. }
            | Self::Label { origin, .. }
            | Self::Setting { origin, .. }
            | Self::Membership { origin, .. }
            | Self::TablespaceOwner { origin, .. }
            | Self::TablespaceOption { origin, .. }
            | Self::TablespaceGrant { origin, .. } => *origin,
            Self::Password { to: Password::Is(fact), .. } => fact.origin,
            Self::Parameter { to: Some(to), .. } => to.origins().next().unwrap_or_default(),
            Self::CreateTablespace { tablespace, .. } => tablespace.created.origin,
            Self::DropRole { .. }
            | Self::Password { .. }
            | Self::Parameter { .. }
            | Self::TablespaceLocation { .. }
            | Self::DropTablespace { .. } => Origin::LIVE,
        }
    }

    /// The role that it makes.
    pub const fn creates(&self) -> Option<&Name> {
        match self {
            Self::CreateRole { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The role that is created, altered or granted.
    pub fn role(&self) -> Option<&Name> {
        match self {
            Self::CreateRole { name, .. } | Self::DropRole { name, .. } => Some(name),
            Self::Attribute { role, .. }
            | Self::ConnectionLimit { role, .. }
            | Self::ValidUntil { role, .. }
            | Self::Password { role, .. }
            | Self::Comment { on: Target::Role(role), .. }
            | Self::Label { on: Target::Role(role), .. } => Some(role),
            Self::Setting { key, .. } => key.role.as_ref(),
            Self::Membership { key, .. } => Some(&key.role),
            Self::Parameter { .. }
            | Self::Comment { .. }
            | Self::Label { .. }
            | Self::CreateTablespace { .. }
            | Self::DropTablespace { .. }
            | Self::TablespaceOwner { .. }
            | Self::TablespaceLocation { .. }
            | Self::TablespaceOption { .. }
            | Self::TablespaceGrant { .. } => None,
        }
    }

    /// What it is about.
    pub fn object(&self) -> Subject {
        match self {
            Self::CreateRole { name: role, .. }
            | Self::DropRole { name: role, .. }
            | Self::Attribute { role, .. }
            | Self::ConnectionLimit { role, .. }
            | Self::ValidUntil { role, .. }
            | Self::Password { role, .. } => Subject::Role(role.clone()),
            Self::Comment { on, .. } => Subject::Comment(on.clone()),
            Self::Label { on, .. } => Subject::SecurityLabel(on.clone()),
            Self::Setting { key, .. } => key.subject(),
            Self::Membership { key, .. } => key.subject(),
            Self::Parameter { key, .. } => key.subject(),
            Self::CreateTablespace { name, .. }
            | Self::DropTablespace { name, .. }
            | Self::TablespaceOwner { name, .. }
            | Self::TablespaceLocation { name, .. }
            | Self::TablespaceOption { name, .. }
            | Self::TablespaceGrant { name, .. } => Subject::Tablespace(name.clone()),
        }
    }

    /// Whether it is about a tablespace, its comment and labels included.
    pub fn is_of_tablespace(&self) -> bool {
        match self {
            Self::Comment { on, .. } | Self::Label { on, .. } => {
                matches!(on, Target::Tablespace(_))
            }
            other => matches!(other.object(), Subject::Tablespace(_)),
        }
    }

    /// Whether it makes this role a member of another.
    pub fn is_to(&self, member: &Name) -> bool {
        matches!(self, Self::Membership { key, to: Some(_), .. } if key.member == *member)
    }

    /// What takes it back; none for a password that could not be read.
    pub fn inverse(&self) -> Option<Self> {
        let live = Origin::LIVE;
        Some(match self.clone() {
            Self::CreateRole { name, role } => Self::DropRole { name, role },
            Self::DropRole { name, role } => Self::CreateRole { name, role },
            Self::Attribute { role, attribute, to, .. } => {
                Self::Attribute { role, attribute, to: !to, origin: live }
            }
            Self::ConnectionLimit { role, from, to, .. } => {
                Self::ConnectionLimit { role, from: to, to: from, origin: live }
            }
            Self::ValidUntil { role, from, to, .. } => {
                Self::ValidUntil { role, from: to, to: from, origin: live }
            }
            Self::Password { from: Password::Unknown, .. } => return None,
            Self::Password { role, from, to } => Self::Password { role, from: to, to: from },
            Self::Comment { on, from, to, .. } => {
                Self::Comment { on, from: to, to: from, origin: live }
            }
            Self::Label { on, provider, from, to, .. } => {
                Self::Label { on, provider, from: to, to: from, origin: live }
            }
            Self::Setting { key, from, to, .. } => {
                Self::Setting { key, from: to, to: from, origin: live }
            }
            Self::Membership { key, from, to, .. } => {
                Self::Membership { key, from: to, to: from, origin: live }
            }
            Self::Parameter { key, from, to } => Self::Parameter { key, from: to, to: from },
            Self::CreateTablespace { name, tablespace } => {
                Self::DropTablespace { name, tablespace }
            }
            Self::DropTablespace { name, tablespace } => {
                Self::CreateTablespace { name, tablespace }
            }
            Self::TablespaceOwner { name, from, to, .. } => {
                Self::TablespaceOwner { name, from: to, to: from, origin: live }
            }
            Self::TablespaceLocation { name, from, to } => {
                Self::TablespaceLocation { name, from: to, to: from }
            }
            Self::TablespaceOption { name, option, from, to, .. } => {
                Self::TablespaceOption { name, option, from: to, to: from, origin: live }
            }
            Self::TablespaceGrant { name, grantee, grantor, from, to, .. } => {
                Self::TablespaceGrant { name, grantee, grantor, from: to, to: from, origin: live }
            }
        })
    }

    /// Whether it takes something away and gives nothing.
    pub const fn removes(&self) -> bool {
        matches!(
            self,
            Self::DropRole { .. }
                | Self::DropTablespace { .. }
                | Self::Setting { to: None, .. }
                | Self::Comment { to: None, .. }
                | Self::Label { to: None, .. }
                | Self::Membership { to: None, .. }
                | Self::Parameter { to: None, .. }
                | Self::TablespaceOption { to: None, .. }
                | Self::TablespaceGrant { to: None, .. }
                | Self::Password { to: Password::None(_), .. }
        )
    }
}
