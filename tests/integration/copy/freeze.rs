//! Nobody is locked out by a second copy (decision 3 of the design).

use insta::assert_snapshot;

use super::{assert_settled, changes, command, copy, findings, numbers};
use crate::support::cluster::Cluster;
use crate::support::command::{Run, convert};
use crate::support::platforms;

/// Frozen on the weekend of the migration, in every way there is.
const FREEZE: &str = "ALTER ROLE a NOLOGIN; ALTER ROLE b CONNECTION LIMIT 0;
    ALTER ROLE c VALID UNTIL '2001-02-03 04:05:06+00'; ALTER ROLE d SET default_transaction_read_only = on;
    ALTER DATABASE postgres SET default_transaction_read_only = on;
    CREATE ROLE born_frozen NOLOGIN CONNECTION LIMIT 0 VALID UNTIL '2001-02-03 04:05:06+00';
    ALTER ROLE born_frozen SET default_transaction_read_only = on";

#[test]
fn a_frozen_source() {
    insta::allow_duplicates! {
        for superuser in [false, true] {
            let source = Cluster::start(16);
            let roles =
                "CREATE ROLE a LOGIN; CREATE ROLE b LOGIN; CREATE ROLE c LOGIN; CREATE ROLE d LOGIN";
            source.sql("postgres", "postgres", roles);
            let (target, user) = if superuser {
                (Cluster::start(17), "postgres")
            } else {
                (platforms::azure_like(17), "azadmin")
            };
            target.sql(
                &target.superuser,
                "postgres",
                &format!("ALTER DATABASE postgres OWNER TO {user}"),
            );
            let from = source.connection_string("postgres", "postgres");
            let to = target.connection_string(user, "postgres");
            copy(&from, &to, &["--exclude", "postgres", "--allow-all-settings"]);
            source.sql("postgres", "postgres", FREEZE);

            let report = copy(&from, &to, &["--exclude", "postgres", "--allow-all-settings"]);
            // What is new is as frozen as it is there: nobody used it before.
            assert_snapshot!(changes(&report), @"
            create role born_frozen CONNECTION LIMIT 0 VALID UNTIL '2001-02-03 04:05:06+00'
            set default_transaction_read_only of born_frozen to 'on'
            ");
            assert_snapshot!(findings(&report, &["freeze"]), @r"
            warning freeze dropped role a: NOLOGIN
            warning freeze dropped role b: CONNECTION LIMIT 0
            warning freeze dropped role c: VALID UNTIL 2001-02-03 04:05:06+00 is past
            warning freeze dropped setting d: default_transaction_read_only: default_transaction_read_only is on
            warning freeze dropped setting ALL in postgres: default_transaction_read_only: default_transaction_read_only is on
            ");
            // What stays as it is there is not called frozen.
            assert_snapshot!(findings(&report, &["frozen"]), @r"
            warning frozen kept role born_frozen: CONNECTION LIMIT 0
            warning frozen kept setting born_frozen: default_transaction_read_only: default_transaction_read_only is on
            ");
            assert_snapshot!(numbers(&report), @"sent 2, remaining 0, extra 0, deferred 0, withheld 5, refused 0, unverifiable 0");
            assert_eq!(assert_settled(&from, &to, &["--exclude", "postgres", "--allow-all-settings"])["withheld"], report["withheld"]);

            let report = copy(&from, &to, &["--exclude", "postgres", "--allow-all-settings", "--allow-freeze"]);
            assert_snapshot!(changes(&report), @r"
            alter role a: NOLOGIN
            alter role b: connection limit 0, was -1
            alter role c: valid until 2001-02-03 04:05:06+00, was infinity
            set default_transaction_read_only of d to 'on'
            set default_transaction_read_only of ALL in postgres to 'on'
            ");
            let settled = assert_settled(&from, &to, &["--exclude", "postgres", "--allow-all-settings", "--allow-freeze"]);
            assert_eq!(settled["withheld"], 0);
        }
    }
}

/// What lets somebody in again is no freeze.
#[test]
fn a_thaw_goes() {
    let (source, target) = (Cluster::start(16), platforms::azure_like(16));
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE a LOGIN; CREATE ROLE b LOGIN CONNECTION LIMIT 3",
    );
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    target.sql(
        "azadmin",
        "postgres",
        "CREATE ROLE a VALID UNTIL '2001-01-01'; CREATE ROLE b CONNECTION LIMIT 0",
    );
    let report = copy(&from, &to, &["--exclude", "postgres", "--existing", "replace"]);
    assert_snapshot!(changes(&report), @"
    alter role a: LOGIN
    alter role a: valid until infinity, was 2001-01-01 00:00:00+00
    alter role b: LOGIN
    alter role b: connection limit 3, was 0
    ");
    assert_settled(&from, &to, &["--exclude", "postgres", "--existing", "replace"]);
}

/// `PASSWORD NULL` shuts out as well: where removals are asked for, it is withheld all the same.
#[test]
fn no_password() {
    let (source, target) = (Cluster::start(16), platforms::azure_like(16));
    source.sql("postgres", "postgres", "CREATE ROLE fz LOGIN; CREATE ROLE gone");
    target.sql(
        "azadmin",
        "postgres",
        "CREATE ROLE fz LOGIN PASSWORD 'works'; CREATE ROLE gone PASSWORD 'x'; GRANT gone TO fz",
    );
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let replace = ["--exclude", "postgres", "--existing", "replace"];
    let report = copy(&from, &to, &replace);
    assert_snapshot!(changes(&report), @"revoke gone from fz");
    assert_snapshot!(findings(&report, &["freeze"]), @r"
    warning freeze dropped role fz: PASSWORD NULL
    warning freeze dropped role gone: PASSWORD NULL
    ");
    assert_snapshot!(numbers(&report), @"sent 1, remaining 0, extra 0, deferred 0, withheld 2, refused 0, unverifiable 0");
    target.login("fz", "works").unwrap();
    assert_settled(&from, &to, &replace);

    let diff = |more: &[&str]| {
        let arguments = ["diff", &from, &to, "--reader=catalog", "--format=sql", "--replace"];
        let run = Run::new([&arguments, more].concat());
        let sql = run.with("--show-passwords --exclude postgres").done_or_different().stdout;
        let head = sql.split('\n').filter(|line| line.starts_with("-- not in it"));
        let head: Vec<_> = head.collect();
        (head.join("\n"), sql.matches(" WITH PASSWORD NULL;").count())
    };
    let withheld = "-- not in it: role fz: PASSWORD NULL\n-- not in it: role gone: PASSWORD NULL";
    assert_eq!(diff(&[]), (withheld.to_owned(), 0));
    assert_eq!(diff(&["--allow-freeze"]), (String::new(), 2));
    let run = command(&from, &to, &replace).with("--allow-freeze --undo undo.sql").done();
    target.login("fz", "works").unwrap_err();
    let output = target.psql("azadmin", run.file("undo.sql"));
    assert!(output.status.success(), "{output:?}");
    target.login("fz", "works").unwrap();
}

/// A script that may find the role there says so, and does not shut it out.
#[test]
fn a_script_for_roles_that_exist() {
    let dump = "CREATE ROLE a LOGIN CONNECTION LIMIT 0;\n\
                ALTER ROLE a SET default_transaction_read_only TO 'on';\n";
    let target = platforms::azure_like(18);
    target.sql("azadmin", "postgres", "CREATE ROLE a LOGIN");
    let run = |more: &str| convert(dump).with(more).done();
    let done = run("--if-not-exists");
    assert!(!done.stdout.contains("read_only TO"), "{}", done.stdout);
    assert!(done.stderr.contains("--allow-freeze writes it"), "{}", done.stderr);
    let output = target.psql("azadmin", &done.stdout);
    assert!(output.status.success(), "{output:?}");
    target.sql("a", "postgres", "CREATE TEMPORARY TABLE t ()");
    for more in ["--if-not-exists --allow-freeze", "--target-version 18"] {
        assert!(run(more).stdout.contains("read_only TO"), "{more}");
    }
}

/// Copied while they were frozen, thawed on the source afterwards: whom the target still shuts out is named, by
/// copy, by diff and by check.
#[test]
fn thawed_on_the_source_only() {
    let (source, target) = (Cluster::start(16), platforms::azure_like(17));
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE b LOGIN CONNECTION LIMIT 0; CREATE ROLE d LOGIN; CREATE ROLE fine LOGIN CONNECTION LIMIT 0;
         ALTER ROLE d SET default_transaction_read_only = on",
    );
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let mine = ["--exclude", "postgres"];
    let frozen = copy(&from, &to, &mine);
    assert_snapshot!(findings(&frozen, &["frozen", "still-frozen"]), @"
    warning frozen kept role b: CONNECTION LIMIT 0
    warning frozen kept role fine: CONNECTION LIMIT 0
    warning frozen kept setting d: default_transaction_read_only: default_transaction_read_only is on
    ");
    source.sql(
        "postgres",
        "postgres",
        "ALTER ROLE b CONNECTION LIMIT -1; ALTER ROLE d RESET ALL; CREATE ROLE late LOGIN",
    );
    target.sql(
        "azadmin",
        "postgres",
        "CREATE ROLE late LOGIN VALID UNTIL '2001-02-03 04:05:06+00'",
    );
    let thawed = copy(&from, &to, &mine);
    assert_snapshot!(findings(&thawed, &["frozen", "still-frozen"]), @"
    warning frozen kept role fine: CONNECTION LIMIT 0
    error still-frozen kept role b: CONNECTION LIMIT 0 on the target
    error still-frozen kept role late: VALID UNTIL 2001-02-03 04:05:06+00 on the target, which is past
    error still-frozen kept setting d: default_transaction_read_only: default_transaction_read_only on the target
    ");
    assert_snapshot!(numbers(&thawed), @"sent 0, remaining 0, extra 3, deferred 0, withheld 0, refused 0, unverifiable 0");
    let arguments = ["diff", &from, &to, "--as", "azure", "--reader", "catalog"];
    let diff = Run::new([&arguments[..], &mine].concat()).done_or_different().stdout;
    assert!(diff.contains("error: still-frozen (3)"), "{diff}");
    let check = Run::new(["check", &from, &to, "--only", "roles"]).done_or_different().stdout;
    assert!(check.contains("3 errors"), "{check}");
    copy(&from, &to, &[&mine[..], &["--existing", "replace"]].concat());
    let again = assert_settled(&from, &to, &mine);
    assert_snapshot!(findings(&again, &["still-frozen"]), @"");
}

/// What does not log in anywhere is not frozen, and what is expired on both sides is said, whatever else stays.
#[test]
fn no_more_than_that() {
    let target = Cluster::start(17);
    target.sql(
        "postgres",
        "postgres",
        "CREATE ROLE grp CONNECTION LIMIT 0 VALID UNTIL '2020-01-01'; CREATE ROLE over LOGIN VALID UNTIL '2020-01-01';
         CREATE ROLE kept LOGIN CONNECTION LIMIT 0",
    );
    target.sql("postgres", "postgres", "CREATE DATABASE archive");
    target.sql(
        "postgres",
        "postgres",
        "ALTER ROLE over IN DATABASE archive SET default_transaction_read_only = on",
    );
    let dump = "CREATE ROLE grp;\nCREATE ROLE kept LOGIN;\n\
                CREATE ROLE over LOGIN CONNECTION LIMIT 0 VALID UNTIL '2020-01-01 00:00:00+00';\n";
    let to = target.connection_string("postgres", "postgres");
    let told = |more: &[&str]| {
        let report = super::report(command("in.sql", &to, more).file("in.sql", dump));
        findings(&report, &["still-frozen", "expired", "freeze"])
    };
    assert_snapshot!(told(&[]), @"
    warning expired kept role over: expired at 2020-01-01 00:00:00+00
    warning freeze dropped role over: CONNECTION LIMIT 0
    error still-frozen kept role kept: CONNECTION LIMIT 0 on the target
    warning still-frozen kept setting over in archive: default_transaction_read_only: default_transaction_read_only on the target
    ");
    assert!(!told(&["--existing", "skip"]).contains("still-frozen"));
}
