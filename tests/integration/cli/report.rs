//! The report as JSON: it says what the text says, and keeps to its schema.

use insta::assert_snapshot;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::command::{Run, convert, without_build};
use crate::support::schema;

const DUMP: &str = "\
CREATE ROLE app SUPERUSER LOGIN PASSWORD 'geheim';
CREATE ROLE owner;
SET work_mem = '1MB';
GRANT owner TO app GRANTED BY boss;
ALTER ROLE app SET log_statement TO 'all';
";

#[test]
fn whole() {
    let done = convert(DUMP).with("--report report.json").done();
    assert_snapshot!(done.file("report.json"), @r#"
    {
      "format_version": 1,
      "source": {
        "name": "in.sql",
        "platform": null,
        "platform_or": null,
        "server_version": null,
        "client_version": null,
        "sha256": "918d21d943a4995defa48e0ccb38a6b8909c6f4fbee7bb26d950f0d1cb280b85"
      },
      "target": {
        "platform": "azure",
        "title": "Azure Database for PostgreSQL flexible server",
        "version": "18"
      },
      "found": {
        "roles": 2,
        "memberships": 1,
        "settings": 1,
        "parameters": 0,
        "tablespaces": 0
      },
      "selected": null,
      "statements": {
        "read": 4,
        "kept": 1,
        "rewritten": 2,
        "dropped": 1,
        "skipped": 0,
        "session": 1
      },
      "losses": [],
      "findings": [
        {
          "rule": "superuser",
          "severity": "warning",
          "action": "rewritten",
          "object": {
            "kind": "role",
            "name": "app"
          },
          "line": 1,
          "message": "loses SUPERUSER"
        },
        {
          "rule": "plaintext-password",
          "severity": "warning",
          "action": "rewritten",
          "object": {
            "kind": "role",
            "name": "app"
          },
          "line": 1,
          "message": "its plaintext password becomes a verifier"
        },
        {
          "rule": "setting",
          "severity": "warning",
          "action": "dropped",
          "object": {
            "kind": "setting",
            "name": "app: log_statement"
          },
          "line": 5,
          "message": "cannot be set for a role on the target (context: superuser)"
        },
        {
          "rule": "grantor",
          "severity": "info",
          "action": "rewritten",
          "object": {
            "kind": "membership",
            "name": "app in owner"
          },
          "line": 4,
          "message": "was granted by boss, which cannot revoke it any more"
        }
      ]
    }
    "#);
    assert_snapshot!(done.stderr, @"
    in.sql: no platform recognised
    for azure 18 (Azure Database for PostgreSQL flexible server)
    found 2 roles, 1 membership, 1 setting, 0 parameter privileges, 0 tablespaces
    4 statements read: 1 kept, 2 rewritten, 1 dropped

    warning: superuser: the target's administrator cannot make superusers
      line 1, role app: loses SUPERUSER
      = grant what the role needs, or give it the platform's administrator role with --map-role SUPERUSER=…

    warning: plaintext-password: the source has the password as plaintext
      line 1, role app: its plaintext password becomes a verifier
      = keep the source, and dumps of it, as safe as the password itself; set a new one in the end

    warning: setting: the target does not let its administrator give this setting to a role
      line 5, setting app: log_statement: cannot be set for a role on the target (context: superuser)
      = set it for the whole server, by the platform's own means, or in the application

    info: grantor: GRANTED BY is left out: the role that runs the script becomes the grantor
      line 4, membership app in owner: was granted by boss, which cannot revoke it any more
    ");
}

#[test]
fn on_standard_error() {
    let done = convert(DUMP).with("--report report.json --format json").done();
    assert_eq!(done.stderr, done.file("report.json"));
}

#[test]
fn an_existing_report_is_replaced() {
    let done = convert(DUMP).file("report.json", "old").with("--report report.json").done();
    assert!(done.file("report.json").starts_with("{\n  \"format_version\": 1,\n"));
}

/// The schema that the program prints is what others may rely on.
#[test]
fn keeps_to_its_schema() {
    let validator = schema::validator("convert");
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/dumps/ok/aurora-15.sql");
    for run in [Run::new(["convert", fixture]), convert(DUMP), convert("CREATE ROLE a;")] {
        let report: Value = serde_json::from_str(&run.with("--format json").done().stderr).unwrap();
        let errors: Vec<_> = validator.iter_errors(&report).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    assert!(!validator.is_valid(&serde_json::json!({ "format_version": 1 })));
}

/// Every statement is kept, rewritten or dropped.
#[test]
fn the_numbers_add_up() {
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/dumps/ok/aurora-15.sql");
    let done = Run::new(["convert", fixture, "--format", "json"]).done();
    let report: Value = serde_json::from_str(&done.stderr).unwrap();
    let number = |name: &str| report["statements"][name].as_u64().unwrap();
    assert_eq!(number("read"), number("kept") + number("rewritten") + number("dropped"));
    let text = Run::new(["convert", fixture]).done().stderr;
    let line = format!(
        "{} statements read: {} kept, {} rewritten, {} dropped\n",
        number("read"),
        number("kept"),
        number("rewritten"),
        number("dropped")
    );
    assert!(text.contains(&line), "{text}");
    // Each finding is one line of the text; what several statements say of one object, too.
    let lines = text.split('\n').filter(|line| line.starts_with("  ") && !line.starts_with("  ="));
    let mut findings = report["findings"].as_array().unwrap().clone();
    for finding in &mut findings {
        finding.as_object_mut().unwrap().remove("line");
    }
    let distinct: BTreeSet<_> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(distinct.len(), lines.count());
}

/// What the owner of a migration signs.
#[test]
fn markdown_for_whoever_signs() {
    let dump = "CREATE ROLE \"a|_b_\";\nALTER ROLE \"a|_b_\" WITH SUPERUSER LOGIN;\nCREATE ROLE rds_x;\n\
                GRANT pg_write_all_data TO rds_x GRANTED BY postgres;\n";
    let done = convert(dump).with("--target-version 16 -o out.sql --report out.md").done();
    assert_snapshot!(without_build(&done.file("out.md")), @r#"
    # Conversion of the globals

    **2 roles carried over; 1 error, 2 warnings**

    - date: 2026-11-28 05:00:00+00
    - program: pg_globals …
    - command: pg_globals convert in.sql --target-version 16 -o out.sql --report out.md
    - source: in.sql: no platform recognised
    - target: azure 16 (Azure Database for PostgreSQL flexible server)
    - SHA-256 of the source: c4b15268a9ed1327d81b5bbaa21b9d96dc217072dc5f475d30872fe2f3a2f57c
    - found: 2 roles, 1 membership, 0 settings, 0 parameter privileges, 0 tablespaces
    - statements: 4 statements read: 2 kept, 1 rewritten, 1 dropped

    ## What remains to be done by hand

    - [ ] no-password: give theirs with --passwords-from, new ones with --passwords generate, or read the source as a role that may read pg_authid: role "a\|\_b\_"
    - [ ] superuser: grant what the role needs, or give it the platform's administrator role with --map-role SUPERUSER=…: role "a\|\_b\_"
    - [ ] predefined-role: grant the single privileges that are needed, or ask the platform's support: membership rds_x in pg_write_all_data

    ## Roles that are carried over

    | role | attributes | password | valid until | member of | settings |
    | --- | --- | --- | --- | --- | --- |
    | "a\|\_b\_" | LOGIN | unknown |  |  |  |
    | rds_x | NOLOGIN |  |  |  |  |

    ## What was changed or left out, and why

    ### error: no-password

    login roles arrive without a password

    | line | object | what became of it |  |
    | --- | --- | --- | --- |
    | 1 | role "a\|\_b\_" | kept | its password is not known |

    ### warning: superuser

    the target's administrator cannot make superusers

    | line | object | what became of it |  |
    | --- | --- | --- | --- |
    | 2 | role "a\|\_b\_" | rewritten | loses SUPERUSER |

    ### warning: predefined-role

    the target's administrator cannot grant this role, or the target does not have it

    | line | object | what became of it |  |
    | --- | --- | --- | --- |
    | 4 | membership rds_x in pg_write_all_data | dropped | not confirmed for azure 16: since 16 it takes the ADMIN option on it, which Microsoft's documentation denies Azure's administrator and one server has shown |

    ## Who is a member of what

    ```mermaid
    flowchart LR
      n0["pg_write_all_data / predefined"]
      n1["rds_x / group"]
      n1 -.-> n0
    ```
    "#);
}
