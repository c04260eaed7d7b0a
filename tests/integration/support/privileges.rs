//! What roles may do with the objects of databases, as the server's own functions tell: the measure for
//! what a restore has brought.

use std::collections::BTreeSet;

use super::cluster::Cluster;

/// Who may do what with which object: role, kind, identity, privilege.
pub type Privileges = BTreeSet<[String; 4]>;

/// What a role can be asked about: the rows of a kind, its function, and the privileges.
const KINDS: [(&str, &str, &str); 8] = [
    (
        "'pg_class'::regclass::oid, c.oid, 0, c.relowner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'v', 'm', 'p') AND",
        "has_table_privilege(r.oid, o.id, p.privilege)",
        "SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER",
    ),
    (
        "'pg_class'::regclass::oid, c.oid, a.attnum, c.relowner FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v', 'm', 'p') AND a.attnum > 0 AND",
        "has_column_privilege(r.oid, o.id, o.sub::int2, p.privilege) \
         AND NOT has_table_privilege(r.oid, o.id, p.privilege)",
        "SELECT, INSERT, UPDATE, REFERENCES",
    ),
    (
        "'pg_class'::regclass::oid, c.oid, 0, c.relowner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind = 'S' AND",
        "has_sequence_privilege(r.oid, o.id, p.privilege)",
        "USAGE, SELECT, UPDATE",
    ),
    (
        "'pg_proc'::regclass::oid, c.oid, 0, c.proowner FROM pg_proc c JOIN pg_namespace n ON n.oid = c.pronamespace WHERE",
        "has_function_privilege(r.oid, o.id, p.privilege)",
        "EXECUTE",
    ),
    (
        "'pg_namespace'::regclass::oid, n.oid, 0, n.nspowner FROM pg_namespace n WHERE",
        "has_schema_privilege(r.oid, o.id, p.privilege)",
        "USAGE, CREATE",
    ),
    (
        "'pg_type'::regclass::oid, c.oid, 0, c.typowner FROM pg_type c JOIN pg_namespace n ON n.oid = c.typnamespace \
         WHERE c.typtype IN ('d', 'e') AND",
        "has_type_privilege(r.oid, o.id, p.privilege)",
        "USAGE",
    ),
    (
        "'pg_database'::regclass::oid, d.oid, 0, d.datdba FROM pg_database d, pg_namespace n \
         WHERE d.datname = current_database() AND n.nspname = 'public' AND",
        "has_database_privilege(r.oid, o.id, p.privilege)",
        "CONNECT, CREATE, TEMPORARY",
    ),
    (
        "'pg_largeobject'::regclass::oid, l.oid, 0, l.lomowner FROM pg_largeobject_metadata l, pg_namespace n \
         WHERE n.nspname = 'public' AND",
        "EXISTS (SELECT FROM pg_largeobject_metadata l, aclexplode(l.lomacl) e WHERE l.oid = o.id \
         AND e.grantee = r.oid AND e.privilege_type = p.privilege)",
        "SELECT, UPDATE",
    ),
];

/// What these roles may do in a database; only where they are neither the owner nor a member of that, if it
/// is about what was `granted`.
pub fn of(cluster: &Cluster, database: &str, roles: &[&str], granted: bool) -> Privileges {
    let owners = if granted { "NOT pg_has_role(r.oid, o.owner, 'USAGE')" } else { "true" };
    let names: Vec<_> = roles.iter().map(|role| format!("'{role}'")).collect();
    let names = names.join(", ");
    let mut all = Privileges::new();
    let mut ask = |sql: &str| {
        for row in cluster.query(&cluster.superuser, database, sql) {
            let mut row = row.into_iter().map(Option::unwrap);
            all.insert(std::array::from_fn(|_| row.next().unwrap()));
        }
    };
    for (rows, has, privileges) in KINDS {
        let privileges: Vec<_> = privileges.split(", ").map(|it| format!("('{it}')")).collect();
        ask(&format!(
            "SELECT r.rolname, i.type, i.identity, p.privilege FROM (SELECT {rows} \
             n.nspname !~ '^pg_' AND n.nspname <> 'information_schema') AS o (class, id, sub, owner), \
             pg_roles r, (VALUES {}) AS p (privilege), pg_identify_object(o.class, o.id, o.sub) i \
             WHERE r.rolname IN ({names}) AND {owners} AND {has}",
            privileges.join(", ")
        ));
    }
    ask(&format!(
        "SELECT r.rolname, i.type, i.identity, e.privilege_type FROM pg_default_acl d, aclexplode(d.defaclacl) e, \
         pg_roles r, pg_identify_object('pg_default_acl'::regclass, d.oid, 0) i \
         WHERE r.oid = e.grantee AND r.oid <> d.defaclrole AND r.rolname IN ({names}) \
         AND pg_get_userbyid(d.defaclrole) IN ({names})"
    ));
    ask(&format!(
        "SELECT r.rolname, i.type, i.identity, concat(p.polcmd, p.polpermissive) FROM pg_policy p, pg_roles r, \
         pg_identify_object('pg_policy'::regclass, p.oid, 0) i WHERE r.oid = ANY (p.polroles) \
         AND r.rolname IN ({names})"
    ));
    all
}

/// Who owns what in a database, its own owner included; the schema public apart.
pub fn owners(cluster: &Cluster, database: &str) -> BTreeSet<[String; 3]> {
    let rows = cluster.query(
        &cluster.superuser,
        database,
        "SELECT i.type, i.identity, pg_get_userbyid(o.owner) FROM (\
         SELECT 'pg_class'::regclass::oid, c.oid, c.relowner FROM pg_class c WHERE c.relkind IN ('r', 'v', 'm', 'p', 'S') \
         UNION ALL SELECT 'pg_proc'::regclass::oid, oid, proowner FROM pg_proc \
         UNION ALL SELECT 'pg_namespace'::regclass::oid, oid, nspowner FROM pg_namespace WHERE nspname !~ '^pg_' \
         UNION ALL SELECT 'pg_type'::regclass::oid, oid, typowner FROM pg_type WHERE typtype IN ('d', 'e') \
         UNION ALL SELECT 'pg_largeobject'::regclass::oid, oid, lomowner FROM pg_largeobject_metadata \
         UNION ALL SELECT 'pg_database'::regclass::oid, oid, datdba FROM pg_database \
         WHERE datname = current_database()) AS o (class, id, owner), pg_identify_object(o.class, o.id, 0) i \
         WHERE o.id >= 16384",
    );
    let row = |row: Vec<Option<String>>| {
        let mut row = row.into_iter().map(Option::unwrap);
        std::array::from_fn(|_| row.next().unwrap())
    };
    rows.into_iter().map(row).collect()
}
