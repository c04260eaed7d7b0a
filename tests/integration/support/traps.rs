//! Traps in a database: whatever is called or looked at there by a name that PostgreSQL's own catalogs
//! have too, and without naming them, is refused, and stands in the server's log.

use super::cluster::Cluster;
use super::process::command;
use super::servers::client_program;

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

    /// Replays a script in a database by plain `psql -f`: what it says, and whether it succeeds.
    pub fn psql_in(&self, user: &str, database: &str, script: &str) -> (String, bool) {
        let path = self.socket().join("in.sql");
        std::fs::write(&path, script).unwrap();
        let mut psql = command(client_program(15, "psql"), self.socket());
        psql.args(["--no-psqlrc", "--dbname"]).arg(self.connection_string(user, database));
        let output = psql.arg("--file").arg(path).output().unwrap();
        (String::from_utf8(output.stderr).unwrap(), output.status.success())
    }
}
