//! Both sides as they are.

use std::collections::BTreeSet;

use super::{Diff, Ignore};
use crate::cli::input::Input;
use crate::globals::changes::changes;
use crate::globals::{Change, Globals, Grantee, Password, Scope};
use crate::name::Name;
use crate::report::{DiffReport, Difference, Fingerprint};

/// Compares, and makes both sides show what was compared.
pub(super) fn compare(
    diff: &Diff,
    left: &mut Input,
    right: &mut Input,
    fingerprint: &Fingerprint,
    report: &mut DiffReport,
) {
    for input in [&mut *left, &mut *right] {
        let globals = std::mem::take(&mut input.globals).explicit();
        input.globals = if diff.grantors { globals } else { globals.united() };
    }
    report.left_out.settings = hide_settings(left, right) + hide_settings(right, left);
    report.left_out.passwords = hide_passwords(&mut left.globals, &mut right.globals);
    report.left_out.infinity = infinities(&left.globals, &right.globals);
    let mut found = differences(&left.globals, &right.globals, fingerprint);
    let before = found.len();
    found.retain(|(change, _)| !diff.ignore.iter().any(|ignore| ignore.covers(change)));
    report.left_out.ignored = before - found.len();
    report.differences = found.into_iter().map(|(_, difference)| difference).collect();
    report.differences.sort();
    for input in [left, right] {
        for ignore in &diff.ignore {
            without(&mut input.globals, *ignore);
        }
    }
}

/// What makes `left` like `right`, and what `right` is made of that `left` has not, the same for what
/// only `left` has: swapping the sides swaps the values and nothing else.
fn differences(
    left: &Globals,
    right: &Globals,
    fingerprint: &Fingerprint,
) -> Vec<(Change, Difference)> {
    let forward = changes(left, right, Scope::Mirror).changes;
    let backward = changes(right, left, Scope::Mirror).changes;
    let is_drop =
        |it: &Change| matches!(it, Change::DropRole { .. } | Change::DropTablespace { .. });
    let mut all: Vec<_> = forward
        .into_iter()
        .filter(|change| !is_drop(change))
        .map(|change| {
            let difference = Difference::of(&change, fingerprint);
            (change, difference)
        })
        .collect();
    // What a role or tablespace that only the left side has is made of.
    let only_left = |change: &Change| match change {
        Change::CreateRole { .. } | Change::CreateTablespace { .. } => true,
        Change::Comment { on, .. } | Change::Label { on, .. } => {
            let name = on.name();
            match on {
                crate::globals::changes::Target::Role(_) => !right.roles.contains_key(name),
                crate::globals::changes::Target::Tablespace(_) => {
                    !right.tablespaces.contains_key(name)
                }
            }
        }
        Change::Password { role, .. } => !right.roles.contains_key(role),
        _ => false,
    };
    all.extend(backward.into_iter().filter(only_left).map(|change| {
        let difference = Difference::of(&change, fingerprint).swapped();
        (change, difference)
    }));
    all
}

impl Ignore {
    /// Whether it is about what this changes.
    pub(super) fn covers(self, change: &Change) -> bool {
        match self {
            Self::Passwords => matches!(change, Change::Password { .. }),
            Self::Comments => matches!(change, Change::Comment { .. }),
            Self::Settings => matches!(change, Change::Setting { .. }),
            Self::Memberships => matches!(change, Change::Membership { .. }),
            Self::Parameters => matches!(change, Change::Parameter { .. }),
            Self::Tablespaces => change.is_of_tablespace(),
            Self::SecurityLabels => matches!(change, Change::Label { .. }),
            Self::Attribute(ignored) => {
                matches!(change, Change::Attribute { attribute, .. } if *attribute == ignored)
            }
        }
    }
}

/// For the unified form, which shows the sides themselves.
fn without(globals: &mut Globals, ignore: Ignore) {
    match ignore {
        Ignore::Passwords => {
            for role in globals.roles.values_mut() {
                role.password = Password::Unknown;
            }
        }
        Ignore::Comments => {
            for role in globals.roles.values_mut() {
                role.comment = None;
            }
        }
        Ignore::Settings => globals.settings.clear(),
        Ignore::Memberships => globals.memberships.clear(),
        Ignore::Parameters => globals.parameters.clear(),
        Ignore::Tablespaces => globals.tablespaces.clear(),
        Ignore::SecurityLabels => {
            for role in globals.roles.values_mut() {
                role.labels.clear();
            }
        }
        Ignore::Attribute(attribute) => {
            for role in globals.roles.values_mut() {
                role.set(attribute, None);
            }
        }
    }
}

/// Takes roles out, with all that is theirs. Settings of no role stay where all roles are looked at.
pub(super) fn without_roles(globals: &mut Globals, gone: &BTreeSet<Name>, all: bool) {
    if gone.is_empty() && all {
        return;
    }
    let stays = |name: &Name| !gone.contains(name);
    globals.roles.retain(|name, _| stays(name));
    globals.memberships.retain(|key, _| stays(&key.role) && stays(&key.member));
    globals.settings.retain(|key, _| key.role.as_ref().map_or(all, stays));
    globals.parameters.retain(|key, _| match &key.grantee {
        Grantee::Role(name) => stays(name),
        Grantee::Public => all,
    });
    if !all {
        globals.tablespaces.clear();
    }
}

/// Takes out the settings of one side that the other cannot have shown: a globals dump has none of
/// databases, in databases or of all roles. Gives their number.
fn hide_settings(shows: &mut Input, other: &Input) -> usize {
    let before = shows.globals.settings.len();
    let (databases, everybody) = other.shows_settings();
    shows.globals.settings.retain(|key, _| match (&key.database, &key.role) {
        (Some(_), _) => databases,
        (None, None) => everybody,
        (None, Some(_)) => true,
    });
    before - shows.globals.settings.len()
}

/// Takes out passwords that only one side shows. Gives their number.
fn hide_passwords(left: &mut Globals, right: &mut Globals) -> usize {
    let mut hidden = 0;
    for (name, one) in &mut left.roles {
        let Some(other) = right.roles.get_mut(name) else { continue };
        let unknown = |password: &Password| matches!(password, Password::Unknown);
        if unknown(&one.password) || unknown(&other.password) {
            let can_log_in = |role: &crate::globals::Role| {
                matches!(role.password, Password::Is(_))
                    || role.has(crate::attribute::Attribute::Login)
            };
            hidden += usize::from(can_log_in(one) || can_log_in(other));
            one.password = Password::Unknown;
            other.password = Password::Unknown;
        }
    }
    hidden
}

fn infinities(left: &Globals, right: &Globals) -> usize {
    let infinite = |role: &crate::globals::Role| {
        role.valid_until.as_ref().map(|until| until.value.is_infinite())
    };
    let pairs = left.roles.iter().filter_map(|(name, one)| Some((one, right.roles.get(name)?)));
    pairs
        .filter(|(one, other)| {
            matches!((infinite(one), infinite(other)), (Some(true), None) | (None, Some(true)))
        })
        .count()
}
