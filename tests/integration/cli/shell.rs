//! Completions and manual pages.

use std::process::Command;

use crate::support::command::Run;

/// bash takes them, and completes the names of platforms and checks.
#[test]
fn bash_completes() {
    let completed = |line: &str| {
        let script = Run::new(["completions", "bash"]).done().stdout;
        let words: Vec<_> = line.split(' ').collect();
        let (last, before) = (words[words.len() - 1], words[words.len() - 2]);
        let ask = format!(
            "{script}\nCOMP_WORDS=({line}); COMP_CWORD={}; _pg_globals pg_globals '{last}' '{before}'; \
             printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words.len() - 1
        );
        let output = Command::new("bash").args(["-c", &ask]).output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(completed("pg_globals co"), "convert\ncopy\ncompletions\n");
    assert_eq!(completed("pg_globals convert --platform a"), "azure\naurora\nalloydb\naiven\n");
    assert_eq!(completed("pg_globals check --only source"), "source-version\nsource-user\n");
    assert_eq!(completed("pg_globals copy --skip sec"), "security-labels\n");
    assert_eq!(
        completed("pg_globals explain source"),
        "source-setting\nsource-version\nsource-user\n"
    );
}

#[test]
fn there_is_a_page_for_each_command() {
    // It is made where it is missing.
    let made = Run::new(["man", "share/man/man1"]).done().stderr;
    assert!(made.ends_with(" manual pages to share/man/man1, which was made\n"), "{made}");
    let done = Run::new(["man", "."]).done();
    let count = done.run.names().len();
    assert_eq!(done.stdout, "");
    assert_eq!(done.stderr, format!("wrote {count} manual pages to .\n"));
    let mut expected = vec!["pg_globals.1".to_owned()];
    let help = Run::new(["--help"]).done().stdout;
    let commands = help.split("\n\n").find(|part| part.starts_with("Commands:")).unwrap();
    for line in commands.split('\n').skip(1).filter(|line| !line.starts_with("   ")) {
        let name = line.split_whitespace().next().unwrap();
        if name != "help" {
            expected.push(format!("pg_globals-{name}.1"));
        }
    }
    expected.sort();
    assert_eq!(done.run.names(), expected);
    let page = done.file("pg_globals-copy.1");
    assert!(page.contains("\n.TH pg_globals-copy 1 "), "{page}");
    // Each option says what it is for, those of the long help too.
    for name in &expected {
        let page = done.file(name);
        for option in page.split("\n.TP\n").skip(1) {
            let (option, text) = option.split_once('\n').unwrap();
            let text = text.split('\n').next().unwrap_or_default();
            assert!(!text.is_empty() && !text.starts_with('.'), "{name}: {option}");
        }
    }
    let whole = Run::new(["man"]).done().stdout;
    assert_eq!(whole, done.file("pg_globals.1"));
    assert_eq!(Run::new(["man", "/dev/null"]).fails(), "error: /dev/null: file exists\n");
}
