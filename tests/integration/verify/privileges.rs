//! Where verify says that nothing is missing, the servers themselves say the same of each role and each
//! object.

use std::collections::BTreeSet;

use super::{DATABASES, Migrated};
use crate::support::cluster::Cluster;

const ROLES: &str = "ARRAY['shop_owner', 'Odd Owner', 'shop_read', 'shop_write', 'shop_app', 'legacy_erp', \
     'Jane \"J\" Doe']";

/// Every privilege of every role on every object, as `has_*_privilege` has it.
fn privileges(cluster: &Cluster, user: &str, database: &str) -> BTreeSet<String> {
    let user_schema = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";
    let parts = [
        format!(
            "SELECT 'table', n.nspname || '.' || c.relname, p, r.rolname, has_table_privilege(r.oid, c.oid, p) \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, r, \
             unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', \
             'SELECT WITH GRANT OPTION', 'DELETE WITH GRANT OPTION']) p WHERE c.relkind IN ('r', 'v', 'f') AND {user_schema}"
        ),
        format!(
            "SELECT 'column', n.nspname || '.' || c.relname || '.' || t.attname, p, r.rolname, \
             has_column_privilege(r.oid, c.oid, t.attnum, p) \
             FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace, r, \
             unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) p \
             WHERE t.attnum > 0 AND c.relkind IN ('r', 'v', 'f') AND {user_schema}"
        ),
        format!(
            "SELECT 'sequence', n.nspname || '.' || c.relname, p, r.rolname, has_sequence_privilege(r.oid, c.oid, p) \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, r, \
             unnest(ARRAY['SELECT', 'UPDATE', 'USAGE']) p WHERE c.relkind = 'S' AND {user_schema}"
        ),
        format!(
            "SELECT 'function', f.oid::regprocedure::text, 'EXECUTE', r.rolname, has_function_privilege(r.oid, f.oid, 'EXECUTE') \
             FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace, r WHERE {user_schema}"
        ),
        format!(
            "SELECT 'type', n.nspname || '.' || t.typname, 'USAGE', r.rolname, has_type_privilege(r.oid, t.oid, 'USAGE') \
             FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace, r WHERE {user_schema}"
        ),
        format!(
            "SELECT 'schema', n.nspname, p, r.rolname, has_schema_privilege(r.oid, n.oid, p) \
             FROM pg_namespace n, r, unnest(ARRAY['CREATE', 'USAGE']) p WHERE {user_schema}"
        ),
        "SELECT 'server', s.srvname, 'USAGE', r.rolname, has_server_privilege(r.oid, s.oid, 'USAGE') \
         FROM pg_foreign_server s, r"
            .to_owned(),
        "SELECT 'database', d.datname, p, r.rolname, has_database_privilege(r.oid, d.oid, p) \
         FROM pg_database d, r, unnest(ARRAY['CREATE', 'CONNECT', 'TEMPORARY']) p WHERE d.datname = current_database()"
            .to_owned(),
        "SELECT 'role', o.rolname, p, r.rolname, pg_has_role(r.oid, o.oid, p) \
         FROM r o, r, unnest(ARRAY['USAGE', 'MEMBER']) p"
            .to_owned(),
        "SELECT 'large object', m.oid::text, a.privilege_type, r.rolname, true FROM pg_largeobject_metadata m, \
         aclexplode(m.lomacl) a JOIN r ON r.oid = a.grantee"
            .to_owned(),
    ];
    let sql = format!(
        "WITH r AS (SELECT oid, rolname FROM pg_roles WHERE rolname = ANY ({ROLES})) \
         SELECT concat_ws(' ', kind, object, privilege, role, has) FROM ({}) AS all_of_it (kind, object, privilege, role, has)",
        parts.join(" UNION ALL ")
    );
    let rows = cluster.query(user, database, &sql);
    rows.into_iter().map(|row| row[0].clone().unwrap()).collect()
}

#[test]
fn the_servers_agree() {
    for major in [16, 18] {
        let migrated = Migrated::new(major, true);
        migrated.verify(&[]).done();
        for database in DATABASES {
            let there = privileges(&migrated.source, "rdsadmin", database);
            let here = privileges(&migrated.target, "azuresu", database);
            assert!(there.len() > 200, "{}", there.len());
            let lost: Vec<_> = there.difference(&here).collect();
            let gained: Vec<_> = here.difference(&there).collect();
            assert!(
                lost.is_empty() && gained.is_empty(),
                "{major} {database}: {lost:#?} {gained:#?}"
            );
        }
    }
}
