//! `--as`: whether a migration is complete.

use insta::assert_snapshot;

use super::{anywhere, stable};
use crate::support::cluster::Cluster;
use crate::support::command::{Done, Run, many};
use crate::support::{globals, platforms};

const CATALOG: [&str; 2] = ["--reader", "catalog"];

fn check(source: &Cluster, target: &Cluster, user: &str) -> Run {
    let from = source.connection_string("rdsadmin", "postgres");
    let to = target.connection_string(user, "postgres");
    Run::new([&["diff", &from, &to, "--as", "azure"], &CATALOG[..]].concat())
}

fn shown(done: &Done, source: &Cluster, target: &Cluster) -> String {
    assert_eq!(done.stderr, "");
    stable(&anywhere(&done.stdout, &[(source, "SOURCE"), (target, "TARGET")]))
}

/// Where the target shows its verifiers, to the administrator or to whoever is connected.
#[test]
fn after_a_copy_it_is() {
    for major in [15, 16] {
        let source = platforms::aurora_like(15);
        globals::customer(&source);
        let target = platforms::azure_like(major);
        let before = shown(&check(&source, &target, "azadmin").status(1), &source, &target);
        let line = "- role shop_app: LOGIN CONNECTION LIMIT 200 PASSWORD SCRAM-SHA-256 #…\n";
        assert!(before.contains(line), "{before}");
        let from = source.connection_string("rdsadmin", "postgres");
        let to = target.connection_string("azadmin", "postgres");
        Run::new([&["copy", &from, &to, "--yes", "--into-older"], &CATALOG[..]].concat()).done();
        for user in ["azadmin", "azuresu"] {
            let after = shown(&check(&source, &target, user).done(), &source, &target);
            assert_snapshot!(format!("complete-{major}"), after);
        }
        // What somebody takes away is missing; what somebody adds is not.
        target.sql(
            "azuresu",
            "postgres",
            "ALTER ROLE shop_app NOLOGIN; CREATE ROLE later; SET ROLE azadmin; \
             REVOKE shop_read FROM contractor; ALTER ROLE shop_app SET work_mem TO '1MB'",
        );
        let done = check(&source, &target, "azadmin").status(1);
        let changed = shown(&done, &source, &target);
        assert_snapshot!(format!("changed-{major}"), changed);
    }
}

/// What copy leaves out is not said where nobody asks about what it is about.
#[test]
fn what_is_ignored_is_not_said_to_be_left_out() {
    let (source, target) = (platforms::aurora_like(15), platforms::azure_like(16));
    source.sql("rdsadmin", "postgres", "CREATE ROLE b");
    target.sql("azadmin", "postgres", "CREATE ROLE b LOGIN");
    for (kinds, is_said) in [
        (&[][..], true),
        (&["--ignore", "passwords"], true),
        (&["--ignore", "attributes:LOGIN"], false),
    ] {
        let run = kinds.iter().fold(check(&source, &target, "azadmin"), Run::arg);
        let shown = shown(&run.status(1), &source, &target);
        assert_eq!(shown.contains("role b: NOLOGIN"), is_said, "{kinds:?} {shown}");
    }
}

/// Where it does not.
#[test]
fn verifiers_that_cannot_be_seen_are_counted() {
    let source = platforms::aurora_like(15);
    globals::customer(&source);
    let target = platforms::azure_like(16);
    target.sql("azuresu", "postgres", "REVOKE pg_read_all_data FROM azure_pg_admin");
    let from = source.connection_string("rdsadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    Run::new([&["copy", &from, &to, "--yes", "--into-older"], &CATALOG[..]].concat()).done();
    let after = shown(&check(&source, &target, "azadmin").done(), &source, &target);
    assert_snapshot!(after, @"
    --- SOURCE/postgres, PostgreSQL 15.18, aurora, as it would be on azure
    +++ TARGET/postgres, PostgreSQL 16.14, azure

    error: external-authentication: the role authenticates through the source's platform, which the target does not have
      membership lambda_iam in rds_iam: lambda_iam logs in with an IAM token of AWS instead of a password
      = on Azure let an Entra administrator tie the role to a principal: SECURITY LABEL FOR pgaadauth ON ROLE … IS 'aadauth,oid=…,type=user'; elsewhere give it a password, or a login of the target's identity service

    equal, apart from 10 that cannot be compared (10 passwords); left out: 9 platform roles (of both sides), 2 settings of a database that is not there yet, 7 things of the left side that the platform does not take (findings, which --format json shows)
    ");
    // Nothing is missing that cannot be seen; what can be is compared.
    target.sql("azadmin", "postgres", "ALTER ROLE shop_app CONNECTION LIMIT 7");
    let after = shown(&check(&source, &target, "azadmin").status(1), &source, &target);
    let lines: Vec<_> =
        after.split('\n').filter(|line| line.starts_with(['~', '-', '+'])).collect();
    assert_eq!(lines[2..], ["~ role shop_app: CONNECTION LIMIT: 200 -> 7"]);
}

/// What would stop a copy stops no comparison.
#[test]
fn obstacles_are_differences() {
    let small = [
        ("max_locks_per_transaction", "10"),
        ("max_connections", "10"),
        ("superuser_reserved_connections", "1"),
    ];
    let target = platforms::azure_like_with(16, &small);
    target.sql("azuresu", "postgres", "CREATE ROLE app; CREATE ROLE same CREATEDB");
    let to = target.connection_string("azadmin", "postgres");
    let dump = "CREATE ROLE app LOGIN CONNECTION LIMIT 5;\nCREATE ROLE same CREATEDB;\n\
                CREATE ROLE new;\nGRANT app TO new;\n";
    let diff = |dump: &str| {
        let run = Run::new([&["diff", "source.sql", &to, "--as", "azure"], &CATALOG[..]].concat());
        run.file("source.sql", dump)
    };
    let copy =
        Run::new([&["copy", "source.sql", &to, "--yes", "--into-older"], &CATALOG[..]].concat());
    copy.file("source.sql", dump).status(2);
    let done = diff(dump).status(1);
    assert_eq!(done.stderr, "");
    assert_snapshot!(anywhere(&done.stdout, &[(&target, "TARGET")]), @"
    --- source.sql, as it would be on azure
    +++ TARGET/postgres, PostgreSQL 16.14, azure
    ~ role app: CONNECTION LIMIT: 5 -> -1
    ~ role app: LOGIN: true -> false
    - role new
    - membership new in app: ADMIN FALSE, INHERIT TRUE, SET TRUE

    error: no-password: login roles arrive without a password
      line 1, role app: its password is not known, and on the target it has none
      = give theirs with --passwords-from, new ones with --passwords generate, or read the source as a role that may read pg_authid

    4 differences: 0 added, 2 removed, 2 changed (1 role, 2 attributes of a role, 1 membership), apart from 1 that cannot be compared (1 password); on the right side 1 login role without a password; left out: 3 platform roles (of both sides)
    ");

    // More than the lock table holds.
    let dump = many(2_000, "CREATE ROLE r#; COMMENT ON ROLE r# IS 'no. #'");
    let copy =
        Run::new([&["copy", "source.sql", &to, "--yes", "--into-older"], &CATALOG[..]].concat());
    copy.file("source.sql", &dump).status(2);
    let done = diff(&dump).with("--ignore comments").status(1);
    assert_eq!(done.stderr, "");
    let mut lines = done.stdout.split_terminator('\n');
    assert_eq!(lines.clone().filter(|line| line.starts_with("- role r")).count(), 2_000);
    assert_snapshot!(lines.next_back().unwrap(), @"2000 differences: 0 added, 2000 removed, 0 changed (2000 roles); left out: 3 platform roles (of both sides), 2000 differences ignored, 2 roles that only the right side has");
}

/// What the sanitizer finds out is said here, too.
#[test]
fn memberships_in_the_platforms_roles_are_missed() {
    let dump = "CREATE ROLE rdsadmin SUPERUSER;\nCREATE ROLE rds_superuser;\nCREATE ROLE rds_iam;\n\
                CREATE ROLE app LOGIN;\nGRANT rds_superuser TO app;\nGRANT rds_iam TO app;\n";
    let done = Run::new(["diff", "left.sql", "right.sql", "--as", "azure"])
        .file("left.sql", dump)
        .file("right.sql", "CREATE ROLE app LOGIN;\nCREATE ROLE other;\n")
        .done();
    assert_snapshot!(done, @"
    --- left.sql, aurora, as it would be on azure
    +++ right.sql

    error: external-authentication: the role authenticates through the source's platform, which the target does not have
      line 6, membership app in rds_iam: app logs in with an IAM token of AWS instead of a password
      = on Azure let an Entra administrator tie the role to a principal: SECURITY LABEL FOR pgaadauth ON ROLE … IS 'aadauth,oid=…,type=user'; elsewhere give it a password, or a login of the target's identity service

    equal, apart from 1 that cannot be compared (1 password); left out: 3 platform roles (of both sides), 1 role that only the right side has, 2 things of the left side that the platform does not take (findings, which --format json shows)
    ==== stderr ====
    ");
}

/// Names are chosen and changed as copy does it.
#[test]
fn the_selection_is_copys() {
    let done = Run::new(["diff", "left.sql", "right.sql", "--as", "azure"])
        .with("--rename old=new --only old --only more")
        .file("left.sql", "CREATE ROLE old LOGIN;\nCREATE ROLE more;\nCREATE ROLE others;\n")
        .file("right.sql", "CREATE ROLE new;\nCREATE ROLE old;\nCREATE ROLE more;\n")
        .status(1);
    assert_snapshot!(done, @"
    --- left.sql, as it would be on azure
    +++ right.sql
    ~ role new: LOGIN: true -> false

    error: no-password: login roles arrive without a password
      line 1, role new: its password is not known
      = give theirs with --passwords-from, new ones with --passwords generate, or read the source as a role that may read pg_authid

    1 difference: 0 added, 0 removed, 1 changed (1 attribute of a role), apart from 1 that cannot be compared (1 password); left out: 1 role not selected, 1 role that only the right side has
    ==== stderr ====
    ");
}

/// What is shown is what differs, not what one grantor would have to say.
#[test]
fn grants_of_several_grantors_differ_together() {
    let target = platforms::azure_like(18);
    target.sql(
        "azuresu",
        "postgres",
        "SET ROLE azadmin; CREATE ROLE g; CREATE ROLE h; RESET ROLE; GRANT g TO h",
    );
    let to = target.connection_string("azadmin", "postgres");
    let dump = "CREATE ROLE g;\nCREATE ROLE h;\nGRANT g TO h WITH ADMIN TRUE;\n";
    let run = Run::new([&["diff", "source.sql", &to, "--as", "azure"], &CATALOG[..]].concat());
    let done = run.file("source.sql", dump).status(1);
    assert_snapshot!(anywhere(&done.stdout, &[(&target, "TARGET")]), @"
    --- source.sql, as it would be on azure
    +++ TARGET/postgres, PostgreSQL 18.4, azure
    ~ membership h in g: ADMIN: TRUE -> FALSE
    1 difference: 0 added, 0 removed, 1 changed (1 membership); left out: 3 platform roles (of both sides)
    ");

    let target = Cluster::start(15);
    target.sql(
        "postgres",
        "postgres",
        "CREATE ROLE x; CREATE ROLE h; \
         GRANT SET ON PARAMETER work_mem TO x WITH GRANT OPTION; \
         SET ROLE x; GRANT SET ON PARAMETER work_mem TO h",
    );
    let to = target.connection_string("postgres", "postgres");
    let dump = "CREATE ROLE h;\nGRANT SET ON PARAMETER work_mem TO h WITH GRANT OPTION;\n";
    let run = Run::new([&["diff", "source.sql", &to, "--as", "postgres"], &CATALOG[..]].concat());
    let done = run.file("source.sql", dump).status(1);
    assert_snapshot!(anywhere(&done.stdout, &[(&target, "TARGET")]), @"
    --- source.sql, as it would be on postgres
    +++ TARGET/postgres, PostgreSQL 15.18
    ~ parameter work_mem to h: SET WITH GRANT OPTION -> SET
    1 difference: 0 added, 0 removed, 1 changed (1 parameter privilege); left out: 1 role that only the right side has
    ");
}

/// Nor how many of them there are.
#[test]
fn grants_of_several_grantors_are_one_difference() {
    let target = Cluster::start(18);
    let roles = "CREATE ROLE a;\nCREATE ROLE b;\nCREATE ROLE g;\nCREATE ROLE h;\n\
                 GRANT g TO a, b WITH ADMIN TRUE;\n";
    target.sql("postgres", "postgres", roles);
    let dump = format!("{roles}GRANT g TO h GRANTED BY a;\nGRANT g TO h GRANTED BY b;\n");
    let to = target.connection_string("postgres", "postgres");
    let run = Run::new([&["diff", "source.sql", &to, "--as", "postgres"], &CATALOG[..]].concat());
    let done = run.file("source.sql", dump).status(1);
    assert_snapshot!(anywhere(&done.stdout, &[(&target, "TARGET")]), @"
    --- source.sql, as it would be on postgres
    +++ TARGET/postgres, PostgreSQL 18.4
    - membership h in g: ADMIN FALSE, INHERIT TRUE, SET TRUE
    1 difference: 0 added, 1 removed, 0 changed (1 membership)
    ");
}

/// What copy has made an administrator is touched by no later copy; with what was mapped, it is
/// compared.
#[test]
fn protected_roles_are_counted() {
    let dump = "CREATE ROLE rdsadmin SUPERUSER;\nCREATE ROLE rds_superuser;\n\
                CREATE ROLE dba CREATEDB;\nGRANT rds_superuser TO dba;\n";
    let target = platforms::azure_like(16);
    target.sql("azuresu", "postgres", "CREATE ROLE later");
    let to = target.connection_string("azadmin", "postgres");
    let run = |args: &[&str]| {
        let args = [args, &["--map-role", "rds_superuser=azure_pg_admin"], &CATALOG[..]].concat();
        Run::new(args).file("source.sql", dump)
    };
    let copied = run(&["copy", "source.sql", &to, "--yes", "--into-older"]).done();
    // Both count the roles that only the target has alike.
    assert!(copied.stdout.contains("1 on the target only"), "{}", copied.stdout);
    target.sql("azuresu", "postgres", "ALTER ROLE dba NOCREATEDB");
    let without = ["diff", "source.sql", &to, "--as", "azure"];
    let done = Run::new([&without, &CATALOG[..]].concat()).file("source.sql", dump).done();
    assert_snapshot!(anywhere(&done.stdout, &[(&target, "TARGET")]), @"
    --- source.sql, aurora, as it would be on azure
    +++ TARGET/postgres, PostgreSQL 16.14, azure

    error: protected-role: the target has a role of this name that is never altered, granted or joined
      line 3, role dba: a member of azure_pg_admin on the target
      = carry it over under another name with --rename; where --map-role made it an administrator there, give that again

    equal; left out: 5 platform roles (of both sides), 1 role that copy never touches, 1 role that only the right side has, 1 thing of the left side that the platform does not take (findings, which --format json shows)
    ");
    let done = run(&without).status(1);
    assert_snapshot!(anywhere(&done.stdout, &[(&target, "TARGET")]), @"
    --- source.sql, aurora, as it would be on azure
    +++ TARGET/postgres, PostgreSQL 16.14, azure
    ~ role dba: CREATEDB: true -> false
    1 difference: 0 added, 0 removed, 1 changed (1 attribute of a role); left out: 5 platform roles (of both sides), 1 role that only the right side has, 1 thing of the left side that the platform does not take (findings, which --format json shows)
    ");
}

/// What somebody has set by hand as the source has it is in place, although copy does not send it.
#[test]
fn what_is_set_by_hand_is_not_missing() {
    let (source, target) = (platforms::aurora_like(15), platforms::azure_like(16));
    let set = "ALTER ROLE ALL SET work_mem = '5MB'; ALTER ROLE ALL SET lock_timeout = '1s'";
    source.sql("rdsadmin", "postgres", set);
    target.sql("azuresu", "postgres", set);
    target.sql("azuresu", "postgres", "ALTER ROLE ALL SET lock_timeout = '2s'");
    let from = source.connection_string("rdsadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let diff = |more: &[&str]| {
        let arguments = ["diff", &from, &to, "--reader", "catalog"];
        Run::new([&arguments, more].concat()).done_or_different().stdout
    };
    for more in
        [&["--as", "azure", "--format", "markdown"][..], &["--format", "sql", "--show-passwords"]]
    {
        let shown = diff(more);
        assert!(shown.contains("lock_timeout") && !shown.contains("work_mem"), "{shown}");
    }
}

/// What is different as two scripts: the left side as copy would bring it, and the same with what is there.
#[test]
fn as_a_unified_diff() {
    let (source, target) = (platforms::aurora_like(15), platforms::azure_like(16));
    globals::customer(&source);
    let from = source.connection_string("rdsadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let unified = || {
        let run = check(&source, &target, "azadmin").with("--format unified");
        run.with("--exclude postgres --exclude rds_master")
    };
    let all = shown(&unified().status(1), &source, &target);
    let is_line = |line: &&str| line.starts_with('-') && !line.starts_with("---");
    let before = all.split('\n').filter(is_line).count();
    assert!(before > 30 && !all.contains("\n+CREATE"), "{all}");
    Run::new([&["copy", &from, &to, "--yes", "--into-older"], &CATALOG[..]].concat()).done();
    let done = unified().done();
    assert!(!done.stdout.contains("\n@@"), "{}", done.stdout);
    target.sql(
        "azuresu",
        "postgres",
        "ALTER ROLE shop_app NOLOGIN; CREATE ROLE later; REVOKE shop_read FROM contractor GRANTED BY azadmin; \
         ALTER ROLE shop_app SET work_mem TO '1MB'; DROP ROLE lambda_iam; GRANT shop_read TO later",
    );
    let changed = shown(&unified().status(1), &source, &target);
    let lines = |text: &str| {
        let of_diff = |line: &&str| line.starts_with(['-', '+']);
        text.split('\n').filter(of_diff).map(str::to_owned).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(lines(&changed), @"
    --- SOURCE/postgres, as it would be on azure
    +++ TARGET/postgres
    -CREATE ROLE lambda_iam WITH LOGIN;
    -CREATE ROLE shop_app WITH LOGIN CONNECTION LIMIT 200 PASSWORD 'SCRAM-SHA-256 #…';
    +CREATE ROLE shop_app WITH CONNECTION LIMIT 200 PASSWORD 'SCRAM-SHA-256 #…';
    -GRANT shop_read TO contractor;
    ");
}

/// What copy does not bring is as it is there, on both sides; passwords that one side hides are on none.
#[test]
fn a_unified_diff_shows_nothing_that_is_not_there() {
    let target = Cluster::start(17);
    target.sql(
        "postgres",
        "postgres",
        "CREATE ROLE adm LOGIN CREATEROLE; CREATE ROLE j LOGIN CONNECTION LIMIT 6 PASSWORD 'x';
         GRANT j TO adm WITH ADMIN OPTION",
    );
    let dump = format!(
        "CREATE ROLE j LOGIN CONNECTION LIMIT 0 PASSWORD 'md5{}';\nCREATE ROLE k;\n",
        "0".repeat(32)
    );
    let to = target.connection_string("adm", "postgres");
    let run = Run::new([
        "diff", "in.sql", &to, "--as", "postgres", "--format", "unified", "--reader", "catalog",
    ]);
    let shown = run.file("in.sql", dump).status(1).stdout;
    let lines: Vec<_> = shown.split('\n').filter(|line| line.contains("ROLE")).collect();
    assert_eq!(
        lines,
        [" CREATE ROLE j WITH LOGIN CONNECTION LIMIT 6;", "-CREATE ROLE k;"],
        "{shown}"
    );
}
