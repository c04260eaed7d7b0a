//! Laws 7 and 8 on live targets: whoever controls the source gains nothing on the target, and those
//! who hold the ladder there are left alone.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use pg_globals::globals::script::Shape;
use pg_globals::globals::{Globals, SettingName};
use pg_globals::name::Name;
use pg_globals::report::{Title, render_script};
use pg_globals::version::Major;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::source::{self, each, literal, load, quoted, try_each};
use crate::support::catalog::{Catalog, Grant, Role, Setting, assert_same, assert_same_set};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::generate;
use crate::support::platforms::azure_like;
use crate::support::verifier;

/// A name of the most bytes that there can be.
const LONG: &str = "Ünother \"admin\" whose name has all of the sixty-three bytes 12";

/// A target with everybody who holds the ladder.
struct Target {
    cluster: Cluster,
    user: &'static str,
    /// The roles that are never touched.
    ladder: BTreeSet<String>,
    keep: BTreeSet<String>,
}

/// Azure's administrators, direct and by others, and superusers with their members.
fn azure(major: u32) -> Target {
    let cluster = azure_like(major);
    let long = quoted(LONG);
    each(
        &cluster,
        "azadmin",
        &[
            "CREATE ROLE azadmin2 LOGIN PASSWORD 'second'".to_owned(),
            "CREATE ROLE dbas".to_owned(),
            "CREATE ROLE deputy LOGIN CREATEROLE".to_owned(),
            format!("CREATE ROLE {long} LOGIN"),
            format!("GRANT azure_pg_admin TO azadmin2, dbas, {long}"),
            "GRANT dbas TO deputy".to_owned(),
            "CREATE ROLE rooter_member LOGIN".to_owned(),
            "ALTER ROLE azadmin2 SET work_mem TO '5MB'".to_owned(),
            "COMMENT ON ROLE deputy IS 'stands in'".to_owned(),
        ],
    );
    each(
        &cluster,
        "azuresu",
        &[
            "CREATE ROLE rooter SUPERUSER LOGIN".to_owned(),
            "GRANT rooter TO rooter_member".to_owned(),
            "CREATE ROLE stand_in LOGIN".to_owned(),
            "GRANT azadmin TO stand_in".to_owned(),
            "ALTER ROLE azadmin SET statement_timeout TO '1h'".to_owned(),
            "COMMENT ON ROLE azadmin IS 'the administrator'".to_owned(),
        ],
    );
    let ladder = [
        "azuresu",
        "azadmin",
        "azadmin2",
        "dbas",
        "deputy",
        LONG,
        "stand_in",
        "rooter",
        "rooter_member",
        "azure_pg_admin",
        "replication",
    ];
    target(cluster, "azadmin", &ladder)
}

/// A plain server whose administrator has CREATEROLE only.
fn plain(major: u32) -> Target {
    let cluster = Cluster::start(major);
    each(
        &cluster,
        "postgres",
        &[
            "CREATE ROLE azadmin LOGIN CREATEROLE CREATEDB PASSWORD 'mine'".to_owned(),
            "CREATE ROLE rooter SUPERUSER LOGIN".to_owned(),
        ],
    );
    each(
        &cluster,
        "azadmin",
        &["CREATE ROLE rooter_member LOGIN".to_owned(), "CREATE ROLE stand_in LOGIN".to_owned()],
    );
    each(
        &cluster,
        "postgres",
        &[
            "GRANT rooter TO rooter_member".to_owned(),
            "GRANT rooter_member TO stand_in".to_owned(),
            "ALTER ROLE azadmin SET statement_timeout TO '1h'".to_owned(),
        ],
    );
    target(cluster, "azadmin", &["postgres", "azadmin", "rooter", "rooter_member", "stand_in"])
}

fn target(cluster: Cluster, user: &'static str, ladder: &[&str]) -> Target {
    let keep = source::roles(&cluster);
    let ladder = ladder.iter().map(|&name| name.to_owned()).collect();
    Target { cluster, user, ladder, keep }
}

impl Target {
    /// As it was, with customers' roles beside the ladder.
    fn reset(&self) {
        source::reset(&self.cluster, &self.keep);
        each(
            &self.cluster,
            self.user,
            &["CREATE ROLE shop CREATEDB".to_owned(), "CREATE ROLE clerk LOGIN".to_owned()],
        );
        let mut all =
            vec!["GRANT shop TO clerk".to_owned(), format!("GRANT shop TO {}", self.user)];
        if self.ladder.contains("azure_pg_admin") {
            all.push("GRANT shop TO azure_pg_admin, azadmin2, replication".to_owned());
            all.push("GRANT pg_monitor TO shop".to_owned());
        }
        each(&self.cluster, &self.cluster.superuser, &all);
    }
}

/// All about the ladder, apart from what belongs to roles that are created.
#[derive(Debug, PartialEq)]
struct Ladder {
    roles: BTreeMap<String, Role>,
    settings: BTreeSet<Setting>,
    grants: BTreeSet<Grant>,
}

impl Ladder {
    fn of(catalog: &Catalog, target: &Target) -> Self {
        let is = |name: &String| target.ladder.contains(name);
        let bootstrap = Some(&target.cluster.superuser);
        Self {
            roles: catalog.roles.clone().into_iter().filter(|(name, _)| is(name)).collect(),
            settings: catalog
                .settings
                .iter()
                .filter(|it| it.role.as_ref().is_none_or(is))
                .cloned()
                .collect(),
            grants: catalog
                .grants
                .iter()
                .filter(|it| is(&it.role) || is(&it.member))
                .filter(|it| {
                    // Since 16 whoever creates a role has it in this way.
                    let implicit = it.member == target.user
                        && it.grantor.as_ref() == bootstrap
                        && !target.keep.contains(&it.role)
                        && !it.options.inherit
                        && !it.options.set;
                    !(target.cluster.major >= 16 && implicit)
                })
                .cloned()
                .collect(),
        }
    }

    fn assert_untouched(&self, before: &Self, what: &str) {
        assert_same(what, &self.roles, &before.roles);
        assert_same_set(what, &self.settings, &before.settings);
        assert_same_set(what, &self.grants, &before.grants);
    }
}

/// Who has which role in which way: (way, member, role).
type Rights = BTreeSet<(&'static str, String, String)>;

/// What `pg_has_role` says of all pairs, with superusers counted as if they were none.
fn rights(cluster: &Cluster) -> Rights {
    let mut ways =
        vec![("MEMBER", "MEMBER"), ("USAGE", "USAGE"), ("ADMIN", "MEMBER WITH ADMIN OPTION")];
    if cluster.major >= 16 {
        ways.push(("SET", "SET"));
    }
    let superuser = &cluster.superuser;
    cluster.with_client(superuser, "postgres", async |client| {
        let update = "BEGIN; UPDATE pg_authid SET rolsuper = false WHERE oid <> 10";
        client.batch_execute(update).await.unwrap();
        let mut rights = Rights::new();
        for (way, privilege) in ways {
            let query = format!(
                "SELECT m.rolname, r.rolname FROM pg_authid m, pg_authid r
                 WHERE m.oid <> r.oid AND m.oid <> 10 AND pg_has_role(m.oid, r.oid, '{privilege}')"
            );
            for row in client.simple_query(&query).await.unwrap() {
                if let tokio_postgres::SimpleQueryMessage::Row(row) = row {
                    let name = |at: usize| row.get(at).unwrap().to_owned();
                    rights.insert((way, name(0), name(1)));
                    if way == "MEMBER" && cluster.major < 16 {
                        rights.insert(("SET", name(0), name(1)));
                    }
                }
            }
        }
        client.batch_execute("ROLLBACK").await.unwrap();
        rights
    })
}

/// What follows from rights that come together: who has a role has what that has.
fn closed(mut rights: Rights) -> Rights {
    loop {
        let mut more = Rights::new();
        for (way, member, role) in &rights {
            let through = if *way == "ADMIN" { "MEMBER" } else { way };
            for (_, other, _) in
                rights.iter().filter(|(way, _, had)| *way == through && had == member)
            {
                if other != role {
                    more.insert((*way, other.clone(), role.clone()));
                }
            }
        }
        let count = rights.len();
        rights.extend(more);
        if rights.len() == count {
            return rights;
        }
    }
}

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
            "--can-own=own.sql",
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
                globals.rename(&names[at.index(names.len())], &to);
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
            Run::new(["copy", "-", &to]).stdin(without(&script(&globals, from.major), kept))
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
    let can_own = arguments.iter().any(|argument| argument.starts_with("--can-own"));
    let (mut was, mut is) = (Ladder::of(&before, target), Ladder::of(&after, target));
    for ladder in [&mut was, &mut is] {
        ladder.grants.retain(|it| {
            let asked = maps.iter().any(|(_, to)| to == "azure_pg_admin") && mapped(it);
            let own = can_own && owned(it);
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
        if can_own {
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
    let shape = Shape { major: Major::new(major), if_not_exists: false };
    render_script(globals, Title { source: "x", platform: "postgres" }, shape)
}

/// A script as it is after somebody has worked on it by hand.
fn without(script: &str, kept: &[bool]) -> String {
    let (head, rest) = script.split_once("\nBEGIN;\n").unwrap();
    let mut text = format!("{head}\n");
    let body = rest.rsplit_once("\nCOMMIT;").unwrap().0;
    let statements: Vec<_> = body.split(";\n").collect();
    for (at, statement) in statements.iter().enumerate() {
        // A text with what looks like the end of a statement stays whole.
        let whole = body.contains(";\n\\") || !statement.matches('\'').count().is_multiple_of(2);
        let goes = statement.trim_start().starts_with("CREATE ROLE") && !kept[at % kept.len()];
        if whole || !goes {
            writeln!(text, "{statement};").unwrap();
        }
    }
    text
}

fn holds(source: u32, target: &Target, cases: u32) {
    let from = Cluster::start_with(source, "boot", &[]);
    let keep = source::roles(&from);
    let (tried, changed) = (Cell::new(0), Cell::new(0));
    let config = ProptestConfig {
        failure_persistence: None,
        // The same attempts in every run; another number tries others.
        rng_seed: super::seed(),
        max_shrink_iters: 60,
        cases: super::cases(cases),
        ..ProptestConfig::default()
    };
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

#[test]
fn known_tricks_azure_15() {
    withstands(&azure(15));
}

#[test]
fn known_tricks_azure_16() {
    withstands(&azure(16));
}

#[test]
fn known_tricks_plain_15() {
    withstands(&plain(15));
}

#[test]
fn known_tricks_plain_18() {
    withstands(&plain(18));
}

/// Tricks that have been thought of, as dumps.
fn withstands(target: &Target) {
    let long = quoted(LONG);
    let password = verifier::md5("azadmin", "evil");
    let mut tricks: Vec<(String, Vec<String>)> = Vec::new();
    let mut trick = |dump: &str, options: &[&str]| {
        let options = options.iter().map(|&option| option.to_owned()).collect();
        tricks.push((dump.to_owned(), options));
    };
    for name in &target.ladder {
        let role = quoted(name);
        trick(&format!("ALTER ROLE {role} PASSWORD '{password}';"), &[]);
        trick(&format!("ALTER ROLE {role} SET search_path TO evil;"), &[]);
        trick(&format!("ALTER ROLE {role} IN DATABASE postgres SET search_path TO evil;"), &[]);
        trick(&format!("COMMENT ON ROLE {role} IS 'evil';"), &[]);
        trick(&format!("CREATE ROLE evil; GRANT {role} TO evil;"), &[]);
        trick(&format!("CREATE ROLE evil; GRANT evil TO {role};"), &[]);
        trick(
            &format!("CREATE ROLE evil; GRANT {role} TO evil WITH ADMIN OPTION;"),
            &["--only", "evil"],
        );
        trick(
            &format!(
                "CREATE ROLE evil; CREATE ROLE {role}; GRANT {role} TO evil; GRANT evil TO {role};"
            ),
            &["--only", "evil"],
        );
        trick(
            &format!("CREATE ROLE evil; CREATE ROLE {role}; GRANT {role} TO evil;"),
            &["--exclude", name],
        );
        let equals = format!("e={name}");
        trick(
            "CREATE ROLE e; CREATE ROLE evil; GRANT e TO evil; ALTER ROLE e PASSWORD 'x';",
            &["--rename", &equals],
        );
        // Whoever asks for that gets it.
        if name != "azure_pg_admin" {
            let dump = "CREATE ROLE evil; GRANT e TO evil WITH ADMIN OPTION;";
            trick(dump, &["--map-role", &equals]);
            let superuser = format!("SUPERUSER={name}");
            trick("CREATE ROLE evil SUPERUSER;", &["--map-role", &superuser]);
        }
        trick(
            &format!(
                "CREATE ROLE evil; CREATE ROLE {role}; ALTER ROLE evil SET role TO {};",
                literal(name)
            ),
            &[],
        );
        trick(&format!("CREATE ROLE evil; CREATE ROLE x; GRANT x TO evil GRANTED BY {role};"), &[]);
        trick(&format!("CREATE ROLE evil; ALTER ROLE evil RENAME TO {role};"), &[]);
        trick(
            &format!("CREATE ROLE evil; REVOKE shop FROM {role}; GRANT shop TO evil;"),
            &["--existing", "replace"],
        );
        trick("CREATE ROLE shop;", &["--existing", "replace"]);
        trick(&format!("CREATE ROLE shop; DROP ROLE {role};"), &[]);
    }
    // More bytes than a name can have: a server cuts them off.
    trick(
        &format!("CREATE ROLE {}x\" LOGIN PASSWORD '{password}';", long.trim_end_matches('"')),
        &[],
    );
    trick(&format!("CREATE ROLE evil; GRANT {}x\" TO evil;", long.trim_end_matches('"')), &[]);
    trick(
        "CREATE ROLE e\u{301}vil; CREATE ROLE \"AZADMIN\"; GRANT \"AZADMIN\" TO e\u{301}vil;",
        &[],
    );
    trick(
        "CREATE ROLE U&\"\\0061zadmin\" PASSWORD 'x'; CREATE ROLE evil; GRANT U&\"\\0061zadmin\" TO evil;",
        &[],
    );
    trick(
        "CREATE ROLE evil; COMMENT ON ROLE evil IS 'x\n\\! echo\n; GRANT azadmin TO evil; --';",
        &[],
    );
    let to = target.cluster.connection_string(target.user, "postgres");
    let mut sent = 0;
    target.reset();
    let before = Catalog::of(&target.cluster);
    for (dump, options) in tricks {
        let run = Run::new(["copy", "-", &to, "--yes", "--format", "json"]);
        let run = options.iter().fold(run, Run::arg);
        let done = run.stdin(dump.as_str()).done_or_refused();
        let what =
            format!("{} {dump} {options:?}\n{}{}", target.cluster.major, done.stdout, done.stderr);
        let after = Catalog::of(&target.cluster);
        Ladder::of(&after, target).assert_untouched(&Ladder::of(&before, target), &what);
        let climbs = closed(rights(&target.cluster))
            .into_iter()
            .any(|(_, member, role)| member == "evil" && target.ladder.contains(&role));
        assert!(!climbs, "{what}");
        if before != after {
            sent += 1;
            target.reset();
        }
    }
    assert!(sent > 20, "{sent}");
}

/// A platform that no role shows, but the user names.
#[test]
fn administrators_of_a_named_platform() {
    for major in [15, 18] {
        let cluster = Cluster::start(major);
        for statement in [
            "CREATE ROLE azure_pg_admin",
            "CREATE ROLE boss LOGIN CREATEROLE IN ROLE azure_pg_admin",
            "CREATE ROLE other LOGIN PASSWORD 'old' IN ROLE azure_pg_admin",
            "GRANT other TO boss WITH ADMIN OPTION",
        ] {
            cluster.sql("postgres", "postgres", statement);
        }
        let to = cluster.connection_string("boss", "postgres");
        let run = Run::new(["copy", "-", &to, "--yes", "--platform", "azure"]);
        let dump = "CREATE ROLE other LOGIN PASSWORD 'new'; CREATE ROLE evil; GRANT other TO evil;";
        let done = run.stdin(dump).done();
        assert!(done.stdout.contains("protected-role"), "{done}");
        assert!(cluster.login("other", "old").is_ok(), "{done}");
        let evil = rights(&cluster).into_iter().any(|(_, member, _)| member == "evil");
        assert!(!evil && source::roles(&cluster).contains("evil"), "{done}");
    }
}
