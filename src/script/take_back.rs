//! The script that takes back what was done for a restore.
//!
//! It connects to each database in turn, does what can be done there, and says what cannot. Nothing that
//! belongs to anybody is dropped, and nothing is an error when it is run again.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::head::{self, Server};
use crate::name::Name;
use crate::plan::{STAND_IN, TakeBack};
use crate::sql::{push_identifier, push_literal};
use crate::words::one_line;

/// Writes the script; `target` is what it is for.
pub fn render(what: &TakeBack, target: &str) -> String {
    let mut out = String::new();
    title(what, target, &mut out);
    // What it says are notices and warnings, among which nobody needs the words of each command.
    out.push_str("\n\\set QUIET on\n");
    let user = what.user.as_ref();
    if !what.stand_ins.is_empty() {
        out.push_str("\\set ON_ERROR_STOP on\n");
        let here = in_database(what);
        if what.databases.is_empty() {
            out.push_str("\n-- The database that psql is connected to\n\n");
            here_is(&here, &mut out);
        } else {
            // A name with "=" in it would be taken for parameters.
            head::begin_reading(&mut out);
            out.push_str(
                "SELECT pg_catalog.concat('dbname=''', pg_catalog.replace(pg_catalog.replace(\
                 pg_catalog.current_database(), '\\', '\\\\'), '''', '\\'''), '''') AS pg_globals_first \\gset\n",
            );
            head::commit(&mut out);
        }
        for database in &what.databases {
            section(database, user, &here, &mut out);
        }
        if !what.databases.is_empty() {
            out.push_str("\n\\connect -reuse-previous=on :\"pg_globals_first\"\n");
        }
    }
    out.push_str("\n-- Roles and memberships\n");
    head::begin(Server::Any, &mut out);
    if let Some(user) = user {
        block(&by_another(user), &mut out);
    }
    if !what.stand_ins.is_empty() {
        block(&in_use(what), &mut out);
        block(&drops(what), &mut out);
    }
    let unless = elsewhere(what);
    if let Some(unless) = &unless {
        let message = "stand-ins are still named in other databases: run this script there, too; until then \
                       the memberships stay";
        let mut notice = format!("BEGIN\n  IF {unless} THEN\n    RAISE NOTICE USING MESSAGE = ");
        push_literal(message, &mut notice);
        notice.push_str(";\n  END IF;\nEND");
        block(&notice, &mut out);
    }
    for (role, member) in &what.within {
        revoke(role, Some(member), unless.as_deref(), &mut out);
    }
    for role in &what.owners {
        revoke(role, user, unless.as_deref(), &mut out);
    }
    if let Some(missing) = missing(what) {
        block(&missing, &mut out);
    }
    head::commit(&mut out);
    out
}

/// Names the roles of memberships that are not there, stand-ins apart, which go: a renamed role has kept them.
fn missing(what: &TakeBack) -> Option<String> {
    let within = what.within.iter().flat_map(|(role, member)| [role, member]);
    let roles: BTreeSet<_> = within.chain(&what.owners).collect();
    let roles: BTreeSet<_> =
        roles.difference(&what.stand_ins.iter().collect()).copied().cloned().collect();
    if roles.is_empty() {
        return None;
    }
    let mut out = String::from(
        "DECLARE
  missing pg_catalog.name;
BEGIN
  FOR missing IN SELECT named FROM pg_catalog.unnest(ARRAY[",
    );
    push_names(&roles, &mut out);
    out.push_str(
        "]::pg_catalog.name[]) AS named
      WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) named) LOOP
    RAISE WARNING USING MESSAGE = pg_catalog.format('there is no role %I any more: where it was renamed, its memberships \
     for the restore stay', missing),
      HINT = 'Rename it back, run this script again, and rename it then; or REVOKE it by its new name.';
  END LOOP;
END",
    );
    Some(out)
}

/// Ends the script where it is run by another role: what that one may revoke is something else.
fn by_another(user: &Name) -> String {
    let mut text = String::from("BEGIN\n  IF current_user OPERATOR(pg_catalog.<>) ");
    push_literal(user.as_str(), &mut text);
    text.push_str(" THEN\n    RAISE EXCEPTION USING MESSAGE = pg_catalog.concat(");
    let message =
        format!("this script takes back what {user} did: run it as that role, and not as ");
    push_literal(&message, &mut text);
    text.push_str(", pg_catalog.quote_ident(current_user));\n  END IF;\nEND");
    text
}

fn title(what: &TakeBack, target: &str, out: &mut String) {
    let (version, target) = (env!("CARGO_PKG_VERSION"), one_line(target));
    let user = what.user.as_ref().map(|user| one_line(user.as_str()));
    let (whom, who) = match &user {
        Some(user) => (user.as_str(), user.as_str()),
        None => ("the administrator", "the role that replayed the other script"),
    };
    let _ = writeln!(
        out,
        "-- Takes back what pg_globals {version} does on {target}, so that {whom}\n\
         -- can restore the databases without a loss. Replay it with psql -f, as {who},\n\
         -- when all databases are restored; after that it may be run again at any time.\n\
         --\n\
         -- In each database, what stand-ins were granted is revoked; then stand-ins that nothing names any\n\
         -- more are dropped, and memberships are revoked. What belongs to a stand-in stays with it: a\n\
         -- NOTICE names it. ALTER … OWNER TO takes a member of both roles, which {whom} is until this has\n\
         -- been run: copying with --for-restore once more grants all of it again, and writes such a script again.\n\
         -- Where it stops with an ERROR, nothing of that transaction was done, and what came before stays: mend\n\
         -- what the ERROR names, and run it again. pg_globals verify lists what is still to be taken back."
    );
    if what.databases.is_empty() && !what.stand_ins.is_empty() {
        out.push_str(
            "--\n-- Which databases there are is not known here: run it in each of them, psql -d DATABASE -f.\n",
        );
    }
}

/// What is done in one database, if it is there.
fn section(database: &Name, user: Option<&Name>, here: &str, out: &mut String) {
    let _ = writeln!(out, "\n-- Database {}\n", one_line(database.as_str()));
    // Literals are read as they are written, whatever is set.
    head::begin_reading(out);
    out.push_str(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) ",
    );
    push_literal(database.as_str(), out);
    out.push_str(
        " AND datallowconn AND pg_catalog.has_database_privilege(oid, 'CONNECT') \
         AND datconnlimit OPERATOR(pg_catalog.<>) '-2' AND (datconnlimit OPERATOR(pg_catalog.<>) '0' \
         OR pg_catalog.current_setting('is_superuser')::boolean)) AS pg_globals_there \\gset\n",
    );
    head::commit(out);
    out.push_str("\\if :pg_globals_there\n");
    let _ = writeln!(out, "\\connect -reuse-previous=on {}", connection(database));
    here_is(here, out);
    out.push_str("\\else\n");
    let who = user.map_or_else(|| "the connected role".to_owned(), ToString::to_string);
    let message = format!(
        "this database does not exist yet, or {who} may not connect to it (CONNECT, CONNECTION LIMIT 0); nothing is \
         done there: {database}"
    );
    let mut notice = String::from("BEGIN\n  RAISE WARNING USING MESSAGE = ");
    push_literal(&message, &mut notice);
    notice.push_str(", HINT = ");
    push_literal(
        "Stand-ins that nothing names are dropped now. Where it is still to be restored, copy with --for-restore once \
         more before that.",
        &mut notice,
    );
    notice.push_str(";\nEND");
    head::begin_reading(out);
    block(&notice, out);
    head::commit(out);
    out.push_str("\\endif\n");
}

/// The connection to a database as an argument of psql's `\connect`, of which only the database differs.
fn connection(database: &Name) -> String {
    let value = database.as_str().replace('\\', r"\\").replace('\'', r"\'");
    let mut out = String::from("'");
    for c in format!("dbname='{value}'").chars() {
        match c {
            '\\' => out.push_str(r"\\"),
            '\'' => out.push_str(r"\'"),
            // Even between single quotes, psql takes pairs of double ones away.
            '"' => out.push_str("\"\"\"\""),
            '\n' => out.push_str(r"\n"),
            '\r' => out.push_str(r"\r"),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

fn here_is(here: &str, out: &mut String) {
    head::begin_writing(out);
    block(here, out);
    head::commit(out);
}

fn push_names(roles: &BTreeSet<Name>, out: &mut String) {
    for (at, role) in roles.iter().enumerate() {
        out.push_str(if at == 0 { "" } else { ", " });
        push_literal(role.as_str(), out);
    }
}

/// The stand-ins that are there: nobody else's role is touched, whatever it is called.
fn all(what: &TakeBack) -> String {
    let mut out = String::from(
        "SELECT r.oid, r.rolname FROM pg_catalog.pg_roles r \
         WHERE r.rolname OPERATOR(pg_catalog.=) ANY (ARRAY[",
    );
    push_names(&what.stand_ins, &mut out);
    out.push_str(
        "]::pg_catalog.name[])\n      AND NOT r.rolcanlogin AND NOT r.rolsuper AND NOT r.rolcreaterole \
         AND NOT r.rolcreatedb\n      AND pg_catalog.shobj_description(r.oid, 'pg_authid') \
         OPERATOR(pg_catalog.=) ",
    );
    push_literal(STAND_IN, &mut out);
    let _ = write!(out, "\n      AND NOT {}", has_members(what, "r"));
    out
}

/// Whether somebody is a member of a stand-in, which is called `of` here, beside those who became it for the
/// restore: then somebody has made use of it.
fn has_members(what: &TakeBack, of: &str) -> String {
    let mut out = format!(
        "EXISTS (SELECT FROM pg_catalog.pg_auth_members a, pg_catalog.pg_roles m\n        \
         WHERE a.roleid OPERATOR(pg_catalog.=) {of}.oid AND a.member OPERATOR(pg_catalog.=) m.oid\n        \
         AND NOT m.rolsuper AND m.rolname OPERATOR(pg_catalog.<>) current_user"
    );
    for (role, member) in what.within.iter().filter(|(role, _)| what.stand_ins.contains(role)) {
        let _ = write!(out, "\n        AND NOT ({of}.rolname OPERATOR(pg_catalog.=) ");
        push_literal(role.as_str(), &mut out);
        out.push_str(" AND m.rolname OPERATOR(pg_catalog.=) ");
        push_literal(member.as_str(), &mut out);
        out.push(')');
    }
    out.push(')');
    out
}

/// Names the stand-ins that are none any more, since somebody has made use of them.
fn in_use(what: &TakeBack) -> String {
    let mut out = String::from(
        "DECLARE
  stand_in pg_catalog.record;
BEGIN
  FOR stand_in IN SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.rolname OPERATOR(pg_catalog.=) ANY (ARRAY[",
    );
    push_names(&what.stand_ins, &mut out);
    out.push_str(
        "]::pg_catalog.name[])\n      AND pg_catalog.shobj_description(r.oid, 'pg_authid') OPERATOR(pg_catalog.=) ",
    );
    push_literal(STAND_IN, &mut out);
    let _ = write!(
        out,
        "\n      AND r.oid OPERATOR(pg_catalog.<>) ALL (ARRAY(SELECT known.oid FROM ({}) AS known)) LOOP
    RAISE WARNING USING MESSAGE = pg_catalog.format('the stand-in %I is left alone: somebody has made use of it: it has \
         members or attributes', stand_in.rolname);
  END LOOP;
END",
        all(what)
    );
    out
}

/// Gives up the schema public, revokes what stand-ins were granted, and says what they own.
fn in_database(what: &TakeBack) -> String {
    let all = all(what);
    let mut acts = String::from("current_user OPERATOR(pg_catalog.<>) ");
    match &what.user {
        Some(user) => push_literal(user.as_str(), &mut acts),
        None => acts.push_str("session_user"),
    }
    // Those of a stand-in's default privileges go with it. Functions that run with the rights of their owner
    // are named first.
    format!(
        "DECLARE
  stand_in pg_catalog.record;
  thing pg_catalog.record;
  owns pg_catalog.bool;
BEGIN
  IF {acts} THEN
    RAISE NOTICE 'the session acts as % in the database %: nothing is done there',
      current_user, pg_catalog.current_database();
    RETURN;
  END IF;
  FOR stand_in IN {all} LOOP
    BEGIN
      IF EXISTS (SELECT FROM pg_catalog.pg_namespace
          WHERE nspname OPERATOR(pg_catalog.=) 'public' AND nspowner OPERATOR(pg_catalog.=) stand_in.oid) THEN
        IF pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.>=) 150000 THEN
          ALTER SCHEMA public OWNER TO pg_database_owner;
        ELSE
          EXECUTE pg_catalog.format('ALTER SCHEMA public OWNER TO %I', (SELECT pg_catalog.pg_get_userbyid(datdba)
            FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()));
        END IF;
      END IF;
      owns := false;
      FOR thing IN SELECT o.type, o.identity, COALESCE(p.prosecdef, false) AS runs_as_owner
          FROM pg_catalog.pg_database d
          JOIN pg_catalog.pg_shdepend s ON s.dbid OPERATOR(pg_catalog.=) d.oid
            OR s.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_database'::pg_catalog.regclass
            AND s.objid OPERATOR(pg_catalog.=) d.oid
          CROSS JOIN LATERAL pg_catalog.pg_identify_object(s.classid, s.objid, s.objsubid) o
          LEFT JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) s.objid
            AND s.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
          WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
          AND s.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_authid'::pg_catalog.regclass
          AND s.refobjid OPERATOR(pg_catalog.=) stand_in.oid AND s.deptype OPERATOR(pg_catalog.=) 'o'
          AND s.classid OPERATOR(pg_catalog.<>) 'pg_catalog.pg_default_acl'::pg_catalog.regclass
          ORDER BY 3 DESC, 1, 2 LOOP
        owns := true;
        RAISE NOTICE USING MESSAGE = pg_catalog.format('in the database %I, %s %s belongs to the stand-in %I%s',
          pg_catalog.current_database(), thing.type, thing.identity, stand_in.rolname,
          CASE WHEN thing.runs_as_owner THEN ', and runs with its rights (SECURITY DEFINER)' ELSE '' END),
          HINT = CASE thing.type WHEN 'user mapping' THEN
            pg_catalog.format('DROP USER MAPPING FOR %s', pg_catalog.replace(thing.identity, ' on server ', ' SERVER '))
          ELSE pg_catalog.format('ALTER %s %s OWNER TO <role>', pg_catalog.upper(CASE thing.type
          WHEN 'foreign-data wrapper' THEN 'foreign data wrapper' WHEN 'statistics object' THEN 'statistics'
          WHEN 'composite type' THEN 'type' ELSE thing.type END), thing.identity) END;
      END LOOP;
      IF NOT owns THEN
        EXECUTE pg_catalog.format('DROP OWNED BY %I', stand_in.rolname);
      END IF;
    EXCEPTION WHEN OTHERS THEN
      RAISE NOTICE USING MESSAGE = pg_catalog.format('what the stand-in %I was granted in the database %I stays: %s',
        stand_in.rolname, pg_catalog.current_database(), SQLERRM);
    END;
  END LOOP;
END"
    )
}

/// Drops the stand-ins that nothing names any more.
fn drops(what: &TakeBack) -> String {
    let all = all(what);
    // Since 16 memberships are among what is recorded; they go with the role.
    format!(
        "DECLARE
  stand_in pg_catalog.record;
  places pg_catalog.text;
BEGIN
  FOR stand_in IN {all} LOOP
    BEGIN
      SELECT pg_catalog.string_agg(DISTINCT COALESCE(d.datname::pg_catalog.text, 'the cluster itself'), ', ') INTO places
        FROM pg_catalog.pg_shdepend s
        LEFT JOIN pg_catalog.pg_database d ON d.oid OPERATOR(pg_catalog.=) s.dbid
          OR s.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_database'::pg_catalog.regclass
          AND s.objid OPERATOR(pg_catalog.=) d.oid
        WHERE s.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_authid'::pg_catalog.regclass
        AND s.refobjid OPERATOR(pg_catalog.=) stand_in.oid
        AND s.classid OPERATOR(pg_catalog.<>) 'pg_catalog.pg_auth_members'::pg_catalog.regclass;
      IF places IS NULL THEN
        EXECUTE pg_catalog.format('DROP ROLE %I', stand_in.rolname);
      ELSE
        RAISE NOTICE USING MESSAGE =
          pg_catalog.format('the stand-in %I stays: objects still name it, in %s', stand_in.rolname, places);
      END IF;
    EXCEPTION WHEN OTHERS THEN
      RAISE NOTICE USING MESSAGE = pg_catalog.format('the stand-in %I stays: %s', stand_in.rolname, SQLERRM);
    END;
  END LOOP;
END"
    )
}

/// Whether stand-ins are named in databases that the script has not been run in: where it has been, they
/// own something or are not named any more. Who gives up an owner can revoke nothing there. None where the
/// script visits all of them.
fn elsewhere(what: &TakeBack) -> Option<String> {
    let all = all(what);
    let is_complete = what.stand_ins.is_empty() || !what.databases.is_empty();
    (!is_complete).then(|| {
        format!(
            "EXISTS (SELECT FROM ({all}) AS stand_in, pg_catalog.pg_shdepend s
      WHERE s.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_authid'::pg_catalog.regclass
      AND s.refobjid OPERATOR(pg_catalog.=) stand_in.oid AND s.deptype OPERATOR(pg_catalog.<>) 'o'
      AND s.classid OPERATOR(pg_catalog.<>) 'pg_catalog.pg_auth_members'::pg_catalog.regclass
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_shdepend o WHERE o.dbid OPERATOR(pg_catalog.=) s.dbid
        AND o.refclassid OPERATOR(pg_catalog.=) s.refclassid AND o.refobjid OPERATOR(pg_catalog.=) s.refobjid
        AND o.deptype OPERATOR(pg_catalog.=) 'o'
        AND o.classid OPERATOR(pg_catalog.<>) 'pg_catalog.pg_default_acl'::pg_catalog.regclass))"
        )
    })
}

/// Revokes a membership that somebody else than the server itself has granted; of whoever replays the
/// script, where no member is named.
fn revoke(role: &Name, member: Option<&Name>, unless: Option<&str>, out: &mut String) {
    let mut text = String::from(
        "BEGIN\n  IF EXISTS (SELECT FROM pg_catalog.pg_auth_members a, pg_catalog.pg_roles r, \
         pg_catalog.pg_roles m\n      WHERE a.roleid OPERATOR(pg_catalog.=) r.oid AND a.member \
         OPERATOR(pg_catalog.=) m.oid AND a.grantor OPERATOR(pg_catalog.<>) '10'\n      \
         AND r.rolname OPERATOR(pg_catalog.=) ",
    );
    push_literal(role.as_str(), &mut text);
    text.push_str(" AND m.rolname OPERATOR(pg_catalog.=) ");
    match member {
        Some(member) => push_literal(member.as_str(), &mut text),
        None => text.push_str("current_user"),
    }
    text.push(')');
    if let Some(unless) = unless {
        let _ = write!(text, " AND NOT {unless}");
    }
    text.push_str(" THEN\n    REVOKE ");
    push_identifier(role.as_str(), &mut text);
    text.push_str(" FROM ");
    match member {
        Some(member) => push_identifier(member.as_str(), &mut text),
        None => text.push_str("CURRENT_USER"),
    }
    // One that cannot be revoked is no reason to keep the others.
    text.push_str(";\n  END IF;\nEXCEPTION WHEN OTHERS THEN\n  RAISE WARNING USING MESSAGE = pg_catalog.concat(");
    let whom = member.map_or_else(|| "the role that runs this".to_owned(), ToString::to_string);
    push_literal(&format!("{whom} stays a member of {role}: "), &mut text);
    text.push_str(", SQLERRM);\nEND");
    block(&text, out);
}

/// A `DO` round this, with a tag that it does not contain.
fn block(text: &str, out: &mut String) {
    let mut tag = "$pg_globals$".to_owned();
    let mut number = 0;
    while text.contains(&tag) {
        number += 1;
        tag = format!("$pg_globals{number}$");
    }
    let _ = writeln!(out, "DO {tag}\n{text}\n{tag};");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_are_named_as_psql_reads_them() {
        let argument = |name: &str| connection(&Name::new(name));
        assert_eq!(argument("shop"), r"'dbname=\'shop\''");
        assert_eq!(argument("a'b\\c\nd"), r"'dbname=\'a\\\'b\\\\c\nd\''");
    }

    #[test]
    fn no_name_ends_a_block() {
        let what = TakeBack { owners: [Name::new("$pg_globals$")].into(), ..TakeBack::default() };
        assert!(render(&what, "x").contains("DO $pg_globals1$\nBEGIN"));
    }
}
