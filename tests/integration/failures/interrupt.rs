//! Ctrl-C at a copy.

use std::process::{Child, Stdio};
use std::sync::mpsc::channel;

use rustix::process::{Pid, Signal, kill_process};

use super::plan;
use crate::support::command::Run;
use crate::support::proxy::Act;

/// Interrupts a copy when the proxy sees a message for which `at` says so; what it says, and the names
/// of the files that are left.
fn interrupted(
    signal: Signal,
    at: impl Fn(&str) -> bool + Send + 'static,
) -> (String, Vec<String>, bool) {
    let target = plan::target(16);
    let before = plan::state(&target);
    let (tell, arrives) = channel();
    let (gone, is_gone) = channel::<()>();
    let mut seen = false;
    let proxy = plan::proxy(&target, move |message| {
        if !seen && at(message.text()) {
            seen = true;
            tell.send(()).unwrap();
            // Nothing is answered before the program has ended.
            let _ = is_gone.recv();
        }
        Act::Forward
    });
    let to = proxy.connection_string("azadmin", "postgres");
    let run = Run::new([
        "copy",
        "dump.sql",
        &to,
        "--yes",
        "--into-older",
        "--undo",
        "undo.sql",
        "--report",
        "r.json",
    ])
    .file("dump.sql", plan::dump(true));
    let mut command = run.command();
    command.stdin(Stdio::null());
    let child: Child = command.spawn().unwrap();
    arrives.recv().unwrap();
    kill_process(Pid::from_child(&child), signal).unwrap();
    let output = child.wait_with_output().unwrap();
    gone.send(()).unwrap();
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8(output.stderr).unwrap();
    // What is open ends with the connection, which the server may notice a moment later.
    let open = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'pg_globals'";
    while !target.query("azuresu", "postgres", open).is_empty() {
        std::thread::yield_now();
    }
    (stderr, run.names(), plan::state(&target) == before)
}

#[test]
fn while_statements_are_sent() {
    for signal in [Signal::INT, Signal::TERM] {
        let (stderr, files, unchanged) = interrupted(signal, |text| text.contains("CREATE ROLE"));
        assert_eq!(
            stderr,
            "\nerror: interrupted: the target is as before, since the transaction ends with the connection\n"
        );
        assert_eq!(files, ["dump.sql"]);
        assert!(unchanged);
    }
}

#[test]
fn before_anything_is_sent() {
    let (stderr, files, unchanged) =
        interrupted(Signal::INT, |text| text.contains("pg_auth_members"));
    assert_eq!(stderr, "\nerror: interrupted: nothing was done\n");
    assert_eq!(files, ["dump.sql"]);
    assert!(unchanged);
}

#[test]
fn at_commit() {
    let (stderr, files, _) =
        interrupted(Signal::INT, |text| text.trim_end_matches('\0') == "COMMIT");
    assert_eq!(
        stderr,
        "\nerror: interrupted while the target committed: whether it was done is unknown; run copy \
         again, which settles it\n"
    );
    // What takes it back is kept: it may have been done.
    assert_eq!(files, ["dump.sql", "undo.sql"]);
}
