//! The extensions that Azure Database for PostgreSQL flexible server offers, by its documentation:
//! the last resort, where no server can be asked.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::version::Major;

const TEXT: &str = include_str!("data/azure-extensions.tsv");

/// The version of the table's first column of versions, and of its last.
const FIRST: u32 = 11;
const LAST: u32 = 18;

// A test reads each line: none is left out here.
static TABLE: LazyLock<BTreeMap<&'static str, Offered>> =
    LazyLock::new(|| TEXT.split('\n').filter_map(line).collect());

/// An extension, or a library that is none, which a flexible server offers for some major version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offered {
    /// From [`FIRST`] to [`LAST`]; none where it is not offered, empty where it has no version.
    versions: Vec<Option<&'static str>>,
    /// Whether it works only when it is in `shared_preload_libraries`.
    pub preload: bool,
    /// Whether it is an extension; else it is a library only, without `CREATE EXTENSION`.
    pub is_extension: bool,
}

/// What the documentation says of an extension for a major version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Documented {
    /// It is offered, in this version; none where it has none.
    Offered(Option<&'static str>),
    /// It is not offered for this major version; the newest older one for which it is, if any.
    Missing(Option<Major>),
    /// The documentation that was read knows no such major version.
    Unknown,
}

/// A line of the table; none for a comment.
fn line(line: &'static str) -> Option<(&'static str, Offered)> {
    if line.starts_with('#') {
        return None;
    }
    let fields: Vec<&str> = line.split('\t').collect();
    let [name, versions @ .., preload, kind, _note] = &fields[..] else { return None };
    let version = |text: &&'static str| match *text {
        "-" => None,
        "nover" => Some(""),
        version => Some(version),
    };
    let offered = Offered {
        versions: versions.iter().map(version).collect(),
        preload: *preload == "yes",
        is_extension: *kind == "extension",
    };
    Some((name, offered))
}

/// What is known of an extension or library, if anything is.
pub fn offered(name: &str) -> Option<&'static Offered> {
    TABLE.get(name)
}

/// What the documentation says of an extension or library for a major version.
pub fn documented(name: &str, major: Major) -> Documented {
    let number = major.number();
    if !(FIRST..=LAST).contains(&number) {
        return Documented::Unknown;
    }
    let at = |number: u32| -> Option<&'static str> {
        let index = usize::try_from(number.checked_sub(FIRST)?).ok()?;
        *offered(name)?.versions.get(index)?
    };
    if let Some(version) = at(number) {
        return Documented::Offered(Some(version).filter(|it| !it.is_empty()));
    }
    let older = (FIRST..number).rev().find(|number| at(*number).is_some());
    Documented::Missing(older.map(Major::new))
}

/// Compares versions of an extension: number by number, and a missing one is 0. None where one of
/// them has no number to begin with.
pub fn compare_versions(one: &str, other: &str) -> Option<Ordering> {
    let (one, other) = (numbers(one)?, numbers(other)?);
    let longest = one.len().max(other.len());
    let at = |all: &[u64], index: usize| all.get(index).copied().unwrap_or(0);
    let mut pairs = (0..longest).map(|index| at(&one, index).cmp(&at(&other, index)));
    Some(pairs.find(|order| order.is_ne()).unwrap_or(Ordering::Equal))
}

/// The first number of a version: 4 of `4.7.1`.
pub fn first_number(version: &str) -> Option<u64> {
    numbers(version)?.first().copied()
}

/// `3.2.3dev`, `1.4-1`: the number that each part begins with, up to one that begins with none.
fn numbers(version: &str) -> Option<Vec<u64>> {
    let parts = version.split(['.', '-']).map_while(|part| {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        part[..digits].parse().ok()
    });
    let all: Vec<u64> = parts.collect();
    (!all.is_empty()).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let mut names = Vec::new();
        for text in
            TEXT.split('\n').filter(|line| !line.is_empty()).filter(|text| !text.starts_with('#'))
        {
            let fields: Vec<_> = text.split('\t').collect();
            assert_eq!(fields.len(), 12, "{text}");
            assert!(["yes", "no"].contains(&fields[9]), "{text}");
            assert!(["extension", "library"].contains(&fields[10]), "{text}");
            for version in &fields[1..9] {
                let known = ["-", "nover"].contains(version) || numbers(version).is_some();
                assert!(known, "{text}");
            }
            assert_eq!(line(text).unwrap().1.versions.len(), (LAST - FIRST + 1) as usize);
            names.push(fields[0]);
        }
        assert!(names.is_sorted() && !names.is_empty());
        names.dedup();
        assert_eq!(TABLE.len(), names.len());
    }

    #[test]
    fn what_the_documentation_says() {
        use Documented::{Missing, Offered, Unknown};
        let of = |name, major| documented(name, Major::new(major));
        assert_eq!(of("hstore", 11), Offered(Some("1.5")));
        assert_eq!(of("hstore", 18), Offered(Some("1.8")));
        assert_eq!(of("auto_explain", 16), Offered(None));
        assert_eq!(of("age", 18), Missing(Some(Major::new(16))));
        assert_eq!(of("age", 12), Missing(None));
        assert_eq!(of("aws_s3", 16), Missing(None));
        assert_eq!(of("hstore", 19), Unknown);
        assert_eq!(of("hstore", 10), Unknown);
    }

    #[test]
    fn versions_compare_by_their_numbers() {
        let cases = [
            ("1.10", "1.9", Some(Ordering::Greater)),
            ("1.6", "1.6.0", Some(Ordering::Equal)),
            ("1.4-1", "1.6", Some(Ordering::Less)),
            ("3.2.3dev", "3.2.3", Some(Ordering::Equal)),
            ("next", "1.0", None),
            ("99999999999999999999", "1", None),
        ];
        for (one, other, expected) in cases {
            assert_eq!(compare_versions(one, other), expected, "{one} {other}");
        }
        assert_eq!(first_number("4.7.1"), Some(4));
    }
}
