//! `schemas/report.json` says what the JSON report looks like; it is written from the types here.

use std::path::Path;
use std::{env, fs};

use super::Report;

/// `PG_GLOBALS_MAKE_SCHEMA=1 cargo test --lib schema` writes it anew.
#[test]
fn the_schema_is_that_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/report.json");
    let mut schema = serde_json::to_string_pretty(&schemars::schema_for!(Report)).unwrap();
    schema.push('\n');
    if env::var_os("PG_GLOBALS_MAKE_SCHEMA").is_some() {
        fs::write(&path, &schema).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == schema,
        "schemas/report.json is not that of the types any more: see whether the format's version \
         must grow, then PG_GLOBALS_MAKE_SCHEMA=1 cargo test --lib schema"
    );
}
