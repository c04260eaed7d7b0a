//! The connection cut at each message, before it, inside it, after it and within its answer.

use super::plan::{self, copy, direct, state};
use crate::support::cluster::Cluster;
use crate::support::command::Done;
use crate::support::proxy::Act;

const FILES: &[&str] = &["--passwords", "generate", "--password-file", "passwords"];
const UNDO: &[&str] = &["--undo", "undo.sql"];

#[test]
fn fifteen() {
    cut_everywhere(15);
}

#[test]
fn eighteen() {
    cut_everywhere(18);
}

/// What has become of the target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    Nothing,
    Unknown,
    Done,
}

fn cut_everywhere(major: u32) {
    let target = plan::target(major);
    let dump = &plan::dump(false);
    let before = state(&target);
    let done = copy(dump, &direct(&target), &[FILES, UNDO].concat()).done();
    let after = state(&target);
    plan::undo(&target, &done);
    assert_eq!(state(&target), before);

    let messages = plan::recorded(&target, dump, FILES);
    let commit = messages.iter().position(|text| text == "COMMIT").unwrap();
    // The last is the farewell.
    let last = messages.len() - 1;
    assert!(commit + 2 < last, "{messages:?}");
    let mut cases = 0;
    for act in Act::CUTS {
        for number in 0..=last {
            let what = format!("{act:?} of message {number}");
            let mut proxy =
                plan::proxy(
                    &target,
                    move |message| {
                        if message.number == number { act } else { Act::Forward }
                    },
                );
            let to = proxy.connection_string("azadmin", "postgres");
            let run = copy(dump, &to, &[FILES, UNDO].concat());
            // Nobody needs the farewell.
            let ended = if number == last { run.done() } else { run.status(2) };
            proxy.finish();
            let end = match number {
                _ if number < commit => End::Nothing,
                _ if number == commit => End::Unknown,
                _ => End::Done,
            };
            let arrived = matches!(act, Act::CutAfter | Act::CutAnswer);
            let committed = number > commit || (number == commit && arrived);
            let (now, stderr) = (state(&target), &ended.stderr);
            assert_eq!(now == after, committed, "{what}: {stderr}");
            assert_eq!(now == before, !committed, "{what}: {stderr}");
            if number == 0 {
                let says = "/.s.PGSQL.*: ".replace('*', &target.port.to_string());
                assert!(stderr.contains(&says), "{what}: {stderr}");
            } else if number < last {
                assert_said(stderr, end, &what);
            }
            let files = ended.run.names();
            if end == End::Nothing {
                assert_eq!(files, ["in.sql"], "{what}: {stderr}");
            } else {
                assert_eq!(files, ["in.sql", "passwords", "undo.sql"], "{what}: {stderr}");
                let second = settle(&target, dump, &ended);
                assert!(state(&target) == after, "{what}");
                plan::undo(&target, if committed { &ended } else { &second });
            }
            assert_eq!(state(&target), before, "{what}");
            cases += 1;
        }
    }
    assert_eq!(cases, 4 * messages.len());
    assert_eq!(cases, 112);
}

fn assert_said(stderr: &str, end: End, what: &str) {
    // The way out, and which connection.
    let words: &[&str] = match end {
        End::Nothing => &["/postgres: ", "the connection was lost", "again"],
        End::Unknown => {
            &["/postgres: ", "the connection was lost", "is not known", "run copy again"]
        }
        End::Done => {
            &["/postgres: ", "everything was done", "the connection was lost", "run copy again"]
        }
    };
    for word in words {
        assert!(stderr.contains(word), "{what}: {word} is not in {stderr}");
    }
    assert!(end != End::Nothing || !stderr.contains("was done,"), "{what}: {stderr}");
}

/// Runs the copy again: the passwords of the first run are used, whatever has become of it.
fn settle(target: &Cluster, dump: &str, first: &Done) -> Done {
    let passwords = first.file("passwords");
    let second = copy(dump, &direct(target), &[FILES, UNDO].concat());
    let second = second.secret("passwords", &passwords).done();
    assert_eq!(second.file("passwords"), passwords);
    let lines: Vec<_> = passwords.split_terminator('\n').collect();
    // The roles that log in and exist no more than on the source.
    assert!(lines.len() >= 4, "{}", lines.len());
    for line in lines {
        let (role, password) = line.trim_matches('"').split_once("\" \"").unwrap();
        assert_eq!(target.login(role, password), Ok(()));
    }
    second
}
