//! The checks, one a file. Adding one is a file and its line here.

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
mod high_availability;
mod languages;
mod large_objects;
mod local_temporary;
mod locales;
mod logical_replication;
mod network;
mod publications;
mod read_replicas;
mod replica_identity;
mod replication_user;
mod roles;
mod server_parameters;
mod source_user;
mod source_version;
mod storage;
mod superuser_objects;
mod tablespaces;
mod target_server;
mod target_user;
mod text_search;
mod with_oids;

use super::{About, Check};

/// The checks, in the order in which they are told.
pub static ALL: [&dyn Check; 33] = [
    &source_version::SourceVersion,
    &target_server::TargetServer,
    &target_user::TargetUser,
    &compute::Compute,
    &storage::Storage,
    &network::Network,
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
    &superuser_objects::SuperuserObjects,
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

/// The check that says which databases could not be visited.
pub(super) const VISITS: &str = databases::NAME;

/// What is said about every check.
pub fn abouts() -> impl Iterator<Item = &'static About> {
    ALL.iter().map(|check| check.about())
}

#[cfg(test)]
mod tests {
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
