//! Each statement of a plan made to fail, from outside.

use std::collections::BTreeSet;

use super::plan::{self, copy, state, statements};
use crate::support::proxy::Act;

#[test]
fn fifteen() {
    each_fails(15);
}

#[test]
fn eighteen() {
    each_fails(18);
}

/// What stands in the place of a statement, and what the server says to it.
const FAILURES: [(&str, &str); 2] = [
    ("SELECT 1/0", "division by zero (22012)"),
    ("SELEC", "syntax error at or near \"SELEC\" (42601)"),
];

fn each_fails(major: u32) {
    let target = plan::target(major);
    let dump = &plan::dump(true);
    let before = state(&target);
    let messages = plan::recorded(&target, dump, &[]);
    assert_eq!(state(&target), before);
    let all: Vec<String> =
        messages.iter().flat_map(|text| statements(text)).map(str::to_owned).collect();
    assert!(all.len() >= 40, "{all:#?}");
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    let mut cases = 0;
    for (instead, says) in FAILURES {
        for statement in &all {
            let failing = statement.clone();
            let mut proxy = plan::proxy(&target, move |message| {
                plan::replace(message, &failing, instead);
                Act::Forward
            });
            let to = proxy.connection_string("azadmin", "postgres");
            let run = copy(dump, &to, &["--undo", "undo.sql"]);
            let expected = Expected::of(statement, dump);
            if expected.is_setting {
                // Only a setting is left out.
                let done = run.done();
                proxy.finish();
                let report: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
                assert_eq!(report["refused"], 1, "{report:#}");
                assert_eq!(report["remaining"], 0, "{report:#}");
                assert_eq!(report["sent"], all.len() - 1, "{report:#}");
                let findings = report["findings"].as_array().unwrap();
                let is_it = |finding: &&serde_json::Value| finding["rule"] == "refused";
                let finding = findings.iter().find(is_it).unwrap();
                assert_eq!(finding["object"]["name"], expected.object, "{report:#}");
                assert_eq!(finding["message"], says, "{report:#}");
                expected.assert_line(finding["line"].as_u64().unwrap());
                let mut now = state(&target);
                let role = expected.object.split(':').next().map(|role| role.trim_matches('"'));
                now.settings.retain(|setting| setting.role.as_deref() == role);
                assert!(now.settings.is_empty(), "{statement}");
                plan::undo(&target, &done);
            } else {
                let stderr = run.fails();
                proxy.finish();
                let (start, line) =
                    stderr.trim_end().rsplit_once("; it comes from in.sql:").unwrap();
                let end = format!(" {}: {says}; nothing was done", expected.object);
                assert!(start.ends_with(&end), "{statement}: {stderr} does not end with {end}");
                expected.assert_line(line.parse().unwrap());
            }
            assert_eq!(state(&target), before, "{statement}");
            cases += 1;
        }
    }
    // A dry run tells of all at once, and leaves nothing behind.
    for (instead, says) in FAILURES {
        let failing: Vec<_> = all.iter().step_by(3).cloned().collect();
        let bad = failing.clone();
        let mut proxy = plan::proxy(&target, move |message| {
            for statement in &bad {
                plan::replace(message, statement, instead);
            }
            Act::Forward
        });
        let to = proxy.connection_string("azadmin", "postgres");
        let run = copy(dump, &to, &["--dry-run"]).status(1);
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        proxy.finish();
        let findings = report["findings"].as_array().unwrap();
        let refused: Vec<_> = findings.iter().filter(|it| it["message"] == says).collect();
        assert_eq!(refused.len(), failing.len(), "{report:#}");
        for (finding, statement) in refused.iter().zip(&failing) {
            let expected = Expected::of(statement, dump);
            let name = finding["object"]["name"].as_str().unwrap();
            let bare = |text: &str| text.replace('"', "");
            assert!(bare(&expected.object).ends_with(&bare(name)), "{statement}: {finding}");
            expected.assert_line(finding["line"].as_u64().unwrap());
            cases += 1;
        }
        assert_eq!(state(&target), before);
        let locks = "SELECT locktype, classid, objid FROM pg_locks WHERE pid <> pg_backend_pid()
             AND locktype IN ('object', 'advisory')";
        assert_eq!(target.query("azuresu", "postgres", locks), Vec::<Vec<_>>::new());
    }
    assert_eq!(cases, 128);
}

/// What is to be said about a statement that fails.
struct Expected {
    object: String,
    is_setting: bool,
    lines: Vec<usize>,
    statement: String,
}

impl Expected {
    fn of(statement: &str, dump: &str) -> Self {
        let after = |start: &str| {
            let rest = statement.strip_prefix(start)?;
            let end = if rest.starts_with('"') { "\" " } else { " " };
            let at = rest.find(end).map_or(rest.len(), |at| at + end.len() - 1);
            Some((&rest[..at], rest[at..].trim_start()))
        };
        let is_setting = statement.contains(" SET work_mem");
        let (object, starts) = if let Some((role, _)) = after("COMMENT ON ROLE ") {
            (format!("comment on role {role}"), vec![format!("COMMENT ON ROLE {role} ")])
        } else if let Some((role, rest)) = after("GRANT ") {
            let members = rest.strip_prefix("TO ").unwrap();
            let members = members.split(" WITH ").next().unwrap();
            let mut members = members.split(", ");
            let first = members.next().unwrap();
            let more = match members.count() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            (format!("membership {first}{more} in {role}"), vec![format!("GRANT {role} TO ")])
        } else if is_setting {
            let (role, _) = after("ALTER ROLE ").unwrap();
            (format!("{role}: work_mem"), vec![format!("ALTER ROLE {role} SET ")])
        } else {
            let (role, _) = after("CREATE ROLE ").or_else(|| after("ALTER ROLE ")).unwrap();
            let starts = ["CREATE ROLE *;", "ALTER ROLE * WITH"].map(|it| it.replace('*', role));
            (format!("role {role}"), starts.to_vec())
        };
        let lines = (1..).zip(dump.split_terminator('\n'));
        let lines = lines.filter(|(_, line)| starts.iter().any(|start| line.starts_with(start)));
        let lines = lines.map(|(number, _)| number).collect();
        Self { object, is_setting, lines, statement: statement.to_owned() }
    }

    fn assert_line(&self, line: u64) {
        let Self { lines, statement, .. } = self;
        let is_right = lines.iter().any(|&expected| expected as u64 == line);
        assert!(is_right, "{statement}: line {line} instead of {lines:?}");
    }
}
