//! Which parameters are worth what, as a file says.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::check::data;

/// The groups; the file says what each means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Groups {
    must: Vec<Must>,
    /// What applications can see.
    pub(super) applications: Vec<String>,
    managed: BTreeMap<String, Vec<String>>,
    platforms: Vec<String>,
    machine: Vec<String>,
    after: Vec<String>,
    read_only: Vec<String>,
}

/// The only ones.
pub(super) static GROUPS: LazyLock<Groups> =
    LazyLock::new(|| data::read(include_str!("../../data/server-parameters.toml")));

/// A parameter that must match.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Must {
    name: String,
    /// How values have to compare.
    pub(super) rule: Rule,
    /// What becomes wrong without an error, or does not work at all, where they do not.
    pub(super) why: String,
}

/// How values have to compare.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Rule {
    /// The same.
    Equal,
    /// No less on the target.
    AtLeast,
}

// Names are in lower case.
impl Groups {
    /// How the values of this parameter must compare, if they must.
    pub(super) fn must(&self, name: &str) -> Option<&Must> {
        self.must.iter().find(|must| must.name == name)
    }

    /// Whether applications can see the value.
    pub(super) fn is_seen_by_applications(&self, name: &str) -> bool {
        has(&self.applications, name)
    }

    /// Whether the platform manages it, or it is of the session: nobody has to compare it.
    pub(super) fn is_managed(&self, name: &str) -> bool {
        self.managed.values().any(|group| has(group, name))
    }

    /// Whether it exists on the platform of a source only.
    pub(super) fn is_of_a_platform(&self, name: &str) -> bool {
        has(&self.platforms, name)
    }

    /// Whether it depends on the machine.
    pub(super) fn is_of_machine(&self, name: &str) -> bool {
        has(&self.machine, name)
    }

    /// Whether it is set after the migration only, since it would end a long load.
    pub(super) fn is_after(&self, name: &str) -> bool {
        has(&self.after, name)
    }

    /// Whether nobody can set it on a flexible server, by its documentation.
    pub(super) fn is_read_only(&self, name: &str) -> bool {
        has(&self.read_only, name)
    }
}

/// Whether a pattern of these stands for a name in lower case.
fn has(patterns: &[String], name: &str) -> bool {
    patterns.iter().any(|pattern| {
        if let Some(start) = pattern.strip_suffix('*') {
            name.get(..start.len()).is_some_and(|it| it.eq_ignore_ascii_case(start))
        } else if let Some(end) = pattern.strip_prefix('*') {
            name.ends_with(end)
        } else {
            pattern.eq_ignore_ascii_case(name)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &str = include_str!("../../../platform/data/settings.tsv");

    fn known() -> Vec<String> {
        let names = KNOWN.split('\n').filter(|line| !line.starts_with('#'));
        let names = names.filter_map(|line| line.split('\t').next());
        names.map(str::to_ascii_lowercase).collect()
    }

    #[test]
    fn the_lists_are_sorted() {
        let Groups { must, applications, managed, platforms, machine, after, read_only } = &*GROUPS;
        let must: Vec<String> = must.iter().map(|must| must.name.clone()).collect();
        let lists = [&must, applications, platforms, machine, after, read_only];
        for list in lists.into_iter().chain(managed.values()) {
            assert!(data::is_sorted(list), "{list:?}");
        }
    }

    /// A misspelled name would never be found out.
    #[test]
    fn every_name_is_a_parameter_of_some_version() {
        let known = known();
        let must: Vec<String> = GROUPS.must.iter().map(|must| must.name.clone()).collect();
        // Older than the versions that were measured, or of a platform.
        let others = ["io_max_*", "azure.*", "recovery_*"];
        let all = [&must, &GROUPS.applications, &GROUPS.machine, &GROUPS.read_only];
        let all = all.into_iter().chain(GROUPS.managed.values()).flatten();
        for pattern in all.filter(|pattern| !others.contains(&pattern.as_str())) {
            let one = std::slice::from_ref(pattern);
            assert!(known.iter().any(|name| has(one, name)), "{pattern}");
        }
    }

    #[test]
    fn no_parameter_is_in_two_groups() {
        for name in known() {
            let groups = [
                GROUPS.must(&name).is_some(),
                GROUPS.is_seen_by_applications(&name),
                GROUPS.is_managed(&name),
                GROUPS.is_of_a_platform(&name),
            ];
            assert!(groups.iter().filter(|it| **it).count() < 2, "{name}");
        }
    }
}
