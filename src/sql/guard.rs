//! The guards that scripts of ours carry: `DO` blocks of exactly four shapes.
//!
//! Any other `DO` is refused: what a program would do cannot be read from its text.

use std::borrow::Cow;
use std::fmt::Write as _;

use nom::Parser;
use nom::multi::many1;
use nom::sequence::terminated;

use super::ast::{RoleOption, Statement, Text};
use super::error::{Fault, Parsed, Problem, expected};
use super::lex::{keyword, space, symbol};
use super::literal::string;
use super::plain::plain;
use super::print::print_plain;
use super::quote::push_literal;
use crate::attribute::Attribute;
use crate::version::Major;

/// What the guards look at. Operators are qualified like functions: sections of a script are replayed by
/// themselves, and in a database whose owner set its `search_path` others would run in their place.
/// `IN` would look for `=` there, too.
struct Words {
    version_if: &'static str,
    database_if: &'static str,
    role_if: &'static str,
    role_elsif: &'static str,
    /// What is never touched, even if it exists: who replays the script, whom only a superuser alters,
    /// and whoever can become one of these.
    untouched: &'static str,
    /// And the members of this role.
    admin: &'static str,
    raise: &'static str,
    message: &'static str,
    /// Who is a member of a role that exists, which the script does not take back.
    members: Option<(&'static str, &'static str)>,
    /// And what such a role has by its attributes and its memberships, which the script's members of it get.
    rights: Option<Rights>,
}

/// Round the names of attributes, and round the name of the role.
struct Rights {
    attributes: [&'static str; 2],
    memberships: [&'static str; 2],
}

const WORDS: Words = Words {
    version_if: "\nBEGIN\n  IF pg_catalog.current_setting('server_version_num')::integer \
                 OPERATOR(pg_catalog./) 10000 OPERATOR(pg_catalog.<>) ",
    database_if: "\nBEGIN\n  IF EXISTS (SELECT FROM pg_catalog.pg_database \
                  WHERE datname OPERATOR(pg_catalog.=) ",
    role_if: "\nBEGIN\n  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles \
              WHERE rolname OPERATOR(pg_catalog.=) ",
    // A superuser is a member of every role.
    role_elsif: "  ELSIF EXISTS (SELECT FROM pg_catalog.pg_roles r, pg_catalog.pg_roles a \
                 WHERE r.rolname OPERATOR(pg_catalog.=) ",
    untouched: " AND (r.rolname OPERATOR(pg_catalog.=) current_user \
                OR r.rolname OPERATOR(pg_catalog.=) session_user \
                OR r.oid OPERATOR(pg_catalog.=) '10' \
                OR pg_catalog.pg_has_role(r.oid, a.oid, 'MEMBER') \
                AND (NOT pg_catalog.current_setting('is_superuser')::boolean AND (a.rolsuper \
                OR a.rolname OPERATOR(pg_catalog.=) current_user \
                OR a.rolname OPERATOR(pg_catalog.=) session_user)",
    admin: " OR NOT r.rolsuper AND a.rolname OPERATOR(pg_catalog.=) ",
    raise: "))) THEN\n    RAISE EXCEPTION USING MESSAGE = ",
    message: "this role replays the script, or is a superuser or an administrator, and is never \
              touched: convert again with --exclude or --rename: ",
    members: Some((
        ",\n      (SELECT pg_catalog.concat('; it keeps its members: ', \
         pg_catalog.string_agg(DISTINCT pg_catalog.quote_ident(m.rolname), ', '))\n      \
         FROM pg_catalog.pg_auth_members g, pg_catalog.pg_roles r, pg_catalog.pg_roles m\n      \
         WHERE g.roleid OPERATOR(pg_catalog.=) r.oid AND g.member OPERATOR(pg_catalog.=) m.oid\n      \
         AND m.rolname OPERATOR(pg_catalog.<>) current_user AND r.rolname OPERATOR(pg_catalog.=) ",
        "\n      HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0)",
    )),
    rights: Some(Rights {
        attributes: [
            ",\n      (SELECT '; it has ' OPERATOR(pg_catalog.||) pg_catalog.concat_ws(', '",
            ")\n      FROM pg_catalog.pg_roles r WHERE r.rolname OPERATOR(pg_catalog.=) ",
        ],
        memberships: [
            ",\n      (SELECT pg_catalog.concat('; it is a member of: ', \
             pg_catalog.string_agg(DISTINCT pg_catalog.quote_ident(r.rolname), ', '))\n      \
             FROM pg_catalog.pg_auth_members g, pg_catalog.pg_roles r, pg_catalog.pg_roles m\n      \
             WHERE g.roleid OPERATOR(pg_catalog.=) r.oid AND g.member OPERATOR(pg_catalog.=) m.oid\n      \
             AND m.rolname OPERATOR(pg_catalog.=) ",
            "\n      HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0)",
        ],
    }),
};

/// In scripts of earlier releases, which are still read.
const WITHOUT_RIGHTS: Words = Words { rights: None, ..WORDS };
const WITHOUT_MEMBERS: Words = Words { members: None, rights: None, ..WORDS };
const EARLIER: Words = Words {
    version_if: "\nBEGIN\n  IF pg_catalog.current_setting('server_version_num')::integer / 10000 <> ",
    database_if: "\nBEGIN\n  IF EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = ",
    role_if: "\nBEGIN\n  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ",
    role_elsif: "  ELSIF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ",
    untouched: " AND (rolname IN (current_user, session_user) OR rolsuper \
                AND NOT pg_catalog.current_setting('is_superuser')::boolean",
    admin: "",
    raise: ")) THEN\n    RAISE EXCEPTION USING MESSAGE = ",
    message: "this role replays the script or is a superuser, and is never touched: convert again \
              with --exclude or --rename: ",
    members: None,
    rights: None,
};

/// `pg_settings` does not show the source of `role`. The owner of a database, and whoever is a member of it, can
/// set it for everybody who connects, and reset it before anybody looks. That is of use to them where they are
/// members of the role that the session acts as; what is set for the connected role is its own reason.
const SET_ROLE: &str = "
BEGIN
  IF current_user OPERATOR(pg_catalog.<>) session_user
    AND EXISTS (SELECT FROM pg_catalog.pg_database d, pg_catalog.pg_roles r
      WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
      AND NOT r.rolsuper AND r.rolname OPERATOR(pg_catalog.<>) session_user
      AND pg_catalog.pg_has_role(r.oid, d.datdba, 'MEMBER')
      AND pg_catalog.pg_has_role(r.oid, current_user, 'MEMBER'))
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_db_role_setting s, pg_catalog.pg_roles r, pg_catalog.pg_database d
      WHERE r.rolname OPERATOR(pg_catalog.=) session_user AND s.setrole OPERATOR(pg_catalog.=) r.oid
      AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
      AND (s.setdatabase OPERATOR(pg_catalog.=) '0' OR s.setdatabase OPERATOR(pg_catalog.=) d.oid)
      AND pg_catalog.concat('role=', current_user) OPERATOR(pg_catalog.=) ANY (s.setconfig)) THEN
    RAISE EXCEPTION 'the session of % acts as %, which the owner of this database can bring about, who would administer what is created: run this script in another database',
      session_user, current_user;
  END IF;
END
";

/// What scripts had before, and is still read.
const EARLIER_SET_ROLE: &str = "
BEGIN
  IF current_user OPERATOR(pg_catalog.<>) session_user
    AND EXISTS (SELECT FROM pg_catalog.pg_db_role_setting s, pg_catalog.pg_database d
      WHERE s.setrole OPERATOR(pg_catalog.=) '0' AND d.oid OPERATOR(pg_catalog.=) s.setdatabase
      AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
      AND pg_catalog.concat('role=', current_user) OPERATOR(pg_catalog.=) ANY (s.setconfig)) THEN
    RAISE EXCEPTION 'a setting of the database % makes % act as %: run this script in another database',
      pg_catalog.current_database(), session_user, current_user;
  END IF;
END
";

/// What to do on a server of another version.
const CONVERT_AGAIN: &str = "make it again with --target-version";
const COMPARE_AGAIN: &str = "it is another server: compare with that one";
const THEN: &str = ") THEN\n";
const OWNED: &str = " AND pg_catalog.pg_has_role(datdba, 'USAGE')";
const NOTICE: &str = "  ELSE\n    RAISE NOTICE USING MESSAGE = ";
const END: &str = "  END IF;\nEND\n";

/// Writes a guard; any other statement is none.
pub(super) fn print_guard(guard: &Statement<'_>, out: &mut String) {
    print_with(&WORDS, guard, out);
}

fn print_with(words: &Words, guard: &Statement<'_>, out: &mut String) {
    match guard {
        Statement::VersionGuard { major, one_server } => version(words, *major, *one_server, out),
        Statement::SetRoleGuard => block(SET_ROLE, out),
        Statement::DatabaseGuard { database, owned, statements } => {
            in_database(words, database, *owned, statements, out);
        }
        Statement::RoleGuard { role, admin, create } => {
            new_role(words, role, admin.as_deref(), create, out);
        }
        _ => {}
    }
}

fn version(words: &Words, major: Major, one_server: bool, out: &mut String) {
    let remedy = if one_server { COMPARE_AGAIN } else { CONVERT_AGAIN };
    let number = major.number();
    let body = format!(
        "{}{number} THEN\n    RAISE EXCEPTION 'this script was made for PostgreSQL {number}, \
         this server is %: {remedy}', pg_catalog.current_setting('server_version');\n{END}",
        words.version_if
    );
    block(&body, out);
}

fn in_database(
    words: &Words,
    database: &str,
    owned: bool,
    statements: &[Statement<'_>],
    out: &mut String,
) {
    let notice = if owned {
        "this database does not exist yet, or is another's: its owner may run this section: "
    } else {
        "this database does not exist yet: run this section again when it does: "
    };
    let mut body = String::from(words.database_if);
    push_literal(database, &mut body);
    body.push_str(if owned { OWNED } else { "" });
    body.push_str(THEN);
    inner(statements, &mut body);
    body.push_str(NOTICE);
    push_literal(&format!("{notice}{database}"), &mut body);
    body.push_str(";\n");
    body.push_str(END);
    block(&body, out);
}

fn new_role(
    words: &Words,
    role: &str,
    admin: Option<&str>,
    create: &Statement<'_>,
    out: &mut String,
) {
    let mut body = String::from(words.role_if);
    push_literal(role, &mut body);
    body.push_str(THEN);
    inner(std::slice::from_ref(create), &mut body);
    body.push_str(words.role_elsif);
    push_literal(role, &mut body);
    body.push_str(words.untouched);
    if let Some(admin) = admin {
        body.push_str(words.admin);
        push_literal(admin, &mut body);
    }
    body.push_str(words.raise);
    push_literal(&format!("{}{role}", words.message), &mut body);
    body.push_str(";\n");
    body.push_str(NOTICE);
    let exists = format!("this role exists, its attributes stay as they are: {role}");
    if let Some((of, more)) = words.members {
        body.push_str("pg_catalog.concat(");
        push_literal(&exists, &mut body);
        body.push_str(of);
        push_literal(role, &mut body);
        body.push_str(more);
        if let Some(rights) = &words.rights {
            existing(rights, role, create, &mut body);
        }
        body.push(')');
    } else {
        push_literal(&exists, &mut body);
    }
    body.push_str(";\n");
    body.push_str(END);
    block(&body, out);
}

/// What a role that exists has beyond what the script would give it.
fn existing(words: &Rights, role: &str, create: &Statement<'_>, body: &mut String) {
    const COLUMNS: [(Attribute, &str); 4] = [
        (Attribute::CreateRole, "rolcreaterole"),
        (Attribute::CreateDb, "rolcreatedb"),
        (Attribute::Replication, "rolreplication"),
        (Attribute::BypassRls, "rolbypassrls"),
    ];
    let given = |attribute: Attribute| match create {
        Statement::CreateRole { options, .. } => {
            options.contains(&RoleOption::Attribute(attribute, true))
        }
        _ => false,
    };
    let more: Vec<_> = COLUMNS.into_iter().filter(|(attribute, _)| !given(*attribute)).collect();
    if !more.is_empty() {
        body.push_str(words.attributes[0]);
        for (attribute, column) in &more {
            let _ = write!(body, ", CASE WHEN r.{column} THEN '{}' END", attribute.keyword());
        }
        body.push_str(words.attributes[1]);
        push_literal(role, body);
        let columns: Vec<_> = more.iter().map(|(_, column)| format!("r.{column}")).collect();
        let _ = write!(body, " AND ({}))", columns.join(" OR "));
    }
    body.push_str(words.memberships[0]);
    push_literal(role, body);
    body.push_str(words.memberships[1]);
}

fn inner(statements: &[Statement<'_>], body: &mut String) {
    for statement in statements {
        body.push_str("    ");
        print_plain(statement, body);
        body.push_str(";\n");
    }
}

/// A `DO` round `body`, with a tag that the body does not contain.
fn block(body: &str, out: &mut String) {
    let mut tag = String::from("$pg_globals$");
    let mut number = 0;
    while body.contains(tag.as_str()) {
        number += 1;
        tag.clear();
        let _ = write!(tag, "$pg_globals{number}$");
    }
    let _ = write!(out, "DO {tag}{body}{tag}");
}

pub(super) fn guard(text: &str) -> Parsed<'_, Statement<'_>> {
    let refused = || {
        let problem = Problem::Unsupported("DO".to_owned());
        nom::Err::Failure(Fault { rest: text, problem })
    };
    let (rest, ()) = keyword("DO")(text)?;
    let (rest, body) = string(rest).map_err(|_| refused())?;
    let Cow::Borrowed(body) = body else { return Err(refused()) };
    let original = &text[..text.len() - rest.len()];
    // What was recognised must be the whole of it: written again, it is the same text.
    let read = |words| {
        let statement = shape(words, body)?;
        let mut again = String::new();
        print_with(words, &statement, &mut again);
        (original.trim_end() == again).then_some(statement)
    };
    let statement = [&WORDS, &WITHOUT_RIGHTS, &WITHOUT_MEMBERS, &EARLIER]
        .into_iter()
        .find_map(read)
        .ok_or_else(refused)?;
    Ok((rest, statement))
}

fn shape<'a>(words: &Words, body: &'a str) -> Option<Statement<'a>> {
    if body == SET_ROLE || body == EARLIER_SET_ROLE {
        return Some(Statement::SetRoleGuard);
    }
    if let Some(rest) = body.strip_prefix(words.version_if) {
        let number = rest.split(' ').next()?.parse().ok().filter(|n| (10..1_000).contains(n))?;
        let one_server = rest.contains(COMPARE_AGAIN);
        return Some(Statement::VersionGuard { major: Major::new(number), one_server });
    }
    if let Some(rest) = body.strip_prefix(words.database_if) {
        let (database, owned, statements, _) = parts(rest)?;
        return Some(Statement::DatabaseGuard { database, owned, statements });
    }
    let (role, owned, mut statements, rest) = parts(body.strip_prefix(words.role_if)?)?;
    if owned {
        return None;
    }
    let create = statements.pop().filter(|_| statements.is_empty())?;
    let rest = rest.strip_prefix(words.role_elsif.trim_start())?;
    let (rest, _) = string(rest).ok()?;
    let rest = rest.strip_prefix(words.untouched.trim_start())?;
    let admin = match rest.strip_prefix(words.admin).filter(|_| !words.admin.is_empty()) {
        Some(rest) => Some(string(rest).ok()?.1),
        None => None,
    };
    matches!(create, Statement::CreateRole { .. }).then(|| Statement::RoleGuard {
        role,
        admin,
        create: Box::new(create),
    })
}

/// The literal that a condition ends with, the statements behind `THEN`, and what follows them.
fn parts(text: &str) -> Option<(Text<'_>, bool, Vec<Statement<'_>>, &str)> {
    let (rest, name) = string(text).ok()?;
    let owned = rest.starts_with(OWNED.trim_start());
    let rest = if owned { &rest[OWNED.trim_start().len()..] } else { rest };
    let (rest, ()) = space(rest.strip_prefix(THEN)?).ok()?;
    let one = terminated(guarded, symbol(";"));
    let (rest, statements) = many1(one).parse(rest).ok()?;
    let is_end = rest.starts_with("ELSE") || rest.starts_with("ELSIF");
    is_end.then_some((name, owned, statements, rest))
}

/// Guards hold plain statements only, no other guard.
fn guarded(text: &str) -> Parsed<'_, Statement<'_>> {
    match plain(text) {
        Ok((_, Statement::Database)) => expected(text, "a statement"),
        // The list of statements ends where none can be read.
        Err(nom::Err::Failure(fault)) => Err(nom::Err::Error(fault)),
        other => other,
    }
}
