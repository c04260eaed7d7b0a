//! What a customer's cluster holds outside its databases.

use std::path::PathBuf;

use super::cluster::Cluster;
use super::verifier;

/// A role that can log in, or a password kept for one that cannot.
#[derive(Clone, Copy, Debug)]
pub struct Login {
    pub role: &'static str,
    /// `None`: the role has no password.
    pub password: Option<&'static str>,
    pub kind: Kind,
    /// Whether the server lets it in over TCP with this password: an expired role, one without
    /// LOGIN or with no connections is not.
    pub let_in: bool,
    /// The psql variable that holds the verifier.
    variable: &'static str,
}

/// The kind of a verifier.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    None,
    Md5,
    /// With this many iterations.
    Scram(u32),
}

impl Login {
    /// What the server stores.
    pub fn verifier(&self) -> Option<String> {
        match (self.kind, self.password) {
            (Kind::Md5, Some(password)) => Some(verifier::md5(self.role, password)),
            (Kind::Scram(n), Some(password)) => Some(verifier::scram(self.role, password, n)),
            _ => None,
        }
    }

    const fn new(variable: &'static str, role: &'static str, password: &'static str) -> Self {
        Self { role, password: Some(password), kind: Kind::Scram(1), let_in: true, variable }
    }

    const fn none(role: &'static str) -> Self {
        Self { role, password: None, kind: Kind::None, let_in: false, variable: "" }
    }

    const fn kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    const fn kept_out(self) -> Self {
        Self { let_in: false, ..self }
    }
}

/// What [`rich`] and [`customer`] have made.
#[derive(Debug)]
pub struct Made {
    /// All roles with a password or LOGIN, the bootstrap superuser apart.
    pub logins: &'static [Login],
    /// The databases.
    pub databases: &'static [&'static str],
    /// Where the tablespace is.
    pub tablespace: Option<PathBuf>,
}

const RICH: &[Login] = &[
    Login::new("app", "app", "app secret").kind(Kind::Scram(4096)),
    Login::new("batch", "batch", "bätch '\"\\ secret"),
    Login::new("legacy", "legacy", "old secret").kind(Kind::Md5),
    Login::new("team_lead", "team_lead", "lead secret"),
    Login::none("no_password"),
    Login::new("expired", "expired", "gone").kept_out(),
    Login::none("never"),
    Login::new("no_connections", "no_connections", "shut").kept_out(),
    Login::new("retired", "retired", "kept").kept_out(),
    Login::new("dba", "dba", "dba secret"),
    Login::new("replicator", "replicator", "copy").kind(Kind::Md5),
    Login::new("exporter", "exporter", "export"),
    Login::new("quotes", "Weird \"Quotes\" it's", "it's"),
    Login::new("unicode", "Zoë Müller", "zoë").kind(Kind::Md5),
    Login::new("keyword", "user", "user"),
    Login::new("email", "email@example.com", "mail"),
];

/// Loads roles with everything that a role can have, on any version.
pub fn rich(cluster: &Cluster, user: &str) -> Made {
    let space = cluster.new_directory("odd space");
    let mut variables = verifiers(RICH);
    variables.push(("space".to_owned(), space.to_str().unwrap().to_owned()));
    let script = include_str!("rich.sql");
    // Since 19 no name has a line break.
    let script =
        if cluster.major < 19 { script.to_owned() } else { script.replace("\"new\n", "\"new ") };
    cluster.load(user, &script, &variables);
    Made { logins: RICH, databases: &["app_db", "Odd \"Db\"; -- x"], tablespace: Some(space) }
}

const CUSTOMER: &[Login] = &[
    Login::new("shop_app", "shop_app", "shop-app-1").kind(Kind::Scram(4096)),
    Login::new("shop_worker", "shop_worker", "shop-worker-1").kind(Kind::Scram(4096)),
    Login::new("billing_app", "billing_app", "billing-app-1").kind(Kind::Scram(4096)),
    Login::new("bi_tool", "bi_tool", "bi-tool-1").kind(Kind::Scram(4096)),
    Login::new("legacy_erp", "legacy_erp", "legacy-erp-1").kind(Kind::Md5),
    Login::new("cdc", "cdc", "cdc-1").kind(Kind::Scram(4096)),
    Login::new("rds_master", "rds_master", "rds-master-1").kind(Kind::Scram(4096)),
    Login::new("jane", "Jane Doe", "jane-1").kind(Kind::Scram(4096)),
    Login::new("contractor", "contractor", "contractor-1").kind(Kind::Md5).kept_out(),
    Login::new("dba_bob", "dba_bob", "dba-bob-1").kind(Kind::Scram(4096)),
    Login::none("lambda_iam"),
];

/// Loads an online shop's roles into an [`aurora_like`](super::platforms::aurora_like) cluster,
/// mostly as its master user.
pub fn customer(cluster: &Cluster) -> Made {
    cluster.load("postgres", include_str!("customer.sql"), &verifiers(CUSTOMER));
    Made { logins: CUSTOMER, databases: &["shop", "billing"], tablespace: None }
}

fn verifiers(logins: &[Login]) -> Vec<(String, String)> {
    let variable =
        |login: &Login| Some((format!("verifier_{}", login.variable), login.verifier()?));
    logins.iter().filter_map(variable).collect()
}
