//! The statements of the subset, decoded: names without quotes, literals without escapes.
//!
//! Spellings that mean the same are one value here (`CREATE USER x` is `CREATE ROLE x LOGIN`,
//! `ALTER GROUP g ADD USER m` is `GRANT g TO m`), so that printing a statement and reading it
//! again gives the same value.

use std::borrow::Cow;
use std::fmt;

use crate::attribute::Attribute;
use crate::version::Major;

/// A decoded name or literal. Names are not yet cut to 63 bytes.
pub type Text<'a> = Cow<'a, str>;

/// A literal that nobody must see; its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden<'a>(pub Text<'a>);

impl fmt::Debug for Hidden<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(…)")
    }
}

/// One statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Statement<'a> {
    /// `CREATE ROLE`, `CREATE USER`, `CREATE GROUP`.
    CreateRole {
        /// The new role.
        name: Text<'a>,
        /// Its options, as written; `CREATE USER` begins with `LOGIN`.
        options: Vec<RoleOption<'a>>,
    },
    /// `ALTER ROLE … WITH …`.
    AlterRole {
        /// The role.
        role: RoleSpec<'a>,
        /// The options, as written, which may be none.
        options: Vec<RoleOption<'a>>,
    },
    /// `ALTER ROLE … SET` and `RESET`, and `ALTER DATABASE … SET` and `RESET`.
    AlterSetting {
        /// Whose setting it is; none for `ALL`.
        role: Option<RoleSpec<'a>>,
        /// The database that it is limited to.
        database: Option<Text<'a>>,
        /// What happens to it.
        change: SettingChange<'a>,
    },
    /// `ALTER ROLE … RENAME TO`.
    RenameRole {
        /// The old name.
        from: Text<'a>,
        /// The new name.
        to: Text<'a>,
    },
    /// `DROP ROLE`.
    DropRole {
        /// Whether a missing role is no error.
        if_exists: bool,
        /// The roles.
        roles: Vec<RoleSpec<'a>>,
    },
    /// `GRANT role TO member`.
    GrantRole {
        /// The roles that are granted.
        roles: Vec<Text<'a>>,
        /// The roles that become members.
        members: Vec<RoleSpec<'a>>,
        /// What the statement says of the options.
        options: MembershipOptions,
        /// The grantor.
        granted_by: Option<RoleSpec<'a>>,
    },
    /// `REVOKE role FROM member`.
    RevokeRole {
        /// Only this option is taken away, not the membership.
        option: Option<MembershipOption>,
        /// The roles that were granted.
        roles: Vec<Text<'a>>,
        /// The members.
        members: Vec<RoleSpec<'a>>,
        /// The grantor.
        granted_by: Option<RoleSpec<'a>>,
        /// Whether dependent grants go too.
        cascade: bool,
    },
    /// `GRANT … ON PARAMETER` and `ON TABLESPACE`.
    Grant {
        /// What is granted on what.
        privileges: Privileges<'a>,
        /// To whom.
        grantees: Vec<RoleSpec<'a>>,
        /// `WITH GRANT OPTION`.
        grant_option: bool,
        /// The grantor.
        granted_by: Option<RoleSpec<'a>>,
    },
    /// `REVOKE … ON PARAMETER` and `ON TABLESPACE`.
    Revoke {
        /// What is revoked on what.
        privileges: Privileges<'a>,
        /// From whom.
        grantees: Vec<RoleSpec<'a>>,
        /// Only the grant option is taken away.
        grant_option_only: bool,
        /// The grantor.
        granted_by: Option<RoleSpec<'a>>,
        /// Whether dependent grants go too.
        cascade: bool,
    },
    /// `COMMENT ON ROLE` and `ON TABLESPACE`.
    Comment {
        /// The object.
        object: Object<'a>,
        /// The comment; an empty one is none to the server.
        text: Option<Text<'a>>,
    },
    /// `SECURITY LABEL … ON ROLE` and `ON TABLESPACE`.
    SecurityLabel {
        /// The label provider; none for the only one that the server has loaded.
        provider: Option<Text<'a>>,
        /// The object.
        object: Object<'a>,
        /// The label.
        label: Option<Text<'a>>,
    },
    /// `CREATE TABLESPACE`.
    CreateTablespace {
        /// Its name.
        name: Text<'a>,
        /// Its owner.
        owner: Option<RoleSpec<'a>>,
        /// The directory; empty for one inside the data directory.
        location: Text<'a>,
        /// Storage options.
        options: Vec<(Text<'a>, Text<'a>)>,
    },
    /// `ALTER TABLESPACE`.
    AlterTablespace {
        /// The tablespace.
        name: Text<'a>,
        /// What changes.
        change: TablespaceChange<'a>,
    },
    /// `DROP TABLESPACE`.
    DropTablespace {
        /// Whether a missing one is no error.
        if_exists: bool,
        /// The tablespace.
        name: Text<'a>,
    },
    /// Statements that only set the session up, or bracket the others.
    Session(Session<'a>),
    /// A guard that stops the script on a server of another major version.
    VersionGuard {
        /// The version that it was made for.
        major: Major,
        /// Whether it was made for one server, as it was found, and not for any of that version.
        one_server: bool,
    },
    /// A guard that stops the script where `ALTER DATABASE … SET role` makes whoever replays it act as
    /// another role, who would then administer the new ones.
    SetRoleGuard,
    /// A guard round settings that wait for their database.
    DatabaseGuard {
        /// The database.
        database: Text<'a>,
        /// Only where the one who replays it has the rights of the database's owner.
        owned: bool,
        /// What is run where it exists.
        statements: Vec<Statement<'a>>,
    },
    /// A guard round the creation of a role that may exist.
    RoleGuard {
        /// The role.
        role: Text<'a>,
        /// The role whose members are never touched, if they exist.
        admin: Option<Text<'a>>,
        /// What is run where it does not exist.
        create: Box<Statement<'a>>,
    },
    /// A statement about a database itself, which is not one of the globals.
    Database,
}

/// Statements that only set the session up, or bracket the others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Session<'a> {
    /// `SET`, `SET LOCAL`.
    Set {
        /// Until the end of the transaction only.
        local: bool,
        /// The setting.
        name: Text<'a>,
        /// Its value.
        value: SettingValue<'a>,
    },
    /// `RESET`; none for `ALL`.
    Reset(Option<Text<'a>>),
    /// `SET SESSION AUTHORIZATION`; none for the default and for `RESET`.
    Authorization(Option<Text<'a>>),
    /// `BEGIN`, `START TRANSACTION`.
    Begin,
    /// `COMMIT`, `END`.
    Commit,
    /// `SELECT pg_catalog.binary_upgrade_set_next_…_oid(…)`, written by `--binary-upgrade`.
    BinaryUpgrade {
        /// The function, without its schema.
        function: Text<'a>,
        /// The object identifier.
        oid: u32,
    },
}

/// A role as a statement names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RoleSpec<'a> {
    /// By its name.
    Name(Text<'a>),
    /// `PUBLIC`: every role.
    Public,
    /// `CURRENT_USER` or `CURRENT_ROLE`.
    CurrentUser,
    /// `SESSION_USER`.
    SessionUser,
}

/// An option of `CREATE ROLE` and `ALTER ROLE`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RoleOption<'a> {
    /// An attribute, given or taken.
    Attribute(Attribute, bool),
    /// `CONNECTION LIMIT`; -1 is none.
    ConnectionLimit(i32),
    /// `PASSWORD`; none for `PASSWORD NULL`.
    Password(Option<Hidden<'a>>),
    /// `VALID UNTIL`, as written.
    ValidUntil(Text<'a>),
    /// `SYSID`, which no server has obeyed since 8.1.
    SysId(i32),
    /// `IN ROLE`: becomes a member of these.
    InRole(Vec<RoleSpec<'a>>),
    /// `ROLE` or `USER`: these become members.
    Role(Vec<RoleSpec<'a>>),
    /// `ADMIN`: these become members with ADMIN OPTION.
    Admin(Vec<RoleSpec<'a>>),
}

/// What happens to settings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SettingChange<'a> {
    /// `SET name TO value`.
    Set {
        /// The setting; a dotted name is one name.
        name: Text<'a>,
        /// Its value.
        value: SettingValue<'a>,
    },
    /// `RESET name`, and `SET name TO DEFAULT`.
    Reset(Text<'a>),
    /// `RESET ALL`.
    ResetAll,
}

/// The value in a `SET`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SettingValue<'a> {
    /// One or more values; words and numbers count as literals.
    Values(Vec<Text<'a>>),
    /// An empty list: `TO ;` (written by pg_dumpall up to 18) or `TO NULL` (19).
    Empty,
    /// `DEFAULT`.
    Default,
    /// `FROM CURRENT`.
    FromCurrent,
}

/// The options of a membership that a statement mentions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct MembershipOptions {
    /// `ADMIN`.
    pub admin: Option<bool>,
    /// `INHERIT`, from 16 on.
    pub inherit: Option<bool>,
    /// `SET`, from 16 on.
    pub set: Option<bool>,
}

/// One option of a membership.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MembershipOption {
    /// May grant the role on.
    Admin,
    /// Has the role's privileges without asking.
    Inherit,
    /// May become the role with `SET ROLE`.
    Set,
}

/// Privileges on objects of one kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Privileges<'a> {
    /// On configuration parameters; a dotted name is one name.
    Parameter(ParameterPrivileges, Vec<Text<'a>>),
    /// On tablespaces: `CREATE`, which is all.
    Tablespace(Vec<Text<'a>>),
}

/// Privileges on a configuration parameter; at least one is on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct ParameterPrivileges {
    /// `SET`.
    pub set: bool,
    /// `ALTER SYSTEM`.
    pub alter_system: bool,
}

/// What a comment or label is on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Object<'a> {
    /// A role.
    Role(Text<'a>),
    /// A tablespace.
    Tablespace(Text<'a>),
}

/// What `ALTER TABLESPACE` changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TablespaceChange<'a> {
    /// Storage options.
    Set(Vec<(Text<'a>, Text<'a>)>),
    /// Storage options back to their defaults.
    Reset(Vec<Text<'a>>),
    /// The owner.
    Owner(RoleSpec<'a>),
    /// The name.
    Rename(Text<'a>),
}
