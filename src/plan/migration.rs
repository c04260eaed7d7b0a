//! A source, a target and the user's choices: what the target takes, and the plan that brings it there.
//!
//! ```no_run
//! use pg_globals::plan::{self, Migration, Options, Provenance};
//! use pg_globals::read::{Contents, live};
//! use pg_globals::sanitize::Choices;
//!
//! # async fn plan(source: tokio_postgres::Client, target: tokio_postgres::Client) -> Result<(), Box<dyn std::error::Error>> {
//! let (source, target) = (live::read(&source).await?, live::read(&target).await?);
//! let contents = Contents { globals: source.globals.clone(), ..Contents::default() };
//! let choices = Choices::default();
//! let rights = plan::rights(&target, None);
//! let migration = Migration::new(contents, Provenance::from(&source), rights, &choices)?;
//! let plan = migration.plan(&target, &Options::default());
//! for step in plan.steps(&target.answers) {
//!     println!("{:?}: {}", step.phase, step.object);
//! }
//! # Ok(())
//! # }
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::ground::Ground;
use super::make::Desired;
use super::options::Options;
use super::outcome::Plan;
use super::restore::Restore;
use super::restore::TakeBack;
use super::restored;
use super::uses::Loss;
use super::{make, stand_ins};
use crate::finding::Finding;
use crate::globals::collect::Era;
use crate::globals::{Fact, Globals, Membership, MembershipKey, Origin};
use crate::name::Name;
use crate::platform::{Answers, Platform, Predefined, Rights};
use crate::read::databases::Databases;
use crate::read::live::Live;
use crate::read::{Contents, Shows, Source};
use crate::sanitize::{self, ChoiceError, Choices, Sanitized, sanitize};

/// Where globals come from.
#[derive(Clone, Copy, Debug)]
pub struct Provenance<'a> {
    /// The platform, if it is known.
    pub platform: Option<&'a Platform>,
    /// Which servers they are from, if it is known.
    pub era: Option<Era>,
    /// Which kind of verifier roles have, where the verifiers themselves cannot be read.
    pub verifier_kinds: Option<&'a BTreeMap<Name, String>>,
    /// Which settings can have been seen.
    pub shows: Shows,
    /// The server, where what its roles own matters.
    pub server: Option<&'a Live>,
}

impl<'a> From<&'a Source> for Provenance<'a> {
    fn from(source: &'a Source) -> Self {
        let server = source.live.as_deref();
        Self {
            platform: source.platform,
            era: source.era,
            verifier_kinds: server.map(|live| &live.verifier_kinds),
            shows: source.shows,
            server,
        }
    }
}

impl<'a> From<&'a Live> for Provenance<'a> {
    fn from(live: &'a Live) -> Self {
        Self {
            platform: live.platform,
            era: Some(Era::of(live.answers.major)),
            verifier_kinds: Some(&live.verifier_kinds),
            shows: Shows::ALL,
            server: Some(live),
        }
    }
}

impl<'a> Provenance<'a> {
    /// Of this platform, where the user has named one.
    #[must_use]
    pub fn on(self, named: Option<&'a Platform>) -> Self {
        Self { platform: named.or(self.platform), ..self }
    }

    /// What its roles own does not matter.
    #[must_use]
    pub fn without_owners(self) -> Self {
        Self { server: None, ..self }
    }
}

/// What may be done on a server that has answered, as one of the platform that was named, else of the one that
/// its roles show; else it is somebody's own.
pub fn rights<'a>(target: &'a Live, named: Option<&'a Platform>) -> Rights<'a> {
    let platform = named.or(target.platform).unwrap_or_else(|| Platform::own());
    Rights::offline(platform, target.answers.major).narrowed_by(&target.answers)
}

/// A source on its way to a target.
#[derive(Debug)]
pub struct Migration<'a> {
    /// What the target takes, and what became of the rest.
    pub sanitized: Sanitized,
    /// Roles of the source that the target does not have, and will not have under their names.
    pub absent: BTreeSet<Name>,
    rights: Rights<'a>,
    platform: &'a Platform,
    server: Option<&'a Live>,
    databases: Databases,
    renamed: &'a BTreeMap<Name, Name>,
}

/// What a script creates for the restore of the databases, and grants to whoever replays it.
#[derive(Clone, Debug, Default)]
pub struct ForRestore {
    /// What there is to say.
    pub findings: Vec<Finding>,
    /// What restoring loses all the same.
    pub losses: Vec<Loss>,
    /// What is created and granted, and is to be taken back.
    pub take_back: TakeBack,
}

impl<'a> Migration<'a> {
    /// Takes out, or rewrites, what the target does not take.
    ///
    /// # Errors
    /// When the choices do not fit the globals: a rename of nothing, or onto an existing role.
    pub fn new(
        contents: Contents,
        from: Provenance<'a>,
        to: Rights<'a>,
        choices: &'a Choices,
    ) -> Result<Self, ChoiceError> {
        let Contents { globals, ledger, findings } = contents;
        let source = sanitize::Source {
            platform: from.platform,
            era: from.era,
            verifier_kinds: from.verifier_kinds,
        };
        let names: Vec<_> = globals.roles.keys().cloned().collect();
        let mut sanitized = sanitize(globals, ledger, findings, to, source, choices)?;
        sanitized.unspecified.databases = !from.shows.databases;
        // Predefined roles of a later version are named as others are.
        let predefined =
            from.server.map(|live| live.answers.predefined.clone()).unwrap_or_default();
        let absent = names
            .into_iter()
            .chain(predefined)
            .filter(|name| !sanitized.globals.roles.contains_key(name) && !is_there(name, to));
        Ok(Self {
            absent: absent.collect(),
            rights: to,
            platform: to.platform(),
            server: from.server,
            databases: Databases::new(),
            renamed: &choices.rename,
            sanitized,
        })
    }

    /// With what stands in the databases of the source.
    #[must_use]
    pub fn with_databases(self, databases: Databases) -> Self {
        Self { databases, ..self }
    }

    /// What a script needs for the restore of the databases; where that is wanted, the stand-ins are added
    /// to what it creates.
    pub fn for_restore(&mut self, wanted: bool) -> ForRestore {
        // A dump tells nothing of its databases: only what is asked for is to be done.
        if !wanted && self.server.is_none() {
            return ForRestore::default();
        }
        let ground = Ground {
            source: self.server,
            databases: &self.databases,
            absent: &self.absent,
            renamed: self.renamed,
            restored: &BTreeSet::new(),
            desired: &self.sanitized.globals,
            current: None,
            rights: self.rights,
        };
        let restore = Restore::of(&ground, wanted);
        let for_restore = ForRestore {
            findings: restore.findings_of_script(&ground, wanted),
            losses: restore.losses(&ground, wanted),
            take_back: restore.take_back(&ground, wanted),
        };
        if wanted {
            let new = restore.needed().map(|name| (name.clone(), stand_ins::with_comment()));
            let new: Vec<_> = new.collect();
            let globals = &mut self.sanitized.globals;
            globals.roles.extend(new);
            let fact =
                |value| self.rights.membership_options().then(|| Fact::new(value, Origin::LIVE));
            for (role, member) in &for_restore.take_back.within {
                let (role, member) = (role.clone(), member.clone());
                let key = MembershipKey { role, member, grantor: None };
                let it =
                    Membership { inherit: fact(true), set: fact(false), ..Membership::default() };
                globals.memberships.entry(key).or_insert(it);
            }
            globals.sort();
        }
        for_restore
    }

    /// What it takes to bring the target, as it is, to what the source has.
    pub fn plan(&self, target: &Live, options: &Options) -> Plan {
        let restored = match self.server {
            Some(source) if !options.for_restore => restored::databases(source, target, |role| {
                self.sanitized.globals.roles.contains_key(role)
            }),
            _ => BTreeSet::new(),
        };
        // Whoever administers it by the platform's rules is not touched, recognised or not.
        let recognised = target.platform.is_some_and(|it| it.name() == self.platform.name());
        if recognised || self.platform.admin_role().is_none() {
            return self.plan_of(&target.globals, &target.answers, options, &restored);
        }
        let mut assumed = target.clone();
        assumed.assume(self.platform);
        self.plan_of(&assumed.globals, &assumed.answers, options, &restored)
    }

    /// The same for a target with these answers.
    pub fn plan_for(&self, current: &Globals, answers: &Answers, options: &Options) -> Plan {
        self.plan_of(current, answers, options, &BTreeSet::new())
    }

    fn plan_of(
        &self,
        current: &Globals,
        answers: &Answers,
        options: &Options,
        restored: &BTreeSet<Name>,
    ) -> Plan {
        let desired = Desired {
            source: self.server,
            globals: &self.sanitized.globals,
            unspecified: &self.sanitized.unspecified,
            ledger: &self.sanitized.ledger,
            databases: &self.databases,
            absent: &self.absent,
            renamed: self.renamed,
            restored,
        };
        make::plan(current, &desired, answers, self.platform, options)
    }
}

/// Whether the target has the role, as far as that is known.
fn is_there(name: &Name, rights: Rights<'_>) -> bool {
    match rights.answers() {
        Some(answers) => answers.roles.contains(name) || answers.predefined.contains(name),
        None => {
            rights.platform_role(name.as_str()).is_some()
                || matches!(rights.predefined(name.as_str()), Predefined::Known(_))
        }
    }
}
