//! Traps in a database: whatever is called or looked at there by a name that PostgreSQL's own catalogs
//! have too, and without naming them, is refused, and stands in the server's log.

use super::cluster::Cluster;

/// What the log says of each.
const SPRUNG: &str = "a trap was sprung";

impl Cluster {
    /// A new database that searches its traps first, for everybody and for these roles.
    pub fn trapped_database(&self, database: &str, roles: &[&str]) {
        self.sql(&self.superuser, "postgres", &format!("CREATE DATABASE {database}"));
        let traps = format!("\\connect {database}\n{}", include_str!("traps.sql"));
        self.load(&self.superuser, &traps, &[]);
        let path = "SET search_path = evil, pg_catalog";
        self.sql(&self.superuser, "postgres", &format!("ALTER DATABASE {database} {path}"));
        for role in roles {
            let alter = format!("ALTER ROLE {role} IN DATABASE {database} {path}");
            self.sql(&self.superuser, "postgres", &alter);
        }
    }

    /// None of them has been sprung.
    #[track_caller]
    pub fn assert_no_trap_sprung(&self, by: &str) {
        let log = self.log();
        let sprung: Vec<_> = log.split('\n').filter(|line| line.contains(SPRUNG)).collect();
        assert!(sprung.is_empty(), "{by}, on {}:\n{}", self.major, sprung.join("\n"));
    }
}
