//! What `copy` prints, whole.

use insta::assert_snapshot;

use super::{command, masked};
use crate::support::command::{Run, visible};
use crate::support::globals;
use crate::support::platforms;
use crate::support::schema;

/// From Aurora 15 to Azure 16: first everything, then nothing; in words and as JSON.
#[test]
fn what_a_copy_prints() {
    let source = platforms::aurora_like(15);
    globals::customer(&source);
    let target = platforms::azure_like(16);
    let from = source.connection_string("rdsadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let shown = |text: &str| masked(text, &source, &target);

    let dry = command(&from, &to, &["--dry-run"]).done();
    let (_, end) = dry.stdout.split_once("\nplan: ").unwrap();
    assert_snapshot!(shown(end.trim_end().rsplit('\n').next().unwrap()), @"dry run: 35 statements taken, and rolled back, 0 remaining, 2 deferred; 1 error and 13 warnings above");

    let run = command(&from, &to, &["--report", "report.json"]).done();
    assert_eq!(run.stderr, "");
    assert_snapshot!(shown(&run.stdout), @r#"
    source, only read: SOURCE/postgres, aurora, PostgreSQL 15
    target, changed: TARGET/postgres, azure, PostgreSQL 16, as azadmin

    error: external-authentication: the role authenticates through the source's platform, which the target does not have
      membership lambda_iam in rds_iam: lambda_iam logs in with an IAM token of AWS instead of a password
      = on Azure let an Entra administrator tie the role to a principal: SECURITY LABEL FOR pgaadauth ON ROLE … IS 'aadauth,oid=…,type=user'; elsewhere give it a password, or a login of the target's identity service

    warning: lookalike: the name looks like one of the platform's own, but is not known to be one
      role rds_master: it can log in and is kept, though rds_* is aurora's pattern
      = where it is the platform's, leave it out with --exclude

    warning: replication: the target's administrator cannot give REPLICATION
      membership cdc in rds_replication: rds_replication is not carried over: cdc loses REPLICATION
      = where the role replicates, run the statement of the message; where there is none, replicate as a role of the target that has REPLICATION, on Azure as the administrator

    warning: createrole-power (2): before 16 a role with CREATEROLE alters and grants every role but superusers; since 16 only those on which it has the ADMIN option
      role dba_bob: GRANT "Jane Doe", bi_tool, billing_app, billing_owner, cdc, contractor, lambda_iam, legacy_erp, rds_master, reporting, shop_app, shop_owner, shop_read, shop_worker, shop_write TO dba_bob WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; it no longer alters postgres, which has CREATEROLE, too
      role postgres: GRANT "Jane Doe", bi_tool, billing_app, cdc, contractor, lambda_iam, legacy_erp, rds_master, reporting, shop_app, shop_read, shop_worker, shop_write TO postgres WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; GRANT billing_owner, shop_owner TO postgres WITH ADMIN TRUE; it no longer alters dba_bob, which has CREATEROLE, too
      = grant it where it shall go on to administer roles; it is not done for you

    warning: md5-verifier (2): md5 verifiers are deprecated, and not every server accepts them
      role contractor: the role can log in only while azure.accepted_password_auth_method lists md5
      role legacy_erp: the role can log in only while azure.accepted_password_auth_method lists md5
      = set a new password, which the server stores as SCRAM-SHA-256

    warning: expired: VALID UNTIL lies in the past: the role cannot log in with its password
      role contractor: expired at 2024-01-31 00:00:00+00
      = where it should, ALTER ROLE … VALID UNTIL on the target

    warning: frozen: the role is locked on the source (NOLOGIN, limit 0 or read-only), and will be locked on the target, too
      setting bi_tool: default_transaction_read_only: default_transaction_read_only is on
      = where that was done for the migration only, take the dump before it, or undo it on the target

    warning: dropped-role (2): it belongs to a role that is not carried over
      membership dba_bob in rds_superuser: rds_superuser is not carried over; where it should administer the target: --map-role rds_superuser=azure_pg_admin
      membership postgres in rds_superuser: rds_superuser is not carried over; where it should administer the target: --map-role rds_superuser=azure_pg_admin
      = where a role has lost rights with it, grant what it needs, or name a role of the target that stands for the other with --map-role

    warning: setting (3): the target does not let its administrator give this setting to a role
      setting dba_bob: log_statement: its context is superuser on the target, and azadmin may not set it
      setting legacy_erp: session_replication_role: its context is superuser on the target, and azadmin may not set it
      setting rds_master: pgaudit.log: the session on the target has not loaded pgaudit, whose setting it is: then only superusers may give it to a role, and azadmin is none
      = set it for the whole server, by the platform's own means, or in the application

    info: platform-role (6): roles that the source's platform made for itself stay there

    info: no-password: login roles arrive without a password

    info: grantor (14): GRANTED BY is left out: the role that runs the script becomes the grantor

    info: missing-database (2): settings in one database wait for it
      = create the databases, then run copy again

    info: kept-statements: the target keeps the text of statements, and so verifiers, where others may read them

    info: owners: to restore what other roles own, the connected role has to be a member of each, with SET and INHERIT
      = give --for-restore FILE: it grants them, and FILE takes them back after the restore

    plan: 51 changes, 10 passwords of new roles among them; 17 roles to create, 1 change to what exists; 1 error and 13 warnings above
    new:
      create role "Jane Doe" LOGIN VALID UNTIL '2099-06-30 00:00:00+00'
      set the password of "Jane Doe"
      create role bi_tool LOGIN
      set the password of bi_tool
      create role billing_app LOGIN
      set the password of billing_app
      create role billing_owner
      create role cdc LOGIN
      set the password of cdc
      set the comment on role cdc
      create role contractor LOGIN VALID UNTIL '2024-01-31 00:00:00+00'
      set the password of contractor
      create role dba_bob CREATEROLE CREATEDB LOGIN VALID UNTIL 'infinity'
      set the password of dba_bob
      create role lambda_iam LOGIN
      create role legacy_erp LOGIN
      set the password of legacy_erp
      set the comment on role legacy_erp
      create role postgres CREATEROLE CREATEDB LOGIN VALID UNTIL 'infinity'
      create role rds_master CREATEDB LOGIN
      set the password of rds_master
      create role reporting NOINHERIT
      create role shop_app LOGIN CONNECTION LIMIT 200
      set the password of shop_app
      create role shop_owner
      set the comment on role shop_owner
      create role shop_read
      create role shop_worker LOGIN CONNECTION LIMIT 20
      set the password of shop_worker
      create role shop_write
      set search_path of "Jane Doe" to "Jane Doe", shop, "$user"
      set default_transaction_read_only of bi_tool to 'on'
      set statement_timeout of bi_tool to '30min'
      set idle_in_transaction_session_timeout of shop_app to '60s'
      set search_path of shop_app to shop, public
      set statement_timeout of shop_app to '15s'
      set work_mem of shop_worker to '128MB'
      grant billing_owner to billing_app
      grant billing_owner to postgres
      grant reporting to bi_tool
      grant shop_owner to postgres
      grant shop_owner to rds_master with ADMIN
      grant shop_read to "Jane Doe"
      grant shop_read to contractor
      grant shop_read to legacy_erp
      grant shop_read to reporting with INHERIT FALSE
      grant shop_read to shop_write
      grant shop_write to shop_app
      grant shop_write to shop_owner
      grant shop_write to shop_worker
    existing:
      grant pg_monitor to dba_bob

    fingerprint: …

    done: 35 statements sent, 0 remaining, 2 deferred; 1 error and 13 warnings above
    "#);
    let report = run.file("report.json");
    assert_schema(&report);

    let json = command(&from, &to, &["--report", "report.json", "--format", "json"]).done();
    assert_eq!(json.stderr, "");
    assert_eq!(json.stdout, json.file("report.json"));
    assert_schema(&json.stdout);

    let again = command(&from, &to, &[]).done();
    assert_eq!(again.stderr, "");
    assert_snapshot!(shown(&again.stdout), @r#"
    source, only read: SOURCE/postgres, aurora, PostgreSQL 15
    target, changed: TARGET/postgres, azure, PostgreSQL 16, as azadmin

    error: external-authentication: the role authenticates through the source's platform, which the target does not have
      membership lambda_iam in rds_iam: lambda_iam logs in with an IAM token of AWS instead of a password
      = on Azure let an Entra administrator tie the role to a principal: SECURITY LABEL FOR pgaadauth ON ROLE … IS 'aadauth,oid=…,type=user'; elsewhere give it a password, or a login of the target's identity service

    warning: lookalike: the name looks like one of the platform's own, but is not known to be one
      role rds_master: it can log in and is kept, though rds_* is aurora's pattern
      = where it is the platform's, leave it out with --exclude

    warning: replication: the target's administrator cannot give REPLICATION
      membership cdc in rds_replication: rds_replication is not carried over: cdc loses REPLICATION
      = where the role replicates, run the statement of the message; where there is none, replicate as a role of the target that has REPLICATION, on Azure as the administrator

    warning: createrole-power (2): before 16 a role with CREATEROLE alters and grants every role but superusers; since 16 only those on which it has the ADMIN option
      role dba_bob: GRANT "Jane Doe", bi_tool, billing_app, billing_owner, cdc, contractor, lambda_iam, legacy_erp, rds_master, reporting, shop_app, shop_owner, shop_read, shop_worker, shop_write TO dba_bob WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; it no longer alters postgres, which has CREATEROLE, too
      role postgres: GRANT "Jane Doe", bi_tool, billing_app, cdc, contractor, lambda_iam, legacy_erp, rds_master, reporting, shop_app, shop_read, shop_worker, shop_write TO postgres WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; GRANT billing_owner, shop_owner TO postgres WITH ADMIN TRUE; it no longer alters dba_bob, which has CREATEROLE, too
      = grant it where it shall go on to administer roles; it is not done for you

    warning: md5-verifier (2): md5 verifiers are deprecated, and not every server accepts them
      role contractor: the role can log in only while azure.accepted_password_auth_method lists md5
      role legacy_erp: the role can log in only while azure.accepted_password_auth_method lists md5
      = set a new password, which the server stores as SCRAM-SHA-256

    warning: expired: VALID UNTIL lies in the past: the role cannot log in with its password
      role contractor: expired at 2024-01-31 00:00:00+00
      = where it should, ALTER ROLE … VALID UNTIL on the target

    warning: frozen: the role is locked on the source (NOLOGIN, limit 0 or read-only), and will be locked on the target, too
      setting bi_tool: default_transaction_read_only: default_transaction_read_only is on
      = where that was done for the migration only, take the dump before it, or undo it on the target

    warning: dropped-role (2): it belongs to a role that is not carried over
      membership dba_bob in rds_superuser: rds_superuser is not carried over; where it should administer the target: --map-role rds_superuser=azure_pg_admin
      membership postgres in rds_superuser: rds_superuser is not carried over; where it should administer the target: --map-role rds_superuser=azure_pg_admin
      = where a role has lost rights with it, grant what it needs, or name a role of the target that stands for the other with --map-role

    warning: setting (3): the target does not let its administrator give this setting to a role
      setting dba_bob: log_statement: its context is superuser on the target, and azadmin may not set it
      setting legacy_erp: session_replication_role: its context is superuser on the target, and azadmin may not set it
      setting rds_master: pgaudit.log: the session on the target has not loaded pgaudit, whose setting it is: then only superusers may give it to a role, and azadmin is none
      = set it for the whole server, by the platform's own means, or in the application

    info: platform-role (6): roles that the source's platform made for itself stay there

    info: no-password: login roles arrive without a password

    info: grantor (14): GRANTED BY is left out: the role that runs the script becomes the grantor

    info: missing-database (2): settings in one database wait for it
      = create the databases, then run copy again

    info: owners: to restore what other roles own, the connected role has to be a member of each, with SET and INHERIT
      = give --for-restore FILE: it grants them, and FILE takes them back after the restore

    plan: nothing to do; 1 error and 13 warnings above

    done: 0 statements sent, 0 remaining, 2 deferred; 1 error and 13 warnings above
    "#);
}

/// As `pg_globals schema copy` says.
fn assert_schema(report: &str) {
    schema::assert_valid("copy", report);
}

/// The whole document.
#[test]
fn what_a_copy_says_in_json() {
    let (source, target) = (platforms::azure_like(16), platforms::azure_like(16));
    source.sql("azadmin", "postgres", "CREATE ROLE a LOGIN; CREATE ROLE b; GRANT b TO a");
    target.sql("azadmin", "postgres", "CREATE ROLE b; COMMENT ON ROLE b IS 'here'");
    let from = source.connection_string("azadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let run = command(&from, &to, &["--report", "report.json", "--format", "json"]).done();
    assert_eq!(run.stderr, "");
    assert_eq!(run.stdout, run.file("report.json"));
    assert_schema(&run.stdout);
    assert_snapshot!(masked(&run.stdout, &source, &target), @r#"
    {
      "format_version": 1,
      "source": {
        "name": "SOURCE/postgres",
        "platform": "azure",
        "server_version": "16",
        "user": null
      },
      "target": {
        "name": "TARGET/postgres",
        "platform": "azure",
        "server_version": "16",
        "user": "azadmin"
      },
      "dry_run": false,
      "swapped": null,
      "selected": null,
      "fingerprint": "…",
      "plan": {
        "server": "system_identifier …",
        "user": "azadmin",
        "statements": [
          "CREATE ROLE a WITH LOGIN",
          "GRANT b TO a WITH INHERIT TRUE"
        ],
        "undo": [
          "DROP ROLE IF EXISTS a"
        ]
      },
      "changes": [
        {
          "action": "create",
          "object": {
            "kind": "role",
            "name": "a"
          },
          "description": "create role a LOGIN"
        },
        {
          "action": "grant",
          "object": {
            "kind": "membership",
            "name": "a in b"
          },
          "description": "grant b to a"
        }
      ],
      "sent": 2,
      "remaining": 0,
      "extra": 1,
      "target_only": 0,
      "deferred": 0,
      "withheld": 0,
      "refused": 0,
      "unverifiable": 0,
      "losses": [],
      "take_back": {
        "owners": [],
        "stand_ins": [],
        "inheriting": [],
        "file": null
      },
      "findings": [
        {
          "rule": "no-password",
          "severity": "info",
          "action": "kept",
          "object": {
            "kind": "role",
            "name": "a"
          },
          "line": null,
          "message": "it has no password on the source either"
        },
        {
          "rule": "protected-role",
          "severity": "error",
          "action": "dropped",
          "object": {
            "kind": "role",
            "name": "azadmin"
          },
          "line": null,
          "message": "the connection to the target uses it"
        },
        {
          "rule": "platform-role",
          "severity": "info",
          "action": "dropped",
          "object": {
            "kind": "role",
            "name": "azure_pg_admin"
          },
          "line": null,
          "message": "azure's own"
        },
        {
          "rule": "platform-role",
          "severity": "info",
          "action": "dropped",
          "object": {
            "kind": "role",
            "name": "azuresu"
          },
          "line": null,
          "message": "azure's own"
        },
        {
          "rule": "platform-role",
          "severity": "info",
          "action": "dropped",
          "object": {
            "kind": "role",
            "name": "replication"
          },
          "line": null,
          "message": "azure's own"
        },
        {
          "rule": "tablespace",
          "severity": "info",
          "action": "dropped",
          "object": {
            "kind": "tablespace",
            "name": "temptblspace"
          },
          "line": null,
          "message": "azure's own"
        },
        {
          "rule": "dropped-role",
          "severity": "warning",
          "action": "dropped",
          "object": {
            "kind": "membership",
            "name": "azadmin in a"
          },
          "line": null,
          "message": "azadmin is not carried over"
        },
        {
          "rule": "dropped-role",
          "severity": "warning",
          "action": "dropped",
          "object": {
            "kind": "membership",
            "name": "azadmin in azure_pg_admin"
          },
          "line": null,
          "message": "azadmin is not carried over"
        },
        {
          "rule": "dropped-role",
          "severity": "warning",
          "action": "dropped",
          "object": {
            "kind": "membership",
            "name": "azadmin in b"
          },
          "line": null,
          "message": "azadmin is not carried over"
        },
        {
          "rule": "dropped-role",
          "severity": "warning",
          "action": "dropped",
          "object": {
            "kind": "membership",
            "name": "azadmin in pg_read_all_settings"
          },
          "line": null,
          "message": "azadmin is not carried over"
        },
        {
          "rule": "dropped-role",
          "severity": "warning",
          "action": "dropped",
          "object": {
            "kind": "membership",
            "name": "azadmin in pg_read_all_stats"
          },
          "line": null,
          "message": "azadmin is not carried over"
        },
        {
          "rule": "dropped-role",
          "severity": "warning",
          "action": "dropped",
          "object": {
            "kind": "membership",
            "name": "azadmin in pg_stat_scan_tables"
          },
          "line": null,
          "message": "azadmin is not carried over"
        },
        {
          "rule": "grantor",
          "severity": "info",
          "action": "rewritten",
          "object": {
            "kind": "membership",
            "name": "a in b"
          },
          "line": null,
          "message": "was granted by azadmin, which cannot revoke it any more"
        }
      ]
    }
    "#);
}

/// Colours only where they are wanted.
#[test]
fn colours() {
    let (source, target) = (platforms::azure_like(16), platforms::azure_like(16));
    source.sql("azadmin", "postgres", "CREATE ROLE a; CREATE ROLE b LOGIN");
    let from = source.connection_string("azadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let dry = || Run::new(["copy", &from, &to, "--dry-run", "--reader", "catalog"]);
    let coloured = dry().env("CLICOLOR_FORCE", "1").done();
    assert_snapshot!(masked(&visible(&coloured.stdout), &source, &target), @"
    source, only read: SOURCE/postgres, azure, PostgreSQL 16
    target, changed and rolled back: TARGET/postgres, azure, PostgreSQL 16, as azadmin

    ␛[1m␛[31merror␛[0m: ␛[1mprotected-role␛[0m: the target has a role of this name that is never altered, granted or joined
      role azadmin: the connection to the target uses it
      = carry it over under another name with --rename; where --map-role made it an administrator there, give that again

    ␛[1m␛[33mwarning␛[0m: ␛[1mdropped-role␛[0m (6): it belongs to a role that is not carried over
      membership azadmin in a: azadmin is not carried over
      membership azadmin in azure_pg_admin: azadmin is not carried over
      membership azadmin in b: azadmin is not carried over
      membership azadmin in pg_read_all_settings: azadmin is not carried over
      membership azadmin in pg_read_all_stats: azadmin is not carried over
      membership azadmin in pg_stat_scan_tables: azadmin is not carried over
      = where a role has lost rights with it, grant what it needs, or name a role of the target that stands for the other with --map-role

    ␛[1m␛[36minfo␛[0m: ␛[1mplatform-role␛[0m (3): roles that the source's platform made for itself stay there

    ␛[1m␛[36minfo␛[0m: ␛[1mno-password␛[0m: login roles arrive without a password

    ␛[1m␛[36minfo␛[0m: ␛[1mtablespace␛[0m: the target does not take tablespaces of one's own

    ␛[1mplan␛[0m: 2 changes; 2 roles to create, 0 changes to what exists; 1 error and 6 warnings above
    new:
      create role a
      create role b LOGIN

    ␛[1mfingerprint␛[0m: …

    ␛[1mdry run␛[0m: 2 statements taken, and rolled back, 0 remaining; 1 error and 6 warnings above
    ");
    let plain = dry().env("NO_COLOR", "1").done();
    assert!(!plain.stdout.contains('\u{1b}'));
    assert_eq!(dry().done().stdout, plain.stdout);
}

/// What the owner of a migration signs.
#[test]
fn the_report_as_markdown() {
    let source = crate::support::cluster::Cluster::start(16);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE boss SUPERUSER; CREATE ROLE app LOGIN PASSWORD 'x'",
    );
    let target = platforms::azure_like(16);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let more = ["--exclude", "postgres", "--report", "report.md"];
    let run = command(&from, &to, &more).done();
    let report = run.file("report.md");
    assert_snapshot!(masked(&report, &source, &target), @"
    # Copy of the globals

    **done: 2 statements sent, 0 remaining; 1 warning**

    - date: 2026-11-28 05:00:00+00
    - program: pg_globals …
    - command: …
    - source: SOURCE/postgres, no platform recognised, PostgreSQL 16
    - target: TARGET/postgres, azure, PostgreSQL 16, as azadmin
    - changed server: system_identifier …
    - fingerprint of the plan: …

    ## What remains to be done by hand

    - [ ] superuser: grant what the role needs, or give it the platform's administrator role with --map-role SUPERUSER=…: role boss

    ## Roles that are carried over

    | role | attributes | password | valid until | member of | settings |
    | --- | --- | --- | --- | --- | --- |
    | app | LOGIN | SCRAM-SHA-256 |  |  |  |
    | boss | NOLOGIN | none |  |  |  |

    ## What was changed or left out, and why

    ### warning: superuser

    the target's administrator cannot make superusers

    | line | object | what became of it |  |
    | --- | --- | --- | --- |
    |  | role boss | rewritten | loses SUPERUSER |

    ### info: selection

    left out by --only, --exclude or --database

    | line | object | what became of it |  |
    | --- | --- | --- | --- |
    |  | role postgres | dropped | not selected |

    ### info: kept-statements

    the target keeps the text of statements, and so verifiers, where others may read them

    | line | object | what became of it |  |
    | --- | --- | --- | --- |
    |  | verifiers | kept | log_min_error_statement = error (of a statement that fails) |

    ## What was to be changed

    |  | object | change |
    | --- | --- | --- |
    | new | role app | create role app LOGIN |
    | new | role app | set the password of app |
    | new | role boss | create role boss |

    The statements, in the order in which they are sent

    ```sql
    CREATE ROLE boss;
    CREATE ROLE app WITH LOGIN PASSWORD '*** (SCRAM-SHA-256)';
    ```

    The statements that give back what was there before

    ```sql
    DROP ROLE IF EXISTS app;
    DROP ROLE IF EXISTS boss;
    ```

    ## The target before and after

    | on the target | before | after |
    | --- | --- | --- |
    | roles | 4 | 6 |
    | memberships | 13 | 15 |
    | settings | 1 | 1 |
    | parameter privileges | 0 | 0 |
    | tablespaces | 1 | 1 |

    | role | what | before | after |
    | --- | --- | --- | --- |
    | app | exists | no | yes |
    | app | attributes |  | LOGIN |
    | app | password |  | SCRAM-SHA-256 |
    | boss | exists | no | yes |
    | boss | attributes |  | NOLOGIN |
    | boss | password |  | none |
    ");
    assert!(!report.contains("SCRAM-SHA-256$"));
}
