//! `CREATE`, `ALTER` and `DROP TABLESPACE`.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt};
use nom::sequence::{delimited, preceded};

use super::ast::{Statement, TablespaceChange, Text};
use super::error::Parsed;
use super::identifier::column_name;
use super::lex::{keyword, keywords, list1, symbol};
use super::literal::{number, string};
use super::role::role_spec;
use super::setting::word_or_string;

const NAME: &str = "a tablespace name";

pub(super) fn create(text: &str) -> Parsed<'_, Statement<'_>> {
    let (rest, name) = preceded(keyword("TABLESPACE"), column_name(NAME)).parse(text)?;
    let (rest, owner) = opt(preceded(keyword("OWNER"), role_spec)).parse(rest)?;
    let (rest, location) = preceded(keyword("LOCATION"), string).parse(rest)?;
    let (rest, options) = opt(preceded(keyword("WITH"), parenthesized)).parse(rest)?;
    let options = options.unwrap_or_default();
    Ok((rest, Statement::CreateTablespace { name, owner, location, options }))
}

pub(super) fn alter(text: &str) -> Parsed<'_, Statement<'_>> {
    let (rest, name) = preceded(keyword("TABLESPACE"), column_name(NAME)).parse(text)?;
    let names = delimited(symbol("("), list1(option_name), symbol(")"));
    let (rest, change) = alt((
        map(preceded(keyword("SET"), parenthesized), TablespaceChange::Set),
        map(preceded(keyword("RESET"), names), TablespaceChange::Reset),
        map(preceded(keywords(&["OWNER", "TO"]), role_spec), TablespaceChange::Owner),
        map(preceded(keywords(&["RENAME", "TO"]), column_name(NAME)), TablespaceChange::Rename),
    ))
    .parse(rest)?;
    Ok((rest, Statement::AlterTablespace { name, change }))
}

pub(super) fn drop(text: &str) -> Parsed<'_, Statement<'_>> {
    let (rest, ()) = keyword("TABLESPACE")(text)?;
    let (rest, if_exists) = opt(keywords(&["IF", "EXISTS"])).parse(rest)?;
    let (rest, name) = column_name(NAME)(rest)?;
    Ok((rest, Statement::DropTablespace { if_exists: if_exists.is_some(), name }))
}

fn parenthesized(text: &str) -> Parsed<'_, Vec<(Text<'_>, Text<'_>)>> {
    delimited(symbol("("), list1(option), symbol(")")).parse(text)
}

fn option(text: &str) -> Parsed<'_, (Text<'_>, Text<'_>)> {
    let (rest, name) = option_name(text)?;
    let (rest, ()) = symbol("=")(rest)?;
    let (rest, value) = alt((number, string, word_or_string)).parse(rest)?;
    Ok((rest, (name, value)))
}

fn option_name(text: &str) -> Parsed<'_, Text<'_>> {
    column_name("the name of a storage option")(text)
}
