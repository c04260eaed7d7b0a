//! Privileges on parameters and tablespaces whose grantor has lost its grant option: a server keeps these where
//! the grantor was also a member of another that may grant them.

use insta::assert_snapshot;

use super::{assert_settled, changes, copy, findings};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::sql::Rows;

/// `b` keeps what `a` has granted, and `a` has nothing any more. The chain behind `b` is as it was.
fn lose(cluster: &Cluster) {
    for name in ["a", "b", "c", "g"] {
        cluster.sql("postgres", "postgres", &format!("CREATE ROLE {name}"));
    }
    let place = cluster.new_directory("space");
    let create = format!("CREATE TABLESPACE space LOCATION '{}'", place.display());
    cluster.sql("postgres", "postgres", &create);
    for what in ["SET ON PARAMETER work_mem", "CREATE ON TABLESPACE space"] {
        cluster.sql(
            "postgres",
            "postgres",
            &format!(
                "GRANT {what} TO g, a WITH GRANT OPTION;
                 GRANT g TO a;
                 SET SESSION AUTHORIZATION a; GRANT {what} TO b WITH GRANT OPTION;
                 SET SESSION AUTHORIZATION b; GRANT {what} TO c; RESET SESSION AUTHORIZATION;
                 REVOKE {what} FROM a; REVOKE g FROM a"
            ),
        );
    }
    // The other privilege has a grantor that can grant it.
    cluster.sql(
        "postgres",
        "postgres",
        "GRANT ALTER SYSTEM ON PARAMETER work_mem TO a WITH GRANT OPTION;
         SET SESSION AUTHORIZATION a; GRANT ALTER SYSTEM ON PARAMETER work_mem TO b;
         RESET SESSION AUTHORIZATION",
    );
    let held = "SELECT paracl FROM pg_parameter_acl";
    let held = cluster.query("postgres", "postgres", held);
    assert_eq!(
        held,
        [[Some("{postgres=sA/postgres,g=s*/postgres,b=s*A/a,c=s/b,a=A*/postgres}".to_owned())]]
    );
}

/// Who may do what on the cluster, apart from who has granted it.
fn held(cluster: &Cluster) -> Rows {
    let text = "SELECT r.rolname, has_parameter_privilege(r.rolname, 'work_mem', 'SET WITH GRANT OPTION'),
                       has_parameter_privilege(r.rolname, 'work_mem', 'SET'),
                       has_parameter_privilege(r.rolname, 'work_mem', 'ALTER SYSTEM WITH GRANT OPTION'),
                       has_parameter_privilege(r.rolname, 'work_mem', 'ALTER SYSTEM'),
                       has_tablespace_privilege(r.rolname, 'space', 'CREATE WITH GRANT OPTION'),
                       has_tablespace_privilege(r.rolname, 'space', 'CREATE')
                FROM pg_roles r WHERE length(r.rolname) = 1 ORDER BY 1";
    cluster.query("postgres", "postgres", text)
}

/// Nobody loses anything, neither by a copy nor by a script.
#[test]
fn what_they_granted_stays() {
    let source = Cluster::start(16);
    lose(&source);
    let target = Cluster::start(18);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    // Tablespaces are made outside the transaction that a database can make read-only.
    let read_only = "ALTER DATABASE postgres SET default_transaction_read_only = on";
    target.sql("postgres", "postgres", read_only);
    let report = copy(&from, &to, &[]);
    assert_snapshot!(findings(&report, &["grant-option"]), @"
    info grant-option rewritten tablespace space: was granted by a, which cannot grant it any more
    info grant-option rewritten parameter work_mem to b: was granted by a, which cannot grant it any more
    ");
    assert_eq!(held(&target), held(&source));
    assert_settled(&from, &to, &[]);

    let dump = source.dump_globals(16, "postgres", &[]);
    let script = Run::new(["convert", "-", "--platform", "postgres", "--target-version", "17"])
        .stdin(dump)
        .done()
        .stdout;
    let target = Cluster::start(17);
    let output = target.psql("postgres", &script);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(held(&target), held(&source));
}

/// Nobody can revoke it: it is said, with what can be done, and all else is done.
#[test]
fn what_nobody_can_revoke() {
    let (source, target) = (Cluster::start(18), Cluster::start(16));
    lose(&target);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    let create = "CREATE ROLE a; CREATE ROLE b; CREATE ROLE c; CREATE ROLE g";
    source.sql("postgres", "postgres", create);
    // Servers of two versions can share a directory.
    let place = "SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = 'space'";
    let place = target.query("postgres", "postgres", place)[0][0].clone().unwrap();
    source.sql("postgres", "postgres", &format!("CREATE TABLESPACE space LOCATION '{place}'"));
    let report = copy(&from, &to, &["--existing", "replace"]);
    assert_snapshot!(changes(&report), @"
    revoke privileges on parameter work_mem from c
    revoke privileges on parameter work_mem from g
    revoke create on tablespace space from c
    revoke create on tablespace space from g
    ");
    let told = findings(&report, &["not-revocable"]);
    assert_snapshot!(told, @"
    warning not-revocable dropped parameter work_mem to a: a has granted it on, to b
    warning not-revocable dropped parameter work_mem to b: a has granted it, and has no grant option for it any more: GRANT SET ON PARAMETER work_mem TO a WITH GRANT OPTION, then REVOKE SET ON PARAMETER work_mem FROM a CASCADE takes it away, while a is a member of no other role that may grant it
    warning not-revocable dropped tablespace space: a has granted it, and has no grant option for it any more: GRANT CREATE ON TABLESPACE space TO a WITH GRANT OPTION, then REVOKE CREATE ON TABLESPACE space FROM a CASCADE takes it away, while a is a member of no other role that may grant it
    ");

    // What is told takes it away.
    for what in ["SET ON PARAMETER work_mem", "CREATE ON TABLESPACE space"] {
        let statements = [
            format!("GRANT {what} TO a WITH GRANT OPTION"),
            format!("REVOKE {what} FROM a CASCADE"),
        ];
        for statement in statements {
            assert!(told.contains(&statement), "{told}");
            target.sql("postgres", "postgres", &statement);
        }
    }
    copy(&from, &to, &["--existing", "replace"]);
    assert_eq!(
        findings(&assert_settled(&from, &to, &["--existing", "replace"]), &["not-revocable"]),
        ""
    );
    assert_eq!(held(&target), held(&source));
}
