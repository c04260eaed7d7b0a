//! Privileges on catalogs and system functions that cannot be given on the target.

mod extension_functions;

use std::collections::BTreeMap;

use crate::check::checks::extensions::AVAILABLE;
use crate::check::prelude::*;

static ABOUT: About = About {
    name: "catalog-privileges",
    codes: &["603410"],
    title: "nobody was granted privileges on system functions, nor on pg_authid, pg_shadow and others that are closed on the target",
    explanation: "On a flexible server pg_authid, pg_largeobject, pg_statistic, pg_subscription \
                  and pg_user_mapping are closed, and so are some views, such as pg_shadow, \
                  pg_config and pg_hba_file_rules. A dump brings the privileges that were granted \
                  on them, and restoring these fails: the service's code for it is 603410. The \
                  lines have the REVOKE statements for the source. So it is with EXECUTE on system functions, \
                  such as pg_read_file. What needs such a catalog \
                  there, often monitoring, has to do without on the target; pg_monitor and \
                  pg_read_all_settings show much of the same. Privileges on functions of extensions \
                  arrive where the target's version of the extension has the same function: \
                  pg_stat_statements_reset, for one, has other arguments since 1.7 and 1.11.",
    looked_at: "the privileges on catalogs and system functions in the database",
    online: false,
};

/// Those of whole catalogs, and those of columns.
macro_rules! granted {
    () => {
        "SELECT g.relname AS name, g.attname AS part, \
         CASE WHEN g.grantee <> 0 THEN pg_get_userbyid(g.grantee) END AS role, g.privilege_type, \
         g.is_grantable FROM (\
         SELECT c.oid, 0 AS sub, c.relname, NULL::name AS attname, c.relowner, x.grantee, \
         x.privilege_type, x.is_grantable FROM pg_class c, aclexplode(c.relacl) AS x \
         UNION ALL SELECT c.oid, t.attnum, c.relname, t.attname, c.relowner, x.grantee, \
         x.privilege_type, x.is_grantable FROM pg_class c \
         JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) AS x) AS g \
         JOIN pg_class k ON k.oid = g.oid AND k.relnamespace = 'pg_catalog'::regnamespace \
         WHERE g.relname IN ('pg_authid', 'pg_config', 'pg_file_settings', 'pg_hba_file_rules', \
         'pg_largeobject', 'pg_replication_origin_status', 'pg_shadow', 'pg_statistic', \
         'pg_subscription', 'pg_user_mapping') AND g.grantee <> g.relowner"
    };
}

/// What the server was born with is no grant; it is remembered since 9.6.
const GRANTED: Question = Question {
    name: "privileges on closed catalogs",
    of: Of::SourceDatabases,
    sql: |major| {
        Some(if major == Major::OLDEST {
            concat!(granted!(), " ORDER BY 1, 3, 2, 4")
        } else {
            concat!(
                granted!(),
                " AND NOT EXISTS (SELECT FROM pg_init_privs i, aclexplode(i.initprivs) AS y \
                 WHERE i.classoid = 'pg_catalog.pg_class'::regclass AND i.objoid = g.oid \
                 AND i.objsubid = g.sub AND y.grantee = g.grantee \
                 AND y.privilege_type = g.privilege_type) ORDER BY 1, 3, 2, 4"
            )
        })
    },
};

/// What `pg_dump` repeats of system functions: it compares them since 9.6. Where nothing is
/// remembered, a function was born with the default.
const FUNCTIONS: Question = Question {
    name: "privileges on system functions",
    of: Of::SourceDatabases,
    sql: |major| {
        (major > Major::OLDEST).then_some(
            "SELECT p.oid::regprocedure::text AS name, NULL::name AS part, \
             CASE WHEN x.grantee <> 0 THEN pg_get_userbyid(x.grantee) END AS role, x.privilege_type, \
             x.is_grantable FROM pg_proc p, aclexplode(p.proacl) AS x \
             WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.oid < 16384 \
             AND x.grantee <> p.proowner AND NOT EXISTS (SELECT FROM aclexplode(coalesce(\
             (SELECT i.initprivs FROM pg_init_privs i \
             WHERE i.classoid = 'pg_catalog.pg_proc'::regclass AND i.objoid = p.oid \
             AND i.objsubid = 0), acldefault('f', p.proowner))) AS y \
             WHERE y.grantee = x.grantee AND y.privilege_type = x.privilege_type) ORDER BY 1, 3",
        )
    },
};

/// What was taken from everybody of system functions.
const REVOKED: Question = Question {
    name: "privileges on system functions that were revoked",
    of: Of::SourceDatabases,
    sql: |major| {
        (major > Major::OLDEST).then_some(
            "SELECT p.oid::regprocedure::text AS name FROM pg_proc p, aclexplode(coalesce(\
             (SELECT i.initprivs FROM pg_init_privs i WHERE i.classoid = 'pg_catalog.pg_proc'::regclass \
             AND i.objoid = p.oid AND i.objsubid = 0), acldefault('f', p.proowner))) AS y \
             WHERE p.proacl IS NOT NULL AND p.pronamespace = 'pg_catalog'::regnamespace AND p.oid < 16384 \
             AND y.grantee = 0 AND NOT EXISTS (SELECT FROM aclexplode(p.proacl) AS x WHERE x.grantee = 0) ORDER BY 1",
        )
    },
};

/// A role's privileges on a catalog or function.
#[derive(Default)]
struct Granted<'a> {
    /// By column; none for all of it.
    privileges: BTreeMap<&'a str, Vec<Option<&'a str>>>,
    grantable: bool,
}

pub(super) struct CatalogPrivileges;

impl Check for CatalogPrivileges {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&GRANTED, &FUNCTIONS, &REVOKED, &extension_functions::FUNCTIONS, &AVAILABLE]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        cx.each_database(
            out,
            "no privilege on a system function or closed catalog was granted",
            |_, database, out| {
                extension_functions::judge(cx, database, out)?;
                revoked(database, out)?;
                let catalogs = grouped(database.rows(&GRANTED)?, &cx.source)?;
                let functions = grouped(database.rows(&FUNCTIONS)?, &cx.source)?;
                let all = || {
                    let catalogs = catalogs.iter().map(|one| ("", one));
                    catalogs.chain(functions.iter().map(|one| ("FUNCTION ", one)))
                };
                if all().next().is_none() {
                    return Ok(());
                }
                let found: Vec<String> = all()
                    .map(|(_, ((name, grantee), granted))| {
                        let who = grantee
                            .map_or_else(|| "everybody".to_owned(), |it| Name::new(it).to_string());
                        let privileges: Vec<_> = granted.privileges.keys().copied().collect();
                        format!("{who} has {} on {name}", privileges.join(", "))
                    })
                    .collect();
                let remedies: Vec<String> = all()
                    .map(|(what, ((name, grantee), granted))| {
                        revoke(&format!("{what}pg_catalog.{name}"), *grantee, granted)
                    })
                    .collect();
                out.failed(format!(
                    "these privileges cannot be given on the target: {}",
                    some(&found, found.len())
                ))
                .remedy(format!(
                    "in this database of the source, where the grantees can do without: {}; or leave these ACL entries \
                     out of the restore: pg_restore --use-list",
                    remedies.join("; ")
                ));
                Ok(())
            },
        )
    }
}

/// What only the platform could take from everybody on the target.
fn revoked(database: &Database, out: &mut Outcomes<'_>) -> Verdict {
    let rows = database.rows(&REVOKED)?;
    let names: Vec<_> =
        rows.iter().map(|row| Ok(shown(row.text("name")?))).collect::<Result<_, Unseen>>()?;
    if !names.is_empty() {
        out.warning(format!(
            "EXECUTE was revoked from PUBLIC on {}: on the target only the platform could do that, a restore says no more than \
             WARNING, and everybody may call it there",
            list(&names, names.len())
        ))
        .no_code()
        .remedy("see to it that nothing on the target depends on that");
    }
    Ok(())
}

/// By catalog or function and grantee, none for everybody.
fn grouped<'a>(
    rows: &'a [Row],
    source: &Side,
) -> Result<BTreeMap<(&'a str, Option<&'a str>), Granted<'a>>, Unseen> {
    let mut all: BTreeMap<_, Granted<'a>> = BTreeMap::new();
    for row in rows {
        let role = row.get("role")?;
        // The platform's own are not the user's to take away.
        if role.is_some_and(|role| source.is_platforms_role(&Name::new(role))) {
            continue;
        }
        row.name_or_null("part")?;
        row.name_or_null("role")?;
        let granted = all.entry((row.text("name")?, role)).or_default();
        let columns = granted.privileges.entry(row.text("privilege_type")?).or_default();
        let column = row.get("part")?;
        if !columns.contains(&column) {
            columns.push(column);
        }
        granted.grantable |= row.flag("is_grantable")?;
    }
    Ok(all)
}

/// `REVOKE SELECT, UPDATE (rolname) ON pg_catalog.pg_authid FROM app`.
fn revoke(what: &str, grantee: Option<&str>, all: &Granted<'_>) -> String {
    let privileges = all.privileges.iter().map(|(privilege, columns)| {
        // Revoked from all of it, it goes from the columns too.
        let columns: Option<Vec<_>> =
            columns.iter().map(|it| it.map(|name| identifier(&Name::new(name)))).collect();
        match columns {
            Some(columns) => format!("{privilege} ({})", columns.join(", ")),
            None => (*privilege).to_owned(),
        }
    });
    let privileges: Vec<_> = privileges.collect();
    let from = grantee.map_or_else(|| "PUBLIC".to_owned(), |it| identifier(&Name::new(it)));
    // Whom it was granted on to loses it too.
    let cascade = if all.grantable { " CASCADE" } else { "" };
    format!("REVOKE {} ON {what} FROM {from}{cascade}", privileges.join(", "))
}
