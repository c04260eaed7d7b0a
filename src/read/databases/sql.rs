//! The queries.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::name::Name;
use crate::sql::push_literal;
use crate::version::Major;

/// What pg_dump takes for an object's privileges where nobody has changed them; those of public are as a
/// server since 15 makes it, where the source's are compared with.
const BASELINE: &str = "CASE WHEN o.class = 'pg_namespace'::regclass AND o.id = 2200 \
     THEN ARRAY[makeaclitem(0, o.owner, 'USAGE', false)] ELSE acldefault(o.type, o.owner) END";

/// Which objects name one of these roles, and whom else; and whose privileges somebody else than the
/// owner granted. A row for each role that an object names: the last two columns are the role and
/// whether it is one of these, or nothing and whether everybody is meant. What `initdb` makes is left out,
/// apart from the schema `public`: privileges on it are no matter of a restore.
pub(super) fn mentions(roles: &BTreeSet<Name>, major: Major) -> String {
    let since = |first: u32| major >= Major::new(first);
    let mut sql = format!(
        "WITH asked AS (SELECT oid FROM pg_roles WHERE rolname = ANY ({})), o AS (",
        names(roles)
    );
    sql.push_str(
        "SELECT 'pg_class'::regclass AS class, oid AS id, 0 AS sub, relowner AS owner, relacl AS acl, \
         CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\" AS type \
         FROM pg_class WHERE relacl IS NOT NULL AND oid >= 16384 \
         UNION ALL SELECT 'pg_class'::regclass, a.attrelid, a.attnum::integer, c.relowner, a.attacl, 'c' \
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
         WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND c.oid >= 16384",
    );
    for (catalog, owner, acl, letter) in [
        ("pg_proc", "proowner", "proacl", 'f'),
        ("pg_namespace", "nspowner", "nspacl", 'n'),
        ("pg_type", "typowner", "typacl", 'T'),
        ("pg_language", "lanowner", "lanacl", 'l'),
        ("pg_foreign_data_wrapper", "fdwowner", "fdwacl", 'F'),
        ("pg_foreign_server", "srvowner", "srvacl", 'S'),
        ("pg_largeobject_metadata", "lomowner", "lomacl", 'L'),
    ] {
        let public = if letter == 'n' { " OR oid = 2200" } else { "" };
        // A large object is known by the catalog that has its pages.
        let class = if letter == 'L' { "pg_largeobject" } else { catalog };
        let _ = write!(
            sql,
            " UNION ALL SELECT '{class}'::regclass, oid, 0, {owner}, {acl}, '{letter}' \
             FROM {catalog} WHERE {acl} IS NOT NULL AND (oid >= 16384{public})"
        );
    }
    let _ = write!(
        sql,
        " UNION ALL SELECT 'pg_database'::regclass, oid, 0, datdba, datacl, 'd' FROM pg_database \
         WHERE datacl IS NOT NULL AND datname = current_database() \
         UNION ALL SELECT 'pg_default_acl'::regclass, oid, 0, defaclrole, defaclacl, NULL FROM pg_default_acl\
         ), x AS (SELECT o.*, {BASELINE} AS baseline, \
         EXISTS (SELECT FROM aclexplode(o.acl) e WHERE e.grantor <> o.owner) AS regranted FROM o \
         WHERE EXISTS (SELECT FROM aclexplode(o.acl) e WHERE e.grantor <> o.owner \
         OR e.grantee <> o.owner AND e.grantee IN (SELECT oid FROM asked))",
    );
    if major > Major::OLDEST {
        sql.push_str(
            " AND NOT EXISTS (SELECT FROM pg_init_privs p WHERE p.classoid = o.class AND p.objoid = o.id \
             AND p.objsubid = o.sub AND p.initprivs::text = o.acl::text)",
        );
    }
    // A policy that only restricts takes rows away from those who have them by another.
    let restricts = if since(10) { "NOT p.polpermissive" } else { "false" };
    let _ = write!(
        sql,
        ") SELECT concat(x.class::oid, '/', x.id, '/', x.sub), i.type, i.identity, pg_get_userbyid(x.owner), \
         EXISTS (SELECT FROM aclexplode(x.baseline) d WHERE d.grantee = 0 AND NOT EXISTS (\
         SELECT FROM aclexplode(x.acl) e WHERE e.grantee = 0 AND e.privilege_type = d.privilege_type)), \
         x.regranted, r.rolname, CASE WHEN g.grantee = 0 THEN true ELSE coalesce(g.grantee IN \
         (SELECT oid FROM asked), false) END FROM x \
         CROSS JOIN LATERAL pg_identify_object(x.class, x.id, x.sub) i \
         LEFT JOIN LATERAL (SELECT DISTINCT e.grantee FROM aclexplode(x.acl) e WHERE e.grantee <> x.owner \
         AND (e.grantee IN (SELECT oid FROM asked) OR NOT EXISTS (SELECT FROM aclexplode(x.baseline) d WHERE d.grantee = 0 \
         AND d.privilege_type = e.privilege_type))) g ON true LEFT JOIN pg_roles r ON r.oid = g.grantee \
         UNION ALL SELECT concat('p/', p.oid), i.type, i.identity, pg_get_userbyid(c.relowner), {restricts}, \
         false, r.rolname, CASE WHEN g.role = 0 THEN true ELSE g.role IN (SELECT oid FROM asked) END \
         FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid \
         CROSS JOIN LATERAL pg_identify_object('pg_policy'::regclass, p.oid, 0) i \
         CROSS JOIN LATERAL unnest(p.polroles) AS g (role) LEFT JOIN pg_roles r ON r.oid = g.role \
         WHERE EXISTS (SELECT FROM unnest(p.polroles) AS n (role) WHERE n.role IN (SELECT oid FROM asked))",
    );
    sql
}

/// How much these roles and the bootstrap superuser own, whose objects stand in schemas of others, and
/// who owns `public`. What belongs to an extension comes with it, and belongs to whoever creates it.
pub(super) fn owners(roles: &BTreeSet<Name>, major: Major) -> String {
    let since = |first: u32| major >= Major::new(first);
    let mut sql = String::from(
        "WITH t AS (SELECT 'pg_class'::regclass AS class, oid AS id, relnamespace AS space, relowner AS owner \
         FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') \
         UNION ALL SELECT 'pg_type'::regclass, t.oid, t.typnamespace, t.typowner FROM pg_type t \
         LEFT JOIN pg_class c ON c.oid = t.typrelid WHERE t.typtype IN ('d', 'e', 'r') \
         OR t.typtype = 'b' AND t.typcategory <> 'A' OR t.typtype = 'c' AND c.relkind = 'c' \
         UNION ALL SELECT 'pg_namespace'::regclass, oid, NULL, nspowner FROM pg_namespace WHERE nspname !~ '^pg_'",
    );
    let mut add = |catalog: &str, space: &str, owner: &str| {
        let _ = write!(
            sql,
            " UNION ALL SELECT '{catalog}'::regclass, oid, {space}, {owner} FROM {catalog}"
        );
    };
    for (catalog, space, owner) in [
        ("pg_proc", "pronamespace", "proowner"),
        ("pg_operator", "oprnamespace", "oprowner"),
        ("pg_opclass", "opcnamespace", "opcowner"),
        ("pg_opfamily", "opfnamespace", "opfowner"),
        ("pg_collation", "collnamespace", "collowner"),
        ("pg_conversion", "connamespace", "conowner"),
        ("pg_ts_config", "cfgnamespace", "cfgowner"),
        ("pg_ts_dict", "dictnamespace", "dictowner"),
        ("pg_language", "NULL", "lanowner"),
        ("pg_foreign_data_wrapper", "NULL", "fdwowner"),
        ("pg_foreign_server", "NULL", "srvowner"),
        ("pg_largeobject_metadata", "NULL", "lomowner"),
        ("pg_event_trigger", "NULL", "evtowner"),
    ] {
        add(catalog, space, owner);
    }
    if since(10) {
        add("pg_statistic_ext", "stxnamespace", "stxowner");
        add("pg_publication", "NULL", "pubowner");
    }
    let _ = write!(
        sql,
        "), u AS (SELECT t.owner, n.nspname, n.nspowner FROM t LEFT JOIN pg_namespace n ON n.oid = t.space \
         WHERE t.id >= 16384 AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = t.class \
         AND e.objid = t.id AND e.deptype IN ('e', 'i')) AND (n.oid IS NULL OR n.nspname !~ '^pg_')) \
         SELECT 'owned', NULL, NULL, pg_get_userbyid(u.owner), count(*) FROM u WHERE u.owner = 10 \
         OR u.owner IN (SELECT oid FROM pg_roles WHERE rolname = ANY ({})) GROUP BY u.owner \
         UNION ALL SELECT 'within', u.nspname, pg_get_userbyid(u.nspowner), pg_get_userbyid(u.owner), count(*) \
         FROM u WHERE u.nspowner <> u.owner GROUP BY u.nspname, u.nspowner, u.owner \
         UNION ALL SELECT 'public', NULL, pg_get_userbyid(nspowner), NULL, NULL FROM pg_namespace \
         WHERE nspname = 'public'",
        names(roles)
    );
    sql
}

/// The names as an array.
fn names(roles: &BTreeSet<Name>) -> String {
    let mut out = String::from("ARRAY[");
    for (at, role) in roles.iter().enumerate() {
        out.push_str(if at == 0 { "" } else { ", " });
        push_literal(role.as_str(), &mut out);
    }
    out.push_str("]::name[]");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_literals() {
        let roles = ["a", "b'; DROP TABLE t; --"].map(Name::new).into();
        assert_eq!(names(&roles), "ARRAY['a', 'b''; DROP TABLE t; --']::name[]");
        assert_eq!(names(&BTreeSet::new()), "ARRAY[]::name[]");
    }
}
