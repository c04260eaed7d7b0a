//! What is in the databases, and does not go by itself.

use insta::assert_snapshot;

use super::{azure, check, found};
use crate::support::cluster::Cluster;
use crate::support::platforms;

/// An Aurora-like server with a database that has everything, and one that has nothing.
pub(super) fn rich(settings: &[(&str, &str)]) -> (Cluster, String) {
    let source = platforms::aurora_like_with(15, settings);
    let space = source.new_directory("fast").to_str().unwrap().to_owned();
    source.load("rdsadmin", include_str!("rich.sql"), &[("space".to_owned(), space)]);
    source.sql("rdsadmin", "postgres", "CREATE DATABASE plain OWNER postgres");
    let from = source.connection_string("postgres", "postgres");
    (source, from)
}

const NOWHERE: &str = "host=/nowhere user=u dbname=d";

#[test]
fn what_the_migration_does_not_bring() {
    let (source, from) = rich(&[]);
    source.sql("rdsadmin", "postgres", "CREATE DATABASE spaced TABLESPACE fast");
    let (_target, to) = azure(16, &[]);
    let run =
        |name: &str, to: &str| check(&from, to, &[name]).with("--database plain --database rich");
    assert_snapshot!(found(run("casts", &to), 1), @"
    succeeded 603409 plain: no cast was made by users
    failed 603409 rich: 2 casts, which the migration service does not bring: (public.mood AS text), (bytea AS text)
      = create it on the target as its administrator, WITH FUNCTION or WITH INOUT, and drop it on the source in a maintenance window, since what uses it breaks: DROP CAST (public.mood AS text)
    failed rich: 1 cast WITHOUT FUNCTION, which takes a superuser to create, and the target has none: (bytea AS text)
      = on the source, replace it by one WITH FUNCTION where one of its types is yours, else by a function that is called; or leave it out of the restore (pg_restore --use-list), and what uses it
    ");
    assert_snapshot!(found(run("text-search", &to), 1), @"
    succeeded plain: no text search parser or template was made by users
    failed rich: the text search parser public.words, needed by 1 configuration, takes a superuser to create, and the target has none
      = change what needs it to one that the target has, and drop it on the source in a maintenance window, since what uses it breaks: DROP TEXT SEARCH PARSER public.words
    failed rich: the text search template public.plain takes a superuser to create, and the target has none
      = change what needs it to one that the target has, and drop it on the source in a maintenance window, since what uses it breaks: DROP TEXT SEARCH TEMPLATE public.plain
    ");
    assert_snapshot!(found(run("superuser-objects", &to), 1), @"
    succeeded plain: no superuser owns anything in it, and nothing in it takes one to create
    warning rich: the superuser dba owns 3 functions (such as public.minus(integer,integer)), 1 table (public.stock) and 1 view (public.owned_by_dba): the migration service does not bring what superusers own
      = on the source: REASSIGN OWNED BY dba TO …, which takes all that it owns in this database, and its databases; or pg_globals copy --for-restore FILE, before pg_restore
    warning rich: the platform's superuser rdsadmin, who is not on the target, owns 1 schema (platform) and 2 tables (such as platform.audit)
      = give them to a role of yours on the source: ALTER … OWNER TO …; or let a stand-in own them: pg_globals copy --for-restore FILE
    failed rich: it takes a superuser, and the target has none, to create 1 foreign data wrapper (homemade), 2 functions in internal (such as public.minus) and 1 leakproof function (public.tight)
      = replace them on the source, or leave them out: pg_restore --use-list
    ");
    assert_snapshot!(found(run("catalog-privileges", &to), 1), @"
    succeeded 603410 plain: no privilege on a system function or closed catalog was granted
    failed 603410 rich: these privileges cannot be given on the target: auditor has SELECT, UPDATE on pg_authid, everybody has SELECT on pg_shadow, dba has SELECT on pg_statistic
      = in this database of the source, where the grantees can do without: REVOKE SELECT, UPDATE ON pg_catalog.pg_authid FROM auditor; REVOKE SELECT (passwd, usename) ON pg_catalog.pg_shadow FROM PUBLIC; REVOKE SELECT ON pg_catalog.pg_statistic FROM dba CASCADE; or leave these ACL entries out of the restore: pg_restore --use-list
    ");
    assert_snapshot!(found(run("event-triggers", &to), 0), @"
    succeeded plain: the database has no event triggers
    warning rich: 1 event trigger, which a role that is no superuser may not be able to create: on_start (on ddl_command_start)
      = restore without them (pg_restore --use-list), and try CREATE EVENT TRIGGER on the target as its administrator
    ");
    assert_snapshot!(found(run("foreign-servers", &to), 1), @r#"
    succeeded plain: the database has no foreign servers
    warning rich: "Branch" by postgres_fdw, with 1 user mapping and 1 foreign table: the migration service does not bring databases with postgres_fdw from outside Azure
      = migrate this database with pg_dump, or drop it on the source
    warning rich: "Branch" by postgres_fdw, with 1 user mapping and 1 foreign table
      = create it on the target after the migration, with its user mappings and their passwords, and see that the target reaches the other server
    failed rich: files by homemade, with 0 user mappings and 0 foreign tables; the wrapper is of no extension: creating it takes a superuser, and the target has none
      = do without it, or use a wrapper of an extension that the target offers; pg_restore --use-list leaves it out
    "#);
    assert_snapshot!(found(run("publications", &to), 0), @"
    succeeded plain: the database has no publications and no subscriptions
    warning rich: 1 publication: changes
      = create it on the target after the migration, and let the subscribers begin anew
    warning rich: the subscription incoming, which has no slot, and gets nothing
      = create it on the target after the migration, if it is still needed
    ");
    assert_snapshot!(found(run("tablespaces", &to).with("--database spaced"), 0), @"
    succeeded plain: everything in the database is in the default tablespace
    warning rich: in the tablespace fast: 6 tables (public.t1, public.t2, public.t3, public.t4, public.t5 and 1 more), 1 index (public.t1_pkey); on the target they go to the default one
      = nothing with the migration service; else pg_restore --no-tablespaces
    warning spaced: in the tablespace fast: all that is not elsewhere; on the target they go to the default one
      = nothing with the migration service; else pg_restore --no-tablespaces
    ");
    assert_snapshot!(found(run("languages", &to), 1), @"
    succeeded 603413 plain: the target offers all languages of the database's functions
    failed 603413 rich: pllua, needed by 1 function, is not offered
      = write the functions in PL/pgSQL, and drop it on the source in a maintenance window, since what uses it breaks: DROP LANGUAGE pllua
    failed 603413 rich: plv8, needed by no function, is not offered
      = write the functions in PL/pgSQL, and drop it on the source in a maintenance window, since what uses it breaks: DROP LANGUAGE plv8
    ");
    assert_snapshot!(found(run("languages", NOWHERE), 2), @"
    succeeded 603413 plain: the target offers all languages of the database's functions
    failed 603413 rich: pllua, needed by 1 function, is not offered, by the documentation of flexible servers, since the target could not be read
      = write the functions in PL/pgSQL, and drop it on the source in a maintenance window, since what uses it breaks: DROP LANGUAGE pllua
    succeeded 603413 rich: plv8 is offered, by the documentation of flexible servers, since the target could not be read
    ");
    assert_snapshot!(found(run("dependents", NOWHERE), 2), @"unknown: the target could not be read");
    // What cannot be visited is not seen, whatever is asked.
    source.sql("rdsadmin", "postgres", "REVOKE CONNECT ON DATABASE rich FROM PUBLIC, postgres");
    source.sql("rdsadmin", "postgres", "ALTER DATABASE rich OWNER TO rdsadmin");
    assert_snapshot!(found(run("casts", &to), 2), @r#"
    succeeded 603409 plain: no cast was made by users
    unknown 603409 rich: rich of the source: SOCKET: permission denied for database "rich" (42501)
    "#);
    assert_snapshot!(found(check(NOWHERE, &to, &["casts"]), 2), @"unknown 603409: the source could not be read");
}

/// By the target's own setting, by what az tells, or by neither.
#[test]
fn large_objects() {
    const NAME: &str = "azure.migration_skip_large_objects";
    let (_source, from) = rich(&[]);
    let run =
        |to: &str| check(&from, to, &["large-objects"]).with("--database plain --database rich");
    let (_target, to) = azure(16, &[(NAME, "on")]);
    assert_snapshot!(found(run(&to), 1), @"
    succeeded plain: the database has no large objects
    failed rich: it has about 3 large objects, in 0 bytes, and azure.migration_skip_large_objects is on: the migration service leaves them out
      = where they are needed: az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name azure.migration_skip_large_objects --value off
    ");
    let json = format!(
        r#"[{{"name": "{NAME}", "value": "off", "dataType": "Boolean",
        "type": "Microsoft.DBforPostgreSQL/flexibleServers/configurations"}}]"#
    );
    let told =
        run(NOWHERE).with("--azure-parameters parameters.json").file("parameters.json", json);
    assert_snapshot!(found(told, 0), @"
    succeeded plain: the database has no large objects
    warning rich: it has about 3 large objects, in 0 bytes: the migration service brings them one by one, since azure.migration_skip_large_objects is off
      = see that they are still needed: vacuumlo finds those that nothing refers to
    ");
    assert_snapshot!(found(run(NOWHERE), 2), @"
    succeeded plain: the database has no large objects
    warning rich: it has about 3 large objects, in 0 bytes: the migration service brings them one by one, unless azure.migration_skip_large_objects is on
      = where they are needed, see that it is off: az postgres flexible-server parameter set --resource-group GROUP --server-name SERVER --name azure.migration_skip_large_objects --value off
    ");
}

/// What the target's version has no more.
#[test]
fn an_old_source() {
    let source = Cluster::start(10);
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[]);
    for name in ["plain", "rich"] {
        source.sql("postgres", "postgres", &format!("CREATE DATABASE {name}"));
    }
    source.sql(
        "postgres",
        "rich",
        "CREATE TABLE \"Old\" (a int) WITH OIDS; \
         CREATE EXTENSION chkpass; CREATE EXTENSION citext; \
         CREATE TABLE t (a chkpass, b chkpass[], c citext, d text DEFAULT 'x'::chkpass::text); \
         CREATE FUNCTION f(chkpass) RETURNS int LANGUAGE sql AS 'SELECT 1'; \
         CREATE VIEW v AS SELECT a, raw(a) FROM t",
    );
    let run = |name: &str| check(&from, &to, &[name]).with("--database plain --database rich");
    assert_snapshot!(found(run("dependents"), 1), @"
    succeeded plain: no object depends on an extension that the target lacks
    failed rich: the target does not offer the extension chkpass, on which depend 3 columns (such as of public.t), 1 default, 1 function and 1 view
      = change them on the source to do without it, or leave them out
    ");
    assert_snapshot!(found(run("with-oids"), 1), @r#"
    succeeded 603404 plain: no table is WITH OIDS
    failed 603404 rich: WITH OIDS, with which the migration service stops: 1 table: public."Old"
      = where nothing reads the column oid, in a maintenance window, since it locks and rewrites the table: ALTER TABLE public."Old" SET WITHOUT OIDS
    warning rich: WITH OIDS: 1 table: public."Old"; pg_dump leaves the column oid out
      = where something reads it, copy it into an ordinary column before
    "#);
    assert_snapshot!(found(check(&to, &to, &["with-oids"]), 0), @"succeeded 603404: no server since 12 has tables WITH OIDS");
    assert_snapshot!(found(check(NOWHERE, &to, &["with-oids"]), 2), @"unknown 603404: the source could not be read");
}
