//! What a platform's default parameter group sets, as a file says.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::check::data;
use crate::check::prelude::*;
use crate::platform::Platform;

/// The values; the file says what each is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Defaults {
    by_class: Vec<String>,
    values: BTreeMap<String, String>,
}

static AWS: LazyLock<Defaults> =
    LazyLock::new(|| data::read(include_str!("../../data/aws-defaults.toml")));

/// Whether a parameter, in lower case, has the value that its platform gives it where the customer has
/// chosen none.
pub(super) fn is_platforms(platform: Option<&Platform>, name: &str, setting: &Setting) -> bool {
    if !platform.is_some_and(|platform| matches!(platform.name(), "aurora" | "rds")) {
        return false;
    }
    let value = AWS.values.get(name);
    AWS.by_class.iter().any(|known| known == name)
        || value.is_some_and(|value| *value == setting.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(data::is_sorted(&AWS.by_class));
        assert!(!AWS.values.is_empty());
    }
}
