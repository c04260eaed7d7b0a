//! The script that takes a copy back.

use std::fmt::Write as _;

use crate::globals::Change;
use crate::globals::script::Delta;
use crate::platform::Answers;
use crate::sql::{Statement, print};

/// The statements that make the target as it was: the changes from the state after to the state
/// before. Valid until the roles own or are granted anything.
pub fn render(changes: &[Change], answers: &Answers, target: &str) -> String {
    let inverse: Vec<Change> = changes.iter().filter_map(Change::inverse).collect();
    let lost = changes.len() - inverse.len();
    let mut out = format!(
        "-- Takes back what pg_globals {} is about to do on {}.\n\
         -- Replay it with psql -f, as {}. It holds until the roles own or are granted anything; then\n\
         -- it fails as a whole, and psql names what depends on them.\n",
        env!("CARGO_PKG_VERSION"),
        one_line(target),
        one_line(answers.user.as_str()),
    );
    if lost > 0 {
        let _ = writeln!(
            out,
            "-- {lost} passwords that are replaced could not be read, and cannot be given back."
        );
    }
    out.push_str("\n\\set ON_ERROR_STOP on\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\nBEGIN;\n");
    let delta = Delta::of(&inverse, answers.major);
    let (mut inside, mut outside) = (String::new(), String::new());
    for (phase, _, statement) in delta.statements() {
        let part = if phase == crate::globals::script::Phase::Tablespaces {
            &mut outside
        } else {
            &mut inside
        };
        push(&statement, part);
    }
    out.push_str(&inside);
    out.push_str("COMMIT;\n");
    out.push_str(&outside);
    out
}

/// A statement about a role that may be gone by then is guarded.
fn push(statement: &Statement<'_>, out: &mut String) {
    print(statement, out);
    out.push_str(";\n");
}

/// Text that cannot end the comment that it stands in.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
