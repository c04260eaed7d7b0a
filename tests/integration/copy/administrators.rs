//! Administrators of the target whom this command makes none: they are never touched.

use insta::assert_snapshot;

use super::{changes, copy, findings};
use crate::support::catalog::Catalog;
use crate::support::cluster::Cluster;
use crate::support::command::convert;
use crate::support::platforms::{aurora_like, azure_like};

const MAP: &str = "--map-role=rds_superuser=azure_pg_admin";

/// `dba` is an administrator by `group` on the source, and by itself on the target.
fn servers(major: u32) -> (Cluster, Cluster) {
    let source = aurora_like(15);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE grp; CREATE ROLE dba LOGIN PASSWORD 'theirs'; CREATE ROLE deputy LOGIN;
         CREATE ROLE team; GRANT team TO dba; GRANT grp TO dba; GRANT dba TO deputy",
    );
    source.sql("rdsadmin", "postgres", "GRANT rds_superuser TO grp");
    let target = azure_like(major);
    target.sql(
        "azadmin",
        "postgres",
        "CREATE ROLE dba LOGIN PASSWORD 'ours'; GRANT azure_pg_admin TO dba",
    );
    (source, target)
}

/// Whom memberships that are left out would have made administrators.
#[test]
fn by_a_membership_that_is_left_out() {
    for major in [15, 18] {
        for choice in ["--exclude=grp", "--skip=memberships", "--only=d*"] {
            let (source, target) = servers(major);
            let from = source.connection_string("rdsadmin", "postgres");
            let to = target.connection_string("azadmin", "postgres");
            let before = Catalog::of(&target);
            let report = copy(&from, &to, &[MAP, choice, "--exclude=postgres"]);
            let told = findings(&report, &["protected-role"]);
            assert!(
                told.starts_with(
                    "error protected-role dropped role dba: a member of azure_pg_admin on the target"
                ),
                "{choice}: {told}"
            );
            target.login("dba", "ours").unwrap();
            let after = Catalog::of(&target);
            assert_eq!(after.roles["dba"], before.roles["dba"]);
            let of_dba = |catalog: &Catalog| {
                let all = catalog.grants.iter();
                all.filter(|it| it.member == "dba" || it.role == "dba").cloned().collect::<Vec<_>>()
            };
            assert_eq!(of_dba(&after), of_dba(&before), "{choice}");
        }
    }
}

/// Whom this command makes one is the source's.
#[test]
fn by_a_membership_that_stays() {
    let (source, target) = servers(18);
    target.sql("azuresu", "postgres", "GRANT dba TO azadmin WITH ADMIN OPTION");
    let from = source.connection_string("rdsadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let report = copy(&from, &to, &[MAP, "--exclude=postgres"]);
    assert_eq!(findings(&report, &["protected-role"]), "");
    assert!(changes(&report).contains("replace the password of dba"), "{report:#}");
    target.login("dba", "theirs").unwrap();
}

/// A script does not know the target's administrators: its guards ask.
#[test]
fn scripts_ask() {
    let dump = |role: &str| {
        format!(
            "CREATE ROLE a;\nCREATE ROLE {role} LOGIN PASSWORD 'md5fedcba9876543210fedcba9876543210';\n\
             GRANT a TO {role};\n"
        )
    };
    for major in [15, 18] {
        let target = azure_like(major);
        target.sql(
            "azadmin",
            "postgres",
            "CREATE ROLE second LOGIN; CREATE ROLE dbas; CREATE ROLE third LOGIN; CREATE ROLE plain;
             GRANT azure_pg_admin TO second, dbas; GRANT dbas TO third",
        );
        target.sql(
            "azuresu",
            "postgres",
            "CREATE ROLE root SUPERUSER; CREATE ROLE rooter; GRANT root TO rooter; CREATE ROLE stand_in;
             GRANT azadmin TO stand_in",
        );
        let script = |role: &str, more: &str| {
            let run = convert(dump(role)).with("--if-not-exists --target-version");
            run.with(&format!("{major}{more}")).done().stdout
        };
        let before = Catalog::of(&target);
        for role in ["second", "dbas", "third", "azadmin", "root", "rooter", "stand_in"] {
            let output = target.psql("azadmin", script(role, ""));
            let said = String::from_utf8_lossy(&output.stderr);
            let message = format!(
                "ERROR:  this role replays the script, or is a superuser or an administrator, and \
                 is never touched: convert again with --exclude or --rename: {role}\n"
            );
            assert!(output.status.code() == Some(3) && said.contains(&message), "{role}: {said}");
            assert!(Catalog::of(&target) == before, "{role}");
        }
        // A superuser alters other superusers, and no administrators either.
        let output = target.psql("azuresu", script("third", ""));
        assert_eq!(output.status.code(), Some(3));
        for role in ["root", "rooter"] {
            let output = target.psql("azuresu", script(role, " --exclude a"));
            assert!(output.status.success(), "{role}: {output:?}");
        }
        let output = target.psql("azadmin", script("plain", ""));
        assert!(output.status.success(), "{output:?}");
    }
}

/// Whom the script itself makes an administrator can be replayed again; where there is no role of
/// administrators, nobody is one.
#[test]
fn scripts_can_be_replayed_again() {
    let dump = "CREATE ROLE rdsadmin SUPERUSER;\nCREATE ROLE rds_superuser;\nCREATE ROLE dba LOGIN;\n\
                CREATE ROLE below LOGIN;\nGRANT rds_superuser TO dba;\nGRANT dba TO below;\n";
    for major in [15, 18] {
        let target = azure_like(major);
        let script = || convert(dump).with("--if-not-exists").with(MAP).with("--target-version");
        let script = script().with(&major.to_string()).done().stdout;
        for _ in 0..2 {
            let output = target.psql("azadmin", &script);
            assert!(output.status.success(), "{output:?}");
        }
    }
    let plain = Cluster::start(18);
    let script = convert("CREATE ROLE a LOGIN;").with("--if-not-exists --target-version 18").done();
    for _ in 0..2 {
        let output = plain.psql("postgres", &script.stdout);
        assert!(output.status.success(), "{output:?}");
    }
}

/// What a role that is granted has behind it on the target.
#[test]
fn roles_behind_the_granted_one() {
    let source = Cluster::start(18);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE top; CREATE ROLE middle; CREATE ROLE low; CREATE ROLE m LOGIN;
         GRANT top TO middle; GRANT middle TO low; GRANT low TO m",
    );
    let target = azure_like(18);
    target.sql(
        "azadmin",
        "postgres",
        "CREATE ROLE top; CREATE ROLE middle; CREATE ROLE low; GRANT top TO middle; GRANT middle TO low;
         CREATE ROLE writers; GRANT writers TO top",
    );
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let report = copy(&from, &to, &["--exclude=postgres"]);
    assert_snapshot!(changes(&report), @r"
    create role m LOGIN
    grant low to m
    ");
    assert_snapshot!(findings(&report, &["wider-role"]), @"warning wider-role kept membership m in low: low is a member of top, which has more on the target than on the source");
}

/// CREATEROLE is more before 16 than since then.
#[test]
fn createrole_is_more_before_16() {
    let source = Cluster::start(18);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE maker LOGIN CREATEROLE CREATEDB; CREATE ROLE victim LOGIN",
    );
    let from = source.connection_string("postgres", "postgres");
    for (more, is_maker) in [("--allow-freeze", false), ("--widen", true)] {
        let target = azure_like(15);
        let to = target.connection_string("azadmin", "postgres");
        let report = copy(&from, &to, &["--exclude=postgres", more]);
        assert_eq!(
            findings(&report, &["wider-createrole"]),
            if is_maker {
                ""
            } else {
                "error wider-createrole rewritten role maker: loses CREATEROLE"
            }
        );
        // On the source it could not.
        let take_over = "ALTER ROLE victim PASSWORD 'x'";
        source.try_sql("maker", "postgres", take_over).unwrap_err();
        assert_eq!(target.try_sql("maker", "postgres", take_over).is_ok(), is_maker);
        assert!(Catalog::of(&target).roles["maker"].createdb);
        assert_eq!(copy(&from, &to, &["--exclude=postgres", more])["sent"], 0);
    }
}
