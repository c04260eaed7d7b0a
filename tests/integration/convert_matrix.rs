//! `convert` on real servers: what a source has is dumped, converted, replayed with plain psql, and
//! then looked up in the target's own catalogs.
//!
//! What to expect is computed here from the source's catalogs and from short lists of what the
//! target does not take, and not by the program.

use std::collections::{BTreeMap, BTreeSet};

use pg_globals::attribute::Attribute;
use pg_globals::globals::{Fact, Globals, MembershipKey, Origin};
use pg_globals::name::Name;
use pg_globals::read::{self, read};

use crate::support::catalog::{
    Catalog, Memberships, Options, Setting, assert_same, assert_same_set,
};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::globals::{self, Made};
use crate::support::on_each_major;
use crate::support::platforms;
use crate::support::servers::{dumper, majors, pairs};

/// What Azure offers and is not out of support.
const TARGETS: [u32; 4] = [15, 16, 17, 18];

/// Scripts do not depend on the client's random key with this.
const KEY: &str = "--restrict-key=matrix";

/// The roles of Aurora itself.
const AURORA: [&str; 8] = [
    "rdsadmin",
    "rds_superuser",
    "rds_replication",
    "rds_iam",
    "rds_password",
    "rds_ad",
    "rds_extension",
    "rds_reserved",
];

/// The predefined roles that Azure's administrator is known to be able to grant.
const GRANTABLE: [&str; 8] = [
    "pg_checkpoint",
    "pg_create_subscription",
    "pg_monitor",
    "pg_read_all_data",
    "pg_read_all_settings",
    "pg_read_all_stats",
    "pg_signal_backend",
    "pg_stat_scan_tables",
];

/// Settings of the sources that only a superuser can give to a role, or of which nothing says that
/// Azure's administrator can.
const NOT_ON_AZURE: [&str; 7] = [
    "log_statement",
    "log_min_duration_statement",
    "session_replication_role",
    "local_preload_libraries",
    "myapp.tenant",
    "MyApp.CamelCase",
    "pgaudit.log",
];

/// Where it names a tablespace, which does not come along.
const TABLESPACES: &str = "temp_tablespaces";

on_each_major! { rich_to_azure customer_to_azure rich_to_plain }

fn rich_to_azure(major: u32) {
    let source = Cluster::start(major);
    let made = globals::rich(&source, "postgres");
    to_azure(&source, &made, &[]);
}

fn customer_to_azure(major: u32) {
    let source = platforms::aurora_like(major);
    let made = globals::customer(&source);
    to_azure(&source, &made, &AURORA);
}

/// Dumps with every client that can, converts for every target, and replays each script.
fn to_azure(source: &Cluster, made: &Made, own: &[&str]) {
    let catalog = Catalog::of(source);
    let pairs = pairs().into_iter().filter(|pair| pair.server == source.major);
    let dumps: Vec<_> = pairs
        .map(|pair| (pair, source.dump_globals(pair.client, &source.superuser, &[])))
        .collect();
    for target in TARGETS {
        let mut replayed = Vec::new();
        for (pair, dump) in &dumps {
            let script = convert(dump, "azure", target, &[]);
            // What is the same script does the same.
            if replayed.contains(&script) {
                continue;
            }
            let what = format!("{pair:?} to azure {target}");
            let cluster = platforms::azure_like(target);
            let before = Catalog::of(&cluster);
            let md5 = script.matches(" PASSWORD 'md5").count();
            assert_replays(&what, &cluster, "azadmin", &script, md5);
            let versions = [source.major, target];
            assert_arrived(&what, &catalog, own, &before, &Catalog::of(&cluster), versions);
            for login in made.logins {
                let tried = cluster.login(login.role, login.password.unwrap_or("x"));
                assert_eq!(tried.is_ok(), login.let_in, "{what}: {login:?}: {tried:?}");
            }
            replayed.push(script);
        }
    }
}

/// Replays a script; the only warnings are those of 18 about md5 verifiers.
fn assert_replays(what: &str, cluster: &Cluster, user: &str, script: &str, md5: usize) {
    let output = cluster.psql(user, script);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && !said.contains("ERROR:"), "{what}: {said}");
    let expected = if cluster.major < 18 { 0 } else { md5 };
    assert_eq!(said.matches("WARNING:  setting an MD5-encrypted password").count(), expected);
    assert_eq!(said.matches("WARNING:").count(), expected, "{what}: {said}");
}

/// Everything that the source had is on the target, apart from what Azure does not take.
fn assert_arrived(
    what: &str,
    source: &Catalog,
    own: &[&str],
    before: &Catalog,
    after: &Catalog,
    [source_major, target]: [u32; 2],
) {
    let goes = |name: &str| !own.contains(&name) && !name.starts_with("pg_");
    let memberships = source.memberships();
    let arrives = |role: &str, member: &str| {
        let known = target >= 16 || role != "pg_create_subscription";
        // Before 16 it takes CREATEROLE only.
        let is_old = role == "pg_write_all_data" && (14..16).contains(&target);
        let grantable = goes(role) || (GRANTABLE.contains(&role) && known) || is_old;
        grantable && (goes(member) || member.starts_with("pg_"))
    };

    let mut roles = before.roles.clone();
    for (name, role) in source.roles.iter().filter(|(name, _)| goes(name)) {
        let mut role = role.clone();
        let is_superuser = std::mem::take(&mut role.superuser);
        role.replication = false;
        role.bypassrls = false;
        // Before 16 the member's attribute decides for all of its memberships.
        let of_it = memberships.iter().filter(|((role, member), options)| {
            member == name && arrives(role, member) && options.set
        });
        // Nobody has more than on the source: before 16 it administers every role.
        role.createrole &= source_major < 16 || target >= 16 || is_superuser;
        let mut of_it = of_it.peekable();
        if target < 16 && of_it.peek().is_some() && of_it.all(|(_, options)| !options.inherit) {
            role.inherit = false;
        }
        roles.insert(name.clone(), role);
    }
    assert_same(&format!("{what}: roles"), &after.roles, &roles);

    let mut settings = before.settings.clone();
    for setting in &source.settings {
        let Some(role) = &setting.role else { continue };
        let (name, _) = setting.text.split_once('=').unwrap();
        // pg_dumpall leaves those of single databases out.
        if goes(role)
            && setting.database.is_none()
            && !NOT_ON_AZURE.contains(&name)
            && name != TABLESPACES
        {
            settings.insert(carried(setting));
        }
    }
    assert_same_set(&format!("{what}: settings"), &after.settings, &settings);

    // Since 16 the creator of a role is made a member, which may grant the role and nothing else.
    let implicit = |role: &String| (role.clone(), "azadmin".to_owned());
    let only_admin = Options { admin: true, inherit: false, set: false };
    let mut expected: Memberships = before.memberships();
    if target >= 16 {
        let created = roles.keys().filter(|name| !before.roles.contains_key(*name));
        expected.extend(created.map(|name| (implicit(name), only_admin)));
    }
    for ((role, member), options) in memberships {
        if !arrives(&role, &member) {
            continue;
        }
        let mut options = options;
        if target < 16 {
            let inherits = roles[&member].inherit;
            // What cannot be said is left out rather than made wider.
            if !options.set || (inherits && !options.inherit) {
                continue;
            }
            options.inherit = inherits;
        }
        expected.insert((role, member), options);
    }
    assert_same(&format!("{what}: memberships"), &after.memberships(), &expected);
    assert_same_set(&format!("{what}: the rest"), &after.others, &before.others);
}

/// An empty list is written as a list of one empty name.
fn carried(setting: &Setting) -> Setting {
    let text = if setting.text == "search_path=" {
        "search_path=\"\"".to_owned()
    } else {
        setting.text.clone()
    };
    Setting { text, ..setting.clone() }
}

fn convert(dump: &[u8], platform: &str, target: u32, more: &[&str]) -> String {
    let target = target.to_string();
    let arguments = ["convert", "-", "-p", platform, "--target-version", &target];
    Run::new([&arguments, more].concat()).stdin(dump).done().stdout
}

/// To servers of one's own as a superuser: nothing is lost but what the version cannot express.
fn rich_to_plain(major: u32) {
    let source = Cluster::start(major);
    let made = globals::rich(&source, "postgres");
    let space = made.tablespace.unwrap();
    let dump = String::from_utf8(source.dump_globals(dumper(major), "postgres", &[KEY])).unwrap();
    let mut targets: BTreeSet<u32> = majors().collect();
    if std::env::var_os("PG_GLOBALS_ALL_PAIRS").is_none() {
        let next = [major - 1, major, major + 1, 18, if major >= 18 { 10 } else { 18 }];
        targets.retain(|target| next.contains(target));
    }
    for target in targets {
        let what = format!("{major} to {target}");
        let cluster = Cluster::start(target);
        let directory = cluster.new_directory("odd space");
        let dump = dump.replace(space.to_str().unwrap(), directory.to_str().unwrap());
        let script = convert(dump.as_bytes(), "postgres", target, &[]);
        let md5 = script.matches(" PASSWORD 'md5").count();
        assert_replays(&what, &cluster, "postgres", &script, md5);
        let again =
            String::from_utf8(cluster.dump_globals(dumper(target), "postgres", &[KEY])).unwrap();
        let dump = without_libraries(&dump);
        if target == major {
            let difference = difference(&dump, &again);
            // The one setting that no server before 19 can be given by a dump; one empty name is as good
            // as none.
            let none = if major < 19 { "" } else { "NULL" };
            let empty = [
                format!("-ALTER ROLE \"1st\" SET search_path TO {none};"),
                "+ALTER ROLE \"1st\" SET search_path TO '';".to_owned(),
            ];
            assert_eq!(difference, empty, "{what}");
        }
        assert_models(&what, &model(&again), &expressed(model(&dump), major, target));
    }
}

/// Without what could shut everybody out where a library is missing.
fn without_libraries(dump: &str) -> String {
    let lines = dump.split_inclusive('\n');
    lines.filter(|line| !line.contains(" SET local_preload_libraries TO ")).collect()
}

/// The statements that only one of two dumps has, in whatever order they stand.
fn difference(before: &str, after: &str) -> Vec<String> {
    let lines = |text: &str| text.split('\n').map(str::to_owned).collect::<BTreeSet<_>>();
    let (before, after) = (lines(before), lines(after));
    let gone = before.difference(&after).map(|line| format!("-{line}"));
    gone.chain(after.difference(&before).map(|line| format!("+{line}"))).collect()
}

/// A dump's globals, with what older servers do not state.
fn model(dump: &str) -> Globals {
    let mut globals = read(dump.as_bytes(), read::Options::default()).unwrap().globals;
    let fact = |value| Some(Fact::new(value, Origin::LIVE));
    for (mut key, mut membership) in std::mem::take(&mut globals.memberships) {
        let member = globals.roles.get(&key.member);
        let inherits = member.is_none_or(|member| member.has(Attribute::Inherit));
        membership.admin = fact(membership.is_admin());
        membership.inherit = membership.inherit.or(fact(inherits));
        membership.set = membership.set.or(fact(true));
        // Who replays a script is the grantor of what names none.
        key.grantor = key.grantor.filter(|grantor| grantor.as_str() != "postgres");
        globals.memberships.insert(key, membership);
    }
    globals
}

/// What a server of this version can express of it.
fn expressed(mut globals: Globals, source: u32, target: u32) -> Globals {
    let since = |role: &Name| match role.as_str() {
        "pg_signal_autovacuum_worker" => 18,
        "pg_maintain" => 17,
        "pg_create_subscription" => 16,
        "pg_checkpoint" => 15,
        "pg_read_all_data" | "pg_write_all_data" => 14,
        "pg_read_server_files" | "pg_execute_server_program" => 11,
        _ => 10,
    };
    globals.memberships.retain(|key, _| since(&key.role) <= target);
    if target < 15 {
        globals.parameters.clear();
    }
    if target >= 19 {
        // No name has a line break there.
        let is_taken = |name: &Name| !name.as_str().contains('\n');
        globals.roles.retain(|name, _| is_taken(name));
        globals.memberships.retain(|key, _| is_taken(&key.role) && is_taken(&key.member));
        globals.settings.retain(|key, _| key.role.as_ref().is_none_or(is_taken));
        globals.parameters.retain(|key, _| key.grantee.role().is_none_or(is_taken));
    }
    if target >= 16 {
        return globals;
    }
    if source >= 16 {
        // It would administer every role there.
        let roles = globals.roles.values_mut().filter(|role| !role.has(Attribute::Superuser));
        for role in roles.filter(|role| role.has(Attribute::CreateRole)) {
            role.set(Attribute::CreateRole, Some(Fact::new(false, Origin::LIVE)));
        }
    }
    // One membership a role and member, whose member's attribute says whether it inherits.
    let fact = |value| Some(Fact::new(value, Origin::LIVE));
    let value = |fact: Option<Fact<bool>>| fact.unwrap().value;
    let mut united: BTreeMap<(Name, Name), (MembershipKey, Options)> = BTreeMap::new();
    for (mut key, membership) in std::mem::take(&mut globals.memberships) {
        // pg_dumpall does not state it there: what it has may be a role that is gone.
        key.grantor = None;
        let names = (key.role.clone(), key.member.clone());
        let (_, options) = united.entry(names).or_insert((key, Options::default()));
        options.admin |= value(membership.admin);
        options.inherit |= value(membership.inherit);
        options.set |= value(membership.set);
    }
    for (name, role) in &mut globals.roles {
        let of_it = united.values().filter(|(key, options)| key.member == *name && options.set);
        let mut of_it = of_it.peekable();
        if of_it.peek().is_some() && of_it.all(|(_, options)| !options.inherit) {
            role.set(Attribute::Inherit, fact(false));
        }
    }
    for (key, options) in united.into_values() {
        let member = globals.roles.get(&key.member);
        let inherits = member.is_none_or(|member| member.has(Attribute::Inherit));
        if !options.set || (inherits && !options.inherit) {
            continue;
        }
        let membership = globals.memberships.entry(key).or_default();
        membership.admin = fact(options.admin);
        membership.inherit = fact(inherits);
        membership.set = fact(true);
    }
    globals
}

fn assert_models(what: &str, got: &Globals, expected: &Globals) {
    assert_same(&format!("{what}: roles"), &got.roles, &expected.roles);
    assert_same(&format!("{what}: memberships"), &got.memberships, &expected.memberships);
    assert_same(&format!("{what}: settings"), &got.settings, &expected.settings);
    assert_same(&format!("{what}: parameters"), &got.parameters, &expected.parameters);
    assert_same(&format!("{what}: tablespaces"), &got.tablespaces, &expected.tablespaces);
}
