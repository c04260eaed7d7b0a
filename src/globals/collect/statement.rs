//! One statement after the other.

use super::collector::Collector;
use super::era::Era;
use super::kept::Kept;
use super::privilege::Revoke;
use super::refusal::{Result, refuse};
use crate::finding::Finding;
use crate::globals::fact::Origin;
use crate::globals::ledger::Ledger;
use crate::globals::model::Globals;
use crate::name::{MAX_BYTES, Name};
use crate::sql::{RoleSpec, Statement};

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
    /// Whether they end inside a transaction: a server keeps nothing of it.
    pub open: bool,
    /// Which servers they are for; none where nothing tells.
    pub era: Option<Era>,
}

impl Collector {
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
        if let Some(bare) = self.bare.take()
            && self.inside
            && !is_alter_of(statement, &bare)
        {
            self.unstated.push(bare);
        }
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
        self.tell_unstated();
        self.globals.sort();
        Collected {
            globals: self.globals,
            ledger: self.ledger,
            findings: self.findings,
            passwords: self.passwords,
            bare: self.bare,
            open: self.open,
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
}

fn is_alter_of(statement: &Statement<'_>, name: &Name) -> bool {
    matches!(statement, Statement::AlterRole { role: RoleSpec::Name(role), .. } if **role == *name.as_str())
}
