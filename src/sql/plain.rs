//! Which grammar reads a statement: by its first two words.

use super::ast::Statement;
use super::error::Parsed;
use super::lex::{peek_word, space};
use super::unsupported::unsupported;
use super::{comment, grant, role, session, setting, tablespace};

/// One statement that is no guard, without its semicolon.
pub(super) fn plain(text: &str) -> Parsed<'_, Statement<'_>> {
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
