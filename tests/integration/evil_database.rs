//! Scripts that an administrator replays in a database that belongs to somebody else, who has put
//! operators and functions of their own in front of PostgreSQL's.

use crate::support::cluster::Cluster;
use crate::support::command::{Run, convert};
use crate::support::platforms::azure_like;

/// What the owner of the database puts there: it answers rightly, and makes them an administrator.
const EVIL: &str = "
    CREATE SCHEMA evil;
    GRANT USAGE ON SCHEMA evil TO PUBLIC;
    CREATE FUNCTION evil.gain() RETURNS boolean LANGUAGE plpgsql AS
        'BEGIN EXECUTE ''GRANT azure_pg_admin TO mallory''; RETURN true; END';
    CREATE FUNCTION evil.eq(name, name) RETURNS boolean LANGUAGE plpgsql AS
        'BEGIN PERFORM evil.gain(); RETURN pg_catalog.nameeq($1, $2); END';
    CREATE FUNCTION evil.eq(name, text) RETURNS boolean LANGUAGE plpgsql AS
        'BEGIN PERFORM evil.gain(); RETURN pg_catalog.nameeq($1, $2::name); END';
    CREATE FUNCTION evil.eq(text, text) RETURNS boolean LANGUAGE plpgsql AS
        'BEGIN PERFORM evil.gain(); RETURN pg_catalog.texteq($1, $2); END';
    CREATE FUNCTION evil.div(integer, integer) RETURNS integer LANGUAGE plpgsql AS
        'BEGIN PERFORM evil.gain(); RETURN pg_catalog.int4div($1, $2); END';
    CREATE FUNCTION evil.ne(integer, integer) RETURNS boolean LANGUAGE plpgsql AS
        'BEGIN PERFORM evil.gain(); RETURN pg_catalog.int4ne($1, $2); END';
    CREATE FUNCTION evil.current_setting(text) RETURNS text LANGUAGE plpgsql AS
        'BEGIN PERFORM evil.gain(); RETURN pg_catalog.current_setting($1); END';
    CREATE FUNCTION evil.pg_has_role(oid, text) RETURNS boolean LANGUAGE plpgsql AS
        'BEGIN PERFORM evil.gain(); RETURN pg_catalog.pg_has_role($1, $2); END';
    CREATE FUNCTION evil.pg_has_role(oid, oid, text) RETURNS boolean LANGUAGE plpgsql AS
        'BEGIN PERFORM evil.gain(); RETURN pg_catalog.pg_has_role($1, $2, $3); END';
    CREATE OPERATOR evil.= (LEFTARG = name, RIGHTARG = name, PROCEDURE = evil.eq);
    CREATE OPERATOR evil.= (LEFTARG = name, RIGHTARG = text, PROCEDURE = evil.eq);
    CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, PROCEDURE = evil.eq);
    CREATE OPERATOR evil./ (LEFTARG = integer, RIGHTARG = integer, PROCEDURE = evil.div);
    CREATE OPERATOR evil.<> (LEFTARG = integer, RIGHTARG = integer, PROCEDURE = evil.ne);
    CREATE VIEW evil.pg_roles AS SELECT * FROM pg_catalog.pg_roles WHERE evil.gain();
    GRANT SELECT ON evil.pg_roles TO PUBLIC;
    ALTER DATABASE app SET search_path = evil, pg_catalog;";

/// A target with such a database.
fn evil(major: u32) -> Cluster {
    let target = azure_like(major);
    target.sql("azadmin", "postgres", "CREATE ROLE mallory LOGIN");
    target.sql("azuresu", "postgres", "CREATE DATABASE app OWNER mallory");
    target.sql("mallory", "app", EVIL);
    target
}

/// Replayed there it succeeds, and its owner has gained nothing.
#[track_caller]
fn assert_gives_nothing(target: &Cluster, script: &str) {
    let output = target.psql("azadmin", format!("\\connect app\n{script}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("ERROR"), "{said}\n{script}");
    assert!(!has_gained(target), "{script}");
}

fn has_gained(target: &Cluster) -> bool {
    let query = "SELECT pg_has_role('mallory', 'azure_pg_admin', 'MEMBER')";
    target.query("azuresu", "postgres", query) == [[Some("t".to_owned())]]
}

/// The guards of a script, which are replayed again one by one.
fn guards(script: &str) -> Vec<String> {
    let all = script.split("\nDO $").skip(1);
    let all = all.map(|rest| format!("\\set ON_ERROR_STOP on\nDO ${rest}"));
    all.map(|it| it.split_inclusive("$;\n").next().unwrap().to_owned()).collect()
}

#[test]
fn an_operator_of_the_owners_would_do() {
    for major in [15, 18] {
        let target = evil(major);
        let earlier = "DO $$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'a') \
                       THEN NULL; END IF; END $$";
        target.sql("azadmin", "app", earlier);
        assert!(has_gained(&target), "{major}");
    }
}

#[test]
fn scripts_of_convert() {
    let dump = "CREATE ROLE a LOGIN; CREATE ROLE b; GRANT a TO b; ALTER ROLE a SET work_mem TO '1MB';
        ALTER ROLE a IN DATABASE app SET work_mem TO '2MB'; ALTER DATABASE app SET work_mem TO '3MB';
        ALTER ROLE a IN DATABASE postgres SET work_mem TO '2MB'; COMMENT ON ROLE a IS 'c';
        ALTER ROLE a PASSWORD 'md5fedcba9876543210fedcba9876543210';";
    for major in [15, 18] {
        let target = evil(major);
        let version = format!("--target-version {major}");
        let plain = convert(dump).with(&version).done().stdout;
        assert_gives_nothing(&target, &plain);
        let script =
            convert(dump).with(&version).with("--if-not-exists --allow-all-settings").done().stdout;
        let guards = guards(&script);
        assert_eq!(guards.len(), 7, "{script}");
        assert_gives_nothing(&target, &script);
        for guard in guards {
            assert_gives_nothing(&target, &guard);
        }
        // Where it is the wrong version, too.
        let other = convert(dump).with("--target-version 16").done().stdout;
        let output = target.psql("azadmin", format!("\\connect app\n{other}"));
        assert_eq!(output.status.code(), Some(3));
        assert!(!has_gained(&target));
    }
}

#[test]
fn scripts_of_copy_and_diff() {
    let source = Cluster::start(16);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE a LOGIN; CREATE ROLE b; GRANT a TO b; ALTER ROLE a SET work_mem = '1MB';
         COMMENT ON ROLE a IS 'c'; CREATE SCHEMA owned AUTHORIZATION a",
    );
    let from = source.connection_string("postgres", "postgres");
    for major in [15, 18] {
        let target = evil(major);
        let to = target.connection_string("azadmin", "postgres");
        target.sql("azadmin", "postgres", "CREATE ROLE b; CREATE ROLE a; COMMENT ON ROLE a IS 'd'");
        let run = |more: &str| {
            Run::new(more.split(' ').chain([from.as_str(), to.as_str(), "--reader", "catalog"]))
        };
        let sql = run("diff --format sql --replace --show-passwords").status(1).stdout;
        let copy =
            "copy --yes --into-older --exclude postgres --undo undo.sql --for-restore own.sql";
        let copy = run(copy).done();
        let (undo, own) = (copy.file("undo.sql"), copy.file("own.sql"));
        assert!(undo.contains("DO $undo$") && own.contains("REVOKE a FROM azadmin"), "{undo}{own}");
        assert_gives_nothing(&target, &own);
        assert_gives_nothing(&target, &undo);
        assert_gives_nothing(&target, &sql);
    }
}
