//! What will be sent to a target, and what will not: the changes, judged by what the target's
//! answers allow and by what the user allows. One veto a file.

mod attribute;
mod circle;
mod compared;
mod database_owner;
mod direction;
mod existing;
mod freeze;
mod ground;
mod hidden_password;
mod implicit;
mod kept_statements;
mod locks;
mod migration;
mod missing_admin;
mod missing_database;
mod moot;
mod namesake;
mod needed;
mod newer_source;
mod outsiders;
mod own_grant;
mod owners;
mod removal;
mod reset;
mod restore;
mod stand_ins;
mod step;
mod still_frozen;
mod uses;
mod weaker_verifier;
mod wider;
mod within;

use std::collections::{BTreeMap, BTreeSet};

pub use compared::as_compared;
pub use direction::{ABOUT as DIRECTION, direction, is_whole, only_there};
pub use implicit::without_implicit;
pub use migration::{Migration, Provenance, rights};
pub use needed::needed;
pub use newer_source::{ABOUT as NEWER_SOURCE, check as newer_source};
pub use outsiders::ABOUT as OUTSIDER;
pub use restore::TakeBack;
pub use stand_ins::{COMMENT as STAND_IN, is_stand_in};
pub use step::Step;
pub use uses::Loss;

use crate::finding::{Action, Finding, Severity, Subject};
use crate::globals::changes::{Part, changes};
use crate::globals::script::Delta;
use crate::globals::{Change, Changes, Globals, Ledger, Password, Scope};
use crate::name::Name;
use crate::platform::{Answers, Platform, Rights};
use crate::read::databases::Databases;
use crate::read::live::Live;
use crate::sanitize::{About, Unspecified};
use crate::version::Major;
use ground::Ground;
use restore::Restore;

/// What the user wants to be done with what the target has.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What to do with roles that exist.
    pub existing: Existing,
    /// Roles that exist may be shut out, as the source's are.
    pub allow_freeze: bool,
    /// Verifiers are sent all the same that cannot be compared, or would take the place of better ones.
    pub resend: bool,
    /// The connected role is to restore the databases without a loss: it is granted the owners, and
    /// roles that are not carried over get stand-ins.
    pub for_restore: bool,
    /// What is left out.
    pub skip: Vec<Part>,
    /// The time that expiry is judged by, in seconds since 1970.
    pub now: i64,
}

/// What to do with roles that the target already has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Existing {
    /// Set what the source says, leave what they have beyond it.
    #[default]
    Merge,
    /// Set what the source says, and remove what they have beyond it.
    Replace,
    /// Leave them as they are.
    Skip,
    /// Do nothing at all where there is one.
    Fail,
}

/// What will be sent, and what not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    /// What will be done.
    pub changes: Vec<Change>,
    /// What the target has beyond it, and keeps.
    pub extra: Vec<Change>,
    /// Roles whose verifiers cannot be compared; they are not sent.
    pub unverifiable: Vec<Name>,
    /// What waits for its database.
    pub deferred: Vec<LeftOut>,
    /// What is not done unless the user allows it.
    pub withheld: Vec<LeftOut>,
    /// What the target is known to refuse.
    pub refused: Vec<LeftOut>,
    /// Whom the target shuts out, and the source does not.
    pub still_frozen: Vec<LeftOut>,
    /// Members that roles have on the target only.
    pub outsiders: Vec<Finding>,
    /// What there is to know beside.
    pub findings: Vec<Finding>,
    /// Why nothing can be sent at all.
    pub obstacles: Vec<Finding>,
    /// The changes that these stand in the way of.
    pub blocked: Vec<Change>,
    /// Settings that sanitizing took away, and that the target has with the same value.
    pub settled: Vec<Subject>,
    /// What restoring the databases loses on the target as it will be.
    pub losses: Vec<Loss>,
    /// What was done for a restore, or will be, and has to be taken back after it.
    pub take_back: TakeBack,
}

/// Changes that are left out for one reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeftOut {
    /// The reason.
    pub finding: Finding,
    /// What is not done.
    pub changes: Vec<Change>,
}

/// What a veto says about a change.
enum Judgement {
    /// It waits.
    Deferred(String),
    /// The user has to allow it.
    Withheld(String),
    /// The target will refuse it.
    Refused(String),
    /// Nothing can be done while it is wanted.
    Obstacle(String),
}

/// What vetoes know.
struct Context<'a> {
    /// What the target has, apart from what the connected role holds.
    current: &'a Globals,
    /// What rests on what is taken away.
    rests: removal::Rests<'a>,
    desired: &'a Globals,
    answers: &'a Answers,
    platform: &'a Platform,
    options: &'a Options,
    /// Roles that the plan creates.
    created: BTreeSet<&'a Name>,
}

impl Context<'_> {
    /// Whether the target's platform has this role there for itself.
    fn is_of_platform(&self, role: &Name) -> bool {
        let rights = Rights::offline(self.platform, self.answers.major).narrowed_by(self.answers);
        rights.platform_role(role.as_str()).is_some()
    }
}

/// One reason not to send a change.
trait Veto: Sync {
    /// Its name and wording.
    fn about(&self) -> &'static About;

    /// Whether the change is to be left out, and why.
    fn judge(&self, change: &Change, cx: &Context<'_>) -> Option<Judgement>;
}

static VETOES: [&dyn Veto; 9] = [
    &existing::Existing,
    &missing_database::MissingDatabase,
    &database_owner::DatabaseOwner,
    &freeze::Freeze,
    &weaker_verifier::WeakerVerifier,
    &attribute::Attribute,
    &removal::Removal,
    &reset::Reset,
    &missing_admin::MissingAdmin,
];

/// The wording of everything that plans say.
pub fn abouts() -> impl Iterator<Item = &'static About> {
    let more = [
        &circle::ABOUT,
        &locks::ABOUT,
        &existing::FAIL,
        &UNVERIFIABLE,
        &hidden_password::ABOUT,
        &wider::ABOUT,
        &REFUSED,
        &REMAINING,
        &kept_statements::ABOUT,
        &newer_source::ABOUT,
        &direction::ABOUT,
        &owners::ABOUT,
        &owners::DROPPED,
        &uses::ABOUT,
        &uses::REGRANTED,
        &uses::UNREAD,
        &within::ABOUT,
        &namesake::ABOUT,
        &still_frozen::ABOUT,
        &outsiders::ABOUT,
    ];
    VETOES.iter().map(|veto| veto.about()).chain(more)
}

/// Passwords that cannot be compared, of roles that are let in all the same or never.
const UNVERIFIABLE: About = About {
    name: "unverifiable",
    severity: Severity::Warning,
    why: "the target does not show its verifiers, so that they cannot be compared; they are not sent \
          again",
    explanation: "The source has a password for the role, and on the target pg_authid is closed to \
                  the connected role. The role is seen to have one there, too, or it does not log \
                  in. To send it again each time could undo a password that was \
                  changed there since, and a verifier costs the server 10 to 20 milliseconds. So \
                  it is not sent, and is counted apart from what remains. --passwords resend sets \
                  all of them to what the source has.",
    remedy: "where passwords may have changed on the source since they were copied, give --passwords \
             resend",
};

/// What the target refuses when it is sent.
pub const REFUSED: About = About {
    name: "refused",
    severity: Severity::Warning,
    why: "the target refuses it",
    explanation: "What the target takes is judged beforehand, by what it answers and by what is \
                  known of its platform. What it refuses all the same comes from rules that only \
                  it knows: a value that is not valid there, an extension that checks passwords, a \
                  hook of the platform. Settings and security labels are tried one by one, and \
                  left out where they are refused; any other refusal is an error, and ends the \
                  copy with nothing done. A dry run goes on after each, so that all are listed at \
                  once.",
    remedy: "look at what the server says; what it is about was left out",
};

/// The rules that say what restoring the databases would lose.
pub fn of_restore() -> [&'static About; 6] {
    [
        &uses::ABOUT,
        &uses::REGRANTED,
        &uses::UNREAD,
        &owners::DROPPED,
        &within::ABOUT,
        &namesake::ABOUT,
    ]
}

/// What is not as it should be after a copy.
const REMAINING: About = About {
    name: "remaining",
    severity: Severity::Error,
    why: "it was sent, and the target is still different",
    explanation: "After COMMIT the target is read again, and compared with what was to be there. \
                  The server took these statements without an error and has something else now. An \
                  extension or a hook of the platform may have changed it, or somebody else at the \
                  same moment. The exit status is 1; copy once more to see whether it stays.",
    remedy: "look at the target's log, and for an extension of the platform that changes what is sent",
};

/// A difference that is left after a copy.
pub fn remaining(change: &Change, ledger: &Ledger) -> Finding {
    finding(&REMAINING, change, ledger, "is still different".to_owned())
}

/// A login role without a password whose label, by which it would log in, was refused.
pub fn shut_out(name: &Name) -> Finding {
    let message = "its security label was refused, and it has no password: nobody can log in as it";
    REFUSED.finding(Subject::Role(name.clone()), Action::Kept, message).matters(Severity::Error)
}

/// What the target is to have.
#[derive(Clone, Copy, Debug)]
pub struct Desired<'a> {
    /// The source, where it is a server.
    pub source: Option<&'a Live>,
    /// The sanitized source.
    pub globals: &'a Globals,
    /// What sanitizing took away.
    pub unspecified: &'a Unspecified,
    /// The lines of the source's statements.
    pub ledger: &'a Ledger,
    /// What stands in the source's databases, as far as they were visited.
    pub databases: &'a Databases,
    /// Roles of the source that the target does not have and will not have under their names.
    pub absent: &'a BTreeSet<Name>,
    /// The new names of those that get one.
    pub renamed: &'a BTreeMap<Name, Name>,
}

/// What somebody has set on the target as the source has it, although it is not sent.
fn settled(current: &Globals, unspecified: &Unspecified) -> Vec<Subject> {
    let settled = unspecified.settings.iter().filter(|(key, value)| {
        current.settings.get(*key).is_some_and(|there| there.value == **value)
    });
    settled.map(|(key, _)| key.subject()).collect()
}

/// What it takes to bring the target from `current` to `desired`.
pub fn plan(
    current: &Globals,
    desired: &Desired<'_>,
    answers: &Answers,
    platform: &Platform,
    options: &Options,
) -> Plan {
    let Desired { source, globals: desired, unspecified, ledger, databases, absent, renamed } =
        *desired;
    let all_current = current;
    let rights = Rights::offline(platform, answers.major).narrowed_by(answers);
    let current = Some(all_current);
    let ground = Ground { source, databases, absent, renamed, desired, current, rights };
    let restore = Restore::of(&ground, options.for_restore);
    let mut current = without_implicit(all_current, desired, answers, platform);
    current.memberships.retain(|key, _| !restore.is_own(key));
    let current = &current;
    let scope = if options.existing == Existing::Replace { Scope::Replace } else { Scope::Merge };
    let Changes { mut changes, mut extra, mut unverifiable } = changes(current, desired, scope);
    // What sanitizing took away is unspecified, never false.
    let specified = |change: &Change| {
        !unspecified.covers(change) && !options.skip.iter().any(|part| part.covers(change))
    };
    let takes = |change: &Change| change.removes() || wider::takes_away(change);
    changes.retain(|change| !takes(change) || specified(change));
    extra.retain(specified);
    if options.resend {
        for role in std::mem::take(&mut unverifiable) {
            let to = desired.roles[&role].password.clone();
            changes.push(Change::Password { role, from: Password::Unknown, to });
        }
    }
    let no_longer = stand_ins::no_longer(all_current, desired);
    extra.retain(|change| !no_longer.iter().any(|it| it.object() == change.object()));
    changes.retain(|change| !no_longer.iter().any(|it| it.object() == change.object()));
    changes.extend(no_longer);
    if options.for_restore {
        changes.extend(restore.changes(all_current, answers));
    }
    let all = changes.clone();
    let created = all.iter().filter_map(|change| match change {
        Change::CreateRole { name, .. } => Some(name),
        _ => None,
    });
    let created: BTreeSet<_> = created.collect();
    let rests = removal::Rests::of(all_current, &all);
    let cx = Context { current, rests, desired, answers, platform, options, created };
    let still_frozen = match options.existing {
        Existing::Skip => Vec::new(),
        _ => still_frozen::check(&extra, desired, options.now, ledger),
    };
    let mut plan = Plan { extra, unverifiable, still_frozen, ..Plan::default() };
    plan.settled = settled(current, unspecified);
    let mut stays = plan.extra.clone();
    for change in changes {
        let judged = VETOES.iter().find_map(|veto| Some((veto.about(), veto.judge(&change, &cx)?)));
        let Some((about, judgement)) = judged else {
            plan.changes.push(change);
            continue;
        };
        if wider::takes_away(&change) {
            stays.push(change.clone());
        }
        let (list, message) = match judgement {
            Judgement::Deferred(message) => (&mut plan.deferred, message),
            Judgement::Withheld(message) => (&mut plan.withheld, message),
            Judgement::Refused(message) => (&mut plan.refused, message),
            Judgement::Obstacle(message) => {
                let finding = finding(about, &change, ledger, message);
                plan.blocked.push(change);
                if plan.obstacles.last() != Some(&finding) {
                    plan.obstacles.push(finding);
                }
                continue;
            }
        };
        let finding = finding(about, &change, ledger, message);
        // Several changes to a role may be left out for one reason.
        match list.last_mut().filter(|it| it.finding == finding) {
            Some(same) => same.changes.push(change),
            None => list.push(LeftOut { finding, changes: vec![change] }),
        }
    }
    let wider = wider::check(&plan.changes, &stays, [all_current, desired], ledger);
    plan.findings.extend(wider);
    circle::check(&mut plan, all_current, ledger);
    plan.outsiders = outsiders::check(&plan.changes, unspecified, all_current, &restore, &cx);
    // What is refused is still there.
    own_grant::state_what_is_missing(&mut plan.changes, all_current, answers);
    if options.existing == Existing::Fail {
        plan.obstacles.extend(existing::fail(&cx));
    }
    plan.findings.extend(hidden_password::check(&plan.unverifiable, desired, answers));
    plan.findings.extend(restore.findings(&ground, all_current, answers, options.for_restore));
    plan.losses = restore.losses(&ground, options.for_restore);
    plan.take_back = restore.take_back(&ground, options.for_restore);
    plan.findings.extend(source.and_then(|source| {
        newer_source::check(&source.answers.version, source.answers.major, answers)
    }));
    plan.findings.extend(kept_statements::check(&plan.changes, answers));
    locks::check(&mut plan, answers);
    plan
}

fn finding(about: &'static About, change: &Change, ledger: &Ledger, message: String) -> Finding {
    let line = ledger.line(change.origin());
    about.finding(change.object(), Action::Dropped, message).at(line)
}

/// Changes as statements that the connected role may send.
pub fn delta<'a>(changes: &'a [Change], answers: &Answers) -> Delta<'a> {
    let delta = Delta::of(changes, answers.major);
    let says_grantors = answers.is_superuser() || answers.major >= Major::new(16);
    if says_grantors { delta } else { delta.without_grantors() }
}

impl Plan {
    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The statements, in the order in which they are sent.
    pub fn steps(&self, answers: &Answers) -> Vec<Step> {
        let delta = delta(&self.changes, answers);
        let mut steps: Vec<_> = delta.statements().into_iter().map(Step::of).collect();
        // Verifiers are sent one by one: those of a phase together.
        steps.sort_by_key(|step| (step.phase, step.is_secret()));
        steps
    }

    /// All that there is to say: what is left out and why, and what stands in the way.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings_about(|_| true)
    }

    /// The same without what is said of changes that nobody asks for.
    pub fn findings_about(
        &self,
        asked: impl Fn(&Change) -> bool,
    ) -> impl Iterator<Item = &Finding> {
        let left_out = self.deferred.iter().chain(&self.withheld).chain(&self.refused);
        let left_out = left_out.chain(&self.still_frozen);
        let left_out = left_out.filter(move |it| it.changes.iter().any(&asked));
        let left_out = left_out.map(|it| &it.finding).chain(&self.outsiders);
        left_out.chain(&self.findings).chain(&self.obstacles)
    }
}
