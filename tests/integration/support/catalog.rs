//! What a cluster has outside its databases, as its own catalogs tell: the measure for what the
//! program says and does.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use super::cluster::Cluster;

/// What a cluster has outside its databases, predefined roles included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    pub roles: BTreeMap<String, Role>,
    pub grants: BTreeSet<Grant>,
    pub settings: BTreeSet<Setting>,
    /// Tablespaces, and each privilege on parameters and tablespaces.
    pub others: BTreeSet<Vec<Option<String>>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    pub superuser: bool,
    pub inherit: bool,
    pub createrole: bool,
    pub createdb: bool,
    pub login: bool,
    pub replication: bool,
    pub bypassrls: bool,
    pub limit: String,
    pub password: Option<String>,
    pub valid_until: Option<String>,
    pub comment: Option<String>,
}

/// A membership by one grantor. Before 16 it inherits where the member does, and allows SET ROLE.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    pub role: String,
    pub member: String,
    pub grantor: Option<String>,
    pub options: Options,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Options {
    pub admin: bool,
    pub inherit: bool,
    pub set: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Setting {
    /// `None`: every role.
    pub role: Option<String>,
    /// `None`: every database.
    pub database: Option<String>,
    /// `name=value`, as it is stored.
    pub text: String,
}

/// Memberships by role and member, with every option that one of the grants has.
pub type Memberships = BTreeMap<(String, String), Options>;

impl Catalog {
    /// Reads it, as the bootstrap superuser.
    pub fn of(cluster: &Cluster) -> Self {
        let roles = "SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
                 rolreplication, rolbypassrls, rolconnlimit, rolpassword, rolvaliduntil,
                 shobj_description(oid, 'pg_authid')
             FROM pg_authid";
        let options = if cluster.major < 16 {
            "m.rolinherit, true"
        } else {
            "a.inherit_option, a.set_option"
        };
        let grants = format!(
            "SELECT r.rolname, m.rolname, g.rolname, a.admin_option, {options}
             FROM pg_auth_members a JOIN pg_authid r ON r.oid = a.roleid
             JOIN pg_authid m ON m.oid = a.member LEFT JOIN pg_authid g ON g.oid = a.grantor"
        );
        let settings = "SELECT rolname, datname, unnest(setconfig) FROM pg_db_role_setting
             LEFT JOIN pg_authid r ON r.oid = setrole LEFT JOIN pg_database d ON d.oid = setdatabase";
        // In whatever order they were granted.
        let others = "SELECT spcname, acl FROM pg_tablespace LEFT JOIN unnest(spcacl) acl ON true";
        let parameters = if cluster.major < 15 {
            "SELECT WHERE false"
        } else {
            "SELECT parname, acl FROM pg_parameter_acl, unnest(paracl) acl"
        };
        let texts = [roles, &grants, settings, others, parameters];
        let [roles, grants, settings, mut others, parameters] =
            cluster.queries(&cluster.superuser, "postgres", texts);
        others.extend(parameters);
        Self {
            roles: roles.iter().map(|row| role(row)).collect(),
            grants: grants.iter().map(|row| grant(row)).collect(),
            settings: settings.iter().map(|row| setting(row)).collect(),
            others: others.into_iter().collect(),
        }
    }

    /// The memberships, whoever granted them.
    pub fn memberships(&self) -> Memberships {
        let mut all = Memberships::new();
        for Grant { role, member, options, .. } in &self.grants {
            let united = all.entry((role.clone(), member.clone())).or_default();
            united.admin |= options.admin;
            united.inherit |= options.inherit;
            united.set |= options.set;
        }
        all
    }
}

/// Fails with what differs, and only that.
pub fn assert_same<'a, K: Ord + Debug + 'a, V: PartialEq + Debug + 'a>(
    what: &str,
    got: impl IntoIterator<Item = (&'a K, &'a V)>,
    expected: impl IntoIterator<Item = (&'a K, &'a V)>,
) {
    let got: BTreeMap<_, _> = got.into_iter().collect();
    let expected: BTreeMap<_, _> = expected.into_iter().collect();
    let mut differences = Vec::new();
    for (key, value) in &expected {
        match got.get(key) {
            None => differences.push(format!("missing: {key:?}: {value:?}")),
            Some(other) if other != value => {
                differences.push(format!("{key:?}: got {other:?}\n  expected {value:?}"));
            }
            Some(_) => {}
        }
    }
    let more = got.iter().filter(|(key, _)| !expected.contains_key(*key));
    differences.extend(more.map(|(key, value)| format!("more: {key:?}: {value:?}")));
    assert!(differences.is_empty(), "{what}:\n{}", differences.join("\n"));
}

/// The same for sets.
pub fn assert_same_set<K: Ord + Debug>(what: &str, got: &BTreeSet<K>, expected: &BTreeSet<K>) {
    assert_same(what, got.iter().map(|key| (key, &())), expected.iter().map(|key| (key, &())));
}

/// Fails with what was not given back. No statement gives a role that has an expiry none at all: infinity
/// means the same.
pub fn assert_as_before(what: &str, now: &Catalog, before: &Catalog) {
    let (now, before) = (never_expires(now), never_expires(before));
    assert_same(&format!("{what} roles"), &now.roles, &before.roles);
    assert_same_set(&format!("{what} memberships"), &now.grants, &before.grants);
    assert_same_set(&format!("{what} settings"), &now.settings, &before.settings);
    assert_same_set(&format!("{what} others"), &now.others, &before.others);
}

fn never_expires(catalog: &Catalog) -> Catalog {
    let mut catalog = catalog.clone();
    for role in catalog.roles.values_mut() {
        role.valid_until = role.valid_until.take().filter(|until| until != "infinity");
    }
    catalog
}

fn is(value: Option<&String>) -> bool {
    value.is_some_and(|value| value == "t")
}

fn role(row: &[Option<String>]) -> (String, Role) {
    let is = |at: usize| is(row[at].as_ref());
    let role = Role {
        superuser: is(1),
        inherit: is(2),
        createrole: is(3),
        createdb: is(4),
        login: is(5),
        replication: is(6),
        bypassrls: is(7),
        limit: row[8].clone().unwrap(),
        password: row[9].clone(),
        valid_until: row[10].clone(),
        comment: row[11].clone(),
    };
    (row[0].clone().unwrap(), role)
}

fn grant(row: &[Option<String>]) -> Grant {
    let options = Options {
        admin: is(row[3].as_ref()),
        inherit: is(row[4].as_ref()),
        set: is(row[5].as_ref()),
    };
    let [role, member, grantor] = [0, 1, 2].map(|at: usize| row[at].clone());
    Grant { role: role.unwrap(), member: member.unwrap(), grantor, options }
}

fn setting(row: &[Option<String>]) -> Setting {
    let [role, database, text] = [0, 1, 2].map(|at: usize| row[at].clone());
    Setting { role, database, text: text.unwrap() }
}
