//! Law 4: a copy of whatever the source has leaves nothing over, and a second copy sends nothing;
//! also when the source has changed in between.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

use super::source::{self, literal, load, quoted, try_each};
use crate::support::catalog::{Catalog, Memberships, Options};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::generate;
use crate::support::platforms::azure_like;

/// A source's version, and the targets that each of its states is copied to.
macro_rules! pairs {
    ($($name:ident: $source:literal to $($target:expr),+;)*) => { $(
        #[test]
        fn $name() {
            converges($source, &[$($target),+]);
        }
    )* };
}

pairs! {
    ten: 10 to azure(12), plain(15), azure(18);
    thirteen: 13 to azure(15), plain(16), azure(16);
    fifteen: 15 to plain(12), azure(16), plain(18);
    sixteen: 16 to azure(15), plain(16), azure(18);
    eighteen: 18 to plain(15), azure(16), azure(18);
}

struct Target {
    cluster: Cluster,
    user: &'static str,
    keep: BTreeSet<String>,
}

fn azure(major: u32) -> Target {
    target(azure_like(major), "azadmin")
}

fn plain(major: u32) -> Target {
    target(Cluster::start(major), "postgres")
}

fn target(cluster: Cluster, user: &'static str) -> Target {
    let keep = source::roles(&cluster);
    Target { cluster, user, keep }
}

/// What is done to a source after it was copied.
#[derive(Clone, Debug)]
enum Edit {
    Attributes(Index, String),
    Until(Index, &'static str),
    Limit(Index, i32),
    Password(Index, Option<String>),
    Set(Index, bool, &'static str),
    Reset(Index, &'static str),
    ResetAll(Index),
    Grant(Index, Index, &'static str),
    Revoke(Index, Index, &'static str),
    Comment(Index, Option<String>),
    Drop(Index),
    Rename(Index, String),
    Create(String, String),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let attributes = select(vec![
        "LOGIN",
        "NOLOGIN",
        "INHERIT",
        "NOINHERIT",
        "CREATEDB",
        "NOCREATEDB",
        "CREATEROLE",
        "NOCREATEROLE",
        "SUPERUSER",
        "NOSUPERUSER",
        "REPLICATION",
        "NOREPLICATION",
        "BYPASSRLS",
        "NOBYPASSRLS",
    ]);
    let attributes = vec(attributes, 1..3).prop_map(|words| words.join(" ")).boxed();
    let index = any::<Index>;
    let name = || generate::name().prop_map(|name| name.as_str().to_owned());
    let comment = prop::option::of(generate::text().prop_filter("none", |text| !text.is_empty()));
    let settings = vec![
        "work_mem TO '7MB'",
        "search_path TO a, \"B c\", ''",
        "search_path TO ''",
        "statement_timeout TO '9s'",
        "default_transaction_read_only TO on",
        "log_statement TO 'none'",
        "application_name TO 'x''y'",
        "DateStyle TO 'SQL, DMY'",
    ];
    let kinds = select(vec!["", "ADMIN OPTION FOR ", "INHERIT OPTION FOR ", "SET OPTION FOR "]);
    let options = select(vec![
        "",
        " WITH ADMIN OPTION",
        " WITH INHERIT FALSE",
        " WITH SET FALSE",
        " WITH INHERIT TRUE, SET FALSE",
    ]);
    let edit = prop_oneof![
        3 => (index(), attributes.clone()).prop_map(|(at, words)| Edit::Attributes(at, words)),
        1 => (index(), select(vec!["infinity", "2031-01-01 00:00:00+00", "2001-01-01", "-infinity"]))
            .prop_map(|(at, until)| Edit::Until(at, until)),
        1 => (index(), -1..50).prop_map(|(at, limit)| Edit::Limit(at, limit)),
        2 => (index(), prop::option::of(generate::secret())).prop_map(|(at, to)| Edit::Password(at, to)),
        2 => (index(), any::<bool>(), select(settings))
            .prop_map(|(at, here, setting)| Edit::Set(at, here, setting)),
        1 => (index(), select(vec!["work_mem", "search_path", "role", "log_statement"]))
            .prop_map(|(at, setting)| Edit::Reset(at, setting)),
        1 => index().prop_map(Edit::ResetAll),
        3 => (index(), index(), options).prop_map(|(role, member, with)| Edit::Grant(role, member, with)),
        3 => (index(), index(), kinds).prop_map(|(role, member, what)| Edit::Revoke(role, member, what)),
        2 => (index(), comment).prop_map(|(at, text)| Edit::Comment(at, text)),
        1 => index().prop_map(Edit::Drop),
        1 => (index(), name()).prop_map(|(at, to)| Edit::Rename(at, to)),
        1 => (name(), attributes).prop_map(|(name, words)| Edit::Create(name, words)),
    ];
    vec(edit, 1..12)
}

impl Edit {
    /// As a statement about the roles of the source, which may be refused.
    fn statement(&self, names: &[String]) -> String {
        let role = |at: &Index| quoted(&names[at.index(names.len())]);
        match self {
            Self::Attributes(at, words) => format!("ALTER ROLE {} {words}", role(at)),
            Self::Until(at, until) => format!("ALTER ROLE {} VALID UNTIL '{until}'", role(at)),
            Self::Limit(at, limit) => format!("ALTER ROLE {} CONNECTION LIMIT {limit}", role(at)),
            Self::Password(at, None) => format!("ALTER ROLE {} PASSWORD NULL", role(at)),
            Self::Password(at, Some(to)) => {
                format!("ALTER ROLE {} PASSWORD {}", role(at), literal(to))
            }
            Self::Set(at, true, setting) => {
                format!("ALTER ROLE {} IN DATABASE postgres SET {setting}", role(at))
            }
            Self::Set(at, false, setting) => format!("ALTER ROLE {} SET {setting}", role(at)),
            Self::Reset(at, setting) => format!("ALTER ROLE {} RESET {setting}", role(at)),
            Self::ResetAll(at) => format!("ALTER ROLE {} RESET ALL", role(at)),
            Self::Grant(of, to, with) => format!("GRANT {} TO {}{with}", role(of), role(to)),
            Self::Revoke(of, from, what) => {
                format!("REVOKE {what}{} FROM {} CASCADE", role(of), role(from))
            }
            Self::Comment(at, None) => format!("COMMENT ON ROLE {} IS NULL", role(at)),
            Self::Comment(at, Some(text)) => {
                format!("COMMENT ON ROLE {} IS {}", role(at), literal(text))
            }
            Self::Drop(at) => format!("DROP ROLE {}", role(at)),
            Self::Rename(at, to) => format!("ALTER ROLE {} RENAME TO {}", role(at), quoted(to)),
            Self::Create(name, words) => format!("CREATE ROLE {} {words}", quoted(name)),
        }
    }
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
        edit(&from, &keep, &first);
        for target in targets {
            count("merge", &assert_converges(&from, target, &[]));
        }
        edit(&from, &keep, &second);
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

/// Changes the source as far as it lets itself be changed.
fn edit(from: &Cluster, keep: &BTreeSet<String>, edits: &[Edit]) {
    let names: Vec<_> = source::roles(from).difference(keep).cloned().collect();
    if names.is_empty() {
        return;
    }
    let statements: Vec<_> = edits.iter().map(|edit| edit.statement(&names)).collect();
    try_each(from, "boot", &statements);
}

/// Copies twice; gives the first report.
fn assert_converges(from: &Cluster, target: &Target, more: &[&str]) -> Value {
    let source = from.connection_string("boot", "postgres");
    let to = target.cluster.connection_string(target.user, "postgres");
    let copy = || -> Value {
        let arguments =
            [&["copy", &source, &to, "--yes", "--reader", "catalog", "--format", "json"], more]
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
                    && !is_told("membership", &format!("{member} in {role}"))
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
            let place = it.database.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
            let told = told.iter().any(|(kind, told)| {
                *kind == "setting" && told.eq_ignore_ascii_case(&format!("{role}{place}: {name}"))
            });
            (!told).then(|| (role.clone(), it.database.clone(), it.text.clone()))
        });
        all.collect()
    };
    assert_eq!(settings(&here), settings(&there), "{what}: {report:#}");
}
