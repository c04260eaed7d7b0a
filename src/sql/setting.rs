//! Settings: `ALTER ROLE … SET`, `ALTER DATABASE … SET`, and what `SET` itself takes.

use std::borrow::Cow;

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt, value};
use nom::sequence::preceded;

use super::ast::{RoleSpec, SettingChange, SettingValue, Statement, Text};
use super::error::{Parsed, expected, invalid};
use super::identifier::{column_name, fold, non_reserved_word};
use super::interval::{self, Range};
use super::lex::{keyword, keywords, list1, peek_word, space, symbol};
use super::literal::{number, string};

/// What follows `ALTER ROLE x` or `ALTER ROLE ALL` when it is about settings.
pub(super) fn alter_role<'a>(
    text: &'a str,
    role: Option<RoleSpec<'a>>,
) -> Parsed<'a, Statement<'a>> {
    let mut database = preceded(keywords(&["IN", "DATABASE"]), column_name("a database name"));
    let (rest, database) = if peek_word(text).eq_ignore_ascii_case("IN") {
        map(|text| database.parse(text), Some).parse(text)?
    } else {
        (text, None)
    };
    let (rest, change) = change(rest)?;
    Ok((rest, Statement::AlterSetting { role, database, change }))
}

/// `ALTER DATABASE d SET …`: the same catalog row as `ALTER ROLE ALL IN DATABASE d SET …`.
/// Whatever else happens to a database is not among the globals.
pub(super) fn alter_database(text: &str) -> Parsed<'_, Statement<'_>> {
    let (rest, ()) = keyword("DATABASE")(text)?;
    let (rest, name) = column_name("a database name")(rest)?;
    let moves = keywords(&["SET", "TABLESPACE"])(rest).is_ok_and(|(rest, ())| {
        // A setting could be named so; only then `TO`, `=` or `FROM CURRENT` is behind the name.
        let word = peek_word(rest);
        let is_setting = ["TO", "FROM"].iter().any(|k| word.eq_ignore_ascii_case(k));
        !is_setting && !rest.starts_with(['=', '.'])
    });
    let word = peek_word(rest);
    if moves || !(word.eq_ignore_ascii_case("SET") || word.eq_ignore_ascii_case("RESET")) {
        return Ok(("", Statement::Database));
    }
    let (rest, change) = change(rest)?;
    Ok((rest, Statement::AlterSetting { role: None, database: Some(name), change }))
}

fn change(text: &str) -> Parsed<'_, SettingChange<'_>> {
    let word = peek_word(text);
    if word.eq_ignore_ascii_case("SET") {
        preceded(keyword("SET"), set_rest).parse(text)
    } else if word.eq_ignore_ascii_case("RESET") {
        preceded(keyword("RESET"), reset_rest).parse(text)
    } else {
        expected(text, "SET or RESET")
    }
}

/// What follows `RESET`.
pub(super) fn reset_rest(text: &str) -> Parsed<'_, SettingChange<'_>> {
    alt((
        value(SettingChange::ResetAll, keyword("ALL")),
        map(special_name, |name| SettingChange::Reset(Cow::Borrowed(name))),
        map(name, SettingChange::Reset),
    ))
    .parse(text)
}

/// Settings that have a spelling of several words when they are reset.
fn special_name(text: &str) -> Parsed<'_, &'static str> {
    alt((
        value("timezone", keywords(&["TIME", "ZONE"])),
        value("transaction_isolation", keywords(&["TRANSACTION", "ISOLATION", "LEVEL"])),
        value("session_authorization", keywords(&["SESSION", "AUTHORIZATION"])),
    ))
    .parse(text)
}

/// The name of a setting; a dotted one is one name, however it was quoted.
pub(super) fn name(text: &str) -> Parsed<'_, Text<'_>> {
    let part = || column_name("the name of a setting");
    let (mut text, mut whole) = part()(text)?;
    while text.starts_with('.') {
        let (rest, next) = preceded(symbol("."), part()).parse(text)?;
        whole = Cow::Owned(format!("{whole}.{next}"));
        text = rest;
    }
    Ok((text, whole))
}

/// What follows `SET`.
pub(super) fn set_rest(text: &str) -> Parsed<'_, SettingChange<'_>> {
    let word = peek_word(text);
    let behind = space(&text[word.len()..])?.0;
    let second = peek_word(behind);
    let are = |a: &str, b: &str| word.eq_ignore_ascii_case(a) && second.eq_ignore_ascii_case(b);
    // Words that begin a form of their own are names like any other in front of `TO`, `=` and
    // `FROM CURRENT`.
    let plain = behind.starts_with(['=', '.'])
        || ["TO", "FROM"].iter().any(|k| second.eq_ignore_ascii_case(k));
    if plain || word.is_empty() {
        return generic(text);
    }
    if are("TIME", "ZONE") {
        return map(preceded(keywords(&["TIME", "ZONE"]), zone), |zone| set("timezone", zone))
            .parse(text);
    }
    if are("SESSION", "AUTHORIZATION") {
        let value = preceded(keywords(&["SESSION", "AUTHORIZATION"]), word_or_string_or_default);
        return map(value, |value| set("session_authorization", value)).parse(text);
    }
    if are("XML", "OPTION") {
        let word =
            alt((value("document", keyword("DOCUMENT")), value("content", keyword("CONTENT"))));
        return map(preceded(keywords(&["XML", "OPTION"]), word), |word| {
            set("xmloption", SettingValue::Values(vec![word.into()]))
        })
        .parse(text);
    }
    let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
    if is("SCHEMA") {
        return map(preceded(keyword("SCHEMA"), string), |schema| {
            set("search_path", SettingValue::Values(vec![schema]))
        })
        .parse(text);
    }
    if is("NAMES") {
        let encoding = opt(alt((map(string, Some), value(None, keyword("DEFAULT")))));
        return map(preceded(keyword("NAMES"), encoding), |encoding| {
            let value = match encoding.flatten() {
                Some(name) => SettingValue::Values(vec![name]),
                None => SettingValue::Default,
            };
            set("client_encoding", value)
        })
        .parse(text);
    }
    if is("ROLE") {
        return map(preceded(keyword("ROLE"), word_or_string), |role| {
            set("role", SettingValue::Values(vec![role]))
        })
        .parse(text);
    }
    if is("TRANSACTION") || are("SESSION", "CHARACTERISTICS") || is("CATALOG") {
        return invalid(text, "this form of SET is not one of a globals dump");
    }
    generic(text)
}

/// `SET x TO DEFAULT` is `RESET x`.
fn set<'a>(name: impl Into<Text<'a>>, value: SettingValue<'a>) -> SettingChange<'a> {
    match value {
        SettingValue::Default => SettingChange::Reset(name.into()),
        value => SettingChange::Set { name: name.into(), value },
    }
}

fn generic(text: &str) -> Parsed<'_, SettingChange<'_>> {
    let (rest, name) = name(text)?;
    if keyword("FROM")(rest).is_ok() {
        let (rest, ()) = keywords(&["FROM", "CURRENT"])(rest)?;
        return Ok((rest, set(name, SettingValue::FromCurrent)));
    }
    let (rest, ()) = alt((keyword("TO"), symbol("=")))
        .parse(rest)
        .or_else(|_: nom::Err<_>| expected(rest, "TO or ="))?;
    // pg_dumpall up to 18 writes an empty list as nothing at all, 19 as NULL.
    if rest.is_empty() || rest.starts_with(';') {
        return Ok((rest, set(name, SettingValue::Empty)));
    }
    if let Ok((rest, ())) = keyword("NULL")(rest) {
        return Ok((rest, set(name, SettingValue::Empty)));
    }
    if let Ok((rest, ())) = keyword("DEFAULT")(rest) {
        return Ok((rest, set(name, SettingValue::Default)));
    }
    let (rest, values) = list1(setting_value)(rest)?;
    Ok((rest, set(name, SettingValue::Values(values))))
}

/// One value: a literal, a number, or a word.
fn setting_value(text: &str) -> Parsed<'_, Text<'_>> {
    match text.as_bytes().first() {
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => number(text),
        // No name for the server, but what pg_dumpall wrote for a list's empty element until
        // August 2018.
        Some(b'"') if text.starts_with("\"\"") && !text.starts_with("\"\"\"") => {
            let (rest, ()) = space(&text[2..])?;
            Ok((rest, Cow::Borrowed("")))
        }
        _ => {
            let word = peek_word(text);
            let boolean = ["TRUE", "FALSE", "ON"].iter().any(|k| word.eq_ignore_ascii_case(k));
            if boolean {
                let (rest, ()) = space(&text[word.len()..])?;
                return Ok((rest, fold(word)));
            }
            word_or_string(text)
        }
    }
}

/// `NonReservedWord_or_Sconst` of `gram.y`.
pub(super) fn word_or_string(text: &str) -> Parsed<'_, Text<'_>> {
    if peek_word(text).is_empty() && !text.starts_with(['"', 'u', 'U']) {
        return match string(text) {
            Err(nom::Err::Error(_)) => expected(text, "a value"),
            other => other,
        };
    }
    alt((string, non_reserved_word("a value"))).parse(text)
}

fn word_or_string_or_default(text: &str) -> Parsed<'_, SettingValue<'_>> {
    alt((
        value(SettingValue::Default, keyword("DEFAULT")),
        map(word_or_string, |word| SettingValue::Values(vec![word])),
    ))
    .parse(text)
}

/// The zone of `SET TIME ZONE`; an interval becomes the text that the server stores.
fn zone(text: &str) -> Parsed<'_, SettingValue<'_>> {
    let one = |value: Text<'_>| SettingValue::Values(vec![value.into_owned().into()]);
    let word = peek_word(text);
    if word.eq_ignore_ascii_case("DEFAULT") || word.eq_ignore_ascii_case("LOCAL") {
        let (rest, ()) = space(&text[word.len()..])?;
        return Ok((rest, SettingValue::Default));
    }
    if word.eq_ignore_ascii_case("INTERVAL") {
        let (literal, ()) = keyword("INTERVAL")(text)?;
        let precision = (symbol("("), number, symbol(")"));
        let (rest, interval) = preceded(opt(precision), string).parse(literal)?;
        let (rest, range) = opt(alt((
            value(Range::HourToMinute, keywords(&["HOUR", "TO", "MINUTE"])),
            value(Range::Hour, keyword("HOUR")),
            value(Range::Minute, keyword("MINUTE")),
        )))
        .parse(rest)?;
        let Some(seconds) = interval::seconds(&interval, range.unwrap_or(Range::All)) else {
            return expected(literal, "hours and minutes, as in INTERVAL '+02:00' HOUR TO MINUTE");
        };
        return Ok((rest, one(interval::stored(seconds).into())));
    }
    map(alt((string, number, non_reserved_word("a time zone"))), one).parse(text)
}
