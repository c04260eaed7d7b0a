//! Every version that can be a source, and the same on a target.

use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::on_each_major;

/// What every version knows.
const CONTENTS: &str = "
    CREATE SCHEMA s AUTHORIZATION app; GRANT USAGE ON SCHEMA s TO reader;
    CREATE TABLE s.t (a int, b int); ALTER TABLE s.t OWNER TO app; GRANT SELECT ON s.t TO reader;
    GRANT UPDATE (b) ON s.t TO reader; ALTER TABLE s.t ENABLE ROW LEVEL SECURITY;
    CREATE POLICY p ON s.t TO reader USING (true);
    CREATE SEQUENCE s.q; GRANT USAGE ON SEQUENCE s.q TO reader;
    CREATE FUNCTION s.f(int, text[], VARIADIC s.t[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
    REVOKE EXECUTE ON FUNCTION s.f(int, text[], s.t[]) FROM PUBLIC;
    CREATE FUNCTION s.take(int, text[]) RETURNS boolean LANGUAGE sql AS 'SELECT true';
    CREATE OPERATOR FAMILY s.h USING hash;
    CREATE DOMAIN s.d AS int; REVOKE USAGE ON DOMAIN s.d FROM PUBLIC;
    CREATE TRUSTED LANGUAGE other HANDLER plpgsql_call_handler; GRANT USAGE ON LANGUAGE other TO reader;
    CREATE FOREIGN DATA WRAPPER w; GRANT USAGE ON FOREIGN DATA WRAPPER w TO reader;
    CREATE SERVER v FOREIGN DATA WRAPPER w; GRANT USAGE ON FOREIGN SERVER v TO reader;
    SELECT lo_create(4242); GRANT SELECT ON LARGE OBJECT 4242 TO reader;
    ALTER DEFAULT PRIVILEGES FOR ROLE app IN SCHEMA s GRANT SELECT ON TABLES TO reader;
    ALTER DEFAULT PRIVILEGES FOR ROLE app REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text) TO reader;
    CREATE EXTENSION hstore; GRANT EXECUTE ON FUNCTION hstore(text, text) TO reader;
    REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
    CREATE COLLATION s.c FROM \"C\"; CREATE CONVERSION s.v FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
    CREATE TEXT SEARCH DICTIONARY s.w (TEMPLATE = simple); CREATE TEXT SEARCH CONFIGURATION s.w (COPY = simple);
    CREATE FUNCTION s.neg(s.d) RETURNS boolean LANGUAGE sql AS 'SELECT true';
    CREATE OPERATOR s.!! (RIGHTARG = s.d, PROCEDURE = s.neg);
    CREATE OPERATOR s.@@@ (LEFTARG = int, RIGHTARG = text[], PROCEDURE = s.take);
    CREATE OPERATOR FAMILY s.f USING btree; CREATE OPERATOR CLASS s.o FOR TYPE int4 USING hash FAMILY s.h AS OPERATOR 1 =;
    CREATE FUNCTION s.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE EVENT TRIGGER watch ON ddl_command_start EXECUTE PROCEDURE s.watch()";

/// What belongs to another, and is named so.
const OWNERS: [(&str, &str); 9] = [
    ("COLLATION s.c", "collation s.c"),
    ("CONVERSION s.v", "conversion s.v"),
    ("TEXT SEARCH DICTIONARY s.w", "text search dictionary s.w"),
    ("TEXT SEARCH CONFIGURATION s.w", "text search configuration s.w"),
    ("OPERATOR s.!! (NONE, s.d)", "operator s.!!(NONE, s.d)"),
    ("OPERATOR s.@@@ (int, text[])", "operator s.@@@(integer, text[])"),
    ("OPERATOR FAMILY s.f USING btree", "operator family s.f USING btree"),
    ("OPERATOR CLASS s.o USING hash", "operator class s.o USING hash"),
    ("EVENT TRIGGER watch", "event trigger watch"),
];

fn with_contents(major: u32) -> Cluster {
    let cluster = Cluster::start(major);
    cluster.sql("postgres", "postgres", "CREATE ROLE app; CREATE ROLE reader LOGIN");
    cluster.sql("postgres", "postgres", "CREATE DATABASE shop");
    cluster.sql("postgres", "shop", CONTENTS);
    give_to(&cluster, "app");
    if major >= 10 {
        cluster.sql("postgres", "shop", "CREATE PUBLICATION changes FOR TABLE s.t");
    }
    if major >= 11 {
        cluster.sql("postgres", "shop", "CREATE PROCEDURE s.p(int) LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON PROCEDURE s.p(int) TO reader");
    }
    cluster
}

/// Gives what has an owner only to somebody else; a superuser owns event triggers.
fn give_to(cluster: &Cluster, owner: &str) {
    cluster.sql("postgres", "shop", "ALTER ROLE app SUPERUSER");
    for (object, _) in OWNERS {
        cluster.sql("postgres", "shop", &format!("ALTER {object} OWNER TO {owner}"));
    }
    cluster.sql("postgres", "shop", "ALTER ROLE app NOSUPERUSER");
}

on_each_major! { the_same_statements_give_the_same }

/// The same statements on 18 and on each version.
fn the_same_statements_give_the_same(major: u32) {
    let (source, target) = (with_contents(major), with_contents(18));
    if major < 11 {
        target.sql("postgres", "shop", "DROP PROCEDURE s.p(int)");
    }
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    let done = Run::new(["verify", &from, &to]).status_of(&[0, 1]);
    assert!(done.stdout.contains("\ncomplete: "), "{}", done.stdout);
    assert!(!done.stdout.contains("only on the target"), "{}", done.stdout);
    give_to(&target, "postgres");
    let said = Run::new(["verify", &from, &to]).status(1).stdout;
    for (object, shown) in OWNERS {
        let line = format!("in shop: {shown} belongs to postgres");
        assert!(said.contains(&line), "{line}\n{said}");
        assert!(said.contains(&format!("ALTER {}", object.split(' ').next().unwrap())), "{said}");
    }
    target.sql("postgres", "shop", "ALTER ROLE app SUPERUSER");
    let script = Run::new(["verify", &from, &to, "--format", "sql"]).status(1).stdout;
    let (said, succeeds) = target.psql_in("postgres", "postgres", &script);
    assert!(succeeds, "{said}\n{script}");
    target.sql("postgres", "shop", "ALTER ROLE app NOSUPERUSER");
    let done = Run::new(["verify", &from, &to]).done();
    assert!(done.stdout.contains("\ncomplete: "), "{}", done.stdout);
    // What the server's own objects were given is seen.
    target.sql(
        "postgres",
        "shop",
        "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text) FROM reader; GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC;
         REVOKE EXECUTE ON FUNCTION hstore(text, text) FROM reader; GRANT EXECUTE ON FUNCTION hstore(text[]) TO reader",
    );
    let said = Run::new(["verify", &from, &to]).status(1).stdout;
    assert!(
        said.contains(
            "reader lost EXECUTE on functions pg_catalog.pg_ls_dir(text), public.hstore(text, text)"
        ),
        "{said}"
    );
    assert!(said.contains("reader gained EXECUTE on function public.hstore(text[])"), "{said}");
    assert!(said.contains("PUBLIC gained USAGE on language plpgsql"), "{said}");
}
