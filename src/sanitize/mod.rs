//! What a target takes of a source's globals, and what there is to say about the rest.
//!
//! One rule a file, in [`rules`], each with its name, wording and tests; the user's choices are
//! rules too. Sanitizing gives nothing that the source did not have.

mod choices;
mod context;
mod needed;
mod rule;
pub mod rules;
mod source;
mod unspecified;

#[cfg(test)]
pub(crate) mod testing;

use std::collections::{BTreeMap, BTreeSet, btree_map};

use foldhash::fast::RandomState;
use indexmap::map::{Entry, MutableKeys as _};

pub use crate::finding::About;
pub use choices::{ChoiceError, Choices, Passwords};
pub use context::Context;
pub use needed::Needed;
pub use rule::{MembershipRule, ParameterRule, RoleRule, SettingRule, TablespaceRule, Verdict};
pub use source::Source;
pub use unspecified::Unspecified;

use crate::finding::Finding;
use crate::globals::{
    Globals, Ledger, Map, Membership, MembershipKey, Parameter, ParameterKey, Password,
};
use crate::name::Name;
use crate::platform::{Protection, Rights};
use crate::scram::Seed;
use crate::secret::{Secret, VerifierKind};

/// What came out.
#[derive(Debug)]
pub struct Sanitized {
    /// What the target takes.
    pub globals: Globals,
    /// What became of each statement.
    pub ledger: Ledger,
    /// What there is to say.
    pub findings: Vec<Finding>,
    /// Passwords that were generated, by role.
    pub generated: BTreeMap<Name, Secret>,
    /// What the source has and `globals` has no more: the target may have it all the same.
    pub unspecified: Unspecified,
}

/// Takes out, or rewrites, what the target does not take.
///
/// # Errors
/// When the choices do not fit the globals: a rename of nothing, or onto an existing role.
pub fn sanitize<'a>(
    globals: Globals,
    ledger: Ledger,
    findings: Vec<Finding>,
    rights: Rights<'a>,
    source: impl Into<Source<'a>>,
    choices: &'a Choices,
) -> Result<Sanitized, ChoiceError> {
    let source = source.into();
    choices.check(&globals)?;
    let group =
        rights.platform().admin_role().filter(|_| !choices.map_role.is_empty()).map(Name::new);
    let (Some(group), Some(answers)) = (group, rights.answers()) else {
        return Ok(once((globals, ledger, findings), rights, source, choices, BTreeSet::new()));
    };
    // An administrator of the target may be altered where this command makes it one. Which
    // memberships stay is known at the end: who then has none was somebody else's administrator, and
    // the same is done again without such roles.
    let mut strangers = BTreeSet::new();
    loop {
        let input = (globals.clone(), ledger.clone(), findings.clone());
        let sanitized = once(input, rights, source, choices, strangers.clone());
        let members = sanitized.globals.members_below(&group);
        let is_stranger = |(name, protection): &(&Name, &Protection)| {
            matches!(protection, Protection::Administrator(of) if *of == group)
                && sanitized.globals.roles.contains_key(*name)
                && !members.contains(*name)
        };
        let found: Vec<_> = answers.protected.iter().filter(is_stranger).collect();
        if found.is_empty() {
            return Ok(sanitized);
        }
        strangers.extend(found.into_iter().map(|(name, _)| name.clone()));
    }
}

fn once<'a>(
    (mut globals, ledger, findings): (Globals, Ledger, Vec<Finding>),
    rights: Rights<'a>,
    source: Source<'a>,
    choices: &'a Choices,
    strangers: BTreeSet<Name>,
) -> Sanitized {
    let mut cx = Context::new(rights, source, choices, seed(&globals, choices), ledger, findings);
    cx.strangers = strangers;
    rules::unused_patterns(&globals, &mut cx);
    // Passwords from elsewhere are known by the source's names.
    rules::passwords_from(&mut globals, &mut cx);
    rules::rename(&mut globals, &mut cx);
    cx.survey(&globals);
    rules::state_inherit(&mut globals, &mut cx);

    globals.roles.retain(|name, role| {
        let stays = rules::ROLE.iter().all(|rule| rule.apply(name, role, &mut cx).is_keep());
        if !stays {
            cx.lose_object(role.origins());
            cx.dropped.insert(name.clone());
        }
        stays
    });
    cx.roles = std::mem::take(&mut globals.roles);

    globals.tablespaces.retain(|name, tablespace| {
        let mut all = rules::TABLESPACE.iter();
        let stays = all.all(|rule| rule.apply(name, tablespace, &mut cx).is_keep());
        if stays {
            cx.tablespaces.insert(name.clone());
        } else {
            cx.lose_object(tablespace.origins());
        }
        stays
    });
    globals.settings.retain(|key, setting| {
        let stays = rules::SETTING.iter().all(|rule| rule.apply(key, setting, &mut cx).is_keep());
        if !stays {
            cx.lose([setting.origin]);
            cx.unspecified.settings.insert(key.clone(), setting.value.clone());
        }
        stays
    });
    rules::map_role(&mut globals, &mut cx);
    globals.sort();
    if !rights.membership_options() {
        globals.memberships = of_one_grantor(globals.memberships, &mut cx);
    }
    // These rules leave the keys alone, also the grantors.
    globals.memberships.retain2(|key, it| stays(&rules::MEMBERSHIP, key, it, &mut cx));
    rules::break_cycles(&mut globals.memberships, &mut cx);
    if !rights.membership_options() {
        rules::stop_inheriting(&globals.memberships, &mut cx);
    }
    let mut all = Vec::with_capacity(globals.memberships.len());
    for (mut key, mut it) in std::mem::take(&mut globals.memberships) {
        if stays(&rules::MEMBERSHIP_OPTION, &mut key, &mut it, &mut cx) {
            all.push((key, it));
        }
    }
    rules::reroot(&mut all, &mut cx);
    let mut memberships = Memberships::with_capacity(all.len());
    for (key, it) in all {
        memberships.add(key, it, &mut cx);
    }
    globals.memberships = memberships.0;
    rules::unsay_refused(&globals, &mut cx);
    globals.sort();
    globals.parameters = parameters(globals.parameters, &mut cx);
    globals.roles = std::mem::take(&mut cx.roles);
    rules::createrole_power(&globals, &mut cx);
    let (ledger, findings, generated, unspecified) = cx.finish();
    Sanitized { globals, ledger, findings, generated, unspecified }
}

/// Whether a membership stays.
fn stays(
    rules: &[&dyn MembershipRule],
    key: &mut MembershipKey,
    it: &mut Membership,
    cx: &mut Context<'_>,
) -> bool {
    let stays = rules.iter().all(|rule| rule.apply(key, it, cx).is_keep());
    if !stays {
        cx.lose_object(it.origins());
        cx.unspecified.memberships.insert((key.role.clone(), key.member.clone()));
    }
    stays
}

/// The privileges on parameters that stay.
fn parameters(
    all: BTreeMap<ParameterKey, Parameter>,
    cx: &mut Context<'_>,
) -> BTreeMap<ParameterKey, Parameter> {
    let mut staying = Vec::with_capacity(all.len());
    for (mut key, mut parameter) in all {
        let given = parameter.clone();
        let mut rules = rules::PARAMETER.iter();
        let stays = rules.all(|rule| rule.apply(&mut key, &mut parameter, cx).is_keep());
        if !stays || parameter != given {
            cx.unspecified.parameters.insert((key.parameter.clone(), key.grantee.clone()));
        }
        if stays {
            staying.push((key, parameter));
        } else {
            cx.lose_object(parameter.origins());
        }
    }
    let mut kept: BTreeMap<ParameterKey, Parameter> = BTreeMap::new();
    for (key, parameter) in rules::found_parameters(&staying, cx) {
        match kept.entry(key) {
            btree_map::Entry::Vacant(entry) => {
                entry.insert(parameter);
            }
            btree_map::Entry::Occupied(mut entry) => {
                let key = entry.key().clone();
                rules::unite_parameters(entry.get_mut(), &parameter, &key, cx);
            }
        }
    }
    kept
}

/// Before 16 a server has one membership of a member in a role, whoever granted it: what several
/// grants say is looked at together.
fn of_one_grantor(
    memberships: Map<MembershipKey, Membership>,
    cx: &mut Context<'_>,
) -> Map<MembershipKey, Membership> {
    let mut all: Vec<_> = memberships.into_iter().collect();
    for at in 1..all.len() {
        let (key, next) = (&all[at - 1].0, &all[at].0);
        if (&key.role, &key.member) == (&next.role, &next.member) {
            for (key, membership) in &mut all[at - 1..=at] {
                if key.grantor.take().is_some() {
                    cx.change(membership.granted.origin);
                }
            }
        }
    }
    let mut memberships = Memberships::with_capacity(all.len());
    for (key, it) in all {
        memberships.add(key, it, cx);
    }
    memberships.0
}

/// Memberships, of which several become one when their grantors are gone: with every option that
/// one of them has.
struct Memberships(Map<MembershipKey, Membership>);

impl Memberships {
    fn with_capacity(count: usize) -> Self {
        Self(Map::with_capacity_and_hasher(count, RandomState::default()))
    }

    fn add(&mut self, key: MembershipKey, it: Membership, cx: &mut Context<'_>) {
        match self.0.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(it);
            }
            Entry::Occupied(mut earlier) => {
                let key = earlier.key().clone();
                rules::unite(earlier.get_mut(), &it, &key, cx);
            }
        }
    }
}

/// What salts come from, where verifiers have to be made.
fn seed(globals: &Globals, choices: &Choices) -> Seed {
    let in_globals = globals.roles.values().filter_map(|role| match &role.password {
        Password::Is(fact) => Some(&fact.value),
        _ => None,
    });
    let all = || in_globals.clone().chain(choices.passwords_from.values());
    let is_plaintext = |secret: &Secret| secret.kind() == VerifierKind::Plaintext;
    let needed = matches!(choices.passwords, Passwords::Generate { .. }) || all().any(is_plaintext);
    // A digest of all verifiers takes a while that nobody needs to spend.
    if needed { Seed::of(all()) } else { Seed::of(std::iter::empty()) }
}
