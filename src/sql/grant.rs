//! `GRANT` and `REVOKE`, of roles and on parameters and tablespaces.

use std::borrow::Cow;

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{opt, value};
use nom::sequence::preceded;

use super::ast::{MembershipOption, ParameterPrivileges, Privileges, RoleSpec, Statement, Text};
use super::error::{Fault, Parsed, Problem, expected, invalid};
use super::identifier::{column_name, fold, granted_role_name};
use super::lex::{keyword, keywords, list1, maybe, peek_word, space};
use super::role::{granted_by, membership_options, role_spec};
use super::setting;

pub(super) fn grant(text: &str) -> Parsed<'_, Statement<'_>> {
    let (rest, ()) = keyword("GRANT")(text)?;
    match privileges(text, rest, "GRANT")? {
        (_, On::Database) => Ok(("", Statement::Database)),
        (rest, On::Object(privileges)) => {
            let (rest, grantees) = preceded(keyword("TO"), list1(grantee)).parse(rest)?;
            let (rest, option) = opt(keywords(&["WITH", "GRANT", "OPTION"])).parse(rest)?;
            let (rest, granted_by) = granted_by(rest)?;
            let grant_option = option.is_some();
            Ok((rest, Statement::Grant { privileges, grantees, grant_option, granted_by }))
        }
        (rest, On::Roles) => {
            let (rest, roles) = list1(granted_role)(rest)?;
            let (rest, ()) = keyword("TO")(rest)?;
            let (rest, members) = list1(role_spec)(rest)?;
            let (rest, options) = membership_options(rest)?;
            let (rest, granted_by) = granted_by(rest)?;
            Ok((rest, Statement::GrantRole { roles, members, options, granted_by }))
        }
    }
}

pub(super) fn revoke(text: &str) -> Parsed<'_, Statement<'_>> {
    let (rest, ()) = keyword("REVOKE")(text)?;
    let (behind, option) = option_for(rest)?;
    match privileges(text, behind, "REVOKE")? {
        (_, On::Database) => Ok(("", Statement::Database)),
        (after, On::Object(privileges)) => {
            let grant_option_only = match option {
                None => false,
                Some(OptionFor::Grant) => true,
                Some(OptionFor::Membership(_)) => return expected(rest, "GRANT OPTION FOR"),
            };
            let (after, grantees) = preceded(keyword("FROM"), list1(grantee)).parse(after)?;
            let (after, granted_by) = granted_by(after)?;
            let (after, cascade) = behavior(after)?;
            let statement =
                Statement::Revoke { privileges, grantees, grant_option_only, granted_by, cascade };
            Ok((after, statement))
        }
        (after, On::Roles) => {
            let option = match option {
                None => None,
                Some(OptionFor::Membership(option)) => Some(option),
                Some(OptionFor::Grant) => return expected(rest, "ADMIN OPTION FOR"),
            };
            let (after, roles) = list1(granted_role)(after)?;
            let (after, members) = preceded(keyword("FROM"), list1(role_spec)).parse(after)?;
            let (after, granted_by) = granted_by(after)?;
            let (after, cascade) = behavior(after)?;
            Ok((after, Statement::RevokeRole { option, roles, members, granted_by, cascade }))
        }
    }
}

#[derive(Clone, Copy)]
enum OptionFor {
    Grant,
    Membership(MembershipOption),
}

fn option_for(text: &str) -> Parsed<'_, Option<OptionFor>> {
    opt(alt((
        value(OptionFor::Grant, keywords(&["GRANT", "OPTION", "FOR"])),
        value(
            OptionFor::Membership(MembershipOption::Admin),
            keywords(&["ADMIN", "OPTION", "FOR"]),
        ),
        value(
            OptionFor::Membership(MembershipOption::Inherit),
            keywords(&["INHERIT", "OPTION", "FOR"]),
        ),
        value(OptionFor::Membership(MembershipOption::Set), keywords(&["SET", "OPTION", "FOR"])),
    )))
    .parse(text)
}

fn behavior(text: &str) -> Parsed<'_, bool> {
    let (rest, cascade) =
        opt(alt((value(true, keyword("CASCADE")), value(false, keyword("RESTRICT")))))
            .parse(text)?;
    Ok((rest, cascade.unwrap_or(false)))
}

/// A role that is granted: the grammar reads it as a privilege, so these keywords are names here.
fn granted_role(text: &str) -> Parsed<'_, Text<'_>> {
    let word = peek_word(text);
    let privilege = ["SELECT", "REFERENCES", "CREATE"].iter().any(|k| word.eq_ignore_ascii_case(k));
    if privilege {
        let (rest, ()) = space(&text[word.len()..])?;
        return Ok((rest, fold(word)));
    }
    granted_role_name(word, text)
}

fn grantee(text: &str) -> Parsed<'_, RoleSpec<'_>> {
    preceded(opt(keyword("GROUP")), role_spec).parse(text)
}

/// What a `GRANT` or `REVOKE` is about.
enum On<'a> {
    /// Roles: nothing of the text is consumed.
    Roles,
    /// Privileges on an object among the globals.
    Object(Privileges<'a>),
    /// Privileges on a database.
    Database,
}

/// Looks for `… ON kind names`; where no `ON` follows the privileges, roles are granted.
fn privileges<'a>(whole: &'a str, text: &'a str, verb: &'static str) -> Parsed<'a, On<'a>> {
    let Some((behind, words)) = words_before_on(text) else {
        return Ok((text, On::Roles));
    };
    let kind = peek_word(behind);
    let (rest, ()) = space(&behind[kind.len()..])?;
    if kind.eq_ignore_ascii_case("PARAMETER") {
        let Some(privileges) = parameter_privileges(&words) else {
            return invalid(text, "a parameter has the privileges SET and ALTER SYSTEM only");
        };
        let (rest, names) = list1(setting::name)(rest)?;
        Ok((rest, On::Object(Privileges::Parameter(privileges, names))))
    } else if kind.eq_ignore_ascii_case("TABLESPACE") {
        if words != ["all"] && words != ["create"] {
            return invalid(text, "a tablespace has the privilege CREATE only");
        }
        let (rest, names) = list1(column_name("a tablespace name"))(rest)?;
        Ok((rest, On::Object(Privileges::Tablespace(names))))
    } else if kind.eq_ignore_ascii_case("DATABASE") {
        Ok((rest, On::Database))
    } else {
        // A bare name behind ON is a table.
        let known =
            ["SCHEMA", "FUNCTION", "SEQUENCE", "LANGUAGE", "TYPE", "ALL", "LARGE", "FOREIGN"];
        let object = known.iter().find(|k| kind.eq_ignore_ascii_case(k)).unwrap_or(&"TABLE");
        let problem = Problem::Unsupported(format!("{verb} … ON {object}"));
        Err(nom::Err::Failure(Fault { rest: whole, problem }))
    }
}

/// The privileges in front of `ON`, in lower case, and the text behind it.
fn words_before_on(text: &str) -> Option<(&str, Vec<Cow<'_, str>>)> {
    let mut words = Vec::new();
    let mut rest = text;
    loop {
        let word = peek_word(rest);
        if word.is_empty() || word.eq_ignore_ascii_case("TO") || word.eq_ignore_ascii_case("FROM") {
            return None;
        }
        (rest, ()) = space(&rest[word.len()..]).ok()?;
        let mut privilege = fold(word);
        let second = peek_word(rest);
        if (privilege == "alter" && second.eq_ignore_ascii_case("SYSTEM"))
            || (privilege == "all" && second.eq_ignore_ascii_case("PRIVILEGES"))
        {
            (rest, ()) = space(&rest[second.len()..]).ok()?;
            if privilege == "alter" {
                privilege = Cow::Borrowed("alter system");
            }
        }
        if rest.starts_with('(') {
            // A list of columns: certainly not among the globals, but the object's kind is told.
            rest = space(&rest[rest.find(')')? + 1..]).ok()?.0;
        }
        let (behind, is_end) = maybe("ON")(rest).ok()?;
        if is_end {
            words.push(privilege);
            return Some((behind, words));
        }
        (rest, ()) = space(rest.strip_prefix(',')?).ok()?;
        words.push(privilege);
    }
}

fn parameter_privileges(words: &[Cow<'_, str>]) -> Option<ParameterPrivileges> {
    if words == ["all"] {
        return Some(ParameterPrivileges { set: true, alter_system: true });
    }
    let mut privileges = ParameterPrivileges::default();
    for word in words {
        match word.as_ref() {
            "set" => privileges.set = true,
            "alter system" => privileges.alter_system = true,
            _ => return None,
        }
    }
    Some(privileges)
}
