//! The page of the JSON: each document's fields, from the schemas that the program prints.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use pg_globals::report::Schema;
use serde_json::Value;

/// What a part of a document is called, by its schema and its name there.
type Names = BTreeMap<(&'static str, String), String>;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A description as a table has it.
fn cell(schema: &Value) -> String {
    text(&schema["description"]).replace('\n', " ").replace('|', "\\|").replace('<', "\\<")
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// What a value is, in words.
fn kind(document: &'static str, schema: &Value, names: &Names) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let part = reference.trim_start_matches("#/$defs/").to_owned();
        let name = &names[&(document, part)];
        return format!("[{name}](#{})", name.to_lowercase().replace(' ', "-"));
    }
    if let Some(alternatives) = schema["anyOf"].as_array() {
        let kinds: Vec<_> = alternatives.iter().map(|it| kind(document, it, names)).collect();
        return kinds.join(" or ");
    }
    let of_type = |name: &Value| match text(name) {
        "array" => format!("list of {}", kind(document, &schema["items"], names)),
        "integer" => "number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "string" => "text".to_owned(),
        name => name.to_owned(),
    };
    match schema["type"].as_array() {
        Some(several) => several.iter().map(of_type).collect::<Vec<_>>().join(" or "),
        None => of_type(&schema["type"]),
    }
}

/// The fields of an object, or the values of which one stands there.
fn table(document: &'static str, schema: &Value, names: &Names) -> String {
    let mut out = String::new();
    if let Some(values) = schema["oneOf"].as_array() {
        out.push_str("| value | meaning |\n| --- | --- |\n");
        for value in values {
            let _ = writeln!(out, "| `{}` | {} |", text(&value["const"]), cell(value));
        }
    } else {
        out.push_str("| field | | meaning |\n| --- | --- | --- |\n");
        for (name, field) in entries(&schema["properties"]) {
            let kind = kind(document, field, names);
            let _ = writeln!(out, "| `{name}` | {kind} | {} |", cell(field));
        }
    }
    out
}

/// The documents, and the parts that they are made of.
pub(super) fn documents() -> String {
    let schemas = Schema::ALL.map(|it| {
        let schema: Value = serde_json::from_str(it.text).expect("JSON");
        (it, schema)
    });
    // Parts of one name and meaning are one; another meaning is that of its document.
    let mut names = Names::new();
    let mut parts: BTreeMap<String, (&'static str, &Value)> = BTreeMap::new();
    for (of, schema) in &schemas {
        for (part, definition) in entries(&schema["$defs"]) {
            let mut name = part.trim_end_matches(char::is_numeric).to_owned();
            if parts
                .get(&name)
                .is_some_and(|(_, it)| it["description"] != definition["description"])
            {
                name = format!("{name} of {}", of.name);
            }
            names.insert((of.name, part.clone()), name.clone());
            parts.entry(name).or_insert((of.name, definition));
        }
    }
    let mut out = String::new();
    for (of, schema) in &schemas {
        let command = if of.name == "platform" { "platforms NAME" } else { of.name };
        let table = table(of.name, schema, &names);
        let _ = write!(
            out,
            "### {command}\n\n`pg_globals schema {}`: {}.\n\n{table}\n",
            of.name, of.title
        );
    }
    out.push_str("## What they are made of\n\n");
    for (name, (document, part)) in &parts {
        let description = text(&part["description"]);
        let _ = write!(out, "### {name}\n\n{description}\n\n{}\n", table(document, part, &names));
    }
    out
}
