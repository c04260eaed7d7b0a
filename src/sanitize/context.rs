//! What rules know, and what they write to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use super::{About, Choices, Source, Unspecified};
use crate::attribute::Attribute;
use crate::finding::{Action, Finding, Severity, Subject};
use crate::globals::collect::Era;
use crate::globals::{Fate, Globals, Ledger, Map, MembershipKey, Origin, Role};
use crate::name::Name;
use crate::platform::{Platform, Predefined, Rights};
use crate::scram::Seed;
use crate::secret::Secret;

/// What rules know, and what they write to.
pub struct Context<'a> {
    /// What the target accepts.
    pub rights: Rights<'a>,
    /// The platform that the globals come from, if it is known.
    pub source: Option<&'a Platform>,
    /// Which servers they are from, if it is known.
    pub era: Option<Era>,
    /// Which kind of verifier roles have, where the verifiers themselves cannot be read.
    pub verifier_kinds: Option<&'a BTreeMap<Name, String>>,
    /// What the user wants.
    pub choices: &'a Choices,
    /// For which roles a `client_encoding` is set in which databases.
    pub encoded: HashSet<(Option<Name>, Name)>,
    /// The roles that stay; complete when memberships and settings are looked at.
    pub roles: Map<Name, Role>,
    /// The roles that go.
    pub dropped: HashSet<Name>,
    /// The tablespaces that stay.
    pub tablespaces: BTreeSet<Name>,
    /// Members of roles that stand for another way of logging in, through others too.
    pub external: HashMap<Name, External>,
    /// Roles with a security label that is another way of logging in.
    pub labelled: HashMap<Name, Labelled<'a>>,
    /// The platforms whose own roles are there, where no superuser shows which it is.
    pub suspects: Vec<&'a Platform>,
    /// Roles whose password was left out, for a reason that was told.
    pub without_password: HashSet<Name>,
    /// Whether it was told that passwords go as plain text.
    pub told_of_plain: bool,
    /// The source's superusers, and what made them so.
    pub superusers: HashMap<Name, Origin>,
    /// Who may grant which role on, as (role, member).
    pub admins: HashSet<(Name, Name)>,
    /// Memberships in roles of the target that stand for others.
    pub mapped: HashSet<MembershipKey>,
    /// Administrators of the target whom nothing that stays makes such.
    pub(super) strangers: BTreeSet<Name>,
    /// Members of roles that --map-role names, and the role that stands for those.
    mapped_to: HashSet<(Name, Name)>,
    /// How members of these roles authenticate, where not by a password: asked for every membership.
    ways: HashMap<&'a str, &'a str>,
    /// What is said of grants by a grantor that is not kept: dumps have few, and many grants.
    pub grantors: HashMap<Name, Arc<str>>,
    /// What the salts of verifiers that are made here come from.
    pub seed: Seed,
    /// Passwords that were generated.
    pub generated: BTreeMap<Name, Secret>,
    /// What was taken away.
    pub(super) unspecified: Unspecified,
    ledger: Ledger,
    findings: Vec<Finding>,
}

/// How a role logs in, where not by a password.
#[derive(Clone, Debug)]
pub struct External {
    /// The role that stands for that way.
    pub role: Name,
    /// Whether it is a member of that role itself.
    pub direct: bool,
}

/// How a role logs in by a security label.
#[derive(Clone, Copy, Debug)]
pub struct Labelled<'a> {
    /// In words.
    pub way: &'a str,
    /// The statement that sets the label.
    pub origin: Origin,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        rights: Rights<'a>,
        source: Source<'a>,
        choices: &'a Choices,
        seed: Seed,
        ledger: Ledger,
        findings: Vec<Finding>,
    ) -> Self {
        Self {
            rights,
            source: source.platform,
            era: source.era,
            verifier_kinds: source.verifier_kinds,
            choices,
            encoded: HashSet::default(),
            roles: Map::default(),
            dropped: HashSet::default(),
            tablespaces: BTreeSet::new(),
            external: HashMap::default(),
            labelled: HashMap::default(),
            suspects: Vec::new(),
            without_password: HashSet::default(),
            told_of_plain: false,
            superusers: HashMap::default(),
            admins: HashSet::default(),
            mapped: HashSet::default(),
            strangers: BTreeSet::new(),
            mapped_to: HashSet::default(),
            ways: ways(source.platform),
            grantors: HashMap::default(),
            seed,
            generated: BTreeMap::new(),
            unspecified: Unspecified::default(),
            ledger,
            findings,
        }
    }

    /// Looks at all memberships and superusers before anything is taken out.
    pub(super) fn survey(&mut self, globals: &Globals) {
        for (name, role) in &globals.roles {
            if let Some(fact) = role.stated(Attribute::Superuser).filter(|fact| fact.value) {
                self.superusers.insert(name.clone(), fact.origin);
            }
        }
        let wants_admins = self.rights.is_superuser();
        if let Some(to) = self.choices.mapped(Attribute::Superuser) {
            self.mapped_to.extend(self.superusers.keys().map(|name| (name.clone(), to.clone())));
        }
        // Roles are mapped by the source's names.
        let choices = self.choices;
        let mapped = choices.map_role.iter();
        let mapped: HashMap<&Name, &Name> =
            mapped.map(|(from, to)| (choices.rename.get(from).unwrap_or(from), to)).collect();
        for (key, membership) in &globals.memberships {
            if let Some(&to) = mapped.get(&key.role) {
                self.mapped_to.insert((key.member.clone(), to.clone()));
            }
            if self.external_way(&key.role).is_some() {
                let external = External { role: key.role.clone(), direct: true };
                self.external.insert(key.member.clone(), external);
            }
            if wants_admins && membership.is_admin() {
                self.admins.insert((key.role.clone(), key.member.clone()));
            }
        }
        for key in globals.settings.keys().filter(|key| key.name.is("client_encoding")) {
            if let Some(database) = &key.database {
                self.encoded.insert((key.role.clone(), database.clone()));
            }
        }
        self.survey_external(globals);
        self.survey_labels(globals);
        self.survey_mapped(globals);
        if self.source.is_none() {
            self.suspects = Platform::shown_by(globals.roles.keys().map(Name::as_str));
        }
    }

    /// How members of a role authenticate, where not by a password: on the source's platform, or on any
    /// where it is not known.
    pub fn external_way(&self, role: &Name) -> Option<&'a str> {
        self.ways.get(role.as_str()).copied()
    }

    /// Whether a role authenticates in another way than by a password.
    pub fn is_external(&self, role: &Name) -> bool {
        self.external.contains_key(role) || self.labelled.contains_key(role)
    }

    /// Labels of such providers belong to one platform, whatever the source is.
    fn survey_labels(&mut self, globals: &Globals) {
        for (name, role) in globals.roles.iter().filter(|(_, role)| !role.labels.is_empty()) {
            let mut ways = role.labels.iter().filter_map(|(provider, label)| {
                let mut all = Platform::all().iter();
                let way = all.find_map(|it| it.label_authentication(provider.as_str()))?;
                Some(Labelled { way, origin: label.origin })
            });
            if let Some(labelled) = ways.next() {
                self.labelled.insert(name.clone(), labelled);
            }
        }
    }

    /// Whoever is a member of a mapped role, by others too, comes to be one of what it is mapped to.
    fn survey_mapped(&mut self, globals: &Globals) {
        if self.mapped_to.is_empty() {
            return;
        }
        let mut members: HashMap<&Name, Vec<&Name>> = HashMap::default();
        for key in globals.memberships.keys() {
            members.entry(&key.role).or_default().push(&key.member);
        }
        let mut next: Vec<_> = self.mapped_to.iter().cloned().collect();
        while let Some((group, to)) = next.pop() {
            for &member in members.get(&group).into_iter().flatten() {
                if self.mapped_to.insert((member.clone(), to.clone())) {
                    next.push((member.clone(), to.clone()));
                }
            }
        }
    }

    /// Who is a member of a role through others logs in as its members do.
    fn survey_external(&mut self, globals: &Globals) {
        if self.external.is_empty() {
            return;
        }
        let mut members: HashMap<&Name, Vec<&Name>> = HashMap::default();
        for key in globals.memberships.keys() {
            members.entry(&key.role).or_default().push(&key.member);
        }
        let mut next: Vec<(Name, Name)> = self
            .external
            .iter()
            .map(|(member, external)| (external.role.clone(), member.clone()))
            .collect();
        next.sort_unstable();
        while let Some((role, group)) = next.pop() {
            for member in members.remove(&group).unwrap_or_default() {
                if !self.external.contains_key(member) {
                    let external = External { role: role.clone(), direct: false };
                    self.external.insert(member.clone(), external);
                    next.push((role.clone(), member.clone()));
                }
            }
        }
    }

    /// The statement says one more thing than it spells out.
    pub fn state(&mut self, origin: Origin) {
        self.ledger.state(origin);
    }

    /// The facts that come from these statements will not be in the output.
    pub fn lose(&mut self, origins: impl IntoIterator<Item = Origin>) {
        for origin in origins {
            self.ledger.lose(origin);
        }
    }

    /// An object goes, with all that is known about it, for the reason that was reported last: the
    /// other statements that are lost with it are named with that reason too.
    pub(super) fn lose_object(&mut self, origins: impl Iterator<Item = Origin>) {
        let mut origins: Vec<_> = origins.collect();
        self.lose(origins.iter().copied());
        let Some(reason) = self.findings.last().cloned() else { return };
        origins.sort_unstable();
        origins.dedup();
        for origin in origins {
            let line = self.ledger.line(origin);
            if line != reason.line && self.ledger.fate(origin) == Some(Fate::Dropped) {
                self.findings.push(Finding { line, ..reason.clone() });
            }
        }
    }

    /// A fact that comes from this statement will be in the output in another form.
    pub fn change(&mut self, origin: Origin) {
        self.ledger.change(origin);
    }

    /// Reports a finding of the rule's own severity.
    pub fn report(
        &mut self,
        about: &'static About,
        action: Action,
        object: Subject,
        origin: Origin,
        message: impl Into<Arc<str>>,
    ) {
        self.report_as(about, about.severity, action, object, origin, message);
    }

    /// Reports a finding.
    pub fn report_as(
        &mut self,
        about: &'static About,
        severity: Severity,
        action: Action,
        object: Subject,
        origin: Origin,
        message: impl Into<Arc<str>>,
    ) {
        let line = self.ledger.line(origin);
        self.findings.push(about.finding(object, action, message).at(line).matters(severity));
    }

    /// Takes back what a rule has said of something.
    pub fn unsay(&mut self, about: &'static About, of: impl Fn(&Subject) -> bool) {
        self.findings.retain(|finding| *finding.about != *about || !of(&finding.object));
    }

    /// What the source calls a role.
    pub fn source_name<'n>(&'n self, name: &'n Name) -> &'n Name {
        let renamed = self.choices.rename.iter().find(|(_, new)| *new == name);
        renamed.map_or(name, |(old, _)| old)
    }

    /// Whether --map-role makes this role a member of that one.
    pub fn is_mapped_to(&self, name: &Name, to: &Name) -> bool {
        !self.strangers.contains(name) && self.mapped_to.contains(&(name.clone(), to.clone()))
    }

    /// Whether a role that the user left out is there all the same, on a target that was asked, and
    /// may be granted or joined.
    pub fn is_there(&self, name: &Name) -> bool {
        self.rights.has_role(name.as_str())
            && self.rights.protection(name.as_str()).is_none()
            && self.rights.platform_role(name.as_str()).is_none()
            && (!self.dropped.contains(name) || !self.choices.selects(name))
    }

    /// Why nothing on the target can refer to this role; none where it will be there, because it is
    /// carried over, or the target has it.
    pub fn missing(&self, name: &Name) -> Option<String> {
        if self.roles.contains_key(name) || self.is_there(name) {
            return None;
        }
        // A role of the source's may have the name of one that servers have come to have themselves.
        if self.dropped.contains(name) {
            return Some(match self.rights.protection(name.as_str()) {
                Some(protection) => format!("{name} is never granted or joined: {protection}"),
                None => format!("{name} is not carried over"),
            });
        }
        match self.rights.predefined(name.as_str()) {
            Predefined::Known(_) => return None,
            Predefined::Unknown { .. } => {
                return Some(format!("{} does not have {name}", self.target()));
            }
            Predefined::NotPredefined => {}
        }
        let protection = self.rights.protection(name.as_str());
        Some(if let Some(protection) = protection {
            format!("{name} is never granted or joined: {protection}")
        } else if self.rights.platform_role(name.as_str()).is_some() {
            format!("{name} is {}'s own", self.rights.platform().name())
        } else if self.rights.answers().is_some() {
            format!("the target has no role {name}")
        } else {
            format!("there is no role {name} here")
        })
    }

    /// Whether the source's platform has this role for itself, by its exact name.
    pub fn is_platform_role(&self, name: &Name) -> bool {
        self.source.is_some_and(|source| source.is_own(name.as_str()))
    }

    /// The target's platform and version, for messages.
    pub fn target(&self) -> String {
        format!("{} {}", self.rights.platform().name(), self.rights.major())
    }

    pub(super) fn finish(self) -> (Ledger, Vec<Finding>, BTreeMap<Name, Secret>, Unspecified) {
        let Self { ledger, mut findings, generated, unspecified, .. } = self;
        agree(&ledger, &mut findings);
        (ledger, findings, generated, unspecified)
    }
}

/// How members of a platform's roles authenticate, where not by a password; of any platform where it is not
/// known.
fn ways(source: Option<&Platform>) -> HashMap<&str, &str> {
    let all = source.map_or(Platform::all(), std::slice::from_ref);
    // Of two platforms that have a role of the same name, the first counts.
    all.iter().rev().flat_map(Platform::external_authentications).collect()
}

/// What is said of a role's statement is what the ledger says: where nothing of it was left, it was dropped.
fn agree(ledger: &Ledger, findings: &mut [Finding]) {
    let is_rewritten_role =
        |it: &Finding| it.action == Action::Rewritten && matches!(it.object, Subject::Role(_));
    // Whether every statement of such a line was dropped: a line can have several.
    let lines = findings.iter().filter(|it| is_rewritten_role(it)).filter_map(|it| it.line);
    let mut dropped: HashMap<u32, Option<bool>> = lines.map(|line| (line, None)).collect();
    if dropped.is_empty() {
        return;
    }
    for (line, fate) in ledger.fates() {
        if let Some(all) = dropped.get_mut(&line) {
            *all = Some(all.unwrap_or(true) && fate == Fate::Dropped);
        }
    }
    for finding in findings.iter_mut().filter(|it| is_rewritten_role(it)) {
        if finding.line.is_some_and(|line| dropped.get(&line) == Some(&Some(true))) {
            finding.action = Action::Dropped;
        }
    }
}
