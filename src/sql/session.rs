//! Statements that set the session up or bracket the others.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{opt, value};
use nom::sequence::preceded;

use super::ast::{Session, SettingChange, SettingValue, Statement};
use super::error::{Fault, Parsed, Problem, expected};
use super::identifier::column_name;
use super::lex::{keyword, keywords, peek_word, symbol};
use super::literal::string;
use super::setting;
use super::unsupported::unsupported;

pub(super) fn session(text: &str) -> Parsed<'_, Statement<'_>> {
    let (rest, change) = if peek_word(text).eq_ignore_ascii_case("RESET") {
        preceded(keyword("RESET"), setting::reset_rest).parse(text)?
    } else {
        let (rest, ()) = keyword("SET")(text)?;
        if let Ok((rest, ())) = keyword("LOCAL")(rest) {
            let (rest, change) = setting::set_rest(rest)?;
            return finish(text, rest, true, change);
        }
        // `SET SESSION AUTHORIZATION` is a form of its own, `SET SESSION x` the same as `SET x`.
        let behind = keyword("SESSION")(rest).map_or("", |(rest, ())| rest);
        let word = peek_word(behind);
        let own = ["", "AUTHORIZATION", "CHARACTERISTICS", "TO"];
        let plain = own.iter().any(|k| word.eq_ignore_ascii_case(k)) && !behind.starts_with('"');
        setting::set_rest(if plain { rest } else { behind })?
    };
    finish(text, rest, false, change)
}

fn finish<'a>(
    text: &'a str,
    rest: &'a str,
    local: bool,
    change: SettingChange<'a>,
) -> Parsed<'a, Statement<'a>> {
    let authorization = |name: &str| name.eq_ignore_ascii_case("session_authorization");
    let session = match change {
        SettingChange::ResetAll => Session::Reset(None),
        SettingChange::Reset(name) if authorization(&name) => Session::Authorization(None),
        SettingChange::Reset(name) => Session::Reset(Some(name)),
        SettingChange::Set { name, value } if authorization(&name) => match value {
            SettingValue::Values(mut names) if names.len() == 1 => {
                Session::Authorization(names.pop())
            }
            _ => return expected(text, "SET SESSION AUTHORIZATION and one role"),
        },
        SettingChange::Set { value: SettingValue::FromCurrent, .. } => {
            return expected(text, "SET with a value");
        }
        SettingChange::Set { name, value } => Session::Set { local, name, value },
    };
    Ok((rest, Statement::Session(session)))
}

pub(super) fn transaction(text: &str) -> Parsed<'_, Statement<'_>> {
    // What follows is written whether it says so or not.
    let mode = |rest| opt(keywords(&["READ", "WRITE"])).parse(rest);
    if let Ok((rest, ())) = keywords(&["START", "TRANSACTION"])(text) {
        let (rest, _) = mode(rest)?;
        return Ok((rest, Statement::Session(Session::Begin)));
    }
    let (rest, session) = alt((
        value(Session::Begin, keyword("BEGIN")),
        value(Session::Commit, keyword("COMMIT")),
        value(Session::Commit, keyword("END")),
    ))
    .parse(text)?;
    let (rest, _) = opt(alt((keyword("WORK"), keyword("TRANSACTION")))).parse(rest)?;
    let (rest, _) = if session == Session::Begin { mode(rest)? } else { (rest, None) };
    Ok((rest, Statement::Session(session)))
}

/// `SELECT pg_catalog.binary_upgrade_set_next_pg_authid_oid('16427'::pg_catalog.oid)`.
pub(super) fn binary_upgrade(text: &str) -> Parsed<'_, Statement<'_>> {
    let (rest, ()) = keyword("SELECT")(text)?;
    let catalog = |rest| preceded(keyword("pg_catalog"), symbol(".")).parse(rest);
    let name = |rest| preceded(opt(catalog), column_name("a function")).parse(rest);
    let Ok((rest, function)) = name(rest) else { return unsupported(text) };
    if !function.starts_with("binary_upgrade_set_next_") {
        let problem = Problem::Unsupported("SELECT".to_owned());
        return Err(nom::Err::Failure(Fault { rest: text, problem }));
    }
    let (rest, ()) = symbol("(")(rest)?;
    let (after, oid) = string(rest)?;
    let Ok(oid) = oid.parse() else { return expected(rest, "an object identifier") };
    let cast = (symbol(":"), symbol(":"), opt(catalog), keyword("oid"));
    let (after, _) = (opt(cast), symbol(")")).parse(after)?;
    Ok((after, Statement::Session(Session::BinaryUpgrade { function, oid })))
}
