//! `schemas/` says what the JSON reports look like; it is written from the types here.

use std::path::Path;
use std::{env, fs};

use super::{
    CheckReport, ConvertReport, CopyReport, DiffReport, Explanations, PlatformDescription,
    PlatformList, VerifyReport,
};

/// `PG_GLOBALS_MAKE_SCHEMA=1 cargo test --lib schema` writes them anew.
#[test]
fn the_schemas_are_those_of_the_types() {
    assert_schema("report.json", &schemars::schema_for!(ConvertReport));
    assert_schema("check.json", &schemars::schema_for!(CheckReport));
    assert_schema("copy.json", &schemars::schema_for!(CopyReport));
    assert_schema("diff.json", &schemars::schema_for!(DiffReport));
    assert_schema("verify.json", &schemars::schema_for!(VerifyReport));
    assert_schema("explain.json", &schemars::schema_for!(Explanations));
    assert_schema("platforms.json", &schemars::schema_for!(PlatformList));
    assert_schema("platform.json", &schemars::schema_for!(PlatformDescription));
}

fn assert_schema(name: &str, schema: &schemars::Schema) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(name);
    let mut schema = serde_json::to_string_pretty(schema).unwrap();
    schema.push('\n');
    if env::var_os("PG_GLOBALS_MAKE_SCHEMA").is_some() {
        fs::write(&path, &schema).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == schema,
        "schemas/{name} is not that of the types any more: see whether the format's version must \
         grow, then PG_GLOBALS_MAKE_SCHEMA=1 cargo test --lib schema"
    );
}
