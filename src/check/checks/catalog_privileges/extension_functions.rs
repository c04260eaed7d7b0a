//! Privileges on functions of extensions: the target may have another version of the extension, with other functions.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::checks::extensions::{AVAILABLE, versions};
use crate::check::prelude::*;

/// What `pg_dump` repeats of them: it compares them with what they were created with since 9.6. What was taken from
/// everybody counts as well.
pub(super) const FUNCTIONS: Question = Question {
    name: "privileges on functions of extensions",
    of: Of::SourceDatabases,
    sql: |major| {
        (major > Major::OLDEST).then_some(
            "SELECT f.extname, f.extversion, f.proname, f.name, \
             CASE WHEN x.grantee <> 0 THEN pg_get_userbyid(x.grantee) END AS role, x.is_granted FROM (\
             SELECT e.extname, e.extversion, p.proname, p.oid::regprocedure::text AS name, \
             p.proowner, \
             coalesce(p.proacl, acldefault('f', p.proowner)) AS has, \
             coalesce((SELECT i.initprivs FROM pg_init_privs i \
             WHERE i.classoid = 'pg_catalog.pg_proc'::regclass AND i.objoid = p.oid AND i.objsubid = 0), \
             acldefault('f', p.proowner)) AS had \
             FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid \
             AND d.deptype = 'e' AND d.refclassid = 'pg_catalog.pg_extension'::regclass \
             JOIN pg_extension e ON e.oid = d.refobjid WHERE p.proacl IS NOT NULL) AS f, LATERAL (\
             (SELECT grantee, true AS is_granted FROM aclexplode(f.has) \
             EXCEPT SELECT grantee, true FROM aclexplode(f.had)) \
             UNION (SELECT grantee, false FROM aclexplode(f.had) \
             EXCEPT SELECT grantee, false FROM aclexplode(f.has))) AS x \
             WHERE x.grantee <> f.proowner ORDER BY 1, 4, 6",
        )
    },
};

/// A function of an extension whose arguments have changed.
struct Changed {
    extension: &'static str,
    function: &'static str,
    /// From which version on it has which arguments.
    forms: &'static [Form],
}

struct Form {
    since: (u32, u32),
    arguments: &'static str,
}

/// By `contrib/pg_stat_statements/*.sql`.
const CHANGED: [Changed; 1] = [Changed {
    extension: "pg_stat_statements",
    function: "pg_stat_statements_reset",
    forms: &[
        Form { since: (1, 0), arguments: "" },
        Form { since: (1, 7), arguments: "oid, oid, bigint" },
        Form { since: (1, 11), arguments: "oid, oid, bigint, boolean" },
    ],
}];

/// One of them, and to whom it was granted, or from whom it was taken; none is everybody.
struct Function<'a> {
    extension: &'a str,
    version: &'a str,
    name: &'a str,
    /// The same with the types of its arguments.
    signature: &'a str,
    granted: BTreeSet<Option<Name>>,
    revoked: BTreeSet<Option<Name>>,
}

/// Says whether the dump's GRANT statements find the functions.
pub(super) fn judge(cx: &Context, database: &Database, out: &mut Outcomes<'_>) -> Verdict {
    let functions = functions(database.rows(&FUNCTIONS)?, &cx.source)?;
    if functions.is_empty() {
        return Ok(());
    }
    let rows = match cx.target.rows(&AVAILABLE) {
        Ok(rows) => rows,
        Err(unseen) => {
            // The check has more to say, which needs no target.
            out.unknown(format!("privileges on functions of extensions: {unseen}"))
                .no_code()
                .looked_at(PLACE);
            return Ok(());
        }
    };
    let there = versions(rows)?;
    let mut others: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for it in &functions {
        // What is not offered is told by another check.
        let Some(version) =
            there.get(it.extension).copied().filter(|version| *version != it.version)
        else {
            continue;
        };
        if !CHANGED.iter().any(|changed| changed.extension == it.extension) {
            *others.entry((it.extension, it.version, version)).or_default() += 1;
            continue;
        }
        let Some(changed) = CHANGED.iter().find(|changed| changed.function == it.name) else {
            continue;
        };
        let (Some(here), Some(new)) =
            (form(changed.forms, it.version), form(changed.forms, version))
        else {
            continue;
        };
        if here == new {
            continue;
        }
        let name = it.signature.split('(').next().unwrap_or_default();
        out.failed(format!(
            "privileges on {} of {} {}: the target installs {version}, where its arguments are ({new}), and the GRANT \
             of the dump does not find it",
            shown(it.signature),
            it.extension,
            shown(it.version)
        ))
        .no_code()
        .concerns(Method::PgDump)
        .looked_at(PLACE)
        .remedy(format!(
            "after the restore, on the target, as the owner of that function: {}",
            statements(it, &format!("{}({new})", shown(name))).join("; ")
        ));
    }
    for ((extension, here, there), number) in others {
        out.warning(format!(
            "privileges on {} of {extension} {}, of which the target installs {}: where that has other arguments, or \
             the function no more, the GRANT of the dump does not find it",
            count(number, "function"),
            shown(here),
            shown(there)
        ))
        .no_code()
        .concerns(Method::PgDump)
        .looked_at(PLACE)
        .remedy("see which GRANT fails in the restore, and repeat it for the function of the new version");
    }
    Ok(())
}

const PLACE: &str =
    "pg_proc.proacl of the extensions' functions, pg_available_extensions of the target";

fn functions<'a>(rows: &'a [Row], source: &Side) -> Result<Vec<Function<'a>>, Unseen> {
    let mut all: BTreeMap<&str, Function<'a>> = BTreeMap::new();
    for row in rows {
        let role = row.name_or_null("role")?;
        // The platform's own are granted anew by the target's.
        if role.as_ref().is_some_and(|role| source.is_platforms_role(role)) {
            continue;
        }
        let signature = row.text("name")?;
        let it = all.entry(signature).or_insert(Function {
            extension: row.text("extname")?,
            version: row.text("extversion")?,
            name: row.text("proname")?,
            signature,
            granted: BTreeSet::new(),
            revoked: BTreeSet::new(),
        });
        let roles = if row.flag("is_granted")? { &mut it.granted } else { &mut it.revoked };
        roles.insert(role);
    }
    Ok(all.into_values().collect())
}

/// The arguments in this version.
fn form(forms: &[Form], version: &str) -> Option<&'static str> {
    let (major, minor) = version.split_once('.')?;
    let version = (major.parse().ok()?, minor.parse().ok()?);
    forms.iter().rfind(|form| form.since <= version).map(|form| form.arguments)
}

fn statements(it: &Function<'_>, function: &str) -> Vec<String> {
    let roles = |all: &BTreeSet<Option<Name>>| {
        let role =
            |role: &Option<Name>| role.as_ref().map_or_else(|| "PUBLIC".to_owned(), identifier);
        all.iter().map(role).collect::<Vec<_>>().join(", ")
    };
    let mut all = Vec::new();
    if !it.revoked.is_empty() {
        all.push(format!("REVOKE EXECUTE ON FUNCTION {function} FROM {}", roles(&it.revoked)));
    }
    if !it.granted.is_empty() {
        all.push(format!("GRANT EXECUTE ON FUNCTION {function} TO {}", roles(&it.granted)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_has_its_arguments() {
        let forms = CHANGED[0].forms;
        let all = ["1.6", "1.7", "1.10", "1.11", "1.12"].map(|version| form(forms, version));
        let [old, new, newest] = ["", "oid, oid, bigint", "oid, oid, bigint, boolean"].map(Some);
        assert_eq!(all, [old, new, new, newest, newest]);
        assert_eq!(form(forms, "unpackaged"), None);
    }
}
