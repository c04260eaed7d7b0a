//! The guards that scripts of ours carry: `DO` blocks of exactly three shapes.
//!
//! Any other `DO` is refused: what a program would do cannot be read from its text.

use std::borrow::Cow;
use std::fmt::Write as _;

use nom::Parser;
use nom::multi::many1;
use nom::sequence::terminated;

use super::ast::{Statement, Text};
use super::error::{Fault, Parsed, Problem, expected};
use super::lex::{keyword, peek_word, space, string, symbol};
use super::print::print;
use super::quote::push_literal;
use crate::version::Major;

const VERSION_IF: &str =
    "\nBEGIN\n  IF pg_catalog.current_setting('server_version_num')::integer / 10000 <> ";
/// What to do on a server of another version.
const CONVERT_AGAIN: &str = "make it again with --target-version";
const COMPARE_AGAIN: &str = "it is another server: compare with that one";
const DATABASE_IF: &str =
    "\nBEGIN\n  IF EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = ";
const ROLE_IF: &str = "\nBEGIN\n  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ";
/// What is never touched, even if it exists: who replays the script, and whom only a superuser alters.
const ROLE_ELSIF: &str = "  ELSIF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ";
const UNTOUCHED: &str = " AND (rolname IN (current_user, session_user) OR rolsuper \
     AND NOT pg_catalog.current_setting('is_superuser')::boolean)) THEN\n    RAISE EXCEPTION USING MESSAGE = ";
const THEN: &str = ") THEN\n";
const OWNED: &str = " AND pg_catalog.pg_has_role(datdba, 'USAGE')";
const NOTICE: &str = "  ELSE\n    RAISE NOTICE USING MESSAGE = ";
const END: &str = "  END IF;\nEND\n";

pub(super) fn print_version(major: Major, one_server: bool, out: &mut String) {
    let remedy = if one_server { COMPARE_AGAIN } else { CONVERT_AGAIN };
    let number = major.number();
    let body = format!(
        "{VERSION_IF}{number} THEN\n    RAISE EXCEPTION 'this script was made for PostgreSQL {number}, \
         this server is %: {remedy}', pg_catalog.current_setting('server_version');\n{END}"
    );
    block(&body, out);
}

pub(super) fn print_database(
    database: &str,
    owned: bool,
    statements: &[Statement<'_>],
    out: &mut String,
) {
    let notice = if owned {
        "this database does not exist yet, or is another's: its owner may run this section: "
    } else {
        "this database does not exist yet: run this section again when it does: "
    };
    let mut body = String::from(DATABASE_IF);
    push_literal(database, &mut body);
    body.push_str(if owned { OWNED } else { "" });
    body.push_str(THEN);
    inner(statements, &mut body);
    body.push_str(NOTICE);
    push_literal(&format!("{notice}{database}"), &mut body);
    body.push_str(";\n");
    body.push_str(END);
    block(&body, out);
}

pub(super) fn print_role(role: &str, create: &Statement<'_>, out: &mut String) {
    let mut body = String::from(ROLE_IF);
    push_literal(role, &mut body);
    body.push_str(THEN);
    inner(std::slice::from_ref(create), &mut body);
    body.push_str(ROLE_ELSIF);
    push_literal(role, &mut body);
    body.push_str(UNTOUCHED);
    let message = "this role replays the script or is a superuser, and is never touched: convert again \
                   with --exclude or --rename: ";
    push_literal(&format!("{message}{role}"), &mut body);
    body.push_str(";\n");
    body.push_str(NOTICE);
    push_literal(&format!("this role exists, its attributes stay as they are: {role}"), &mut body);
    body.push_str(";\n");
    body.push_str(END);
    block(&body, out);
}

fn inner(statements: &[Statement<'_>], body: &mut String) {
    for statement in statements {
        body.push_str("    ");
        print(statement, body);
        body.push_str(";\n");
    }
}

/// A `DO` round `body`, with a tag that the body does not contain.
fn block(body: &str, out: &mut String) {
    let mut tag = String::from("$pg_globals$");
    let mut number = 0;
    while body.contains(tag.as_str()) {
        number += 1;
        tag.clear();
        let _ = write!(tag, "$pg_globals{number}$");
    }
    let _ = write!(out, "DO {tag}{body}{tag}");
}

pub(super) fn guard(text: &str) -> Parsed<'_, Statement<'_>> {
    let refused = || {
        let problem = Problem::Unsupported("DO".to_owned());
        nom::Err::Failure(Fault { rest: text, problem })
    };
    let (rest, ()) = keyword("DO")(text)?;
    let (rest, body) = string(rest).map_err(|_| refused())?;
    let Cow::Borrowed(body) = body else { return Err(refused()) };
    let statement = shape(body).ok_or_else(refused)?;
    // What was recognised must be the whole of it: written again, it is the same text.
    let mut again = String::new();
    print(&statement, &mut again);
    let original = &text[..text.len() - rest.len()];
    if original.trim_end() == again { Ok((rest, statement)) } else { Err(refused()) }
}

fn shape(body: &str) -> Option<Statement<'_>> {
    if let Some(rest) = body.strip_prefix(VERSION_IF) {
        let number = rest.split(' ').next()?.parse().ok().filter(|n| (10..1_000).contains(n))?;
        let one_server = rest.contains(COMPARE_AGAIN);
        return Some(Statement::VersionGuard { major: Major::new(number), one_server });
    }
    if let Some(rest) = body.strip_prefix(DATABASE_IF) {
        let (database, owned, statements) = parts(rest)?;
        return Some(Statement::DatabaseGuard { database, owned, statements });
    }
    let (role, owned, mut statements) = parts(body.strip_prefix(ROLE_IF)?)?;
    if owned {
        return None;
    }
    let create = statements.pop().filter(|_| statements.is_empty())?;
    matches!(create, Statement::CreateRole { .. })
        .then(|| Statement::RoleGuard { role, create: Box::new(create) })
}

/// The literal that a condition ends with, and the statements behind `THEN`.
fn parts(text: &str) -> Option<(Text<'_>, bool, Vec<Statement<'_>>)> {
    let (rest, name) = string(text).ok()?;
    let owned = rest.starts_with(OWNED.trim_start());
    let rest = if owned { &rest[OWNED.trim_start().len()..] } else { rest };
    let (rest, ()) = space(rest.strip_prefix(THEN)?).ok()?;
    let one = terminated(guarded, symbol(";"));
    let (rest, statements) = many1(one).parse(rest).ok()?;
    (rest.starts_with("ELSE") || rest.starts_with("ELSIF")).then_some((name, owned, statements))
}

/// Guards hold plain statements only, no other guard.
fn guarded(text: &str) -> Parsed<'_, Statement<'_>> {
    // Tried first: a guard in a guard in a guard would go as deep as the input likes.
    if peek_word(text).eq_ignore_ascii_case("DO") {
        return expected(text, "a statement");
    }
    match super::statement(text) {
        Ok((_, Statement::Database)) => expected(text, "a statement"),
        // The list of statements ends where none can be read.
        Err(nom::Err::Failure(fault)) => Err(nom::Err::Error(fault)),
        other => other,
    }
}
