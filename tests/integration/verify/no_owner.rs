//! After a restore with `--no-owner --no-acl`, where all belongs to who restored it: the script has to give
//! everything back.

use std::path::Path;

use super::Migrated;
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms;
use crate::support::process::command;
use crate::support::servers::client_program;

/// Of each class that has an owner, in schemas in which some of them may not create.
const SOURCE: &str = "
    CREATE SCHEMA s AUTHORIZATION keeper;
    CREATE SCHEMA open AUTHORIZATION keeper; GRANT CREATE ON SCHEMA open TO writer;
    CREATE TABLE s.t (a int primary key, b int); CREATE TABLE s.of_keeper (a int);
    CREATE TABLE open.t (a int);
    CREATE VIEW s.v AS SELECT a FROM s.t; CREATE MATERIALIZED VIEW s.m AS SELECT a FROM s.t;
    CREATE SEQUENCE s.q; CREATE TYPE s.e AS ENUM ('x'); CREATE TYPE s.c AS (a int); CREATE DOMAIN s.d AS text;
    CREATE FUNCTION s.f(s.e) RETURNS boolean LANGUAGE sql AS 'SELECT true';
    CREATE PROCEDURE s.p() LANGUAGE sql AS 'SELECT 1'; CREATE AGGREGATE s.a(int) (sfunc = int4pl, stype = int);
    CREATE COLLATION s.l FROM \"C\"; CREATE CONVERSION s.n FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
    CREATE TEXT SEARCH DICTIONARY s.w (TEMPLATE = simple); CREATE TEXT SEARCH CONFIGURATION s.g (COPY = simple);
    CREATE STATISTICS s.b ON a, b FROM s.t; CREATE OPERATOR s.### (RIGHTARG = s.e, FUNCTION = s.f);
    ALTER TABLE s.t OWNER TO writer; ALTER TABLE open.t OWNER TO writer; ALTER TABLE s.of_keeper OWNER TO keeper;
    ALTER VIEW s.v OWNER TO writer; ALTER MATERIALIZED VIEW s.m OWNER TO writer; ALTER SEQUENCE s.q OWNER TO writer;
    ALTER TYPE s.e OWNER TO writer; ALTER TYPE s.c OWNER TO writer; ALTER DOMAIN s.d OWNER TO writer;
    ALTER FUNCTION s.f(s.e) OWNER TO writer; ALTER PROCEDURE s.p() OWNER TO writer;
    ALTER AGGREGATE s.a(int) OWNER TO writer; ALTER COLLATION s.l OWNER TO writer;
    ALTER CONVERSION s.n OWNER TO writer; ALTER TEXT SEARCH DICTIONARY s.w OWNER TO writer;
    ALTER TEXT SEARCH CONFIGURATION s.g OWNER TO writer; ALTER STATISTICS s.b OWNER TO writer;
    ALTER OPERATOR s.### (NONE, s.e) OWNER TO writer;
    GRANT CREATE ON DATABASE stock TO writer;
    CREATE PUBLICATION c FOR TABLE s.t; ALTER PUBLICATION c OWNER TO writer;
    REVOKE CREATE ON DATABASE stock FROM writer;
    CREATE TABLE public.t (a int); ALTER TABLE public.t OWNER TO writer;
    CREATE TABLE public.of_app (a int); ALTER TABLE public.of_app OWNER TO app;
    SELECT lo_create(4242); ALTER LARGE OBJECT 4242 OWNER TO writer;
    GRANT USAGE ON SCHEMA s TO writer";

fn migrated(major: u32, owner: &str) -> Migrated {
    let source = platforms::aurora_like(13);
    for text in [
        "CREATE ROLE app; CREATE ROLE keeper; CREATE ROLE writer",
        "CREATE DATABASE stock OWNER app",
    ] {
        source.sql("rdsadmin", "postgres", text);
    }
    source.sql("rdsadmin", "stock", SOURCE);
    if major > 14 {
        // Before, schema public is a superuser's.
        source.sql("rdsadmin", "stock", "GRANT CREATE ON SCHEMA public TO keeper");
    }
    let migrated =
        Migrated { source, target: platforms::azure_like(major), take_back: String::new() };
    migrated.copy(&[]);
    let target = &migrated.target;
    target.sql("azadmin", "postgres", "GRANT app TO azadmin");
    target.sql("azadmin", "postgres", "CREATE DATABASE stock TEMPLATE template0");
    let run = |program: &str, cluster: &Cluster, user: &str, arguments: &[&str]| {
        let mut run = command(client_program(18, program), Path::new("/"));
        run.env("PGHOST", cluster.socket()).env("PGPORT", cluster.port.to_string());
        let done = run.env("PGUSER", user).args(arguments).output().unwrap();
        String::from_utf8(done.stderr).unwrap()
    };
    let file = target.socket().join("dump");
    let path = file.to_str().unwrap();
    assert_eq!(run("pg_dump", &migrated.source, "rdsadmin", &["-Fc", "-f", path, "stock"]), "");
    let plain = ["--no-owner", "--no-acl", "--no-comments", "-d", "stock", path];
    // A server before 17 does not know one of its settings.
    let said = run("pg_restore", target, "azadmin", &plain);
    assert!(said.matches("could not execute query").count() == usize::from(major < 17), "{said}");
    target.sql("azadmin", "postgres", &format!("ALTER DATABASE stock OWNER TO {owner}"));
    target.sql("azadmin", "postgres", "REVOKE app FROM azadmin");
    migrated
}

/// New owners may create in the schema for that moment only, and schemas change hands in a database that is
/// somebody else's.
#[test]
fn the_script_gives_all_back() {
    for (major, owner) in [(14, "app"), (16, "app"), (16, "azadmin"), (18, "app")] {
        let migrated = migrated(major, owner);
        let [from, to] = migrated.strings("rdsadmin");
        let verify = |more: &[&str]| {
            Run::new([&["verify", &*from, &*to, "--database", "stock"], more].concat())
        };
        let script = verify(&["--format", "sql"]).status(1).stdout;
        let (said, succeeds) = migrated.target.psql_in("azadmin", "postgres", &script);
        assert!(succeeds, "{major} {owner}: {said}\n{script}");
        let said = verify(&[]).done().stdout;
        assert!(
            said.contains("\ncomplete: 27 objects in 1 database are as on the source\n"),
            "{said}"
        );
        // What was lent for it is gone.
        let privileges =
            "SELECT nspname, coalesce(nspacl, acldefault('n', nspowner))::text FROM pg_namespace
            WHERE nspname IN ('s', 'open') ORDER BY 1";
        let of = |cluster: &Cluster, user| cluster.query(user, "stock", privileges);
        assert_eq!(of(&migrated.target, "azuresu"), of(&migrated.source, "rdsadmin"));
        let of_database = "SELECT concat(datacl) FROM pg_database WHERE datname = 'stock'";
        let database = migrated.target.query("azuresu", "stock", of_database);
        assert!(!format!("{database:?}").contains("writer="), "{database:?}");
        if major > 14 {
            let may = ["writer", "keeper"]
                .map(|role| format!("SELECT has_schema_privilege('{role}', 'public', 'CREATE')"));
            let may =
                may.map(|query| migrated.target.query("azuresu", "stock", &query)[0][0].clone());
            assert_eq!(may, ["f", "t"].map(|it| Some(it.to_owned())));
        }
        let joined = "SELECT count(*) FROM pg_auth_members WHERE member = 'azadmin'::regrole
            AND roleid IN ('app'::regrole, 'keeper'::regrole, 'writer'::regrole) AND grantor <> 10";
        assert_eq!(migrated.target.query("azuresu", "stock", joined), [[Some("0".to_owned())]]);
    }
}
