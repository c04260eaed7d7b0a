//! Differences that are meant, objects that no statement brings, and what administrators have gained.

use insta::assert_snapshot;

use super::Migrated;

/// The lines of a report that begin so.
fn lines<'a>(text: &'a str, begin: &str) -> Vec<&'a str> {
    text.split('\n').filter(|line| line.trim_start().starts_with(begin)).collect()
}

#[test]
fn what_is_accepted_is_no_difference() {
    let migrated = Migrated::new(16, true);
    let target = &migrated.target;
    // What administrators have gained is told, and is no difference.
    target.sql(
        "azuresu",
        "shop",
        "GRANT shop_read TO azadmin WITH INHERIT TRUE, SET TRUE; GRANT SELECT ON shop.t17, shop.\"All orders\" TO azadmin; \
         CREATE ROLE second LOGIN; GRANT azure_pg_admin TO second; GRANT UPDATE ON shop.t17 TO second",
    );
    let text = migrated.verify(&[]).done().stdout;
    assert_snapshot!([lines(&text, "azadmin:"), lines(&text, "second:")].concat().join("\n"), @r#"
    azadmin: the ADMIN option on 7 roles ("Jane ""J"" Doe", "Odd Owner", legacy_erp, postgres, shop_app, shop_owner, shop_write), granted by azuresu when they were created: it can make itself a member of each with GRANT
    azadmin: membership in 1 role (shop_read) WITH ADMIN TRUE, INHERIT TRUE, granted by azuresu
    azadmin: in shop, SELECT on shop.t17
    azadmin: in shop, SELECT on view shop."All orders"
    second: in shop, UPDATE on shop.t17
    "#);

    target.sql(
        "azuresu",
        "shop",
        "REVOKE SELECT ON shop.t17 FROM shop_read; DROP VIEW shop.\"All orders\"; \
         ALTER DATABASE crm CONNECTION LIMIT 3; ALTER TABLE shop.t19 OWNER TO \"Odd Owner\"; \
         ALTER ROLE legacy_erp BYPASSRLS",
    );
    let options = [
        ["--accept", "shop_read"],
        ["--accept", "view shop.*"],
        ["--accept", "database crm"],
        ["--accept", "shop.t19"],
        ["--accept", "legacy_*"],
    ];
    let done = migrated.verify(&options.concat()).done();
    assert_eq!(done.stderr, "");
    assert_snapshot!(lines(&done.stdout, "accepted with").join("\n"), @"accepted with --accept: 5 differences (shop_read: 1, view shop.*: 1, database crm: 1, shop.t19: 1, legacy_*: 1)");
    // Each of them is needed.
    for left_out in options {
        let others = options.iter().filter(|it| **it != left_out).flatten().copied();
        migrated.verify(&others.collect::<Vec<_>>()).status(1);
    }
    let unused = migrated.verify(&[&options.concat()[..], &["--accept", "nobody"]].concat());
    assert_eq!(
        unused.done().stderr,
        "warning: --accept nobody: no difference has such a name; case counts\n"
    );

    // What no statement brings is in the script, as a comment that psql takes.
    let script = migrated.verify(&["--format", "sql", "--accept", "shop_read"]).status(1).stdout;
    let comments = lines(&script, "-- ");
    assert_snapshot!(comments[comments.len() - 6..].join("\n"), @r#"
    -- before stays.
    -- Not in it: 1 difference that --accept names.
    -- In crm
    -- Missing in shop: 1 object, which is not in this script: restore them with pg_restore, and verify again
    --   view shop."All orders"
    -- In shop
    "#);
    let (said, succeeds) = target.psql_in("azadmin", "postgres", &script);
    assert!(succeeds && said.is_empty(), "{said}\n{script}");
    let text = migrated.verify(&options[..2].concat()).status(1).stdout;
    assert!(!text.contains("t19"), "{text}");
}

/// A role that is not there is proposed to nobody, and what a stand-in owns is named.
#[test]
fn owners_that_are_not_there() {
    let migrated = Migrated::new(16, true);
    let target = &migrated.target;
    target.sql("azuresu", "postgres", "ALTER ROLE shop_owner RENAME TO another");
    let text = migrated.verify(&["--exclude", "shop_owner"]).status(1).stdout;
    let remedies = lines(&text, "= shop_owner");
    assert_snapshot!(remedies.join("\n"), @r#"
    = shop_owner is not carried over, and the target has no such role: choose the role that is to own it: ALTER VIEW shop."All orders" OWNER TO <role>
    = shop_owner is not carried over, and the target has no such role: choose the role that is to own it: ALTER ROUTINE shop.pay(pg_catalog.int4, shop."Status"[], pg_catalog.text[]) OWNER TO <role>
    "#);
    let script = migrated.verify(&["--exclude", "shop_owner", "--format", "sql"]);
    let script = script.status(1).stdout;
    assert!(!script.contains("TO shop_owner"), "{script}");
    target.sql("azuresu", "postgres", "ALTER ROLE another RENAME TO shop_owner");

    // What belongs to a stand-in is given away as the report says, and the file drops the stand-in then.
    let report = migrated.verify(&["--format", "json"]).done().stdout;
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let owned = report["outstanding"]["owned"].as_array().unwrap();
    assert!(!owned.is_empty());
    for it in owned {
        let database = it["database"].as_str().unwrap();
        // The new owner needs CREATE on the schema.
        let to = if database == "crm" { "\"Odd Owner\"" } else { "shop_owner" };
        let remedy = it["remedy"].as_str().unwrap().replace("<role>", to);
        target.sql("azadmin", database, &remedy);
    }
    let (said, succeeds) = target.psql_in("azadmin", "postgres", &migrated.take_back);
    assert!(succeeds && !said.contains("belongs to the stand-in"), "{said}");
    target.sql("azuresu", "postgres", "GRANT CONNECT ON DATABASE shop TO azadmin");
    let text = migrated.verify(&[]).done_or_different().stdout;
    assert!(!text.contains("stand-in"), "{text}");
}
