//! The databases themselves: where they are, what belongs to them, their locales.

use insta::assert_snapshot;

use super::{azure, check, found, without_sockets};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms;

/// Statements that want no transaction around them, in the database `postgres`.
fn each(cluster: &Cluster, user: &str, statements: &[&str]) {
    for statement in statements {
        cluster.sql(user, "postgres", statement);
    }
}

const NOWHERE: &str = "host=/nowhere user=u dbname=d";

#[test]
fn where_they_are() {
    let source = platforms::aurora_like(15);
    let from = source.connection_string("postgres", "postgres");
    let (target, to) = azure(16, &[]);
    each(
        &source,
        "rdsadmin",
        &[
            "CREATE DATABASE shop",
            "CREATE DATABASE \"Filled\"",
            "CREATE DATABASE locked",
            "REVOKE CONNECT ON DATABASE locked FROM PUBLIC",
            "CREATE DATABASE closed ALLOW_CONNECTIONS false",
        ],
    );
    each(&target, "azadmin", &["CREATE DATABASE \"Filled\"", "CREATE DATABASE locked"]);
    target.sql(
        "azuresu",
        "Filled",
        "CREATE TABLE public.t (id serial); CREATE VIEW public.v AS SELECT 1 AS one; \
         CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    );
    let only = ["databases"];
    assert_snapshot!(found(check(&from, &to, &only), 1), @r#"
    warning: 1 database left out, since nobody may connect: closed
      = where it is to be migrated: ALTER DATABASE closed ALLOW_CONNECTIONS true
    warning 603101 Filled: it is on the target, with 1 table and 3 other objects: pg_restore would meet them, and the migration service stops at a database that is there, or replaces all of it
      = where nothing in it is needed, on the target: DROP DATABASE "Filled"; or let the migration service overwrite it (overwriteDbsInTarget)
    failed 603110 locked: locked of the source: SOCKET: permission denied for database "locked" (42501)
      = GRANT CONNECT ON DATABASE locked TO postgres
    succeeded 603101 locked: it is on the target, and empty: pg_restore takes it as it is, the migration service replaces it where it may
    succeeded 603101 shop: the database is not on the target yet
    "#);
    let named = check(&from, &to, &only).with("--database shop --database Shop --database closed");
    assert_snapshot!(found(named, 1), @r#"
    failed 603102 Shop: there is no database "Shop" on the source
      = name one that is there, such as "Filled", locked, postgres, shop
    failed 603110 closed: closed of the source: SOCKET: database "closed" is not currently accepting connections (55000)
      = ALTER DATABASE closed ALLOW_CONNECTIONS true
    succeeded 603101 closed: the database is not on the target yet
    succeeded 603101 shop: the database is not on the target yet
    "#);
    target.sql("azuresu", "postgres", "REVOKE CONNECT ON DATABASE \"Filled\" FROM PUBLIC, azadmin");
    target.sql("azuresu", "postgres", "ALTER DATABASE \"Filled\" OWNER TO azuresu");
    let named = check(&from, &to, &only).with("--database Filled");
    assert_snapshot!(found(named, 0), @r#"unknown 603101 Filled: it is on the target, but whether it is empty: "Filled" of the target: SOCKET: permission denied for database "Filled" (42501)"#);
    let named = check(&from, NOWHERE, &only).with("--database shop");
    assert_snapshot!(found(named, 2), @"unknown shop: the target could not be read: whether the database is there already");
    assert_snapshot!(found(check(NOWHERE, &to, &only), 2), @"unknown: the source could not be read");
    source.sql("rdsadmin", "postgres", "UPDATE pg_database SET datistemplate = true");
    assert_snapshot!(found(check(&from, &to, &only), 0), @"
    warning: no database of the source is to be migrated
      = name it with --database
    ");
}

/// Whatever it is: it is not empty; and nobody is told to drop what is not the role's own.
#[test]
fn what_is_not_empty() {
    let source = platforms::aurora_like(15);
    let from = source.connection_string("postgres", "postgres");
    let (target, to) = azure(16, &[]);
    let things = [
        ("enums", "CREATE TYPE public.e AS ENUM ('a')"),
        ("composites", "CREATE TYPE public.c AS (a int)"),
        ("domains", "CREATE DOMAIN public.d AS int[]"),
        ("ranges", "CREATE TYPE public.r AS RANGE (subtype = int)"),
        ("schemas", "CREATE SCHEMA s"),
        (
            "operators",
            "CREATE OPERATOR public.### (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl)",
        ),
        ("searches", "CREATE TEXT SEARCH CONFIGURATION public.t (COPY = simple)"),
        ("larges", "SELECT lo_create(0)"),
        ("extended", "CREATE EXTENSION hstore SCHEMA public"),
    ];
    let mut run = check(&from, &to, &["databases"]);
    for (name, statement) in things {
        source.sql("rdsadmin", "postgres", &format!("CREATE DATABASE {name}"));
        target.sql("azadmin", "postgres", &format!("CREATE DATABASE {name}"));
        target.sql("azuresu", name, statement);
        run = run.arg("--database").arg(name);
    }
    target.sql("azuresu", "postgres", "ALTER DATABASE enums OWNER TO azuresu");
    target.sql("azuresu", "postgres", "CREATE TABLE public.t (a int)");
    assert_snapshot!(found(run.with("--database postgres"), 0), @"
    warning: 10 databases, and the migration service takes 8 at a time
      = 2 migrations of the service, one after the other; pg_dump has no such limit
    warning 603101 composites: it is on the target, with 0 tables and 1 other object: pg_restore would meet them, and the migration service stops at a database that is there, or replaces all of it
      = where nothing in it is needed, on the target: DROP DATABASE composites; or let the migration service overwrite it (overwriteDbsInTarget)
    warning 603101 domains: it is on the target, with 0 tables and 1 other object: pg_restore would meet them, and the migration service stops at a database that is there, or replaces all of it
      = where nothing in it is needed, on the target: DROP DATABASE domains; or let the migration service overwrite it (overwriteDbsInTarget)
    warning 603101 enums: it is on the target, with 0 tables and 1 other object: pg_restore would meet them, and the migration service stops at a database that is there, or replaces all of it
      = where nothing in it is needed, let its owner azuresu drop it, or the migration service overwrite it (overwriteDbsInTarget)
    succeeded 603101 extended: it is on the target, and empty: pg_restore takes it as it is, the migration service replaces it where it may
    warning 603101 larges: it is on the target, with 0 tables and 0 other objects, and large objects: pg_restore would meet them, and the migration service stops at a database that is there, or replaces all of it
      = where nothing in it is needed, on the target: DROP DATABASE larges; or let the migration service overwrite it (overwriteDbsInTarget)
    warning 603101 operators: it is on the target, with 0 tables and 1 other object: pg_restore would meet them, and the migration service stops at a database that is there, or replaces all of it
      = where nothing in it is needed, on the target: DROP DATABASE operators; or let the migration service overwrite it (overwriteDbsInTarget)
    warning 603101 postgres: it is on the target, with 1 table and 0 other objects: pg_restore would meet them, and the migration service stops at a database that is there, or replaces all of it
      = it cannot be dropped: migrate this database into another one, or drop what is in it
    warning 603101 ranges: it is on the target, with 0 tables and 1 other object: pg_restore would meet them, and the migration service stops at a database that is there, or replaces all of it
      = where nothing in it is needed, on the target: DROP DATABASE ranges; or let the migration service overwrite it (overwriteDbsInTarget)
    warning 603101 schemas: it is on the target, with 0 tables and 1 other object: pg_restore would meet them, and the migration service stops at a database that is there, or replaces all of it
      = where nothing in it is needed, on the target: DROP DATABASE schemas; or let the migration service overwrite it (overwriteDbsInTarget)
    warning 603101 searches: it is on the target, with 0 tables and 1 other object: pg_restore would meet them, and the migration service stops at a database that is there, or replaces all of it
      = where nothing in it is needed, on the target: DROP DATABASE searches; or let the migration service overwrite it (overwriteDbsInTarget)
    ");
}

/// What cannot be visited is said once; it is no success to anybody.
#[test]
fn one_that_cannot_be_visited() {
    let source = platforms::aurora_like(15);
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[]);
    each(
        &source,
        "rdsadmin",
        &[
            "CREATE DATABASE shop",
            "CREATE DATABASE locked",
            "REVOKE CONNECT ON DATABASE locked FROM PUBLIC",
        ],
    );
    let run = || check(&from, &to, &["databases", "casts", "text-search", "languages"]);
    assert_snapshot!(found(run().with("--database shop --database locked"), 1), @r#"
    failed 603110 locked: locked of the source: SOCKET: permission denied for database "locked" (42501)
      = GRANT CONNECT ON DATABASE locked TO postgres
    succeeded 603101 locked: the database is not on the target yet
    succeeded 603101 shop: the database is not on the target yet
    succeeded 603409 shop: no cast was made by users
    succeeded shop: no text search parser or template was made by users
    succeeded 603413 shop: the target offers all languages of the database's functions
    "#);
    assert_snapshot!(found(run().with("--database locked"), 1), @r#"
    failed 603110 locked: locked of the source: SOCKET: permission denied for database "locked" (42501)
      = GRANT CONNECT ON DATABASE locked TO postgres
    succeeded 603101 locked: the database is not on the target yet
    unknown 603409: no database of the source could be visited: see databases
    unknown: no database of the source could be visited: see databases
    unknown 603413: no database of the source could be visited: see databases
    "#);
    // Where nobody else says it, each does, and that is trouble: nothing was found out.
    let alone = || check(&from, &to, &["casts"]).with("--database locked");
    assert_snapshot!(found(alone(), 2), @r#"unknown 603409 locked: locked of the source: SOCKET: permission denied for database "locked" (42501)"#);
    assert_snapshot!(without_sockets(&alone().status(2).stderr), @r#"error: not all checks could be made: locked of the source: SOCKET: permission denied for database "locked" (42501)"#);
    // Whose connections are all taken is no fault of the migration, and is not known to be fit for one.
    source.sql("rdsadmin", "postgres", "ALTER DATABASE shop CONNECTION LIMIT 0");
    assert_snapshot!(found(run().with("--database shop"), 2), @r#"
    unknown shop: shop of the source: SOCKET: too many connections for database "shop"; end other connections, or raise the limit: max_connections, or CONNECTION LIMIT of the role or database
    succeeded 603101 shop: the database is not on the target yet
    unknown 603409: no database of the source could be visited: see databases
    unknown: no database of the source could be visited: see databases
    unknown 603413: no database of the source could be visited: see databases
    "#);
}

/// Many databases are one line.
#[test]
fn properties_of_many() {
    let source = platforms::aurora_like(15);
    let from = source.connection_string("postgres", "postgres");
    let (target, to) = azure(16, &[]);
    let mut run = check(&from, &to, &["database-properties"]);
    for number in 1..=7 {
        source.sql("rdsadmin", "postgres", &format!("CREATE ROLE o{number}"));
        source.sql("rdsadmin", "postgres", &format!("CREATE DATABASE d{number} OWNER o{number}"));
        run = run.arg("--database").arg(format!("d{number}"));
    }
    source.sql("rdsadmin", "postgres", "ALTER DATABASE postgres OWNER TO o1");
    target.sql("azuresu", "postgres", "CREATE DATABASE d7");
    assert_snapshot!(found(run.with("--database postgres"), 0), @"
    warning: restoring without --create leaves out what belongs to 6 databases: d1 (owner o1), d2 (owner o2), d3 (owner o3), d4 (owner o4), d5 (owner o5) and 1 more
      = when the restore is done: GRANT o1 TO azadmin WITH INHERIT TRUE, SET TRUE; ALTER DATABASE d1 OWNER TO o1; REVOKE o1 FROM azadmin; GRANT o2 TO azadmin WITH INHERIT TRUE, SET TRUE; ALTER DATABASE d2 OWNER TO o2; REVOKE o2 FROM azadmin; GRANT o3 TO azadmin WITH INHERIT TRUE, SET TRUE; ALTER DATABASE d3 OWNER TO o3; REVOKE o3 FROM azadmin; GRANT o4 TO azadmin WITH INHERIT TRUE, SET TRUE; ALTER DATABASE d4 OWNER TO o4; REVOKE o4 FROM azadmin; GRANT o5 TO azadmin WITH INHERIT TRUE, SET TRUE; ALTER DATABASE d5 OWNER TO o5; REVOKE o5 FROM azadmin; and so on for 1 more
    warning: the target is without what belongs to 2 databases: d7 (owner o7), postgres (owner o1)
      = as its owner azuresu: ALTER DATABASE d7 OWNER TO o7; postgres stays as the platform made it
    warning: 7 owners of databases are no roles of the target: o1, o2, o3, o4, o5 and 2 more
      = pg_globals copy SOURCE TARGET, before the databases are created
    ");
}

#[test]
fn what_belongs_to_them() {
    let source = platforms::aurora_like(15);
    let from = source.connection_string("postgres", "postgres");
    let (target, to) = azure(16, &[]);
    each(
        &source,
        "rdsadmin",
        &[
            "CREATE ROLE owner",
            "CREATE ROLE \"user\"",
            "CREATE ROLE granting",
            "CREATE DATABASE shop OWNER owner CONNECTION LIMIT 20",
            "GRANT CONNECT, CREATE ON DATABASE shop TO \"user\"",
            "GRANT CREATE ON DATABASE shop TO granting WITH GRANT OPTION",
            "GRANT CREATE ON DATABASE shop TO rds_superuser",
            "REVOKE TEMPORARY ON DATABASE shop FROM PUBLIC",
            "ALTER DATABASE shop SET work_mem = '8MB'",
            "CREATE DATABASE plain",
        ],
    );
    let run =
        || check(&from, &to, &["database-properties"]).with("--database shop --database plain");
    assert_snapshot!(found(run(), 0), @r#"
    succeeded plain: no owner, connection limit, privilege or setting is lost
    warning: restoring without --create leaves out what belongs to 1 database: shop (owner owner, connection limit 20, privileges of 2 roles, TEMPORARY taken from PUBLIC and 1 setting)
      = when the restore is done: first pg_globals copy SOURCE TARGET --allow-all-settings, for the settings; ALTER DATABASE shop CONNECTION LIMIT 20; GRANT CREATE ON DATABASE shop TO granting WITH GRANT OPTION; GRANT CONNECT, CREATE ON DATABASE shop TO "user"; REVOKE TEMPORARY ON DATABASE shop FROM PUBLIC; GRANT owner TO azadmin WITH INHERIT TRUE, SET TRUE; ALTER DATABASE shop OWNER TO owner; REVOKE owner FROM azadmin
    warning: 1 owner of databases is no role of the target: owner
      = pg_globals copy SOURCE TARGET, before the databases are created
    "#);
    each(
        &target,
        "azadmin",
        &[
            "CREATE ROLE owner",
            "CREATE ROLE \"user\"",
            "CREATE ROLE granting",
            "CREATE DATABASE shop",
            "GRANT CREATE ON DATABASE shop TO granting",
        ],
    );
    assert_snapshot!(found(run(), 0), @r#"
    succeeded plain: no owner, connection limit, privilege or setting is lost
    warning: the target is without what belongs to 1 database: shop (owner owner, connection limit 20, privileges of 2 roles, TEMPORARY taken from PUBLIC and 1 setting)
      = when the restore is done: first pg_globals copy SOURCE TARGET --allow-all-settings, for the settings; ALTER DATABASE shop CONNECTION LIMIT 20; GRANT CREATE ON DATABASE shop TO granting WITH GRANT OPTION; GRANT CONNECT, CREATE ON DATABASE shop TO "user"; REVOKE TEMPORARY ON DATABASE shop FROM PUBLIC; GRANT owner TO azadmin WITH INHERIT TRUE, SET TRUE; ALTER DATABASE shop OWNER TO owner; REVOKE owner FROM azadmin
    "#);
    // What it tells is what the administrator can run, in this order, and all that there is to do.
    let memberships = "SELECT roleid::regrole, admin_option, inherit_option, set_option FROM \
                       pg_auth_members WHERE member = 'azadmin'::regrole ORDER BY 1";
    let before = target.query("azuresu", "postgres", memberships);
    let remedy = found(run(), 0);
    let remedy = remedy.split('\n').find_map(|line| line.strip_prefix("  = ")).unwrap();
    let remedy = remedy.strip_prefix("when the restore is done: ").unwrap();
    for part in remedy.split("; ") {
        if part.starts_with("first pg_globals copy SOURCE TARGET --allow-all-settings") {
            let options = ["--allow-all-settings", "--yes", "--into-older", "--reader", "catalog"];
            let exclude = ["--exclude", "postgres"];
            Run::new([&["copy", &from, &to], &options[..], &exclude[..]].concat()).done();
        } else {
            target.sql("azadmin", "postgres", part);
        }
    }
    assert_eq!(target.query("azuresu", "postgres", memberships), before);
    assert_snapshot!(found(run(), 0), @"
    succeeded plain: no owner, connection limit, privilege or setting is lost
    succeeded shop: no owner, connection limit, privilege or setting is lost
    ");
    let unseen = check(&from, NOWHERE, &["database-properties"]).with("--database shop");
    assert_snapshot!(found(unseen, 2), @"unknown: the target could not be read");
}

#[test]
fn who_migrates_them() {
    let source = platforms::aurora_like(15);
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[]);
    each(
        &source,
        "rdsadmin",
        &[
            "CREATE ROLE other",
            "CREATE ROLE \"group\"",
            "GRANT \"group\" TO postgres",
            "CREATE DATABASE platforms",
            "CREATE DATABASE others OWNER other",
            "CREATE DATABASE ours OWNER \"group\"",
            "CREATE DATABASE locked",
            "REVOKE CONNECT ON DATABASE locked FROM PUBLIC",
        ],
    );
    source.sql(
        "rdsadmin",
        "others",
        "CREATE SCHEMA closed; CREATE TABLE closed.t (a int); \
         GRANT SELECT ON closed.t TO PUBLIC; \
         CREATE TABLE public.unreadable (id serial); CREATE TABLE public.readable (a int); \
         GRANT SELECT ON public.readable TO PUBLIC; \
         ALTER TABLE public.readable ENABLE ROW LEVEL SECURITY",
    );
    let run = check(&from, &to, &["source-user"])
        .with("--database platforms --database others --database ours --database locked");
    assert_snapshot!(found(run, 2), @r#"
    unknown 603110 locked: locked of the source: SOCKET: permission denied for database "locked" (42501)
    failed 603110 others: postgres is neither its owner other nor a member of it
      = GRANT other TO postgres
    failed 603110 others: postgres cannot read 2 relations: public.unreadable, public.unreadable_id_seq
      = GRANT pg_read_all_data TO postgres (it opens pg_authid, too, and would be copied: REVOKE it after the dump); or as their owner: GRANT USAGE ON SCHEMA … TO postgres; GRANT SELECT ON ALL TABLES IN SCHEMA … TO postgres; GRANT SELECT ON ALL SEQUENCES IN SCHEMA … TO postgres
    failed 603110 others: a dump stops, since policies may hide rows from postgres, in 1 table: public.readable
      = migrate as the tables' owner, where they have no FORCE ROW LEVEL SECURITY: nobody may give BYPASSRLS on Amazon Aurora PostgreSQL before 16
    succeeded 603110 ours: postgres owns it, or is a member of its owner, and reads everything in it
    failed 603110 platforms: postgres is neither its owner rdsadmin nor a member of it
      = leave it out: --database names those that are migrated; or dump it with pg_dump, which takes no more than the right to read
    "#);
}

#[test]
fn locales() {
    let source = platforms::aurora_like(15);
    let from = source.connection_string("postgres", "postgres");
    let (target, to) = azure(16, &[]);
    each(
        &source,
        "rdsadmin",
        &[
            "CREATE DATABASE utf TEMPLATE template0 LC_COLLATE 'C.utf8' LC_CTYPE 'C.UTF-8'",
            "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'",
            "CREATE DATABASE icu TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de-AT'",
            "CREATE DATABASE gone",
            "UPDATE pg_database SET datcollate = 'de_DE.utf8', datctype = 'de_DE.utf8' \
             WHERE datname = 'gone'",
            "CREATE DATABASE half",
            "UPDATE pg_database SET datctype = 'xx_XX' WHERE datname = 'half'",
        ],
    );
    let only = ["locales"];
    let run = |names: &str| check(&from, &to, &only).with(names);
    let names = "--database utf --database latin --database icu";
    assert_snapshot!(found(run(names), 0), @"
    succeeded 603401 icu: the target has ICU locale de-AT for UTF8
    succeeded 603401 latin: the target has locale C for LATIN1
    succeeded 603401 utf: the target has LC_COLLATE C.utf8, LC_CTYPE C.UTF-8 for UTF8
    ");
    assert_snapshot!(found(run("--database gone --database half"), 1), @"
    failed 603401 gone: the target has no locale de_DE.utf8 for UTF8 (LC_COLLATE)
      = create it there with what pg_collation of the target has, and restore into it; text may then be sorted otherwise: CREATE DATABASE gone TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE '…' LC_CTYPE '…'
    failed 603401 half: the target has no locale xx_XX for UTF8 (LC_CTYPE)
      = create it there with what pg_collation of the target has, and restore into it; text may then be sorted otherwise: CREATE DATABASE half TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE '…' LC_CTYPE '…'
    ");
    each(
        &target,
        "azuresu",
        &[
            "CREATE DATABASE utf TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'",
            "CREATE DATABASE latin",
            "CREATE DATABASE icu",
            "CREATE DATABASE gone",
        ],
    );
    assert_snapshot!(found(run("--database gone"), 0), @"
    warning 603401 gone: the target's has locale C for UTF8, and not locale de_DE.utf8 for UTF8
      = the target does not have that: see that text may be sorted otherwise
    ");
    assert_snapshot!(found(run(names), 0), @"
    warning 603401 icu: the target's has locale C for UTF8, and not ICU locale de-AT for UTF8
      = the connected role cannot replace it: migrate this database into another one, or let its owner create it again
    warning 603401 latin: the target's has locale C for UTF8, and not locale C for LATIN1
      = the connected role cannot replace it: migrate this database into another one, or let its owner create it again
    succeeded 603401 utf: the target's has the same: locale C.UTF-8 for UTF8
    ");
    let unseen = check(&from, NOWHERE, &only).with("--database utf");
    assert_snapshot!(found(unseen, 2), @"unknown 603401: the target could not be read");
}

#[test]
fn collations() {
    let source = platforms::aurora_like(15);
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[]);
    for name in ["plain", "rich"] {
        source.sql("rdsadmin", "postgres", &format!("CREATE DATABASE {name}"));
    }
    source.sql(
        "rdsadmin",
        "plain",
        "CREATE TABLE public.t (a text COLLATE \"de-x-icu\", b text COLLATE \"POSIX\")",
    );
    source.sql(
        "rdsadmin",
        "rich",
        "CREATE COLLATION pg_catalog.\"de_DE.utf8\" (locale = 'C'); \
         CREATE COLLATION public.mine (provider = icu, locale = 'de-u-co-phonebk'); \
         CREATE TABLE public.t (a text COLLATE \"de_DE.utf8\", b text COLLATE public.mine); \
         CREATE INDEX ON public.t ((a || b) COLLATE \"de_DE.utf8\")",
    );
    let run = |to: &str| check(&from, to, &["collations"]).with("--database plain --database rich");
    assert_snapshot!(found(run(&to), 1), @r#"
    succeeded plain: the target has the collations of all columns and domains, and none was made by users
    failed 603403 rich: 1 collation made by users, with which the migration service stops: public.mine
      = migrate this database with pg_dump and pg_restore, or drop them on the source in a maintenance window, since what uses them breaks: DROP COLLATION public.mine
    failed 603402 rich: the target has no collation "de_DE.utf8", which 2 columns have: public.t.a and 1 more
      = ask Microsoft's support to add it; or give them one that pg_collation of the target has, in a maintenance window: ALTER TABLE … ALTER COLUMN … TYPE … COLLATE … builds indexes anew, and a domain has to be created anew
    "#);
    assert_snapshot!(found(run(NOWHERE), 2), @"
    unknown plain: the target could not be read
    failed 603403 rich: 1 collation made by users, with which the migration service stops: public.mine
      = migrate this database with pg_dump and pg_restore, or drop them on the source in a maintenance window, since what uses them breaks: DROP COLLATION public.mine
    unknown rich: the target could not be read
    ");
}
