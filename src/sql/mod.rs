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
mod print;
mod quote;
mod role;
mod session;
mod setting;
mod tablespace;
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
pub use print::print;
pub use quote::{push_identifier, push_literal, shown_identifier};

use error::{Fault, Parsed, expected};
use lex::{keywords, peek_word, space};
use unsupported::unsupported;

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
    let word = peek_word(text);
    let (behind, ()) = space(&text[word.len()..])?;
    let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
    if is("ALTER") {
        alter(text, behind)
    } else if is("CREATE") {
        create(text, behind)
    } else if is("GRANT") {
        grant::grant(text)
    } else if is("COMMENT") {
        comment::comment(text)
    } else if is("REVOKE") {
        grant::revoke(text)
    } else if is("SET") || is("RESET") {
        session::session(text)
    } else if is("DROP") {
        drop(text, behind)
    } else if is("SECURITY") {
        comment::security_label(text)
    } else if is("DO") {
        guard::guard(text)
    } else if is("SELECT") {
        session::binary_upgrade(text)
    } else if ["BEGIN", "START", "COMMIT", "END"].iter().any(|k| is(k)) {
        session::transaction(text)
    } else {
        unsupported(text)
    }
}

fn create<'a>(text: &'a str, behind: &'a str) -> Parsed<'a, Statement<'a>> {
    match second(behind)? {
        (rest, Second::Role { user }) => role::create(rest, user),
        (rest, Second::Group) => role::create(rest, false),
        (_, Second::Tablespace) => tablespace::create(behind),
        (_, Second::Database) => Ok(("", Statement::Database)),
        (_, Second::Other) => unsupported(text),
    }
}

fn alter<'a>(text: &'a str, behind: &'a str) -> Parsed<'a, Statement<'a>> {
    match second(behind)? {
        (rest, Second::Role { .. }) => role::alter(rest),
        (rest, Second::Group) => role::alter_group(rest),
        (_, Second::Tablespace) => tablespace::alter(behind),
        (_, Second::Database) => setting::alter_database(behind),
        (_, Second::Other) => unsupported(text),
    }
}

fn drop<'a>(text: &'a str, behind: &'a str) -> Parsed<'a, Statement<'a>> {
    match second(behind)? {
        (rest, Second::Role { .. } | Second::Group) => role::drop(rest),
        (_, Second::Tablespace) => tablespace::drop(behind),
        (_, Second::Database) => Ok(("", Statement::Database)),
        (_, Second::Other) => unsupported(text),
    }
}

/// The kind of object behind `CREATE`, `ALTER` or `DROP`.
enum Second {
    /// `ROLE` or `USER`.
    Role {
        user: bool,
    },
    Group,
    Tablespace,
    Database,
    Other,
}

/// It, and the text behind its word.
fn second(text: &str) -> Parsed<'_, Second> {
    let word = peek_word(text);
    let (behind, ()) = space(&text[word.len()..])?;
    let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
    let second = if is("ROLE") {
        Second::Role { user: false }
    } else if is("USER") {
        // `mapping` is an unreserved word: `CREATE USER mapping` makes a role of that name, while
        // only `CREATE USER MAPPING FOR` and `… IF NOT EXISTS FOR` make a user mapping.
        let mapping = peek_word(behind);
        let behind = space(&behind[mapping.len()..]).map_or("", |(rest, ())| rest);
        let next = peek_word(behind);
        let is_mapping = mapping.eq_ignore_ascii_case("MAPPING")
            && (next.eq_ignore_ascii_case("FOR") || next.eq_ignore_ascii_case("IF"));
        if is_mapping { Second::Other } else { Second::Role { user: true } }
    } else if is("GROUP") {
        Second::Group
    } else if is("TABLESPACE") {
        Second::Tablespace
    } else if is("DATABASE") {
        Second::Database
    } else {
        Second::Other
    };
    Ok((behind, second))
}

#[cfg(test)]
mod tests;
