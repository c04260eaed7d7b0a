//! One source and one target for hundreds of rounds: both change at random, and each copy with
//! `--existing replace` brings the target to where the source is. Not among the tests that always run:
//!
//! ```text
//! PROPTEST_CASES=500 tests/run -- --ignored --nocapture soak
//! ```
//!
//! `PROPTEST_CASES` is the number of rounds, `PROPTEST_RNG_SEED` repeats those of an earlier run.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::thread::panicking;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use super::converge::{Target, azure, plain};
use super::diff::{bare, differences_in, finding_name, is_of};
use super::edits::{self, Edit};
use super::source::{self, quoted};
use crate::support::catalog::{Catalog, assert_as_before};
use crate::support::cluster::Cluster;
use crate::support::command::{Done, Run};
use crate::support::generate;
use crate::support::platforms::aurora_like;
use crate::support::servers::client_program;

/// What can dump all of the servers.
const CLIENT: u32 = 18;

/// Fewer roles are made more.
const FEW: usize = 8;

#[test]
#[ignore = "takes long"]
fn aurora_14_to_azure_18() {
    // As its master user, who sees no verifiers.
    Soak::new(aurora_like(14), "postgres", azure(18), "azure").run();
}

#[test]
#[ignore = "takes long"]
fn plain_16_to_azure_17() {
    Soak::new(Cluster::start_with(16, "boot", &[]), "boot", azure(17), "azure").run();
}

#[test]
#[ignore = "takes long"]
fn plain_14_to_plain_18() {
    Soak::new(Cluster::start_with(14, "boot", &[]), "boot", plain(18), "postgres").run();
}

#[test]
#[ignore = "takes long"]
fn plain_16_to_plain_17() {
    Soak::new(Cluster::start_with(16, "boot", &[]), "boot", plain(17), "postgres").run();
}

struct Soak {
    from: Cluster,
    /// Who reads the source.
    reader: &'static str,
    /// The roles that the source has from the start.
    keep: BTreeSet<String>,
    target: Target,
    platform: &'static str,
}

/// What happens in one round, apart from what every one does.
#[derive(Debug)]
struct Round {
    number: u32,
    /// On the source, and more where it has few roles.
    there: Vec<Edit>,
    more: Vec<Edit>,
    /// On the target.
    here: Vec<Edit>,
    by_superuser: bool,
    /// Roles that only the target has are dropped before.
    tidy: bool,
    allow_freeze: bool,
    by_pg_dumpall: bool,
}

impl Round {
    fn any(number: u32) -> impl Strategy<Value = Self> {
        let sometimes = || prop::bool::weighted(0.25);
        let here = prop_oneof![2 => Just(Vec::new()).boxed(), 1 => edits::edits().boxed()];
        let coins = (any::<bool>(), sometimes(), any::<bool>(), sometimes());
        (edits::edits(), edits::creations(), here, coins).prop_map(
            move |(there, more, here, (by_superuser, tidy, allow_freeze, by_pg_dumpall))| Self {
                number,
                there,
                more,
                here,
                by_superuser,
                tidy,
                allow_freeze,
                by_pg_dumpall,
            },
        )
    }
}

/// What is shown where a round fails.
struct Story(String);

impl Drop for Story {
    #[allow(clippy::print_stdout, reason = "it is shown where the test fails")]
    fn drop(&mut self) {
        if panicking() {
            println!("{}", self.0);
        }
    }
}

impl Story {
    fn tell(&mut self, what: &str, text: impl std::fmt::Display) {
        let _ = writeln!(self.0, "==== {what}\n{text}");
    }
}

impl Soak {
    fn new(from: Cluster, reader: &'static str, target: Target, platform: &'static str) -> Self {
        from.sql(&from.superuser, "postgres", "CREATE DATABASE \"not there\"");
        let keep = source::roles(&from);
        Self { from, reader, keep, target, platform }
    }

    #[allow(clippy::print_stdout, reason = "it says how far it is")]
    fn run(&self) {
        let config = crate::support::seeds::random(100);
        let rounds = config.cases;
        let mut runner = TestRunner::new(config.clone());
        let globals = generate::globals().new_tree(&mut runner).unwrap().current();
        source::load(&self.from, &globals);
        let mut sent = 0;
        for number in 1..=rounds {
            let round = Round::any(number).new_tree(&mut runner).unwrap().current();
            let mut story = Story(String::new());
            let what = format!("{:?}, round {number} of {self}", config.rng_seed);
            story.tell("a round that failed", &what);
            sent += self.round(&round, &mut story);
            if number.is_multiple_of(50) {
                println!("{what}: {sent} statements up to now");
            }
        }
        assert!(sent > u64::from(rounds), "{sent}");
    }

    fn round(&self, round: &Round, story: &mut Story) -> u64 {
        let here = &self.target.cluster;
        if round.tidy {
            let (wanted, roles) = (source::roles(&self.from), source::roles(here));
            let others = roles.difference(&self.target.keep).filter(|it| !wanted.contains(*it));
            let drop = |name: &String| format!("DROP OWNED BY {0}; DROP ROLE {0}", quoted(name));
            source::try_each(here, &here.superuser, &others.map(drop).collect::<Vec<_>>());
        }
        for (what, server) in [("the source before", &self.from), ("the target before", here)] {
            let dump = server.dump_globals(CLIENT, &server.superuser, &[]);
            story.tell(what, String::from_utf8_lossy(&dump));
        }
        let (from, superuser) = (&self.from, &*self.from.superuser);
        if source::roles(from).difference(&self.keep).count() < FEW {
            let done = edits::make(from, superuser, &self.keep, &round.more);
            story.tell("made on the source", done.join(";\n"));
        }
        let done = edits::make(from, superuser, &self.keep, &round.there);
        story.tell("done on the source", done.join(";\n"));
        let by = if round.by_superuser { &*here.superuser } else { self.target.user };
        // What somebody else creates is not the administrator's: nothing could be copied to it.
        let edits = round.here.iter().filter(|edit| {
            by == self.target.user || !matches!(edit, Edit::Create(..) | Edit::Rename(..))
        });
        let edits: Vec<_> = edits.cloned().collect();
        let done = edits::make(here, by, &self.target.keep, &edits);
        story.tell(&format!("done on the target, as {by}"), done.join(";\n"));

        if round.number.is_multiple_of(4) {
            self.undo(round, story);
        }
        let (first, _) = self.copy(round, &[], story);
        assert_eq!(first["remaining"], 0);
        let (second, _) = self.copy(round, &[], story);
        assert_eq!((&second["sent"], &second["remaining"]), (&0.into(), &0.into()));
        self.compare(&second, story);
        if round.number.is_multiple_of(20) {
            self.convert(story);
        }
        first["sent"].as_u64().unwrap()
    }

    fn strings(&self) -> [String; 2] {
        let Target { cluster, user, .. } = &self.target;
        [
            self.from.connection_string(self.reader, "postgres"),
            cluster.connection_string(user, "postgres"),
        ]
    }

    fn copy(&self, round: &Round, more: &[&str], story: &mut Story) -> (Value, Done) {
        let [from, to] = self.strings();
        let run = Run::new([
            "copy",
            &from,
            &to,
            "--yes",
            "--into-older",
            "--format=json",
            "--existing=replace",
        ]);
        let run = run.arg("--allow-all-settings");
        // One that comes from the source is no sign of a platform.
        let run = if self.platform == "postgres" { run.with("--platform postgres") } else { run };
        let run = if round.by_pg_dumpall {
            run.arg("--pg-dumpall").arg(client_program(CLIENT, "pg_dumpall"))
        } else {
            run.with("--reader catalog")
        };
        let run = if round.allow_freeze { run.arg("--allow-freeze") } else { run };
        let done = more.iter().fold(run, Run::arg).done_or_different();
        story.tell("copy", &done);
        (serde_json::from_str(&done.stdout).unwrap(), done)
    }

    /// Copies, and takes it back.
    fn undo(&self, round: &Round, story: &mut Story) {
        let here = &self.target.cluster;
        let before = Catalog::of(here);
        let (report, done) = self.copy(round, &["--undo=undo.sql"], story);
        if report["sent"] == 0 {
            return;
        }
        let script = done.file("undo.sql");
        story.tell("undo", &script);
        let output = here.psql(self.target.user, &script);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !said.contains("ERROR"), "{said}");
        assert_as_before("after undo", &Catalog::of(here), &before);
    }

    /// What is different has been told.
    fn compare(&self, report: &Value, story: &mut Story) {
        let [from, to] = self.strings();
        let same = Run::new(["diff", &from, &to, "--reader=catalog", "--as", self.platform]);
        let same = same.arg("--allow-all-settings");
        let same = same.with("--format json").done_or_different();
        story.tell("diff --as", &same);
        let same: Value = serde_json::from_str(&same.stdout).unwrap();
        assert_eq!(same["differences"], Value::Array(Vec::new()));
        if self.platform == "postgres" {
            let diff = Run::new(["diff", &from, &to, "--reader=catalog", "--format=json"]);
            let diff = diff.done_or_different();
            story.tell("diff", &diff);
            self.assert_told(&serde_json::from_str(&diff.stdout).unwrap(), &[report]);
        }
    }

    /// Differences about the source's roles are those that reports name.
    fn assert_told(&self, diff: &Value, reports: &[&Value]) {
        let findings = reports.iter().flat_map(|report| report["findings"].as_array().unwrap());
        let told: BTreeSet<String> =
            findings.map(|it| bare(it["object"]["name"].as_str().unwrap())).collect();
        let names = source::roles(&self.from);
        let mut differences = differences_in(diff);
        differences.retain(|it| is_of(it, &names) && !told.contains(&bare(&finding_name(it))));
        assert_eq!(differences, BTreeSet::new());
    }

    /// A script that psql replays on a fresh server.
    fn convert(&self, story: &mut Story) {
        let major = self.target.cluster.major;
        let fresh = if self.platform == "azure" { azure(major) } else { plain(major) };
        let from = self.from.connection_string(self.reader, "postgres");
        let mut run = Run::new(["convert", &from, "-o", "out.sql", "--reader=catalog"]);
        run = run
            .with("--format json --skip tablespaces --allow-all-settings --platform")
            .arg(self.platform);
        run = run.with("--target-version").arg(major.to_string());
        for name in &fresh.keep {
            run = run.arg(format!("--exclude={name}"));
        }
        let done = run.done();
        story.tell("convert", &done);
        let script = done.file("out.sql");
        story.tell("its script", &script);
        let output = fresh.cluster.psql(fresh.user, &script);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !said.contains("ERROR"), "{said}");
        let to = fresh.cluster.connection_string(fresh.user, "postgres");
        let diff = Run::new(["diff", &from, &to, "--reader=catalog", "--as", self.platform]);
        let diff = diff.arg("--allow-all-settings");
        let diff = diff.with("--format json").done_or_different();
        story.tell("diff --as, of the fresh server", &diff);
        let converted = serde_json::from_str(&done.stderr).unwrap();
        let diff = serde_json::from_str(&diff.stdout).unwrap();
        self.assert_told(&diff, &[&converted, &diff]);
    }
}

impl std::fmt::Display for Soak {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (from, to) = (self.from.major, self.target.cluster.major);
        write!(f, "{from} to {} {to}", self.platform)
    }
}
