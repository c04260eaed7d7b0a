//! Who owns what on the source: restoring it takes more than the roles.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Action, Finding, Severity, Subject};
use crate::globals::changes::Options;
use crate::globals::{Change, Globals, MembershipKey, Origin};
use crate::name::Name;
use crate::platform::Answers;
use crate::read::live::{Live, Ownership};
use crate::sanitize::About;
use crate::version::Major;

pub(super) const ABOUT: About = About {
    name: "owners",
    severity: Severity::Info,
    why: "to restore what other roles own, the connected role has to be a member of each, with SET and \
          INHERIT",
    explanation: "pg_restore gives an object to its owner with ALTER … OWNER TO, which takes a \
                  member of that owner: `must be able to SET ROLE \"…\"` since 16, `must be member \
                  of role \"…\"` before. Whoever creates a role is not its member: since 16 it has \
                  the ADMIN option alone. --can-own grants the memberships, and writes a file with \
                  the statements that revoke them, for psql -f after the restore. They should not \
                  stay, since through them the administrator has all that the owners have.",
    remedy: "give --can-own FILE: it grants them, and writes the statements that take them back",
};

pub(super) const DROPPED: About = About {
    name: "dropped-owner",
    severity: Severity::Error,
    why: "roles that are not carried over own something on the source: restoring it will say that the \
          role does not exist",
    explanation: "For each such object, restoring says `role \"…\" does not exist`, and the object \
                  belongs to whoever restores. The message says how many the role owns, and in \
                  which databases. Another finding says why the role stays behind. Where the role \
                  can be carried over under another name, give its objects to a role of that name \
                  before the dump.",
    remedy: "restore with --no-owner, or REASSIGN OWNED on the source before the dump",
};

/// The owners on the source.
pub(super) struct Owners<'a> {
    /// Those that the target has or will have, apart from the connected role.
    here: BTreeSet<&'a Name>,
    /// What the others own.
    gone: BTreeMap<&'a Name, Vec<&'a Ownership>>,
}

pub(super) fn of<'a>(
    source: Option<&'a Live>,
    desired: &Globals,
    current: &Globals,
    answers: &Answers,
) -> Owners<'a> {
    let mut owners = Owners { here: BTreeSet::new(), gone: BTreeMap::new() };
    let Some(source) = source else { return owners };
    for ownership in &source.owners {
        let role = &ownership.role;
        let own = source.platform.is_some_and(|platform| platform.owns(role.as_str()).is_some());
        if *role == answers.user {
            continue;
        }
        if desired.roles.contains_key(role) {
            owners.here.insert(role);
        } else if !own && !can_be_owner(role, current, answers) {
            owners.gone.entry(role).or_default().push(ownership);
        }
    }
    owners
}

/// Whether the target has a role of this name, to which the connected role can give something.
fn can_be_owner(role: &Name, current: &Globals, answers: &Answers) -> bool {
    let protected = !answers.is_superuser() && answers.protected.contains_key(role);
    current.roles.contains_key(role) && !protected
}

impl Owners<'_> {
    /// What the connected role needs, as far as it does not have it.
    pub(super) fn grants(&self, current: &Globals, answers: &Answers) -> Vec<Change> {
        if answers.is_superuser() {
            return Vec::new();
        }
        let knows = answers.major >= Major::new(16);
        let missing = self.missing(current, answers);
        missing
            .map(|role| Change::Membership {
                key: MembershipKey {
                    role: role.clone(),
                    member: answers.user.clone(),
                    grantor: None,
                },
                from: None,
                to: Some(Options {
                    admin: false,
                    inherit: knows.then_some(true),
                    set: knows.then_some(true),
                }),
                origin: Origin::LIVE,
            })
            .collect()
    }

    /// The owners that the connected role is no such member of.
    fn missing(&self, current: &Globals, answers: &Answers) -> impl Iterator<Item = &Name> {
        let has: BTreeSet<Name> = current
            .memberships
            .iter()
            .filter(|(key, it)| {
                let on = |option: Option<crate::globals::Fact<bool>>| {
                    option.is_none_or(|fact| fact.value)
                };
                key.member == answers.user && on(it.set) && on(it.inherit)
            })
            .map(|(key, _)| key.role.clone())
            .collect();
        self.here.iter().copied().filter(move |role| !has.contains(*role))
    }

    /// What is to be said of them.
    pub(super) fn findings(
        &self,
        current: &Globals,
        answers: &Answers,
        can_own: bool,
    ) -> Vec<Finding> {
        let finding = |about: &'static About, role: &Name, message: String| {
            about.finding(Subject::Role(role.clone()), Action::Kept, message)
        };
        let mut findings = Vec::new();
        let names: Vec<_> = self.missing(current, answers).map(ToString::to_string).collect();
        if !names.is_empty() && !can_own && !answers.is_superuser() {
            let message = format!("is no member of {}", names.join(", "));
            findings.push(finding(&ABOUT, &answers.user, message));
        }
        for (role, owned) in &self.gone {
            let objects =
                owned.iter().fold(0_u64, |sum, ownership| sum.saturating_add(ownership.objects));
            let databases: Vec<_> = owned
                .iter()
                .map(|ownership| match &ownership.database {
                    Some(database) => database.to_string(),
                    None => "the cluster itself".to_owned(),
                })
                .collect();
            let plural = if objects == 1 { "" } else { "s" };
            let message = format!("owns {objects} object{plural} in {}", databases.join(", "));
            let mut finding = finding(&DROPPED, role, message);
            finding.action = Action::Dropped;
            findings.push(finding);
        }
        findings
    }
}
