//! The checks, one a file. Adding one is a file, its `mod`, and its line in the list.

mod aws_calls;
mod casts;
mod catalog_privileges;
mod collations;
mod compute;
mod connection_limits;
mod database_properties;
mod databases;
mod dependents;
mod event_triggers;
mod extensions;
mod foreign_servers;
mod function_settings;
mod high_availability;
mod languages;
mod large_objects;
mod local_temporary;
mod locales;
mod locks;
mod logical_replication;
mod network;
mod publications;
mod read_replicas;
mod reg_columns;
mod replica_identity;
mod replication_user;
pub(super) mod roles;
mod search_paths;
mod server_parameters;
mod service_validation;
mod source_user;
mod source_version;
mod storage;
mod superuser_objects;
mod tablespaces;
mod target_server;
mod target_user;
mod text_search;
mod version_leap;
mod with_oids;

use super::about::About;
use super::judge::Check;

/// The checks, in the order in which they are told.
pub static ALL: &[&dyn Check] = &[
    &source_version::SourceVersion,
    &target_server::TargetServer,
    &target_user::TargetUser,
    &compute::Compute,
    &storage::Storage,
    &network::Network,
    &service_validation::ServiceValidation,
    &extensions::Extensions,
    &server_parameters::ServerParameters,
    &connection_limits::ConnectionLimits,
    &roles::Roles,
    &high_availability::HighAvailability,
    &read_replicas::ReadReplicas,
    &databases::Databases,
    &database_properties::DatabaseProperties,
    &source_user::SourceUser,
    &locales::Locales,
    &collations::Collations,
    &casts::Casts,
    &text_search::TextSearch,
    &search_paths::SearchPaths,
    &reg_columns::RegColumns,
    &version_leap::VersionLeap,
    &superuser_objects::SuperuserObjects,
    &function_settings::FunctionSettings,
    &aws_calls::AwsCalls,
    &locks::Locks,
    &tablespaces::Tablespaces,
    &catalog_privileges::CatalogPrivileges,
    &large_objects::LargeObjects,
    &event_triggers::EventTriggers,
    &languages::Languages,
    &dependents::Dependents,
    &with_oids::WithOids,
    &foreign_servers::ForeignServers,
    &publications::Publications,
    &logical_replication::LogicalReplication,
    &replication_user::ReplicationUser,
    &replica_identity::ReplicaIdentity,
    &local_temporary::LocalTemporary,
];

/// What is said about every check.
pub fn abouts() -> impl Iterator<Item = &'static About> {
    ALL.iter().map(|check| check.about())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::version::Major;

    #[test]
    fn every_check_has_a_name_of_its_own() {
        let mut names: Vec<_> = abouts().map(|about| about.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for about in abouts() {
            assert!(about.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
            assert!(
                !about.title.ends_with('.') && !about.looked_at.ends_with('.'),
                "{}",
                about.name
            );
        }
    }

    /// Whether a query has a column of this name: `a.name`, `… AS name`, `name, …`, `name FROM`.
    fn is_selected(text: &str, column: &str) -> bool {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        text.match_indices(column).any(|(at, _)| {
            let (before, behind) = (&text[..at], &text[at + column.len()..]);
            let is_whole = !before.ends_with(is_word) && !behind.starts_with(is_word);
            let is_named = before.ends_with("AS ") || before.ends_with('.');
            is_whole && (is_named || behind.starts_with(',') || behind.starts_with(" FROM"))
        })
    }

    /// One that no query has would be found out by nobody until there is such a row.
    #[test]
    fn every_column_that_is_read_is_asked_for() {
        let mut columns = 0;
        let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/check")];
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let (text, _) = text.split_once("#[cfg(test)]").unwrap_or((&text, ""));
            for read in text.split("row.").skip(1) {
                let Some((way, rest)) = read.split_once("(\"") else { continue };
                let way = way.split("::<").next().unwrap_or_default();
                if !["get", "text", "flag", "number", "name", "name_or_null"].contains(&way) {
                    continue;
                }
                let (column, _) = rest.split_once('"').unwrap();
                let is_asked_for = path.ends_with("words.rs") || is_selected(text, column);
                assert!(is_asked_for, "{}: {column}", path.display());
                columns += 1;
            }
        }
        assert!(columns > 80, "only {columns} were found: are they read in another way now?");
    }

    /// Answers are kept by their questions' names.
    #[test]
    fn questions_of_one_name_are_one() {
        let mut questions: Vec<_> = ALL.iter().flat_map(|check| check.questions()).collect();
        questions.sort_by_key(|question| question.name);
        for pair in questions.windows(2).filter(|pair| pair[0].name == pair[1].name) {
            assert_eq!(pair[0].of, pair[1].of, "{}", pair[0].name);
            for major in (10..=18).map(Major::new) {
                assert_eq!((pair[0].sql)(major), (pair[1].sql)(major), "{}", pair[0].name);
            }
        }
    }
}
