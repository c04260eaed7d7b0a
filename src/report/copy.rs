//! The report of a copy: what is planned, what was done, and what is left.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::io;

use serde::{Deserialize, Serialize};

use super::describe::{Action, action, describe};
use super::document::{Document, Look};
use super::graph::Graph;
use super::page::{self, Block, Page, Run, Section, State, Tone, reasons, row, to_do};
use super::parts::findings;
use super::parts::look::bold;
use super::parts::places::{Place, UNKNOWN, places};
use super::selected::Selected;
use crate::blocks::Blocks;
use crate::finding::{Finding, Severity, Subject};
use crate::globals::{Change, Password};
use crate::name::Name;
use crate::plan::{Approval, Loss, TakeBack};
use crate::words::{plural, visible};

/// How many changes of a kind are shown where the list is shortened.
const SHOWN: usize = 10;

/// What a copy did.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CopyReport {
    /// The version of this format.
    pub format_version: u32,
    /// Where the globals come from.
    pub source: Place,
    /// Where they go.
    pub target: Place,
    /// Whether nothing was left on the target on purpose.
    pub dry_run: bool,
    /// Why source and target look swapped; none where they do not, or it is meant.
    pub swapped: Option<String>,
    /// Which roles some databases need, where only those are wanted.
    pub selected: Option<Selected>,
    /// The plan's fingerprint, which `--expect-plan` takes.
    pub fingerprint: String,
    /// What the fingerprint covers, but for passwords.
    pub plan: PlannedStatements,
    /// What was to be done.
    pub changes: Vec<PlannedChange>,
    /// How many statements changed something.
    pub sent: usize,
    /// How many differences are left that should not be.
    pub remaining: usize,
    /// How many things the target has beyond the source, which stay.
    pub extra: usize,
    /// How many roles only the target has, which are never touched.
    pub target_only: usize,
    /// How many settings wait for their database.
    pub deferred: usize,
    /// How many changes the user would have to allow.
    pub withheld: usize,
    /// How many changes the target refuses.
    pub refused: usize,
    /// How many roles' verifiers cannot be compared.
    pub unverifiable: usize,
    /// What restoring the databases loses because a role is missing.
    pub losses: Vec<Loss>,
    /// What was done for a restore, and has to be taken back after it.
    pub take_back: Outstanding,
    /// What there is to say about single objects.
    pub findings: Vec<Finding>,
    /// How many reasons there are to send nothing at all. They stand among the findings.
    #[serde(skip)]
    pub obstacles: usize,
    /// When and how it was made.
    #[serde(skip)]
    pub run: Run,
    /// The digest of the dump that was read, in hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_sha256: Option<String>,
    /// What a report for people has beyond this.
    #[serde(skip)]
    pub state: CopyState,
}

/// What a report for people has beyond that of programs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CopyState {
    /// The roles as the target is to have them.
    pub carried: Option<State>,
    /// These roles on the target, as it was.
    pub before: Option<State>,
    /// These roles on the target, as it is now.
    pub after: Option<State>,
    /// The source's memberships, and what is left out of them.
    pub graph: Option<Graph>,
}

/// What a page holds for `--expect-plan`.
#[derive(Serialize)]
struct InPage<'a> {
    fingerprint: &'a str,
    plan: &'a PlannedStatements,
}

/// A plan as it is sent.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlannedStatements {
    /// The server: its `system_identifier`, or its address where it does not tell that.
    pub server: String,
    /// Who changes it.
    pub user: String,
    /// The statements in their order; in the place of passwords stand their kinds.
    pub statements: Vec<String>,
    /// The statements that would give back what was there before.
    pub undo: Vec<String>,
}

impl From<&Approval> for PlannedStatements {
    fn from(approval: &Approval) -> Self {
        let Approval { server, user, statements, undo, .. } = approval;
        Self {
            server: server.clone(),
            user: user.as_str().to_owned(),
            statements: statements.clone(),
            undo: undo.clone(),
        }
    }
}

/// What was done for a restore, and has to be taken back after it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Outstanding {
    /// The owners that the connected role is a member of.
    pub owners: Vec<String>,
    /// The roles that stand for others.
    pub stand_ins: Vec<String>,
    /// The roles that inherit from the owner of a schema.
    pub inheriting: Vec<String>,
    /// The file that takes it back, where this run writes one.
    pub file: Option<String>,
}

impl Outstanding {
    /// What a plan leaves outstanding.
    pub fn of(what: &TakeBack, file: Option<String>) -> Self {
        let names = |roles: &mut dyn Iterator<Item = &Name>| -> Vec<String> {
            roles.map(|name| name.as_str().to_owned()).collect()
        };
        let inheriting: BTreeSet<_> = what.within.iter().map(|(_, member)| member).collect();
        Self {
            owners: names(&mut what.owners.iter()),
            stand_ins: names(&mut what.stand_ins.iter()),
            inheriting: names(&mut inheriting.into_iter()),
            file,
        }
    }
}

/// A change that was planned.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlannedChange {
    /// What is done.
    pub action: Action,
    /// To what.
    pub object: Subject,
    /// In words, without passwords and verifiers.
    pub description: String,
    /// Whether it is about something that is there before.
    #[serde(skip)]
    pub to_existing: bool,
    /// Whether it is the password of a role that is made.
    #[serde(skip)]
    pub of_new_role: bool,
    /// Whether it takes a password's place.
    #[serde(skip)]
    pub replaces_password: bool,
}

impl PlannedChange {
    /// The changes in words.
    pub fn all(changes: &[Change]) -> Vec<Self> {
        let created: BTreeSet<_> = changes.iter().filter_map(Change::creates).collect();
        let planned = |change: &Change| Self {
            action: action(change),
            object: change.object(),
            description: describe(change),
            to_existing: !matches!(
                change,
                Change::CreateRole { .. } | Change::CreateTablespace { .. }
            ) && change.role().is_none_or(|role| !created.contains(role)),
            of_new_role: matches!(change, Change::Password { role, .. } if created.contains(role)),
            replaces_password: matches!(
                change,
                Change::Password { from: Password::Is(_) | Password::Unknown, .. }
            ),
        };
        changes.iter().map(planned).collect()
    }
}

impl CopyReport {
    fn page(&self) -> Page<'_> {
        let mut facts = vec![
            ("source".to_owned(), self.source.line(UNKNOWN)),
            ("target".to_owned(), self.target.line(UNKNOWN)),
        ];
        facts.extend(
            self.source_sha256.iter().map(|it| ("SHA-256 of the source".to_owned(), it.clone())),
        );
        facts.push(("changed server".to_owned(), self.plan.server.clone()));
        if !self.plan.statements.is_empty() {
            facts.push(("fingerprint of the plan".to_owned(), self.fingerprint.clone()));
        }
        facts.extend(self.selected.iter().map(|it| ("selected".to_owned(), it.line())));
        facts.extend(take_back(self).map(|it| ("to take back".to_owned(), it)));
        let errors = self.findings.iter().any(|it| it.severity == Severity::Error);
        let tone = match (self.remaining, errors) {
            (0, false) => Tone::Good,
            (0, true) => Tone::Fair,
            _ => Tone::Bad,
        };
        let is_stopped = self.sent == 0 && self.remaining > 0 && !self.dry_run;
        let verdict = if self.obstacles > 0 || is_stopped {
            format!("nothing was sent{}", above(&self.findings))
        } else {
            result(self) + &above(&self.findings)
        };
        let verdict = verdict.trim_end_matches(" above").to_owned();
        let sections = [
            to_do(&self.findings),
            self.state.carried.as_ref().and_then(|it| it.table("Roles that are carried over")),
            reasons(&self.findings),
            self.planned(),
            self.state.graph.as_ref().and_then(Graph::section),
            self.before_and_after(),
            self.selected.as_ref().and_then(Selected::section),
        ];
        let plan = InPage { fingerprint: &self.fingerprint, plan: &self.plan };
        Page {
            title: "Copy of the globals",
            verdict,
            tone,
            run: &self.run,
            facts,
            sections: sections.into_iter().flatten().collect(),
            plan: serde_json::to_string(&plan).ok(),
        }
    }

    /// What is to be changed, and the statements.
    fn planned(&self) -> Option<Section> {
        if self.changes.is_empty() {
            return None;
        }
        let title = if self.dry_run { "What would be changed" } else { "What was to be changed" };
        let rows = self.changes.iter().map(|change| {
            let existing = if change.to_existing { "existing" } else { "new" };
            row([
                existing.into(),
                change.object.to_string().into(),
                change.description.clone().into(),
            ])
        });
        let mut section =
            Section::new(title).with(Block::Table(vec!["", "object", "change"], rows.collect()));
        for (title, statements) in [
            ("The statements, in the order in which they are sent", &self.plan.statements),
            ("The statements that give back what was there before", &self.plan.undo),
        ] {
            if !statements.is_empty() {
                section.blocks.push(Block::Statements(title.to_owned(), statements.clone()));
            }
        }
        Some(section)
    }

    fn before_and_after(&self) -> Option<Section> {
        let before = self.state.before.as_ref()?;
        if let Some(after) = &self.state.after {
            return Some(before.until(after));
        }
        let mut section = before.table("The target's roles of these names, as they are")?;
        section.blocks.push(Block::Text("Nothing is left on the target.".to_owned()));
        Some(section)
    }

    /// Writes what will be done, for whoever has to agree.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn plan(&self, look: Look, to: &mut dyn io::Write) -> io::Result<()> {
        let mut out = Blocks::new(to);
        // Writing to a String cannot fail.
        let _ = head(self, &mut out.text);
        findings::all(&self.findings, look, &mut out)?;
        findings::lead_on(&self.findings, look, &mut out.text);
        let mut list = String::new();
        let _ = self.changes(look, &mut list);
        out.text.push_str(&list);
        findings::errors_again(&self.findings, list.matches('\n').count(), look, &mut out)?;
        if !self.plan.statements.is_empty() {
            let bold = bold(look.colours);
            let _ = writeln!(out.text, "\n{bold}fingerprint{bold:#}: {}", self.fingerprint);
        }
        out.finish()
    }

    /// The changes: first how many, then which.
    fn changes(&self, look: Look, out: &mut String) -> fmt::Result {
        let above = above(&self.findings);
        let bold = bold(look.colours);
        if self.changes.is_empty() {
            let nothing = if self.obstacles == 0 { "nothing to do" } else { "nothing is sent" };
            return writeln!(out, "\n{bold}plan{bold:#}: {nothing}{above}");
        }
        let is_new_role = |it: &&PlannedChange| {
            it.action == Action::Create && matches!(it.object, Subject::Role(_))
        };
        let (old, new): (Vec<_>, Vec<_>) = self.changes.iter().partition(|it| it.to_existing);
        let roles = new.iter().copied().filter(is_new_role).count();
        let replaced = self.changes.iter().filter(|it| it.replaces_password).count();
        write!(out, "\n{bold}plan{bold:#}: {}", plural(self.changes.len(), "change"))?;
        let passwords = self.changes.iter().filter(|it| it.of_new_role).count();
        if passwords > 0 {
            write!(out, ", {} of new roles among them", plural(passwords, "password"))?;
        }
        write!(out, "; {} to create", plural(roles, "role"))?;
        write!(out, ", {} to what exists", plural(old.len(), "change"))?;
        if replaced > 0 {
            write!(out, ", {} replaced", plural(replaced, "password"))?;
        }
        writeln!(out, "{above}")?;
        for (title, list) in [("new", new), ("existing", old)] {
            if list.is_empty() {
                continue;
            }
            writeln!(out, "{title}:")?;
            let shown = if look.shorten && list.len() > SHOWN + 1 { SHOWN } else { list.len() };
            for change in &list[..shown] {
                writeln!(out, "  {}", change.description)?;
            }
            if shown < list.len() {
                let more = list.len() - shown;
                let pager = look.pager;
                writeln!(out, "  … and {more} more: {pager}, or --report FILE has them all")?;
            }
        }
        Ok(())
    }

    /// Writes what was done.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn result(&self, look: Look, to: &mut dyn io::Write) -> io::Result<()> {
        let bold = bold(look.colours);
        let text = result(self) + &above(&self.findings);
        let (title, rest) = text.split_once(':').unwrap_or_default();
        writeln!(to, "\n{bold}{title}{bold:#}:{rest}")?;
        // Who reads the last line only has to see it, too.
        if let (true, Some(why)) = (self.dry_run, &self.swapped) {
            writeln!(to, "{bold}are source and target swapped?{bold:#} {}", visible(why))?;
        }
        match take_back(self) {
            Some(text) => writeln!(to, "{bold}to take back{bold:#}: {text}"),
            None => Ok(()),
        }
    }

    /// Writes what the target had to say while it was done.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn news(news: &[Finding], look: Look, to: &mut dyn io::Write) -> io::Result<()> {
        let mut out = Blocks::new(to);
        findings::all(news, look, &mut out)?;
        out.finish()
    }
}

impl Document for CopyReport {
    fn text(&self, look: Look, to: &mut dyn io::Write) -> io::Result<()> {
        self.plan(look, to)?;
        self.result(look, to)
    }

    fn markdown(&self, to: &mut dyn io::Write) -> io::Result<()> {
        page::markdown(&self.page(), to)
    }

    fn html(&self, to: &mut dyn io::Write) -> io::Result<()> {
        page::html(&self.page(), to)
    }
}

/// How many errors and warnings there are, which may stand far above; nothing where there are none.
fn above(findings: &[Finding]) -> String {
    let count = |severity| findings.iter().filter(|it| it.severity == severity).count();
    let all = [(count(Severity::Error), "error"), (count(Severity::Warning), "warning")];
    let some = all.into_iter().filter(|(count, _)| *count > 0);
    let words = some.map(|(count, what)| plural(count, what)).collect::<Vec<_>>().join(" and ");
    if words.is_empty() { words } else { format!("; {words} above") }
}

fn head(report: &CopyReport, out: &mut String) -> fmt::Result {
    // Whoever has swapped the two sees it here, if anywhere.
    let changed =
        if report.dry_run { "target, changed and rolled back" } else { "target, changed" };
    places([("source, only read", &report.source), (changed, &report.target)], UNKNOWN, out)?;
    if let Some(why) = &report.swapped {
        writeln!(out, "are source and target swapped? {}", visible(why))?;
    }
    if let Some(selected) = &report.selected {
        selected.text(out);
    }
    Ok(())
}

/// What has to be taken back after the restore, and how; nothing where there is nothing.
fn take_back(report: &CopyReport) -> Option<String> {
    let Outstanding { owners, stand_ins, inheriting, file } = &report.take_back;
    let user = Name::new(report.target.user.as_deref().unwrap_or_default());
    let mut parts = Vec::new();
    if !owners.is_empty() {
        parts.push(format!("{user} is a member of {}", plural(owners.len(), "owner")));
    }
    match stand_ins.len() {
        0 => {}
        1 => parts.push("1 stand-in exists".to_owned()),
        count => parts.push(format!("{count} stand-ins exist")),
    }
    match inheriting.len() {
        0 => {}
        1 => parts.push("1 role inherits from the owner of a schema".to_owned()),
        count => parts.push(format!("{count} roles inherit from owners of schemas")),
    }
    // Nothing was done.
    if parts.is_empty() || report.dry_run {
        return None;
    }
    let how = match file {
        Some(file) => format!("psql -f {file}"),
        None => "psql -f the file of --for-restore; copy with --for-restore and a new name writes it again"
            .to_owned(),
    };
    Some(format!("{}: after the restore, {how}", parts.join(", and ")))
}

/// What was done, in one line.
fn result(report: &CopyReport) -> String {
    let title = if report.dry_run { "dry run" } else { "done" };
    let mut out = format!("{title}: {}", plural(report.sent, "statement"));
    out.push_str(if report.dry_run { " taken, and rolled back" } else { " sent" });
    let _ = write!(out, ", {} remaining", report.remaining);
    for (count, what) in [
        (report.extra, "extra"),
        (report.target_only, "on the target only"),
        (report.deferred, "deferred"),
        (report.withheld, "withheld"),
        (report.refused, "refused"),
        (report.unverifiable, "unverifiable"),
    ] {
        if count > 0 {
            let _ = write!(out, ", {count} {what}");
        }
    }
    out
}
