//! What the JSON of a command looks like, as the program itself says: `pg_globals schema COMMAND`.

use jsonschema::Validator;

use crate::support::command::Run;

/// Of the JSON of a command.
pub fn validator(command: &str) -> Validator {
    let schema = Run::new(["schema", command]).done().stdout;
    let schema = serde_json::from_str(&schema).unwrap();
    // Not each draft has what these are written in.
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// A document is what its command's schema says.
pub fn assert_valid(command: &str, document: &str) {
    let document = serde_json::from_str(document).unwrap();
    let validator = validator(command);
    let errors: Vec<_> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
