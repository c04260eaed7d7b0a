//! The same by tricks that have been thought of.

use super::ladder::{LONG, Ladder, Target, azure, closed, plain, rights};
use super::source::{self, literal, quoted};
use crate::support::catalog::Catalog;
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::verifier;

#[test]
fn known_tricks_azure_15() {
    withstands(&azure(15));
}

#[test]
fn known_tricks_azure_16() {
    withstands(&azure(16));
}

#[test]
fn known_tricks_plain_15() {
    withstands(&plain(15));
}

#[test]
fn known_tricks_plain_18() {
    withstands(&plain(18));
}

/// Tricks that have been thought of, as dumps.
fn withstands(target: &Target) {
    let long = quoted(LONG);
    let password = verifier::md5("azadmin", "evil");
    let mut tricks: Vec<(String, Vec<String>)> = Vec::new();
    let mut trick = |dump: &str, options: &[&str]| {
        let options = options.iter().map(|&option| option.to_owned()).collect();
        tricks.push((dump.to_owned(), options));
    };
    for name in &target.ladder {
        let role = quoted(name);
        trick(&format!("ALTER ROLE {role} PASSWORD '{password}';"), &[]);
        trick(&format!("ALTER ROLE {role} SET search_path TO evil;"), &[]);
        trick(&format!("ALTER ROLE {role} IN DATABASE postgres SET search_path TO evil;"), &[]);
        trick(&format!("COMMENT ON ROLE {role} IS 'evil';"), &[]);
        trick(&format!("CREATE ROLE evil; GRANT {role} TO evil;"), &[]);
        trick(&format!("CREATE ROLE evil; GRANT evil TO {role};"), &[]);
        trick(
            &format!("CREATE ROLE evil; GRANT {role} TO evil WITH ADMIN OPTION;"),
            &["--only", "evil"],
        );
        trick(
            &format!(
                "CREATE ROLE evil; CREATE ROLE {role}; GRANT {role} TO evil; GRANT evil TO {role};"
            ),
            &["--only", "evil"],
        );
        trick(
            &format!("CREATE ROLE evil; CREATE ROLE {role}; GRANT {role} TO evil;"),
            &["--exclude", name],
        );
        let equals = format!("e={name}");
        trick(
            "CREATE ROLE e; CREATE ROLE evil; GRANT e TO evil; ALTER ROLE e PASSWORD 'x';",
            &["--rename", &equals],
        );
        // Whoever asks for that gets it.
        if name != "azure_pg_admin" {
            let dump = "CREATE ROLE evil; GRANT e TO evil WITH ADMIN OPTION;";
            trick(dump, &["--map-role", &equals]);
            let superuser = format!("SUPERUSER={name}");
            trick("CREATE ROLE evil SUPERUSER;", &["--map-role", &superuser]);
        }
        trick(
            &format!(
                "CREATE ROLE evil; CREATE ROLE {role}; ALTER ROLE evil SET role TO {};",
                literal(name)
            ),
            &[],
        );
        trick(&format!("CREATE ROLE evil; CREATE ROLE x; GRANT x TO evil GRANTED BY {role};"), &[]);
        trick(&format!("CREATE ROLE evil; ALTER ROLE evil RENAME TO {role};"), &[]);
        trick(
            &format!("CREATE ROLE evil; REVOKE shop FROM {role}; GRANT shop TO evil;"),
            &["--existing", "replace"],
        );
        trick("CREATE ROLE shop;", &["--existing", "replace"]);
        trick(&format!("CREATE ROLE shop; DROP ROLE {role};"), &[]);
    }
    // Mapping onto a superuser makes nobody an administrator, and so nobody one who may be altered.
    trick(
        &format!("CREATE ROLE e SUPERUSER; ALTER ROLE e PASSWORD '{password}' CREATEROLE;"),
        &["--map-role", "SUPERUSER=rooter", "--rename", "e=rooter_member"],
    );
    // More bytes than a name can have: a server cuts them off.
    trick(
        &format!("CREATE ROLE {}x\" LOGIN PASSWORD '{password}';", long.trim_end_matches('"')),
        &[],
    );
    trick(&format!("CREATE ROLE evil; GRANT {}x\" TO evil;", long.trim_end_matches('"')), &[]);
    trick(
        "CREATE ROLE e\u{301}vil; CREATE ROLE \"AZADMIN\"; GRANT \"AZADMIN\" TO e\u{301}vil;",
        &[],
    );
    trick(
        "CREATE ROLE U&\"\\0061zadmin\" PASSWORD 'x'; CREATE ROLE evil; GRANT U&\"\\0061zadmin\" TO evil;",
        &[],
    );
    trick(
        "CREATE ROLE evil; COMMENT ON ROLE evil IS 'x\n\\! echo\n; GRANT azadmin TO evil; --';",
        &[],
    );
    let to = target.cluster.connection_string(target.user, "postgres");
    let mut sent = 0;
    target.reset();
    let before = Catalog::of(&target.cluster);
    for (dump, options) in tricks {
        let run = Run::new(["copy", "-", &to, "--yes", "--into-older", "--format", "json"]);
        let run = options.iter().fold(run, Run::arg);
        let done = run.stdin(dump.as_str()).done_or_refused();
        let what =
            format!("{} {dump} {options:?}\n{}{}", target.cluster.major, done.stdout, done.stderr);
        let after = Catalog::of(&target.cluster);
        Ladder::of(&after, target).assert_untouched(&Ladder::of(&before, target), &what);
        let climbs = closed(rights(&target.cluster))
            .into_iter()
            .any(|(_, member, role)| member == "evil" && target.ladder.contains(&role));
        assert!(!climbs, "{what}");
        if before != after {
            sent += 1;
            target.reset();
        }
    }
    assert!(sent > 20, "{sent}");
}

/// A platform that no role shows, but the user names.
#[test]
fn administrators_of_a_named_platform() {
    for major in [15, 18] {
        let cluster = Cluster::start(major);
        for statement in [
            "CREATE ROLE azure_pg_admin",
            "CREATE ROLE boss LOGIN CREATEROLE IN ROLE azure_pg_admin",
            "CREATE ROLE other LOGIN PASSWORD 'old' IN ROLE azure_pg_admin",
            "GRANT other TO boss WITH ADMIN OPTION",
        ] {
            cluster.sql("postgres", "postgres", statement);
        }
        let to = cluster.connection_string("boss", "postgres");
        let run = Run::new(["copy", "-", &to, "--yes", "--into-older", "--platform", "azure"]);
        let dump = "CREATE ROLE other LOGIN PASSWORD 'new'; CREATE ROLE evil; GRANT other TO evil;";
        let done = run.stdin(dump).done();
        assert!(done.stdout.contains("protected-role"), "{done}");
        assert!(cluster.login("other", "old").is_ok(), "{done}");
        let evil = rights(&cluster).into_iter().any(|(_, member, _)| member == "evil");
        assert!(!evil && source::roles(&cluster).contains("evil"), "{done}");
    }
}
