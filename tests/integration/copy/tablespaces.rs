//! Tablespaces that both sides have.

use insta::assert_snapshot;

use super::{assert_settled, changes, command, copy, findings};
use crate::support::cluster::Cluster;

fn with_space(major: u32, more: &str) -> Cluster {
    let cluster = Cluster::start(major);
    cluster.with_client("postgres", "postgres", async |client| {
        client.batch_execute("SET allow_in_place_tablespaces = on").await.unwrap();
        client.batch_execute("CREATE TABLESPACE space LOCATION ''").await.unwrap();
    });
    cluster.sql("postgres", "postgres", &format!("CREATE ROLE a; CREATE ROLE b; {more}"));
    cluster
}

fn acl(cluster: &Cluster) -> Option<String> {
    let query = "SELECT pg_get_userbyid(spcowner) || ' ' || spcacl::text FROM pg_tablespace
                 WHERE spcname = 'space'";
    cluster.query("postgres", "postgres", query)[0][0].clone()
}

/// What its owner has needs no grant, whoever owns it on the source.
#[test]
fn an_owner_of_the_targets_own() {
    let source = with_space(17, "GRANT CREATE ON TABLESPACE space TO a");
    let target = with_space(17, "ALTER TABLESPACE space OWNER TO a");
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    let report = assert_settled(&from, &to, &[]);
    assert_snapshot!(findings(&report, &["tablespace"]), @"warning tablespace rewritten tablespace space: its owner on the target stays: postgres is never granted or joined: the connection to the target uses it");
}

/// The new owner's own grant is gone with the change, and back with the undo.
#[test]
fn a_new_owner_that_had_been_granted_it() {
    for option in ["", " WITH GRANT OPTION"] {
        let source = with_space(17, "ALTER TABLESPACE space OWNER TO a");
        let target = with_space(
            17,
            &format!(
                "ALTER TABLESPACE space OWNER TO b; GRANT CREATE ON TABLESPACE space TO a{option}"
            ),
        );
        let from = source.connection_string("postgres", "postgres");
        let to = target.connection_string("postgres", "postgres");
        let before = acl(&target);
        let run = command(&from, &to, &["--undo", "undo.sql"]).done();
        assert_eq!(acl(&target).unwrap(), "a {a=C/a}");
        let script = run.file("undo.sql");
        let output = target.psql("postgres", &script);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(acl(&target), before, "{script}");
        insta::allow_duplicates! { assert_snapshot!(changes(&copy(&from, &to, &[])), @"
        revoke create on tablespace space from a
        alter tablespace space: owner a, was b
        ") };
    }
}
