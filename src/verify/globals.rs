//! Whether the globals have arrived, as a copy would see it: the source as the target's platform takes
//! it, and what the target lacks of that.

use std::collections::{BTreeMap, BTreeSet};

use crate::attribute::Attribute;
use crate::finding::{Action, Finding, Kind, Severity, Subject};
use crate::globals::changes::changes;
use crate::globals::{Change, Globals, Password, Scope, SettingKey};
use crate::name::Name;
use crate::plan::{self, Migration, Options, Provenance, as_compared, without_implicit};
use crate::platform::Rights;
use crate::read::Contents;
use crate::read::live::Live;
use crate::sanitize::{ChoiceError, Choices, Sanitized, rules};

/// Whether the globals have arrived.
#[derive(Debug, Default)]
pub struct Arrived {
    /// The source as the target's platform takes it.
    pub sanitized: Globals,
    /// What the target lacks, as what would bring it.
    pub missing: Vec<Change>,
    /// What copy would not do, and who has more through a member that only the target has.
    pub findings: Vec<Finding>,
    /// How much of the source the platform does not take, by kind and by the rule that says so.
    pub not_carried: BTreeMap<(Kind, &'static str), usize>,
    /// The login roles that have no password on the target and had one, or may have had one.
    pub without_password: Vec<Name>,
    /// How many roles' verifiers could not be compared.
    pub hidden_passwords: usize,
    /// What the target's roles have beyond the source's.
    pub extra: Vec<Change>,
    /// The settings of databases that the platform takes.
    pub database_settings: BTreeMap<SettingKey, crate::globals::Setting>,
}

/// Compares them.
///
/// # Errors
/// When the choices do not fit the source.
pub fn arrived(source: &Live, target: &Live, choices: &Choices) -> Result<Arrived, ChoiceError> {
    let rights = plan::rights(target, None);
    let database_settings = database_settings(source, rights, choices)?;
    let contents = Contents { globals: source.globals.clone(), ..Contents::default() };
    let from = Provenance::from(source).without_owners();
    let migration = Migration::new(contents, from, rights, choices)?;
    let options = Options { now: choices.now, ..Options::default() };
    let plan = migration.plan(target, &options);
    let sanitized = &migration.sanitized;
    let mut out = Arrived { database_settings, ..Arrived::default() };

    for finding in plan.still_true(&sanitized.findings) {
        let is_lost = finding.severity != Severity::Info && finding.action != Action::Kept;
        // Who administers the target is no part of the migration; nor is what names nothing.
        if is_lost
            && *finding.about != rules::PROTECTED_ROLE
            && *finding.about != rules::UNUSED_PATTERN
        {
            let key = (finding.object.kind(), finding.about.name);
            *out.not_carried.entry(key).or_default() += 1;
        }
    }
    out.hidden_passwords = plan.unverifiable.len();
    passwords(sanitized, target, &mut out);
    // What waits for its database is missed with it.
    let left_out = plan.withheld.iter().chain(&plan.refused).chain(&plan.still_frozen);
    let told = left_out.map(|it| &it.finding).chain(&plan.outsiders);
    out.findings = told.filter(|it| it.severity > Severity::Info).cloned().collect();

    // What stands in the way of a copy is no reason not to say what is missing.
    let sent = [plan.changes, plan.blocked].concat();
    out.extra = plan.extra;
    let united = sanitized.globals.clone().united();
    let current = without_implicit(&target.globals, &united, &target.answers, rights.platform());
    out.missing = as_compared(sent, changes(&current, &united, Scope::Merge).changes);
    out.sanitized = migration.sanitized.globals;
    Ok(out)
}

/// Whether a role can do more by it.
pub fn is_power(change: &Change) -> bool {
    matches!(
        change,
        Change::Membership { .. } | Change::Attribute { .. } | Change::Parameter { .. }
    )
}

/// The settings of databases that the target takes: copy takes them only when it is told to, and
/// `pg_restore` brings them.
fn database_settings(
    source: &Live,
    rights: Rights<'_>,
    choices: &Choices,
) -> Result<BTreeMap<SettingKey, crate::globals::Setting>, ChoiceError> {
    let all = Choices { allow_all_settings: true, ..choices.clone() };
    let contents = Contents { globals: source.globals.clone(), ..Contents::default() };
    let from = Provenance::from(source).without_owners();
    let migration = Migration::new(contents, from, rights, &all)?;
    let settings = migration.sanitized.globals.settings.into_iter();
    Ok(settings.filter(|(key, _)| key.role.is_none() && key.database.is_some()).collect())
}

/// Counts login roles without a password, and those of which nothing is seen.
fn passwords(desired: &Sanitized, target: &Live, out: &mut Arrived) {
    // Who logs in by other means needs none.
    let mut external = BTreeSet::new();
    for finding in &desired.findings {
        if *finding.about != rules::EXTERNAL_AUTHENTICATION {
            continue;
        }
        let (Subject::Role(name) | Subject::Membership { member: name, .. }) = &finding.object
        else {
            continue;
        };
        external.insert(name);
        external.extend(desired.globals.members_below(name));
    }
    for (name, role) in &desired.globals.roles {
        let Some(there) = target.globals.roles.get(name) else { continue };
        let has_none = matches!(role.password, Password::None(_)) || external.contains(name);
        if !role.has(Attribute::Login) || has_none {
            continue;
        }
        if matches!(there.password, Password::None(_)) || target.without_verifier.contains(name) {
            out.without_password.push(name.clone());
        } else if role.password == Password::Unknown {
            out.hidden_passwords += 1;
        }
    }
}
