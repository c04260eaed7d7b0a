//! What is known while statements are taken, and the words that all of them share.

use std::collections::BTreeSet;

use foldhash::HashMap;

use super::abouts;
use super::era::Era;
use super::mentions::Mentions;
use super::refusal::{Result, refuse};
use crate::finding::{About, Action, Finding, Subject};
use crate::globals::fact::{Fact, Origin};
use crate::globals::ledger::Ledger;
use crate::globals::model::Globals;
use crate::globals::zone::Zone;
use crate::name::{MAX_BYTES, Name};
use crate::sql::RoleSpec;

/// Builds a model.
#[derive(Clone, Debug, Default)]
pub struct Collector {
    pub(super) globals: Globals,
    pub(super) ledger: Ledger,
    pub(super) findings: Vec<Finding>,
    /// Who grants on objects, between SET and RESET SESSION AUTHORIZATION.
    pub(super) grantor: Option<Name>,
    /// Whether any statement had a `PASSWORD` clause.
    pub(super) passwords: bool,
    /// The role that the last statement created, and nothing more.
    pub(super) bare: Option<Name>,
    /// Roles that a statement has dropped, and where.
    pub(super) dropped: HashMap<Name, Origin>,
    /// Made by the first statement that takes something back: hardly any dump has one.
    pub(super) mentions: Option<Mentions>,
    /// Which servers the statements are for, as far as they tell.
    pub(super) era: Option<Era>,
    /// What they amount to on a server before 16, from the first on that means something else there.
    pub(super) before_16: Option<Box<Self>>,
    /// Statements that revoke memberships of which there is none.
    pub(super) revoked_nothing: BTreeSet<Origin>,
    /// Whether there are grants without a grantor, and such with one.
    pub(super) grantors: [bool; 2],
    /// Whether pg_dumpall wrote the statements.
    pub(super) dumped: bool,
    /// Whether the next statement stands between its header and its end marker.
    pub(super) inside: bool,
    /// Roles that were created there, and whose attributes did not follow.
    pub(super) unstated: Vec<Name>,
    /// Whether a grant of roles did not say whether it inherits.
    pub(super) silent_on_inherit: bool,
    /// Whether pg_dumpall wrote attributes of roles without a word on BYPASSRLS, and with one.
    pub(super) on_bypassrls: [bool; 2],
    /// Whether a transaction has begun and not ended.
    pub(super) open: bool,
    /// The session's time zone.
    pub(super) zone: Zone,
    /// What it was in front of the transaction that sets it for itself.
    pub(super) outer_zone: Option<Zone>,
}

impl Collector {
    /// Tells whether pg_dumpall wrote the statements that follow, and whether its end marker is still to come. They state what there is: a grant may
    /// stand in front of the one that gave its grantor the grant option (`pg_dumpall.c`, `dumpRoleGUCPrivs`:
    /// the order is that of the catalog's list).
    pub fn set_dumped(&mut self, dumped: bool, inside: bool) {
        self.dumped = dumped;
        self.inside = inside;
        if let Some(before_16) = &mut self.before_16 {
            before_16.dumped = dumped;
            before_16.inside = inside;
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

    /// Where roles are mentioned so far.
    pub(super) fn mentions(&mut self) -> &mut Mentions {
        self.mentions.get_or_insert_with(|| Mentions::of(&self.globals))
    }

    /// The name as the server stores it: cut at a character's end to 63 bytes.
    pub(super) fn stored(&mut self, name: &str, origin: Origin) -> Name {
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
    pub(super) fn named(&mut self, role: &RoleSpec<'_>, origin: Origin) -> Result<Name> {
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
    pub(super) fn refuse_dropped(&self, name: &Name) -> Result<()> {
        let Some(&origin) = self.dropped.get(name) else { return Ok(()) };
        let line = self.ledger.line(origin).unwrap_or(0);
        refuse(format!("role {name} is dropped in line {line}, before this"))
    }

    /// The grantor that a statement names; its own user is nobody in particular.
    pub(super) fn grantor(
        &mut self,
        role: Option<&RoleSpec<'_>>,
        origin: Origin,
    ) -> Result<Option<Name>> {
        match role {
            None | Some(RoleSpec::CurrentUser | RoleSpec::SessionUser) => Ok(None),
            Some(role) => self.named(role, origin).map(Some),
        }
    }

    /// States a fact.
    pub(super) fn fact<T>(&mut self, value: T, origin: Origin) -> Fact<T> {
        self.ledger.state(origin);
        Fact::new(value, origin)
    }

    /// The statement says something that is in no output.
    pub(super) fn lost(&mut self, origin: Origin) {
        self.ledger.state(origin);
        self.ledger.lose(origin);
    }

    /// A later statement has taken back what `earlier` stated.
    pub(super) fn supersede(&mut self, earlier: Origin, object: &Subject, what: &str) {
        self.ledger.lose(earlier);
        let message = format!("a later statement replaces {what}");
        self.finding(&abouts::SUPERSEDED, Action::Dropped, object, earlier, message);
    }

    /// A later statement has taken back all of an object, whatever stated it.
    pub(super) fn supersede_all(
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
    pub(super) fn no_effect(&mut self, origin: Origin, object: &Subject, why: String) {
        self.lost(origin);
        self.finding(&abouts::NO_EFFECT, Action::Dropped, object, origin, why);
    }

    pub(super) fn finding(
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
