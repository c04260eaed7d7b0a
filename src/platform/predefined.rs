//! The roles that PostgreSQL itself creates, by version.

use super::answer::Answer;
use crate::version::Major;

/// No role that begins so can be created (`IsReservedName` in `src/backend/catalog/catalog.c`).
pub(super) const PREFIX: &str = "pg_";

/// The role whose rights the owner of a database has in it (`src/include/catalog/pg_authid.dat`).
pub const DATABASE_OWNER: &str = "pg_database_owner";

/// Predefined roles and the first version with each (`src/include/catalog/pg_authid.dat`), sorted.
const SINCE: &[(&str, u32)] = &[
    ("pg_checkpoint", 15),
    ("pg_create_subscription", 16),
    ("pg_database_owner", 14),
    ("pg_execute_server_program", 11),
    ("pg_maintain", 17),
    ("pg_monitor", 10),
    ("pg_read_all_data", 14),
    ("pg_read_all_settings", 10),
    ("pg_read_all_stats", 10),
    ("pg_read_server_files", 11),
    ("pg_signal_autovacuum_worker", 18),
    // 9.6, which no platform offers as a target any more.
    ("pg_signal_backend", 10),
    ("pg_stat_scan_tables", 10),
    ("pg_use_reserved_connections", 16),
    ("pg_write_all_data", 14),
    ("pg_write_server_files", 11),
];

/// What predefined roles are to each other on every server since 10, as (role, member)
/// (`src/backend/catalog/system_functions.sql`).
pub const BUILT_IN: [(&str, &str); 3] = [
    ("pg_read_all_settings", "pg_monitor"),
    ("pg_read_all_stats", "pg_monitor"),
    ("pg_stat_scan_tables", "pg_monitor"),
];

/// Whether every server of this version has the member in the role from the start.
pub fn is_built_in(role: &str, member: &str, major: Major) -> bool {
    major >= Major::new(10) && BUILT_IN.contains(&(role, member))
}

/// The names of all that are known.
pub fn names() -> impl Iterator<Item = &'static str> {
    SINCE.iter().map(|(name, _)| *name)
}

/// The first version that has the role.
pub(super) fn since(role: &str) -> Option<Major> {
    let at = SINCE.binary_search_by_key(&role, |(name, _)| name).ok()?;
    Some(Major::new(SINCE[at].1))
}

/// Why `pg_database_owner` is granted to nobody.
pub(super) const NO_MEMBERS: &str = "it cannot have explicit members";

/// May an administrator with CREATEROLE, of whom nothing else is known, grant `role`?
pub(super) fn vanilla(superuser: bool, role: &str, major: Major) -> Answer<'static> {
    match role {
        "pg_database_owner" => Answer::no(NO_MEMBERS),
        _ if superuser => Answer::Yes,
        // PostgreSQL lets CREATEROLE grant these before 16, but platforms were seen to patch that.
        "pg_read_server_files" | "pg_write_server_files" | "pg_execute_server_program" => {
            Answer::unconfirmed("platforms close the server's files and programs on their own")
        }
        _ if major < Major::new(16) => Answer::Yes,
        _ => Answer::unconfirmed("since 16 the administrator needs the ADMIN option on it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(SINCE.is_sorted_by(|a, b| a.0 < b.0));
        assert!(SINCE.iter().all(|(name, _)| name.starts_with(PREFIX)));
        assert_eq!(since("pg_maintain"), Some(Major::new(17)));
        assert_eq!(since("pg_nosuch"), None);
    }
}
