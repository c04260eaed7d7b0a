//! Law 3: what is read from a server's catalogs is what `pg_dumpall` writes of it, apart from what it
//! is known to leave out.

use pg_globals::globals::{Globals, Password};
use pg_globals::read::live::{self, Live};
use pg_globals::read::{Options, read};

use crate::support::catalog::assert_same;
use crate::support::cluster::Cluster;
use crate::support::globals;
use crate::support::on_each_major;
use crate::support::platforms;
use crate::support::servers::pairs;

on_each_major! { readers_agree_on_rich readers_agree_on_aurora }

fn readers_agree_on_rich(major: u32) {
    let source = Cluster::start(major);
    globals::rich(&source, "postgres");
    assert_agree(&source);
}

fn readers_agree_on_aurora(major: u32) {
    let source = platforms::aurora_like(major);
    globals::customer(&source);
    assert_agree(&source);
    // The master user is not let near the verifiers, and sees everything else.
    let all = read_live(&source, "rdsadmin").globals;
    let mut without = all.clone();
    for role in without.roles.values_mut() {
        role.password = Password::Unknown;
    }
    assert_models(&read_live(&source, "postgres").globals, &without);
    assert!(all.roles.values().any(|role| matches!(role.password, Password::Is(_))));
}

fn read_live(cluster: &Cluster, user: &str) -> Live {
    cluster.with_client(user, "postgres", async |client| live::read(client).await.unwrap())
}

fn assert_agree(source: &Cluster) {
    let live = read_live(source, &source.superuser).globals;
    for pair in pairs().into_iter().filter(|pair| pair.server == source.major) {
        let dump = source.dump_globals(pair.client, &source.superuser, &[]);
        let dump = read(dump.as_slice(), Options::default()).unwrap().globals;
        assert_models(&dump, &dumped(live.clone(), pair.server, pair.client));
    }
}

/// What `pg_dumpall --globals-only` shows of it.
fn dumped(mut globals: Globals, server: u32, client: u32) -> Globals {
    globals.settings.retain(|key, _| key.database.is_none() && key.role.is_some());
    if server < 16 && client >= 16 {
        let memberships = std::mem::take(&mut globals.memberships);
        globals.memberships = memberships
            .into_iter()
            .map(|(mut key, membership)| {
                key.grantor = None;
                (key, membership)
            })
            .collect();
    }
    globals
}

fn assert_models(got: &Globals, expected: &Globals) {
    assert_same("roles", &got.roles, &expected.roles);
    assert_same("memberships", &got.memberships, &expected.memberships);
    assert_same("settings", &got.settings, &expected.settings);
    assert_same("parameters", &got.parameters, &expected.parameters);
    assert_same("tablespaces", &got.tablespaces, &expected.tablespaces);
}
