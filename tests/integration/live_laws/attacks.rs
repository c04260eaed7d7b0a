//! Laws 7 and 8 on live targets: whoever controls the source gains nothing on the target, and those
//! who hold the ladder there are left alone. Sources are generated.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use pg_globals::globals::script::Shape;
use pg_globals::globals::{Globals, SettingName};
use pg_globals::name::Name;
use pg_globals::script::{Title, render as render_script};
use pg_globals::sql::{self, Statement};
use pg_globals::version::Major;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::ladder::{LONG, Ladder, Target, azure, closed, plain, rights};
use super::source::{self, each, literal, load, quoted, try_each};
use crate::support::catalog::{Catalog, Grant, Role};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::generate;

/// What is copied, and how.
#[derive(Clone, Debug)]
struct Attack {
    globals: Globals,
    /// Roles that get names of the target's.
    disguises: Vec<(Index, &'static str)>,
    /// More memberships, between roles of these names and others.
    grants: Vec<(Who, Who, &'static str)>,
    settings: Vec<(Who, &'static str, Who)>,
    options: Vec<Choice>,
    /// From a dump, in which some statements are missing.
    dump: Option<Vec<bool>>,
}

#[derive(Clone, Debug)]
enum Who {
    Named(&'static str),
    Generated(Index),
}

#[derive(Clone, Debug)]
enum Choice {
    Only(Who),
    Exclude(Who),
    Rename(Index, &'static str),
    Map(Who, &'static str),
    Plain(&'static str),
}

const NAMES: [&str; 17] = [
    "azadmin",
    "azadmin2",
    "dbas",
    "deputy",
    LONG,
    "stand_in",
    "rooter",
    "rooter_member",
    "azure_pg_admin",
    "azuresu",
    "replication",
    "postgres",
    "shop",
    "clerk",
    "pg_monitor",
    "pg_read_all_stats",
    "pg_signal_backend",
];

fn attack() -> impl Strategy<Value = Attack> {
    let name = || select(NAMES.to_vec());
    let who = || prop_oneof![name().prop_map(Who::Named), any::<Index>().prop_map(Who::Generated)];
    let with = select(vec!["", "", " WITH ADMIN OPTION"]);
    let settings = select(vec![
        "role",
        "session_authorization",
        "session_preload_libraries",
        "local_preload_libraries",
        "search_path",
        "default_transaction_read_only",
    ]);
    let choice = prop_oneof![
        who().prop_map(Choice::Only),
        who().prop_map(Choice::Exclude),
        (any::<Index>(), name()).prop_map(|(at, name)| Choice::Rename(at, name)),
        (who(), name()).prop_map(|(who, name)| Choice::Map(who, name)),
        select(vec![
            "--existing=replace",
            "--allow-freeze",
            "--passwords=resend",
            "--widen",
            "--map-role=SUPERUSER=azadmin2",
            "--map-role=SUPERUSER=rooter",
            "--for-restore=own.sql",
        ])
        .prop_map(Choice::Plain),
    ];
    (
        generate::globals(),
        vec((any::<Index>(), name()), 0..4),
        vec((who(), who(), with), 0..8),
        vec((who(), settings, who()), 0..3),
        vec(choice, 0..3),
        prop::option::of(vec(prop::bool::weighted(0.9), 60)),
    )
        .prop_map(|(globals, disguises, grants, settings, options, dump)| Attack {
            globals,
            disguises,
            grants,
            settings,
            options,
            dump,
        })
}

impl Attack {
    /// Makes the source.
    fn load(&self, from: &Cluster) {
        let mut globals = self.globals.clone();
        // Statements that a server refuses say nothing here.
        globals.settings.retain(|key, _| key.name != SettingName::new("local_preload_libraries"));
        for (at, name) in &self.disguises {
            let names: Vec<_> = globals.roles.keys().cloned().collect();
            let to = Name::new(name);
            if !globals.roles.contains_key(&to) && !name.starts_with("pg_") {
                globals.rename_all(&[(names[at.index(names.len())].clone(), to)].into());
            }
        }
        globals.sort();
        load(from, &globals);
        let mut statements = Vec::new();
        for (role, member, with) in &self.grants {
            let names = [role, member].map(|who| Self::name(who, &globals));
            statements
                .extend(names.iter().map(|name| format!("CREATE ROLE {} LOGIN", quoted(name))));
            let [role, member] = names.map(|name| quoted(&name));
            statements.push(format!("GRANT {role} TO {member}{with}"));
        }
        for (whose, setting, value) in &self.settings {
            let value = literal(&Self::name(value, &globals));
            let whose = quoted(&Self::name(whose, &globals));
            statements.push(format!("ALTER ROLE {whose} SET {setting} TO {value}"));
        }
        try_each(from, &from.superuser, &statements);
    }

    fn name(who: &Who, globals: &Globals) -> String {
        match who {
            Who::Named(name) => (*name).to_owned(),
            Who::Generated(at) => {
                let names: Vec<_> = globals.roles.keys().collect();
                names[at.index(names.len())].as_str().to_owned()
            }
        }
    }
}

fn assert_holds(from: &Cluster, keep: &BTreeSet<String>, target: &Target, attack: &Attack) -> bool {
    source::reset(from, keep);
    target.reset();
    attack.load(from);
    let globals = source::read(from);
    let names: Vec<_> = globals.roles.keys().map(|name| name.as_str().to_owned()).collect();
    let escaped = |name: &str| name.replace('=', "==");
    let mut renames: BTreeMap<String, String> = BTreeMap::new();
    let mut maps: Vec<(String, String)> = Vec::new();
    let mut arguments = Vec::new();
    for option in &attack.options {
        match option {
            // A pattern of one's own would be another test.
            Choice::Only(who) => {
                let name = Attack::name(who, &globals);
                if !name.contains(['*', '?', '[', '\\']) {
                    arguments.push(format!("--only={name}"));
                }
            }
            Choice::Exclude(who) => {
                let name = Attack::name(who, &globals);
                if !name.contains(['*', '?', '[', '\\']) {
                    arguments.push(format!("--exclude={name}"));
                }
            }
            Choice::Rename(at, to) => {
                let name = names[at.index(names.len())].clone();
                arguments.push(format!("--rename={}={}", escaped(&name), escaped(to)));
                renames.insert(name, (*to).to_owned());
            }
            Choice::Map(who, to) => {
                let name = Attack::name(who, &globals);
                arguments.push(format!("--map-role={}={}", escaped(&name), escaped(to)));
                maps.push((name, (*to).to_owned()));
            }
            Choice::Plain(option) => arguments.push((*option).to_owned()),
        }
    }
    let before = Catalog::of(&target.cluster);
    let rights_before = rights(&target.cluster);
    let to = target.cluster.connection_string(target.user, "postgres");
    let run = match &attack.dump {
        None => {
            let source = from.connection_string("boot", "postgres");
            Run::new(["copy", &source, &to, "--reader", "catalog"])
        }
        Some(kept) => {
            let (dump, cut) = without(&script(&globals, from.major), kept);
            // A role whose NOINHERIT nobody states is one that inherits.
            let inherit = cut.iter().map(|name| format!("ALTER ROLE {} INHERIT", quoted(name)));
            each(from, &from.superuser, &inherit.collect::<Vec<_>>());
            Run::new(["copy", "-", &to]).stdin(dump)
        }
    };
    let mut run = run.with("--yes --format json --skip tablespaces");
    for argument in &arguments {
        run = run.arg(argument);
    }
    let done = run.done_or_refused();
    let what = format!("{} {arguments:?} {}\n{}", target.cluster.major, done.stdout, done.stderr);

    let after = Catalog::of(&target.cluster);
    // Roles that were mapped onto the administrators', as was asked for.
    let mapped = |it: &Grant| it.role == "azure_pg_admin" && !target.ladder.contains(&it.member);
    let owned = |it: &Grant| it.member == target.user && !target.ladder.contains(&it.role);
    let for_restore = arguments.iter().any(|argument| argument.starts_with("--for-restore"));
    let (mut was, mut is) = (Ladder::of(&before, target), Ladder::of(&after, target));
    for ladder in [&mut was, &mut is] {
        ladder.grants.retain(|it| {
            let asked = maps.iter().any(|(_, to)| to == "azure_pg_admin") && mapped(it);
            let own = for_restore && owned(it);
            !asked && !own
        });
    }
    is.assert_untouched(&was, &what);

    // Law 7. On the target the source's roles have what they had there, and what the target's have.
    let here = |name: &String| renames.get(name).unwrap_or(name).clone();
    let mut had = rights_before;
    for (way, member, role) in rights(from) {
        let (member, role) = (here(&member), here(&role));
        if !target.ladder.contains(&member) && !target.ladder.contains(&role) {
            had.insert((way, member.clone(), role.clone()));
        }
        for (mapped, to) in &maps {
            if here(mapped) == role && (!target.ladder.contains(to) || to == "azure_pg_admin") {
                had.insert((way, member.clone(), to.clone()));
            }
        }
    }
    // So is what stands for SUPERUSER.
    let standing = arguments.iter().filter_map(|it| it.strip_prefix("--map-role=SUPERUSER="));
    for to in standing.filter(|to| !target.ladder.contains(*to) || *to == "azure_pg_admin") {
        let source = Catalog::of(from);
        for (name, _) in source.roles.iter().filter(|(_, role)| role.superuser) {
            for way in ["MEMBER", "USAGE", "SET"] {
                had.insert((way, here(name), to.to_owned()));
            }
        }
    }
    for role in after.roles.keys().filter(|name| !target.keep.contains(*name)) {
        // Whoever creates a role administers it.
        had.insert(("ADMIN", target.user.to_owned(), role.clone()));
        if target.cluster.major >= 16 {
            had.insert(("MEMBER", target.user.to_owned(), role.clone()));
        }
        if for_restore {
            for way in ["MEMBER", "USAGE", "SET"] {
                had.insert((way, target.user.to_owned(), role.clone()));
            }
        }
    }
    let had = closed(had);
    let more: Vec<_> =
        rights(&target.cluster).into_iter().filter(|right| !had.contains(right)).collect();
    assert!(more.is_empty(), "{more:?}\n{what}");
    let there = Catalog::of(from);
    let sources: BTreeMap<String, &Role> =
        there.roles.iter().map(|(name, role)| (here(name), role)).collect();
    for (name, role) in &after.roles {
        let had = |of: fn(&Role) -> bool| {
            before.roles.get(name).is_some_and(of) || sources.get(name).is_some_and(|role| of(role))
        };
        let kinds: [fn(&Role) -> bool; 6] = [
            |role| role.superuser,
            |role| role.createrole,
            |role| role.createdb,
            |role| role.replication,
            |role| role.bypassrls,
            |role| role.login,
        ];
        for of in kinds {
            assert!(!of(role) || had(of), "{name}: {role:?}\n{what}");
        }
    }
    before != after
}

fn script(globals: &Globals, major: u32) -> String {
    let shape = Shape { major: Major::new(major), if_not_exists: false, admin: None, once: None };
    render_script(globals, Title { source: "x", platform: "postgres", granted: &[] }, shape)
}

/// A script as it is after somebody has worked on it by hand, and the roles that it does not create any
/// more.
fn without(script: &str, kept: &[bool]) -> (String, Vec<String>) {
    let mut cut = Vec::new();
    let (head, rest) = script.split_once("\nBEGIN READ WRITE;\n").unwrap();
    let mut text = format!("{head}\n");
    let body = rest.rsplit_once("\nCOMMIT;").unwrap().0;
    let statements: Vec<_> = body.split(";\n").collect();
    for (at, statement) in statements.iter().enumerate() {
        // A text with what looks like the end of a statement stays whole.
        let whole = body.contains(";\n\\") || !statement.matches('\'').count().is_multiple_of(2);
        let goes = statement.trim_start().starts_with("CREATE ROLE") && !kept[at % kept.len()];
        if whole || !goes {
            writeln!(text, "{statement};").unwrap();
        } else if let Ok(Statement::CreateRole { name, .. }) = sql::parse(statement.trim_start()) {
            cut.push(name.into_owned());
        }
    }
    (text, cut)
}

fn holds(source: u32, target: &Target, cases: u32) {
    let from = Cluster::start_with(source, "boot", &[]);
    let keep = source::roles(&from);
    let (tried, changed) = (Cell::new(0), Cell::new(0));
    let config = super::config(cases);
    proptest!(config, |(attack in attack())| {
        tried.set(tried.get() + 1);
        changed.set(changed.get() + u32::from(assert_holds(&from, &keep, target, &attack)));
    });
    // What is refused as a whole proves little.
    assert!(changed.get() * 3 > tried.get(), "{changed:?} of {tried:?}");
}

#[test]
fn nobody_climbs_azure_15() {
    holds(13, &azure(15), 16);
}

#[test]
fn nobody_climbs_azure_16() {
    holds(16, &azure(16), 16);
}

#[test]
fn nobody_climbs_azure_18() {
    holds(15, &azure(18), 16);
}

#[test]
fn nobody_climbs_plain_15() {
    holds(15, &plain(15), 16);
}

#[test]
fn nobody_climbs_plain_17() {
    holds(17, &plain(17), 16);
}
