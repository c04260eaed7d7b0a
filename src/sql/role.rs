//! `CREATE`, `ALTER`, `RENAME` and `DROP` of roles, users and groups.

use std::borrow::Cow;

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt, value};
use nom::sequence::preceded;

use super::ast::{Hidden, MembershipOptions, RoleOption, RoleSpec, Statement, Text};
use super::error::{Parsed, expected, invalid};
use super::identifier::{fold, quoted_name, role_name};
use super::lex::{keyword, keywords, list1, maybe, peek_word, space};
use super::literal::{integer, string};
use super::setting;
use crate::attribute::Attribute;

/// A role where `PUBLIC` and `CURRENT_USER` are allowed, or refused by what the statement means.
pub(super) fn role_spec(text: &str) -> Parsed<'_, RoleSpec<'_>> {
    role_spec_of(peek_word(text), text)
}

/// Such a role, which begins with the bare word `word`.
fn role_spec_of<'a>(word: &'a str, text: &'a str) -> Parsed<'a, RoleSpec<'a>> {
    let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
    let spec = if is("CURRENT_USER") || is("CURRENT_ROLE") {
        RoleSpec::CurrentUser
    } else if is("SESSION_USER") {
        RoleSpec::SessionUser
    } else {
        let (rest, name) = role_name(word, text)?;
        // Even quoted, these two are no names (`check_rolespec_name`, `gram.y`).
        return match name.as_ref() {
            "public" => Ok((rest, RoleSpec::Public)),
            "none" => invalid(text, "role name \"none\" is reserved"),
            _ => Ok((rest, RoleSpec::Name(name))),
        };
    };
    let (rest, ()) = space(&text[word.len()..])?;
    Ok((rest, spec))
}

/// The name of a role that is created or renamed.
fn role_id(text: &str) -> Parsed<'_, Text<'_>> {
    match role_spec(text)? {
        (rest, RoleSpec::Name(name)) => Ok((rest, name)),
        (_, RoleSpec::Public) => invalid(text, "role name \"public\" is reserved"),
        _ => invalid(text, "CURRENT_USER and SESSION_USER cannot be used as a role name here"),
    }
}

/// What follows `CREATE ROLE`, `CREATE USER` or `CREATE GROUP`.
pub(super) fn create(text: &str, user: bool) -> Parsed<'_, Statement<'_>> {
    let (rest, name) = role_id(text)?;
    let (rest, _) = maybe("WITH")(rest)?;
    let (rest, mut options) = options(rest, true)?;
    let says_login = |o: &RoleOption<'_>| matches!(o, RoleOption::Attribute(Attribute::Login, _));
    if user && !options.iter().any(says_login) {
        options.insert(0, RoleOption::Attribute(Attribute::Login, true));
    }
    Ok((rest, Statement::CreateRole { name, options }))
}

/// What follows `ALTER ROLE` or `ALTER USER`.
pub(super) fn alter(text: &str) -> Parsed<'_, Statement<'_>> {
    let word = peek_word(text);
    if word.eq_ignore_ascii_case("ALL") {
        let (rest, ()) = space(&text[word.len()..])?;
        return setting::alter_role(rest, None);
    }
    let (rest, role) = role_spec_of(word, text)?;
    let word = peek_word(rest);
    let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
    if is("RENAME") {
        return rename(rest, role);
    }
    if is("SET") || is("RESET") || is("IN") {
        return setting::alter_role(rest, Some(role));
    }
    let (rest, _) = maybe("WITH")(rest)?;
    let (rest, options) = options(rest, false)?;
    Ok((rest, Statement::AlterRole { role, options }))
}

fn rename<'a>(text: &'a str, role: RoleSpec<'a>) -> Parsed<'a, Statement<'a>> {
    let RoleSpec::Name(from) = role else {
        return invalid(text, "only a role that is named can be renamed");
    };
    map(preceded(keywords(&["RENAME", "TO"]), role_id), move |to| Statement::RenameRole {
        from: from.clone(),
        to,
    })
    .parse(text)
}

/// What follows `ALTER GROUP`, which only adds and drops members, and renames.
pub(super) fn alter_group(text: &str) -> Parsed<'_, Statement<'_>> {
    let (behind, role) = role_spec(text)?;
    if peek_word(behind).eq_ignore_ascii_case("RENAME") {
        return rename(behind, role);
    }
    let RoleSpec::Name(group) = role else {
        return invalid(text, "only a group that is named can be altered");
    };
    let (behind, add) = alt((value(true, keyword("ADD")), value(false, keyword("DROP"))))
        .parse(behind)
        .or_else(|_: nom::Err<_>| expected(behind, "ADD or DROP"))?;
    let (behind, members) = preceded(keyword("USER"), list1(role_spec)).parse(behind)?;
    let roles = vec![group];
    let statement = if add {
        let options = MembershipOptions::default();
        Statement::GrantRole { roles, members, options, granted_by: None }
    } else {
        Statement::RevokeRole { option: None, roles, members, granted_by: None, cascade: false }
    };
    Ok((behind, statement))
}

/// What follows `DROP ROLE`, `DROP USER` or `DROP GROUP`.
pub(super) fn drop(text: &str) -> Parsed<'_, Statement<'_>> {
    let (rest, if_exists) = opt(keywords(&["IF", "EXISTS"])).parse(text)?;
    let (rest, roles) = list1(role_spec)(rest)?;
    Ok((rest, Statement::DropRole { if_exists: if_exists.is_some(), roles }))
}

/// The options up to the end of the statement.
fn options(mut text: &str, create: bool) -> Parsed<'_, Vec<RoleOption<'_>>> {
    // pg_dumpall writes seven attributes, a limit, a password and an expiry.
    let mut options = Vec::with_capacity(10);
    let mut seen = 0_u32;
    while !text.is_empty() && !text.starts_with(';') {
        let (rest, option) = role_option(text, create)?;
        let bit = 1 << number_of(&option);
        if seen & bit != 0 {
            return invalid(text, "conflicting or redundant options");
        }
        seen |= bit;
        options.push(option);
        text = rest;
    }
    Ok((text, options))
}

/// Options of the same number cannot stand beside each other.
fn number_of(option: &RoleOption<'_>) -> u32 {
    match option {
        RoleOption::Attribute(attribute, _) => *attribute as u32,
        RoleOption::ConnectionLimit(_) => 16,
        RoleOption::Password(_) => 17,
        RoleOption::ValidUntil(_) => 18,
        RoleOption::SysId(_) => 19,
        RoleOption::InRole(_) => 20,
        RoleOption::Role(_) => 21,
        RoleOption::Admin(_) => 22,
    }
}

fn role_option(text: &str, create: bool) -> Parsed<'_, RoleOption<'_>> {
    const WHAT: &str = "a role option";
    let word = peek_word(text);
    if word.is_empty() {
        // The server compares option names after decoding: `"superuser"` is SUPERUSER.
        let (rest, name) = quoted_name(text, WHAT)?;
        return match attribute(name.as_bytes()) {
            Some(option) if !matches!(name.as_ref(), "inherit") => Ok((rest, option)),
            _ => expected(text, WHAT),
        };
    }
    if let Some(option) = attribute(lower(word, &mut [0; 16])) {
        let (rest, ()) = space(&text[word.len()..])?;
        return Ok((rest, option));
    }
    let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
    if is("PASSWORD") || is("ENCRYPTED") || is("UNENCRYPTED") {
        password(text)
    } else if is("CONNECTION") {
        let (rest, ()) = keywords(&["CONNECTION", "LIMIT"])(text)?;
        let (behind, limit) = integer("a connection limit")(rest)?;
        if limit < -1 {
            return invalid(rest, format!("invalid connection limit: {limit}"));
        }
        Ok((behind, RoleOption::ConnectionLimit(limit)))
    } else if is("VALID") {
        map(preceded(keywords(&["VALID", "UNTIL"]), string), RoleOption::ValidUntil).parse(text)
    } else if is("USER") || (create && is("ROLE")) {
        let lists = alt((keyword("USER"), keyword("ROLE")));
        map(preceded(lists, list1(role_spec)), RoleOption::Role).parse(text)
    } else if create && is("ADMIN") {
        map(preceded(keyword("ADMIN"), list1(role_spec)), RoleOption::Admin).parse(text)
    } else if create && is("IN") {
        let kinds = alt((keywords(&["IN", "ROLE"]), keywords(&["IN", "GROUP"])));
        map(preceded(kinds, list1(role_spec)), RoleOption::InRole).parse(text)
    } else if create && is("SYSID") {
        let (rest, ()) = keyword("SYSID")(text)?;
        if rest.starts_with(['+', '-']) {
            return expected(rest, "a number without a sign");
        }
        map(integer("a number"), RoleOption::SysId).parse(rest)
    } else {
        expected(text, WHAT)
    }
}

/// The attribute that a decoded option name stands for. The server compares with lower case only:
/// a quoted `"SUPERUSER"` is no option.
fn attribute(name: &[u8]) -> Option<RoleOption<'static>> {
    let (attribute, given) = match name {
        // The second spellings are those of 9.5 and before.
        b"superuser" | b"createuser" => (Attribute::Superuser, true),
        b"nosuperuser" | b"nocreateuser" => (Attribute::Superuser, false),
        b"inherit" => (Attribute::Inherit, true),
        b"noinherit" => (Attribute::Inherit, false),
        b"createrole" => (Attribute::CreateRole, true),
        b"nocreaterole" => (Attribute::CreateRole, false),
        b"createdb" => (Attribute::CreateDb, true),
        b"nocreatedb" => (Attribute::CreateDb, false),
        b"login" => (Attribute::Login, true),
        b"nologin" => (Attribute::Login, false),
        b"replication" => (Attribute::Replication, true),
        b"noreplication" => (Attribute::Replication, false),
        b"bypassrls" => (Attribute::BypassRls, true),
        b"nobypassrls" => (Attribute::BypassRls, false),
        _ => return None,
    };
    Some(RoleOption::Attribute(attribute, given))
}

/// The lower-case form of a word that may be an option, without an allocation: the longest has 13
/// letters.
fn lower<'a>(word: &str, buffer: &'a mut [u8; 16]) -> &'a [u8] {
    let Some(place) = buffer.get_mut(..word.len()) else { return b"" };
    place.copy_from_slice(word.as_bytes());
    place.make_ascii_lowercase();
    place
}

fn password(text: &str) -> Parsed<'_, RoleOption<'_>> {
    let (rest, encrypted) = maybe("ENCRYPTED")(text)?;
    let (rest, unencrypted) = if encrypted { (rest, false) } else { maybe("UNENCRYPTED")(rest)? };
    let (rest, ()) = keyword("PASSWORD")(rest)?;
    if !encrypted && !unencrypted && peek_word(rest).eq_ignore_ascii_case("NULL") {
        let (rest, ()) = keyword("NULL")(rest)?;
        return Ok((rest, RoleOption::Password(None)));
    }
    let (rest, literal) = string(rest)?;
    // To the server an empty password is no password.
    let literal = Some(literal).filter(|text| !text.is_empty());
    Ok((rest, RoleOption::Password(literal.map(Hidden))))
}

/// `GRANTED BY grantor`, which may be missing.
pub(super) fn granted_by(text: &str) -> Parsed<'_, Option<RoleSpec<'_>>> {
    let (rest, is_there) = maybe("GRANTED")(text)?;
    if !is_there {
        return Ok((text, None));
    }
    let (rest, ()) = keyword("BY")(rest)?;
    let (rest, role) = role_spec(rest)?;
    Ok((rest, Some(role)))
}

/// `WITH option, …` of a granted role.
pub(super) fn membership_options(text: &str) -> Parsed<'_, MembershipOptions> {
    let mut options = MembershipOptions::default();
    let (mut text, with) = maybe("WITH")(text)?;
    if !with {
        return Ok((text, options));
    }
    loop {
        let word = peek_word(text);
        let (rest, name): (_, Cow<'_, str>) = if word.is_empty() {
            quoted_name(text, "ADMIN, INHERIT or SET")?
        } else {
            let (rest, ()) = space(&text[word.len()..])?;
            (rest, fold(word))
        };
        let slot = match name.as_ref() {
            "admin" => &mut options.admin,
            "inherit" => &mut options.inherit,
            "set" => &mut options.set,
            _ => return expected(text, "ADMIN, INHERIT or SET"),
        };
        if slot.is_some() {
            return invalid(text, "conflicting or redundant options");
        }
        let word = peek_word(rest);
        let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
        if !is("OPTION") && !is("TRUE") && !is("FALSE") {
            return expected(rest, "OPTION, TRUE or FALSE");
        }
        *slot = Some(!is("FALSE"));
        let (rest, ()) = space(&rest[word.len()..])?;
        match rest.strip_prefix(',') {
            Some(behind) => (text, ()) = space(behind)?,
            None => return Ok((rest, options)),
        }
    }
}
