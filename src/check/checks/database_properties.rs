//! What belongs to a database, and not to what is in it.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::prelude::*;
use crate::globals::SettingKey;
use crate::plan;
use crate::platform::{Platform, Rights, SettingAnswer};

static ABOUT: About = About {
    name: "database-properties",
    codes: &[],
    title: "owner, connection limit, privileges and settings of the databases are on the target",
    explanation: "A database's owner, its connection limit, the privileges on it and its settings \
                  are not in it. pg_dump leaves them out unless --create is given, and then \
                  restoring them takes the right to do so. Settings, those of roles in the \
                  database among them, come with pg_globals copy, once the database is there: \
                  those of the database itself with --allow-all-settings, and while the connected \
                  role owns it. For the rest the lines have the statements. The owner has to be a \
                  role of the target before, and only a member of it can give it the database, so \
                  the connected role becomes one for that moment.\n\n\
                  pg_restore -C sends the connection limit and the settings of a database as one command, the \
                  entry DATABASE PROPERTIES: one setting that the connected role may not make, such as a custom one \
                  (app.tenant), loses all of them. ALTER DATABASE … SET of a name that no library of the \
                  session has takes a superuser, or, since 15, GRANT SET ON PARAMETER by one; a session \
                  sets such a name for itself without either.",
    looked_at: "pg_database and pg_db_role_setting of both servers",
    online: false,
};

/// Without what the owner has. Where nobody has changed them, they are what the server gives.
const PRIVILEGES: Question = Question {
    name: "privileges on databases",
    of: Of::Both,
    sql: |_| {
        Some(
            "SELECT d.datname, CASE WHEN a.grantee <> 0 THEN pg_get_userbyid(a.grantee) END AS grantee, \
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
        let mut missing = Lost::default();
        let mut without = Lost::default();
        let clean = "no owner, connection limit, privilege or setting is lost";
        for name in cx.source.databases.keys() {
            let (Some(entry), other) = (all.get(name), there.get(name)) else { continue };
            let mut lost = Vec::new();
            let mut statements = Vec::new();
            let to = owner(cx, name, entry, other, &mut lost);
            let limit = entry.connection_limit.max(-1);
            if other.map_or(-1, |other| other.connection_limit.max(-1)) != limit {
                lost.push(format!("connection limit {limit}"));
                let database = identifier(name);
                statements.push(format!("ALTER DATABASE {database} CONNECTION LIMIT {limit}"));
            }
            let has = privileges_of(privileges.0, name, &cx.source)?;
            let given = match other {
                Some(_) => privileges_of(privileges.1, name, &cx.target)?,
                None => new(),
            };
            grants(name, &has, &given, &mut lost, &mut statements);
            refused(cx, name, entry, other.is_some(), out);
            let settings = settings(&cx.source, &cx.target, name);
            if settings > 0 {
                lost.push(count(settings, "setting"));
            }
            let is_others = other.is_some_and(|other| !other.is_own);
            if is_others && settings > 0 {
                statements.push(format!("ALTER DATABASE {} SET …", identifier(name)));
            }
            // Whoever gives it away can do nothing more to it.
            statements.extend(to);
            // What the connected role cannot change, it is not told to.
            if let Some(other) = other.filter(|_| is_others && !statements.is_empty()) {
                let what = if cx.target.is_built_in(name) {
                    format!("{name} stays as the platform made it")
                } else {
                    format!("as its owner {}: {}", other.owner, statements.join("; "))
                };
                statements = vec![what];
            }
            let all = if other.is_some() { &mut without } else { &mut missing };
            if lost.is_empty() {
                out.succeeded(clean).database(name);
            } else {
                all.databases.push(format!("{name} ({})", and(&lost)));
                all.statements.extend((!statements.is_empty()).then(|| statements.join("; ")));
                all.has_settings |= settings > 0 && !is_others;
            }
        }
        missing.tell("restoring without --create leaves out what belongs to", out);
        without.tell("the target is without what belongs to", out);
        owners(cx, &all, out)
    }
}

/// What databases lose.
#[derive(Default)]
struct Lost {
    /// Each with what it loses.
    databases: Vec<String>,
    /// What brings it, a database each.
    statements: Vec<String>,
    has_settings: bool,
}

impl Lost {
    fn tell(&self, what: &str, out: &mut Outcomes<'_>) {
        if self.databases.is_empty() {
            return;
        }
        let databases = count(self.databases.len(), "database");
        let found = format!("{what} {databases}: {}", list(&self.databases, NAMED));
        let mut remedy = Vec::new();
        // Only whoever owns the database brings them.
        if self.has_settings {
            let copy = "pg_globals copy SOURCE TARGET --allow-all-settings, for the settings";
            remedy.push(if self.statements.is_empty() {
                copy.to_owned()
            } else {
                format!("first {copy}")
            });
        }
        remedy.extend(self.statements.iter().take(NAMED).cloned());
        if let Some(more @ 1..) = self.statements.len().checked_sub(NAMED) {
            remedy.push(format!("and so on for {more} more"));
        }
        let remedy = remedy.join("; ");
        // Before it, the REVOKE would take away what --for-restore has granted, or CREATE on the database.
        let is_after = self.statements.iter().any(|it| it.contains("; REVOKE "));
        let when = if is_after { "when the restore is done: " } else { "" };
        out.warning(found).remedy(format!("{when}{remedy}"));
    }
}

/// Owners that the target does not have.
fn owners(cx: &Context, all: &BTreeMap<Name, Entry>, out: &mut Outcomes<'_>) -> Verdict {
    let roles = &cx.target.server()?.live.globals.roles;
    let owners = cx.source.databases.keys().filter_map(|name| Some(&all.get(name)?.owner));
    let missing = owners.filter(|it| !cx.source.is_platforms_role(it) && !roles.contains_key(*it));
    let missing: Vec<&Name> = missing.collect::<BTreeSet<_>>().into_iter().collect();
    if !missing.is_empty() {
        let verb = if missing.len() == 1 { "is no role" } else { "are no roles" };
        out.warning(format!(
            "{} of databases {verb} of the target: {}",
            count(missing.len(), "owner"),
            list(&missing, NAMED)
        ))
        .remedy("pg_globals copy SOURCE TARGET, before the databases are created");
    }
    Ok(())
}

/// What gives the database to its owner, if that is missing: it takes a member of the new owner
/// (`AlterDatabaseOwner` in `src/backend/commands/dbcommands.c`). The platform's own roles own nothing on
/// another platform.
fn owner(
    cx: &Context,
    name: &Name,
    entry: &Entry,
    other: Option<&Entry>,
    lost: &mut Vec<String>,
) -> Option<String> {
    let same = other.is_some_and(|other| other.owner == entry.owner);
    if same || cx.source.is_platforms_role(&entry.owner) {
        return None;
    }
    lost.push(format!("owner {}", entry.owner));
    let (database, owner) = (identifier(name), identifier(&entry.owner));
    let statement = format!("ALTER DATABASE {database} OWNER TO {owner}");
    let Ok(server) = cx.target.server() else { return Some(statement) };
    let answers = &server.live.answers;
    let is_member = answers.user == entry.owner || answers.is_member(entry.owner.as_str());
    let is_others = other.is_some_and(|other| !other.is_own);
    if is_others || answers.is_superuser() || is_member {
        return Some(statement);
    }
    // Whoever copies a role may grant it.
    let is_there = server.live.globals.roles.contains_key(&entry.owner);
    if is_there && !answers.may_grant(entry.owner.as_str()) {
        return Some(if answers.major < Major::new(16) {
            format!("as a role with CREATEROLE that is a member of {owner}: {statement}")
        } else {
            format!("as a role with the ADMIN option on {owner}: {statement}")
        });
    }
    let user = identifier(&answers.user);
    let options = if answers.major < Major::new(16) { "" } else { " WITH INHERIT TRUE, SET TRUE" };
    Some(format!("GRANT {owner} TO {user}{options}; {statement}; REVOKE {owner} FROM {user}"))
}

/// The privileges on a database, apart from those of the platform's own roles.
fn privileges_of<'a>(
    rows: &'a [Row],
    database: &Name,
    side: &Side,
) -> Result<Privileges<'a>, Unseen> {
    let mut all = Privileges::new();
    for row in rows {
        if row.text("datname")? != database.as_str() {
            continue;
        }
        let grantee = row.get("grantee")?;
        if row.name_or_null("grantee")?.is_some_and(|role| side.is_platforms_role(&role)) {
            continue;
        }
        // Of several grantors, one may have given it with the grant option.
        let privileges = all.entry(grantee).or_default();
        *privileges.entry(row.text("privilege_type")?).or_default() |= row.flag("is_grantable")?;
    }
    Ok(all)
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

/// What the connected role may do on the target, which is taken for what the program is for where nothing shows a
/// platform.
fn rights(target: &Server) -> Rights<'_> {
    let platform = target.live.platform.or_else(|| Platform::builtin("azure"));
    plan::rights(&target.live, platform)
}

/// Whether the connected role may make the setting.
fn is_taken(rights: &Rights<'_>, key: &SettingKey) -> bool {
    matches!(rights.setting(key.name.as_str()), SettingAnswer::Allowed)
}

/// What of a database, and of roles in it, the target does not take.
fn refused(cx: &Context, name: &Name, entry: &Entry, is_there: bool, out: &mut Outcomes<'_>) {
    let (Ok(source), Ok(target)) = (cx.source.server(), cx.target.server()) else { return };
    let rights = rights(target);
    let keys = source.live.globals.settings.keys();
    let keys = keys.filter(|key| key.database.as_ref() == Some(name) && !is_taken(&rights, key));
    let refused: BTreeSet<String> = keys.map(|key| shown(key.name.as_str())).collect();
    let refused: Vec<String> = refused.into_iter().collect();
    let Some(first) = refused.first() else { return };
    let names = list(&refused, NAMED);
    let database = identifier(name);
    let way = format!(
        "what applications need of it they set themselves: SET {first} = … after connecting, or options=-c {first}=… in \
         their connection strings"
    );
    if is_there {
        out.warning(format!(
            "the target does not let the connected role set {names} for a database, or for roles in it: sessions \
             begin without"
        ))
        .database(name)
        .remedy(way);
        return;
    }
    let limit = match entry.connection_limit {
        limit @ 0.. => format!("; ALTER DATABASE {database} CONNECTION LIMIT {limit}"),
        _ => String::new(),
    };
    out.failed(format!(
        "pg_restore -C loses the connection limit and all settings of the database, which are one command: the target \
         does not let the connected role set {names}"
    ))
    .database(name)
    .concerns(Method::PgDump)
    .remedy(format!(
        "let pg_restore -C go on after that error, without --exit-on-error, and then: pg_globals copy SOURCE TARGET \
         --allow-all-settings{limit}; {way}"
    ));
}

/// How many settings of the database itself the target has not, or otherwise.
fn settings(source: &Side, target: &Side, database: &Name) -> usize {
    let (Ok(source), Ok(target)) = (source.server(), target.server()) else { return 0 };
    let there = &target.live.globals.settings;
    let rights = rights(target);
    let own = source.live.globals.settings.iter().filter(|(key, setting)| {
        key.role.is_none()
            && key.database.as_ref() == Some(database)
            && there.get(*key).is_none_or(|there| there.value != setting.value)
            && is_taken(&rights, key)
    });
    own.count()
}
