//! Functions that are named like a platform's: they are called only where the platform has made them,
//! and never while something is written.

use pg_globals::globals::Password;
use pg_globals::read::live;

use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms;

/// What the function of RDS answers, as far as its documentation shows, and only while nothing can be
/// written.
const FUNCTION: &str = "
    CREATE SCHEMA rds_tools;
    GRANT USAGE ON SCHEMA rds_tools TO PUBLIC;
    CREATE FUNCTION rds_tools.role_password_encryption_type(OUT rolname text, OUT encryption_type text)
    RETURNS SETOF record LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        IF pg_catalog.current_setting('transaction_read_only') OPERATOR(pg_catalog.<>) 'on' THEN
            RAISE EXCEPTION 'a trap was sprung: called where something is written';
        END IF;
        RAISE WARNING 'the function was called';
        RETURN QUERY SELECT a.rolname::text, CASE WHEN a.rolpassword LIKE 'md5%' THEN 'md5'
            WHEN a.rolpassword IS NOT NULL THEN 'SCRAM-SHA-256' END FROM pg_catalog.pg_authid a;
    END $$";

const ROLES: &str = "
    SET password_encryption = 'md5';
    CREATE ROLE old LOGIN PASSWORD 'old secret';
    SET password_encryption = 'scram-sha-256';
    CREATE ROLE new LOGIN PASSWORD 'new secret';
    CREATE ROLE bare LOGIN";

fn aurora() -> Cluster {
    let server = platforms::aurora_like(16);
    server.sql("rdsadmin", "postgres", ROLES);
    server
}

fn calls(server: &Cluster) -> usize {
    server.log().matches("the function was called").count()
}

#[test]
fn the_platforms_own_is_asked_once_and_never_while_writing() {
    let server = aurora();
    server.sql("rdsadmin", "postgres", FUNCTION);
    let live = server
        .with_client("postgres", "postgres", async |client| live::read(client).await.unwrap());
    assert_eq!(calls(&server), 1);
    let kind = |name: &str| live.verifier_kinds.get(name).map(String::as_str);
    assert_eq!(
        [kind("old"), kind("new"), kind("bare")],
        [Some("md5"), Some("scram-sha-256"), None]
    );
    let password = |name: &str| &live.globals.roles[name].password;
    assert!(matches!(password("bare"), Password::None(_)));
    assert!(matches!(password("old"), Password::Unknown));

    // As a target it is asked before and after, and in between not.
    let to = server.connection_string("postgres", "postgres");
    let dump = "CREATE ROLE fresh;\n";
    Run::new(["copy", "in.sql", &to, "--yes", "--into-older"]).file("in.sql", dump).done();
    assert_eq!(calls(&server), 3);
    server.assert_no_trap_sprung("copy");
    // Whoever reads the verifiers has no need of it.
    server.with_client("rdsadmin", "postgres", async |client| live::read(client).await.unwrap());
    assert_eq!(calls(&server), 3);
}

#[test]
fn one_that_somebody_else_has_made_is_not_called() {
    let server = aurora();
    server.sql(
        "rdsadmin",
        "postgres",
        "CREATE ROLE mallory LOGIN; GRANT CREATE ON DATABASE postgres TO mallory",
    );
    server.sql("mallory", "postgres", FUNCTION);
    // Nor on a server that is no platform's, whoever has made it there.
    let plain = Cluster::start(16);
    plain.sql("postgres", "postgres", &format!("{ROLES}; CREATE ROLE reader LOGIN"));
    plain.sql("postgres", "postgres", FUNCTION);
    for (server, user) in [(&server, "postgres"), (&plain, "reader")] {
        let live =
            server.with_client(user, "postgres", async |client| live::read(client).await.unwrap());
        assert_eq!(calls(server), 0);
        assert!(live.verifier_kinds.is_empty() && live.without_verifier.is_empty());
        assert!(matches!(live.globals.roles["bare"].password, Password::Unknown));
    }
}
