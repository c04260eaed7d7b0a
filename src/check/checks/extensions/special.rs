//! What is special about single extensions: what the migration service does not bring, what has to
//! be done by hand, and what comes nearest to what Azure does not have.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::check::data;
use crate::check::prelude::*;
use crate::platform::extensions::first_number;

/// The file says what each of it means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    platforms_extensions: Vec<String>,
    platforms_libraries: Vec<String>,
    in_pg_catalog: Vec<String>,
    libraries: BTreeMap<String, String>,
    special: Vec<Special>,
    counterpart: Vec<Counterpart>,
}

static TABLES: LazyLock<Tables> =
    LazyLock::new(|| data::read(include_str!("../../data/extensions.toml")));

/// What there is to say about some extensions that the target offers.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Special {
    names: Vec<String>,
    pub(super) state: State,
    pub(super) code: Option<String>,
    #[serde(default)]
    when: When,
    /// The only way of migration that it concerns.
    pub(super) concerns: Option<Method>,
    /// Goes on after the extension's name.
    pub(super) found: String,
    pub(super) remedy: String,
}

/// When it is said.
#[derive(Deserialize, Default, Debug)]
#[serde(rename_all = "kebab-case")]
enum When {
    #[default]
    Always,
    /// Where the first number of the version is another one on the target.
    OtherMajor,
    /// Where that number comes from below this one to it or above.
    Crosses(u64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Counterpart {
    names: Vec<String>,
    nearest: String,
}

impl When {
    /// Whether it is so from one version to the other, where that is known.
    fn applies(&self, here: &str, there: Option<&str>) -> bool {
        let (here, there) = (first_number(here), there.and_then(first_number));
        match self {
            Self::Always => true,
            Self::OtherMajor => there.is_some() && here != there,
            Self::Crosses(number) => {
                here.is_some_and(|it| it < *number) && there.is_some_and(|it| it >= *number)
            }
        }
    }
}

/// What there is to say about this extension, in its versions on the source and on the target.
pub(super) fn specials(
    name: &str,
    here: &str,
    there: Option<&str>,
) -> impl Iterator<Item = &'static Special> {
    let of = move |special: &&Special| {
        special.names.iter().any(|it| it == name) && special.when.applies(here, there)
    };
    TABLES.special.iter().filter(of)
}

/// What comes nearest to this extension, if anything is known of it.
pub(super) fn counterpart(name: &str) -> Option<&'static str> {
    let of = |entry: &&Counterpart| entry.names.iter().any(|it| it == name);
    TABLES.counterpart.iter().find(of).map(|entry| entry.nearest.as_str())
}

/// Whether a platform creates this extension by itself.
pub(super) fn is_platforms_extension(name: &str) -> bool {
    TABLES.platforms_extensions.iter().any(|it| it == name)
}

/// Whether an extension can be nowhere but in `pg_catalog`.
pub(super) fn is_at_home_in_pg_catalog(name: &str) -> bool {
    TABLES.in_pg_catalog.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    })
}

/// Whether a platform preloads this library by itself.
pub(super) fn is_platforms_library(name: &str) -> bool {
    is_platforms_extension(name)
        || TABLES.platforms_libraries.iter().any(|start| name.starts_with(start.as_str()))
}

/// The library that an extension needs preloaded.
pub(super) fn library(extension: &str) -> &str {
    TABLES.libraries.get(extension).map_or(extension, String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::extensions::offered;

    /// What is offered has no counterpart; what is special is offered, or nobody would see it.
    #[test]
    fn the_tables_fit_the_documentation() {
        let mut names = Vec::new();
        for Counterpart { names: its, nearest } in &TABLES.counterpart {
            assert!(!nearest.ends_with('.'), "{nearest}");
            for name in its {
                assert_eq!(offered(name), None, "{name}");
                assert!(!names.contains(&name), "{name}");
                names.push(name);
            }
        }
        for special in &TABLES.special {
            assert!(!special.found.ends_with('.') && !special.remedy.ends_with('.'));
            assert!(matches!(special.state, State::Warning | State::Failed));
            for name in &special.names {
                assert!(offered(name).is_some(), "{name}");
            }
        }
        for extension in TABLES.libraries.keys() {
            assert!(offered(extension).is_some_and(|it| it.preload), "{extension}");
        }
        for list in
            [&TABLES.platforms_extensions, &TABLES.platforms_libraries, &TABLES.in_pg_catalog]
        {
            assert!(data::is_sorted(list), "{list:?}");
        }
    }

    #[test]
    fn what_applies() {
        let found = |name: &str, here: &str, there: Option<&str>| -> Vec<State> {
            specials(name, here, there).map(|it| it.state).collect()
        };
        assert_eq!(found("pg_partman", "4.7.1", Some("5.0.1")), [State::Failed, State::Warning]);
        assert_eq!(found("pg_partman", "4.7.1", Some("4.7.1")), [State::Warning]);
        assert_eq!(found("pg_partman", "5.1.0", Some("5.0.1")), [State::Warning]);
        assert_eq!(found("postgis", "2.5.5", Some("3.5.2")), [State::Warning]);
        assert_eq!(found("postgis", "3.4.0", Some("3.5.2")), []);
        assert_eq!(found("postgis", "2.5.5", None), []);
        assert_eq!(found("hstore", "1.4", Some("1.8")), []);
    }

    #[test]
    fn whose_libraries_are_whose() {
        for name in ["rdsutils", "aurora_stat_utils", "pgaadauth", "pgms_wait_sampling"] {
            assert!(is_platforms_library(name), "{name}");
        }
        for name in ["pg_cron", "pgaudit", "auto_explain"] {
            assert!(!is_platforms_library(name), "{name}");
        }
    }
}
