//! The script that makes a server like another place.

use std::fmt::Write as _;

use super::head::{self, Server};
use crate::compare::Statements;
use crate::globals::script::Phase;
use crate::platform::Answers;
use crate::words::{one_line, plural};

/// What the script is made of.
#[derive(Clone, Copy, Debug)]
pub struct Equalizer<'a> {
    /// The place that the server is made like.
    pub like: &'a str,
    /// The server.
    pub server: &'a str,
    /// What it has answered.
    pub answers: &'a Answers,
    /// What is to be done, and what not.
    pub statements: &'a Statements,
}

/// The whole script, which begins with what it does not do. It may hold verifiers.
pub fn render(it: Equalizer<'_>) -> String {
    let Statements { plan, not_in_it, others } = it.statements;
    let major = it.answers.major;
    let mut out = format!(
        "-- Makes {} like {}, by pg_globals {}.\n\
         -- For that server only: replay it there with psql -f, as {}.\n",
        one_line(it.server),
        one_line(it.like),
        env!("CARGO_PKG_VERSION"),
        one_line(it.answers.user.as_str()),
    );
    for finding in not_in_it {
        out.push_str("-- not in it: ");
        let _ = writeln!(
            out,
            "{}: {}",
            one_line(&finding.object.to_string()),
            one_line(&finding.message)
        );
    }
    match plan.extra.len() {
        0 => {}
        count => {
            let things = plural(count, "thing");
            let _ = writeln!(
                out,
                "-- left as it is: {things} that roles have beyond that; --replace removes it"
            );
        }
    }
    for name in others {
        let _ = writeln!(out, "-- left as it is: role {name}, which is never dropped");
    }
    for finding in &plan.obstacles {
        let _ = writeln!(out, "-- in its way: {}", one_line(&finding.message));
    }
    head::begin(Server::One(major), &mut out);
    let steps = plan.steps(it.answers);
    // No transaction takes these.
    let (outside, inside): (Vec<_>, Vec<_>) =
        steps.iter().partition(|step| step.phase == Phase::Tablespaces);
    for step in inside {
        let _ = writeln!(out, "{};", step.statement());
    }
    head::commit(&mut out);
    if !outside.is_empty() {
        head::outside(&mut out);
    }
    for step in outside {
        let _ = writeln!(out, "{};", step.statement());
    }
    out
}
