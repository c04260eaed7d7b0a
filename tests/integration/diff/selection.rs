//! Which roles are compared, and what goes with them.

use insta::assert_snapshot;

use crate::support::command::Run;

fn diff(left: &str, right: &str, with: &str) -> Run {
    let run = Run::new(["diff", "left.sql", "right.sql"]).with(with);
    run.file("left.sql", left).file("right.sql", right)
}

/// What names nothing is said, and what names something on one side is enough.
#[test]
fn names_that_match_nothing() {
    let (left, right) = ("CREATE ROLE a;\nCREATE ROLE b;\n", "CREATE ROLE a;\nCREATE ROLE c;\n");
    let said = |with: &str| diff(left, right, with).done_or_different().stderr;
    assert_eq!(said("--exclude b --exclude c"), "");
    assert_eq!(said("--exclude b --exclude d"), "warning: d: no role matches this --exclude\n");
    assert_eq!(
        said("--as azure --exclude c --map-role a=azure_pg_admin"),
        "warning: c: no role matches this --exclude\n\
         warning: a: no role is a member of it: --map-role grants nothing in its place\n"
    );
}

/// Settings go by the new name, and a role counts once.
#[test]
fn as_it_would_be_under_another_name() {
    let (left, right) = (
        "CREATE ROLE a;\nALTER ROLE a SET work_mem TO '4MB';\n",
        "CREATE ROLE a;\nALTER ROLE a SET work_mem TO '5MB';\n\
         CREATE ROLE b;\nALTER ROLE b SET work_mem TO '4MB';\n",
    );
    let run = diff(left, right, "--as azure --rename a=b");
    assert_snapshot!(run.done().stdout, @"
    --- left.sql, as it would be on azure
    +++ right.sql
    equal; left out: 1 role that only the right side has
    ");
    let right = right.replace("4MB", "6MB");
    assert_snapshot!(diff(left, &right, "--as azure --rename a=b").status(1).stdout, @"
    --- left.sql, as it would be on azure
    +++ right.sql
    ~ setting of b: work_mem: 4MB -> 6MB
    1 difference: 0 added, 0 removed, 1 changed (1 setting); left out: 1 role that only the right side has
    ");
    let (left, right) = ("CREATE ROLE a;\nCREATE ROLE c;\n", "CREATE ROLE b;\nCREATE ROLE c;\n");
    for more in ["", " --as azure"] {
        let run = diff(left, right, &format!("--exclude a --rename a=b{more}"));
        let stdout = run.done().stdout;
        assert_eq!(
            stdout.trim_end().rsplit('\n').next(),
            Some("equal; left out: 1 role not selected")
        );
    }
}

/// Whether or not there is a role that is left out.
#[test]
fn what_is_of_no_role_is_not_chosen_with_roles() {
    let left = "CREATE ROLE a;\nGRANT SET ON PARAMETER work_mem TO PUBLIC;\n\
                ALTER ROLE ALL SET work_mem TO '1MB';\n\
                CREATE TABLESPACE t OWNER a LOCATION '/t';\nGRANT CREATE ON TABLESPACE t TO PUBLIC;\n";
    let right = "CREATE ROLE a;\nCREATE TABLESPACE t OWNER a LOCATION '/t';\n";
    assert_snapshot!(diff(left, right, "--only a").done().stdout, @"
    --- left.sql
    +++ right.sql
    equal
    ");
    let more = format!("{right}CREATE ROLE z;\n");
    assert_snapshot!(diff(left, &more, "--only a").done().stdout, @"
    --- left.sql
    +++ right.sql
    equal; left out: 1 role not selected
    ");
    assert_snapshot!(diff(left, right, "--format text").status(1).stdout, @"
    --- left.sql
    +++ right.sql
    - setting of all roles: work_mem: 1MB
    - parameter work_mem to PUBLIC: SET
    - tablespace t: privileges of PUBLIC: CREATE
    3 differences: 0 added, 3 removed, 0 changed (1 setting, 1 parameter privilege, 1 tablespace)
    ");
}
