//! What is no difference in one form is none in the others.

use crate::support::command::Run;

#[test]
fn the_forms_agree() {
    for (left, right) in [
        (
            "CREATE ROLE a VALID UNTIL '2030-01-01 00:00:00+00';",
            "CREATE ROLE a VALID UNTIL '2030-01-01 02:00:00+02';",
        ),
        // The dumps do not say whether x inherits.
        ("CREATE ROLE g;\nGRANT g TO x;", "CREATE ROLE g;\nGRANT g TO x WITH INHERIT FALSE;"),
        ("CREATE ROLE g;\nGRANT g TO x;", "CREATE ROLE g;\nGRANT g TO x WITH INHERIT TRUE;"),
        ("CREATE ROLE g;\nGRANT g TO x;", "CREATE ROLE g;\nGRANT g TO x WITH SET TRUE;"),
    ] {
        for (left, right) in [(left, right), (right, left)] {
            let diff = |form: &str| {
                let run = Run::new(["diff", "left.sql", "right.sql", "--format", form]);
                run.file("left.sql", left).file("right.sql", right).done().stdout
            };
            assert!(diff("text").ends_with("\nequal\n"), "{left} {right}");
            assert!(diff("json").contains("\"differences\": []"), "{left} {right}");
            assert_eq!(diff("unified"), "", "{left} {right}");
        }
    }
    // A moment apart.
    let left = "CREATE ROLE a VALID UNTIL '2030-01-01 00:00:00+00';";
    let right = "CREATE ROLE a VALID UNTIL '2030-01-01 02:00:00+01';";
    let run = Run::new(["diff", "left.sql", "right.sql", "--format", "unified"]);
    let done = run.file("left.sql", left).file("right.sql", right).status(1);
    insta::assert_snapshot!(done.stdout, @"
    --- left.sql
    +++ right.sql
    @@ -1 +1 @@
    -CREATE ROLE a WITH VALID UNTIL '2030-01-01 00:00:00+00';
    +CREATE ROLE a WITH VALID UNTIL '2030-01-01 01:00:00+00';
    ");
}
