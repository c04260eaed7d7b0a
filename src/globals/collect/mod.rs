//! Statements into a model, in the order in which they stand.

pub mod abouts;
mod membership;
mod mentions;
mod object;
mod privilege;
mod role;
mod setting;
mod version;

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use mentions::Mentions;
use privilege::Revoke;
pub use version::Era;

use super::fact::{Fact, Origin};
use super::ledger::Ledger;
use super::model::Globals;
use super::zone::Zone;
use crate::finding::{About, Action, Finding, Severity, Subject};
use crate::name::{MAX_BYTES, Name};
use crate::sql::{RoleSpec, Session, SettingValue, Statement};

/// What a statement was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    /// About the globals: it is in the model now.
    Globals,
    /// About the session only.
    Session,
    /// About a database: not among the globals.
    Database,
}

/// Why a statement cannot be taken into the model.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Why.
    pub why: String,
    /// The words of the statement that it is about; the statement as a whole where there are none.
    pub clause: &'static str,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Refusal {}

type Result<T> = std::result::Result<T, Refusal>;

/// What a dump has lost that ends before a role's attributes.
pub fn without_attributes(role: &Name) -> String {
    format!("role {role} stays without its attributes and its password")
}

fn refuse<T>(why: impl Into<String>) -> Result<T> {
    Err(Refusal { why: why.into(), clause: "" })
}

/// Builds a model.
#[derive(Clone, Debug, Default)]
pub struct Collector {
    globals: Globals,
    ledger: Ledger,
    findings: Vec<Finding>,
    /// Who grants on objects, between SET and RESET SESSION AUTHORIZATION.
    grantor: Option<Name>,
    /// Whether any statement had a `PASSWORD` clause.
    passwords: bool,
    /// The role that the last statement created, and nothing more.
    bare: Option<Name>,
    /// Roles that a statement has dropped, and where.
    dropped: HashMap<Name, Origin>,
    /// Made by the first statement that takes something back: hardly any dump has one.
    mentions: Option<Mentions>,
    /// Which servers the statements are for, as far as they tell.
    era: Option<Era>,
    /// What they amount to on a server before 16, from the first on that means something else there.
    before_16: Option<Box<Self>>,
    /// Statements that revoke memberships of which there is none.
    revoked_nothing: BTreeSet<Origin>,
    /// Whether there are grants without a grantor, and such with one.
    grantors: [bool; 2],
    /// Whether pg_dumpall wrote the statements.
    dumped: bool,
    /// Whether a grant of roles did not say whether it inherits.
    silent_on_inherit: bool,
    /// Whether pg_dumpall wrote attributes of roles without a word on BYPASSRLS, and with one.
    on_bypassrls: [bool; 2],
    /// The session's time zone.
    zone: Zone,
    /// What it was in front of the transaction that sets it for itself.
    outer_zone: Option<Zone>,
}

/// What was collected.
#[derive(Debug, Default)]
pub struct Collected {
    /// The model.
    pub globals: Globals,
    /// What became of the statements.
    pub ledger: Ledger,
    /// What there was to say about them.
    pub findings: Vec<Finding>,
    /// Whether passwords were stated at all. Of a role without one nothing is known: pg_dumpall was told to
    /// leave them out, or the role has none.
    pub passwords: bool,
    /// The role that the last statement created, and nothing more: a dump goes on with its
    /// attributes.
    pub bare: Option<Name>,
    /// Which servers they are for; none where nothing tells.
    pub era: Option<Era>,
}

impl Collector {
    /// Tells whether pg_dumpall wrote the statements that follow. They state what there is: a grant may
    /// stand in front of the one that gave its grantor the grant option (`pg_dumpall.c`, `dumpRoleGUCPrivs`:
    /// the order is that of the catalog's list).
    pub fn set_dumped(&mut self, dumped: bool) {
        self.dumped = dumped;
        if let Some(before_16) = &mut self.before_16 {
            before_16.dumped = dumped;
        }
    }

    /// Whether a grant of roles, since this was asked before, did not say whether it inherits.
    pub fn was_silent_on_inherit(&mut self) -> bool {
        std::mem::take(&mut self.silent_on_inherit)
    }

    /// Whether what pg_dumpall wrote shows that neither it nor the server is of 9.5 or later: these state
    /// BYPASSRLS or NOBYPASSRLS of every role (`dumpRoles` in `src/bin/pg_dump/pg_dumpall.c`).
    pub fn never_heard_of_bypassrls(&self) -> bool {
        self.on_bypassrls == [true, false]
    }

    /// Takes the next statement, which was read from `line`.
    ///
    /// # Errors
    /// When it contradicts what was read before, or means something that a dump does not tell.
    pub fn add(&mut self, statement: &Statement<'_>, line: u32) -> Result<Kept> {
        self.learn_version(statement);
        if let Some(before_16) = &mut self.before_16 {
            before_16.take(statement, line)?;
        }
        self.take(statement, line)
    }

    fn take(&mut self, statement: &Statement<'_>, line: u32) -> Result<Kept> {
        match statement {
            Statement::Session(session) => return self.session(session),
            Statement::VersionGuard { .. } | Statement::SetRoleGuard => return Ok(Kept::Session),
            Statement::Database => return Ok(Kept::Database),
            _ => {}
        }
        if self.grantor.is_some()
            && !matches!(statement, Statement::Grant { .. } | Statement::Revoke { .. })
        {
            return refuse(
                "between SET and RESET SESSION AUTHORIZATION only privileges on parameters and \
                 tablespaces can be granted",
            );
        }
        let origin = self.ledger.open(line);
        self.collect(statement, origin)?;
        self.bare = match statement {
            Statement::CreateRole { name, options } if options.is_empty() => {
                (name.len() <= MAX_BYTES).then(|| Name::new(name))
            }
            _ => None,
        };
        Ok(Kept::Globals)
    }

    /// How many statements and memberships there are so far.
    pub fn size(&self) -> usize {
        self.ledger.len() + self.globals.memberships.len()
    }

    /// A statement that is not understood, which the user wants to be listed and left out.
    pub fn drop_unknown(&mut self, what: &str, line: u32) {
        if let Some(before_16) = &mut self.before_16 {
            before_16.drop_unknown(what, line);
        }
        let origin = self.ledger.open(line);
        self.lost(origin);
        let message = format!("{what} is not understood and left out");
        let object = &Subject::statement(what.to_owned());
        self.finding(&abouts::UNKNOWN_STATEMENT, Action::Dropped, object, origin, message);
    }

    /// A statement about a database, which is left out.
    pub fn database(&mut self, what: &str, line: u32) {
        if let Some(before_16) = &mut self.before_16 {
            before_16.database(what, line);
        }
        let origin = self.ledger.open(line);
        self.lost(origin);
        let what = what.to_owned();
        let upper = what.to_ascii_uppercase();
        if upper.starts_with("DROP ") {
            let message = "nothing is ever dropped on the target".to_owned();
            self.finding(
                &abouts::DROP,
                Action::Dropped,
                &Subject::statement(what),
                origin,
                message,
            );
            return;
        }
        let takes = ["REVOKE ", " ALLOW_CONNECTIONS ", " CONNECTION LIMIT "];
        let (severity, message) = if takes.iter().any(|words| upper.contains(words)) {
            (Severity::Warning, "it takes something away on the source, and is left out")
        } else {
            (abouts::DATABASE_STATEMENT.severity, "it is about a database, and left out")
        };
        let line = self.ledger.line(origin);
        let finding =
            abouts::DATABASE_STATEMENT.finding(Subject::statement(what), Action::Dropped, message);
        self.findings.push(finding.at(line).matters(severity));
    }

    /// Privileges on an object in a database, which the user wants to be listed and left out.
    pub fn drop_object_grant(&mut self, what: &str, line: u32) {
        if let Some(before_16) = &mut self.before_16 {
            before_16.drop_object_grant(what, line);
        }
        let origin = self.ledger.open(line);
        self.lost(origin);
        let message = "it is about an object in a database, and left out".to_owned();
        let object = &Subject::statement(what.to_owned());
        self.finding(&abouts::OBJECT_PRIVILEGE, Action::Dropped, object, origin, message);
    }

    /// A clause of the statement in `line`, which PostgreSQL does not have and the user wants to be left out;
    /// `whole` where the statement says nothing else.
    pub fn drop_clause(&mut self, what: &str, line: u32, whole: bool) {
        if let Some(before_16) = &mut self.before_16 {
            before_16.drop_clause(what, line, whole);
        }
        let action = if whole {
            let origin = self.ledger.open(line);
            self.lost(origin);
            Action::Dropped
        } else {
            self.ledger.change_last();
            Action::Rewritten
        };
        let object = Subject::statement(what.to_owned());
        let message = "a clause of another product than PostgreSQL, which is left out";
        self.findings.push(abouts::UNKNOWN_CLAUSE.finding(object, action, message).at(Some(line)));
    }

    /// The dump ends in the middle of a statement, which is left out: of `role`, if it tells.
    pub fn cut_off(&mut self, role: Option<&str>, line: u32) {
        if let Some(before_16) = &mut self.before_16 {
            before_16.cut_off(role, line);
        }
        let origin = self.ledger.open(line);
        self.lost(origin);
        let mut message =
            "the dump ends in the middle of this statement, which is left out".to_owned();
        if let Some(role) = role.map(Name::new).or_else(|| self.bare.take()) {
            message.push_str(": ");
            message.push_str(&without_attributes(&role));
        }
        self.bare = None;
        let object = &Subject::statement("last statement");
        self.finding(&abouts::TRUNCATED, Action::Dropped, object, origin, message);
    }

    /// The model, when there are no more statements; `era` is what else is known of the servers that
    /// they are for.
    pub fn finish(mut self, era: Option<Era>) -> Collected {
        let era = self.era.or(era);
        match (self.before_16.take(), era) {
            (Some(before_16), Some(Era::Before16)) => return before_16.finish(era),
            (Some(mut before_16), None) => {
                before_16.assume_roles();
                self.narrow(&before_16);
            }
            (None, Some(Era::Before16)) => self.one_grantor_each(),
            _ => {}
        }
        self.assume_roles();
        self.globals.sort();
        Collected {
            globals: self.globals,
            ledger: self.ledger,
            findings: self.findings,
            passwords: self.passwords,
            bare: self.bare,
            era,
        }
    }

    fn collect(&mut self, statement: &Statement<'_>, origin: Origin) -> Result<()> {
        match statement {
            Statement::CreateRole { name, options } => self.create_role(name, options, origin),
            Statement::AlterRole { role, options } => self.alter_role(role, options, origin),
            Statement::RenameRole { from, to } => self.rename_role(from, to, origin),
            Statement::DropRole { roles, .. } => self.drop_roles(roles, origin),
            Statement::AlterSetting { role, database, change } => {
                self.alter_setting(role.as_ref(), database.as_deref(), change, origin)
            }
            Statement::GrantRole { roles, members, options, granted_by } => {
                self.grant_roles(roles, members, *options, granted_by.as_ref(), origin)
            }
            Statement::RevokeRole { option, roles, members, granted_by, cascade } => {
                self.revoke_roles(*option, roles, members, granted_by.as_ref(), *cascade, origin)
            }
            Statement::Grant { privileges, grantees, grant_option, granted_by } => {
                self.grant(privileges, grantees, *grant_option, granted_by.as_ref(), origin)
            }
            Statement::Revoke { privileges, grantees, grant_option_only, granted_by, cascade } => {
                let how = Revoke { option_only: *grant_option_only, cascade: *cascade };
                self.revoke(privileges, grantees, how, granted_by.as_ref(), origin)
            }
            Statement::Comment { object, text } => self.comment(object, text.as_deref(), origin),
            Statement::SecurityLabel { provider, object, label } => {
                self.label(provider.as_deref(), object, label.as_deref(), origin)
            }
            Statement::CreateTablespace { name, owner, location, options } => {
                self.create_tablespace(name, owner.as_ref(), location, options, origin)
            }
            Statement::AlterTablespace { name, change } => {
                self.alter_tablespace(name, change, origin)
            }
            Statement::DropTablespace { name, .. } => {
                self.drop_tablespace(name, origin);
                Ok(())
            }
            Statement::DatabaseGuard { database, statements, .. } => {
                for statement in statements {
                    match statement {
                        Statement::AlterSetting { database: Some(inner), .. }
                            if inner == database => {}
                        _ => return refuse("a guard of ours holds settings of its database only"),
                    }
                    self.collect(statement, origin)?;
                }
                Ok(())
            }
            Statement::RoleGuard { role, create, .. } => match create.as_ref() {
                Statement::CreateRole { name, .. } if name == role => self.collect(create, origin),
                _ => refuse("a guard of ours holds the creation of its role only"),
            },
            Statement::Session(_)
            | Statement::VersionGuard { .. }
            | Statement::SetRoleGuard
            | Statement::Database => Ok(()),
        }
    }

    /// Where roles are mentioned so far.
    fn mentions(&mut self) -> &mut Mentions {
        self.mentions.get_or_insert_with(|| Mentions::of(&self.globals))
    }

    fn session(&mut self, session: &Session<'_>) -> Result<Kept> {
        match session {
            Session::Authorization(role) => {
                self.grantor = role.as_deref().map(Name::new);
            }
            Session::Set { name, .. } if name.eq_ignore_ascii_case("role") => {
                return refuse("SET ROLE: what follows would be done by another role");
            }
            Session::Set { local, name, value: SettingValue::Values(values) }
                if name.eq_ignore_ascii_case("timezone") =>
            {
                let zone = values.first().map(|text| Zone::of(text)).unwrap_or_default();
                let before = std::mem::replace(&mut self.zone, zone);
                if *local {
                    self.outer_zone.get_or_insert(before);
                } else {
                    self.outer_zone = None;
                }
            }
            Session::Reset(name)
                if name.as_deref().is_none_or(|name| name.eq_ignore_ascii_case("timezone")) =>
            {
                self.zone = Zone::default();
                self.outer_zone = None;
            }
            Session::Commit => self.zone = self.outer_zone.take().unwrap_or(self.zone.clone()),
            _ => {}
        }
        Ok(Kept::Session)
    }

    /// The name as the server stores it: cut at a character's end to 63 bytes.
    fn stored(&mut self, name: &str, origin: Origin) -> Name {
        if name.len() <= MAX_BYTES {
            return Name::new(name);
        }
        let end = (0..=MAX_BYTES).rev().find(|&end| name.is_char_boundary(end)).unwrap_or(0);
        let stored = Name::new(&name[..end]);
        let message =
            format!("{} is longer than 63 bytes: the server cuts it to {stored}", Name::new(name));
        let object = &Subject::Role(stored.clone());
        self.finding(&abouts::TRUNCATED_NAME, Action::Rewritten, object, origin, message);
        stored
    }

    /// A role that is named by its name.
    fn named(&mut self, role: &RoleSpec<'_>, origin: Origin) -> Result<Name> {
        match role {
            RoleSpec::Name(name) => {
                let name = self.stored(name, origin);
                self.refuse_dropped(&name)?;
                Ok(name)
            }
            RoleSpec::Public => refuse("PUBLIC is not a role here"),
            RoleSpec::CurrentUser => {
                refuse("CURRENT_USER: a dump does not tell who that is; write that role's name")
            }
            RoleSpec::SessionUser => {
                refuse("SESSION_USER: a dump does not tell who that is; write that role's name")
            }
        }
    }

    /// Refuses what names a role that is gone: the server would, too.
    fn refuse_dropped(&self, name: &Name) -> Result<()> {
        let Some(&origin) = self.dropped.get(name) else { return Ok(()) };
        let line = self.ledger.line(origin).unwrap_or(0);
        refuse(format!("role {name} is dropped in line {line}, before this"))
    }

    /// The grantor that a statement names; its own user is nobody in particular.
    fn grantor(&mut self, role: Option<&RoleSpec<'_>>, origin: Origin) -> Result<Option<Name>> {
        match role {
            None | Some(RoleSpec::CurrentUser | RoleSpec::SessionUser) => Ok(None),
            Some(role) => self.named(role, origin).map(Some),
        }
    }

    /// States a fact.
    fn fact<T>(&mut self, value: T, origin: Origin) -> Fact<T> {
        self.ledger.state(origin);
        Fact::new(value, origin)
    }

    /// The statement says something that is in no output.
    fn lost(&mut self, origin: Origin) {
        self.ledger.state(origin);
        self.ledger.lose(origin);
    }

    /// A later statement has taken back what `earlier` stated.
    fn supersede(&mut self, earlier: Origin, object: &Subject, what: &str) {
        self.ledger.lose(earlier);
        let message = format!("a later statement replaces {what}");
        self.finding(&abouts::SUPERSEDED, Action::Dropped, object, earlier, message);
    }

    /// A later statement has taken back all of an object, whatever stated it.
    fn supersede_all(
        &mut self,
        earlier: impl IntoIterator<Item = Origin>,
        object: &Subject,
        message: &str,
    ) {
        let mut earlier: Vec<_> = earlier.into_iter().collect();
        for &origin in &earlier {
            self.ledger.lose(origin);
        }
        earlier.sort_unstable();
        earlier.dedup();
        for origin in earlier {
            let message = message.to_owned();
            self.finding(&abouts::SUPERSEDED, Action::Dropped, object, origin, message);
        }
    }

    /// The statement changes nothing that is known.
    fn no_effect(&mut self, origin: Origin, object: &Subject, why: String) {
        self.lost(origin);
        self.finding(&abouts::NO_EFFECT, Action::Dropped, object, origin, why);
    }

    fn finding(
        &mut self,
        about: &'static About,
        action: Action,
        object: &Subject,
        origin: Origin,
        message: String,
    ) {
        let line = self.ledger.line(origin);
        self.findings.push(about.finding(object.clone(), action, message).at(line));
    }
}
