//! What members have through a role that is not carried over.

use std::collections::BTreeSet;

use foldhash::HashSet;

use super::ground::Ground;
use super::uses::named;
use crate::finding::{Action, Finding, Severity, Subject};
use crate::name::Name;
use crate::read::live::Live;
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
                  administrators grant to a platform's role, and where --map-role gives the members another role in its \
                  place.",
    remedy: "grant the members on the target what the message names: GRANT … TO …; or give them a role of your own on \
             the source in its place, before the copy",
};

/// Each role that stays behind and has something, with the members that come.
///
/// Roles that only stand in for those of the source have nothing to give.
pub(super) fn findings(ground: &Ground<'_>, stand_ins: &BTreeSet<&Name>) -> Vec<Finding> {
    let Some(source) = ground.source else { return Vec::new() };
    let mut findings = Vec::new();
    let mut stood_for = None;
    let stays = |role: &&Name| !ground.will_be(role) || stand_ins.contains(*role);
    for role in ground.absent.iter().filter(stays) {
        let mut members: BTreeSet<&Name> = source.globals.members_below(role).into_iter().collect();
        members.retain(|member| ground.desired.roles.contains_key(*member));
        if members.is_empty() {
            continue;
        }
        let memberships = source.globals.memberships.keys();
        let roles = memberships.filter(|key| key.member == *role).map(|key| &key.role);
        let roles: BTreeSet<_> =
            roles.filter(|role| ground.desired.roles.contains_key(*role)).collect();
        // Who is a member of all of them otherwise loses nothing by that.
        // Be it on the target only, as this finding proposes.
        let both = [Some(ground.desired), ground.current].into_iter().flatten();
        let below = |role: &Name| -> BTreeSet<&Name> {
            both.clone().flat_map(|globals| globals.members_below(role)).collect()
        };
        let others: Vec<_> = roles.iter().map(|role| below(role)).collect();
        let lacks_one = |member: &&&Name| others.iter().any(|others| !others.contains(**member));
        let losers: Vec<&Name> = members.iter().filter(lacks_one).copied().collect();
        let mut lost = Vec::new();
        let mut severity = Severity::Warning;
        if !losers.is_empty() {
            let roles: Vec<_> = roles.iter().map(ToString::to_string).collect();
            lost.push((losers.clone(), format!("what {} has", few(&roles))));
            // What others are given in its place is chosen.
            let stood_for = stood_for.get_or_insert_with(|| stood_for_by_others(ground, source));
            if losers.iter().any(|loser| !stood_for.contains(loser)) {
                severity = ABOUT.severity;
            }
        }
        let (objects, databases) = named(role, ground);
        if !objects.is_empty() {
            let databases: Vec<_> = databases.iter().map(ToString::to_string).collect();
            let members = members.into_iter().collect();
            lost.push((members, format!("{objects} in {}", few(&databases))));
        }
        if lost.is_empty() {
            continue;
        }
        let same = lost.chunk_by(|one, other| one.0 == other.0);
        let parts = same.map(|same| {
            let losers: Vec<_> = same[0].0.iter().map(ToString::to_string).collect();
            let verb = if losers.len() == 1 { "loses" } else { "lose" };
            let lost: Vec<_> = same.iter().map(|(_, what)| &**what).collect();
            format!("{} {verb} {}", few(&losers), lost.join(", and "))
        });
        let message = parts.collect::<Vec<_>>().join("; ");
        let finding = ABOUT.finding(Subject::Role(role.clone()), Action::Dropped, message);
        findings.push(finding.matters(severity));
    }
    findings
}

/// The members that are given a role of the target's in the place of one of the source's, as `--map-role` does.
fn stood_for_by_others<'a>(ground: &Ground<'a>, source: &Live) -> HashSet<&'a Name> {
    let known = source.globals.memberships.keys();
    let new_name = |name| ground.renamed.get(name).unwrap_or(name);
    let known: HashSet<_> = known.map(|key| (new_name(&key.role), new_name(&key.member))).collect();
    let desired = ground.desired.memberships.keys();
    let brought = desired.filter(|key| !known.contains(&(&key.role, &key.member)));
    brought.map(|key| &key.member).collect()
}
