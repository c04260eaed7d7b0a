//! Why a statement was not read, and the way out.

use std::ops::Range;

use crate::sql::{Problem, SyntaxError};

/// What is wrong, and where.
pub(super) struct Reason {
    pub(super) offset: usize,
    pub(super) message: String,
    pub(super) help: Option<&'static str>,
}

const SCRATCH: &str = "let psql run the script on a server of your own that is empty, and dump that with pg_dumpall \
                       --globals-only; or write the statements out";

/// What a person wants to hear of a statement that is no statement of a globals dump.
pub(super) fn reason(text: &str, error: &SyntaxError) -> Reason {
    let at = |offset, message: String, help| Reason { offset, message, help: Some(help) };
    if is_message(text) {
        let message = "this is a message of pg_dumpall and no SQL".to_owned();
        return Reason { offset: error.offset, message, help: message_help(text) };
    }
    let rest = text.get(error.offset..).unwrap_or_default();
    if let Some(variable) = psql_variable(rest) {
        let message = format!("{variable} is a variable of psql, which only psql fills in");
        return at(
            error.offset,
            message,
            "write its value there; or let psql run the script on a server of \
            your own that is empty, and dump that with pg_dumpall --globals-only",
        );
    }
    if is_template(rest) || is_template(text) {
        let message = "this is a template that was not filled in".to_owned();
        return at(
            error.offset,
            message,
            "convert what the template gives when its values are filled in",
        );
    }
    if let Some(offset) = if_not_exists(text) {
        let message = "PostgreSQL has no IF NOT EXISTS for roles: no version takes this".to_owned();
        return at(
            offset,
            message,
            "take IF NOT EXISTS out; convert --if-not-exists writes a script that can \
            be run where the roles exist",
        );
    }
    if let Some(offset) = missing_semicolon(text, error.offset) {
        let message = "a semicolon seems to be missing in front of this line".to_owned();
        return at(offset, message, "end the statement in front of it with ;");
    }
    if let Some(clause) = foreign_clause(text, error.offset) {
        let message =
            "a clause of EDB Postgres Advanced Server, which PostgreSQL does not have".to_owned();
        let help = if clause.locks {
            "write NOLOGIN in its place: without it the role could log in"
        } else {
            "--drop-unknown leaves the clause out, and lists it"
        };
        return at(error.offset, message, help);
    }
    let message = error.to_string();
    let unsupported = matches!(error.problem, Problem::Unsupported(_));
    let help = message_help(text).or_else(|| match word_at(text, 0).to_ascii_uppercase().as_str() {
        "DO" => Some(
            "a DO block is a program, and what it does cannot be read from its text: let psql run the script on a \
             server of your own that is empty, and dump that with pg_dumpall --globals-only; or write the \
             statements out",
        ),
        "SELECT" | "WITH" | "CALL" | "EXECUTE" => Some(SCRATCH),
        _ if !unsupported => None,
        _ if may_be_dropped(text) => Some("--drop-unknown lists such statements as dropped instead"),
        _ => Some(
            "not even --drop-unknown leaves it out, since that could give more rights than before: \
             take it out of the dump yourself",
        ),
    });
    Reason { offset: error.offset, message, help }
}

/// The way out of what contradicts what was read before.
pub(super) fn refusal_help(why: &str) -> Option<&'static str> {
    if why.contains(" is created twice: ") {
        Some(
            "where several dumps or scripts were put into one file, convert each by itself; --rename gives another \
             name to a role that is not the same on both servers, and --exclude leaves one out",
        )
    } else if why.starts_with("SET ROLE") {
        Some(SCRATCH)
    } else {
        None
    }
}

/// Whether pg_dumpall's error messages went into the dump.
fn is_message(text: &str) -> bool {
    text.starts_with("pg_dumpall:")
}

fn message_help(text: &str) -> Option<&'static str> {
    if !is_message(text) && !text.contains("\npg_dumpall: ") {
        return None;
    }
    Some(if text.contains("pg_authid") {
        "it may not read passwords: dump again with --no-role-passwords, or as a superuser"
    } else {
        "pg_dumpall failed in the middle of its dump: make the dump again"
    })
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The word that begins there; empty where none does.
fn word_at(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or_default();
    &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())]
}

/// `:name`, `:'name'` or `:"name"`, which psql replaces, at the beginning of a text.
fn psql_variable(text: &str) -> Option<&str> {
    let behind = text.strip_prefix(':')?;
    let quote = behind.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let name = word_at(text, 1 + usize::from(quote.is_some()));
    if name.is_empty() {
        return None;
    }
    let end = 1 + name.len() + quote.map_or(0, |_| 1);
    match quote {
        Some(quote) => text[end..].starts_with(quote).then(|| &text[..=end]),
        None => Some(&text[..end]),
    }
}

fn is_template(text: &str) -> bool {
    const BEGINNINGS: [&str; 8] = ["{{", "{%", "{#", "${", "$(", "<%", "#{", "%("];
    let is_variable = text.strip_prefix('$').is_some_and(|rest| {
        let name = word_at(rest, 0);
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && !rest[name.len()..].starts_with('$')
    });
    let is_framed = [('<', '>'), ('%', '%'), ('@', '@'), ('{', '}')].iter().any(|(open, close)| {
        text.strip_prefix(*open).is_some_and(|rest| {
            let name = word_at(rest, 0);
            !name.is_empty() && rest[name.len()..].starts_with(*close)
        })
    });
    is_variable || is_framed || BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
}

/// Where `IF NOT EXISTS` stands behind CREATE ROLE, USER or GROUP.
fn if_not_exists(text: &str) -> Option<usize> {
    let mut words = Vec::new();
    let mut at = 0;
    while words.len() < 5 {
        at += text[at..].len() - text[at..].trim_start().len();
        let word = word_at(text, at);
        if word.is_empty() {
            return None;
        }
        words.push((at, word.to_ascii_uppercase()));
        at += word.len();
    }
    let is: Vec<&str> = words.iter().map(|(_, word)| word.as_str()).collect();
    matches!(is[..], ["CREATE", "ROLE" | "USER" | "GROUP", "IF", "NOT", "EXISTS"])
        .then(|| words[2].0)
}

/// Where the line of the place begins, where another statement does with it.
fn missing_semicolon(text: &str, offset: usize) -> Option<usize> {
    let line = text.get(..offset)?.rfind('\n')? + 1;
    let is_first = text[line..offset].trim().is_empty();
    let word = word_at(text, offset).to_ascii_uppercase();
    (is_first && STATEMENTS.contains(&word.as_str())).then_some(offset)
}

const STATEMENTS: [&str; 7] = ["CREATE", "ALTER", "DROP", "GRANT", "REVOKE", "COMMENT", "SECURITY"];

/// Where, on a line behind the first, another statement begins. Statements about databases are not
/// read to their end.
pub(super) fn next_statement(text: &str) -> Option<usize> {
    let starts = memchr::memchr_iter(b'\n', text.as_bytes()).map(|newline| newline + 1);
    starts.into_iter().find(|&start| {
        let word = text[start..].split(|c: char| !c.is_ascii_alphabetic()).next();
        word.is_some_and(|word| STATEMENTS.iter().any(|known| word.eq_ignore_ascii_case(known)))
    })
}

/// A clause that another product has.
pub(super) struct Clause {
    pub(super) range: Range<usize>,
    /// Whether it shuts the role out.
    pub(super) locks: bool,
}

/// The clause of EDB Postgres Advanced Server that stands at a place in CREATE or ALTER ROLE.
pub(super) fn foreign_clause(text: &str, offset: usize) -> Option<Clause> {
    let first = word_at(text, 0).to_ascii_uppercase();
    let second = text.split_whitespace().nth(1)?.to_ascii_uppercase();
    if !matches!(first.as_str(), "CREATE" | "ALTER") || !matches!(second.as_str(), "ROLE" | "USER")
    {
        return None;
    }
    let word = word_at(text, offset);
    let behind = offset + word.len();
    let next = behind + (text[behind..].len() - text[behind..].trim_start().len());
    let argument = word_at(text, next);
    if word.eq_ignore_ascii_case("PROFILE") {
        let end = if let Some(quoted) = text[next..].strip_prefix('"') {
            next + 1 + quoted.find('"')? + 1
        } else {
            next + argument.len()
        };
        (end > next).then_some(Clause { range: offset..end, locks: false })
    } else if word.eq_ignore_ascii_case("ACCOUNT") {
        let locks = argument.eq_ignore_ascii_case("LOCK");
        let known = locks || argument.eq_ignore_ascii_case("UNLOCK");
        known.then(|| Clause { range: offset..next + argument.len(), locks })
    } else {
        None
    }
}

/// Whether leaving a statement out that is not understood can only give less than it says.
/// What takes something away, or changes who acts, must not be left out; nor what is no statement
/// at all, or seems to be several of which one lost its semicolon.
pub(super) fn may_be_dropped(text: &str) -> bool {
    // Not DO and SELECT: what a program or a function does cannot be told.
    const GIVING: [&str; 7] =
        ["CREATE", "GRANT", "COMMENT", "SECURITY", "INSERT", "COPY", "ANALYZE"];
    const TAKING: [&str; 5] = ["CREATE", "ALTER", "DROP", "GRANT", "REVOKE"];
    let is =
        |word: &str, words: &[&str]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
    let first = word_at(text, 0);
    // Rules for passwords of EDB Postgres Advanced Server, which give nobody anything.
    let is_profile = is(first, &["ALTER", "DROP"])
        && text.split_whitespace().nth(1).is_some_and(|word| word.eq_ignore_ascii_case("PROFILE"));
    let begins_another = |line: &str| {
        let mut words = line.split(|c| !is_word(c)).filter(|word| !word.is_empty());
        let (word, next) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        line.starts_with(is_word)
            && (is(word, &TAKING)
                || is(word, &["COMMENT"]) && is(next, &["ON"])
                || is(word, &["SECURITY"]) && is(next, &["LABEL"])
                || is(word, &["SET"]) && is(next, &["ROLE", "SESSION", "LOCAL"]))
    };
    (is(first, &GIVING) || is_profile)
        && !outermost(text).split('\n').skip(1).any(|line| begins_another(line.trim_start()))
}

/// The text with blanks for what stands in parentheses, literals, quoted names, bodies and comments: a column
/// may be called comment, and a body has statements of its own.
fn outermost(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut depth = 0_usize;
    let mut before = ' ';
    let blank =
        |part: &str| part.chars().map(|c| if c == '\n' { c } else { ' ' }).collect::<String>();
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '\'' if matches!(before, 'E' | 'e') => escaped_literal(rest),
            '\'' | '"' => rest[1..].find(c).map_or(rest.len(), |at| at + 2),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |at| at + 2),
            '$' => match dollar_tag(rest) {
                Some(tag) => {
                    rest[tag.len()..].find(tag).map_or(rest.len(), |at| at + 2 * tag.len())
                }
                None => 1,
            },
            _ => c.len_utf8(),
        };
        let (part, behind) = rest.split_at(length);
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 0 || length > c.len_utf8() {
            out.push_str(&blank(part));
        } else {
            out.push_str(part);
        }
        before = c;
        rest = behind;
    }
    out
}

/// How long the literal at the beginning of a text is, in which a backslash takes the next character along.
fn escaped_literal(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => _ = chars.next(),
            '\'' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `$tag$` at the beginning of a text.
fn dollar_tag(text: &str) -> Option<&str> {
    let name = word_at(text, 1);
    let end = 1 + name.len();
    text[end..].starts_with('$').then(|| &text[..=end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        let error = crate::sql::parse(text).unwrap_err();
        let Reason { offset, message, help } = reason(text, &error);
        format!(
            "{offset}: {message} | {}",
            help.unwrap_or("-").split([':', ';', ',']).next().unwrap().trim_end()
        )
    }

    #[test]
    fn what_it_is_and_the_way_out() {
        let cases = [
            (
                "ALTER ROLE :\"PGUSER\" SET a.b = 1",
                "11: :\"PGUSER\" is a variable of psql, which only psql fills in | write its value there",
            ),
            (
                "CREATE USER a PASSWORD :'PW'",
                "23: :'PW' is a variable of psql, which only psql fills in | write its value there",
            ),
            (
                "GRANT a TO :NAME",
                "11: :NAME is a variable of psql, which only psql fills in | write its value there",
            ),
            (
                "CREATE ROLE ${APP} LOGIN",
                "12: this is a template that was not filled in | convert what the template gives when its values are filled in",
            ),
            (
                "{% if x %} CREATE ROLE a",
                "0: this is a template that was not filled in | convert what the template gives when its values are filled in",
            ),
            (
                "CREATE ROLE {{ app }}",
                "12: this is a template that was not filled in | convert what the template gives when its values are filled in",
            ),
            (
                "CREATE ROLE $APP_USER",
                "12: this is a template that was not filled in | convert what the template gives when its values are filled in",
            ),
            (
                "CREATE ROLE <name> LOGIN",
                "12: this is a template that was not filled in | convert what the template gives when its values are filled in",
            ),
            (
                "create user if not exists a",
                "12: PostgreSQL has no IF NOT EXISTS for roles: no version takes this | take IF NOT EXISTS out",
            ),
            (
                "ALTER ROLE a LOGIN\nCREATE ROLE b",
                "19: a semicolon seems to be missing in front of this line | end the statement in front of it with",
            ),
            (
                "GRANT a TO b\n  GRANT c TO d",
                "15: a semicolon seems to be missing in front of this line | end the statement in front of it with",
            ),
            (
                "ALTER ROLE a PROFILE p",
                "13: a clause of EDB Postgres Advanced Server, which PostgreSQL does not have | --drop-unknown leaves the clause out",
            ),
            (
                "ALTER ROLE a ACCOUNT LOCK",
                "13: a clause of EDB Postgres Advanced Server, which PostgreSQL does not have | write NOLOGIN in its place",
            ),
            ("ALTER ROLE a FROB", "13: expected a role option | -"),
            (
                "CREATE TABLE t ()",
                "0: CREATE TABLE is not a statement of a globals dump | --drop-unknown lists such statements as dropped instead",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(of(text), expected, "{text}");
        }
        assert!(of("DO $$ BEGIN CREATE ROLE a; END $$").contains("a DO block is a program"));
    }

    #[test]
    fn lists_and_bodies_are_not_looked_into() {
        for text in [
            "CREATE TABLE t (\n  id int,\n  comment text,\n  grant_date date\n)",
            "CREATE FUNCTION f() RETURNS void AS $$\nBEGIN\n  set_config('x', 'y', false);\n  ALTER ROLE a LOGIN;\nEND $$",
            "CREATE FUNCTION f() RETURNS void AS $x$\nDROP TABLE t;\n$x$\nSET search_path TO public",
            "CREATE FUNCTION f() RETURNS void LANGUAGE sql\nSECURITY DEFINER\nAS 'SELECT 1'",
            "CREATE TABLE t (a int)\n-- ALTER ROLE a LOGIN\nWITH (fillfactor = 70)",
            "COMMENT ON TABLE t IS 'x\nDROP ROLE a'",
            "ALTER PROFILE p LIMIT FAILED_LOGIN_ATTEMPTS 3",
            "CREATE PROFILE p",
        ] {
            assert!(may_be_dropped(text), "{text}");
        }
        for text in [
            "CREATE TABLE t (\n  id int\n)\nALTER ROLE a NOLOGIN",
            "GRANT SELECT ON t TO a\n  REVOKE x FROM y",
            "CREATE TABLE t (a int)\nSET ROLE b",
            "ALTER TABLE t OWNER TO a",
            "CREATE TABLE t (a text DEFAULT E'\\'')\nALTER ROLE a NOLOGIN",
            "DO $$ $$",
        ] {
            assert!(!may_be_dropped(text), "{text}");
        }
    }
}
