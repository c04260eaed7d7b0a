//! `--existing`: what becomes of roles that the target has already.

use insta::assert_snapshot;

use super::{assert_settled, changes, command, copy, findings, masked, numbers};
use crate::support::catalog::{Catalog, assert_same};
use crate::support::cluster::Cluster;
use crate::support::platforms;

/// What the source says.
const SOURCE: &str = "
    CREATE ROLE grp; CREATE ROLE grp2;
    CREATE ROLE up LOGIN INHERIT CREATEROLE CREATEDB CONNECTION LIMIT 5
        VALID UNTIL '2099-01-01 00:00:00+00' PASSWORD 'md50123456789abcdef0123456789abcdef';
    CREATE ROLE down NOLOGIN NOINHERIT NOCREATEROLE NOCREATEDB;
    COMMENT ON ROLE up IS 'new';
    ALTER ROLE up SET work_mem = '64MB';
    ALTER ROLE up SET lock_timeout = '5s';
    GRANT grp TO up WITH ADMIN OPTION;
    GRANT grp2 TO up;
    CREATE ROLE newcomer LOGIN;
    GRANT grp TO newcomer";

/// What the target's administrator has made before.
const TARGET: &str = "
    CREATE ROLE grp; CREATE ROLE mine;
    CREATE ROLE up NOLOGIN NOINHERIT CONNECTION LIMIT 1 VALID UNTIL '2098-01-01 00:00:00+00'
        PASSWORD 'md5fedcba9876543210fedcba9876543210';
    CREATE ROLE down LOGIN INHERIT CREATEROLE CREATEDB CONNECTION LIMIT 7
        VALID UNTIL '2097-01-01 00:00:00+00' PASSWORD 'md5fedcba9876543210fedcba9876543210';
    COMMENT ON ROLE up IS 'old'; COMMENT ON ROLE down IS 'extra'; COMMENT ON ROLE mine IS 'mine';
    ALTER ROLE up SET work_mem = '1MB';
    ALTER ROLE up SET statement_timeout = '1s';
    ALTER ROLE mine SET work_mem = '2MB';
    GRANT grp TO up; GRANT grp TO down WITH ADMIN OPTION; GRANT mine TO up; GRANT grp TO mine";

/// The options of every copy here: the source's superuser is not among what is looked at.
fn with(options: &[&'static str]) -> Vec<&'static str> {
    [&["--exclude", "postgres", "--widen"], options].concat()
}

/// A source, and a target with some of its roles.
fn servers(major: u32, admin: bool) -> (Cluster, Cluster, String, String) {
    let source = Cluster::start(16);
    source.sql("postgres", "postgres", SOURCE);
    let from = source.connection_string("postgres", "postgres");
    let (target, user) = if admin {
        (platforms::azure_like(major), "azadmin")
    } else {
        (Cluster::start(major), "postgres")
    };
    target.sql(user, "postgres", TARGET);
    let to = target.connection_string(user, "postgres");
    (source, target, from, to)
}

const ALL: [(u32, bool); 4] = [(15, true), (15, false), (18, true), (18, false)];

#[test]
fn merge_sets_values_and_leaves_extras() {
    insta::allow_duplicates! {
        for (major, admin) in ALL {
            let (_source, target, from, to) = servers(major, admin);
            let report = copy(&from, &to, &with(&["--allow-freeze"]));
            assert_snapshot!(numbers(&report), @"sent 11, remaining 0, extra 7, deferred 0, withheld 0, refused 0, unverifiable 0");
            let now = Catalog::of(&target);
            assert_snapshot!(shown(&now), @"
            down: 7 2097-01-01 00:00:00+00 md5fedcb 'extra' in grp*
            grp: inherit -1
            grp2: inherit -1
            mine: inherit -1 'mine' work_mem=2MB in grp
            newcomer: login inherit -1 in grp
            up: login inherit createrole createdb 5 2099-01-01 00:00:00+00 md501234 'new' lock_timeout=5s statement_timeout=1s work_mem=64MB in grp* in grp2 in mine
            ");
            let again = assert_settled(&from, &to, &with(&["--allow-freeze"]));
            assert_eq!(again["extra"], report["extra"]);
        }
    }
}

#[test]
fn replace_removes_extras() {
    insta::allow_duplicates! {
        for (major, admin) in ALL {
            let (_source, target, from, to) = servers(major, admin);
            let more = with(&["--allow-freeze", "--existing", "replace"]);
            let report = copy(&from, &to, &more);
            assert_snapshot!(numbers(&report), @"sent 16, remaining 0, extra 0, deferred 0, withheld 0, refused 0, unverifiable 0");
            assert_snapshot!(shown(&Catalog::of(&target)), @"
            down: -1 infinity
            grp: inherit -1
            grp2: inherit -1
            mine: inherit -1 'mine' work_mem=2MB in grp
            newcomer: login inherit -1 in grp
            up: login inherit createrole createdb 5 2099-01-01 00:00:00+00 md501234 'new' lock_timeout=5s work_mem=64MB in grp* in grp2
            ");
            assert_eq!(assert_settled(&from, &to, &more)["extra"], 0);
        }
    }
}

/// Roles that exist stay as they are, others come, and join what they may.
#[test]
fn skip_leaves_them_alone() {
    insta::allow_duplicates! {
        for (major, admin) in ALL {
            let (_source, target, from, to) = servers(major, admin);
            let before = Catalog::of(&target);
            let report = copy(&from, &to, &with(&["--existing", "skip"]));
            assert_snapshot!(changes(&report), @"
            create role grp2
            create role newcomer LOGIN
            grant grp to newcomer
            ");
            assert_snapshot!(numbers(&report), @"sent 3, remaining 0, extra 7, deferred 0, withheld 7, refused 0, unverifiable 0");
            assert_snapshot!(findings(&report, &["existing"]), @"
            info existing dropped role down: down exists
            info existing dropped role up: up exists
            info existing dropped comment up: up exists
            info existing dropped setting up: lock_timeout: up exists
            info existing dropped setting up: work_mem: up exists
            info existing dropped membership up in grp: its role or its member exists
            info existing dropped membership up in grp2: its role or its member exists
            ");
            let after = Catalog::of(&target);
            let old = after.roles.iter().filter(|(name, _)| before.roles.contains_key(*name));
            assert_same("roles that were there", old, &before.roles);
            assert_eq!(after.settings, before.settings);
            assert_settled(&from, &to, &with(&["--existing", "skip"]));
        }
    }
}

/// Nothing is done, and every role that is in the way is named.
#[test]
fn fail_does_nothing() {
    insta::allow_duplicates! {
        for (major, admin) in ALL {
            let (source, target, from, to) = servers(major, admin);
            let before = Catalog::of(&target);
            let run = command(&from, &to, &with(&["--existing", "fail"])).status(2);
            assert_snapshot!(masked(&run.stderr, &source, &target), @"error: nothing was sent: the target has down, and 2 more; leave them out with --exclude, or give --existing merge or skip");
            for role in ["down", "grp", "up"] {
                assert!(
                    run.stdout.contains(&format!("role {role}: the target has {role}")),
                    "{}",
                    run.stdout
                );
            }
            assert!(Catalog::of(&target) == before);
        }
    }
}

/// What the administrator cannot take away is said beforehand, and the rest is done.
#[test]
fn replace_says_what_cannot_be_removed() {
    insta::allow_duplicates! {
        for major in [15, 18] {
            let source = Cluster::start(16);
            source.sql("postgres", "postgres", "CREATE ROLE a; CREATE ROLE b; CREATE ROLE grp");
            let target = platforms::azure_like(major);
            target.sql("azadmin", "postgres", "CREATE ROLE a; CREATE ROLE b; CREATE ROLE grp");
            let by_hand =
                "ALTER ROLE a BYPASSRLS REPLICATION; GRANT grp TO b; GRANT pg_write_all_data TO b";
            target.sql("azuresu", "postgres", by_hand);
            let from = source.connection_string("postgres", "postgres");
            let to = target.connection_string("azadmin", "postgres");
            let report = copy(&from, &to, &with(&["--existing", "replace"]));
            let text =
                format!("{}\n{}\n{}", changes(&report), numbers(&report), findings(&report, &[]));
            if major == 15 {
                assert_snapshot!(text, @"
                revoke grp from b
                revoke pg_write_all_data from b
                sent 2, remaining 0, extra 0, deferred 0, withheld 0, refused 2, unverifiable 0
                info selection dropped role postgres: not selected
                warning alter-attribute dropped role a: a cannot be given NOREPLICATION
                warning alter-attribute dropped role a: a cannot be given NOBYPASSRLS
                warning newer-source kept statement version: 16 is newer than 15
                ");
            } else {
                assert_snapshot!(text, @"
                alter role a: NOBYPASSRLS
                sent 1, remaining 0, extra 0, deferred 0, withheld 0, refused 3, unverifiable 0
                info selection dropped role postgres: not selected
                warning alter-attribute dropped role a: a cannot be given NOREPLICATION
                warning not-revocable dropped membership b in grp: azuresu has granted it
                warning not-revocable dropped membership b in pg_write_all_data: azuresu has granted it
                warning outsider kept membership b in grp: b is a member of grp on the target only
                ");
            }
            assert_settled(&from, &to, &with(&["--existing", "replace"]));
        }
    }
}

/// What stands in the way of a new membership is not taken away, or may not be: it is said, and the rest is
/// done.
#[test]
fn what_closes_a_circle_is_left_out() {
    insta::allow_duplicates! {
        for (major, admin) in ALL {
            let source = Cluster::start(16);
            let text = "CREATE ROLE a; CREATE ROLE b; CREATE ROLE c; CREATE ROLE d;
                GRANT a TO b WITH ADMIN OPTION; GRANT a TO d GRANTED BY b; GRANT c TO b";
            source.sql("postgres", "postgres", text);
            let (target, user) = target(major, admin);
            // Through a role that only the target has.
            let text = "CREATE ROLE a; CREATE ROLE b; CREATE ROLE c; CREATE ROLE mine;
                GRANT b TO mine; GRANT mine TO a";
            target.sql(user, "postgres", text);
            let from = source.connection_string("postgres", "postgres");
            let to = target.connection_string(user, "postgres");
            let report = copy(&from, &to, &with(&[]));
            let text = format!("{}\n{}", changes(&report), findings(&report, &["circle"]));
            assert_snapshot!(text, @"
            create role d
            grant a to d
            grant c to b
            error circle dropped membership b in a: closes a circle with a in mine, mine in b
            ");
            assert_settled(&from, &to, &with(&[]));
            // It is taken away, and no longer stands in the way.
            let report = copy(&from, &to, &with(&["--existing", "replace"]));
            assert_snapshot!(numbers(&report), @"sent 2, remaining 0, extra 0, deferred 0, withheld 0, refused 0, unverifiable 0");
            assert_settled(&from, &to, &with(&["--existing", "replace"]));
            let target = Catalog::of(&target);
            assert!(target.memberships().contains_key(&("a".to_owned(), "b".to_owned())));
        }
    }
}

/// What a superuser has set for a role is not the administrator's to take away.
#[test]
fn settings_that_need_a_superuser_stay() {
    let source = Cluster::start(16);
    source.sql("postgres", "postgres", "CREATE ROLE a; CREATE ROLE b");
    let target = platforms::azure_like(18);
    let text = "CREATE ROLE a; CREATE ROLE b; ALTER ROLE a SET work_mem TO '7MB'";
    target.sql("azadmin", "postgres", text);
    let text = "ALTER ROLE a SET log_statement TO 'all';
        ALTER ROLE a IN DATABASE postgres SET my.x TO 'y'; ALTER ROLE a SET my.granted TO 'y';
        ALTER ROLE b SET log_duration TO on; GRANT SET ON PARAMETER log_duration, my.granted TO azadmin";
    target.sql("azuresu", "postgres", text);
    let before = Catalog::of(&target);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let more = with(&["--existing", "replace"]);
    let run = command(&from, &to, &more).with("--undo undo.sql --format json").done();
    let report = serde_json::from_str(&run.stdout).unwrap();
    let text = format!(
        "{}\n{}\n{}",
        changes(&report),
        numbers(&report),
        findings(&report, &["reset-setting"])
    );
    assert_snapshot!(text, @"
    reset my.granted of a
    reset work_mem of a
    reset log_duration of b
    sent 3, remaining 0, extra 0, deferred 0, withheld 0, refused 2, unverifiable 0
    warning reset-setting dropped setting a: log_statement: log_statement is not azadmin's to reset
    warning reset-setting dropped setting a in postgres: my.x: my.x is not azadmin's to reset
    ");
    // So the server says.
    for (place, name) in [("", "log_statement"), (" IN DATABASE postgres", "my.x")] {
        let refused =
            target.try_sql("azadmin", "postgres", &format!("ALTER ROLE a{place} RESET {name}"));
        assert_eq!(refused, Err(format!("42501: permission denied to set parameter \"{name}\"")));
    }
    assert_settled(&from, &to, &more);
    let undone = target.psql("azadmin", run.file("undo.sql"));
    assert!(undone.status.success(), "{undone:?}");
    assert!(Catalog::of(&target) == before);
}

/// What was granted to the connected role rests on its grantor's ADMIN option, too.
#[test]
fn replace_sees_what_the_connected_role_was_granted() {
    let source = Cluster::start(16);
    let roles = "CREATE ROLE grp; CREATE ROLE b;";
    source.sql("postgres", "postgres", &format!("{roles} GRANT grp TO b"));
    let target = platforms::azure_like(18);
    target.sql("azadmin", "postgres", &format!("{roles} GRANT grp TO b WITH ADMIN OPTION"));
    target.sql("azuresu", "postgres", "GRANT grp TO azadmin GRANTED BY b");
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let report = copy(&from, &to, &with(&["--existing", "replace"]));
    assert_snapshot!(numbers(&report), @"sent 0, remaining 0, extra 0, deferred 0, withheld 0, refused 1, unverifiable 0");
    assert_snapshot!(findings(&report, &["not-revocable"]), @"warning not-revocable dropped membership b in grp: b has granted it on, to azadmin");
}

/// What is refused stays, while the same membership is given what it lacks.
#[test]
fn replace_keeps_what_it_refuses_to_take() {
    insta::allow_duplicates! {
        for admin in [true, false] {
            let source = Cluster::start(18);
            let text = "CREATE ROLE wr; CREATE ROLE wm; GRANT wr TO wm WITH INHERIT FALSE, SET TRUE";
            source.sql("postgres", "postgres", text);
            let (target, user) = target(18, admin);
            // The connected role has to be wm's member to become it.
            let text = format!(
                "CREATE ROLE wr; CREATE ROLE wm; CREATE ROLE wx; GRANT wm TO {user};
                 GRANT wr TO wm WITH ADMIN TRUE, INHERIT TRUE, SET FALSE;
                 SET ROLE wm; GRANT wr TO wx"
            );
            target.sql(user, "postgres", &text);
            let before = Catalog::of(&target);
            let from = source.connection_string("postgres", "postgres");
            let to = target.connection_string(user, "postgres");
            let more = with(&["--existing", "replace"]);
            let run = command(&from, &to, &more).with("--undo undo.sql --format json").done();
            let report = serde_json::from_str(&run.stdout).unwrap();
            assert_snapshot!(findings(&report, &["not-revocable"]), @"warning not-revocable dropped membership wm in wr: wm has granted it on, to wx");
            let options = |catalog: &Catalog| {
                let all = catalog.grants.iter().filter(|it| it.member == "wm");
                all.map(|it| (it.options.admin, it.options.inherit, it.options.set)).collect::<Vec<_>>()
            };
            assert_eq!(options(&before), [(true, true, false)]);
            assert_eq!(options(&Catalog::of(&target)), [(true, true, true)]);
            assert_settled(&from, &to, &more);
            let undone = target.psql(user, run.file("undo.sql"));
            assert!(undone.status.success(), "{undone:?}");
            assert!(Catalog::of(&target) == before);
        }
    }
}

/// A grant that rests on one that rests on another keeps them both.
#[test]
fn replace_sees_what_was_granted_on_and_on() {
    let (source, target) = (Cluster::start(18), Cluster::start(18));
    let roles = "CREATE ROLE r; CREATE ROLE a; CREATE ROLE b; CREATE ROLE c;";
    source.sql("postgres", "postgres", roles);
    let text = format!(
        "{roles} CREATE ROLE other; GRANT r TO a WITH ADMIN OPTION;
         GRANT r TO b WITH ADMIN OPTION GRANTED BY a; GRANT r TO c GRANTED BY a;
         GRANT r TO other GRANTED BY b"
    );
    target.sql("postgres", "postgres", &text);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    let report = copy(&from, &to, &with(&["--existing", "replace"]));
    assert_snapshot!(format!("{}\n{}", changes(&report), findings(&report, &["not-revocable"])), @"
    revoke r from c
    warning not-revocable dropped membership a in r: b has granted it on, to other
    warning not-revocable dropped membership b in r: b has granted it on, to other
    ");
    assert_settled(&from, &to, &with(&["--existing", "replace"]));
}

/// So with privileges on parameters: what was granted on, and stays, is said beforehand.
#[test]
fn replace_sees_what_was_granted_on_of_parameters() {
    let source = Cluster::start(18);
    let roles = "CREATE ROLE ua; CREATE ROLE ub; CREATE ROLE uc;";
    source.sql("postgres", "postgres", roles);
    let target = Cluster::start(18);
    let text = format!(
        "{roles} CREATE ROLE uo; CREATE ROLE up;
         GRANT SET, ALTER SYSTEM ON PARAMETER log_duration TO ua WITH GRANT OPTION;
         GRANT SET ON PARAMETER log_statement TO ua WITH GRANT OPTION;
         GRANT SET ON PARAMETER lc_messages TO ua WITH GRANT OPTION;
         GRANT SET ON PARAMETER deadlock_timeout TO ua WITH GRANT OPTION;
         SET SESSION AUTHORIZATION ua;
         GRANT SET ON PARAMETER log_duration TO uo;
         GRANT SET ON PARAMETER log_statement TO ub WITH GRANT OPTION;
         GRANT SET ON PARAMETER lc_messages TO ub WITH GRANT OPTION;
         GRANT SET ON PARAMETER deadlock_timeout TO PUBLIC;
         SET SESSION AUTHORIZATION ub;
         GRANT SET ON PARAMETER log_statement TO uc;
         GRANT SET ON PARAMETER lc_messages TO up"
    );
    target.sql("postgres", "postgres", &text);
    let before = Catalog::of(&target);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    let more = with(&["--existing", "replace"]);
    let run = command(&from, &to, &more).with("--undo undo.sql --format json").done();
    let report = serde_json::from_str(&run.stdout).unwrap();
    assert_snapshot!(format!("{}\n{}", changes(&report), findings(&report, &["not-revocable"])), @"
    revoke privileges on parameter log_statement from ua
    revoke privileges on parameter log_statement from ub
    revoke privileges on parameter log_statement from uc
    warning not-revocable dropped parameter deadlock_timeout to ua: ua has granted it on, to PUBLIC
    warning not-revocable dropped parameter lc_messages to ua: ub has granted it on, to up
    warning not-revocable dropped parameter lc_messages to ub: ub has granted it on, to up
    warning not-revocable dropped parameter log_duration to ua: ua has granted it on, to uo
    ");
    assert_settled(&from, &to, &more);
    let undone = target.psql("postgres", run.file("undo.sql"));
    assert!(undone.status.success(), "{undone:?}");
    assert!(Catalog::of(&target) == before);
}

fn target(major: u32, admin: bool) -> (Cluster, &'static str) {
    if admin {
        (platforms::azure_like(major), "azadmin")
    } else {
        (Cluster::start(major), "postgres")
    }
}

/// What the source has and sanitizing took away may have been given back by hand: it stays.
#[test]
fn replace_leaves_what_sanitizing_took_away() {
    for major in [15, 18] {
        let source = Cluster::start(17);
        let text =
            "CREATE ROLE a REPLICATION BYPASSRLS LOGIN; CREATE ROLE b; CREATE ROLE c SUPERUSER;
            GRANT pg_write_all_data TO b; GRANT pg_execute_server_program TO b WITH ADMIN OPTION;
            ALTER ROLE b SET log_statement = 'all'; GRANT SET ON PARAMETER log_statement TO b";
        source.sql("postgres", "postgres", text);
        let target = platforms::azure_like(major);
        let from = source.connection_string("postgres", "postgres");
        let to = target.connection_string("azadmin", "postgres");
        copy(&from, &to, &with(&[]));
        target.sql("azuresu", "postgres", &text.replace("CREATE ROLE", "ALTER ROLE"));
        let before = Catalog::of(&target);
        let report = assert_settled(&from, &to, &with(&["--existing", "replace"]));
        assert_eq!(changes(&report), "");
        assert_eq!(report["refused"], 0, "{report:#}");
        assert!(Catalog::of(&target) == before);
    }
}

/// The customer's roles, a line each, with all that they have.
fn shown(catalog: &Catalog) -> String {
    let mut lines = Vec::new();
    for name in ["down", "grp", "grp2", "mine", "newcomer", "up"] {
        let Some(role) = catalog.roles.get(name) else { continue };
        let flags = [
            (role.login, "login"),
            (role.inherit, "inherit"),
            (role.createrole, "createrole"),
            (role.createdb, "createdb"),
        ];
        let mut words: Vec<_> =
            flags.iter().filter(|(is, _)| *is).map(|(_, word)| (*word).to_owned()).collect();
        words.push(role.limit.clone());
        words.extend(role.valid_until.clone());
        words.extend(role.password.as_ref().map(|it| it[..8].to_owned()));
        words.extend(role.comment.as_ref().map(|it| format!("'{it}'")));
        let settings = catalog.settings.iter().filter(|it| it.role.as_deref() == Some(name));
        words.extend(settings.map(|it| it.text.clone()));
        for ((group, member), options) in catalog.memberships() {
            if member == name {
                words.push(format!("in {group}{}", if options.admin { "*" } else { "" }));
            }
        }
        lines.push(format!("{name}: {}", words.join(" ")));
    }
    lines.join("\n")
}
