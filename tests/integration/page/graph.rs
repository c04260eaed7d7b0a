//! Who is a member of what, drawn and in words.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use insta::assert_snapshot;
use serde_json::Value;

use super::browser::look;
use super::html::Html;
use super::{HOSTILE, hostile, quoted, shown};
use crate::support::command::{Run, convert};
use crate::support::{platforms, schema};

const ROLES: &str = "
CREATE ROLE postgres SUPERUSER LOGIN;
CREATE ROLE \"Jane Doe\" LOGIN;
CREATE ROLE app LOGIN;
CREATE ROLE reader;
CREATE ROLE writer;
CREATE ROLE ops;
CREATE ROLE alone LOGIN;
GRANT reader TO writer;
GRANT writer TO app WITH ADMIN OPTION;
GRANT pg_monitor TO ops;
GRANT postgres TO ops WITH INHERIT FALSE, SET TRUE;
GRANT ops TO \"Jane Doe\" WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
";

fn graph(dump: &str, more: &str) -> Run {
    let run = Run::new(["graph", "in.sql"]).file("in.sql", dump);
    if more.is_empty() { run } else { run.with(more) }
}

#[test]
fn in_words_and_for_programs_that_draw() {
    assert_snapshot!(graph(ROLES, "").done().stdout, @r#"
    ops (group, administrator)
      "Jane Doe" (login; ADMIN, INHERIT FALSE, SET FALSE)
    pg_monitor (predefined)
      ops (group)
    postgres (superuser, administrator)
      ops (group; INHERIT FALSE)
    reader (group)
      writer (group)
    writer (group)
      app (login; ADMIN)
    without memberships, 1 role: alone
    "#);
    assert_snapshot!(graph(ROLES, "--role writer").done().stdout, @"
    reader (group)
      writer (group)
    writer (group)
      app (login; ADMIN)
    ");
    assert_snapshot!(graph(ROLES, "--role ops --format dot").done().stdout, @r#"
    digraph memberships {
      rankdir=LR;
      node [shape=box];
      n0 [label="ops\ngroup", style="solid", color=red];
      n1 [label="\"Jane Doe\"\nlogin", style="rounded", color=red];
      n2 [label="pg_monitor\npredefined", style="solid"];
      n3 [label="postgres\nsuperuser", style="solid", color=red];
      n1 -> n0 [label="ADMIN, INHERIT FALSE, SET FALSE", color=red];
      n0 -> n2 [label=""];
      n0 -> n3 [label="INHERIT FALSE", color=red];
    }
    "#);
    assert_snapshot!(graph(ROLES, "--format mermaid").done().stdout, @r##"
    flowchart LR
      n0["ops / group"]
      style n0 stroke:#b3261e
      n1("#34;Jane Doe#34; / login")
      style n1 stroke:#b3261e
      n2["pg_monitor / predefined"]
      n3["postgres / superuser"]
      style n3 stroke:#b3261e
      n4["reader / group"]
      n5["writer / group"]
      n6("app / login")
      n1 -->|"ADMIN, INHERIT FALSE, SET FALSE"| n0
      n0 --> n2
      n0 -->|"INHERIT FALSE"| n3
      n5 --> n4
      n6 -->|"ADMIN"| n5
      linkStyle 0,2 stroke:#b3261e
    "##);
    assert_snapshot!(graph(ROLES, "--role nobody").fails(), @"error: --role: in.sql has no role nobody; case counts");
    let run = graph(ROLES, "-o out.svg").done();
    assert!(run.stdout.is_empty() && run.file("out.svg").starts_with("<?xml "));
    let run = graph("CREATE ROLE a;\n", "--format svg").done();
    assert!(run.stdout.contains("1 role without memberships"), "{}", run.stdout);
}

/// The members of a group, where there are many, are one box; those that differ have their own.
#[test]
fn many_members_are_one_box() {
    let mut dump = String::from(
        "CREATE ROLE g; CREATE ROLE h; CREATE ROLE boss LOGIN;\nGRANT g TO boss WITH ADMIN OPTION;\n",
    );
    for n in 0..40 {
        let _ = writeln!(dump, "CREATE ROLE r{n:02} LOGIN; GRANT g TO r{n:02};");
    }
    // Twelve are named one by one.
    for n in 0..12 {
        let _ = writeln!(dump, "GRANT h TO r{n:02};");
    }
    let text = graph(&dump, "").done().stdout;
    let lines: Vec<_> = text.split('\n').collect();
    assert_eq!(lines[0], "g (group)");
    assert!(
        lines[1].starts_with("  40 members: r00, r01, ")
            || lines[2].starts_with("  40 members: r00, r01, "),
        "{text}"
    );
    assert!(text.contains("  boss (login; ADMIN)\n"), "{text}");
    assert!(text.contains("h (group)\n  r00 (login)\n"), "{text}");
}

#[test]
fn of_a_server() {
    let target = platforms::azure_like(16);
    target.sql(
        "azadmin",
        "postgres",
        "CREATE ROLE app LOGIN; CREATE ROLE reader; GRANT reader TO app",
    );
    let to = target.connection_string("azadmin", "postgres");
    let run = Run::new(["graph", &to, "--role", "app", "--reader", "catalog"]).done();
    assert_snapshot!(run.stdout, @"
    app (login)
      azadmin (login; ADMIN, INHERIT FALSE, SET FALSE)
    reader (group)
      app (login)
    ");
    let admins = Run::new(["graph", &to, "--role", "azure_pg_admin", "--reader", "catalog"]).done();
    assert!(
        admins.stdout.starts_with("azure_pg_admin (platform, administrator)\n"),
        "{}",
        admins.stdout
    );
}

/// The JSON has each membership that the server knows, and the administrators that it lets be ones.
#[test]
fn json_is_what_the_server_knows() {
    let target = platforms::azure_like(16);
    target.sql(
        "azadmin",
        "postgres",
        "CREATE ROLE app LOGIN; CREATE ROLE reader; CREATE ROLE \"Odd \"\"Role\"; CREATE ROLE boss; CREATE ROLE chief;
         GRANT reader TO app WITH INHERIT FALSE; GRANT \"Odd \"\"Role\" TO reader WITH SET FALSE; GRANT boss TO chief",
    );
    target.sql("azuresu", "postgres", "GRANT azure_pg_admin TO boss");
    for n in 0..20 {
        target.sql("azadmin", "postgres", &format!("CREATE ROLE m{n}; GRANT reader TO m{n}"));
    }
    let to = target.connection_string("azadmin", "postgres");
    let run = Run::new(["graph", &to, "--format", "json", "--reader", "catalog"]).done();
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    schema::assert_valid("graph", &run.stdout);
    assert_eq!(json["source"]["platform"], "azure");
    let rows = |sql: &str| -> BTreeSet<String> {
        let rows = target.query("azuresu", "postgres", sql).into_iter();
        rows.map(|row| row.into_iter().flatten().collect::<Vec<_>>().join(" ")).collect()
    };
    let memberships = rows(
        "SELECT r.rolname, m.rolname, bool_or(a.admin_option), bool_or(a.inherit_option), bool_or(a.set_option)
         FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
         WHERE r.rolname !~ '^pg_' GROUP BY 1, 2",
    );
    let found = json["memberships"].as_array().unwrap().iter().map(|it| {
        let word = |key: &str| it[key].as_str().unwrap();
        let flags = ["admin", "inherit", "set"].map(|key| &it[key].to_string()[..1] == "t");
        let flags = flags.map(|is| if is { "t" } else { "f" }).join(" ");
        format!("{} {} {flags}", word("role"), word("member"))
    });
    let found: BTreeSet<_> = found.filter(|line| !line.starts_with("pg_")).collect();
    assert_eq!(found, memberships);
    let administrators = rows(
        "SELECT rolname FROM pg_roles WHERE rolsuper OR pg_has_role(rolname, 'azure_pg_admin', 'MEMBER')",
    );
    let found = json["roles"].as_array().unwrap().iter();
    let found =
        found.filter(|it| it["administrator"] == true).map(|it| it["name"].as_str().unwrap());
    let found: BTreeSet<_> = found.map(str::to_owned).collect();
    assert_eq!(found.difference(&administrators).collect::<Vec<_>>(), Vec::<&String>::new());
    assert!(["boss", "chief", "azadmin"].iter().all(|it| found.contains(*it)), "{found:?}");
    let file = Run::new(["graph", &to, "--reader", "catalog", "-o", "roles.json"]).done();
    assert_eq!(file.file("roles.json"), run.stdout);
}

#[test]
fn nothing_that_a_role_is_called_is_markup() {
    for format in ["svg", "dot", "mermaid"] {
        let text = graph(&hostile(), &format!("--format {format}")).done().stdout;
        let is_markup = text.contains("<script>alert") || text.contains("onerror=alert(4)>");
        assert!(!is_markup || format == "dot", "{text}");
        assert!(!text.contains('\u{202e}'));
        if format == "svg" {
            let (_, svg) = text.split_once("?>\n").unwrap();
            let html = Html::read(&format!("<!DOCTYPE html><title>x</title><body>{svg}</body>"));
            for name in HOSTILE {
                assert!(html.shows(&shown(name)), "{name:?}");
            }
        }
    }
    let dot = graph(&hostile(), "--format dot").done().stdout;
    assert!(dot.contains(&shown("\" onmouseover=\"alert(3)").replace('"', "\\\"")), "{dot}");
    assert!(quoted("a").starts_with('"'));
}

/// Roles as an enterprise has them: so many, in departments and teams, with some who may do everything.
fn enterprise(count: usize) -> String {
    let mut dump = String::from(
        "CREATE ROLE rdsadmin SUPERUSER LOGIN; CREATE ROLE rds_superuser; CREATE ROLE dba LOGIN;\nGRANT rds_superuser TO dba;\n",
    );
    let groups = (count / 12).max(2);
    for n in 0..groups {
        let _ = writeln!(dump, "CREATE ROLE department_{n:02}_with_a_name;");
        if n > 0 {
            let options = [" WITH ADMIN OPTION", "", " WITH INHERIT FALSE, SET TRUE"][n % 3];
            let _ = writeln!(
                dump,
                "GRANT department_{:02}_with_a_name TO department_{n:02}_with_a_name{options};",
                (n - 1) / 2
            );
        }
    }
    for n in 0..count.saturating_sub(groups + 3) {
        let _ = writeln!(dump, "CREATE ROLE employee_{n:03} LOGIN;");
        let group = (n * n + 3 * n) % groups;
        let _ = writeln!(dump, "GRANT department_{group:02}_with_a_name TO employee_{n:03};");
        if n % 5 == 0 {
            let other = (n * 7 + 1) % groups;
            let _ = writeln!(
                dump,
                "GRANT department_{other:02}_with_a_name TO employee_{n:03} WITH ADMIN OPTION;"
            );
        }
    }
    dump += "CREATE ROLE \"名前の長い役割で、三十二列を超えるもの\" LOGIN; GRANT department_00_with_a_name TO \"名前の長い役割で、三十二列を超えるもの\";\n";
    dump
}

/// Nothing is over something else or cut off, for few roles and for many, on a desk and on a telephone.
#[test]
fn in_a_browser() {
    if super::browser::browser().is_none() {
        return;
    }
    for count in [5, 60, 500] {
        let dump = enterprise(count);
        let page = convert(&dump)
            .with("--target-version 16 -o out.sql --report out.html")
            .done()
            .file("out.html");
        for width in [1280, 400] {
            let seen = look(&page, width, &format!("convert-{count}")).unwrap();
            assert_eq!(
                seen["wrong"].as_array().unwrap().len(),
                0,
                "{count} roles, {width}: {seen:#}"
            );
            assert!(seen["boxes"].as_u64().unwrap() >= 5, "{seen}");
        }
        let svg = graph(&dump, "--format svg").done().stdout;
        let seen =
            look(svg.split_once("?>\n").unwrap().1, 1280, &format!("graph-{count}")).unwrap();
        let wrong: Vec<_> = seen["wrong"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| !it.as_str().unwrap().starts_with("the page is"))
            .collect();
        assert!(wrong.is_empty(), "{count} roles: {wrong:#?}");
    }
    let page = convert(hostile())
        .with("--target-version 16 -o out.sql --report out.html")
        .done()
        .file("out.html");
    for width in [1280, 400] {
        let seen = look(&page, width, "hostile").unwrap();
        assert_eq!(seen["wrong"].as_array().unwrap().len(), 0, "{width}: {seen:#}");
    }
}
