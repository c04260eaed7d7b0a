//! What the clouds' own command lines say of the commands that the program and the book print: their parser
//! is real, and asks for a login where it has taken a command.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What ends a command in running text.
const ENDS: [&str; 10] = ["; ", ", ", ": ", " > ", " |", "`", "\n", ")", "\"", "…"];

/// Options whose values change nothing for the parser.
const FREE: [&str; 6] =
    ["--resource-group", "--server-name", "--name", "--value", "--source-server", "--location"];

/// The files of these directories that can have commands.
fn files(directories: &[&str]) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut open: Vec<PathBuf> = directories.iter().map(|it| root.join(it)).collect();
    let mut all = vec![root.join("README.md")];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path
            .extension()
            .is_some_and(|it| ["rs", "snap", "md", "toml"].iter().any(|known| it == *known))
        {
            all.push(path);
        }
    }
    all.retain(|path| !path.ends_with("tests/integration/clients.rs"));
    all
}

/// A text whose lines that end with a backslash are one.
fn joined(text: &str) -> String {
    let mut parts = text.split("\\\n");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.trim_start());
    }
    out
}

/// The words of a command, as a shell splits them.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut begun) = (Vec::new(), String::new(), false, false);
    for c in command.chars() {
        match c {
            '\'' => (quoted, begun) = (!quoted, true),
            ' ' if !quoted => {
                if begun || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            c => word.push(c),
        }
    }
    if begun || !word.is_empty() {
        words.push(word);
    }
    words
}

/// All commands, one of each shape.
fn commands() -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for path in files(&["docs/src", "tests/integration", "src/check/data"]) {
        let text = joined(&fs::read_to_string(&path).unwrap());
        for rest in text.split("az postgres flexible-server ").skip(1) {
            let end = ENDS.iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
            let words = words(rest[..end].trim_end_matches(['.', ',']));
            // A sentence about a command is none.
            if !words.iter().any(|word| word == "--resource-group") {
                continue;
            }
            let mut shape = Vec::new();
            let mut is_free = false;
            for word in &words {
                shape.push(if is_free { "VALUE" } else { word });
                is_free = FREE.contains(&word.as_str());
            }
            all.insert(shape.join(" "), words);
        }
    }
    all
}

/// The verbs that the sources have.
fn verbs() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/check");
    let (mut open, mut verbs) = (vec![root], BTreeSet::new());
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for rest in text.split("azure.command(").skip(1) {
            let (_, rest) = rest.split_once('"').unwrap();
            verbs.insert(rest.split('"').next().unwrap().to_owned());
        }
    }
    verbs
}

/// Every command that the sources can make is among those that tests and the book show.
#[test]
fn every_verb_is_shown() {
    let commands = commands();
    assert!(commands.len() > 12, "{:#?}", commands.keys());
    for verb in verbs() {
        let start = format!("{verb} --");
        assert!(commands.keys().any(|shape| shape.starts_with(&start)), "{verb}");
    }
}

#[test]
fn az_takes_every_command() {
    let Some(clients) = env::var_os("PG_GLOBALS_CLIENTS") else {
        eprintln!("not run: tests/run --clients installs az first");
        return;
    };
    let az = Path::new(&clients).join("azure-cli/bin/az");
    let configuration = tempfile::tempdir().unwrap();
    let say = |words: &[&str]| {
        let output = Command::new(&az)
            .args(["postgres", "flexible-server"])
            .args(words)
            .env("AZURE_CONFIG_DIR", configuration.path())
            .env("AZURE_CORE_COLLECT_TELEMETRY", "no")
            .current_dir(configuration.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    // It does refuse.
    let removed =
        say(&["update", "--resource-group", "g", "--name", "s", "--high-availability", "Disabled"]);
    assert!(removed.contains("unrecognized arguments"), "{removed}");
    for (shape, words) in commands() {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let said = say(&words);
        assert!(said.contains("az login"), "az postgres flexible-server {shape}\n{said}");
    }
}
