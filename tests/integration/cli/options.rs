//! Options that cannot be, together or with this dump.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use insta::assert_snapshot;

use crate::support::command::{Run, convert};

const DUMP: &str = "CREATE ROLE a LOGIN;\nCREATE ROLE b;\nGRANT b TO a;\n";

fn refused(args: &str) -> String {
    convert(DUMP).with(args).fails()
}

#[test]
fn platforms() {
    assert_snapshot!(refused("-p azur"), @"
    error: there is no platform `azur`, did you mean `azure`?
      known are azure, aurora, rds, cloudsql, alloydb, supabase, neon, aiven, digitalocean, timescale, postgres; or give a file
    ");
    assert_snapshot!(refused("-p Azure"), @"
    error: there is no platform `Azure`, did you mean `azure`?
      known are azure, aurora, rds, cloudsql, alloydb, supabase, neon, aiven, digitalocean, timescale, postgres; or give a file
    ");
    assert_snapshot!(refused("-p oracle"), @"
    error: there is no platform `oracle`
      known are azure, aurora, rds, cloudsql, alloydb, supabase, neon, aiven, digitalocean, timescale, postgres; or give a file
    ");
    assert_snapshot!(refused("--source-platform aurroa"), @"
    error: there is no platform `aurroa`, did you mean `aurora`?
      known are azure, aurora, rds, cloudsql, alloydb, supabase, neon, aiven, digitalocean, timescale, postgres; or give a file
    ");
    assert_snapshot!(refused("-p ./mine.toml"), @"error: ./mine.toml: no such file or directory");
    assert_snapshot!(refused("-p mine.toml"), @"error: mine.toml: no such file or directory");
    assert_snapshot!(refused("-p ./"), @"error: ./: this is a directory; give a file");
    let file = |text: &str| convert(DUMP).file("mine.toml", text).with("-p mine.toml").fails();
    assert_snapshot!(file(""), @"error: mine.toml:1:1: missing field `name`");
    assert_snapshot!(file("name = \"mine\"\ntitel = \"Mine\"\n"), @"error: mine.toml:2:1: unknown field `titel`, expected one of `name`, `title`, `as_of`, `majors`, `preview`, `recognised_by`, `recognised_by_tablespace`, `indistinct_from`, `role_patterns`, `role_families`, `own_tablespaces`, `own_databases`, `own_settings`, `admin`, `tablespaces`, `parameter_privileges`, `role`, `attribute`, `predefined`, `setting`, `login_label`, `label`, `verifier`, `role_name`");
    assert_snapshot!(file("name = \"mine\"\ntitle = \"Mine\"\nmajors = \"16\"\n"), @r#"error: mine.toml:3:10: invalid type: string "16", expected a sequence"#);
    assert_snapshot!(file("name = \"mine\ntitle = 1\n"), @r#"error: mine.toml:1:13: invalid basic string, expected `"`"#);
    let binary = convert(DUMP).file("mine.toml", b"\xff\x00").with("-p mine.toml").fails();
    assert_snapshot!(binary, @"error: mine.toml: this is not text in UTF-8");
}

#[test]
fn target_versions() {
    assert_snapshot!(refused("--target-version 9"), @"
    error: invalid value '9' for '--target-version <MAJOR>': `9` is no major version of PostgreSQL: give one like 16

    For more information, try '--help'.
    ");
    assert_snapshot!(refused("--target-version 16.4"), @"
    error: invalid value '16.4' for '--target-version <MAJOR>': `16.4` is no major version of PostgreSQL: give one like 16

    For more information, try '--help'.
    ");
    assert_snapshot!(refused("--target-version newest"), @"
    error: invalid value 'newest' for '--target-version <MAJOR>': `newest` is no major version of PostgreSQL: give one like 16

    For more information, try '--help'.
    ");
    assert_snapshot!(refused("--target-version 99"), @"error: --target-version 99: azure offers 11, 12, 13, 14, 15, 16, 17, 18");
}

#[test]
fn misspelt() {
    assert_snapshot!(Run::new([""; 0]).fails(), @"
    Moves roles and the other globals of a PostgreSQL cluster to servers that hand out no superuser

    Usage: pg_globals <COMMAND>

    Commands:
      convert      Convert a globals dump into a script that a managed target accepts
      copy         Copy roles live, from a server or a dump to a server
      diff         Show what differs between the globals of two places
      check        Check the migration's other prerequisites; nothing is written on either side
      verify       Verify that everything is there after the restore; nothing is written on either side
      graph        Show who is a member of what
      explain      Explain what a finding or a check means, and what can be done
      platforms    List the platforms that are known, or print one as TOML to start your own from
      schema       Print the JSON schema of what a command says with --format json
      completions  Print completions for a shell: commands, options, platforms, rules and checks
      man          Print the manual page, or write those of all commands to a directory
      help         Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help
      -V, --version  Print version

    Example: pg_globals convert globals.sql -o azure.sql

    Exit status: 0 done, 1 differences, 2 trouble.
    ");
    assert_snapshot!(Run::new(["konvert"]).fails(), @"
    error: unrecognized subcommand 'konvert'

      tip: a similar subcommand exists: 'convert'

    Usage: pg_globals <COMMAND>

    For more information, try '--help'.
    ");
    assert_snapshot!(Run::new(["convert"]).fails(), @"
    error: the following required arguments were not provided:
      <SOURCE>

    Usage: pg_globals convert <SOURCE>

    For more information, try '--help'.
    ");
    assert_snapshot!(refused("--plattform azure"), @"
    error: unexpected argument '--plattform' found

      tip: a similar argument exists: '--platform'

    Usage: pg_globals convert --platform <NAME|FILE> <SOURCE>

    For more information, try '--help'.
    ");
    assert_snapshot!(refused("--skip coments"), @"
    error: invalid value 'coments' for '--skip <KIND>'
      [possible values: comments, settings, memberships, parameters, tablespaces, security-labels]

      tip: a similar value exists: 'comments'

    For more information, try '--help'.
    ");
    assert_snapshot!(refused("--skip roles"), @"
    error: invalid value 'roles' for '--skip <KIND>'
      [possible values: comments, settings, memberships, parameters, tablespaces, security-labels]

    For more information, try '--help'.
    ");
    assert_snapshot!(refused("--passwords none"), @"
    error: invalid value 'none' for '--passwords <WHAT>'
      [possible values: keep, omit, generate]

    For more information, try '--help'.
    ");
    assert_snapshot!(refused("--format yaml"), @"
    error: invalid value 'yaml' for '--format <FORMAT>'
      [possible values: text, json, markdown]

    For more information, try '--help'.
    ");
    assert_snapshot!(refused("another.sql"), @"
    error: unexpected argument 'another.sql' found

    Usage: pg_globals convert [OPTIONS] <SOURCE>

    For more information, try '--help'.
    ");
}

#[test]
fn patterns_and_pairs() {
    assert_snapshot!(refused("--only [a"), @"
    error: invalid value '[a' for '--only <PATTERN>': the pattern `[a` has a `[` without its `]`

    For more information, try '--help'.
    ");
    assert_snapshot!(convert(DUMP).with("--only").arg("").fails(), @"error: no role is left by --only, --exclude and --database: patterns match whole names, and case counts");
    assert_snapshot!(refused("--rename a"), @"
    error: invalid value 'a' for '--rename <OLD=NEW>': expected two names with = between them; a name with = in it goes in double quotes, as in SQL

    For more information, try '--help'.
    ");
    assert_snapshot!(refused("--rename a="), @"
    error: invalid value 'a=' for '--rename <OLD=NEW>': each name needs 1 to 63 bytes

    For more information, try '--help'.
    ");
    assert_snapshot!(refused("--rename =a"), @"
    error: invalid value '=a' for '--rename <OLD=NEW>': each name needs 1 to 63 bytes

    For more information, try '--help'.
    ");
    assert_snapshot!(refused(&format!("--rename a={}", "b".repeat(64))), @"
    error: invalid value 'a=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb' for '--rename <OLD=NEW>': each name needs 1 to 63 bytes

    For more information, try '--help'.
    ");
    assert_snapshot!(refused("--rename a=c --rename a=d"), @"error: --rename: a is given twice");
    assert_snapshot!(refused("--map-role SUPERUSER"), @"
    error: invalid value 'SUPERUSER' for '--map-role <SOURCE=TARGET>': expected two names with = between them; a name with = in it goes in double quotes, as in SQL

    For more information, try '--help'.
    ");
}

#[test]
fn choices_that_fit_nothing() {
    assert_snapshot!(refused("--only c*"), @"error: no role is left by --only, --exclude and --database: patterns match whole names, and case counts");
    assert_snapshot!(refused("--exclude *"), @"error: no role is left by --only, --exclude and --database: patterns match whole names, and case counts");
    assert_snapshot!(refused("--rename c=d"), @"error: --rename: there is no role c; names are as in the dump, and case counts");
    assert_snapshot!(refused("--rename A=d"), @r#"error: --rename: there is no role "A"; names are as in the dump, and case counts"#);
    assert_snapshot!(refused("--rename a=b"), @"error: --rename: a cannot become b, another role has that name");
    assert_snapshot!(refused("--rename a=c --rename b=c"), @"error: --rename: b cannot become c, another role has that name");
    assert_snapshot!(refused("--map-role rds_superuser=azure_pg_admin"), @"error: --map-role: there is no role rds_superuser, and no membership in it");
}

#[test]
fn passwords() {
    assert_snapshot!(refused("--passwords generate"), @"error: --passwords generate needs --password-file FILE for the new passwords");
    assert_snapshot!(refused("--password-file new.txt"), @"error: --password-file goes with --passwords generate only");
    assert_snapshot!(refused("--passwords omit --password-file new.txt"), @"error: --password-file goes with --passwords generate only");
    assert_snapshot!(refused("--passwords omit --passwords-from in.sql"), @"error: --passwords-from does not go with --passwords omit");
    assert_snapshot!(refused("--passwords-from nowhere.txt"), @"error: nowhere.txt: no such file or directory");
    assert_snapshot!(Run::new(["convert", "-", "--passwords-from", "-"]).fails(), @"error: --passwords-from -: the dump comes from standard input already");
    assert_snapshot!(refused("--passwords generate --password-file ."), @"error: .: this is a directory; name a file in it");
    assert_snapshot!(refused("--passwords generate --password-file no/such.txt"), @"error: --password-file no/such.txt: there is no directory no");
    let from = |text: &str| convert(DUMP).file("list", text).with("--passwords-from list").fails();
    assert_snapshot!(from(""), @"error: list: there is nothing in it");
    assert_snapshot!(from("\"a\" \"x\"\n\"b\" geheim\n"), @r#"error: list: line 2: expected "user" "password", as in pgbouncer's userlist.txt"#);
    assert_snapshot!(from("\"a\" \"x\"\n\"a\" \"geheim\"\n"), @"error: list: line 2: role a has a password already");
    assert_snapshot!(from("a:geheim\n"), @r#"error: list: line 1: neither "user" "password", as in pgbouncer's userlist.txt, nor a statement of a dump"#);
    assert_snapshot!(from("CREATE ROLE a;\n"), @"error: list: there is no password in it");
    assert_snapshot!(from("ALTER ROLE a PASSWORD 'geheim' FROB;\n"), @r#"error: list: line 1: neither "user" "password", as in pgbouncer's userlist.txt, nor a statement of a dump"#);
    let earlier = convert(DUMP).secret("new.txt", "a geheim\n");
    assert_snapshot!(earlier.with("--passwords generate --password-file new.txt").fails(), @r#"error: new.txt: line 1: neither "user" "password", as in pgbouncer's userlist.txt, nor a statement of a dump"#);
}

#[test]
fn a_password_file_that_others_may_read() {
    let run =
        convert(DUMP).file("new.txt", "").with("--passwords generate --password-file new.txt");
    assert_snapshot!(run.fails(), @"error: new.txt: others than its owner may read it; chmod 600 new.txt");
}

#[test]
fn outputs_that_cannot_be_written() {
    assert_snapshot!(refused("-o no/such/out.sql"), @"error: -o no/such/out.sql: there is no directory no/such");
    assert_snapshot!(refused("-o ."), @"error: -o .: this is a directory; name a file in it");
    assert_snapshot!(refused("--report no/such/report.json"), @"error: --report no/such/report.json: there is no directory no/such");
    assert_snapshot!(refused("-o out.sql --report ."), @"error: --report .: this is a directory; name a file in it");
}

#[test]
fn a_directory_that_may_not_be_written() {
    let run = convert(DUMP).with("-o closed/out.sql");
    let closed = run.path("closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o500)).unwrap();
    assert_snapshot!(run.by_server_user().fails(), @"error: -o closed/out.sql: permission denied");
}

#[test]
fn outputs_that_are_inputs() {
    assert_snapshot!(refused("-o in.sql"), @"error: -o in.sql: this is an input already");
    assert_snapshot!(refused("-o ./in.sql"), @"error: -o ./in.sql: this is an input already");
    assert_snapshot!(refused("--report in.sql"), @"error: --report in.sql: this is an input already");
    assert_snapshot!(refused("--passwords generate --password-file in.sql"), @"error: --password-file in.sql: this is an input already");
    let linked = convert(DUMP).with("-o link.sql");
    symlink("in.sql", linked.path("link.sql")).unwrap();
    assert_snapshot!(linked.fails(), @"error: -o link.sql: this is an input already");
    let hard = convert(DUMP).with("-o hard.sql");
    std::fs::hard_link(hard.path("in.sql"), hard.path("hard.sql")).unwrap();
    assert_snapshot!(hard.fails(), @"error: -o hard.sql: this is an input already");
    let list = convert(DUMP).file("list", "\"a\" \"x\"\n").with("--passwords-from list -o list");
    assert_snapshot!(list.fails(), @"error: -o list: this is an input already");
    let platform = convert(DUMP).file("mine.toml", "").with("-p mine.toml -o mine.toml");
    assert_snapshot!(platform.fails(), @"error: mine.toml:1:1: missing field `name`");
}

#[test]
fn outputs_that_are_one() {
    assert_snapshot!(refused("-o out --report out"), @"error: --report out: this is -o already");
    assert_snapshot!(refused("-o out --report ./out"), @"error: --report ./out: this is -o already");
    assert_snapshot!(refused("-o out --passwords generate --password-file out"), @"error: --password-file out: this is -o already");
    assert_snapshot!(refused("--report out --passwords generate --password-file out"), @"error: --password-file out: this is --report already");
    let linked = convert(DUMP).file("out", "").with("-o out --report link");
    symlink("out", linked.path("link")).unwrap();
    assert_snapshot!(linked.fails(), @"error: --report link: this is -o already");
}
