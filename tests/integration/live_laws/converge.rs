//! Law 4: a copy of whatever the source has leaves nothing over, and a second copy sends nothing;
//! also when the source has changed in between.

use pg_globals::name::Name;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::Value;

use super::edits::{self, edits};
use super::source::{self, load};
use crate::support::catalog::{Catalog, Memberships, Options};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::generate;
use crate::support::platforms::azure_like;
use crate::support::servers::is_there;

/// A source's version, and the targets that each of its states is copied to.
macro_rules! pairs {
    ($($name:ident: $source:literal to $($target:expr),+;)*) => { $(
        #[test]
        fn $name() {
            if is_there($source) {
                converges($source, &[$($target),+]);
            }
        }
    )* };
}

pairs! {
    ten: 10 to azure(12), plain(15), azure(18);
    thirteen: 13 to azure(15), plain(16), azure(16);
    fifteen: 15 to plain(12), azure(16), plain(18);
    sixteen: 16 to azure(15), plain(16), azure(18);
    eighteen: 18 to plain(15), azure(16), azure(18);
    nineteen: 19 to plain(15), azure(18), plain(19);
}

/// A target, and the roles that it has from the start.
pub(super) struct Target {
    pub cluster: Cluster,
    pub user: &'static str,
    pub keep: BTreeSet<String>,
}

pub(super) fn azure(major: u32) -> Target {
    target(azure_like(major), "azadmin")
}

pub(super) fn plain(major: u32) -> Target {
    target(Cluster::start(major), "postgres")
}

fn target(cluster: Cluster, user: &'static str) -> Target {
    let keep = source::roles(&cluster);
    Target { cluster, user, keep }
}

fn converges(major: u32, targets: &[Target]) {
    // Its superuser's name is none of those that are generated.
    let from = Cluster::start_with(major, "boot", &[]);
    let keep = source::roles(&from);
    let sent = RefCell::new(BTreeMap::new());
    let config = super::config(4);
    proptest!(config, |(globals in generate::globals(), first in edits(), second in edits())| {
        source::reset(&from, &keep);
        for target in targets {
            source::reset(&target.cluster, &target.keep);
        }
        load(&from, &globals);
        let count = |what: &'static str, report: &Value| {
            *sent.borrow_mut().entry(what).or_insert(0) += report["sent"].as_u64().unwrap();
        };
        for target in targets {
            count("new", &assert_converges(&from, target, &[]));
        }
        edits::make(&from, "boot", &keep, &first);
        for target in targets {
            count("merge", &assert_converges(&from, target, &[]));
        }
        edits::make(&from, "boot", &keep, &second);
        for target in targets {
            let more = ["--existing", "replace", "--allow-freeze"];
            let report = assert_converges(&from, target, &more);
            assert_replaced(&from, target, &report);
            count("replace", &report);
        }
    });
    let sent = sent.into_inner();
    assert!(["new", "merge", "replace"].iter().all(|what| sent[what] > 0), "{sent:?}");
}

/// Copies twice; gives the first report.
fn assert_converges(from: &Cluster, target: &Target, more: &[&str]) -> Value {
    let source = from.connection_string("boot", "postgres");
    let to = target.cluster.connection_string(target.user, "postgres");
    let copy = || -> Value {
        let arguments = [
            &[
                "copy",
                &source,
                &to,
                "--yes",
                "--into-older",
                "--reader",
                "catalog",
                "--format",
                "json",
            ],
            more,
        ]
        .concat();
        serde_json::from_str(&Run::new(arguments).done().stdout).unwrap()
    };
    let first = copy();
    let what = format!("{} to {} {}", from.major, target.user, target.cluster.major);
    assert_eq!(first["remaining"], 0, "{what}: {first:#}");
    let second = copy();
    assert_eq!(second["sent"], 0, "{what}: {second:#}");
    assert_eq!(second["remaining"], 0, "{what}: {second:#}");
    first
}

/// The roles that both have are the same, apart from what the report tells.
fn assert_replaced(from: &Cluster, target: &Target, report: &Value) {
    let (there, here) = (Catalog::of(from), Catalog::of(&target.cluster));
    let what = format!("{} to {} {}", from.major, target.user, target.cluster.major);
    // What something is said of may be different.
    let told: BTreeSet<(&str, &str)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let object = &it["object"];
            (object["kind"].as_str().unwrap(), object["name"].as_str().unwrap())
        })
        .collect();
    let is_told = |kind: &str, name: &str| told.contains(&(kind, name));
    let common: BTreeSet<&String> = there
        .roles
        .keys()
        .filter(|name| !target.keep.contains(*name) && here.roles.contains_key(*name))
        .collect();
    for name in &common {
        if is_told("role", name) {
            continue;
        }
        let (mut was, mut is) = (there.roles[*name].clone(), here.roles[*name].clone());
        // What an administrator may not take away stays, and is not lost on the way here.
        if target.user != target.cluster.superuser {
            is.superuser = was.superuser;
            is.replication = was.replication;
            is.bypassrls = was.bypassrls;
        }
        // Where pg_authid is closed, whether there is a password cannot be seen.
        let closed = target.user != target.cluster.superuser && target.cluster.major < 14;
        if closed && was.password.is_none() {
            is.password = None;
        }
        if is_told("comment", name) {
            is.comment.clone_from(&was.comment);
        }
        let endless = |until: &mut Option<String>| {
            until.take_if(|until| until == "infinity");
        };
        endless(&mut was.valid_until);
        endless(&mut is.valid_until);
        assert_eq!(is, was, "{what}: {name}: {report:#}");
    }
    let of_common = |all: Memberships| -> Memberships {
        all.into_iter()
            .filter(|((role, member), _)| {
                common.contains(role)
                    && common.contains(member)
                    && !is_told("membership", &format!("{} in {}", quoted(member), quoted(role)))
                    && !is_told("role", member)
            })
            .collect()
    };
    let (was, is) = (of_common(there.memberships()), of_common(here.memberships()));
    let pairs = |all: &Memberships| -> BTreeMap<(String, String), (bool, Option<Options>)> {
        let full = from.major >= 16 && target.cluster.major >= 16;
        all.iter().map(|(key, it)| (key.clone(), (it.admin, full.then_some(*it)))).collect()
    };
    assert_eq!(pairs(&is), pairs(&was), "{what}: {report:#}");
    let settings = |catalog: &Catalog| -> BTreeSet<(String, Option<String>, String)> {
        let all = catalog.settings.iter().filter_map(|it| {
            let role = it.role.as_ref().filter(|role| common.contains(role))?;
            let (name, _) = it.text.split_once('=')?;
            let place =
                it.database.as_ref().map(|it| format!(" in {}", quoted(it))).unwrap_or_default();
            // Capitals of a setting's name need no quotes.
            let is_plain =
                |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '$' | '-');
            let setting = if name.chars().all(is_plain) { name.to_owned() } else { quoted(name) };
            let shown = format!("{}{place}: {setting}", quoted(role));
            let told = told
                .iter()
                .any(|(kind, told)| *kind == "setting" && told.eq_ignore_ascii_case(&shown));
            (!told).then(|| (role.clone(), it.database.clone(), it.text.clone()))
        });
        all.collect()
    };
    assert_eq!(settings(&here), settings(&there), "{what}: {report:#}");
}

/// A name among others, as findings have it in JSON.
fn quoted(name: &str) -> String {
    if Name::new(name).to_string() == name {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}
