//! `COMMENT` and `SECURITY LABEL` on roles and tablespaces.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt, value};
use nom::sequence::preceded;

use super::ast::{Object, Statement, Text};
use super::error::Parsed;
use super::identifier::column_name;
use super::lex::{keyword, keywords, peek_word};
use super::literal::string;
use super::setting::word_or_string;
use super::unsupported::unsupported;

pub(super) fn comment(text: &str) -> Parsed<'_, Statement<'_>> {
    let (rest, ()) = keywords(&["COMMENT", "ON"])(text)?;
    if peek_word(rest).eq_ignore_ascii_case("DATABASE") {
        return Ok(("", Statement::Database));
    }
    let (rest, Some(object)) = object(rest)? else { return unsupported(text) };
    let (rest, text) = preceded(keyword("IS"), literal_or_null).parse(rest)?;
    // To the server an empty comment is no comment.
    let text = text.filter(|text| !text.is_empty());
    Ok((rest, Statement::Comment { object, text }))
}

pub(super) fn security_label(text: &str) -> Parsed<'_, Statement<'_>> {
    let (rest, ()) = keywords(&["SECURITY", "LABEL"])(text)?;
    let (rest, provider) = opt(preceded(keyword("FOR"), word_or_string)).parse(rest)?;
    let (rest, ()) = keyword("ON")(rest)?;
    if peek_word(rest).eq_ignore_ascii_case("DATABASE") {
        return Ok(("", Statement::Database));
    }
    let (rest, Some(object)) = object(rest)? else { return unsupported(text) };
    let (rest, label) = preceded(keyword("IS"), literal_or_null).parse(rest)?;
    Ok((rest, Statement::SecurityLabel { provider, object, label }))
}

fn object(text: &str) -> Parsed<'_, Option<Object<'_>>> {
    let word = peek_word(text);
    if word.eq_ignore_ascii_case("ROLE") {
        let name = preceded(keyword("ROLE"), column_name("a role name"));
        map(name, |name| Some(Object::Role(name))).parse(text)
    } else if word.eq_ignore_ascii_case("TABLESPACE") {
        let name = preceded(keyword("TABLESPACE"), column_name("a tablespace name"));
        map(name, |name| Some(Object::Tablespace(name))).parse(text)
    } else {
        Ok((text, None))
    }
}

fn literal_or_null(text: &str) -> Parsed<'_, Option<Text<'_>>> {
    alt((value(None, keyword("NULL")), map(string, Some))).parse(text)
}
