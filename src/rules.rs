//! All that findings can say, in the order in which reports show it: what `explain` and the reference pages print.

use crate::finding::About;
use crate::globals::collect;
use crate::{plan, read, sanitize};

/// What is said about every rule.
pub fn all() -> impl Iterator<Item = &'static About> {
    let read = collect::abouts::ALL.into_iter().chain(read::abouts::ALL);
    read.chain(sanitize::rules::all()).chain(plan::abouts())
}

/// What is said about the rule of this name.
pub fn about(name: &str) -> Option<&'static About> {
    all().find(|about| about.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_name_of_its_own() {
        let mut names: Vec<_> = all().map(|about| about.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for about in all() {
            assert!(
                about.name.bytes().all(|b| b.is_ascii_lowercase()
                    || b.is_ascii_digit()
                    || matches!(b, b'-' | b'_'))
            );
            assert!(!about.why.ends_with('.') && !about.remedy.ends_with('.'), "{}", about.name);
        }
    }
}
