//! How time grows with the size of what is hard to go through: circles and chains.
//!
//!     cargo bench --bench growth [-- CASE...]
//!
//! Each case is read, sanitized, written as a script, and compared with nothing, in both directions. Ten
//! times the size takes ten times as long, or little more; a hundred times would be quadratic.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "what goes wrong ends the benchmark"
)]
#![allow(missing_docs, unreachable_pub, reason = "nothing here is reachable from elsewhere")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use pg_globals::globals::script::{Delta, Shape};
use pg_globals::globals::{Change, Globals, Scope, changes};
use pg_globals::name::Name;
use pg_globals::platform::{Platform, Rights};
use pg_globals::read::{Options, read};
use pg_globals::sanitize::{Choices, sanitize};
use pg_globals::script::{Title, render as render_script};
use pg_globals::version::Major;

/// The smaller size.
const FEW: usize = 2_000;

/// How many times larger the larger one is.
const TIMES: usize = 10;

/// What is written, given how many.
type Write = fn(&mut String, usize);

const CASES: [(&str, Write); 16] = [
    ("a circle of memberships", |out, n| {
        roles(out, n);
        each(out, 0..n, |it| format!("GRANT r{it} TO r{}", (it + 1) % n));
    }),
    ("a chain of memberships, in order", |out, n| {
        roles(out, n);
        each(out, 1..n, |it| format!("GRANT r{} TO r{it}", it - 1));
    }),
    ("a chain that hangs from a circle", |out, n| {
        roles(out, n);
        each(out, 1..n, |it| format!("GRANT r{} TO r{it}", it - 1));
        out.push_str("GRANT r1 TO r0;\n");
    }),
    ("a circle through one role for each", |out, n| {
        roles(out, n);
        each(out, 1..n, |it| format!("GRANT r0 TO r{it};\nGRANT r{it} TO r0"));
    }),
    ("a chain of grantors", |out, n| {
        roles(out, n);
        out.push_str("CREATE ROLE r;\nGRANT r TO r0 WITH ADMIN OPTION, INHERIT TRUE;\n");
        each(out, 1..n, |it| {
            format!("GRANT r TO r{it} WITH ADMIN OPTION, INHERIT TRUE GRANTED BY r{}", it - 1)
        });
    }),
    ("a chain of grantors, against the order of their names", |out, n| {
        roles(out, n);
        let last = n - 1;
        writeln!(out, "CREATE ROLE r;\nGRANT r TO r{last} WITH ADMIN OPTION;").unwrap();
        each(out, 1..n, |it| {
            format!("GRANT r TO r{} WITH ADMIN OPTION GRANTED BY r{}", last - it, n - it)
        });
    }),
    ("grantors in circles of two", |out, n| {
        roles(out, n);
        out.push_str("CREATE ROLE r;\n");
        each(out, 0..n, |it| {
            format!("GRANT r TO r{it} WITH ADMIN OPTION, INHERIT TRUE GRANTED BY r{}", it ^ 1)
        });
    }),
    ("a chain of grantors that is revoked", |out, n| {
        roles(out, n);
        out.push_str("CREATE ROLE r;\nGRANT r TO r0 WITH ADMIN OPTION, INHERIT TRUE;\n");
        each(out, 1..n, |it| {
            format!("GRANT r TO r{it} WITH ADMIN OPTION, INHERIT TRUE GRANTED BY r{}", it - 1)
        });
        out.push_str("REVOKE r FROM r0 CASCADE;\n");
    }),
    ("memberships that are revoked one by one", |out, n| {
        roles(out, n);
        out.push_str("CREATE ROLE r;\n");
        each(out, 0..n, |it| format!("GRANT r TO r{it}"));
        each(out, 0..n, |it| format!("REVOKE r FROM r{it}"));
    }),
    ("a chain of grantors of a parameter", |out, n| {
        roles(out, n);
        out.push_str("GRANT SET ON PARAMETER work_mem TO r0 WITH GRANT OPTION;\n");
        parameter_chain(out, n);
    }),
    ("a chain of grantors of a parameter that is revoked", |out, n| {
        roles(out, n);
        out.push_str("GRANT SET ON PARAMETER work_mem TO r0 WITH GRANT OPTION;\n");
        parameter_chain(out, n);
        out.push_str("REVOKE SET ON PARAMETER work_mem FROM r0 CASCADE;\n");
    }),
    ("a chain of grantors of a tablespace that is revoked", |out, n| {
        roles(out, n);
        out.push_str("CREATE TABLESPACE t OWNER postgres LOCATION '/t';\n");
        out.push_str("GRANT CREATE ON TABLESPACE t TO r0 WITH GRANT OPTION;\n");
        each(out, 1..n, |it| {
            format!(
                "SET SESSION AUTHORIZATION r{};\nGRANT CREATE ON TABLESPACE t TO r{it} WITH GRANT OPTION;\n\
                 RESET SESSION AUTHORIZATION",
                it - 1
            )
        });
        out.push_str("REVOKE CREATE ON TABLESPACE t FROM r0 CASCADE;\n");
    }),
    ("roles that are renamed by statements", |out, n| {
        roles(out, n);
        each(out, 0..n, |it| format!("GRANT SET ON PARAMETER work_mem TO r{it}"));
        each(out, 1..n, |it| format!("GRANT r{} TO r{it}", it - 1));
        each(out, 0..n, |it| format!("ALTER ROLE r{it} RENAME TO s{it}"));
    }),
    ("roles that are renamed by --rename", |out, n| {
        roles(out, n);
        each(out, 1..n, |it| format!("GRANT r{} TO r{it}", it - 1));
        each(out, 0..n, |it| format!("ALTER ROLE r{it} SET work_mem TO '1MB'"));
    }),
    ("members that become NOINHERIT", |out, n| {
        roles(out, n);
        each(out, 1..n, |it| format!("GRANT r{} TO r{it}", it - 1));
        each(out, 0..n, |it| format!("ALTER ROLE r{it} NOINHERIT"));
    }),
    ("roles that are dropped again", |out, n| {
        roles(out, n);
        each(out, 1..n, |it| format!("GRANT r0 TO r{it}"));
        each(out, 1..n, |it| format!("DROP ROLE r{it}"));
    }),
];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with("--")).collect();
    println!("| | {FEW} | {} | times as long |\n|---|---:|---:|---:|", FEW * TIMES);
    for (name, write) in CASES {
        if !words.is_empty() && !words.iter().any(|word| name.contains(word.as_str())) {
            continue;
        }
        let of = |count| {
            let mut text = String::new();
            write(&mut text, count);
            best(&text, name.ends_with("--rename"))
        };
        let (few, many) = (of(FEW), of(FEW * TIMES));
        let ratio = many.as_secs_f64() / few.as_secs_f64();
        let milliseconds = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
        println!("| {name} | {} | {} | {ratio:.1} |", milliseconds(few), milliseconds(many));
    }
}

fn roles(out: &mut String, count: usize) {
    each(out, 0..count, |it| format!("CREATE ROLE r{it}"));
}

fn parameter_chain(out: &mut String, count: usize) {
    each(out, 1..count, |it| {
        format!(
            "SET SESSION AUTHORIZATION r{};\nGRANT SET ON PARAMETER work_mem TO r{it} WITH GRANT OPTION;\n\
             RESET SESSION AUTHORIZATION",
            it - 1
        )
    });
}

fn each(out: &mut String, range: std::ops::Range<usize>, text: impl Fn(usize) -> String) {
    for it in range {
        out.extend([text(it).as_str(), ";\n"]);
    }
}

fn best(text: &str, rename: bool) -> Duration {
    let start = Instant::now();
    let mut best = once(text, rename);
    // Not for ever, where it takes long.
    for _ in 0..4 {
        if start.elapsed() < Duration::from_secs(4) {
            best = best.min(once(text, rename));
        }
    }
    best
}

fn once(text: &str, rename: bool) -> Duration {
    let start = Instant::now();
    let major = Major::new(18);
    let nothing = Globals::default();
    for platform in ["postgres", "azure"] {
        let reading = read(text.as_bytes(), Options::default()).unwrap();
        let platform = Platform::builtin(platform).unwrap();
        let mut choices = Choices::default();
        if rename {
            let names = reading.globals.roles.keys();
            choices.rename = names.map(|it| (it.clone(), Name::new(format!("new_{it}")))).collect();
        }
        let rights = Rights::offline(platform, major);
        let (globals, ledger, findings) = (reading.globals, reading.ledger, reading.findings);
        let all = sanitize(globals, ledger, findings, rights, None, &choices).unwrap();
        let title = Title { source: "x", platform: "x", granted: &[] };
        render_script(
            &all.globals,
            title,
            Shape { major, if_not_exists: false, admin: None, once: None },
        );
        let there = changes(&nothing, &all.globals, Scope::Mirror).changes;
        Delta::of(&there, major).statements();
        let back: Vec<_> = there.iter().filter_map(Change::inverse).collect();
        Delta::of(&back, major).statements();
    }
    start.elapsed()
}
