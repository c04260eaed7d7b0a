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

/// What the guards look at. Operators are qualified like functions: sections of a script are replayed by
/// themselves, and in a database whose owner set its `search_path` others would run in their place.
/// `IN` would look for `=` there, too.
struct Words {
    version_if: &'static str,
    database_if: &'static str,
    role_if: &'static str,
    role_elsif: &'static str,
    /// What is never touched, even if it exists: who replays the script, and whom only a superuser
    /// alters.
    untouched: &'static str,
}

const WORDS: Words = Words {
    version_if: "\nBEGIN\n  IF pg_catalog.current_setting('server_version_num')::integer \
                 OPERATOR(pg_catalog./) 10000 OPERATOR(pg_catalog.<>) ",
    database_if: "\nBEGIN\n  IF EXISTS (SELECT FROM pg_catalog.pg_database \
                  WHERE datname OPERATOR(pg_catalog.=) ",
    role_if: "\nBEGIN\n  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles \
              WHERE rolname OPERATOR(pg_catalog.=) ",
    role_elsif: "  ELSIF EXISTS (SELECT FROM pg_catalog.pg_roles \
                 WHERE rolname OPERATOR(pg_catalog.=) ",
    untouched: " AND (rolname OPERATOR(pg_catalog.=) current_user \
                OR rolname OPERATOR(pg_catalog.=) session_user \
                OR rolsuper AND NOT pg_catalog.current_setting('is_superuser')::boolean)",
};

/// In scripts of earlier releases, which are still read.
const EARLIER: Words = Words {
    version_if: "\nBEGIN\n  IF pg_catalog.current_setting('server_version_num')::integer / 10000 <> ",
    database_if: "\nBEGIN\n  IF EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = ",
    role_if: "\nBEGIN\n  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ",
    role_elsif: "  ELSIF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ",
    untouched: " AND (rolname IN (current_user, session_user) OR rolsuper \
                AND NOT pg_catalog.current_setting('is_superuser')::boolean)",
};

/// What to do on a server of another version.
const CONVERT_AGAIN: &str = "make it again with --target-version";
const COMPARE_AGAIN: &str = "it is another server: compare with that one";
const THEN: &str = ") THEN\n";
const OWNED: &str = " AND pg_catalog.pg_has_role(datdba, 'USAGE')";
const RAISE: &str = ") THEN\n    RAISE EXCEPTION USING MESSAGE = ";
const NOTICE: &str = "  ELSE\n    RAISE NOTICE USING MESSAGE = ";
const END: &str = "  END IF;\nEND\n";

/// Writes a guard; any other statement is none.
pub(super) fn print_guard(guard: &Statement<'_>, out: &mut String) {
    print_with(&WORDS, guard, out);
}

fn print_with(words: &Words, guard: &Statement<'_>, out: &mut String) {
    match guard {
        Statement::VersionGuard { major, one_server } => version(words, *major, *one_server, out),
        Statement::DatabaseGuard { database, owned, statements } => {
            in_database(words, database, *owned, statements, out);
        }
        Statement::RoleGuard { role, create } => new_role(words, role, create, out),
        _ => {}
    }
}

fn version(words: &Words, major: Major, one_server: bool, out: &mut String) {
    let remedy = if one_server { COMPARE_AGAIN } else { CONVERT_AGAIN };
    let number = major.number();
    let body = format!(
        "{}{number} THEN\n    RAISE EXCEPTION 'this script was made for PostgreSQL {number}, \
         this server is %: {remedy}', pg_catalog.current_setting('server_version');\n{END}",
        words.version_if
    );
    block(&body, out);
}

fn in_database(
    words: &Words,
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
    let mut body = String::from(words.database_if);
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

fn new_role(words: &Words, role: &str, create: &Statement<'_>, out: &mut String) {
    let mut body = String::from(words.role_if);
    push_literal(role, &mut body);
    body.push_str(THEN);
    inner(std::slice::from_ref(create), &mut body);
    body.push_str(words.role_elsif);
    push_literal(role, &mut body);
    body.push_str(words.untouched);
    body.push_str(RAISE);
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
    let original = &text[..text.len() - rest.len()];
    // What was recognised must be the whole of it: written again, it is the same text.
    let read = |words| {
        let statement = shape(words, body)?;
        let mut again = String::new();
        print_with(words, &statement, &mut again);
        (original.trim_end() == again).then_some(statement)
    };
    let statement = [&WORDS, &EARLIER].into_iter().find_map(read).ok_or_else(refused)?;
    Ok((rest, statement))
}

fn shape<'a>(words: &Words, body: &'a str) -> Option<Statement<'a>> {
    if let Some(rest) = body.strip_prefix(words.version_if) {
        let number = rest.split(' ').next()?.parse().ok().filter(|n| (10..1_000).contains(n))?;
        let one_server = rest.contains(COMPARE_AGAIN);
        return Some(Statement::VersionGuard { major: Major::new(number), one_server });
    }
    if let Some(rest) = body.strip_prefix(words.database_if) {
        let (database, owned, statements) = parts(rest)?;
        return Some(Statement::DatabaseGuard { database, owned, statements });
    }
    let (role, owned, mut statements) = parts(body.strip_prefix(words.role_if)?)?;
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
