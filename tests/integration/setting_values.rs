//! Values of settings: what each server refuses by their type is what is refused without asking it.

use pg_globals::platform::{Platform, Rights};
use pg_globals::version::Major;

use crate::support::cluster::Cluster;
use crate::support::on_each_major;

/// Tries each value on a setting of each name, and says what came of it.
const TRY: &str =
    "CREATE FUNCTION pg_temp.try(setting text, value text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER ROLE CURRENT_USER SET %I TO %L', setting, value);
    RETURN '';
EXCEPTION WHEN OTHERS THEN
    RETURN sqlerrm;
END $$;";

const VALUES: [&str; 48] = [
    "on",
    "OFF",
    "of",
    "o",
    "t",
    "fals",
    "maybe",
    "1",
    "0",
    "-1",
    "2",
    "",
    " 1",
    "1 ",
    "010",
    "08",
    "0x10",
    "0xg",
    "1.5",
    ".5",
    "1.",
    "-0.4",
    "1e2",
    "1e",
    "1kB",
    "1 MB",
    "1mb",
    "4TB",
    "1B",
    "1B ",
    "10us",
    "15ms",
    "1s",
    "2min",
    "1h",
    "30d",
    "1 s s",
    "99999999999",
    "99999999999999999999",
    "1e400",
    "nan",
    "md5",
    "MD5",
    "read committed",
    "serializable",
    "debug",
    "info",
    "escape",
];

on_each_major! { what_is_surely_refused }

fn what_is_surely_refused(major: u32) {
    let server = Cluster::start(major);
    let values = VALUES.map(|value| format!("('{value}')")).join(", ");
    let rows = server.query(
        "postgres",
        "postgres",
        &format!(
            "SET client_min_messages TO error; {TRY}
             SELECT name, value, pg_temp.try(name, value) FROM pg_settings, (VALUES {values}) v (value)
             WHERE context IN ('user', 'superuser') AND vartype <> 'string'
             AND name NOT IN ('transaction_deferrable', 'transaction_isolation', 'transaction_read_only')"
        ),
    );
    let rights = Rights::offline(Platform::builtin("postgres").unwrap(), Major::new(major));
    let mut wrong = Vec::new();
    for row in &rows {
        let [Some(name), Some(value), Some(said)] = row.as_slice() else { panic!("{row:?}") };
        let by_type = [
            "invalid value for parameter",
            "requires a Boolean value",
            "outside the valid range",
            "requires a numeric value",
        ];
        let refused = by_type.iter().any(|words| said.contains(words));
        let ours = rights.refused_value(name, value);
        // The server looks closer at this one than its type says: 1 to 127 are too small.
        let closer = name == "vacuum_buffer_usage_limit" && said.contains(": ");
        if !closer && ours.is_some() != refused {
            wrong.push(format!("{name} = '{value}': {said:?}, here {ours:?}"));
        }
    }
    assert!(rows.len() > 5_000, "{}", rows.len());
    assert_eq!(wrong, Vec::<String>::new());
}
