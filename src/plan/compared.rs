//! What a target lacks, as a comparison shows it.

use std::collections::BTreeSet;

use crate::globals::{Change, Grantee, SettingName};
use crate::name::Name;

/// The differences that are sent, where what is sent for grants is only what one grantor's lacks.
pub fn as_compared(mut sent: Vec<Change>, compared: Vec<Change>) -> Vec<Change> {
    let grants: BTreeSet<Grant<'_>> = sent.iter().filter_map(grant).collect();
    let is_sent = |change: &Change| grant(change).is_some_and(|grant| grants.contains(&grant));
    let compared: Vec<_> = compared.into_iter().filter(is_sent).collect();
    sent.retain(|change| grant(change).is_none());
    sent.extend(compared);
    sent
}

/// What is granted to whom.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Grant<'a> {
    Membership { role: &'a Name, member: &'a Name },
    Parameter(&'a SettingName, &'a Grantee),
}

fn grant(change: &Change) -> Option<Grant<'_>> {
    match change {
        Change::Membership { key, .. } => {
            Some(Grant::Membership { role: &key.role, member: &key.member })
        }
        Change::Parameter { key, .. } => Some(Grant::Parameter(&key.parameter, &key.grantee)),
        _ => None,
    }
}
