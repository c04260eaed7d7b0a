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
                &["verify", from, to],
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
            let why = "/mallorys: nothing was done: the session of postgres acts as mallory, who would \
                       administer every role that is created, and neither the connection's options nor \
                       ALTER ROLE postgres SET role say so: the owner of a database can do that (ALTER \
                       DATABASE … SET role), and another client of a pooler; connect to another database, \
                       not through a pooler\n";
            assert!(said.ends_with(why), "{said}");
            let query = "SELECT count(*) FROM pg_roles WHERE rolname = 'app'";
            assert_eq!(target.query("postgres", "postgres", query), [[Some("0".to_owned())]]);
        }
        // What the administrator has for itself is its own.
        target.sql("postgres", "postgres", "ALTER ROLE postgres SET role = 'mallory'");
        Run::new(["copy", "in.sql", &to, "--yes"]).file("in.sql", "CREATE ROLE mine;").done();
        target.sql("postgres", "postgres", "SET ROLE NONE; ALTER ROLE postgres RESET role");
        // Who asks for another role with the connection has it.
        let to = format!(
            "{} options='-c role=mallory'",
            target.connection_string("postgres", "postgres")
        );
        Run::new(["copy", "in.sql", &to, "--yes"]).file("in.sql", "CREATE ROLE app;").done();
    }
}

/// The same for whoever replays a script there, of each kind that there is.
#[test]
fn no_script_runs_in_the_place_of_the_administrator() {
    for major in [14, 18] {
        let (source, target) = (Cluster::start(major), Cluster::start(major));
        source.sql("postgres", "postgres", "CREATE ROLE app LOGIN");
        source.sql("postgres", "postgres", "CREATE DATABASE d OWNER app");
        target.sql("postgres", "postgres", "CREATE ROLE mallory LOGIN CREATEROLE");
        target.sql("postgres", "postgres", "CREATE DATABASE mallorys OWNER mallory");
        let from = source.connection_string("postgres", "postgres");
        let to = target.connection_string("postgres", "postgres");
        let out = |arguments: &[&str]| Run::new(arguments).status_of(&[0, 1]).stdout;
        let plain = ["convert", &from, "--platform", "postgres", "--target-version"];
        let version = major.to_string();
        let mut scripts = vec![
            out(&[&plain[..], &[&version]].concat()),
            out(&[&plain[..], &[&version, "--if-not-exists"]].concat()),
            out(&["diff", &from, &to, "--format", "sql", "--show-passwords"]),
        ];
        let files = ["--undo", "undo.sql", "--for-restore", "own.sql", "--yes"];
        let copied = Run::new([&["copy", &from, &to][..], &files].concat()).done();
        scripts.extend(["undo.sql", "own.sql"].map(|file| copied.file(file)));
        target.sql("mallory", "mallorys", "ALTER DATABASE mallorys SET role = 'mallory'");
        let everything =
            "SELECT rolname, (SELECT array_agg(m.member::regrole::text) FROM pg_auth_members m
                          WHERE m.roleid = r.oid) FROM pg_roles r ORDER BY 1";
        let before = target.query("postgres", "postgres", everything);
        for script in &scripts {
            let (said, succeeds) = target.psql_in("postgres", "mallorys", script);
            let why = "ERROR:  the session of postgres acts as mallory, which the owner of this database can \
                       bring about, who would administer what is created: run this script in another database\n";
            assert!(!succeeds && said.contains(why), "{major}: {said}\n{script}");
            assert_eq!(target.query("postgres", "postgres", everything), before);
            // The owner can take the setting away as soon as the session is there.
            let later = format!("ALTER DATABASE mallorys RESET role;\n{script}");
            let (said, succeeds) = target.psql_in("postgres", "mallorys", &later);
            assert!(!succeeds && said.contains(why), "{major}: {said}\n{later}");
            target.sql("mallory", "mallorys", "ALTER DATABASE mallorys SET role = 'mallory'");
            assert_eq!(target.query("postgres", "postgres", everything), before);
        }
        // What takes back, in a database where it may.
        for script in scripts.iter().rev().take(2) {
            let (said, succeeds) = target.psql_in("postgres", "postgres", script);
            assert!(succeeds, "{said}");
        }
    }
}

/// Who acts as another role on purpose may replay scripts, where the owner of the database gets nothing by it; and a
/// setting of its own for one database is no reason in another.
#[test]
fn an_administrator_may_act_as_another_role() {
    let target = Cluster::start(17);
    target.sql(
        "postgres",
        "postgres",
        "CREATE ROLE dba NOLOGIN CREATEROLE; CREATE ROLE anna LOGIN; CREATE ROLE mallory LOGIN;
         CREATE ROLE owners; CREATE ROLE team CREATEROLE; GRANT dba, team TO anna; GRANT team, owners TO mallory",
    );
    target.sql("postgres", "postgres", "CREATE DATABASE ours OWNER anna");
    target.sql("postgres", "postgres", "CREATE DATABASE theirs OWNER owners");
    let convert = ["convert", "in.sql", "--platform", "azure", "--target-version", "17"];
    let script = |role: &str| {
        let dump = format!("CREATE ROLE {role};");
        Run::new(convert).file("in.sql", dump).done().stdout
    };
    for (database, role) in [("postgres", "one"), ("ours", "two"), ("theirs", "three")] {
        let acting = format!("SET ROLE dba;\n{}", script(role));
        let (said, succeeds) = target.psql_in("anna", database, &acting);
        assert!(succeeds, "{said}");
    }
    target.sql("postgres", "postgres", "ALTER ROLE anna IN DATABASE ours SET role = 'team'");
    target.sql("mallory", "theirs", "ALTER DATABASE theirs SET role = 'team'");
    let (said, succeeds) = target.psql_in("anna", "theirs", &script("four"));
    assert!(!succeeds && said.contains("the session of anna acts as team"), "{said}");
    let (said, succeeds) = target.psql_in("anna", "ours", &script("five"));
    assert!(succeeds, "{said}");
}

/// What the owner of a database sets for everybody shows no verifier to the terminal, nor to the log.
#[test]
fn no_script_shows_what_it_sends() {
    let target = platforms::azure_like(16);
    let_mallory_in(&target, "");
    for setting in
        ["debug_print_parse = on", "debug_print_rewritten = on", "client_min_messages = 'debug5'"]
    {
        target.sql("mallory", "mallorys", &format!("ALTER DATABASE mallorys SET {setting}"));
    }
    let dump = "CREATE ROLE secretive LOGIN PASSWORD 'SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$\
                lT3dqDRPtVKRPeQ6VZDvUAVf2gMmvO7vcSVVLIV8JZM=:cUFEk9qrYlfUNGiEJd/QI9u5rJvSp3Iu4VVKGgh4tAs=';";
    let convert = Run::new(["convert", "in.sql", "--platform", "azure", "--target-version", "16"]);
    let script = convert.file("in.sql", dump).done().stdout;
    let (said, succeeds) = target.psql_in("azadmin", "mallorys", &script);
    assert!(succeeds && !said.contains("SCRAM-SHA-256"), "{said}");
    assert!(!target.log().contains("lT3dqDRPtVKRPeQ6VZDvUAVf2gMmvO7vcSVVLIV8JZM"));
    // Without care it would have.
    let careless = "CREATE ROLE open PASSWORD 'SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$\
                    lT3dqDRPtVKRPeQ6VZDvUAVf2gMmvO7vcSVVLIV8JZM=:cUFEk9qrYlfUNGiEJd/QI9u5rJvSp3Iu4VVKGgh4tAs='";
    let (said, _) = target.psql_in("azadmin", "mallorys", careless);
    assert!(said.contains("lT3dqDRPtVKRPeQ6VZDvUAVf2gMmvO7vcSVVLIV8JZM"), "{said}");
}
