//! Roles: what copy would do.

use insta::assert_snapshot;

use super::{azure, check, found, lines};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::{globals, platforms};

#[test]
fn before_and_after_a_copy() {
    let source = platforms::aurora_like(15);
    globals::customer(&source);
    let (target, to) = azure(16, &[]);
    let from = source.connection_string("rdsadmin", "postgres");
    let run = || check(&from, &to, &["roles"]);
    assert_snapshot!(found(run(), 1), @"
    failed: 17 roles to create, 51 changes in all, 10 passwords of new roles among them, until the target has what the source has
      = pg_globals copy SOURCE TARGET: the migration service does not bring roles
    warning: 1 login role without a password, which on the source logs in by a service of its platform: lambda_iam
      = give it a password, or a principal of the target's own identity service
    warning: 1 login role without a password: postgres
      = where they log in with one after the migration: ALTER ROLE … PASSWORD
    failed: role azadmin is no member of postgres, and pg_restore gives objects to owners that it is a member of only (ALTER … OWNER TO)
      = pg_globals copy SOURCE TARGET --for-restore FILE, and FILE takes it back after the restore
    warning: the migration service brings neither the owners of objects nor the grants on them: all of it belongs to the role that migrates
      = pg_dump and pg_restore bring them; after the service, replay the entries ACL and DEFAULT ACL of pg_dump -Fc --schema-only (pg_restore --use-list), and see what is lost with pg_globals verify
    warning: copy has 1 error and 13 warnings about single roles, memberships and settings
      = pg_globals copy SOURCE TARGET --dry-run shows them
    ");
    let copy = || Run::new(["copy", &from, &to, "--yes", "--into-older", "--reader", "catalog"]);
    copy().done();
    assert_snapshot!(found(run(), 1), @"
    succeeded: everything that the target takes is there: copy has nothing to do
    warning: 1 login role without a password, which on the source logs in by a service of its platform: lambda_iam
      = give it a password, or a principal of the target's own identity service
    warning: 1 login role without a password: postgres
      = where they log in with one after the migration: ALTER ROLE … PASSWORD
    failed: role azadmin is no member of postgres, and pg_restore gives objects to owners that it is a member of only (ALTER … OWNER TO)
      = pg_globals copy SOURCE TARGET --for-restore FILE, and FILE takes it back after the restore
    warning: the migration service brings neither the owners of objects nor the grants on them: all of it belongs to the role that migrates
      = pg_dump and pg_restore bring them; after the service, replay the entries ACL and DEFAULT ACL of pg_dump -Fc --schema-only (pg_restore --use-list), and see what is lost with pg_globals verify
    warning: copy has 1 error and 13 warnings about single roles, memberships and settings
      = pg_globals copy SOURCE TARGET --dry-run shows them
    ");
    // With the owners, the administrator can restore.
    copy().with("--for-restore take-back.sql").done();
    assert_snapshot!(found(run(), 0), @"
    succeeded: everything that the target takes is there: copy has nothing to do
    warning: 1 login role without a password, which on the source logs in by a service of its platform: lambda_iam
      = give it a password, or a principal of the target's own identity service
    warning: 1 login role without a password: postgres
      = where they log in with one after the migration: ALTER ROLE … PASSWORD
    warning: the migration service brings neither the owners of objects nor the grants on them: all of it belongs to the role that migrates
      = pg_dump and pg_restore bring them; after the service, replay the entries ACL and DEFAULT ACL of pg_dump -Fc --schema-only (pg_restore --use-list), and see what is lost with pg_globals verify
    warning: copy has 1 error and 13 warnings about single roles, memberships and settings
      = pg_globals copy SOURCE TARGET --dry-run shows them
    ");
    // Whoever may not read pg_authid sees less.
    let from = source.connection_string("postgres", "postgres");
    assert_snapshot!(found(check(&from, &to, &["roles"]), 0), @"
    succeeded: everything that the target takes is there: copy has nothing to do
    warning: 1 login role without a password, which on the source logs in by a service of its platform: lambda_iam
      = give it a password, or a principal of the target's own identity service
    warning: pg_authid is closed on the source: 1 login role without a password on the target: postgres
      = pg_globals copy --passwords generate --password-file FILE, or --passwords-from where they are known
    warning: the migration service brings neither the owners of objects nor the grants on them: all of it belongs to the role that migrates
      = pg_dump and pg_restore bring them; after the service, replay the entries ACL and DEFAULT ACL of pg_dump -Fc --schema-only (pg_restore --use-list), and see what is lost with pg_globals verify
    warning: copy has 2 errors and 11 warnings about single roles, memberships and settings
      = pg_globals copy SOURCE TARGET --dry-run shows them
    ");
    // And where the target shows nothing either, nobody knows.
    target.sql("azuresu", "postgres", "REVOKE pg_read_all_data FROM azure_pg_admin");
    assert_snapshot!(found(check(&from, &to, &["roles"]), 0), @"
    succeeded: everything that the target takes is there: copy has nothing to do
    unknown: pg_authid is closed on both sides: whether the login roles have passwords on the target cannot be seen
      = log in as one of them
    warning: the migration service brings neither the owners of objects nor the grants on them: all of it belongs to the role that migrates
      = pg_dump and pg_restore bring them; after the service, replay the entries ACL and DEFAULT ACL of pg_dump -Fc --schema-only (pg_restore --use-list), and see what is lost with pg_globals verify
    warning: copy has 12 errors and 11 warnings about single roles, memberships and settings
      = pg_globals copy SOURCE TARGET --dry-run shows them
    ");
}

#[test]
fn superusers_and_obstacles() {
    let source = crate::support::cluster::Cluster::start(18);
    source.sql("postgres", "postgres", "CREATE ROLE boss SUPERUSER LOGIN");
    let from = source.connection_string("postgres", "postgres");
    let (target, to) = azure(18, &[]);
    assert_snapshot!(found(check(&from, &to, &["roles"]), 1), @"
    failed: 2 roles to create, 2 changes in all until the target has what the source has
      = pg_globals copy SOURCE TARGET: the migration service does not bring roles
    warning: 2 login roles without a password: boss, postgres
      = where they log in with one after the migration: ALTER ROLE … PASSWORD
    warning: 2 superusers of the source are none on the target: boss, postgres
      = where they shall administer the target: pg_globals copy --map-role SUPERUSER=azure_pg_admin
    warning: the migration service brings neither the owners of objects nor the grants on them: all of it belongs to the role that migrates
      = pg_dump and pg_restore bring them; after the service, replay the entries ACL and DEFAULT ACL of pg_dump -Fc --schema-only (pg_restore --use-list), and see what is lost with pg_globals verify
    warning: copy has 0 errors and 3 warnings about single roles, memberships and settings
      = pg_globals copy SOURCE TARGET --dry-run shows them
    ");
    // Somebody else's role, on which the administrator has no ADMIN option.
    target.sql("azuresu", "postgres", "CREATE ROLE boss");
    assert_snapshot!(found(check(&from, &to, &["roles"]), 1), @"
    failed: copy cannot start: azadmin lacks the ADMIN option on boss
      = pg_globals copy SOURCE TARGET --dry-run lists all of it, with the ways out
    warning: 2 login roles without a password: boss, postgres
      = where they log in with one after the migration: ALTER ROLE … PASSWORD
    warning: 2 superusers of the source are none on the target: boss, postgres
      = where they shall administer the target: pg_globals copy --map-role SUPERUSER=azure_pg_admin
    warning: the migration service brings neither the owners of objects nor the grants on them: all of it belongs to the role that migrates
      = pg_dump and pg_restore bring them; after the service, replay the entries ACL and DEFAULT ACL of pg_dump -Fc --schema-only (pg_restore --use-list), and see what is lost with pg_globals verify
    warning: copy has 1 error and 3 warnings about single roles, memberships and settings
      = pg_globals copy SOURCE TARGET --dry-run shows them
    ");
    assert_snapshot!(found(check(&from, "host=/nowhere user=u dbname=d", &["roles"]), 2), @"unknown: the target could not be read");
}

/// A role that stays behind on purpose is nothing to be created.
#[test]
fn a_role_that_stays_behind() {
    let source = Cluster::start(15);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE app LOGIN PASSWORD 'p'; CREATE ROLE gone LOGIN",
    );
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[]);
    let copied = ["copy", &from, &to, "--yes", "--exclude", "gone", "--exclude", "postgres"];
    Run::new([&copied[..], &["--reader", "catalog"]].concat()).done();
    let with = found(check(&from, &to, &["roles"]).with("--exclude postgres"), 1);
    assert!(with.contains("1 role to create"), "{with}");
    let run = check(&from, &to, &["roles"]).with("--exclude postgres --exclude g?ne");
    let without = lines(&serde_json::from_str(&run.with("--format json").done().stdout).unwrap());
    assert!(!without.contains("to create"), "{without}");
}

/// What is renamed and mapped is judged as copy would do it with the same options.
#[test]
fn as_copy_with_the_same_options() {
    let source = Cluster::start(15);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE app LOGIN PASSWORD 'p'; CREATE ROLE gone; GRANT gone TO app; CREATE ROLE boss SUPERUSER",
    );
    let from = source.connection_string("postgres", "postgres");
    let (_target, to) = azure(16, &[]);
    let options = "--exclude postgres --exclude gone --rename app=shop_app \
                   --map-role gone=azure_pg_admin --map-role SUPERUSER=azure_pg_admin";
    let checked = found(check(&from, &to, &["roles"]).with(options), 1);
    assert_snapshot!(checked, @"
    failed: 2 roles to create, 5 changes in all, 1 password of new roles among them, until the target has what the source has
      = pg_globals copy SOURCE TARGET: the migration service does not bring roles
    succeeded: every login role has a password to bring
    warning: the migration service brings neither the owners of objects nor the grants on them: all of it belongs to the role that migrates
      = pg_dump and pg_restore bring them; after the service, replay the entries ACL and DEFAULT ACL of pg_dump -Fc --schema-only (pg_restore --use-list), and see what is lost with pg_globals verify
    warning: copy has 0 errors and 2 warnings about single roles, memberships and settings
      = pg_globals copy SOURCE TARGET --dry-run shows them
    ");
    let copy = || {
        let copy = ["copy", &*from, &*to, "--yes", "--into-older", "--reader", "catalog"];
        Run::new(copy).with(options)
    };
    let planned = copy().with("--dry-run").done().stdout;
    assert!(
        planned
            .contains("\nplan: 5 changes, 1 password of new roles among them; 2 roles to create, "),
        "{planned}"
    );
    copy().done();
    let checked = found(check(&from, &to, &["roles"]).with(options), 0);
    assert!(
        checked.starts_with("succeeded: everything that the target takes is there"),
        "{checked}"
    );
    // Names that are not there, as copy says them.
    let run = |more: &str| check(&from, &to, &["roles"]).with(more);
    assert_eq!(
        run("--rename nobody=x").fails(),
        "error: --rename: there is no role nobody; names are as in the dump, and case counts\n"
    );
    let done = run("--exclude nobody --map-role gone=azure_pg_admin").status(1);
    assert_eq!(done.stderr, "warning: nobody: no role matches this --exclude\n");
    let meant = "error: --map-role: there is no role azure_pg_admn on the target; did you mean azure_pg_admin?\n";
    for mapped in ["gone", "app"] {
        let map = format!("--map-role {mapped}=azure_pg_admn");
        let said = run(&map).fails();
        assert!(said.ends_with(meant), "{said}");
    }
    assert_eq!(copy().with("--map-role app=azure_pg_admn").fails(), meant);
    let said = copy().with("--map-role app=azure_pg_admin").done().stdout;
    assert!(
        said.contains("app: no role is a member of it: --map-role grants nothing in its place"),
        "{said}"
    );
}
