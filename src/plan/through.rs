//! What members have through a role that is not carried over.

use std::collections::BTreeSet;

use super::ground::Ground;
use super::uses::named;
use crate::finding::{Action, Finding, Severity, Subject};
use crate::globals::Globals;
use crate::name::Name;
use crate::sanitize::About;
use crate::words::few;

pub(super) const ABOUT: About = About {
    name: "lost-through",
    severity: Severity::Error,
    why: "roles lose what they have through a role that is not carried over",
    explanation: "A member of a role has what the role was granted, and what the roles have that it is a member of. \
                  Where the role in between stays behind, as rds_superuser does, its members are left without both, \
                  although nothing that names them is missing. `verify` compares what each role was granted \
                  itself, and not what it has through others.\n\n\
                  It is a warning where only privileges on objects are lost that way, as those that extensions and \
                  administrators grant to a platform's role.",
    remedy: "grant the members on the target what the message names: GRANT … TO …; or give them a role of your own on \
             the source in its place, before the copy",
};

/// Each role that stays behind and has something, with the members that come.
pub(super) fn findings(ground: &Ground<'_>) -> Vec<Finding> {
    let Some(source) = ground.source else { return Vec::new() };
    let mut findings = Vec::new();
    for role in ground.absent.iter().filter(|role| !ground.will_be(role)) {
        let members: BTreeSet<_> = members(role, &source.globals)
            .into_iter()
            .filter(|member| ground.desired.roles.contains_key(*member))
            .filter(|member| !stands_for(member, ground, &source.globals))
            .collect();
        if members.is_empty() {
            continue;
        }
        let roles: BTreeSet<_> = source
            .globals
            .memberships
            .keys()
            .filter(|key| key.member == *role && ground.desired.roles.contains_key(&key.role))
            .map(|key| &key.role)
            .collect();
        let losers: Vec<_> = members
            .iter()
            .filter(|member| {
                roles.is_empty()
                    || roles.iter().any(|role| !is_member(member, role, ground.desired))
            })
            .map(ToString::to_string)
            .collect();
        let (objects, databases) = named(role, ground);
        let mut lost = Vec::new();
        if !roles.is_empty() && !losers.is_empty() {
            let roles: Vec<_> = roles.iter().map(ToString::to_string).collect();
            lost.push(format!("what {} has", few(&roles)));
        }
        let severity = if lost.is_empty() { Severity::Warning } else { ABOUT.severity };
        if !objects.is_empty() {
            let databases: Vec<_> = databases.iter().map(ToString::to_string).collect();
            lost.push(format!("{objects} in {}", few(&databases)));
        }
        if lost.is_empty() || losers.is_empty() {
            continue;
        }
        let verb = if losers.len() == 1 { "loses" } else { "lose" };
        let message = format!("{} {verb} {}", few(&losers), lost.join(", and "));
        let finding = ABOUT.finding(Subject::Role(role.clone()), Action::Dropped, message);
        findings.push(finding.matters(severity));
    }
    findings
}

/// All members of a role, members' members included.
fn members<'a>(role: &Name, globals: &'a Globals) -> BTreeSet<&'a Name> {
    globals.members_below(role).into_iter().collect()
}

fn is_member(member: &Name, role: &Name, globals: &Globals) -> bool {
    members(role, globals).contains(member)
}

/// Whether the member is given a role of the target's in its place, as `--map-role` does.
fn stands_for(member: &Name, ground: &Ground<'_>, source: &Globals) -> bool {
    let source_name = |role: &Name| {
        let renamed = ground.renamed.iter().find(|(_, to)| *to == role);
        renamed.map_or_else(|| role.clone(), |(from, _)| from.clone())
    };
    let mut all = ground.desired.memberships.keys().filter(|key| key.member == *member);
    all.any(|key| {
        let role = source_name(&key.role);
        !source.memberships.keys().any(|it| it.member == *member && it.role == role)
    })
}
