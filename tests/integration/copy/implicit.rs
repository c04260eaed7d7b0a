//! What creating a role brings its creator since 16 is nobody's doing; what a superuser has granted to
//! an administrator is a right like any other.

use insta::assert_snapshot;
use pg_globals::globals::{Globals, Membership};
use pg_globals::plan::without_implicit;
use pg_globals::read::live;

use crate::support::cluster::Cluster;
use crate::support::platforms::azure_like;

/// Three administrators, each of whom has made a role, and grants of more than ADMIN, by others, and to
/// others.
fn target(major: u32) -> Cluster {
    let target = azure_like(major);
    target.sql(
        "azuresu",
        "postgres",
        "CREATE ROLE second LOGIN CREATEROLE; CREATE ROLE plain LOGIN; CREATE ROLE d;
         GRANT azure_pg_admin TO second",
    );
    target.sql("azadmin", "postgres", "CREATE ROLE a; CREATE ROLE c");
    target.sql("second", "postgres", "CREATE ROLE b");
    target.sql(
        "azuresu",
        "postgres",
        "GRANT a TO second WITH ADMIN TRUE;
         GRANT c TO second WITH ADMIN TRUE, INHERIT FALSE;
         GRANT a TO azure_pg_admin WITH ADMIN TRUE, SET FALSE;
         GRANT c TO azure_pg_admin WITH ADMIN FALSE, INHERIT FALSE, SET FALSE;
         GRANT d TO azure_pg_admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
         GRANT b TO plain WITH ADMIN TRUE, INHERIT FALSE, SET FALSE",
    );
    let again = "GRANT a TO second WITH ADMIN TRUE, INHERIT FALSE, SET FALSE";
    target.sql("azadmin", "postgres", again);
    target
}

fn shown(globals: &Globals) -> String {
    let known = ["a", "b", "c", "d"];
    let of = |it: &Membership| {
        let options =
            [("ADMIN", it.admin, false), ("INHERIT", it.inherit, true), ("SET", it.set, true)];
        let on = options.iter().filter(|(_, fact, default)| fact.map_or(*default, |it| it.value));
        let on: Vec<_> = on.map(|(word, ..)| *word).collect();
        if on.is_empty() { "nothing".to_owned() } else { on.join(" ") }
    };
    let all = globals.memberships.iter().filter(|(key, _)| known.contains(&key.role.as_str()));
    let lines = all.map(|(key, it)| {
        let grantor = key.grantor.as_ref().unwrap();
        format!("{} in {} by {grantor}: {}", key.member, key.role, of(it))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Only what is ADMIN and nothing else, by the bootstrap superuser, of an administrator.
#[test]
fn only_what_creating_a_role_brings_is_left_out() {
    for major in [16, 18] {
        let target = target(major);
        let live = target
            .with_client("azadmin", "postgres", async |client| live::read(client).await.unwrap());
        let platform = live.platform.unwrap();
        let kept = |desired: &Globals| {
            shown(&without_implicit(&live.globals, desired, &live.answers, platform))
        };
        insta::allow_duplicates! {
            assert_snapshot!(kept(&Globals::default()), @"
            azure_pg_admin in a by azuresu: ADMIN INHERIT
            second in a by azadmin: ADMIN
            second in a by azuresu: ADMIN INHERIT SET
            plain in b by azuresu: ADMIN
            azure_pg_admin in c by azuresu: nothing
            second in c by azuresu: ADMIN SET
            ");
        }
        // What is wanted is satisfied by it.
        assert_eq!(kept(&live.globals), shown(&live.globals));
    }
}
