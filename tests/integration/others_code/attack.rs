//! The owner of a database who would like to be more: what runs there as the administrator is to make
//! it so.

use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms;

/// Whatever is called by these names makes its owner everything, and then does what is expected of it.
const TROJAN: &str = "
    CREATE SCHEMA evil;
    CREATE FUNCTION evil.seize() RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        statement text;
    BEGIN
        FOREACH statement IN ARRAY ARRAY['ALTER ROLE mallory SUPERUSER', 'ALTER ROLE mallory CREATEROLE',
            'GRANT azure_pg_admin TO mallory', 'GRANT rds_superuser TO mallory', 'GRANT app TO mallory'] LOOP
            BEGIN
                EXECUTE statement;
            EXCEPTION WHEN OTHERS THEN
                NULL;
            END;
        END LOOP;
    END $$;
    CREATE FUNCTION evil.current_setting(name text) RETURNS text LANGUAGE plpgsql AS
        $$ BEGIN PERFORM evil.seize(); RETURN pg_catalog.current_setting(name); END $$;
    CREATE FUNCTION evil.equal(a oid, b oid) RETURNS boolean LANGUAGE plpgsql AS
        $$ BEGIN PERFORM evil.seize(); RETURN a OPERATOR(pg_catalog.=) b; END $$;
    CREATE OPERATOR evil.= (PROCEDURE = evil.equal, LEFTARG = oid, RIGHTARG = oid);
    GRANT USAGE ON SCHEMA evil TO PUBLIC;
    ALTER DATABASE mallorys SET search_path = evil, pg_catalog";

fn let_mallory_in(server: &Cluster, more: &str) {
    let superuser = &server.superuser;
    server.sql(
        superuser,
        "postgres",
        &format!("CREATE ROLE mallory LOGIN; CREATE ROLE app LOGIN; {more}"),
    );
    server.sql(superuser, "postgres", "CREATE DATABASE mallorys OWNER mallory");
    server.sql("mallory", "mallorys", TROJAN);
}

/// What Mallory is on a server.
fn mallory(server: &Cluster) -> Vec<Vec<Option<String>>> {
    server.query(
        &server.superuser,
        "postgres",
        "SELECT rolsuper, rolcreaterole, (SELECT count(*) FROM pg_auth_members WHERE member = r.oid)
         FROM pg_roles r WHERE rolname = 'mallory'",
    )
}

#[test]
fn the_owner_of_a_database_stays_what_it_is() {
    for major in [14, 16] {
        let source = platforms::aurora_like(major);
        let target = platforms::azure_like(major);
        for server in [&source, &target] {
            let_mallory_in(server, "");
        }
        // Some go on as far as they may, the administrator as a superuser further.
        let before = [mallory(&source), mallory(&target)];
        assert!(before.iter().all(|it| it[0][0].as_deref() == Some("f")));
        for (user, admin) in [("rdsadmin", "azuresu"), ("postgres", "azadmin")] {
            let from = &source.connection_string(user, "mallorys");
            let to = &target.connection_string(admin, "mallorys");
            for arguments in [
                &["convert", from][..],
                &["convert", from, "--reader", "catalog"],
                &["diff", from, to],
                &["copy", from, to, "--dry-run", "--into-older"],
                &["check", from, to],
                &["copy", from, to, "--yes", "--into-older"],
            ] {
                Run::new(arguments).status_of(&[0, 1]);
                assert_eq!([mallory(&source), mallory(&target)], before, "{arguments:?}");
            }
        }
    }
}

/// Who creates a role administers it: the owner of a database makes whoever connects to it another role.
#[test]
fn nobody_is_put_in_the_place_of_the_administrator() {
    for major in [14, 18] {
        let target = Cluster::start(major);
        target.sql("postgres", "postgres", "CREATE ROLE mallory LOGIN CREATEROLE");
        target.sql("postgres", "postgres", "CREATE DATABASE mallorys OWNER mallory");
        target.sql("mallory", "mallorys", "ALTER DATABASE mallorys SET role = 'mallory'");
        let to = target.connection_string("postgres", "mallorys");
        for more in ["--yes", "--dry-run"] {
            let run =
                Run::new(["copy", "in.sql", &to, more]).file("in.sql", "CREATE ROLE app LOGIN;");
            let said = run.status(2).stderr;
            let why = "/mallorys: nothing was done: ALTER DATABASE … SET role makes whoever connects to \
                       this database act as mallory, who would administer every role that is created; \
                       connect to another database\n";
            assert!(said.ends_with(why), "{said}");
            let query = "SELECT count(*) FROM pg_roles WHERE rolname = 'app'";
            assert_eq!(target.query("postgres", "postgres", query), [[Some("0".to_owned())]]);
        }
        // Who asks for another role with the connection has it.
        let to = format!(
            "{} options='-c role=mallory'",
            target.connection_string("postgres", "postgres")
        );
        Run::new(["copy", "in.sql", &to, "--yes"]).file("in.sql", "CREATE ROLE app;").done();
    }
}
