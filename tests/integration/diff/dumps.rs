//! Two dumps.

use insta::assert_snapshot;

use super::{stable, validator};
use crate::support::command::{Run, visible, without_build};

const LEFT: &str = "\
CREATE ROLE a LOGIN CONNECTION LIMIT 5 PASSWORD 'md50123456789abcdef0123456789abcdef';
CREATE ROLE b;
CREATE ROLE old CREATEDB;
COMMENT ON ROLE old IS 'gone soon';
ALTER ROLE a SET work_mem TO '4MB';
ALTER ROLE a SET search_path TO x, \"Y z\";
GRANT b TO a;
";

const RIGHT: &str = "\
CREATE ROLE b WITH NOINHERIT;
CREATE ROLE a;
ALTER ROLE a WITH LOGIN CONNECTION LIMIT 10 PASSWORD 'md51123456789abcdef0123456789abcdef';
CREATE ROLE new LOGIN VALID UNTIL 'infinity';
COMMENT ON ROLE new IS 'fresh';
ALTER ROLE a SET work_mem = '8MB';
ALTER ROLE a SET statement_timeout TO '1min';
GRANT b TO a WITH ADMIN OPTION GRANTED BY b;
GRANT b TO a GRANTED BY a;
GRANT new TO b;
";

fn diff(left: &str, right: &str) -> Run {
    Run::new(["diff", "left.sql", "right.sql"]).file("left.sql", left).file("right.sql", right)
}

#[test]
fn a_line_for_each_difference() {
    let done = diff(LEFT, RIGHT).status(1);
    assert_snapshot!(stable(&done.stdout), @r#"
    --- left.sql
    +++ right.sql
    ~ role a: CONNECTION LIMIT: 5 -> 10
    ~ role a: PASSWORD: md5 #… -> md5 #…
    ~ role b: INHERIT: true -> false
    + role new: LOGIN VALID UNTIL 'infinity'
    + role new: COMMENT: fresh
    - role old: CREATEDB
    - role old: COMMENT: gone soon
    ~ membership a in b: ADMIN: FALSE -> TRUE
    + membership b in new: ADMIN FALSE, INHERIT FALSE, SET TRUE
    - setting of a: search_path: x, "Y z"
    + setting of a: statement_timeout: 1min
    ~ setting of a: work_mem: 4MB -> 8MB
    12 differences: 4 added, 3 removed, 5 changed (2 roles, 5 attributes of a role, 2 memberships, 3 settings)
    "#);
    assert_eq!(done.stderr, "");
}

#[test]
fn swapping_the_sides_swaps_the_signs() {
    let signs = |text: &str| -> Vec<String> {
        let mut lines: Vec<_> = stable(text)
            .split('\n')
            .filter(|line| line.starts_with(['+', '-']) && line.chars().nth(1) == Some(' '))
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    };
    let swapped = |line: &String| {
        let sign = if line.starts_with('+') { "-" } else { "+" };
        format!("{sign}{}", &line[1..])
    };
    let forward = signs(&diff(LEFT, RIGHT).status(1).stdout);
    let mut backward: Vec<_> =
        signs(&diff(RIGHT, LEFT).status(1).stdout).iter().map(swapped).collect();
    backward.sort();
    assert_eq!(forward, backward);
    assert!(forward.len() > 4, "{forward:?}");
}

#[test]
fn equal_to_itself_however_it_is_written() {
    for text in [LEFT, RIGHT] {
        let same = diff(text, text).done().stdout;
        assert!(same.starts_with("--- left.sql\n+++ right.sql\nequal"), "{same}");
    }
    let folded = "CREATE USER a NOINHERIT VALID UNTIL 'infinity';\n\
                  ALTER ROLE A SET search_path TO \"x\", 'y';";
    let unfolded = "CREATE ROLE \"a\";\nALTER ROLE a SET search_path = x, y;\n\
                    ALTER ROLE a LOGIN NOINHERIT NOSUPERUSER;";
    assert_eq!(
        diff(folded, unfolded).done().stdout,
        "--- left.sql\n+++ right.sql\n\
         equal, apart from 1 that cannot be compared (1 password); \
         left out: 1 VALID UNTIL 'infinity' that says the same as none\n"
    );
}

#[test]
fn as_unified_diff() {
    assert_snapshot!(stable(&diff(LEFT, RIGHT).with("--format unified").status(1).stdout), @"
    --- left.sql
    +++ right.sql
    @@ -1,7 +1,8 @@
    -CREATE ROLE a WITH LOGIN CONNECTION LIMIT 5 PASSWORD 'md5 #…';
    -CREATE ROLE b;
    -CREATE ROLE old WITH CREATEDB;
    -ALTER ROLE a SET search_path TO 'x', 'Y z';
    -ALTER ROLE a SET work_mem TO '4MB';
    -COMMENT ON ROLE old IS 'gone soon';
    -GRANT b TO a;
    +CREATE ROLE a WITH LOGIN CONNECTION LIMIT 10 PASSWORD 'md5 #…';
    +CREATE ROLE b WITH NOINHERIT;
    +CREATE ROLE new WITH LOGIN;
    +ALTER ROLE a SET statement_timeout TO '1min';
    +ALTER ROLE a SET work_mem TO '8MB';
    +COMMENT ON ROLE new IS 'fresh';
    +GRANT b TO a WITH ADMIN OPTION;
    +GRANT new TO b;
    ");
}

#[test]
fn as_markdown() {
    let done = diff(LEFT, RIGHT).with("--format markdown").status(1);
    assert_snapshot!(without_build(&stable(&done.stdout)), @r#"
    # Differences of the globals

    **12 differences: 4 added, 3 removed, 5 changed (2 roles, 5 attributes of a role, 2 memberships, 3 settings)**

    - date: 2026-11-28 05:00:00+00
    - program: pg_globals …
    - command: pg_globals diff left.sql right.sql --format markdown
    - left: left.sql
    - right: right.sql

    ## What is different

    |  | object | what | left | right |
    | --- | --- | --- | --- | --- |
    | \~ | role a | CONNECTION LIMIT | 5 | 10 |
    | \~ | role a | PASSWORD | md5 \#… | md5 \#… |
    | \~ | role b | INHERIT | true | false |
    | + | role new | role |  | LOGIN VALID UNTIL 'infinity' |
    | + | role new | COMMENT |  | fresh |
    | − | role old | role | CREATEDB |  |
    | − | role old | COMMENT | gone soon |  |
    | \~ | membership a in b | ADMIN | FALSE | TRUE |
    | + | membership b in new | membership |  | ADMIN FALSE, INHERIT FALSE, SET TRUE |
    | − | setting of a | search_path | x, "Y z" |  |
    | + | setting of a | statement_timeout |  | 1min |
    | \~ | setting of a | work_mem | 4MB | 8MB |
    "#);
    // What would be left out of a migration is said, too.
    let left = "CREATE ROLE boss SUPERUSER;\nCREATE ROLE \"a|b\";";
    let done = diff(left, "CREATE ROLE boss;").with("--as azure --format markdown").status(1);
    assert_snapshot!(without_build(&done.stdout), @r#"
    # Differences of the globals

    **1 difference: 0 added, 1 removed, 0 changed (1 role); left out: 1 thing of the left side that the platform does not take (findings, which --format json shows)**

    - date: 2026-11-28 05:00:00+00
    - program: pg_globals …
    - command: pg_globals diff left.sql right.sql --as azure --format markdown
    - left: left.sql, as it would be on azure
    - right: right.sql

    ## What is different

    |  | object | what | left | right |
    | --- | --- | --- | --- | --- |
    | − | role "a\|b" | role | '' |  |

    ## What remains to be done by hand

    - [ ] superuser: grant what the role needs, or give it the platform's administrator role with --map-role SUPERUSER=…: role boss

    ## What was changed or left out, and why

    ### warning: superuser

    the target's administrator cannot make superusers

    | line | object | what became of it |  |
    | --- | --- | --- | --- |
    | 1 | role boss | rewritten | loses SUPERUSER |
    "#);
}

#[test]
fn as_json() {
    let left = "CREATE ROLE a LOGIN;\n";
    let right = "CREATE ROLE a;\nCREATE ROLE b;\nALTER ROLE ALL SET work_mem TO '1MB';\n";
    let done = diff(left, right).with("--format json").status(1);
    let json = serde_json::from_str(&done.stdout).unwrap();
    let errors: Vec<_> = validator().iter_errors(&json).map(|e| e.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    assert!(!validator().is_valid(&serde_json::json!({ "format_version": 1 })));
    assert_snapshot!(done.stdout, @r#"
    {
      "format_version": 1,
      "left": {
        "name": "left.sql",
        "platform": null,
        "server_version": null
      },
      "right": {
        "name": "right.sql",
        "platform": null,
        "server_version": null
      },
      "as_platform": null,
      "selected": null,
      "differences": [
        {
          "kind": "role",
          "object": "a",
          "field": "LOGIN",
          "left": "true",
          "right": "false"
        },
        {
          "kind": "role",
          "object": "b",
          "field": "role",
          "left": null,
          "right": ""
        },
        {
          "kind": "setting",
          "object": "all roles",
          "field": "work_mem",
          "left": null,
          "right": "1MB"
        }
      ],
      "left_out": {
        "passwords": 1,
        "settings": 0,
        "owners": 0,
        "platform_roles": 0,
        "platform_tablespaces": 0,
        "selection": 0,
        "protected": 0,
        "ignored": 0,
        "infinity": 0,
        "spelling": 0,
        "only_right": 0,
        "extra": 0,
        "deferred": 0,
        "withheld": 0,
        "not_taken": 0,
        "without_password": 0
      },
      "findings": []
    }
    "#);
}

#[test]
fn what_is_not_looked_at() {
    let more = "--ignore passwords --ignore settings --ignore memberships --ignore comments \
                --ignore attributes:inherit --exclude new --exclude old";
    assert_snapshot!(stable(&diff(LEFT, RIGHT).with(more).status(1).stdout), @"
    --- left.sql
    +++ right.sql
    ~ role a: CONNECTION LIMIT: 5 -> 10
    1 difference: 0 added, 0 removed, 1 changed (1 attribute of a role); left out: 2 roles not selected, 6 differences ignored
    ");
    assert_snapshot!(diff(LEFT, RIGHT).with("--only b --ignore attributes:inherit").done().stdout, @"
    --- left.sql
    +++ right.sql
    equal; left out: 3 roles not selected, 1 difference ignored
    ");
    assert_snapshot!(diff(LEFT, RIGHT).with("--rename old=new --only old").status(1).stdout, @"
    --- left.sql
    +++ right.sql
    ~ role new: COMMENT: gone soon -> fresh
    ~ role new: CREATEDB: true -> false
    ~ role new: LOGIN: false -> true
    3 differences: 0 added, 0 removed, 3 changed (3 attributes of a role), apart from 1 that cannot be compared (1 password); left out: 2 roles not selected, 1 VALID UNTIL 'infinity' that says the same as none
    ");
    assert_snapshot!(stable(&diff(LEFT, RIGHT).with("--only a --only b --grantors").status(1).stdout), @r#"
    --- left.sql
    +++ right.sql
    ~ role a: CONNECTION LIMIT: 5 -> 10
    ~ role a: PASSWORD: md5 #… -> md5 #…
    ~ role b: INHERIT: true -> false
    - membership a in b: ADMIN FALSE, INHERIT TRUE, SET TRUE
    + membership a in b granted by a: ADMIN FALSE, INHERIT TRUE, SET TRUE
    + membership a in b granted by b: ADMIN TRUE, INHERIT TRUE, SET TRUE
    - setting of a: search_path: x, "Y z"
    + setting of a: statement_timeout: 1min
    ~ setting of a: work_mem: 4MB -> 8MB
    9 differences: 3 added, 2 removed, 4 changed (3 attributes of a role, 3 memberships, 3 settings); left out: 2 roles not selected
    "#);
}

#[test]
fn platform_roles_are_counted_only() {
    let left = "CREATE ROLE rdsadmin SUPERUSER;\nCREATE ROLE rds_iam;\nCREATE ROLE a;\nGRANT rds_iam TO a;";
    let right = "CREATE ROLE a;";
    assert_snapshot!(diff(left, right).done().stdout, @"
    --- left.sql, aurora
    +++ right.sql
    equal; left out: 2 platform roles (of both sides)
    ");
    assert_snapshot!(diff(left, right).with("--all-roles").status(1).stdout, @"
    --- left.sql, aurora
    +++ right.sql
    - role rds_iam
    - role rdsadmin: SUPERUSER
    - membership a in rds_iam: ADMIN FALSE, INHERIT TRUE, SET TRUE
    3 differences: 0 added, 3 removed, 0 changed (2 roles, 1 membership)
    ");
}

#[test]
fn the_migration_is_complete() {
    let dump = "../../fixtures/dumps/ok/aurora-15.sql";
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration").join(dump);
    let dump = std::fs::read_to_string(path).unwrap();
    let script = Run::new(["convert", "in.sql"]).file("in.sql", &dump).done().stdout;
    assert_snapshot!(diff(&dump, &script).with("--as azure").done().stdout, @"
    --- left.sql, aurora, as it would be on azure
    +++ right.sql

    error: no-password: login roles arrive without a password
      line 37, role postgres: its password is not known
      = give theirs with --passwords-from, new ones with --passwords generate, or read the source as a role that may read pg_authid

    error: external-authentication: the role authenticates through the source's platform, which the target does not have
      line 149, membership lambda_iam in rds_iam: lambda_iam logs in with an IAM token of AWS instead of a password
      = on Azure let an Entra administrator tie the role to a principal: SECURITY LABEL FOR pgaadauth ON ROLE … IS 'aadauth,oid=…,type=user'; elsewhere give it a password, or a login of the target's identity service

    equal, apart from 2 that cannot be compared (2 passwords); left out: 6 platform roles (of both sides), 7 things of the left side that the platform does not take (findings, which --format json shows)
    ");
    // Without one role, and with a limit that is gone.
    let less =
        script.replace("CREATE ROLE cdc WITH LOGIN;\n", "").replace(" CONNECTION LIMIT 20;", ";");
    let less: String = less.split_inclusive('\n').filter(|line| !line.contains(" cdc")).collect();
    assert_snapshot!(stable(&diff(&dump, &less).with("--as azure").status(1).stdout), @"
    --- left.sql, aurora, as it would be on azure
    +++ right.sql
    - role cdc: LOGIN PASSWORD SCRAM-SHA-256 #…
    - role cdc: COMMENT: change data capture

    error: no-password: login roles arrive without a password
      line 37, role postgres: its password is not known
      = give theirs with --passwords-from, new ones with --passwords generate, or read the source as a role that may read pg_authid

    error: external-authentication: the role authenticates through the source's platform, which the target does not have
      line 149, membership lambda_iam in rds_iam: lambda_iam logs in with an IAM token of AWS instead of a password
      = on Azure let an Entra administrator tie the role to a principal: SECURITY LABEL FOR pgaadauth ON ROLE … IS 'aadauth,oid=…,type=user'; elsewhere give it a password, or a login of the target's identity service

    2 differences: 0 added, 2 removed, 0 changed (1 role, 1 attribute of a role), apart from 2 that cannot be compared (2 passwords); left out: 6 platform roles (of both sides), 7 things of the left side that the platform does not take (findings, which --format json shows)
    ");
}

/// That a role has none only a dump says that says so; the password of one role tells nothing of others.
#[test]
fn a_dump_without_a_password_does_not_say_that_there_is_none() {
    let password = "PASSWORD 'md50123456789abcdef0123456789abcdef'";
    let with = format!("CREATE ROLE a LOGIN {password};\nCREATE ROLE b LOGIN {password};\n");
    let less = format!("CREATE ROLE a LOGIN PASSWORD NULL;\nCREATE ROLE b LOGIN {password};\n");
    let silent = format!("CREATE ROLE a LOGIN;\nCREATE ROLE b LOGIN {password};\n");
    let none = "CREATE ROLE a LOGIN;\nCREATE ROLE b LOGIN;\n";
    assert_snapshot!(stable(&diff(&with, &less).status(1).stdout), @"
    --- left.sql
    +++ right.sql
    - role a: PASSWORD: md5 #…
    1 difference: 0 added, 1 removed, 0 changed (1 attribute of a role)
    ");
    assert_snapshot!(stable(&diff(&less, &with).status(1).stdout), @"
    --- left.sql
    +++ right.sql
    + role a: PASSWORD: md5 #…
    1 difference: 1 added, 0 removed, 0 changed (1 attribute of a role)
    ");
    assert_snapshot!(diff(&with, &silent).done().stdout, @"
    --- left.sql
    +++ right.sql
    equal, apart from 1 that cannot be compared (1 password)
    ");
    assert_snapshot!(diff(&with, none).done().stdout, @"
    --- left.sql
    +++ right.sql
    equal, apart from 2 that cannot be compared (2 passwords)
    ");
    assert_snapshot!(diff(none, none).done().stdout, @"
    --- left.sql
    +++ right.sql
    equal, apart from 2 that cannot be compared (2 passwords)
    ");
}

const SPACES: [&str; 2] = [
    "CREATE ROLE a;\nCREATE ROLE fast;\nCREATE TABLESPACE fast OWNER a LOCATION '/one';\n\
     CREATE TABLESPACE slow LOCATION '/slow';\nCREATE TABLESPACE inside LOCATION 'pg_tblspc/16400';\n\
     ALTER TABLESPACE fast SET (random_page_cost = 1);\nCOMMENT ON TABLESPACE fast IS 'quick';\n\
     GRANT CREATE ON TABLESPACE fast TO fast, a;\nSECURITY LABEL FOR p ON TABLESPACE fast IS 'secret';\n\
     SECURITY LABEL FOR p ON ROLE fast IS 'secret';\n",
    "CREATE ROLE a;\nCREATE ROLE fast;\nCREATE TABLESPACE fast OWNER a LOCATION '/two';\n\
     CREATE TABLESPACE slow OWNER a LOCATION '/slow';\nCREATE TABLESPACE inside LOCATION '';\n\
     CREATE TABLESPACE new OWNER a LOCATION '/new' WITH (seq_page_cost = 2);\n\
     GRANT CREATE ON TABLESPACE new TO PUBLIC;\nCOMMENT ON TABLESPACE new IS 'fresh';\n\
     ALTER TABLESPACE fast SET (random_page_cost = 2);\nCOMMENT ON TABLESPACE fast IS 'slow';\n\
     GRANT CREATE ON TABLESPACE fast TO fast WITH GRANT OPTION;\n\
     SECURITY LABEL FOR p ON TABLESPACE fast IS 'public';\n\
     SECURITY LABEL FOR p ON ROLE fast IS 'public';\n",
];

#[test]
fn tablespaces() {
    let [left, right] = SPACES;
    assert_snapshot!(diff(left, right).status(1).stdout, @"
    --- left.sql
    +++ right.sql
    ~ role fast: SECURITY LABEL FOR p: secret -> public
    ~ tablespace fast: COMMENT: quick -> slow
    ~ tablespace fast: LOCATION: /one -> /two
    ~ tablespace fast: SECURITY LABEL FOR p: secret -> public
    ~ tablespace fast: privileges of fast: CREATE -> CREATE WITH GRANT OPTION
    ~ tablespace fast: random_page_cost: 1 -> 2
    + tablespace new: OWNER a LOCATION '/new' WITH (seq_page_cost = 2) CREATE TO PUBLIC
    + tablespace new: COMMENT: fresh
    8 differences: 2 added, 0 removed, 6 changed (1 attribute of a role, 7 tablespaces), apart from 1 that cannot be compared (1 tablespace owner)
    ");
    assert_snapshot!(diff(right, left).status(1).stdout, @"
    --- left.sql
    +++ right.sql
    ~ role fast: SECURITY LABEL FOR p: public -> secret
    ~ tablespace fast: COMMENT: slow -> quick
    ~ tablespace fast: LOCATION: /two -> /one
    ~ tablespace fast: SECURITY LABEL FOR p: public -> secret
    ~ tablespace fast: privileges of fast: CREATE WITH GRANT OPTION -> CREATE
    ~ tablespace fast: random_page_cost: 2 -> 1
    - tablespace new: OWNER a LOCATION '/new' WITH (seq_page_cost = 2) CREATE TO PUBLIC
    - tablespace new: COMMENT: fresh
    8 differences: 0 added, 2 removed, 6 changed (1 attribute of a role, 7 tablespaces), apart from 1 that cannot be compared (1 tablespace owner)
    ");
    let less = "--ignore comments --ignore security-labels";
    assert_snapshot!(diff(left, right).with(less).with("--format unified").status(1).stdout, @"
    # apart from 1 that cannot be compared (1 tablespace owner); left out: 4 differences ignored
    --- left.sql
    +++ right.sql
    @@ -1,7 +1,10 @@
     CREATE ROLE a;
     CREATE ROLE fast;
    -CREATE TABLESPACE fast OWNER a LOCATION '/one';
    -ALTER TABLESPACE fast SET (random_page_cost='1');
    -GRANT CREATE ON TABLESPACE fast TO fast;
    +CREATE TABLESPACE fast OWNER a LOCATION '/two';
    +ALTER TABLESPACE fast SET (random_page_cost='2');
    +GRANT CREATE ON TABLESPACE fast TO fast WITH GRANT OPTION;
     CREATE TABLESPACE inside LOCATION '';
    +CREATE TABLESPACE new OWNER a LOCATION '/new';
    +ALTER TABLESPACE new SET (seq_page_cost='2');
    +GRANT CREATE ON TABLESPACE new TO PUBLIC;
     CREATE TABLESPACE slow LOCATION '/slow';
    ");
    let none = "--ignore tablespaces --ignore security-labels --format unified";
    assert_eq!(
        diff(left, right).with(none).done().stdout,
        "# apart from 1 that cannot be compared (1 tablespace owner); left out: 8 differences ignored\n"
    );
    // With their owners only.
    assert_snapshot!(diff(left, right).with("--only fast").status(1).stdout, @"
    --- left.sql
    +++ right.sql
    ~ role fast: SECURITY LABEL FOR p: secret -> public
    1 difference: 0 added, 0 removed, 1 changed (1 attribute of a role); left out: 1 role not selected
    ");
}

/// Nothing in a name or a value breaks a line or the terminal, and what differs is seen to.
#[test]
fn control_characters_are_shown() {
    let left = "CREATE ROLE \"evil\u{1b}[2J\n+ role\" LOGIN;\nCREATE ROLE b;\n\
                COMMENT ON ROLE b IS 'one\ntwo';\nALTER ROLE b SET application_name TO 'a\u{7}b';\n\
                GRANT \"evil\u{1b}[2J\n+ role\" TO b;\n";
    let right = "CREATE ROLE b;\nCOMMENT ON ROLE b IS 'one\\ntwo';\n\
                 ALTER ROLE b SET application_name TO 'a b';\n";
    assert_snapshot!(diff(left, right).status(1).stdout, @r#"
    --- left.sql
    +++ right.sql
    ~ role b: COMMENT: E'one\ntwo' -> one\ntwo
    - role "evil\u{1b}[2J\n+ role": LOGIN
    - membership b in "evil\u{1b}[2J\n+ role": ADMIN FALSE, INHERIT TRUE, SET TRUE
    ~ setting of b: application_name: E'a\u0007b' -> a b
    4 differences: 0 added, 2 removed, 2 changed (1 role, 1 attribute of a role, 1 membership, 1 setting)
    "#);
    assert_snapshot!(diff(left, right).with("--format unified").status(1).stdout, @r#"
    --- left.sql
    +++ right.sql
    @@ -1,5 +1,3 @@
     CREATE ROLE b;
    -CREATE ROLE U&"evil\001B[2J\000A+ role" WITH LOGIN;
    -ALTER ROLE b SET application_name TO E'a\u0007b';
    -COMMENT ON ROLE b IS E'one\ntwo';
    -GRANT U&"evil\001B[2J\000A+ role" TO b;
    +ALTER ROLE b SET application_name TO 'a b';
    +COMMENT ON ROLE b IS 'one\ntwo';
    "#);
}

/// A list of two names is not one name with a comma in it; an empty one is seen.
#[test]
fn lists_are_told_apart() {
    let left = "CREATE ROLE a;\nALTER ROLE a SET search_path TO x, y;\n\
                ALTER ROLE a SET temp_tablespaces TO '';\n";
    let right = "CREATE ROLE a;\nALTER ROLE a SET search_path TO 'x, y';\n\
                 ALTER ROLE a SET temp_tablespaces TO b;\nALTER ROLE a SET datestyle TO '';\n";
    assert_snapshot!(diff(left, right).status(1).stdout, @r#"
    --- left.sql
    +++ right.sql
    + setting of a: datestyle: ''
    ~ setting of a: search_path: x, y -> "x, y"
    ~ setting of a: temp_tablespaces: "" -> b
    3 differences: 1 added, 0 removed, 2 changed (3 settings)
    "#);
}

/// With colours, what has changed in a line is marked.
#[test]
fn in_colours() {
    let left = "CREATE ROLE a CONNECTION LIMIT 5;\nCREATE ROLE b;\n";
    let right = "CREATE ROLE a CONNECTION LIMIT 7;\nCREATE ROLE c;\n";
    let coloured = |format: &str| {
        let run = diff(left, right).with("--format").arg(format).env("CLICOLOR_FORCE", "1");
        visible(&run.status(1).stdout)
    };
    assert_snapshot!(coloured("text"), @"
    --- left.sql
    +++ right.sql
    ␛[33m~ role a: CONNECTION LIMIT: 5 -> 7␛[0m
    ␛[31m- role b␛[0m
    ␛[32m+ role c␛[0m
    ␛[1m3 differences␛[0m: 1 added, 1 removed, 1 changed (2 roles, 1 attribute of a role)
    ");
    assert_snapshot!(coloured("unified"), @"
    --- left.sql
    +++ right.sql
    ␛[36m@@ -1,2 +1,2 @@␛[0m
    ␛[31m-␛[0m␛[31mCREATE ROLE a WITH CONNECTION LIMIT ␛[0m␛[1m␛[4m␛[31m5;␛[0m␛[31m␛[0m
    ␛[31m-␛[0m␛[31mCREATE ROLE ␛[0m␛[1m␛[4m␛[31mb;␛[0m␛[31m␛[0m
    ␛[32m+␛[0m␛[32mCREATE ROLE a WITH CONNECTION LIMIT ␛[0m␛[1m␛[4m␛[32m7;␛[0m␛[32m␛[0m
    ␛[32m+␛[0m␛[32mCREATE ROLE ␛[0m␛[1m␛[4m␛[32mc;␛[0m␛[32m␛[0m
    ");
}

#[test]
fn two_roles_can_swap_their_names() {
    let left = "CREATE ROLE a LOGIN;\nCREATE ROLE b;\nALTER ROLE b SET role TO 'a';\n";
    let right = "CREATE ROLE a;\nCREATE ROLE b LOGIN;\nALTER ROLE a SET role TO 'b';\n";
    let renamed = diff(left, right).with("--rename a=b --rename b=a").done();
    assert_snapshot!(renamed.stdout, @"
    --- left.sql
    +++ right.sql
    equal, apart from 1 that cannot be compared (1 password)
    ");
    let stderr = diff(left, right).with("--rename c=d").fails();
    assert_eq!(
        stderr,
        "error: --rename: there is no role c; names are as in the dump, and case counts\n"
    );
    let stderr = diff(left, right).with("--only c").fails();
    assert_eq!(
        stderr,
        "error: no role is left by --only, --exclude and --database: patterns match whole names, and case counts\n"
    );
}

/// Both forms find the same.
#[test]
fn what_is_equal_has_no_unified_diff() {
    // Stated here, and by the member's attribute there; names of settings in other cases.
    let left = "CREATE ROLE a;\nCREATE ROLE b NOINHERIT CONNECTION LIMIT -1;\nGRANT a TO b;\n\
                ALTER ROLE b SET \"DateStyle\" TO 'ISO';\nGRANT SET ON PARAMETER \"Log_Statement\" TO b;\n";
    let right = "CREATE ROLE a;\nCREATE ROLE b NOINHERIT;\nGRANT a TO b WITH INHERIT FALSE;\n\
                 ALTER ROLE b SET datestyle TO 'ISO';\nGRANT SET ON PARAMETER log_statement TO b;\n";
    assert_eq!(diff(left, right).with("--format unified").done().stdout, "");
}

#[test]
fn what_does_not_go_together() {
    for (more, message) in [
        ("--as azure --format sql", "--as does not go with --format sql: pg_globals copy does it"),
        ("--format sql", "--format sql is for a server: the right side must be a connection"),
        ("--replace", "--replace goes with --format sql only"),
        ("--ignore attributes:flying", "invalid value 'attributes:flying' for '--ignore <KIND>'"),
    ] {
        let done = diff(LEFT, RIGHT).with(more).status(2);
        assert_eq!(done.stderr.split('\n').next(), Some(&*format!("error: {message}")));
    }
    let done = Run::new(["diff", "-", "-"]).status(2);
    assert_eq!(done.stderr, "error: both sides cannot come from standard input\n");
}
