//! The checks, one a file. Adding one is a file and its line here.

mod connection_limits;
mod extensions;
mod roles;
mod server_parameters;
mod source_version;
mod target_server;
mod target_user;
mod words;

use super::{About, Check};

/// The checks, in the order in which they are told.
pub static ALL: [&dyn Check; 7] = [
    &source_version::SourceVersion,
    &target_server::TargetServer,
    &target_user::TargetUser,
    &extensions::Extensions,
    &server_parameters::ServerParameters,
    &connection_limits::ConnectionLimits,
    &roles::Roles,
];

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
