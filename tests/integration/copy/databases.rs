//! Settings in databases, of databases, and of everybody.

use insta::assert_snapshot;

use super::{assert_settled, changes, command, copy, findings, numbers};
use crate::support::catalog::Catalog;
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::platforms;
use crate::support::servers::{NEWEST, has_newest};

/// Everything, also what is for all roles.
const ALL: [&str; 3] = ["--exclude", "postgres", "--allow-all-settings"];

fn source() -> Cluster {
    let source = Cluster::start(16);
    source.sql("postgres", "postgres", "CREATE DATABASE mine");
    source.sql("postgres", "postgres", "CREATE DATABASE theirs");
    source.sql("postgres", "postgres", "CREATE DATABASE \"odd \"\"db\"\"; --\"");
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE a; CREATE ROLE boss;
         ALTER ROLE a IN DATABASE mine SET work_mem = '1MB';
         ALTER ROLE a IN DATABASE theirs SET search_path = x, \"Y z\";
         ALTER ROLE a IN DATABASE \"odd \"\"db\"\"; --\" SET my.thing = 'it''s';
         ALTER DATABASE mine SET lock_timeout = '2s';
         ALTER DATABASE theirs SET lock_timeout = '3s';
         ALTER ROLE ALL SET statement_timeout = '1min'",
    );
    source
}

/// They wait for their database, and the next copy brings them.
#[test]
fn they_come_when_the_databases_are_there() {
    let source = source();
    let from = source.connection_string("postgres", "postgres");
    insta::allow_duplicates! {
        for major in [12, 15, 18] {
            let target = platforms::azure_like(major);
            let to = target.connection_string("azadmin", "postgres");
            let report = copy(&from, &to, &ALL);
            assert_snapshot!(changes(&report), @"
            create role a
            create role boss
            ");
            assert_snapshot!(numbers(&report), @"sent 2, remaining 0, extra 0, deferred 4, withheld 0, refused 0, unverifiable 0");
            let rules = ["missing-database", "database-owner", "global-setting", "database-setting"];
            assert_snapshot!(findings(&report, &rules), @"
            warning global-setting dropped setting ALL: statement_timeout: set the server parameter statement_timeout to 1min
            info missing-database dropped setting ALL in mine: lock_timeout: the target has no database mine yet
            info missing-database dropped setting a in mine: work_mem: the target has no database mine yet
            info missing-database dropped setting ALL in theirs: lock_timeout: the target has no database theirs yet
            info missing-database dropped setting a in theirs: search_path: the target has no database theirs yet
            ");
            assert_snapshot!(numbers(&assert_settled(&from, &to, &ALL)), @"sent 0, remaining 0, extra 0, deferred 4, withheld 0, refused 0, unverifiable 0");

            // One belongs to the administrator, one to nobody it could be.
            target.sql("azadmin", "postgres", "CREATE DATABASE mine");
            target.sql("azuresu", "postgres", "CREATE DATABASE theirs");
            let report = copy(&from, &to, &ALL);
            assert_snapshot!(changes(&report), @r#"
            set lock_timeout of ALL in mine to '2s'
            set work_mem of a in mine to '1MB'
            set search_path of a in theirs to x, "Y z"
            "#);
            assert_snapshot!(numbers(&report), @"sent 3, remaining 0, extra 0, deferred 0, withheld 0, refused 1, unverifiable 0");
            assert_snapshot!(findings(&report, &rules), @"
            warning global-setting dropped setting ALL: statement_timeout: set the server parameter statement_timeout to 1min
            warning database-owner dropped setting ALL in theirs: lock_timeout: theirs belongs to azuresu
            ");
            assert_settled(&from, &to, &ALL);

            target.sql("azadmin", "postgres", "CREATE DATABASE \"odd \"\"db\"\"; --\"");
            target.sql("azuresu", "postgres", "ALTER DATABASE theirs OWNER TO azadmin");
            let report = copy(&from, &to, &ALL);
            assert_snapshot!(changes(&report), @"set lock_timeout of ALL in theirs to '3s'");
            let settled = assert_settled(&from, &to, &ALL);
            assert_snapshot!(numbers(&settled), @"sent 0, remaining 0, extra 0, deferred 0, withheld 0, refused 0, unverifiable 0");
            let settings = Catalog::of(&target).settings;
            let lines: Vec<_> = settings
                .iter()
                .filter(|it| it.database.is_some())
                .map(|it| format!("{:?} {:?} {}", it.role, it.database, it.text))
                .collect();
            assert_snapshot!(lines.join("\n"), @r#"
            None Some("mine") lock_timeout=2s
            None Some("theirs") lock_timeout=3s
            Some("a") Some("mine") work_mem=1MB
            Some("a") Some("theirs") search_path=x, "Y z"
            "#);
        }
    }
}

/// A superuser brings all of them, also what is for everybody.
#[test]
fn as_a_superuser() {
    let (source, target) = (source(), Cluster::start(17));
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    for database in ["mine", "theirs", "\"odd \"\"db\"\"; --\""] {
        target.sql("postgres", "postgres", &format!("CREATE DATABASE {database}"));
    }
    let report = copy(&from, &to, &ALL);
    assert_snapshot!(changes(&report), @r#"
    create role a
    create role boss
    set statement_timeout of ALL to '1min'
    set lock_timeout of ALL in mine to '2s'
    set work_mem of a in mine to '1MB'
    set my.thing of a in "odd ""db""; --" to 'it's'
    set lock_timeout of ALL in theirs to '3s'
    set search_path of a in theirs to x, "Y z"
    "#);
    assert_eq!(assert_settled(&from, &to, &ALL)["deferred"], 0);
    assert_eq!(Catalog::of(&target).settings, Catalog::of(&source).settings);
}

/// A database's name may have a line break before 19: every line that is shown stays one, and what is replayed means
/// that database.
#[test]
fn a_name_of_two_lines() {
    let source = Cluster::start(17);
    let create = "CREATE DATABASE \"two\nlines\"";
    source.sql("postgres", "postgres", create);
    source.sql(
        "postgres",
        "postgres",
        "CREATE ROLE a; ALTER ROLE a IN DATABASE \"two\nlines\" SET work_mem = '1MB';
         ALTER DATABASE \"two\nlines\" SET lock_timeout = '2s'",
    );
    let from = source.connection_string("postgres", "postgres");
    let target = Cluster::start(16);
    target.sql("postgres", "postgres", create);
    let to = target.connection_string("postgres", "postgres");
    let is_one_line = |text: &str| {
        // In Markdown a backslash is written twice.
        let text = text.replace(r"\\", r"\");
        !text.contains("two\nlines") && text.contains(r"two\nlines")
    };
    for format in ["text", "markdown"] {
        let formatted = ["--format", format];
        let said = Run::new([&["diff", &from, &to], &formatted[..]].concat()).status(1).stdout;
        assert!(is_one_line(&said), "{said}");
        let done = command(&from, &to, &["--dry-run", "--format", format]).done();
        assert!(is_one_line(&format!("{}{}", done.stdout, done.stderr)), "{}", done.stderr);
    }
    let unified = Run::new(["diff", &from, &to, "--format", "unified"]).status(1).stdout;
    assert!(unified.contains("-ALTER ROLE a IN DATABASE U&\"two\\000Alines\" SET"), "{unified}");
    // A script into a server, and what takes it back.
    let run = command(&from, &to, &["--undo", "undo.sql", "--allow-all-settings"]).done();
    let settings = |cluster: &Cluster| Catalog::of(cluster).settings;
    assert_eq!(settings(&target), settings(&source));
    let output = target.psql("postgres", run.file("undo.sql"));
    assert!(output.status.success(), "{output:?}");
    assert_eq!(settings(&target).len(), 0);
    let script = Run::new(["convert", &from, "-p", "postgres", "--target-version", "16"]).done();
    assert!(is_one_line(&script.stderr), "{}", script.stderr);
    let output = target.psql("postgres", &script.stdout);
    assert!(output.status.success(), "{output:?}");
    let mut of_role = settings(&source);
    of_role.retain(|setting| setting.role.is_some());
    assert_eq!(settings(&target), of_role);
    // None that has such a name is on 19.
    if has_newest() {
        let newest = Cluster::start(NEWEST);
        let to = newest.connection_string("postgres", "postgres");
        let report = copy(&from, &to, &[]);
        assert_snapshot!(numbers(&report), @"sent 1, remaining 0, extra 0, deferred 1, withheld 0, refused 0, unverifiable 0");
        let said = command(&from, &to, &[]).done();
        assert!(is_one_line(&format!("{}{}", said.stdout, said.stderr)), "{}", said.stderr);
    }
}
