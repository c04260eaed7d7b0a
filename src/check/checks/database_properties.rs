//! What belongs to a database, and not to what is in it.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::answer::Row;
use crate::check::catalog::Entry;
use crate::check::context::{Context, Side, Verdict};
use crate::check::outcome::Outcomes;
use crate::check::question::{Of, Question};
use crate::check::words::{and, count, identifier};
use crate::check::{About, Check};
use crate::name::Name;

static ABOUT: About = About {
    name: "database-properties",
    codes: &[],
    title: "owner, connection limit, privileges and settings of the databases are on the target",
    explanation: "A database's owner, its connection limit, the privileges on it and its settings \
                  are not in it. pg_dump leaves them out unless --create is given, and then \
                  restoring them takes the right to do so. Settings, those of roles in the \
                  database among them, come with pg_globals copy, once the database is there; for \
                  the rest the lines have the statements. The owner has to be a role of the target \
                  before.",
    looked_at: "pg_database and pg_db_role_setting of both servers",
    online: false,
};

/// Without what the owner has. Where nobody has changed them, they are what the server gives.
const PRIVILEGES: Question = Question {
    name: "privileges on databases",
    of: Of::Both,
    sql: |_| {
        Some(
            "SELECT d.datname, CASE WHEN a.grantee <> 0 THEN pg_get_userbyid(a.grantee) END, \
             a.privilege_type, a.is_grantable FROM pg_database d, \
             aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS a \
             WHERE a.grantee <> d.datdba",
        )
    },
};

/// By grantee, none for `PUBLIC`: the privileges, and whether they may be granted on.
type Privileges<'a> = BTreeMap<Option<&'a str>, BTreeMap<&'a str, bool>>;

pub(super) struct DatabaseProperties;

impl Check for DatabaseProperties {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&PRIVILEGES]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let (all, there) = (cx.source.catalog()?, cx.target.catalog()?);
        let privileges = (cx.source.rows(&PRIVILEGES)?, cx.target.rows(&PRIVILEGES)?);
        let roles = &cx.target.server()?.live.globals.roles;
        let clean = "no owner, connection limit, privilege or setting is lost";
        cx.each_database(out, clean, |name, _, out| {
            let (Some(entry), other) = (all.get(name), there.get(name)) else { return Ok(()) };
            let mut lost = Vec::new();
            let mut statements = Vec::new();
            owner(cx, name, entry, other, &mut lost, &mut statements);
            let limit = entry.connection_limit.max(-1);
            if other.map_or(-1, |other| other.connection_limit.max(-1)) != limit {
                lost.push(format!("connection limit {limit}"));
                let database = identifier(name);
                statements.push(format!("ALTER DATABASE {database} CONNECTION LIMIT {limit}"));
            }
            let has = privileges_of(privileges.0, name, &cx.source);
            let given = match other {
                Some(_) => privileges_of(privileges.1, name, &cx.target),
                None => new(),
            };
            grants(name, &has, &given, &mut lost, &mut statements);
            let settings = settings(&cx.source, &cx.target, name);
            if settings > 0 {
                lost.push(count(settings, "setting"));
                statements.push("pg_globals copy SOURCE TARGET brings the settings".to_owned());
            }
            if !lost.is_empty() {
                let found = if other.is_some() {
                    format!("the target's is without {}", and(&lost))
                } else {
                    format!("restoring without --create leaves out {}", and(&lost))
                };
                out.warning(found).remedy(statements.join("; "));
            }
            if !cx.source.is_platforms_role(&entry.owner) && !roles.contains_key(&entry.owner) {
                out.warning(format!("its owner {} is no role of the target", entry.owner))
                    .remedy("pg_globals copy SOURCE TARGET, before the database is created");
            }
            Ok(())
        })
    }
}

/// The platform's own roles own nothing on another platform.
fn owner(
    cx: &Context,
    name: &Name,
    entry: &Entry,
    other: Option<&Entry>,
    lost: &mut Vec<String>,
    statements: &mut Vec<String>,
) {
    let same = other.is_some_and(|other| other.owner == entry.owner);
    if !same && !cx.source.is_platforms_role(&entry.owner) {
        lost.push(format!("owner {}", entry.owner));
        let (database, owner) = (identifier(name), identifier(&entry.owner));
        statements.push(format!("ALTER DATABASE {database} OWNER TO {owner}"));
    }
}

/// The privileges on a database, apart from those of the platform's own roles.
fn privileges_of<'a>(rows: &'a [Row], database: &Name, side: &Side) -> Privileges<'a> {
    let mut all = Privileges::new();
    for row in rows.iter().filter(|row| row.text(0) == database.as_str()) {
        let grantee = row.get(1);
        if grantee.is_some_and(|role| side.is_platforms_role(&Name::new(role))) {
            continue;
        }
        // Of several grantors, one may have given it with the grant option.
        *all.entry(grantee).or_default().entry(row.text(2)).or_default() |= row.flag(3);
    }
    all
}

/// Those on a database that was just created.
fn new() -> Privileges<'static> {
    BTreeMap::from([(None, BTreeMap::from([("CONNECT", false), ("TEMPORARY", false)]))])
}

/// What the target's database does not give, and what it gives to everybody that the source's does
/// not.
fn grants(
    database: &Name,
    has: &Privileges<'_>,
    given: &Privileges<'_>,
    lost: &mut Vec<String>,
    statements: &mut Vec<String>,
) {
    let name = identifier(database);
    let mut losing = BTreeSet::new();
    for (grantee, privileges) in has {
        let to = grantee.map_or_else(|| "PUBLIC".to_owned(), |it| identifier(&Name::new(it)));
        for (grantable, option) in [(false, ""), (true, " WITH GRANT OPTION")] {
            let missing = privileges.iter().filter(|(privilege, may_grant)| {
                let there = given.get(grantee).and_then(|all| all.get(*privilege));
                **may_grant == grantable && there.is_none_or(|there| **may_grant && !*there)
            });
            let missing: Vec<&str> = missing.map(|(privilege, _)| *privilege).collect();
            if !missing.is_empty() {
                losing.insert(grantee);
                let missing = missing.join(", ");
                statements.push(format!("GRANT {missing} ON DATABASE {name} TO {to}{option}"));
            }
        }
    }
    if !losing.is_empty() {
        lost.push(format!("privileges of {}", count(losing.len(), "role")));
    }
    let nothing = BTreeMap::new();
    let everybodys = has.get(&None).unwrap_or(&nothing);
    let beyond = given.get(&None).unwrap_or(&nothing).keys();
    let beyond: Vec<&str> = beyond.filter(|it| !everybodys.contains_key(*it)).copied().collect();
    if !beyond.is_empty() {
        let beyond = beyond.join(", ");
        lost.push(format!("{beyond} taken from PUBLIC"));
        statements.push(format!("REVOKE {beyond} ON DATABASE {name} FROM PUBLIC"));
    }
}

/// How many settings of the database itself the target has not, or otherwise.
fn settings(source: &Side, target: &Side, database: &Name) -> usize {
    let (Ok(source), Ok(target)) = (source.server(), target.server()) else { return 0 };
    let there = &target.live.globals.settings;
    let own = source.live.globals.settings.iter().filter(|(key, setting)| {
        key.role.is_none()
            && key.database.as_ref() == Some(database)
            && there.get(*key).is_none_or(|there| there.value != setting.value)
    });
    own.count()
}
