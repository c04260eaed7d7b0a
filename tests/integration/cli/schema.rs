//! `pg_globals schema`.

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::command::Run;
use crate::support::schema;

/// Each says what it is of, and refuses another command's document.
#[test]
fn each_is_of_one_document() {
    let names =
        ["convert", "copy", "diff", "check", "verify", "graph", "explain", "platforms", "platform"];
    let platform = Run::new(["platforms", "neon", "--format", "json"]).done().stdout;
    let platform = serde_json::from_str(&platform).unwrap();
    let takes = names.map(|name| schema::validator(name).is_valid(&platform));
    assert_eq!(takes, names.map(|name| name == "platform"));
}

/// A field says what it means: what is generated from the schema can, too.
#[test]
fn everything_is_described() {
    fn undescribed(path: &str, schema: &Value, found: &mut Vec<String>) {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if property["description"].as_str().is_none_or(str::is_empty) {
                found.push(format!("{path}.{name}"));
            }
        }
    }
    let mut found = Vec::new();
    for name in
        ["convert", "copy", "diff", "check", "verify", "graph", "explain", "platforms", "platform"]
    {
        let schema = serde_json::from_str(&Run::new(["schema", name]).done().stdout).unwrap();
        undescribed(name, &schema, &mut found);
        for (part, schema) in schema["$defs"].as_object().into_iter().flatten() {
            undescribed(&format!("{name}.{part}"), schema, &mut found);
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn of_what_has_none() {
    assert_snapshot!(Run::new(["schema", "completions"]).fails(), @"
    error: invalid value 'completions' for '<COMMAND>'
      [possible values: convert, copy, diff, check, verify, graph, explain, platforms, platform]

    For more information, try '--help'.
    ");
    assert_snapshot!(Run::new(["schema"]).fails(), @"
    error: the following required arguments were not provided:
      <COMMAND>

    Usage: pg_globals schema <COMMAND>

    For more information, try '--help'.
    ");
}
