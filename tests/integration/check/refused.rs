//! What a restore by an administrator who is no superuser is refused: each error was foreseen, and the way out works.

use std::net::TcpListener;

use insta::assert_snapshot;

use super::{SERVER, azure, check, found};
use crate::support::cluster::Cluster;
use crate::support::command::Run;

/// The `pg_dump` and `pg_restore` that is used.
const CLIENT: u32 = 18;

fn source(major: u32, sql: &str) -> Cluster {
    let source = Cluster::start(major);
    source.sql("postgres", "postgres", "CREATE DATABASE shop");
    source.sql("postgres", "shop", sql);
    source
}

fn run(source: &Cluster, to: &str, only: &[&str]) -> Run {
    check(&source.connection_string("postgres", "postgres"), to, only).with("--database shop")
}

/// The dump of the database, in the target's directory.
fn dump(source: &Cluster, target: &Cluster) -> String {
    let file = target.socket().join("refused.dump").to_str().unwrap().to_owned();
    let mut dump = source.client(CLIENT, "pg_dump", "postgres");
    let dump = dump.args(["-Fc", "-f", &file, "shop"]).output().unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    file
}

/// The errors of a restore as the administrator, a line each.
fn restore(target: &Cluster, arguments: &[&str]) -> String {
    let mut restore = target.client(CLIENT, "pg_restore", "azadmin");
    let said = restore.arg("--no-owner").args(arguments).output().unwrap().stderr;
    let said = String::from_utf8(said).unwrap();
    let errors = said.split('\n').filter_map(|line| Some(line.split_once("ERROR:")?.1.trim()));
    errors.collect::<Vec<_>>().join("\n")
}

const OBJECTS: &str = "CREATE TABLE tab (i int); CREATE PUBLICATION all_of_it FOR ALL TABLES;
    CREATE PUBLICATION of_schema FOR TABLES IN SCHEMA public; CREATE PUBLICATION of_table FOR TABLE tab;
    CREATE FUNCTION supported(int) RETURNS int LANGUAGE sql SUPPORT generate_series_int4_support AS 'SELECT 1';
    CREATE TRANSFORM FOR int4 LANGUAGE sql (TO SQL WITH FUNCTION int4recv(internal));
    CREATE TYPE mood AS ENUM ('glad'); CREATE TYPE boxed AS (a int);
    CREATE CAST (text AS bytea) WITHOUT FUNCTION; CREATE CAST (mood AS text) WITH INOUT;
    CREATE CAST (boxed[] AS text) WITH INOUT;
    CREATE FUNCTION address(int) RETURNS inet LANGUAGE sql AS $$SELECT '10.0.0.1'::inet$$;
    CREATE CAST (int AS inet) WITH FUNCTION address(int); CREATE CAST (int AS boolean[]) WITH INOUT;
    CREATE TABLE z (a int); CREATE INDEX late ON z (a);
    CREATE DOMAIN named AS regclass; CREATE TYPE pair AS (a int, r regclass); CREATE DOMAIN pairs AS pair[];
    CREATE TABLE a1 (c named); INSERT INTO a1 VALUES ('late'); CREATE TABLE a2 (c pair); INSERT INTO a2 VALUES (ROW(1, 'late'));
    CREATE TABLE a3 (c pairs); INSERT INTO a3 VALUES (ARRAY[ROW(1, 'late')::pair]);
    CREATE TABLE a4 (c regoperator[]); INSERT INTO a4 VALUES (ARRAY['+(int,int)'::regoperator]);
    CREATE TABLE a5 (c aclitem); INSERT INTO a5 VALUES ('pg_monitor=r/postgres'); CREATE TABLE plain (c oid, d boxed)";

/// A host may take connections and never say a word.
#[test]
fn a_target_that_keeps_silent() {
    let source = Cluster::start(15);
    let from = source.connection_string("postgres", "postgres");
    // Connections are taken by the kernel.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let to = format!("host=127.0.0.1 port={port} user=u dbname=d connect_timeout=1");
    let done = check(&from, &to, &["target-user"]).status(2);
    let said = [done.stdout, done.stderr].map(|text| {
        text.replace(&source.socket().display().to_string(), "SOURCE")
            .replace(&port.to_string(), "PORT")
    });
    assert_snapshot!(said[1], @"error: not all checks could be made: the target: 127.0.0.1:PORT: no answer within 2 s; a firewall may be in between; connect_timeout=SECONDS in the connection string, or PGCONNECT_TIMEOUT, sets another limit, and 0 none");
    assert_snapshot!(said[0].split("\n\n").skip(1).collect::<Vec<_>>().join("\n"), @"
    incomplete: nothing failed, but 1 check could not be decided: 0 failed, 0 warnings, 1 unknown, 0 succeeded
    next: see why the target could not be read, and run this check again
    Unknown: the target could not be read, and so 1 check could not be made: target-user
    ");
}

/// One setting that is refused loses the others, and the connection limit.
#[test]
fn a_custom_setting_of_a_database() {
    let shop = source(
        15,
        "CREATE ROLE app; ALTER DATABASE shop CONNECTION LIMIT 7; ALTER DATABASE shop SET app.tenant = 'x';
         ALTER DATABASE shop SET work_mem = '9MB'; ALTER ROLE app IN DATABASE shop SET app.\"Zone\" = 'y'",
    );
    let from = shop.connection_string("postgres", "postgres");
    let (target, to) = azure(17, &[]);
    target.sql("azadmin", "postgres", "CREATE ROLE app");
    let only = ["database-properties"];
    let method = |run: Run| run.with("--method pg_dump");
    assert_snapshot!(found(method(run(&shop, &to, &only)), 1), @"
    failed shop: pg_restore -C loses the connection limit and all settings of the database, which are one command: the target does not let the connected role set app.Zone, app.tenant
      = let pg_restore -C go on after that error, without --exit-on-error, and then: pg_globals copy SOURCE TARGET --allow-all-settings; ALTER DATABASE shop CONNECTION LIMIT 7; what applications need of it they set themselves: SET app.Zone = … after connecting, or options=-c app.Zone=… in their connection strings
    warning: restoring without --create leaves out what belongs to 1 database: shop (owner postgres, connection limit 7 and 1 setting)
      = when the restore is done: first pg_globals copy SOURCE TARGET --allow-all-settings, for the settings; ALTER DATABASE shop CONNECTION LIMIT 7; GRANT postgres TO azadmin WITH INHERIT TRUE, SET TRUE; ALTER DATABASE shop OWNER TO postgres; REVOKE postgres FROM azadmin
    warning: 1 owner of databases is no role of the target: postgres
      = pg_globals copy SOURCE TARGET, before the databases are created
    ");
    let file = dump(&shop, &target);
    assert_snapshot!(restore(&target, &["-C", "-d", "postgres", &file]), @r#"permission denied to set parameter "app.tenant""#);
    let properties = || {
        let sql = "SELECT d.datconnlimit, s.setconfig FROM pg_database d \
                   LEFT JOIN pg_db_role_setting s ON s.setdatabase = d.oid WHERE d.datname = 'shop'";
        let rows = target.query("azuresu", "postgres", sql);
        rows[0].iter().map(|value| value.clone().unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(properties(), ["-1", ""]);
    assert_snapshot!(found(method(run(&shop, &to, &only)), 0), @"
    warning shop: the target does not let the connected role set app.Zone, app.tenant for a database, or for roles in it: sessions begin without
      = what applications need of it they set themselves: SET app.Zone = … after connecting, or options=-c app.Zone=… in their connection strings
    warning: the target is without what belongs to 1 database: shop (owner postgres, connection limit 7 and 1 setting)
      = when the restore is done: first pg_globals copy SOURCE TARGET --allow-all-settings, for the settings; ALTER DATABASE shop CONNECTION LIMIT 7; GRANT postgres TO azadmin WITH INHERIT TRUE, SET TRUE; ALTER DATABASE shop OWNER TO postgres; REVOKE postgres FROM azadmin
    warning: 1 owner of databases is no role of the target: postgres
      = pg_globals copy SOURCE TARGET, before the databases are created
    ");
    // The way out.
    let options = ["--allow-all-settings", "--yes", "--reader", "catalog", "--exclude", "postgres"];
    Run::new([&["copy", &from, &to], &options[..]].concat()).done_or_refused();
    target.sql("azadmin", "postgres", "ALTER DATABASE shop CONNECTION LIMIT 7");
    assert_eq!(properties(), ["7", "{work_mem=9MB}"]);
    // What a session wants, it sets for itself.
    let string = target.connection_string("azadmin", "shop") + " options='-c app.tenant=x'";
    let shown = Cluster::psql_at(&string, "", "SHOW app.tenant");
    assert_eq!(shown.as_deref().map(|it| it.contains(" x\n")), Ok(true), "{shown:?}");
    // A superuser can allow it, since 15.
    target.sql("azuresu", "postgres", "GRANT SET ON PARAMETER app.tenant, app.zone TO azadmin");
    target.sql("azuresu", "postgres", "DROP DATABASE shop");
    assert_snapshot!(found(method(run(&shop, &to, &only)), 0), @"
    warning: restoring without --create leaves out what belongs to 1 database: shop (owner postgres, connection limit 7 and 2 settings)
      = when the restore is done: first pg_globals copy SOURCE TARGET --allow-all-settings, for the settings; ALTER DATABASE shop CONNECTION LIMIT 7; GRANT postgres TO azadmin WITH INHERIT TRUE, SET TRUE; ALTER DATABASE shop OWNER TO postgres; REVOKE postgres FROM azadmin
    warning: 1 owner of databases is no role of the target: postgres
      = pg_globals copy SOURCE TARGET, before the databases are created
    ");
    assert_eq!(restore(&target, &["-C", "-d", "postgres", &file]), "");
    assert_eq!(properties(), ["7", "{app.tenant=x,work_mem=9MB}"]);
}

/// An address that is given needs no name.
#[test]
fn an_address_beside_a_name() {
    let source = Cluster::start(15);
    source.sql("postgres", "postgres", "CREATE ROLE app LOGIN SUPERUSER PASSWORD 'app secret'");
    let from = source
        .tcp_connection_string("app", "postgres")
        .replace("host=127.0.0.1", "host=old.invalid hostaddr=127.0.0.1");
    let (_target, to) = azure(16, &[]);
    let run = check(&from, &to, &["network"]).env("PGPASSWORD", "app secret");
    let all = found(run, 0);
    let lines: Vec<_> = all.split('\n').filter(|line| line.contains("the source ")).collect();
    assert_snapshot!(lines.join("\n").replace("less than 1 ms", "TIME").replace("in 1 ms", "in TIME").replace("in 2 ms", "in TIME"), @"
    succeeded 603000: the source answers at 127.0.0.1, in TIME
    warning 603001: the source is connected to without TLS; the migration service has prefer and require only
    unknown: the way between the source and the target is the migration service's, and cannot be seen from here
    ");
}

/// The arguments of an extension's function depend on its version.
#[test]
fn privileges_on_functions_of_extensions() {
    let shop = source(
        16,
        "CREATE ROLE app; CREATE EXTENSION pg_stat_statements; CREATE EXTENSION hstore;
         GRANT EXECUTE ON FUNCTION pg_stat_statements_reset, pg_stat_statements_info TO app;
         REVOKE EXECUTE ON FUNCTION hstore_version_diag(hstore) FROM PUBLIC;
         CREATE FUNCTION own() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION own() TO app",
    );
    let (target, to) = azure(17, &[("azure.extensions", "hstore,pg_stat_statements")]);
    assert_snapshot!(found(run(&shop, &to, &["catalog-privileges"]), 1), @"
    failed shop: privileges on public.pg_stat_statements_reset(oid,oid,bigint) of pg_stat_statements 1.10: the target installs 1.11, where its arguments are (oid, oid, bigint, boolean), and the GRANT of the dump does not find it
      = after the restore, on the target, as the owner of that function: GRANT EXECUTE ON FUNCTION public.pg_stat_statements_reset(oid, oid, bigint, boolean) TO app
    ");
    target.sql("azuresu", "postgres", "CREATE ROLE app");
    target.sql("azuresu", "postgres", "CREATE DATABASE shop OWNER azadmin");
    target.sql("azuresu", "shop", "CREATE EXTENSION pg_stat_statements SCHEMA public; GRANT CREATE ON SCHEMA public TO azadmin");
    let file = dump(&shop, &target);
    assert_snapshot!(restore(&target, &["-d", "shop", &file]), @"
    must be owner of extension pg_stat_statements
    function public.pg_stat_statements_reset(oid, oid, bigint) does not exist
    ");
    target.sql(
        "azuresu",
        "shop",
        "GRANT EXECUTE ON FUNCTION public.pg_stat_statements_reset(oid, oid, bigint, boolean) TO app",
    );
    let nowhere = "host=/nowhere user=u dbname=d";
    assert_snapshot!(found(run(&shop, nowhere, &["catalog-privileges"]), 2), @"unknown shop: privileges on functions of extensions: the target could not be read");
    // The same version has the same functions.
    let (_same, to) = azure(16, &[("azure.extensions", "hstore,pg_stat_statements")]);
    assert_snapshot!(found(run(&shop, &to, &["catalog-privileges"]), 0), @"succeeded 603410 shop: no privilege on a system function or closed catalog was granted");
}

/// What was taken from everybody of the server's own functions, a restore does not take.
#[test]
fn system_functions_that_were_closed() {
    let shop = source(
        16,
        "CREATE ROLE app; REVOKE EXECUTE ON FUNCTION pg_sleep(float8), version() FROM PUBLIC;
         GRANT EXECUTE ON FUNCTION version() TO app",
    );
    let (target, to) = azure(17, &[]);
    assert_snapshot!(found(run(&shop, &to, &["catalog-privileges"]), 1), @"
    warning shop: EXECUTE was revoked from PUBLIC on pg_sleep(double precision), version(): on the target only the platform could do that, a restore says no more than WARNING, and everybody may call it there
      = see to it that nothing on the target depends on that
    failed 603410 shop: these privileges cannot be given on the target: app has EXECUTE on version()
      = in this database of the source, where the grantees can do without: REVOKE EXECUTE ON FUNCTION pg_catalog.version() FROM app; or leave these ACL entries out of the restore: pg_restore --use-list
    ");
    target.sql("azuresu", "postgres", "CREATE ROLE app");
    target.sql("azuresu", "postgres", "CREATE DATABASE shop OWNER azadmin");
    assert_snapshot!(restore(&target, &["-d", "shop", &dump(&shop, &target)]), @"");
    let may = "SELECT has_function_privilege('app', 'pg_sleep(float8)', 'EXECUTE'),
        has_function_privilege('app', 'version()', 'EXECUTE')";
    let both = |cluster: &Cluster, user| cluster.query(user, "shop", may)[0].clone();
    assert_eq!(both(&shop, "postgres"), ["f", "t"].map(|it| Some(it.to_owned())));
    assert_eq!(both(&target, "azuresu"), ["t", "t"].map(|it| Some(it.to_owned())));
}

#[test]
fn what_takes_a_superuser() {
    let shop = source(16, OBJECTS);
    let (target, to) = azure(17, &[]);
    assert_snapshot!(found(run(&shop, &to, &["casts"]), 1), @"
    failed 603409 shop: 5 casts, which the migration service does not bring: (text AS bytea), (public.mood AS text), (public.boxed[] AS text), (integer AS inet), (integer AS boolean[])
      = create it on the target as its administrator, WITH FUNCTION or WITH INOUT, and drop it on the source in a maintenance window, since what uses it breaks: DROP CAST (text AS bytea)
    failed shop: 1 cast WITHOUT FUNCTION, which takes a superuser to create, and the target has none: (text AS bytea)
      = on the source, replace it by one WITH FUNCTION where one of its types is yours, else by a function that is called; or leave it out of the restore (pg_restore --use-list), and what uses it
    warning shop: 2 casts between types that are the server's or an extension's: (integer AS inet), (integer AS boolean[]): PostgreSQL lets only the owner of one of them create it; by the documentation azure_pg_admin may
      = try it on the target as its administrator, with its function, before the restore; where it is refused, call the function in its place on the source, or leave the cast out of the restore (pg_restore --use-list), and what uses it
    ");
    assert_snapshot!(found(run(&shop, &to, &["superuser-objects"]).with("--method pg_dump"), 1), @"
    failed shop: it takes a superuser, and the target has none, to create 1 function with a support function (public.supported) and 1 transform (FOR integer LANGUAGE sql)
      = replace them on the source, or leave them out: pg_restore --use-list
    ");
    assert_snapshot!(found(run(&shop, &to, &["publications"]), 1), @"
    failed shop: the publication all_of_it FOR ALL TABLES takes a superuser to create, and the target has none: pg_restore goes on without it
      = after the restore, where it is still needed, on the target as the owner of its tables, with each of them, and later with each new one: CREATE PUBLICATION all_of_it FOR TABLE …
    failed shop: the publication of_schema FOR TABLES IN SCHEMA public: only a superuser can add schemas, the target has none, and pg_restore creates it without them
      = after the restore, where it is still needed, on the target as the owner of its tables, with each of them, and later with each new one: ALTER PUBLICATION of_schema ADD TABLE …
    warning shop: 3 publications: all_of_it, of_schema, of_table
      = create it on the target after the migration, and let the subscribers begin anew
    ");
    assert_snapshot!(found(run(&shop, &to, &["reg-columns"]), 0), @"
    warning shop: 5 columns of types whose values name objects: public.a1.c (public.named), public.a2.c (public.pair), public.a3.c (public.pairs), public.a4.c (regoperator[]), public.a5.c (aclitem); where one names what is not there yet, its table arrives empty
      = after the restore, where a table is empty: pg_restore --data-only --table=… --schema=… from the same dump
    ");
    target.sql("azadmin", "postgres", "CREATE DATABASE shop");
    let file = dump(&shop, &target);
    assert_snapshot!(restore(&target, &["-d", "shop", &file]), @r#"
    must be owner of type integer
    must be owner of type integer or type boolean[]
    must be owner of type integer or type inet
    must be owner of type text or type bytea
    must be superuser to specify a support function
    relation "public.late" does not exist
    relation "public.late" does not exist
    relation "public.late" does not exist
    role "postgres" does not exist
    must be superuser to create FOR ALL TABLES publication
    must be superuser to add or set schemas
    "#);
    let number = |table: &str| {
        target.query("azuresu", "shop", &format!("SELECT count(*) FROM public.{table}"))[0][0]
            .clone()
            .unwrap()
    };
    assert_eq!(["a1", "a2", "a3", "a4", "a5"].map(number), ["0", "0", "0", "1", "0"]);
    // What there is to do instead can be done.
    target.sql("azadmin", "shop", "CREATE PUBLICATION all_of_it FOR TABLE public.tab; ALTER PUBLICATION of_schema ADD TABLE public.tab");
    // Where nothing is patched, the administrator is told so.
    let own = Cluster::start(17);
    own.sql("postgres", "postgres", "CREATE ROLE admin LOGIN CREATEROLE CREATEDB");
    let to = own.connection_string("admin", "postgres");
    assert_snapshot!(found(run(&shop, &to, &["casts"]).with("--method pg_dump"), 1), @"
    failed shop: 1 cast WITHOUT FUNCTION, which takes a superuser to create, and the target has none: (text AS bytea)
      = on the source, replace it by one WITH FUNCTION where one of its types is yours, else by a function that is called; or leave it out of the restore (pg_restore --use-list), and what uses it
    failed shop: 2 casts between types that are the server's or an extension's: (integer AS inet), (integer AS boolean[]): PostgreSQL lets only the owner of one of them create it, a superuser, and the target has none
      = try it on the target as its administrator, with its function, before the restore; where it is refused, call the function in its place on the source, or leave the cast out of the restore (pg_restore --use-list), and what uses it
    ");
}

/// Owners in databases that stay behind are no matter.
#[test]
fn roles_of_the_databases_that_are_named() {
    let shop = source(
        15,
        "CREATE ROLE a; CREATE ROLE b; CREATE TABLE t (i int); ALTER TABLE t OWNER TO a",
    );
    shop.sql("postgres", "postgres", "CREATE DATABASE other OWNER b");
    shop.sql("postgres", "other", "CREATE TABLE t (i int); ALTER TABLE t OWNER TO b");
    let from = shop.connection_string("postgres", "postgres");
    let (target, to) = azure(16, &[]);
    target.sql("azadmin", "postgres", "CREATE ROLE a; CREATE ROLE b; CREATE ROLE postgres");
    let owners = |run: Run| {
        let all = found(run.with("--method pg_dump"), 1);
        let lines = all.split('\n').filter(|line| line.contains("is no member of"));
        lines.map(str::to_owned).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(owners(check(&from, &to, &["roles"])), @"failed: role azadmin is no member of a, b, postgres, and pg_restore gives objects to owners that it is a member of only (ALTER … OWNER TO)");
    assert_snapshot!(owners(run(&shop, &to, &["roles"])), @"failed: role azadmin is no member of a, postgres, and pg_restore gives objects to owners that it is a member of only (ALTER … OWNER TO)");
}

/// A server compared with itself has everything.
#[test]
fn a_server_and_itself() {
    let (target, to) = azure(16, &[]);
    let from = target.connection_string("azuresu", "postgres");
    let warning = format!(
        "warning: the source and the target are the same server: {}:{}/postgres\n",
        target.socket().display(),
        target.port
    );
    let whole = check(&from, &to, &["target-server"]).status(1);
    assert_eq!(whole.stderr, warning);
    assert!(
        whole
            .stdout
            .contains("Failed: target-server: the source and the target are the same server")
    );
    assert_eq!(check(&from, &to, &["with-oids"]).status(0).stderr, warning);
}

/// What is to be done next fits what was asked, and what was found.
#[test]
fn what_comes_next() {
    let source = Cluster::start(15);
    let from = source.connection_string("postgres", "postgres");
    let (target, to) = azure(16, &[]);
    let next = |run: Run, status: i32| {
        let said = run.status(status).stdout;
        said.split('\n').find(|line| line.starts_with("next: ")).unwrap().to_owned()
    };
    let nowhere = "host=/nowhere user=u dbname=d";
    let mut all = vec![
        next(check(&from, nowhere, &["roles"]), 2),
        next(check(nowhere, nowhere, &[]), 2),
        next(check(&from, &to, &["target-user"]), 0),
        next(check(&from, &to, &["roles"]), 1),
    ];
    target.sql("azuresu", "postgres", "ALTER ROLE azadmin SET default_transaction_read_only = on");
    all.push(next(check(&from, &to, &["target-server"]), 1));
    assert_snapshot!(all.join("\n"), @"
    next: see why the target could not be read, and run this check again
    next: see why neither server could be read, and run this check again
    next: run this check again without --only and --skip: other checks were left out
    next: mend what failed, and run this check again
    next: mend what failed, and run this check again
    ");
}

/// As tools write it, without a byte order mark.
#[test]
fn json_in_utf_16() {
    let source = Cluster::start(15);
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[]);
    let run = || check(&from, &to, &["target-server"]).with("--azure-server s.json");
    let little: Vec<u8> = SERVER.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = SERVER.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let read = found(run().file("s.json", little), 0);
    assert_snapshot!(read, @"
    succeeded: the target has the roles of a flexible server
    succeeded: the target's state is Ready
    ");
    assert_eq!(found(run().file("s.json", big), 0), read);
    assert_snapshot!(run().file("s.json", b"{\0}\0\xff").fails(), @"error: --azure-server s.json: this is not text in UTF-8");
}
