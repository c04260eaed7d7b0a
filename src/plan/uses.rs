//! What databases say of roles that there will not be, and what others lose with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;

use super::ground::Ground;
use super::no_stand_in;
use crate::finding::{Action, Finding, Severity, Subject};
use crate::name::Name;
use crate::read::databases::{Mention, What};
use crate::read::live::UseKind;
use crate::sanitize::About;
use crate::subject::Grantee;
use crate::words::{and, few, plural, visible};

pub(super) const ABOUT: About = About {
    name: "lost-grants",
    severity: Severity::Error,
    why: "roles that are not carried over are named by grants, default privileges or policies: where one of \
          them is missing, restoring loses all of it, what other roles have included",
    explanation: "pg_restore sends all GRANTs of one object as one command. Where one of the roles does not \
                  exist, the server says `role \"…\" does not exist`, and nothing of the command is done: \
                  every grant on that object is lost, those of roles that are carried over included, and \
                  so is a REVOKE from PUBLIC among them. Default privileges of one role for one kind of \
                  object, and a row security policy, are one command likewise.\n\n\
                  pg_shdepend of the source tells how many objects name the role, and the catalogs of each \
                  database which they are, and whom else they name. The report as JSON lists all of \
                  them, as `losses`. It is an error where a role that is carried over loses something or \
                  PUBLIC gains something, a warning where that could not be seen, and information where \
                  nobody else is named.\n\n\
                  --for-restore creates a stand-in for the role: nobody can log in as it, it has no rights \
                  of its own, and FILE drops it after the restore.",
    remedy: "give --for-restore FILE: it creates a stand-in, and FILE drops it after the restore",
};

pub(super) const REGRANTED: About = About {
    name: "regranted",
    severity: Severity::Error,
    why: "privileges that another role than the owner has granted are not restored by an administrator who \
          is no superuser, and all other grants on the object are lost with them",
    explanation: "A role that has a privilege WITH GRANT OPTION may grant it on. pg_restore restores such a grant \
                  with SET SESSION AUTHORIZATION, which takes a superuser: `permission denied to set session \
                  authorization`. It stands in one command with all GRANTs of the object, so that nothing \
                  of them is done. The report as JSON lists the objects, as `losses`.",
    remedy: "before the dump, grant it on the source as the owner, too, and revoke what was granted on; or \
             repeat the GRANTs of these objects after the restore, without SET SESSION AUTHORIZATION: pg_restore \
             -f - shows them",
};

pub(super) const UNREAD: About = About {
    name: "unread-database",
    severity: Severity::Warning,
    why: "a database of the source could not be read: which of its objects name roles that are not carried \
          over is unknown",
    explanation: "What pg_shdepend tells of all databases is known all the same: how many objects of it name \
                  which role. Which objects they are, whom else they name, and what the bootstrap superuser \
                  owns in it, only its own catalogs tell. Every database that accepts connections is visited \
                  once, by one connection, at most eight at a time, and nothing is written.",
    remedy: "let the connected role connect to it: GRANT CONNECT ON DATABASE … TO …; a database whose \
             datconnlimit is -2 is broken: DROP DATABASE it",
};

/// What an object loses when it is restored.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Loss {
    /// The database.
    #[cfg_attr(test, schemars(with = "String"))]
    pub database: Name,
    /// The object's kind, in PostgreSQL's words.
    pub kind: String,
    /// What it is called, as SQL.
    pub object: String,
    /// The roles that it names and that are missing; none where somebody else than the owner granted
    /// something.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub missing: Vec<Name>,
    /// The roles that lose what they have by it, as SQL; PUBLIC is everybody.
    pub lost_by: Vec<String>,
    /// Whether PUBLIC gains what was revoked from it.
    pub public_gains: bool,
}

/// What will be lost, as long as there are these stand-ins and no others.
pub(super) fn losses(ground: &Ground<'_>, stand_ins: &BTreeSet<&Name>) -> Vec<Loss> {
    let is_superuser = ground.rights.is_superuser();
    let loss = |(database, it): (&Name, &Mention)| {
        let missing: Vec<_> = missing(it, ground, stand_ins).cloned().collect();
        let is_lost = !missing.is_empty() || (it.regranted && !is_superuser);
        let lost_by = it.others.iter().filter(|grantee| match grantee {
            Grantee::Role(role) => ground.will_be(role),
            Grantee::Public => true,
        });
        is_lost.then(|| Loss {
            database: database.clone(),
            kind: visible(&it.kind).into_owned(),
            object: visible(&it.object).into_owned(),
            lost_by: lost_by.map(ToString::to_string).collect(),
            public_gains: it.opens,
            missing,
        })
    };
    ground.mentions().filter_map(loss).collect()
}

/// The roles that an object names and that there will not be.
fn missing<'m>(
    it: &'m Mention,
    ground: &'m Ground<'_>,
    stand_ins: &'m BTreeSet<&Name>,
) -> impl Iterator<Item = &'m Name> {
    it.names.iter().filter(move |role| !ground.will_be(role) && !stand_ins.contains(role))
}

/// What is to be said.
pub(super) fn findings(ground: &Ground<'_>, stand_ins: &BTreeSet<&Name>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let all = losses(ground, stand_ins);
    for role in ground.absent {
        if !ground.will_be(role) && !stand_ins.contains(role) {
            findings.extend(finding(role, ground, &all));
        }
    }
    let mut regranted: BTreeMap<&Name, Vec<&Loss>> = BTreeMap::new();
    for loss in all.iter().filter(|loss| loss.missing.is_empty()) {
        regranted.entry(&loss.database).or_default().push(loss);
    }
    for (database, losses) in regranted {
        let message = format!("{}: {}", shown(&losses), who(&losses));
        let object = Subject::statement(format!("database {database}"));
        findings.push(REGRANTED.finding(object, Action::Dropped, message));
    }
    // Nobody misses anything where every role comes.
    for (database, why) in ground.unread().filter(|_| !ground.absent.is_empty()) {
        let object = Subject::statement(format!("database {database}"));
        findings.push(UNREAD.finding(object, Action::Kept, visible(why).into_owned()));
    }
    findings
}

/// What is lost with one role.
fn finding(role: &Name, ground: &Ground<'_>, all: &[Loss]) -> Option<Finding> {
    let (named, databases) = named(role, ground);
    if named.is_empty() {
        return None;
    }
    let databases: Vec<_> = databases.iter().map(ToString::to_string).collect();
    let mut message = format!("named by {named} in {}", few(&databases));
    let losses: Vec<_> = all
        .iter()
        .filter(|loss| loss.missing.contains(role))
        .filter(|loss| !loss.lost_by.is_empty() || loss.public_gains)
        .collect();
    let is_seen =
        databases_of(role, ground).all(|it| matches!(ground.databases.get(it), Some(Ok(_))));
    let severity = match (losses.is_empty(), is_seen) {
        (false, _) => Severity::Error,
        (true, false) => Severity::Warning,
        (true, true) => Severity::Info,
    };
    if !losses.is_empty() {
        let _ = write!(message, "; without it {} on {}", who(&losses), shown(&losses));
    }
    if !is_seen {
        message.push_str("; which other roles they name is not known for every database");
    }
    let hindrance = no_stand_in::why(role, ground);
    let about = if hindrance.is_some() { &no_stand_in::ABOUT } else { &ABOUT };
    message.push_str(&hindrance.unwrap_or_default());
    let object = Subject::Role(role.clone());
    Some(about.finding(object, Action::Dropped, message).matters(severity))
}

/// How many objects name a role, by kind, and in which databases: `2 grants and 1 policy`.
pub(super) fn named<'a>(role: &Name, ground: &Ground<'a>) -> (String, BTreeSet<&'a Name>) {
    let mut counts: BTreeMap<UseKind, u64> = BTreeMap::new();
    let mut databases = BTreeSet::new();
    let is_named = |kind: UseKind| !kind.takes_member() && kind != UseKind::InitialPrivileges;
    for it in ground.uses().filter(|it| it.role == *role && is_named(it.kind)) {
        *counts.entry(it.kind).or_default() += it.objects;
        databases.extend(&it.database);
    }
    if counts.is_empty() {
        // Of roles that are pinned nothing is recorded.
        for (database, it) in ground.mentions().filter(|(_, it)| it.names.contains(role)) {
            let kind = match it.what {
                What::Grants => UseKind::Grant,
                What::DefaultPrivileges => UseKind::DefaultPrivileges,
                What::Policy => UseKind::Policy,
            };
            *counts.entry(kind).or_default() += 1;
            databases.insert(database);
        }
    }
    let words = counts.iter().map(|(kind, number)| match kind {
        UseKind::DefaultPrivileges => plural(*number, "default privilege"),
        UseKind::Policy => plural(*number, "policy"),
        _ => format!("the privileges of {}", plural(*number, "object")),
    });
    (and(&words.collect::<Vec<_>>()), databases)
}

/// The databases whose objects name a role.
fn databases_of<'a>(role: &Name, ground: &Ground<'a>) -> impl Iterator<Item = &'a Name> {
    let role = role.clone();
    let uses = ground.uses().filter(move |it| it.role == role);
    uses.filter_map(|it| it.database.as_ref())
}

/// Who loses something.
fn who(losses: &[&Loss]) -> String {
    let losers: BTreeSet<_> = losses.iter().flat_map(|loss| &loss.lost_by).collect();
    let losers: Vec<_> = losers.into_iter().collect();
    let gains = losses.iter().any(|loss| loss.public_gains);
    match (losers.is_empty(), gains) {
        (false, false) => format!("{} lose what they have", few(&losers)),
        (false, true) => {
            format!("{} lose what they have, and PUBLIC gains something,", few(&losers))
        }
        (true, _) => "PUBLIC gains something".to_owned(),
    }
}

/// The objects.
fn shown(losses: &[&Loss]) -> String {
    let objects: Vec<_> =
        losses.iter().map(|loss| format!("{} {}", loss.kind, loss.object)).collect();
    let total = plural(objects.len(), "object");
    format!("{total}: {}", few(&objects))
}
