//! What a platform's default parameter group sets, as a file says, and what a customer has chosen.

use std::collections::{BTreeMap, BTreeSet};
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
    values: BTreeMap<String, Vec<String>>,
}

/// By the platform's name.
static AWS: LazyLock<BTreeMap<String, Defaults>> =
    LazyLock::new(|| data::read(include_str!("../../data/aws-defaults.toml")));

/// What is known of what the customer has chosen on a server.
#[derive(Clone, Copy, Default)]
pub(super) struct Customer<'a> {
    /// The server's platform.
    pub(super) platform: Option<&'a Platform>,
    /// What the platform itself says was set, in lower case.
    pub(super) chosen: Option<&'a BTreeSet<String>>,
}

impl Customer<'_> {
    /// Whether the customer has chosen the value of a parameter, whose name is in lower case.
    pub(super) fn chose(&self, name: &str, setting: &Setting) -> bool {
        is_set(setting)
            && match self.chosen {
                Some(names) => names.contains(name),
                None => !self.is_platforms(name, setting),
            }
    }

    /// Whether it is what the platform's default parameter group sets.
    fn is_platforms(&self, name: &str, setting: &Setting) -> bool {
        let Some(defaults) = self.platform.and_then(|it| AWS.get(it.name())) else { return false };
        let values = defaults.values.get(name).map(Vec::as_slice).unwrap_or_default();
        defaults.by_class.iter().any(|known| known == name) || values.contains(&setting.value)
    }
}

/// Whether somebody gave it a value of its own.
pub(super) fn is_set(setting: &Setting) -> bool {
    const BY_USER: [&str; 5] =
        ["configuration file", "command line", "environment variable", "global", "session"];
    BY_USER.contains(&&*setting.source) && setting.boot.as_deref() != Some(&*setting.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        assert_eq!(AWS.keys().collect::<Vec<_>>(), ["aurora", "rds"]);
        for (platform, defaults) in &*AWS {
            assert!(Platform::builtin(platform).is_some());
            assert!(data::is_sorted(&defaults.by_class));
            assert!(!defaults.values.is_empty());
        }
    }

    fn set(value: &str) -> Setting {
        Setting {
            value: value.to_owned(),
            unit: None,
            vartype: "string".to_owned(),
            context: "user".to_owned(),
            source: "configuration file".to_owned(),
            boot: Some("boot".to_owned()),
            reset: None,
            pending_restart: false,
        }
    }

    #[test]
    fn the_two_groups_differ() {
        let chose = |platform: &str, name: &str, value: &str| {
            let customer = Customer { platform: Platform::builtin(platform), chosen: None };
            customer.chose(name, &set(value))
        };
        assert!(!chose("aurora", "autovacuum_naptime", "5"));
        assert!(chose("rds", "autovacuum_naptime", "5"));
        assert!(!chose("rds", "autovacuum_naptime", "15"));
        assert!(!chose("rds", "shared_buffers", "1234"));
        assert!(chose("postgres", "shared_buffers", "1234"));
    }

    /// The platform's own word comes first.
    #[test]
    fn what_the_platform_says_was_chosen() {
        let chosen = BTreeSet::from(["autovacuum_naptime".to_owned()]);
        let customer = Customer { platform: Platform::builtin("aurora"), chosen: Some(&chosen) };
        assert!(customer.chose("autovacuum_naptime", &set("5")));
        assert!(!customer.chose("work_mem", &set("65536")));
    }
}
