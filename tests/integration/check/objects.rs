//! What superusers make, what comes with other things, and who may change it.

use insta::assert_snapshot;

use super::{azure, check, found};
use crate::support::cluster::Cluster;
use crate::support::platforms;

/// A server of its own, where the bootstrap superuser has made everything in `shop`.
fn own(major: u32, sql: &str) -> (Cluster, String) {
    let source = Cluster::start(major);
    source.sql("postgres", "postgres", "CREATE DATABASE shop");
    source.sql("postgres", "shop", sql);
    let from = source.connection_string("postgres", "postgres");
    (source, from)
}

/// The server makes constructors and a cast along with a range type; they go with it.
#[test]
fn what_comes_with_range_types() {
    let (_target, to) = azure(18, &[]);
    for major in [10, 14, 18] {
        let source = platforms::aurora_like(major);
        source.sql("rdsadmin", "postgres", "CREATE DATABASE shop OWNER postgres");
        source.sql("rdsadmin", "shop", "CREATE SCHEMA mine AUTHORIZATION postgres");
        source.sql("postgres", "shop", "CREATE TYPE mine.span AS RANGE (subtype = float8)");
        let from = source.connection_string("postgres", "postgres");
        let run = check(&from, &to, &["casts", "superuser-objects"]).with("--database shop");
        assert_eq!(
            found(run, 0),
            "succeeded 603409 shop: there is none\n\
             succeeded shop: no superuser owns anything in it, and nothing in it takes one to create",
            "{major}"
        );
    }
}

#[test]
fn what_the_bootstrap_superuser_owns() {
    let (_target, to) = azure(16, &[]);
    let sql = "CREATE SEQUENCE numbers; CREATE TABLE \"Stock\" (id serial); \
               CREATE OPERATOR FAMILY lonely USING btree; \
               CREATE FOREIGN DATA WRAPPER homemade";
    let (_source, from) = own(10, sql);
    let run = |from: &str| check(from, &to, &["superuser-objects"]).with("--database shop");
    assert_snapshot!(found(run(&from), 1), @"");
    let (source, from) = own(16, "CREATE PROCEDURE nothing(int) LANGUAGE sql AS ''");
    assert_snapshot!(found(run(&from), 0), @"");
    // What is proposed can be done, and mends it.
    source.sql(
        "postgres",
        "shop",
        "CREATE ROLE app; ALTER ROUTINE public.nothing(integer) OWNER TO app",
    );
    assert_snapshot!(found(run(&from), 0), @"");
    source.sql(
        "postgres",
        "shop",
        "CREATE SCHEMA s; ALTER SCHEMA s OWNER TO app; \
         CREATE OPERATOR CLASS s.ints FOR TYPE int4 USING btree AS OPERATOR 1 <; \
         CREATE OPERATOR FAMILY s.lonely USING hash",
    );
    assert_snapshot!(found(run(&from), 1), @"");
}

#[test]
fn subscriptions_with_a_slot() {
    let (_target, to) = azure(16, &[]);
    let sql = "CREATE SUBSCRIPTION \"In\" CONNECTION 'host=branch password=geheim' \
               PUBLICATION p, \"Q\" WITH (connect = false, slot_name = 'left_slot'); \
               CREATE SUBSCRIPTION left_over CONNECTION 'host=branch password=geheim' \
               PUBLICATION p WITH (connect = false, slot_name = NONE)";
    for major in [10, 16] {
        let (source, from) = own(major, sql);
        let run = check(&from, &to, &["publications"]).with("--database shop");
        insta::allow_duplicates! {
            assert_snapshot!(found(run, 0), @"");
        }
        // The statements for the source work.
        source.sql("postgres", "shop", "ALTER SUBSCRIPTION \"In\" DISABLE");
        source.sql("postgres", "shop", "ALTER SUBSCRIPTION \"In\" SET (slot_name = NONE)");
    }
    // The statement for the target takes one of its superusers, or a member of a role of 16.
    let (target, _) = own(16, "CREATE TABLE t (a int)");
    target.sql(
        "postgres",
        "shop",
        "CREATE SUBSCRIPTION \"In\" CONNECTION 'host=branch' PUBLICATION p, \"Q\" \
         WITH (create_slot = false, slot_name = 'left_slot', copy_data = false, connect = false)",
    );
}

/// Nobody is told to make the connected role a superuser, or what it may not do.
#[test]
fn who_changes_owners() {
    let (_target, to) = azure(16, &[]);
    for major in [15, 16] {
        let source = Cluster::start(major);
        for sql in [
            "CREATE ROLE app LOGIN",
            "CREATE ROLE boss SUPERUSER",
            "CREATE ROLE other",
            "CREATE DATABASE bosses OWNER boss",
            "CREATE DATABASE others OWNER other",
        ] {
            source.sql("postgres", "postgres", sql);
        }
        source.sql(
            "postgres",
            "others",
            "CREATE TABLE t (a int); ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        );
        let run = |user: &str| {
            let from = source.connection_string(user, "postgres");
            check(&from, &to, &["source-user"]).with("--database bosses --database others")
        };
        let report = found(run("app"), 1);
        if major == 15 {
            assert_snapshot!(report, @"");
        } else {
            assert_snapshot!(report, @"");
        }
    }
    let source = platforms::aurora_like(16);
    source.sql("rdsadmin", "postgres", "CREATE DATABASE shop OWNER postgres");
    source.sql(
        "rdsadmin",
        "shop",
        "CREATE TABLE public.t (a int); ALTER TABLE public.t ENABLE ROW LEVEL SECURITY; \
         GRANT SELECT ON public.t TO PUBLIC",
    );
    let from = source.connection_string("postgres", "postgres");
    let run = check(&from, &to, &["source-user"]).with("--database shop");
    assert_snapshot!(found(run, 1), @"");
}

#[test]
fn privileges_on_system_functions() {
    let (_target, to) = azure(18, &[]);
    for major in [10, 15, 18] {
        let source = platforms::aurora_like(major);
        source.sql("rdsadmin", "postgres", "CREATE DATABASE shop OWNER postgres");
        let from = source.connection_string("postgres", "postgres");
        let run = || check(&from, &to, &["catalog-privileges"]).with("--database shop");
        insta::allow_duplicates! {
            assert_snapshot!(found(run(), 0), @"");
        }
        source.sql(
            "rdsadmin",
            "shop",
            "CREATE ROLE app; GRANT EXECUTE ON FUNCTION pg_read_file(text) TO app WITH GRANT OPTION; \
             GRANT EXECUTE ON FUNCTION pg_ls_dir(text) TO PUBLIC; \
             GRANT EXECUTE ON FUNCTION pg_sleep(float8) TO app; \
             CREATE FUNCTION pg_catalog.ours() RETURNS int LANGUAGE sql AS 'SELECT 1'; \
             GRANT EXECUTE ON FUNCTION pg_catalog.ours() TO app",
        );
        insta::allow_duplicates! {
            assert_snapshot!(found(run(), 1), @"");
        }
        // What is proposed can be done, and mends it.
        source.sql(
            "rdsadmin",
            "shop",
            "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text) FROM PUBLIC; \
             REVOKE EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) FROM app CASCADE; \
             REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) FROM app",
        );
        insta::allow_duplicates! {
            assert_snapshot!(found(run(), 0), @"");
        }
    }
}

#[test]
fn collations_of_domains_and_composite_types() {
    let (_target, to) = azure(16, &[]);
    for major in [10, 16] {
        let (source, from) = own(
            major,
            "CREATE COLLATION pg_catalog.\"de_DE.utf8\" (locale = 'C'); \
             CREATE DOMAIN word AS text COLLATE \"de_DE.utf8\"; \
             CREATE DOMAIN short_word AS word CHECK (length(value) < 9)",
        );
        let run = || check(&from, &to, &["collations"]).with("--database shop");
        insta::allow_duplicates! {
            assert_snapshot!(found(run(), 1), @"");
        }
        source.sql(
            "postgres",
            "shop",
            "CREATE TYPE pair AS (a text COLLATE \"de_DE.utf8\", b word)",
        );
        insta::allow_duplicates! {
            assert_snapshot!(found(run(), 1), @"");
        }
    }
}
