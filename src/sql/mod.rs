//! The SQL subset: a statement's text to and from a [`Statement`].
//!
//! Everything that pg_dumpall 9.5 to 19 writes for globals, and the hand-written forms of the same
//! statements. One file per family of statements; nothing here knows a catalog or the meaning of a
//! setting.

mod ast;
mod comment;
mod error;
mod grant;
mod guard;
mod identifier;
mod interval;
mod keyword;
mod lex;
mod literal;
mod plain;
mod print;
mod quote;
mod role;
mod session;
mod setting;
mod tablespace;
mod token;
mod unsupported;

#[cfg(test)]
mod generate;
#[cfg(all(test, feature = "oracle"))]
mod oracle;

pub use ast::{
    Hidden, MembershipOption, MembershipOptions, Object, ParameterPrivileges, Privileges,
    RoleOption, RoleSpec, Session, SettingChange, SettingValue, Statement, TablespaceChange, Text,
};
pub use error::{Problem, SyntaxError};
pub(crate) use keyword::{Category, category};
pub use quote::{push_identifier, push_literal, shown_identifier};
pub(crate) use token::{Token, tokens};

use error::{Fault, Parsed, expected};
use lex::{keywords, peek_word, space};

/// Reads one statement. `text` begins with its first word and may end with its semicolon.
///
/// # Errors
/// When it is not a statement of the subset: where, and why.
///
/// ```
/// use pg_globals::sql::{parse, print};
///
/// let statement = parse("create user Alice connection limit 5;").unwrap();
/// let mut text = String::new();
/// print(&statement, &mut text);
/// assert_eq!(text, "CREATE ROLE alice WITH LOGIN CONNECTION LIMIT 5");
/// ```
pub fn parse(text: &str) -> Result<Statement<'_>, SyntaxError> {
    let result = space(text).and_then(|(rest, ())| {
        let (rest, statement) = statement(rest)?;
        let (rest, ()) = match rest.strip_prefix(';') {
            Some(rest) => space(rest)?,
            None => (rest, ()),
        };
        if rest.is_empty() || matches!(statement, Statement::Database) {
            Ok(statement)
        } else {
            expected(rest, "the end of the statement").map(|(_, never)| never)
        }
    });
    result.map_err(|error| match error {
        nom::Err::Error(fault) | nom::Err::Failure(fault) => located(text, fault),
        // Complete parsers never ask for more input.
        nom::Err::Incomplete(_) => SyntaxError {
            offset: text.len(),
            problem: Problem::Expected("the rest of the statement"),
        },
    })
}

/// The role whose attributes an `ALTER ROLE` states, even where the rest of it cannot be read.
pub(crate) fn altered_role(text: &str) -> Option<Text<'_>> {
    const OTHERS: [&str; 4] = ["SET", "RESET", "IN", "RENAME"];
    let (rest, ()) = space(text).ok()?;
    let (rest, ()) = keywords(&["ALTER", "ROLE"])(rest).ok()?;
    match role::role_spec(rest).ok()? {
        // A name with nothing behind it may go on.
        (rest, RoleSpec::Name(name)) if !rest.is_empty() => {
            let others = OTHERS.iter().any(|word| peek_word(rest).eq_ignore_ascii_case(word));
            (!others).then_some(name)
        }
        _ => None,
    }
}

fn located(text: &str, fault: Fault<'_>) -> SyntaxError {
    SyntaxError { offset: text.len() - fault.rest.len(), problem: fault.problem }
}

/// One statement, without its semicolon.
fn statement(text: &str) -> Parsed<'_, Statement<'_>> {
    if peek_word(text).eq_ignore_ascii_case("DO") { guard::guard(text) } else { plain::plain(text) }
}

/// Appends `statement` to `out`, without a semicolon.
pub fn print(statement: &Statement<'_>, out: &mut String) {
    match statement {
        Statement::VersionGuard { .. }
        | Statement::SetRoleGuard
        | Statement::DatabaseGuard { .. }
        | Statement::RoleGuard { .. } => guard::print_guard(statement, out),
        _ => print::print_plain(statement, out),
    }
}

#[cfg(test)]
mod tests;
