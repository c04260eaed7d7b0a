//! Each loss is named, with its role and its object.

use std::fmt::Write as _;

use insta::assert_snapshot;

use super::Migrated;

/// What is lost: what is run for it, in which database, and what undoes it.
struct Loss(&'static str, &'static str, &'static str, &'static str);

const LOSSES: [Loss; 42] = [
    Loss(
        "table",
        "shop",
        "REVOKE SELECT ON shop.t17 FROM shop_read",
        "GRANT SELECT ON shop.t17 TO shop_read",
    ),
    Loss(
        "grant option",
        "shop",
        "REVOKE GRANT OPTION FOR DELETE ON shop.orders FROM shop_app",
        "GRANT DELETE ON shop.orders TO shop_app WITH GRANT OPTION",
    ),
    Loss(
        "column",
        "shop",
        "REVOKE SELECT (\"Secret\") ON shop.orders FROM \"Jane \"\"J\"\" Doe\"",
        "GRANT SELECT (\"Secret\") ON shop.orders TO \"Jane \"\"J\"\" Doe\"",
    ),
    Loss(
        "column, gained",
        "shop",
        "GRANT SELECT (mail) ON shop.orders TO legacy_erp",
        "REVOKE SELECT (mail) ON shop.orders FROM legacy_erp",
    ),
    Loss(
        "owner of a table",
        "shop",
        "ALTER TABLE shop.t19 OWNER TO \"Odd Owner\"",
        "ALTER TABLE shop.t19 OWNER TO shop_owner",
    ),
    Loss(
        "owner of a view",
        "shop",
        "ALTER VIEW shop.\"All orders\" OWNER TO azadmin",
        "ALTER VIEW shop.\"All orders\" OWNER TO shop_owner",
    ),
    Loss(
        "odd names",
        "shop",
        "REVOKE TRIGGER ON \"Odd \"\"schema\"\"\".\"Odd \"\"table\"\"\" FROM \"Jane \"\"J\"\" Doe\"",
        "GRANT TRIGGER ON \"Odd \"\"schema\"\"\".\"Odd \"\"table\"\"\" TO \"Jane \"\"J\"\" Doe\"",
    ),
    Loss(
        "user mapping",
        "shop",
        "DROP USER MAPPING FOR shop_app SERVER archive",
        "CREATE USER MAPPING FOR shop_app SERVER archive",
    ),
    Loss(
        "user mapping of everybody",
        "shop",
        "DROP USER MAPPING FOR PUBLIC SERVER archive",
        "CREATE USER MAPPING FOR PUBLIC SERVER archive",
    ),
    Loss(
        "policy",
        "shop",
        "DROP POLICY everybody ON shop.orders",
        "CREATE POLICY everybody ON shop.orders USING (owner = current_user)",
    ),
    Loss(
        "role of a policy",
        "shop",
        "ALTER POLICY \"For erp\" ON shop.orders TO shop_app",
        "ALTER POLICY \"For erp\" ON shop.orders TO legacy_erp, shop_app",
    ),
    Loss(
        "row security",
        "shop",
        "ALTER TABLE shop.orders DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY",
    ),
    Loss(
        "forced row security",
        "shop",
        "ALTER TABLE shop.orders NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE shop.orders FORCE ROW LEVEL SECURITY",
    ),
    Loss(
        "default privilege",
        "shop",
        "ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA shop REVOKE SELECT ON TABLES FROM shop_read",
        "ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA shop GRANT SELECT ON TABLES TO shop_read",
    ),
    Loss(
        "default privilege of PUBLIC",
        "shop",
        "ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
        "ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
    ),
    Loss(
        "function",
        "shop",
        "REVOKE EXECUTE ON FUNCTION shop.pay(int, shop.\"Status\"[], text[]) FROM shop_app",
        "GRANT EXECUTE ON FUNCTION shop.pay(int, shop.\"Status\"[], text[]) TO shop_app",
    ),
    Loss(
        "function, open to everybody",
        "shop",
        "GRANT EXECUTE ON FUNCTION shop.pay(int, shop.\"Status\"[], text[]) TO PUBLIC",
        "REVOKE EXECUTE ON FUNCTION shop.pay(int, shop.\"Status\"[], text[]) FROM PUBLIC",
    ),
    Loss(
        "function, closed to everybody",
        "shop",
        "REVOKE EXECUTE ON FUNCTION shop.open(numeric) FROM PUBLIC",
        "GRANT EXECUTE ON FUNCTION shop.open(numeric) TO PUBLIC",
    ),
    Loss(
        "procedure",
        "shop",
        "REVOKE EXECUTE ON PROCEDURE shop.close_day() FROM shop_write",
        "GRANT EXECUTE ON PROCEDURE shop.close_day() TO shop_write",
    ),
    Loss(
        "SECURITY DEFINER",
        "shop",
        "ALTER FUNCTION shop.pay(int, shop.\"Status\"[], text[]) OWNER TO azadmin",
        "ALTER FUNCTION shop.pay(int, shop.\"Status\"[], text[]) OWNER TO shop_owner",
    ),
    Loss(
        "owner of a collation",
        "shop",
        "ALTER COLLATION shop.plain OWNER TO azadmin",
        "ALTER COLLATION shop.plain OWNER TO shop_owner",
    ),
    Loss(
        "owner of a conversion",
        "shop",
        "ALTER CONVERSION shop.latin OWNER TO azadmin",
        "ALTER CONVERSION shop.latin OWNER TO shop_owner",
    ),
    Loss(
        "owner of a text search dictionary",
        "shop",
        "ALTER TEXT SEARCH DICTIONARY shop.words OWNER TO azadmin",
        "ALTER TEXT SEARCH DICTIONARY shop.words OWNER TO shop_owner",
    ),
    Loss(
        "owner of a text search configuration",
        "shop",
        "ALTER TEXT SEARCH CONFIGURATION shop.\"Search\" OWNER TO azadmin",
        "ALTER TEXT SEARCH CONFIGURATION shop.\"Search\" OWNER TO shop_owner",
    ),
    Loss(
        "owner of statistics",
        "shop",
        "ALTER STATISTICS shop.both OWNER TO azadmin",
        "ALTER STATISTICS shop.both OWNER TO shop_owner",
    ),
    Loss(
        "owner of an operator",
        "shop",
        "ALTER OPERATOR shop.### (shop.\"Status\", text) OWNER TO azadmin",
        "ALTER OPERATOR shop.### (shop.\"Status\", text) OWNER TO shop_owner",
    ),
    Loss(
        "no SECURITY DEFINER",
        "shop",
        "ALTER FUNCTION shop.pay(int, shop.\"Status\"[], text[]) SECURITY INVOKER",
        "ALTER FUNCTION shop.pay(int, shop.\"Status\"[], text[]) SECURITY DEFINER",
    ),
    Loss(
        "SECURITY DEFINER that was none",
        "shop",
        "ALTER FUNCTION shop.open(numeric) SECURITY DEFINER",
        "ALTER FUNCTION shop.open(numeric) SECURITY INVOKER",
    ),
    Loss(
        "a view's rights",
        "shop",
        "ALTER VIEW shop.careful RESET (security_invoker)",
        "ALTER VIEW shop.careful SET (security_invoker = on)",
    ),
    Loss(
        "type",
        "shop",
        "REVOKE USAGE ON TYPE shop.email FROM shop_app",
        "GRANT USAGE ON TYPE shop.email TO shop_app",
    ),
    Loss(
        "schema",
        "shop",
        "REVOKE USAGE ON SCHEMA shop FROM shop_read",
        "GRANT USAGE ON SCHEMA shop TO shop_read",
    ),
    Loss(
        "sequence",
        "shop",
        "REVOKE USAGE ON SEQUENCE shop.numbers FROM shop_write",
        "GRANT USAGE ON SEQUENCE shop.numbers TO shop_write",
    ),
    Loss(
        "large object",
        "shop",
        "REVOKE SELECT ON LARGE OBJECT 4242 FROM shop_read",
        "GRANT SELECT ON LARGE OBJECT 4242 TO shop_read",
    ),
    Loss(
        "foreign server",
        "shop",
        "REVOKE USAGE ON FOREIGN SERVER archive FROM shop_app",
        "GRANT USAGE ON FOREIGN SERVER archive TO shop_app",
    ),
    Loss(
        "CONNECT",
        "shop",
        "REVOKE CONNECT ON DATABASE shop FROM shop_app; GRANT CONNECT ON DATABASE shop TO PUBLIC",
        "GRANT CONNECT ON DATABASE shop TO shop_app; REVOKE CONNECT ON DATABASE shop FROM PUBLIC",
    ),
    Loss(
        "owner of a database",
        "postgres",
        "ALTER DATABASE crm OWNER TO shop_owner",
        "ALTER DATABASE crm OWNER TO \"Odd Owner\"",
    ),
    Loss(
        "limit and setting of a database",
        "postgres",
        "ALTER DATABASE shop CONNECTION LIMIT -1; ALTER DATABASE shop RESET work_mem",
        "ALTER DATABASE shop CONNECTION LIMIT 50; ALTER DATABASE shop SET work_mem = '8MB'",
    ),
    Loss(
        "membership",
        "postgres",
        "REVOKE shop_write FROM shop_app GRANTED BY azadmin",
        "GRANT shop_write TO shop_app GRANTED BY azadmin",
    ),
    Loss("LOGIN", "postgres", "ALTER ROLE shop_app NOLOGIN", "ALTER ROLE shop_app LOGIN"),
    Loss(
        "setting of a role",
        "postgres",
        "ALTER ROLE shop_app RESET statement_timeout",
        "ALTER ROLE shop_app SET statement_timeout = '1min'",
    ),
    Loss(
        "a function of the server's own",
        "crm",
        "GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text) TO legacy_erp",
        "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text) FROM legacy_erp",
    ),
    Loss(
        "an object",
        "crm",
        "ALTER TABLE crm.people RENAME TO persons",
        "ALTER TABLE crm.persons RENAME TO people",
    ),
];

#[test]
fn each_is_named() {
    let migrated = Migrated::new(16, true);
    let target = &migrated.target;
    let mut all = String::new();
    for Loss(name, database, lose, give_back) in LOSSES {
        target.sql("azuresu", database, lose);
        let said = migrated.verify(&[]).status(1).stdout;
        let (_, said) = said.split_once("\n\n").unwrap();
        // What is the same in each.
        let end = said.find("\nnot carried over: ").expect(said);
        let _ = writeln!(all, "==== {name}\n{}", said[..end].trim_end());
        target.sql("azuresu", database, give_back);
    }
    assert_snapshot!(all);
    migrated.verify(&[]).done();
}
