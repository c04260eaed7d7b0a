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
            "succeeded 603409 shop: no cast was made by users\n\
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
    assert_snapshot!(found(run(&from), 1), @r#"
    warning shop: the superuser postgres owns 2 sequences (such as public."Stock_id_seq") and 1 table (public."Stock"): the migration service does not bring what superusers own
      = on the source, one by one, since REASSIGN OWNED cannot take from this superuser: ALTER TABLE public."Stock" OWNER TO …; or pg_globals copy --for-restore FILE, before pg_restore
    failed shop: it takes a superuser, and the target has none, to create 1 foreign data wrapper (homemade) and 1 operator family (public.lonely)
      = replace them on the source, or leave them out: pg_restore --use-list
    "#);
    let (source, from) = own(16, "CREATE PROCEDURE nothing(int) LANGUAGE sql AS ''");
    assert_snapshot!(found(run(&from), 0), @"
    warning shop: the superuser postgres owns 1 function (public.nothing(integer)): the migration service does not bring what superusers own
      = on the source, one by one, since REASSIGN OWNED cannot take from this superuser: ALTER ROUTINE public.nothing(integer) OWNER TO …; or pg_globals copy --for-restore FILE, before pg_restore
    ");
    // What is proposed can be done, and mends it.
    source.sql(
        "postgres",
        "shop",
        "CREATE ROLE app; ALTER ROUTINE public.nothing(integer) OWNER TO app",
    );
    assert_snapshot!(found(run(&from), 0), @"succeeded shop: no superuser owns anything in it, and nothing in it takes one to create");
    source.sql(
        "postgres",
        "shop",
        "CREATE SCHEMA s; ALTER SCHEMA s OWNER TO app; \
         CREATE OPERATOR CLASS s.ints FOR TYPE int4 USING btree AS OPERATOR 1 <; \
         CREATE OPERATOR FAMILY s.lonely USING hash",
    );
    assert_snapshot!(found(run(&from), 1), @"
    failed shop: it takes a superuser, and the target has none, to create 1 operator class (s.ints) and 1 operator family (s.lonely)
      = replace them on the source, or leave them out: pg_restore --use-list
    ");
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
            assert_snapshot!(found(run, 0), @r#"
            warning shop: the subscription "In"
              = before the final dump, on the source: ALTER SUBSCRIPTION "In" DISABLE; ALTER SUBSCRIPTION "In" SET (slot_name = NONE); after the restore, on the target: CREATE SUBSCRIPTION "In" CONNECTION '…' PUBLICATION p, "Q" WITH (create_slot = false, slot_name = 'left_slot', copy_data = false); what the source had applied, and not yet confirmed, comes again
            warning shop: the subscription left_over, which has no slot, and gets nothing
              = create it on the target after the migration, if it is still needed
            "#);
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
            assert_snapshot!(report, @"
            failed 603110 bosses: app is neither its owner boss nor a member of it
              = ALTER DATABASE bosses OWNER TO app, by boss or another superuser; or leave it out: --database names those that are migrated
            failed 603110 others: app is neither its owner other nor a member of it
              = as a superuser, or a role with CREATEROLE: GRANT other TO app
            failed 603110 others: app cannot read 1 relation: public.t
              = as a superuser, or a role with CREATEROLE: GRANT pg_read_all_data TO app (it opens pg_authid, too, and would be copied: REVOKE it after the dump); or as their owner: GRANT USAGE ON SCHEMA … TO app; GRANT SELECT ON ALL TABLES IN SCHEMA … TO app; GRANT SELECT ON ALL SEQUENCES IN SCHEMA … TO app
            failed 603110 others: a dump stops, since policies may hide rows from app, in 1 table: public.t
              = as a superuser: ALTER ROLE app BYPASSRLS; or migrate as the tables' owner, where they have no FORCE ROW LEVEL SECURITY
            ");
        } else {
            assert_snapshot!(report, @"
            failed 603110 bosses: app is neither its owner boss nor a member of it
              = ALTER DATABASE bosses OWNER TO app, by boss or another superuser; or leave it out: --database names those that are migrated
            failed 603110 others: app is neither its owner other nor a member of it
              = as a superuser, or a role with the ADMIN option on other: GRANT other TO app
            failed 603110 others: app cannot read 1 relation: public.t
              = as a superuser, or a role with the ADMIN option on pg_read_all_data: GRANT pg_read_all_data TO app (it opens pg_authid, too, and would be copied: REVOKE it after the dump); or as their owner: GRANT USAGE ON SCHEMA … TO app; GRANT SELECT ON ALL TABLES IN SCHEMA … TO app; GRANT SELECT ON ALL SEQUENCES IN SCHEMA … TO app
            failed 603110 others: a dump stops, since policies may hide rows from app, in 1 table: public.t
              = as a superuser: ALTER ROLE app BYPASSRLS; or migrate as the tables' owner, where they have no FORCE ROW LEVEL SECURITY
            ");
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
    assert_snapshot!(found(run, 1), @"
    failed 603110 shop: a dump stops, since policies may hide rows from postgres, in 1 table: public.t
      = as a role with CREATEROLE, BYPASSRLS and the ADMIN option on postgres: ALTER ROLE postgres BYPASSRLS; or migrate as the tables' owner, where they have no FORCE ROW LEVEL SECURITY
    ");
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
            assert_snapshot!(found(run(), 0), @"succeeded 603410 shop: no privilege on a system function or closed catalog was granted");
        }
        source.sql(
            "rdsadmin",
            "shop",
            "CREATE ROLE app; GRANT EXECUTE ON FUNCTION pg_read_file(text) TO app WITH GRANT OPTION; \
             GRANT EXECUTE ON FUNCTION pg_reload_conf() TO PUBLIC; \
             GRANT EXECUTE ON FUNCTION pg_sleep(float8) TO app; \
             CREATE FUNCTION pg_catalog.ours() RETURNS int LANGUAGE sql AS 'SELECT 1'; \
             GRANT EXECUTE ON FUNCTION pg_catalog.ours() TO app",
        );
        insta::allow_duplicates! {
            assert_snapshot!(found(run(), 1), @"
            failed 603410 shop: these privileges cannot be given on the target: app has EXECUTE on pg_read_file(text), everybody has EXECUTE on pg_reload_conf(), app has EXECUTE on pg_sleep(double precision)
              = in this database of the source, where the grantees can do without: REVOKE EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) FROM app CASCADE; REVOKE EXECUTE ON FUNCTION pg_catalog.pg_reload_conf() FROM PUBLIC; REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) FROM app; or leave these ACL entries out of the restore: pg_restore --use-list
            ");
        }
        // What is proposed can be done, and mends it.
        source.sql(
            "rdsadmin",
            "shop",
            "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_reload_conf() FROM PUBLIC; \
             REVOKE EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) FROM app CASCADE; \
             REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) FROM app",
        );
        insta::allow_duplicates! {
            assert_snapshot!(found(run(), 0), @"succeeded 603410 shop: no privilege on a system function or closed catalog was granted");
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
            assert_snapshot!(found(run(), 1), @r#"
            failed 603402 shop: the target has no collation "de_DE.utf8", which 1 domain has: public.word
              = ask Microsoft's support to add it; or give them one that pg_collation of the target has, in a maintenance window: ALTER TABLE … ALTER COLUMN … TYPE … COLLATE … builds indexes anew, and a domain has to be created anew
            "#);
        }
        source.sql(
            "postgres",
            "shop",
            "CREATE TYPE pair AS (a text COLLATE \"de_DE.utf8\", b word)",
        );
        insta::allow_duplicates! {
            assert_snapshot!(found(run(), 1), @r#"
            failed 603402 shop: the target has no collation "de_DE.utf8", which 2 columns and 1 domain have: public.pair.a and 2 more
              = ask Microsoft's support to add it; or give them one that pg_collation of the target has, in a maintenance window: ALTER TABLE … ALTER COLUMN … TYPE … COLLATE … builds indexes anew, and a domain has to be created anew
            "#);
        }
    }
}
