//! What is compared of two inputs: roles that were chosen, and none of the platforms' own.

use std::collections::BTreeSet;

use super::LeftOut;
use crate::globals::{Globals, Grantee, Password};
use crate::name::Name;
use crate::platform::Platform;
use crate::read::{Shows, Source};
use crate::sanitize::{ChoiceError, Choices};
use crate::secret::VerifierKind;

/// Both sides.
pub(super) struct Sides {
    pub(super) left: Globals,
    pub(super) right: Globals,
    pub(super) left_shows: Shows,
    pub(super) right_shows: Shows,
}

/// Who owns what: the platforms of both sides.
#[derive(Clone, Copy)]
pub(super) struct Platforms<'a>(pub(super) [Option<&'a Platform>; 2]);

impl Platforms<'_> {
    /// Whether a role is a platform's own.
    pub(super) fn own(self, name: &Name) -> bool {
        self.0.into_iter().flatten().any(|it| it.is_own(name.as_str()))
    }

    fn own_tablespace(self, name: &Name) -> bool {
        self.0.into_iter().flatten().any(|it| it.owns_tablespace(name.as_str()))
    }
}

impl Sides {
    /// Takes out what is not compared, and counts it.
    pub(super) fn of(
        left: Source,
        right: Source,
        platforms: Option<Platforms<'_>>,
        choices: &Choices,
        out: &mut LeftOut,
    ) -> Result<Self, ChoiceError> {
        let (left_shows, right_shows) = (left.shows, right.shows);
        let (mut left, mut right) = (left.globals, right.globals);
        rename(&mut left, choices)?;
        let only_right = right.roles.keys().filter(|name| !left.roles.contains_key(*name));
        let mut count = 0;
        let mut gone = BTreeSet::new();
        for name in left.roles.keys().chain(only_right) {
            count += 1;
            if choices.leaves_out(name) {
                out.selection += 1;
            } else if platforms.is_some_and(|it| it.own(name)) {
                out.platform_roles += 1;
            } else {
                continue;
            }
            gone.insert(name.clone());
        }
        if count > 0 && out.selection == count {
            return Err(ChoiceError::NothingSelected);
        }
        // What belongs to no role is not among the roles that were asked for.
        let all = choices.only.is_empty();
        let mut spaces = BTreeSet::new();
        for (name, it) in left.tablespaces.iter().chain(&right.tablespaces) {
            let owner = it.owner.as_ref().map(|owner| &owner.value);
            if all || owner.is_some_and(|owner| !gone.contains(owner)) {
                spaces.insert(name.clone());
            }
        }
        if let Some(platforms) = platforms {
            let before = spaces.len();
            spaces.retain(|name| !platforms.own_tablespace(name));
            out.platform_tablespaces = before - spaces.len();
        }
        for globals in [&mut left, &mut right] {
            without(globals, &gone, &spaces, choices);
        }
        Ok(Self { left, right, left_shows, right_shows })
    }
}

/// Gives the left side's roles their new names.
pub(super) fn rename(globals: &mut Globals, choices: &Choices) -> Result<(), ChoiceError> {
    choices.check_renames(globals)?;
    globals.rename_all(&choices.rename);
    for name in choices.rename.values() {
        // An md5 verifier is salted with the name.
        if let Some(role) = globals.roles.get_mut(name)
            && let Password::Is(fact) = &role.password
            && fact.value.kind() == VerifierKind::Md5
        {
            role.password = Password::Unknown;
        }
    }
    Ok(())
}

/// Takes roles out, with all that is theirs, and tablespaces that do not stay.
fn without(
    globals: &mut Globals,
    gone: &BTreeSet<Name>,
    spaces: &BTreeSet<Name>,
    choices: &Choices,
) {
    let all = choices.only.is_empty();
    let stays = |name: &Name| !gone.contains(name);
    let grantee_stays = |grantee: &Grantee| match grantee {
        Grantee::Role(name) => stays(name),
        Grantee::Public => all,
    };
    globals.tablespaces.retain(|name, _| spaces.contains(name));
    globals.settings.retain(|key, _| choices.selects_setting(key));
    if gone.is_empty() && all {
        return;
    }
    globals.roles.retain(|name, _| stays(name));
    globals.memberships.retain(|key, _| stays(&key.role) && stays(&key.member));
    globals.settings.retain(|key, _| key.role.as_ref().is_none_or(stays));
    globals.parameters.retain(|key, _| grantee_stays(&key.grantee));
    for tablespace in globals.tablespaces.values_mut() {
        tablespace.grants.retain(|(grantee, _), _| grantee_stays(grantee));
    }
}

/// The roles that only the right side has, apart from those that nobody asked for.
pub(super) fn only_right<'a>(
    left: &Globals,
    right: &'a Globals,
    platforms: Platforms<'a>,
    choices: &'a Choices,
) -> impl Iterator<Item = &'a Name> {
    let renamed = |name: &Name| choices.rename.get(name).unwrap_or(name).clone();
    let names: BTreeSet<_> = left.roles.keys().map(renamed).collect();
    right.roles.keys().filter(move |name| {
        !names.contains(*name) && !platforms.own(name) && !choices.leaves_out(name)
    })
}
