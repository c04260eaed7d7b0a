//! A server that makes whoever creates a role a member of it (`createrole_self_grant`).

use crate::support::command::Run;
use crate::support::platforms;

/// What is created by a copy, or by a script, is nobody's but the source's.
#[test]
fn the_administrator_joins_nothing_that_it_creates() {
    for major in [16, 18] {
        let setting = ("createrole_self_grant", "set, inherit");
        let target = platforms::azure_like_with(major, &[setting]);
        let alter = "ALTER ROLE azadmin SET createrole_self_grant = 'set, inherit'";
        target.sql("azuresu", "postgres", alter);
        let joined = |role: &str| {
            let sql = format!(
                "SELECT concat_ws(' ', g.rolname, a.admin_option, a.inherit_option, a.set_option)
                 FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.grantor
                 WHERE a.roleid = '{role}'::regrole AND a.member = 'azadmin'::regrole ORDER BY 1"
            );
            let rows = target.query("azuresu", "postgres", &sql);
            rows.into_iter().map(|row| row[0].clone().unwrap()).collect::<Vec<_>>()
        };
        // That of its creator is the server's own doing.
        let implicit = "azuresu t f f";
        target.sql("azadmin", "postgres", "CREATE ROLE by_hand");
        assert_eq!(joined("by_hand"), ["azadmin f t t", implicit]);

        let dump = |role: &str| {
            format!(
                "CREATE ROLE {role};\nCREATE ROLE {role}_app LOGIN;\nGRANT {role} TO {role}_app;\n"
            )
        };
        let to = target.connection_string("azadmin", "postgres");
        let copy = Run::new(["copy", "in.sql", &to, "--yes", "--into-older"])
            .file("in.sql", dump("copied"));
        copy.done();
        let version = major.to_string();
        let convert = Run::new(["convert", "in.sql", "--target-version", &version]);
        let script = convert.file("in.sql", dump("replayed")).done().stdout;
        let replayed = target.psql("azadmin", &script);
        assert!(replayed.status.success(), "{replayed:?}");
        for role in ["copied", "copied_app", "replayed", "replayed_app"] {
            assert_eq!(joined(role), [implicit], "{major}: {role}");
        }
    }
}
