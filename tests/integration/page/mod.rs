//! Reports as pages: one file each, with all that somebody signs, whatever roles are called.

mod browser;
mod graph;
mod html;

use std::fmt::Write as _;

use html::Html;
use insta::assert_snapshot;

use crate::support::cluster::Cluster;
use crate::support::command::{Run, convert};
use crate::support::{globals, platforms};

/// Names that would be something else in a page, or look like one.
const HOSTILE: [&str; 7] = [
    "<script>alert(1)</script>",
    "</script><script>alert(2)",
    "\" onmouseover=\"alert(3)",
    "<!-- --!><img src=x onerror=alert(4)>",
    "&lt;b&gt;&amp;",
    "a\u{202e}b\u{200b}c",
    "```\n# d",
];

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// How a page shows a name.
fn shown(name: &str) -> String {
    let mut out = name.replace('"', "\"\"");
    for c in ['\u{202e}', '\u{200b}', '\n'] {
        out = out.replace(c, &c.escape_default().to_string());
    }
    format!("\"{out}\"")
}

/// Statements that make roles of hostile names, with what names them.
fn hostile() -> String {
    let mut out = String::from("CREATE ROLE plain LOGIN;\n");
    for name in HOSTILE {
        let name = quoted(name);
        let _ = write!(
            out,
            "CREATE ROLE {name} SUPERUSER LOGIN;\nGRANT {name} TO plain;\nGRANT {name} TO gone;\n\
             COMMENT ON ROLE {name} IS '<b>bold</b>';\nALTER ROLE {name} SET application_name = '</table><i>';\n"
        );
    }
    out
}

#[test]
fn nothing_that_a_role_is_called_is_markup() {
    let done = convert(hostile()).with("--target-version 16 -o out.sql --report out.html").done();
    let text = done.file("out.html");
    let html = Html::read(&text);
    html.is_safe();
    for name in HOSTILE {
        assert!(html.shows(&shown(name)), "{name:?}");
    }
    assert!(html.shows("application_name = '</table><i>'"));
    // The same in Markdown: no line of a name's own.
    let done = convert(hostile()).with("--target-version 16 -o out.sql --report out.md").done();
    assert!(!done.file("out.md").contains("\n# d"), "{}", done.file("out.md"));
}

#[test]
fn a_dump_is_known_by_its_digest_and_the_command_line_has_no_password() {
    let dump = "CREATE ROLE a LOGIN;\n";
    let run =
        convert(dump).with("--target-version 16 -o out.sql --report out.html --passwords-from");
    let run = run.arg("list;s.txt").file("list;s.txt", "\"a\" \"geheim\"\n").done();
    let html = Html::read(&run.file("out.html"));
    html.is_safe();
    // sha256sum in.sql
    assert!(html.shows("75a70a1d2830f1f59d4b5c0772bdb21c24d105a56b3ea33f0e94f5391cdedc30"));
    assert!(html.shows("2026-11-28 05:00:00+00"));
    assert!(html.shows("pg_globals convert in.sql --target-version 16 -o out.sql --report out.html --passwords-from 'list;s.txt'"));
    assert!(html.shows(&format!("pg_globals {}", env!("CARGO_PKG_VERSION"))));
    let nowhere = "postgresql://u:geheim@127.0.0.1:1/d";
    let run = Run::new(["check", nowhere, nowhere, "--report", "out.html"]).status(2);
    let html = Html::read(&run.file("out.html"));
    html.is_safe();
    assert!(!run.file("out.html").contains("geheim"));
    assert!(html.shows("pg_globals check 'postgresql://u:***'"));
}

/// All five commands, on servers with hostile roles: a page each, which is whole and safe.
#[test]
fn every_command_has_a_page() {
    let source = Cluster::start(16);
    source.sql("postgres", "postgres", "CREATE ROLE plain LOGIN");
    for name in HOSTILE {
        let name = quoted(name);
        source.sql(
            "postgres",
            "postgres",
            &format!("CREATE ROLE {name} LOGIN; GRANT {name} TO plain"),
        );
    }
    let target = platforms::azure_like(16);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let run = |command: &str, more: &str, status: &[i32]| {
        let run = Run::new([command, &from, &to, "--report", "out.html"]).with(more);
        let done = run.status_of(status);
        let html = Html::read(&done.file("out.html"));
        html.is_safe();
        (html, done)
    };
    let copy = "--exclude postgres --yes --into-older --reader catalog";
    let (dry, done) = run("copy", &format!("{copy} --dry-run"), &[0]);
    assert_snapshot!(dry.titles.join("\n"), @"
    Roles that are carried over
    What was changed or left out, and why
    What would be changed
    Who is a member of what
    ");
    // The page that was approved says which plan that is.
    let approved = Run::new(["copy", &from, &to, "--expect-plan", "plan.html"]).with(copy);
    let page = done.file("out.html");
    let done = approved.with("--report out.html").file("plan.html", &page).done();
    let html = Html::read(&done.file("out.html"));
    html.is_safe();
    assert_snapshot!(html.titles.join("\n"), @"
    Roles that are carried over
    What was changed or left out, and why
    What was to be changed
    Who is a member of what
    The target before and after
    ");
    for name in HOSTILE {
        assert!(html.shows(&shown(name)), "{name:?}");
    }
    target.sql("azadmin", "postgres", &format!("DROP ROLE {}", quoted(HOSTILE[0])));
    let again = Run::new(["copy", &from, &to, "--expect-plan", "plan.html"]).with(copy);
    let difference = again.file("plan.html", page).status(2).stderr;
    assert!(difference.contains("- CREATE ROLE plain WITH LOGIN\n"), "{difference}");
    let (html, _) = run("diff", "--as azure --exclude postgres", &[1]);
    assert!(html.shows(&shown(HOSTILE[0])));
    run("diff", "--all-roles", &[1]);
    run("verify", "--exclude postgres", &[1]);
    run("check", "--skip network", &[1]);
}

/// A page of a real copy, and what it says.
#[test]
fn what_is_signed() {
    let source = platforms::aurora_like(15);
    globals::customer(&source);
    let target = platforms::azure_like(16);
    let from = source.connection_string("rdsadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let run = Run::new(["copy", &from, &to]);
    let done = run.with("--yes --reader catalog --report out.html").done();
    let html = Html::read(&done.file("out.html"));
    html.is_safe();
    let text = html.text.join("\n");
    let (_, roles) = text.split_once("\nRoles that are carried over\n").unwrap();
    let (_, before) = text.split_once("\nThe target before and after\n").unwrap();
    assert!(roles.contains("bi_tool\nLOGIN\nSCRAM-SHA-256\n"), "{roles}");
    assert!(before.contains("roles\n"), "{before}");
    assert!(before.contains("bi_tool\nexists\nno\nyes\n"), "{before}");
    assert!(!done.file("out.html").contains("SCRAM-SHA-256$"));
}
