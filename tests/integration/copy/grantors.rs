//! `--existing replace` and its undo, where members have granted roles on.

use super::{changes, command, copy, findings};
use crate::support::catalog::{Catalog, assert_as_before};
use crate::support::cluster::Cluster;
use crate::support::platforms;

/// What the source has: some of the same, or nothing.
const SOURCES: [&str; 3] =
    ["", "GRANT r TO a WITH ADMIN OPTION", "GRANT r TO c WITH ADMIN OPTION; GRANT s TO z"];

macro_rules! on_each_target {
    ($($name:ident $major:literal)*) => { $(
        mod $name {
            #[test]
            fn as_the_administrator() {
                super::chains($major, true);
            }

            #[test]
            fn as_a_superuser() {
                super::chains($major, false);
            }
        }
    )* };
}

on_each_target! { fourteen 14 fifteen 15 sixteen 16 seventeen 17 eighteen 18 }

/// Chains of grantors whose names ascend and descend, two ways to one member, and what its creator has
/// of a role.
fn chains(major: u32, admin: bool) {
    let (target, user) = if admin {
        (platforms::azure_like(major), "azadmin")
    } else {
        (Cluster::start(major), "postgres")
    };
    let names = ["a", "b", "c", "r", "s", "x", "y", "z"];
    let create = |cluster: &Cluster, user: &str| {
        for name in names {
            cluster.sql(user, "postgres", &format!("CREATE ROLE {name}"));
        }
        cluster.sql(user, "postgres", "CREATE ROLE m LOGIN CREATEROLE");
    };
    create(&target, user);
    let grant = |text: String| target.sql(&target.superuser, "postgres", &text);
    for [role, first, second, third] in [["r", "a", "b", "c"], ["s", "z", "y", "x"]] {
        grant(format!("GRANT {role} TO {first} WITH ADMIN OPTION GRANTED BY {user}"));
        grant(format!("GRANT {role} TO {second} WITH ADMIN OPTION GRANTED BY {first}"));
        grant(format!("GRANT {role} TO {third} GRANTED BY {second}"));
        if major >= 16 {
            grant(format!("GRANT {role} TO {third} WITH ADMIN OPTION GRANTED BY {first}"));
            grant(format!("GRANT {role} TO m WITH INHERIT FALSE, SET FALSE GRANTED BY {third}"));
        }
    }
    // What rests on nothing, and on which nothing rests.
    grant(format!("GRANT r TO x WITH ADMIN OPTION GRANTED BY {user}"));
    grant(format!("GRANT s TO a, b GRANTED BY {user}"));
    target.sql("m", "postgres", "CREATE ROLE only_there");
    let before = Catalog::of(&target);
    let to = target.connection_string(user, "postgres");
    let mut sent = 0;
    // Before 16 a membership that gets the ADMIN option has a new grantor, and keeps it without.
    for grants in &SOURCES[..if major < 16 { 2 } else { 3 }] {
        let source = Cluster::start(if major == 16 { 16 } else { 18 });
        create(&source, "postgres");
        source.sql("postgres", "postgres", grants);
        let from = source.connection_string("postgres", "postgres");
        let more = ["--existing", "replace", "--exclude", "postgres", "--widen"];
        let run = command(&from, &to, &more).with("--undo undo.sql --format json").done();
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(report["remaining"], 0, "{report:#}");
        // Its creator administers it.
        assert!(!changes(&report).contains("only_there"), "{report:#}");
        sent += report["sent"].as_u64().unwrap();
        if report["sent"] == 0 {
            continue;
        }
        let script = run.file("undo.sql");
        let output = target.psql(user, &script);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !said.contains("ERROR"), "{said}\n{script}");
        assert!(!said.contains("WARNING"), "{said}\n{script}");
        let (mut now, mut before) = (Catalog::of(&target), before.clone());
        if admin && major < 16 {
            // Only a superuser says there who has granted it.
            for catalog in [&mut now, &mut before] {
                let all = std::mem::take(&mut catalog.grants).into_iter();
                catalog.grants = all
                    .map(|mut grant| {
                        grant.grantor = None;
                        grant
                    })
                    .collect();
            }
        }
        assert_as_before(&format!("{grants}\n{script}"), &now, &before);
    }
    assert!(sent > 0);
}

/// What findings tell to give, a later copy does not take back.
#[test]
fn what_was_given_as_told() {
    let source = platforms::aurora_like(15);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE cdc LOGIN; CREATE ROLE boss LOGIN CREATEROLE; CREATE ROLE team;
         CREATE ROLE crew; GRANT crew TO boss",
    );
    source.sql("rdsadmin", "postgres", "GRANT rds_replication TO cdc");
    let from = source.connection_string("postgres", "postgres");
    for superuser in [true, false] {
        let target = platforms::azure_like(18);
        let user = if superuser { "azuresu" } else { "azadmin" };
        let to = target.connection_string(user, "postgres");
        let replace = ["--existing", "replace", "--exclude", "postgres"];
        let report = copy(&from, &to, &replace);
        insta::allow_duplicates! {
            insta::assert_snapshot!(findings(&report, &["dropped-role", "createrole-power"]), @"
            info dropped-role dropped membership postgres in rds_superuser: postgres is not carried over
            warning createrole-power kept role boss: GRANT cdc, team TO boss WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; GRANT crew TO boss WITH ADMIN TRUE
            ");
        }
        let lost = findings(&report, &["replication"]);
        // Only who can run the statement is told it.
        assert_eq!(
            lost.ends_with("loses REPLICATION; on the target: ALTER ROLE cdc REPLICATION"),
            superuser,
            "{lost}"
        );
        assert!(superuser || lost.ends_with("cdc loses REPLICATION"), "{lost}");
        target.sql("azuresu", "postgres", "ALTER ROLE cdc REPLICATION");
        let grant = "GRANT cdc, team TO boss WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; \
                     GRANT crew TO boss WITH ADMIN TRUE";
        target.sql(user, "postgres", grant);
        let before = Catalog::of(&target);
        let again = copy(&from, &to, &replace);
        assert_eq!(again["sent"], 0);
        // Nor is it told again.
        assert_eq!(findings(&again, &["createrole-power"]), "");
        assert!(Catalog::of(&target) == before);
        // What nobody told to give is.
        target.sql(user, "postgres", "GRANT team TO boss WITH INHERIT TRUE, SET TRUE");
        assert_eq!(copy(&from, &to, &replace)["sent"], 1);
    }
}
