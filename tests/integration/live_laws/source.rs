//! A source server with generated globals on it, and both ends made as they were again.

use std::collections::BTreeSet;

use pg_globals::globals::script::{Shape, statements};
use pg_globals::globals::{Globals, SettingKey};
use pg_globals::name::Name;
use pg_globals::read::live;
use pg_globals::sql::{self, push_identifier};
use pg_globals::version::Major;

use crate::support::cluster::Cluster;

/// Statements on one connection, each by itself: what a server refuses is left out.
pub fn try_each(cluster: &Cluster, user: &str, statements: &[String]) -> usize {
    cluster.with_client(user, "postgres", async |client| {
        let mut taken = 0;
        for statement in statements {
            taken += usize::from(client.batch_execute(statement).await.is_ok());
        }
        taken
    })
}

/// Statements of which each must succeed.
pub fn each(cluster: &Cluster, user: &str, statements: &[String]) {
    cluster.with_client(user, "postgres", async |client| {
        for statement in statements {
            let result = client.batch_execute(statement).await;
            result.unwrap_or_else(|error| panic!("{error:?}: {statement}"));
        }
    });
}

/// Puts the globals on a server, as far as it takes them.
pub fn load(cluster: &Cluster, globals: &Globals) -> usize {
    let globals = harmless(globals.clone());
    let shape =
        Shape { major: Major::new(cluster.major), if_not_exists: false, admin: None, once: None };
    let texts: Vec<_> = statements(&globals, shape)
        .map(|(_, statement)| {
            let mut text = String::new();
            sql::print(&statement, &mut text);
            text
        })
        .collect();
    try_each(cluster, &cluster.superuser, &texts)
}

/// Without what would shut the test itself out, and without what needs more than a server: tablespaces
/// and databases.
fn harmless(mut globals: Globals) -> Globals {
    globals.tablespaces.clear();
    let settings = std::mem::take(&mut globals.settings);
    for (key, setting) in settings {
        let database = key.database.map(|_| Name::new("postgres"));
        if key.role.is_some() || key.name.is("work_mem") || key.name.is("myapp.tenant") {
            globals.settings.insert(SettingKey { database, ..key }, setting);
        }
    }
    globals
}

/// Drops all roles but these, with what hangs on them.
pub fn reset(cluster: &Cluster, keep: &BTreeSet<String>) {
    let user = &cluster.superuser;
    let rows =
        cluster.query(user, "postgres", "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_'");
    let names = rows.into_iter().map(|mut row| row.remove(0).unwrap());
    let names: Vec<_> =
        names.filter(|name| !keep.contains(name)).map(|name| quoted(&name)).collect();
    let mut all =
        vec!["ALTER DATABASE postgres RESET ALL".to_owned(), "ALTER ROLE ALL RESET ALL".to_owned()];
    if !names.is_empty() {
        let names = names.join(", ");
        // Privileges on parameters hang on roles in no database.
        all.push(format!("DROP OWNED BY {names}"));
        all.push(format!("DROP ROLE {names}"));
    }
    if cluster.major >= 15 {
        let parameters = cluster.query(user, "postgres", "SELECT parname FROM pg_parameter_acl");
        all.extend(parameters.into_iter().map(|mut row| {
            let parameter = row.remove(0).unwrap();
            let quoted: Vec<_> = parameter.split('.').map(quoted).collect();
            format!("REVOKE ALL ON PARAMETER {} FROM PUBLIC", quoted.join("."))
        }));
    }
    each(cluster, user, &all);
}

/// The names of its roles.
pub fn roles(cluster: &Cluster) -> BTreeSet<String> {
    let rows = cluster.query(&cluster.superuser, "postgres", "SELECT rolname FROM pg_roles");
    rows.into_iter().map(|mut row| row.remove(0).unwrap()).collect()
}

/// What our own reader reads from it.
pub fn read(cluster: &Cluster) -> Globals {
    cluster.with_client(&cluster.superuser, "postgres", async |client| {
        live::read(client).await.unwrap().globals
    })
}

pub fn quoted(name: &str) -> String {
    let mut text = String::new();
    push_identifier(name, &mut text);
    text
}

pub fn literal(text: &str) -> String {
    let mut quoted = String::new();
    sql::push_literal(text, &mut quoted);
    quoted
}
