//! PostgreSQL's own programs on a cluster.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use super::cluster::Cluster;
use super::process::{command, succeed};
use super::servers::client_program;

/// The `psql` of `tests/fetch`.
const PSQL: u32 = 15;

impl Cluster {
    /// The globals, by the `pg_dumpall` of a major version, which must succeed.
    pub fn dump_globals(&self, client: u32, user: &str, arguments: &[&str]) -> Vec<u8> {
        succeed(self.pg_dumpall(client, user).arg("--globals-only").args(arguments)).stdout
    }

    /// The whole cluster, by the `pg_dumpall` of a major version, which must succeed.
    pub fn dump_all(&self, client: u32, user: &str, arguments: &[&str]) -> Vec<u8> {
        succeed(self.pg_dumpall(client, user).args(arguments)).stdout
    }

    /// A `pg_dumpall` that connects to the cluster, to be run or to be refused.
    pub fn pg_dumpall(&self, client: u32, user: &str) -> Command {
        self.connected(&client_program(client, "pg_dumpall"), user)
    }

    /// A program of PostgreSQL's that connects to the cluster, of a major version.
    pub fn client(&self, client: u32, name: &str, user: &str) -> Command {
        self.connected(&client_program(client, name), user)
    }

    /// Replays a script as people do: `psql -f`, going on after errors, not in one transaction.
    pub fn psql(&self, user: &str, script: impl AsRef<[u8]>) -> Output {
        self.psql_with(user, script.as_ref(), &[]).output().unwrap()
    }

    /// Runs a script that must succeed, with variables for psql.
    pub fn load(&self, user: &str, script: &str, variables: &[(String, String)]) {
        let mut psql = self.psql_with(user, script.as_ref(), variables);
        succeed(psql.args(["--quiet", "--set=ON_ERROR_STOP=1"]));
    }

    /// The output of a statement, by psql with a connection string; what it says if it fails.
    pub fn psql_at(string: &str, password: &str, statement: &str) -> Result<String, String> {
        let mut psql = command(client_program(PSQL, "psql"), Path::new("/"));
        psql.env("PGPASSWORD", password).arg("--no-psqlrc").arg("--dbname").arg(string);
        let output = psql.arg("--command").arg(statement).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
    }

    /// What psql says beside the answer where the server lets it in.
    pub fn warnings_at(string: &str, password: &str) -> String {
        let mut psql = command(client_program(PSQL, "psql"), Path::new("/"));
        psql.env("PGPASSWORD", password).arg("--no-psqlrc").arg("--dbname").arg(string);
        let output = psql.args(["--command", "SELECT 1"]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn psql_with(&self, user: &str, script: &[u8], variables: &[(String, String)]) -> Command {
        // A file, for the line numbers in psql's messages; it goes when the cluster goes.
        let file = tempfile::Builder::new().suffix(".sql").tempfile_in(self.socket()).unwrap();
        let (mut opened, path) = file.keep().unwrap();
        opened.write_all(script).unwrap();
        let mut psql = self.connected(&client_program(PSQL, "psql"), user);
        psql.arg("--no-psqlrc").arg("--file").arg(path);
        for (name, value) in variables {
            psql.arg(format!("--set={name}={value}"));
        }
        psql
    }

    fn connected(&self, program: &Path, user: &str) -> Command {
        let mut command = command(program, Path::new("/"));
        command.env("PGHOST", self.socket()).env("PGPORT", self.port.to_string());
        command.env("PGUSER", user).env("PGDATABASE", "postgres");
        command
    }
}
