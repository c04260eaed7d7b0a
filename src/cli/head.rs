//! When and how the program was run, for reports that are kept.

use super::options;
use crate::report::Run;

/// What stands at the head of a report. `SOURCE_DATE_EPOCH` tells the time instead of the clock, for reports
/// that are to be the same again (<https://reproducible-builds.org/specs/source-date-epoch/>); nothing is judged by it.
pub(super) fn run() -> Run {
    let fixed = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    Run { at: Some(fixed.unwrap_or_else(options::now)), command_line: command_line() }
}

/// As a shell would take it, without passwords.
fn command_line() -> String {
    let arguments: Vec<_> = std::env::args_os().collect();
    let words = arguments.iter().skip(1).map(|argument| {
        let word = argument.to_string_lossy();
        quoted(&options::without_passwords(&word, std::slice::from_ref(argument)))
    });
    std::iter::once("pg_globals".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=,@%+*#~\u{2026}".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) && !word.contains('*') {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_a_shell_takes() {
        let all =
            ["--yes", "", "host=a user=b", "it's", "postgresql://u@h/d?x=1", "<script>", "r*"];
        let all = all.map(quoted);
        assert_eq!(
            all,
            [
                "--yes",
                "''",
                "'host=a user=b'",
                "'it'\\''s'",
                "'postgresql://u@h/d?x=1'",
                "'<script>'",
                "'r*'"
            ]
        );
    }
}
