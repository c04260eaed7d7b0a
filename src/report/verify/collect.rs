//! The report, of what was found.

use std::collections::BTreeMap;

use super::parts::{
    AcceptedReport, AdministratorReport, DatabaseReport, DatabaseState, Direction, GlobalsReport,
    LeftBehindReport, MembershipReport, NotCarried, ObjectReport, OutstandingReport, OwnerReport,
    PrivilegeReport, PropertyReport, RoleReport, RowSecurityReport, StandInReport, VerifyReport,
};
use crate::compare::{Difference, Fingerprint};
use crate::finding::Severity;
use crate::globals::Globals;
use crate::name::Name;
use crate::plan;
use crate::report::describe::describe;
use crate::report::{FORMAT_VERSION, Place, Run};
use crate::subject::Grantee;
use crate::verify::{
    self, Arrived, Change, Class, Gained, Gains, Mender, Object, Outcome, Outstanding, Privileges,
    Property, Verified,
};

/// What was found.
pub struct Parts<'a> {
    /// The source.
    pub source: Place,
    /// The target.
    pub target: Place,
    /// The globals.
    pub arrived: &'a Arrived,
    /// The databases.
    pub verified: &'a [Verified],
    /// What the restore has left.
    pub outstanding: &'a Outstanding,
    /// What administrators of the target have gained.
    pub administrators: &'a BTreeMap<Name, Gains>,
    /// How many differences each pattern has accepted.
    pub accepted: Vec<(String, usize)>,
    /// What mends it.
    pub mender: Mender<'a>,
    /// When and how it was made.
    pub run: Run,
}

/// What is told together: of one role in one database.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Group<'a> {
    database: &'a Name,
    direction: Direction,
    class: Class,
    privileges: Privileges,
    cause: &'a [Name],
}

/// The objects of each group, by role.
type ByRole<'a> = BTreeMap<&'a Grantee, BTreeMap<Group<'a>, Vec<&'a Object>>>;

/// Puts the report together.
pub(super) fn collect(parts: Parts<'_>, fingerprint: &Fingerprint) -> VerifyReport {
    let Parts { source, target, arrived, verified, outstanding, administrators, .. } = parts;
    let Parts { accepted, mender, run, .. } = parts;
    let mut report = VerifyReport {
        format_version: FORMAT_VERSION,
        source,
        target,
        complete: false,
        globals: globals_report(arrived, fingerprint),
        databases: verified.iter().map(database).collect(),
        roles: Vec::new(),
        owners: Vec::new(),
        row_security: Vec::new(),
        properties: Vec::new(),
        left_behind: Vec::new(),
        outstanding: OutstandingReport {
            stand_ins: outstanding.stand_ins.clone(),
            owners: outstanding.owners.clone(),
            inheriting: outstanding.inheriting.clone(),
            joined: outstanding.joined.clone(),
            owned: owned(outstanding, mender),
        },
        administrators: administrators.iter().map(administrator).collect(),
        accepted: accepted
            .into_iter()
            .map(|(pattern, count)| AcceptedReport { pattern, count })
            .collect(),
        run,
    };
    let mut by_role = ByRole::new();
    for Verified { name, outcome } in verified {
        let Outcome::Compared { comparison, properties, owner, .. } = outcome else { continue };
        for difference in &comparison.differences {
            let verify::Difference { object, change, owner } = difference;
            let (grantee, direction, privileges, cause) = match change {
                Change::Lost { grantee, privileges, cause } => {
                    (grantee, Direction::Lost, *privileges, cause.as_slice())
                }
                Change::Gained { grantee, privileges } => {
                    (grantee, Direction::Gained, *privileges, &[][..])
                }
                Change::Owner { to, definer, .. } => {
                    report.owners.push(OwnerReport {
                        database: name.clone(),
                        object: object_report(object),
                        owner: owner.clone(),
                        expected: to.clone(),
                        security_definer: *definer,
                        remedy: mender.line(&mender.mend(difference)),
                    });
                    continue;
                }
                other => {
                    report.row_security.push(RowSecurityReport {
                        database: name.clone(),
                        object: object_report(object),
                        found: row_security(other),
                        remedy: mender.line(&mender.mend(difference)),
                    });
                    continue;
                }
            };
            let group = Group { database: name, direction, class: object.class, privileges, cause };
            by_role.entry(grantee).or_default().entry(group).or_default().push(object);
        }
        for property in properties {
            report.properties.push(PropertyReport {
                database: name.clone(),
                found: found(property),
                remedy: mender.line(&mender.mend_property(name, owner, property)),
            });
        }
        for (role, left) in &comparison.left {
            report.left_behind.push(LeftBehindReport {
                role: role.clone(),
                database: name.clone(),
                owned: left.owned,
                granted: left.granted,
                policies: left.policies,
            });
        }
    }
    report
        .left_behind
        .sort_by(|one, other| (&one.role, &one.database).cmp(&(&other.role, &other.database)));
    report.owners.sort_by_key(|it| !it.security_definer);
    report.roles = by_role
        .into_iter()
        .map(|(grantee, groups)| role(grantee, groups, &arrived.sanitized))
        .collect();
    report.complete = is_complete(&report);
    report
}

/// What belongs to stand-ins.
fn owned(outstanding: &Outstanding, mender: Mender<'_>) -> Vec<StandInReport> {
    let owned = outstanding.owned.iter();
    let owned = owned.map(|(role, database, object)| StandInReport {
        role: role.clone(),
        database: database.clone(),
        object: object_report(object),
        remedy: mender.hand_over(object),
    });
    owned.collect()
}

fn administrator((role, gains): (&Name, &Gains)) -> AdministratorReport {
    let membership = |it: &Gained| MembershipReport {
        role: it.role.clone(),
        options: it.options(),
        admin_only: it.is_admin_only(),
        granted_by: it.grantor.clone(),
    };
    let mut memberships: Vec<_> = gains.memberships.iter().map(membership).collect();
    memberships.sort_by(|one, other| {
        (&one.options, &one.granted_by, &one.role).cmp(&(
            &other.options,
            &other.granted_by,
            &other.role,
        ))
    });
    let mut groups: BTreeMap<Group<'_>, Vec<&Object>> = BTreeMap::new();
    for (database, object, privileges) in &gains.privileges {
        let (direction, class) = (Direction::Gained, object.class);
        let group = Group { database, direction, class, privileges: *privileges, cause: &[] };
        groups.entry(group).or_default().push(object);
    }
    let privileges = groups.into_iter().map(privilege_report).collect();
    AdministratorReport { role: role.clone(), memberships, privileges }
}

fn is_complete(report: &VerifyReport) -> bool {
    let VerifyReport { globals, databases, roles, owners, row_security, properties, .. } = report;
    let is_whole =
        |it: &DatabaseReport| it.state == DatabaseState::Compared && it.missing.is_empty();
    globals.differences.is_empty()
        && globals.findings.iter().all(|it| it.severity < Severity::Error)
        && globals.findings.iter().all(|it| *it.about != plan::OUTSIDER)
        && globals.without_password.is_empty()
        && globals.gained.is_empty()
        && databases.iter().all(is_whole)
        && roles.is_empty()
        && owners.is_empty()
        && row_security.is_empty()
        && properties.is_empty()
}

fn shown(names: &[Name]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn object_report(object: &Object) -> ObjectReport {
    ObjectReport { class: object.class, name: object.to_string() }
}

fn globals_report(arrived: &Arrived, fingerprint: &Fingerprint) -> GlobalsReport {
    let all = Difference::of(&arrived.missing, fingerprint).into_iter();
    let mut differences: Vec<_> = all.map(Difference::swapped).collect();
    Difference::sort(&mut differences);
    let not_carried = arrived.not_carried.iter();
    GlobalsReport {
        differences,
        findings: arrived.findings.clone(),
        not_carried: not_carried
            .map(|(&(kind, rule), &count)| NotCarried { kind, rule, count })
            .collect(),
        without_password: arrived.without_password.clone(),
        hidden_passwords: arrived.hidden_passwords,
        extra: arrived.extra.len(),
        gained: gained(arrived, fingerprint),
    }
}

/// What lets roles do more than on the source: attributes and memberships.
fn gained(arrived: &Arrived, fingerprint: &Fingerprint) -> Vec<Difference> {
    let powers: Vec<_> =
        arrived.extra.iter().filter(|change| verify::is_power(change)).cloned().collect();
    let mut gained: Vec<_> =
        Difference::of(&powers, fingerprint).into_iter().map(Difference::swapped).collect();
    Difference::sort(&mut gained);
    gained
}

fn database(verified: &Verified) -> DatabaseReport {
    let mut report = DatabaseReport {
        name: verified.name.clone(),
        state: DatabaseState::Compared,
        why: Vec::new(),
        objects: 0,
        missing: Vec::new(),
        only_on_target: Vec::new(),
    };
    match &verified.outcome {
        Outcome::Missing => report.state = DatabaseState::Missing,
        Outcome::Unknown(why) => {
            report.state = DatabaseState::Unknown;
            report.why.push(why.clone());
        }
        Outcome::Compared { comparison, unread, .. } => {
            if !unread.is_empty() {
                report.state = DatabaseState::Unknown;
            }
            report.why.clone_from(unread);
            report.objects = comparison.compared;
            report.missing = comparison.missing.iter().map(object_report).collect();
            report.only_on_target = comparison.beyond.iter().map(object_report).collect();
        }
    }
    report
}

fn role(
    grantee: &Grantee,
    groups: BTreeMap<Group<'_>, Vec<&Object>>,
    globals: &Globals,
) -> RoleReport {
    let (role, members) = match grantee {
        Grantee::Public => (None, Vec::new()),
        Grantee::Role(name) => {
            let mut members: Vec<_> = globals.members_below(name).into_iter().cloned().collect();
            members.sort_unstable();
            (Some(name.clone()), members)
        }
    };
    let changes = groups.into_iter().map(privilege_report).collect();
    RoleReport { role, members, changes }
}

fn privilege_report((group, objects): (Group<'_>, Vec<&Object>)) -> PrivilegeReport {
    PrivilegeReport {
        database: group.database.clone(),
        change: group.direction,
        privileges: group.privileges.words(),
        class: group.class,
        objects: objects.into_iter().map(ToString::to_string).collect(),
        because_of: group.cause.to_vec(),
    }
}

fn row_security(change: &Change) -> String {
    let on_off = |on: &bool| if *on { ("on", "off") } else { ("off", "on") };
    match change {
        Change::RowSecurity(on) => {
            let (was, is) = on_off(on);
            format!("has row security {is}; on the source it is {was}")
        }
        Change::ForcedRowSecurity(on) => {
            let (was, is) = on_off(on);
            format!("has FORCE ROW LEVEL SECURITY {is}; on the source it is {was}")
        }
        Change::Definer(true) => {
            "runs with the rights of its caller; on the source with those of its owner (SECURITY DEFINER)"
                .to_owned()
        }
        Change::Definer(false) => {
            "runs with the rights of its owner (SECURITY DEFINER); on the source with those of its caller"
                .to_owned()
        }
        Change::Invoker(true) => {
            "looks with the rights of its owner; on the source with those of the role that queries it (security_invoker)"
                .to_owned()
        }
        Change::Invoker(false) => {
            "looks with the rights of the role that queries it (security_invoker); on the source with those of its owner"
                .to_owned()
        }
        Change::NoPolicy { cause } if cause.is_empty() => "is missing".to_owned(),
        Change::NoPolicy { cause } => {
            format!(
                "is missing: it names {} too, which the target does not have",
                shown(cause).join(", ")
            )
        }
        Change::NewPolicy => "is on the target only".to_owned(),
        Change::PolicyRoles(roles) => {
            let roles: Vec<_> = roles.iter().map(ToString::to_string).collect();
            format!("is for other roles than on the source, where it is for {}", roles.join(", "))
        }
        _ => "is for another command, or of the other kind (PERMISSIVE or RESTRICTIVE)".to_owned(),
    }
}

fn found(property: &Property) -> String {
    match property {
        Property::ConnectionLimit { from, to } => {
            format!("CONNECTION LIMIT is {from}; on the source it is {to}")
        }
        Property::Setting(change) => match &**change {
            crate::globals::Change::Setting { key, from, to: Some(to), .. } => {
                let now = match from {
                    Some(from) => format!("is '{from}'"),
                    None => "is not set".to_owned(),
                };
                format!("{} {now}; on the source it is '{to}'", key.name)
            }
            other => describe(other),
        },
    }
}
