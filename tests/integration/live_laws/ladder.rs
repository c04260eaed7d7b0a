//! Targets with everybody who holds the ladder, and who has which role there.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{self, each, quoted};
use crate::support::catalog::{Catalog, Grant, Role, Setting, assert_same, assert_same_set};
use crate::support::cluster::Cluster;
use crate::support::platforms::azure_like;

/// A name of the most bytes that there can be.
pub const LONG: &str = "Ünother \"admin\" whose name has all of the sixty-three bytes 12";

/// A target with everybody who holds the ladder.
pub struct Target {
    pub cluster: Cluster,
    pub user: &'static str,
    /// The roles that are never touched.
    pub ladder: BTreeSet<String>,
    pub keep: BTreeSet<String>,
}

/// Azure's administrators, direct and by others, and superusers with their members.
pub fn azure(major: u32) -> Target {
    let cluster = azure_like(major);
    let long = quoted(LONG);
    each(
        &cluster,
        "azadmin",
        &[
            "CREATE ROLE azadmin2 LOGIN PASSWORD 'second'".to_owned(),
            "CREATE ROLE dbas".to_owned(),
            "CREATE ROLE deputy LOGIN CREATEROLE".to_owned(),
            format!("CREATE ROLE {long} LOGIN"),
            format!("GRANT azure_pg_admin TO azadmin2, dbas, {long}"),
            "GRANT dbas TO deputy".to_owned(),
            "CREATE ROLE rooter_member LOGIN".to_owned(),
            "ALTER ROLE azadmin2 SET work_mem TO '5MB'".to_owned(),
            "COMMENT ON ROLE deputy IS 'stands in'".to_owned(),
        ],
    );
    each(
        &cluster,
        "azuresu",
        &[
            "CREATE ROLE rooter SUPERUSER LOGIN".to_owned(),
            "GRANT rooter TO rooter_member".to_owned(),
            "CREATE ROLE stand_in LOGIN".to_owned(),
            "GRANT azadmin TO stand_in".to_owned(),
            "ALTER ROLE azadmin SET statement_timeout TO '1h'".to_owned(),
            "COMMENT ON ROLE azadmin IS 'the administrator'".to_owned(),
        ],
    );
    let ladder = [
        "azuresu",
        "azadmin",
        "azadmin2",
        "dbas",
        "deputy",
        LONG,
        "stand_in",
        "rooter",
        "rooter_member",
        "azure_pg_admin",
        "replication",
    ];
    target(cluster, "azadmin", &ladder)
}

/// A plain server whose administrator has CREATEROLE only.
pub fn plain(major: u32) -> Target {
    let cluster = Cluster::start(major);
    each(
        &cluster,
        "postgres",
        &[
            "CREATE ROLE azadmin LOGIN CREATEROLE CREATEDB PASSWORD 'mine'".to_owned(),
            "CREATE ROLE rooter SUPERUSER LOGIN".to_owned(),
        ],
    );
    each(
        &cluster,
        "azadmin",
        &["CREATE ROLE rooter_member LOGIN".to_owned(), "CREATE ROLE stand_in LOGIN".to_owned()],
    );
    each(
        &cluster,
        "postgres",
        &[
            "GRANT rooter TO rooter_member".to_owned(),
            "GRANT rooter_member TO stand_in".to_owned(),
            "ALTER ROLE azadmin SET statement_timeout TO '1h'".to_owned(),
        ],
    );
    target(cluster, "azadmin", &["postgres", "azadmin", "rooter", "rooter_member", "stand_in"])
}

fn target(cluster: Cluster, user: &'static str, ladder: &[&str]) -> Target {
    let keep = source::roles(&cluster);
    let ladder = ladder.iter().map(|&name| name.to_owned()).collect();
    Target { cluster, user, ladder, keep }
}

impl Target {
    /// As it was, with customers' roles beside the ladder.
    pub fn reset(&self) {
        source::reset(&self.cluster, &self.keep);
        each(
            &self.cluster,
            self.user,
            &["CREATE ROLE shop CREATEDB".to_owned(), "CREATE ROLE clerk LOGIN".to_owned()],
        );
        let mut all =
            vec!["GRANT shop TO clerk".to_owned(), format!("GRANT shop TO {}", self.user)];
        if self.ladder.contains("azure_pg_admin") {
            all.push("GRANT shop TO azure_pg_admin, azadmin2, replication".to_owned());
            all.push("GRANT pg_monitor TO shop".to_owned());
        }
        each(&self.cluster, &self.cluster.superuser, &all);
    }
}

/// All about the ladder, apart from what belongs to roles that are created.
#[derive(Debug, PartialEq)]
pub struct Ladder {
    roles: BTreeMap<String, Role>,
    settings: BTreeSet<Setting>,
    pub grants: BTreeSet<Grant>,
}

impl Ladder {
    pub fn of(catalog: &Catalog, target: &Target) -> Self {
        let is = |name: &String| target.ladder.contains(name);
        let bootstrap = Some(&target.cluster.superuser);
        Self {
            roles: catalog.roles.clone().into_iter().filter(|(name, _)| is(name)).collect(),
            settings: catalog
                .settings
                .iter()
                .filter(|it| it.role.as_ref().is_none_or(is))
                .cloned()
                .collect(),
            grants: catalog
                .grants
                .iter()
                .filter(|it| is(&it.role) || is(&it.member))
                .filter(|it| {
                    // Since 16 whoever creates a role has it in this way.
                    let implicit = it.member == target.user
                        && it.grantor.as_ref() == bootstrap
                        && !target.keep.contains(&it.role)
                        && !it.options.inherit
                        && !it.options.set;
                    !(target.cluster.major >= 16 && implicit)
                })
                .cloned()
                .collect(),
        }
    }

    pub fn assert_untouched(&self, before: &Self, what: &str) {
        assert_same(what, &self.roles, &before.roles);
        assert_same_set(what, &self.settings, &before.settings);
        assert_same_set(what, &self.grants, &before.grants);
    }
}

/// Who has which role in which way: (way, member, role).
pub type Rights = BTreeSet<(&'static str, String, String)>;

/// What `pg_has_role` says of all pairs, with superusers counted as if they were none.
pub fn rights(cluster: &Cluster) -> Rights {
    let mut ways =
        vec![("MEMBER", "MEMBER"), ("USAGE", "USAGE"), ("ADMIN", "MEMBER WITH ADMIN OPTION")];
    if cluster.major >= 16 {
        ways.push(("SET", "SET"));
    }
    let superuser = &cluster.superuser;
    cluster.with_client(superuser, "postgres", async |client| {
        let update = "BEGIN; UPDATE pg_authid SET rolsuper = false WHERE oid <> 10";
        client.batch_execute(update).await.unwrap();
        let mut rights = Rights::new();
        for (way, privilege) in ways {
            let query = format!(
                "SELECT m.rolname, r.rolname FROM pg_authid m, pg_authid r
                 WHERE m.oid <> r.oid AND m.oid <> 10 AND pg_has_role(m.oid, r.oid, '{privilege}')"
            );
            for row in client.simple_query(&query).await.unwrap() {
                if let tokio_postgres::SimpleQueryMessage::Row(row) = row {
                    let name = |at: usize| row.get(at).unwrap().to_owned();
                    rights.insert((way, name(0), name(1)));
                    if way == "MEMBER" && cluster.major < 16 {
                        rights.insert(("SET", name(0), name(1)));
                    }
                }
            }
        }
        client.batch_execute("ROLLBACK").await.unwrap();
        rights
    })
}

/// What follows from rights that come together: who has a role has what that has.
pub fn closed(mut rights: Rights) -> Rights {
    loop {
        let mut more = Rights::new();
        for (way, member, role) in &rights {
            let through = if *way == "ADMIN" { "MEMBER" } else { way };
            for (_, other, _) in
                rights.iter().filter(|(way, _, had)| *way == through && had == member)
            {
                if other != role {
                    more.insert((*way, other.clone(), role.clone()));
                }
            }
        }
        let count = rights.len();
        rights.extend(more);
        if rights.len() == count {
            return rights;
        }
    }
}
