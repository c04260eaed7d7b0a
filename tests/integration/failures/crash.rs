//! The server killed at each message of a copy, and started again.

use super::plan::{self, copy, direct, state};
use crate::support::platforms;
use crate::support::proxy::Act;

#[test]
fn fifteen() {
    killed_everywhere(15);
}

#[test]
fn eighteen() {
    killed_everywhere(18);
}

fn killed_everywhere(major: u32) {
    // What is committed is on the disk: else a kill might rightly undo it.
    let mut target = platforms::azure_like_with(major, &[("synchronous_commit", "on")]);
    plan::prepare(&target);
    let dump = &plan::dump(true);
    let before = state(&target);
    let messages = plan::recorded(&target, dump, &[]);
    assert_eq!(state(&target), before);
    let begin = messages.iter().position(|text| text.starts_with("BEGIN")).unwrap();
    let commit = messages.iter().position(|text| text == "COMMIT").unwrap();
    let mut cases = 0;
    // Just after COMMIT has been answered it is killed before the next message.
    for number in begin..=commit + 1 {
        let kill = target.killer();
        let mut proxy = plan::proxy(&target, move |message| {
            if message.number == number {
                kill();
            }
            Act::Forward
        });
        let to = proxy.connection_string("azadmin", "postgres");
        let ended = copy(dump, &to, &["--undo", "undo.sql"]).status(2);
        proxy.finish();
        target.restart();
        let stderr = &ended.stderr;
        if number <= commit {
            assert_eq!(state(&target), before, "killed before message {number}: {stderr}");
        } else {
            assert!(stderr.contains("everything was done"), "{stderr}");
            assert_ne!(state(&target), before);
            let second = copy(dump, &direct(&target), &[]).done();
            assert!(second.stdout.contains("\"sent\": 0,"), "{}", second.stdout);
            plan::undo(&target, &ended);
        }
        assert!(stderr.contains("the connection was lost"), "{stderr}");
        assert!(stderr.contains("again"), "{stderr}");
        cases += 1;
    }
    assert_eq!(cases, 19);
}
