//! Both sides as they are.

use super::sides::{Platforms, Sides};
use super::{Comparison, Difference, Fingerprint, LeftOut, Question};
use crate::attribute::Attribute;
use crate::globals::changes::{changes, is_same_setting};
use crate::globals::{
    Change, Fact, Globals, Grantee, ParameterKey, Password, Role, Scope, SettingKey, Tablespace,
};
use crate::name::Name;
use crate::read::Source;
use crate::sanitize::ChoiceError;

/// Compares two sides as they are.
///
/// # Errors
/// When the choices do not fit the left side, or leave no role.
pub fn compare(
    left: Source,
    right: Source,
    question: &Question<'_>,
    fingerprint: &Fingerprint,
) -> Result<Comparison, ChoiceError> {
    let mut out = LeftOut::default();
    let platforms = Platforms([question.left_platform, right.platform]);
    let platforms = Some(platforms).filter(|_| !question.all_roles);
    let mut sides = Sides::of(left, right, platforms, &question.choices, &mut out)?;
    let differences = differences(question, &mut sides, fingerprint, &mut out);
    let mut both = [sides.left, sides.right];
    if question.sides {
        for_scripts(question, &mut both);
    }
    let sides = question.sides.then_some(both);
    Ok(Comparison { differences, left_out: out, findings: Vec::new(), sides })
}

/// Makes both sides show what was compared.
fn differences(
    question: &Question<'_>,
    sides: &mut Sides,
    fingerprint: &Fingerprint,
    out: &mut LeftOut,
) -> Vec<Difference> {
    for globals in [&mut sides.left, &mut sides.right] {
        let mut all = std::mem::take(globals).explicit();
        for tablespace in all.tablespaces.values_mut() {
            // An owner has it anyway; old versions of pg_dumpall say so.
            let Tablespace { owner, grants, .. } = tablespace;
            let owner = owner.as_ref().map(|owner| &owner.value);
            grants.retain(|(to, _), _| !matches!(to, Grantee::Role(to) if Some(to) == owner));
        }
        *globals = if question.grantors { all } else { all.united() };
    }
    let Sides { left, right, .. } = sides;
    out.settings = sides.left_shows.hide_settings(right) + sides.right_shows.hide_settings(left);
    out.passwords = hide_passwords(left, right);
    out.owners = hide_owners(left, right);
    out.infinity = infinities(left, right);
    out.spelling = spellings(left, right);

    let mut shown = |mut changes: Vec<Change>| {
        let is_drop =
            |it: &Change| matches!(it, Change::DropRole { .. } | Change::DropTablespace { .. });
        changes.retain(|change| !is_drop(change));
        let before = changes.len();
        changes.retain(|change| !question.ignores(change));
        out.ignored += before - changes.len();
        Difference::of(&changes, fingerprint)
    };
    // What the right side is to have for being like itself: the left side is what is there.
    let mut all = shown(changes(left, right, Scope::Mirror).changes);
    // What only the left side has is seen from the right, so that swapping the sides swaps the values
    // and nothing else.
    let only_left = only(left, right);
    let removed = shown(changes(&Globals::default(), &only_left, Scope::Mirror).changes);
    all.extend(removed.into_iter().map(Difference::swapped));
    Difference::sort(&mut all);
    all
}

/// The roles and tablespaces that only one side has.
fn only(side: &Globals, other: &Globals) -> Globals {
    let mut only = Globals::default();
    let roles = side.roles.iter().filter(|(name, _)| !other.roles.contains_key(*name));
    only.roles.extend(roles.map(|(name, it)| (name.clone(), it.clone())));
    let tablespaces =
        side.tablespaces.iter().filter(|(name, _)| !other.tablespaces.contains_key(*name));
    only.tablespaces.extend(tablespaces.map(|(name, it)| (name.clone(), it.clone())));
    only
}

/// Makes both sides such that their scripts differ where they do.
pub(super) fn for_scripts(question: &Question<'_>, [left, right]: &mut [Globals; 2]) {
    for globals in [&mut *left, &mut *right] {
        question.ignore.iter().for_each(|ignore| ignore.clear(globals));
        // Case is no difference.
        globals.settings = std::mem::take(&mut globals.settings)
            .into_iter()
            .map(|(key, it)| (SettingKey { name: key.name.folded(), ..key }, it))
            .collect();
        globals.parameters = std::mem::take(&mut globals.parameters)
            .into_iter()
            .map(|(key, it)| (ParameterKey { parameter: key.parameter.folded(), ..key }, it))
            .collect();
        for tablespace in globals.tablespaces.values_mut() {
            tablespace.location = tablespace.place().into();
        }
    }
    state_inherit(left, right);
    state_inherit(right, left);
}

/// Where the other side states `INHERIT`, so does this.
fn state_inherit(globals: &mut Globals, other: &Globals) {
    let Globals { roles, memberships, .. } = globals;
    for (key, it) in memberships {
        let stated = other.memberships.get(key).and_then(|it| it.inherit);
        if it.inherit.is_none()
            && let Some(stated) = stated
        {
            // Of a member that is not known there is nothing to compare.
            let inherits = roles.get(&key.member).map(|role| role.has(Attribute::Inherit));
            let inherits = inherits.unwrap_or(stated.value);
            it.inherit = Some(Fact::new(inherits, it.granted.origin));
        }
    }
}

/// Takes out passwords that only one side shows. Gives the number of roles that may have one.
fn hide_passwords(left: &mut Globals, right: &mut Globals) -> usize {
    let is_unknown = |role: &Role| role.password == Password::Unknown;
    // Most sides show all or none: what is known on both sides is not looked up on the other.
    let mut names: Vec<Name> = Vec::new();
    for side in [&*left, &*right] {
        let unknown = side.roles.iter().filter(|(_, role)| is_unknown(role));
        names.extend(unknown.map(|(name, _)| name.clone()));
    }
    names.sort_unstable();
    names.dedup();
    let mut hidden = 0;
    for name in names {
        let (one, other) = (left.roles.get_mut(&name), right.roles.get_mut(&name));
        let (Some(one), Some(other)) = (one, other) else { continue };
        let may_have_one =
            |role: &Role| matches!(role.password, Password::Is(_)) || role.has(Attribute::Login);
        hidden += usize::from(may_have_one(one) || may_have_one(other));
        one.password = Password::Unknown;
        other.password = Password::Unknown;
    }
    hidden
}

/// Takes out owners of tablespaces that only one side tells. Gives their number.
fn hide_owners(left: &mut Globals, right: &mut Globals) -> usize {
    let mut hidden = 0;
    for (name, one) in &mut left.tablespaces {
        let Some(other) = right.tablespaces.get_mut(name) else { continue };
        if one.owner.is_some() != other.owner.is_some() {
            hidden += 1;
            one.owner = None;
            other.owner = None;
        }
    }
    hidden
}

/// Gives settings of the same value the left side's spelling. Gives their number.
fn spellings(left: &Globals, right: &mut Globals) -> usize {
    let mut count = 0;
    for (key, one) in &left.settings {
        let Some(other) = right.settings.get_mut(key) else { continue };
        if one.value != other.value && is_same_setting(key, &one.value, &other.value) {
            other.value.clone_from(&one.value);
            count += usize::from(!one.value.is_empty_list());
        }
    }
    count
}

/// The roles whose password never ends, which only one side says.
fn infinities(left: &Globals, right: &Globals) -> usize {
    let alone = |side: &Globals, other: &Globals| {
        let is_infinite =
            |role: &Role| role.valid_until.as_ref().is_some_and(|it| it.value.is_infinite());
        let says_nothing =
            |name: &Name| other.roles.get(name).is_some_and(|role| role.valid_until.is_none());
        let infinite = side.roles.iter().filter(|(_, role)| is_infinite(role));
        infinite.filter(|(name, _)| says_nothing(name)).count()
    };
    alone(left, right) + alone(right, left)
}
