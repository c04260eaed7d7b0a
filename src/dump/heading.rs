//! What the comment lines of pg_dumpall and pg_dump say.

use super::{Marks, Part};

/// The beginning of the comment that can hold a newline, in clients before August 2025.
pub(super) const USER_CONFIG: &str = "-- User Config \"";

/// PostgreSQL and others made of it, as their pg_dump calls them. Their pg_dumpall may be anybody's.
const PRODUCTS: [&str; 5] =
    ["PostgreSQL", "YSQL", "EnterpriseDB", "Greenplum", "Greenplum Database"];

/// What a heading names in front of these words: the product whose dump it is.
fn product<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(words.len())?;
    let (product, behind) = (text.get(..at)?, text.get(at..)?);
    let is_name = product.starts_with(|c: char| c.is_ascii_uppercase())
        && product.split(' ').count() <= 2
        && product.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ');
    (is_name && behind.eq_ignore_ascii_case(words)).then_some(product)
}

/// The version of the program: `Dumped by pg_dump version 16.4`.
fn dumped_by(text: &str) -> Option<&str> {
    let (program, version) = text.strip_prefix("Dumped by ")?.split_once(" version ")?;
    program.ends_with("_dump").then_some(version)
}

/// Takes note of a comment line, and tells the part of the dump that begins with it, if one does.
/// `framed` is whether a line of two hyphens only stands in front of it, as in front of each heading.
pub(super) fn note(line: &str, framed: bool, marks: &mut Marks) -> Option<Part> {
    let text = line.strip_prefix("-- ")?.trim_end();
    // In a hand-written script, such a comment is one like any other.
    let in_dump = marks.headers > marks.trailers;
    let heads = |product: &str| framed || PRODUCTS.contains(&product);
    if let Some(product) = product(text, " database cluster dump").filter(|it| heads(it)) {
        marks.headers += 1;
        marks.product.get_or_insert_with(|| product.to_owned());
        return Some(Part::Globals);
    }
    if product(text, " database cluster dump complete").is_some_and(heads) {
        marks.trailers += 1;
        // What follows was not written by pg_dumpall.
        return Some(Part::Globals);
    }
    let known = |product: &str| PRODUCTS.contains(&product) || marks.headers > 0 && framed;
    if product(text, " database dump").is_some_and(known) {
        marks.database_headers += 1;
        return Some(Part::Database);
    }
    match text {
        "Databases" => in_dump.then_some(Part::Database),
        "Role privileges on configuration parameters" => {
            marks.parameter_section = true;
            Some(Part::Globals)
        }
        "Roles"
        | "Role memberships"
        | "Tablespaces"
        | "User Configurations"
        | "Per-Database Role Settings" => Some(Part::Globals),
        _ => {
            if let Some(version) = text.strip_prefix("Dumped from database version ") {
                version.clone_into(&mut marks.versions.get_or_insert_default().0);
            } else if let Some(version) = dumped_by(text) {
                version.clone_into(&mut marks.versions.get_or_insert_default().1);
            } else if text.starts_with("Database \"") {
                return in_dump.then_some(Part::Database);
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_every_product_are_known() {
        for (line, framed, expected) in [
            ("-- PostgreSQL database cluster dump", true, (1, 0, 0)),
            ("-- YSQL database cluster dump", true, (1, 0, 0)),
            ("-- Greenplum Database cluster dump", true, (1, 0, 0)),
            ("-- EnterpriseDB database cluster dump", true, (1, 0, 0)),
            ("-- YSQL database cluster dump complete", true, (0, 1, 0)),
            ("-- YSQL database dump", true, (0, 0, 1)),
            ("-- Greenplum Database database dump", true, (0, 0, 1)),
            ("-- Greenplum Database database dump complete", true, (0, 0, 0)),
            // Somebody's own words.
            ("-- Staging database cluster dump", false, (0, 0, 0)),
            ("-- Staging database dump", true, (0, 0, 0)),
            ("-- here is the PostgreSQL database cluster dump", true, (0, 0, 0)),
            ("-- é database cluster dump", true, (0, 0, 0)),
            ("-- database cluster dump", true, (0, 0, 0)),
        ] {
            let mut marks = Marks::default();
            note(line, framed, &mut marks);
            let seen = (marks.headers, marks.trailers, marks.database_headers);
            assert_eq!(seen, expected, "{line}");
        }
    }
}
