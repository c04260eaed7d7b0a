//! What the comment lines of pg_dumpall and pg_dump say.

use super::{Marks, Part};

/// The beginning of the comment that can hold a newline, in clients before August 2025.
pub(super) const USER_CONFIG: &str = "-- User Config \"";

/// Takes note of a comment line, and tells the part of the dump that begins with it, if one does.
pub(super) fn note(line: &str, marks: &mut Marks) -> Option<Part> {
    let text = line.strip_prefix("-- ")?.trim_end();
    // In a hand-written script, such a comment is one like any other.
    let in_dump = marks.headers > marks.trailers;
    match text {
        "PostgreSQL database cluster dump" => {
            marks.headers += 1;
            Some(Part::Globals)
        }
        "PostgreSQL database cluster dump complete" => {
            marks.trailers += 1;
            // What follows was not written by pg_dumpall.
            Some(Part::Globals)
        }
        "PostgreSQL database dump" => {
            marks.database_headers += 1;
            Some(Part::Database)
        }
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
            } else if let Some(version) = text.strip_prefix("Dumped by pg_dump version ") {
                version.clone_into(&mut marks.versions.get_or_insert_default().1);
            } else if text.starts_with("Database \"") {
                return in_dump.then_some(Part::Database);
            }
            None
        }
    }
}
