//! `verify`: after a whole migration with PostgreSQL's own programs, and after each loss that it is to
//! find.

mod closed;
mod cost;
mod losses;
mod meant;
mod namesakes;
mod no_owner;
mod privileges;
mod versions;
mod whole;

use std::path::Path;

use crate::support::cluster::Cluster;
use crate::support::command::{Done, Run};
use crate::support::platforms;
use crate::support::process::command;
use crate::support::servers::client_program;

/// The databases of the source.
const DATABASES: [&str; 3] = ["shop", "crm", "Old & odd"];

/// An Aurora-like server with everything, and an Azure-like one to which it was migrated.
struct Migrated {
    source: Cluster,
    target: Cluster,
    /// What takes back what was made for the restore.
    take_back: String,
}

impl Migrated {
    /// The roles by copy, the databases by `pg_dump` and `pg_restore`. With stand-ins, nothing is lost.
    fn new(major: u32, with_stand_ins: bool) -> Self {
        let source = platforms::aurora_like(15);
        source.load("rdsadmin", include_str!("source.sql"), &[]);
        let target = platforms::azure_like(major);
        let mut migrated = Self { source, target, take_back: String::new() };
        if with_stand_ins {
            migrated.take_back = migrated.copy(&["--for-restore", "back.sql"]).file("back.sql");
        } else {
            migrated.copy(&[]);
            let owners = "GRANT shop_owner, \"Odd Owner\" TO azadmin";
            migrated.target.sql("azadmin", "postgres", owners);
        }
        for database in DATABASES {
            migrated.restore(database);
        }
        // Settings in databases.
        migrated.copy(&[]);
        migrated
    }

    fn copy(&self, more: &[&str]) -> Done {
        let [from, to] = self.strings("rdsadmin");
        let arguments = ["copy", &from, &to, "--yes", "--reader", "catalog"];
        Run::new([&arguments[..], more].concat()).done()
    }

    fn restore(&self, database: &str) {
        let file = self.target.socket().join("dump");
        let run = |program: &str, cluster: &Cluster, user: &str, arguments: &[&str]| {
            let mut run = command(client_program(18, program), Path::new("/"));
            run.env("PGHOST", cluster.socket()).env("PGPORT", cluster.port.to_string());
            run.env("PGUSER", user).args(arguments).output().unwrap()
        };
        let path = file.to_str().unwrap();
        let dump = run("pg_dump", &self.source, "rdsadmin", &["-Fc", "-f", path, database]);
        assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
        if database == "shop" {
            // A superuser makes what only one may: the platform's allow-list does.
            self.target.sql("azadmin", "postgres", "CREATE DATABASE shop TEMPLATE template0");
            self.target.sql(
                "azuresu",
                "shop",
                "CREATE FOREIGN DATA WRAPPER plain; GRANT USAGE ON FOREIGN DATA WRAPPER plain TO shop_owner",
            );
            self.target.sql("azadmin", "postgres", "ALTER DATABASE shop OWNER TO shop_owner");
            run("pg_restore", &self.target, "azadmin", &["-d", database, path]);
            let properties = "ALTER DATABASE shop CONNECTION LIMIT 50";
            self.target.sql("azadmin", "postgres", properties);
            self.target.sql("azadmin", "postgres", "ALTER DATABASE shop SET work_mem = '8MB'");
            self.target.sql(
                "azadmin",
                "postgres",
                "REVOKE CONNECT ON DATABASE shop FROM PUBLIC;
                 GRANT CONNECT ON DATABASE shop TO shop_app, shop_read, postgres;
                 GRANT CREATE ON DATABASE shop TO \"Odd Owner\"",
            );
        } else {
            run("pg_restore", &self.target, "azadmin", &["-C", "-d", "postgres", path]);
        }
        std::fs::remove_file(file).unwrap();
    }

    /// Connections to both servers; as whom to the source.
    fn strings(&self, user: &str) -> [String; 2] {
        let from = self.source.connection_string(user, "postgres");
        [from, self.target.connection_string("azadmin", "postgres")]
    }

    /// The command line of a verification of the three databases.
    fn verify(&self, more: &[&str]) -> Run {
        let [from, to] = self.strings("rdsadmin");
        let run = Run::new(["verify", &from, &to]);
        let run = DATABASES.iter().fold(run, |run, name| run.arg("--database").arg(name));
        more.iter().fold(run, Run::arg)
    }

    /// Without what differs between two runs.
    fn masked(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (cluster, name) in [(&self.source, "source"), (&self.target, "target")] {
            let place = format!("{}:{}", cluster.socket().display(), cluster.port);
            text = text.replace(&place, name);
        }
        let versions = text.split("PostgreSQL ").map(|part| {
            let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            let end = part.find(", as ").unwrap_or(digits);
            format!("{}{}", &part[..digits], &part[end..])
        });
        let mut versions = versions.collect::<Vec<_>>();
        // What stands in front of the first is no version.
        text.split("PostgreSQL ").next().unwrap().clone_into(&mut versions[0]);
        versions.join("PostgreSQL ").replace(env!("CARGO_PKG_VERSION"), "VERSION")
    }
}
