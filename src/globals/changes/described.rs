//! Comments and labels: of roles and of tablespaces.

use std::collections::BTreeMap;

use super::{Change, Changes, Scope, Target};
use crate::globals::fact::{Fact, Origin};
use crate::name::Name;

type Text = Fact<Box<str>>;

pub(super) fn comment(
    on: &Target,
    current: Option<&Text>,
    desired: Option<&Text>,
    scope: Scope,
    all: &mut Changes,
) {
    if current == desired {
        return;
    }
    let change = Change::Comment {
        on: on.clone(),
        from: current.map(|fact| fact.value.clone()),
        to: desired.map(|fact| fact.value.clone()),
        origin: desired.map_or(Origin::LIVE, |fact| fact.origin),
    };
    if desired.is_none() { all.removal(scope, change) } else { all.changes.push(change) }
}

pub(super) fn labels(
    on: &Target,
    current: &BTreeMap<Name, Text>,
    desired: &BTreeMap<Name, Text>,
    scope: Scope,
    all: &mut Changes,
) {
    let label = |provider: &Name, from: Option<&Text>, to: Option<&Text>| Change::Label {
        on: on.clone(),
        provider: provider.clone(),
        from: from.map(|fact| fact.value.clone()),
        to: to.map(|fact| fact.value.clone()),
        origin: to.map_or(Origin::LIVE, |fact| fact.origin),
    };
    for (provider, to) in desired {
        let from = current.get(provider);
        if from != Some(to) {
            all.changes.push(label(provider, from, Some(to)));
        }
    }
    for (provider, from) in current.iter().filter(|(provider, _)| !desired.contains_key(*provider))
    {
        all.removal(scope, label(provider, Some(from), None));
    }
}
