//! Databases that were restored already: what restoring them would lose is no news any more.

use std::collections::BTreeSet;

use crate::finding::{Action, Finding, Severity, Subject};
use crate::name::Name;
use crate::read::live::{Live, UseKind};
use crate::sanitize::About;

pub(super) const ABOUT: About = About {
    name: "restored",
    severity: Severity::Info,
    why: "roles own and were granted on the target nearly all that they own and were granted on the source: the \
          database is taken for restored, and what restoring it would lose is not said again",
    explanation: "Before the restore, findings such as lost-grants, dropped-owner and schema-owner say what pg_restore \
                  would lose. Once the target's database is there, and each role that is carried over owns at least nine \
                  tenths as many objects in it as on the source, and has privileges on as many, they would only repeat \
                  what was mended or lost by then. pg_globals verify compares the databases themselves and says what was lost.\n\n\
                  With --for-restore everything is said, since the restore is still to come.",
    remedy: "see with pg_globals verify what was lost; before restoring again, copy with --for-restore",
};

/// The databases of the source that the target has with what roles own in them, as far as `pg_shdepend`
/// of both tells.
pub(super) fn databases(
    source: &Live,
    target: &Live,
    is_carried: impl Fn(&Name) -> bool,
) -> BTreeSet<Name> {
    const KINDS: [UseKind; 2] = [UseKind::Owner, UseKind::Grant];
    let count = |live: &Live, role: &Name, database: &Name, kind: UseKind| {
        let uses = live.uses.iter().filter(|it| {
            it.role == *role && it.kind == kind && it.database.as_ref() == Some(database)
        });
        let all = uses.fold(0_u64, |sum, it| sum.saturating_add(it.objects));
        // The database itself counts with what is in it, and is there before it is restored.
        let owner = live.answers.databases.get(database).map(|it| &it.owner);
        let is_owner = kind == UseKind::Owner && owner == Some(role);
        all.saturating_sub(u64::from(is_owner))
    };
    let mut all: BTreeSet<(&Name, &Name)> = BTreeSet::new();
    for it in source.uses.iter().filter(|it| KINDS.contains(&it.kind) && is_carried(&it.role)) {
        if let Some(database) = &it.database {
            all.insert((database, &it.role));
        }
    }
    let mut restored: BTreeSet<&Name> = BTreeSet::new();
    let mut not: BTreeSet<&Name> = BTreeSet::new();
    for (database, role) in all {
        for kind in KINDS {
            let here = count(source, role, database, kind);
            let there = target.answers.databases.contains_key(database);
            let there = if there { count(target, role, database, kind) } else { 0 };
            if there.saturating_mul(10) < here.saturating_mul(9) {
                not.insert(database);
            } else if here > 0 && kind == UseKind::Owner {
                restored.insert(database);
            }
        }
    }
    restored.difference(&not).map(|name| (*name).clone()).collect()
}

/// What is said in the place of what is not said again.
pub(super) fn findings(databases: &BTreeSet<Name>) -> impl Iterator<Item = Finding> + '_ {
    databases.iter().map(|database| {
        let object = Subject::statement(format!("database {database}"));
        ABOUT.finding(
            object,
            Action::Kept,
            "is on the target, with nearly all that roles own and were granted",
        )
    })
}
