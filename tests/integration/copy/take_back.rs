//! The file of `--for-restore` where others have been at work, or databases are odd.

use insta::assert_snapshot;

use super::for_restore::{memberships, stand_ins};
use super::{command, findings};
use crate::support::catalog::Catalog;
use crate::support::cluster::Cluster;
use crate::support::platforms;

const MORE: [&str; 4] = ["--exclude", "gone", "--for-restore", "back.sql"];

/// An Aurora-like source with a database of `app`, whose table is granted to `gone`, and an Azure-like target.
fn servers() -> [Cluster; 2] {
    let source = platforms::aurora_like(15);
    source.sql(
        "rdsadmin",
        "postgres",
        "CREATE ROLE app LOGIN; CREATE ROLE other; CREATE ROLE gone",
    );
    source.sql("rdsadmin", "postgres", "CREATE DATABASE shop OWNER app");
    source.sql("rdsadmin", "shop", TABLE);
    [source, platforms::azure_like(16)]
}

const TABLE: &str = "CREATE SCHEMA s AUTHORIZATION app; CREATE TABLE s.t (); ALTER TABLE s.t OWNER TO app; \
    GRANT SELECT ON s.t TO gone; CREATE SCHEMA o AUTHORIZATION other";

fn strings([source, target]: &[Cluster; 2]) -> [String; 2] {
    let from = source.connection_string("rdsadmin", "postgres");
    [from, target.connection_string("azadmin", "postgres")]
}

/// Runs the script as the administrator; the warnings and notices.
fn take_back(target: &Cluster, script: &str) -> String {
    let (said, succeeds) = target.psql_in("azadmin", "postgres", script);
    assert!(succeeds, "{said}");
    let told = said.split('\n').filter_map(|line| {
        let (_, told) = line.split_once("WARNING:  ").or_else(|| line.split_once("NOTICE:  "))?;
        Some(told.to_owned())
    });
    told.collect::<Vec<_>>().join("\n")
}

/// Somebody may have made a role by the name of one that is left out: restored objects grant to it.
#[test]
fn a_role_by_the_name_of_one_that_is_left_out() {
    let servers = servers();
    let target = &servers[1];
    let [from, to] = strings(&servers);
    target.sql("azadmin", "postgres", "CREATE ROLE eve LOGIN CREATEROLE");
    target.sql("eve", "postgres", "SET createrole_self_grant = 'set, inherit'; CREATE ROLE gone");
    let json = ["--exclude", "gone", "--dry-run", "--format", "json"];
    let report = serde_json::from_str(&command(&from, &to, &json).done().stdout).unwrap();
    assert_snapshot!(findings(&report, &["namesake"]), @"error namesake kept role gone: named by the privileges of 1 object in shop; eve, eve can act as it, or administer it, there only");
    // It is true.
    target.sql("azadmin", "postgres", "CREATE DATABASE shop");
    target.sql("azadmin", "shop", "CREATE SCHEMA s; CREATE TABLE s.t (); GRANT USAGE ON SCHEMA s TO gone; GRANT SELECT ON s.t TO gone");
    target.sql("eve", "shop", "SELECT FROM s.t");
}

/// What another role could revoke is something else: the script stops before it does anything.
#[test]
fn by_another_role() {
    let servers = servers();
    let target = &servers[1];
    let [from, to] = strings(&servers);
    let script = command(&from, &to, &MORE).done().file("back.sql");
    target.sql(
        "azuresu",
        "postgres",
        "CREATE ROLE second LOGIN CREATEROLE; GRANT azure_pg_admin TO second",
    );
    let before = Catalog::of(target);
    for user in ["second", "azuresu"] {
        let (said, succeeds) = target.psql_in(user, "postgres", &script);
        let expected = format!(
            "ERROR:  this script takes back what azadmin did: run it as that role, and not as {user}\n"
        );
        assert!(!succeeds && said.contains(&expected), "{said}");
        assert!(Catalog::of(target) == before, "{user}");
    }
    assert_eq!(stand_ins(target), ["gone"]);
}

/// Once the database is restored, what restoring it would lose is not said again; while it is only there, it is.
#[test]
fn what_was_restored_is_no_news() {
    let servers = servers();
    let target = &servers[1];
    let [from, to] = strings(&servers);
    let rules = ["lost-grants", "dropped-owner", "schema-owner", "owners", "restored"];
    let said = |more: &[&str]| {
        let report =
            command(&from, &to, &[&["--exclude", "gone", "--format", "json"], more].concat());
        let report: serde_json::Value = serde_json::from_str(&report.done().stdout).unwrap();
        let losses = report["losses"].as_array().unwrap().len();
        format!("{}\n{losses} losses", findings(&report, &rules))
    };
    let before = said(&[]);
    assert_snapshot!(before, @"
    info owners kept role azadmin: is no member of app, other
    info lost-grants dropped role gone: named by the privileges of 1 object in shop
    1 losses
    ");
    target.sql("azadmin", "postgres", "GRANT app TO azadmin");
    target.sql("azadmin", "postgres", "CREATE DATABASE shop OWNER app");
    assert_eq!(said(&[]), before.replace("no member of app, other", "no member of other"));
    target.sql("azuresu", "shop", &TABLE.replace("gone", "app"));
    assert_snapshot!(said(&[]), @"
    info restored kept statement database shop: is on the target, with nearly all that roles own and were granted
    0 losses
    ");
    // Who is going to restore it again hears all of it.
    assert_snapshot!(said(&["--for-restore", "back.sql"]), @"

    0 losses
    ");
}

/// A role that an earlier copy has brought is left out of a later one, and is no news.
#[test]
fn one_that_is_the_same_is_none() {
    let servers = servers();
    let [from, to] = strings(&servers);
    command(&from, &to, &[]).done();
    let json = ["--only", "app", "--format", "json"];
    let report = serde_json::from_str(&command(&from, &to, &json).done().stdout).unwrap();
    assert_eq!(findings(&report, &["namesake"]), "");
}

/// A stand-in is no role that memberships of the source are given to or through, at a later copy either.
#[test]
fn stand_ins_are_given_nothing() {
    let servers = servers();
    let [source, target] = &servers;
    source.sql("rdsadmin", "postgres", "GRANT gone TO other; GRANT app TO gone");
    let [from, to] = strings(&servers);
    let script = command(&from, &to, &MORE).done().file("back.sql");
    for existing in ["merge", "replace"] {
        let more = ["--exclude", "gone", "--existing", existing, "--format", "json"];
        let done = command(&from, &to, &more).done();
        let report: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
        assert_eq!(
            (report["sent"].as_u64(), report["remaining"].as_u64()),
            (Some(0), Some(0)),
            "{report:#}"
        );
    }
    let said = take_back(target, &script);
    assert!(said.starts_with("this database does not exist yet") && !said.contains('\n'), "{said}");
    assert_eq!(stand_ins(target), Vec::<String>::new());
    assert_eq!(memberships(target), Vec::<String>::new());
}

/// What somebody has made use of is nobody's stand-in any more.
#[test]
fn stand_ins_in_use_are_left_alone() {
    for (number, use_of_it) in
        ["CREATE ROLE alice; GRANT gone TO alice", "ALTER ROLE gone LOGIN"].iter().enumerate()
    {
        let servers = servers();
        let target = &servers[1];
        let [from, to] = strings(&servers);
        let script = command(&from, &to, &MORE).done().file("back.sql");
        target.sql("azadmin", "postgres", "CREATE DATABASE shop OWNER app");
        target.sql(
            "app",
            "shop",
            "CREATE SCHEMA s; CREATE TABLE s.t (); GRANT SELECT ON s.t TO gone",
        );
        target.sql("azadmin", "postgres", use_of_it);
        let said = take_back(target, &script);
        if number == 0 {
            assert_snapshot!(said, @"the stand-in gone is left alone: somebody has made use of it: it has members or attributes");
        } else {
            assert!(said.contains("the stand-in gone is left alone"), "{said}");
        }
        let granted = "SELECT has_table_privilege('gone', 's.t', 'SELECT')";
        assert_eq!(target.query("azuresu", "shop", granted)[0][0].as_deref(), Some("t"));
        assert!(!memberships(target).contains(&"app".to_owned()));
    }
}

/// A membership that cannot be revoked is no reason to keep the others.
#[test]
fn what_cannot_be_revoked_is_named() {
    let servers = servers();
    let target = &servers[1];
    let [from, to] = strings(&servers);
    let script = command(&from, &to, &MORE).done().file("back.sql");
    assert_eq!(memberships(target), ["app", "gone", "other"]);
    // Nobody but a superuser can do this to the administrator here.
    target.sql(
        "azuresu",
        "postgres",
        "REVOKE app FROM azadmin CASCADE; ALTER ROLE app RENAME TO app_x; CREATE ROLE app; GRANT app TO azadmin",
    );
    target.sql("azuresu", "postgres", "CREATE ROLE third; GRANT app TO third WITH ADMIN OPTION; GRANT app TO azadmin GRANTED BY third");
    let said = take_back(target, &script);
    assert!(said.contains("azadmin stays a member of app: "), "{said}");
    assert!(!memberships(target).contains(&"other".to_owned()), "{said}");
    assert_eq!(stand_ins(target), Vec::<String>::new());
}

/// A member that does not inherit cannot be let in for the time of the restore, and is named.
#[test]
fn members_that_do_not_inherit() {
    let servers = servers();
    let [source, target] = &servers;
    source.sql("rdsadmin", "postgres", "CREATE ROLE ni NOINHERIT; GRANT app TO ni");
    source.sql("rdsadmin", "shop", "CREATE TABLE s.of_ni (); ALTER TABLE s.of_ni OWNER TO ni");
    let [from, to] = strings(&servers);
    let done = command(&from, &to, &[&MORE[..], &["--format", "json"]].concat()).done();
    let report = serde_json::from_str(&done.stdout).unwrap();
    assert_snapshot!(findings(&report, &["schema-owner"]), @"error schema-owner dropped role ni: owns 1 object in schema s of shop, and is a member of app that does not inherit from it: after the restore, ALTER … OWNER TO ni");
    // It is true.
    target.sql("azadmin", "postgres", "CREATE DATABASE shop OWNER app");
    target.sql("app", "shop", "CREATE SCHEMA s");
    target.sql("azadmin", "shop", "CREATE TABLE s.of_ni ()");
    let refused = target.try_sql("azadmin", "shop", "ALTER TABLE s.of_ni OWNER TO ni").unwrap_err();
    assert_eq!(refused, "42501: permission denied for schema s");
    // FILE takes the membership of the source from nobody.
    take_back(target, &done.file("back.sql"));
    let member = "SELECT pg_has_role('ni', 'app', 'MEMBER')";
    assert_eq!(target.query("azuresu", "postgres", member)[0][0].as_deref(), Some("t"));
}

/// Names that psql's `\connect` reads in its own way, and databases that let nobody in.
#[test]
fn odd_databases() {
    const ODD: &str = "we'i\"r\"d\\ =x";
    let source = platforms::aurora_like(15);
    let create = |name: &str| format!("CREATE DATABASE {} OWNER app", identifier(name));
    source.sql("rdsadmin", "postgres", "CREATE ROLE app LOGIN; CREATE ROLE gone");
    for name in [ODD, "frozen"] {
        source.sql("rdsadmin", "postgres", &create(name));
        source.sql(
            "rdsadmin",
            name,
            "CREATE SCHEMA s AUTHORIZATION app; CREATE TABLE s.t (); ALTER TABLE s.t OWNER TO app; GRANT SELECT ON s.t TO gone",
        );
    }
    let target = platforms::azure_like(17);
    let from = source.connection_string("rdsadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let more = ["--exclude", "gone", "--for-restore", "back.sql"];
    let script = command(&from, &to, &more).done().file("back.sql");
    for name in [ODD, "frozen"] {
        target.sql("azadmin", "postgres", &create(name));
        target.sql(
            "app",
            name,
            "CREATE SCHEMA s; CREATE TABLE s.t (); GRANT SELECT ON s.t TO gone",
        );
    }
    target.sql("app", "postgres", "ALTER DATABASE frozen CONNECTION LIMIT 0");
    // From the odd database, too, to which it comes back.
    let (said, succeeds) = target.psql_in("azadmin", ODD, &script);
    assert!(succeeds, "{said}");
    assert!(said.contains("nothing is done there: frozen"), "{said}");
    assert_eq!(memberships(&target), ["gone"]);
    let acl = "SELECT relacl::text FROM pg_class WHERE relname = 't'";
    let granted = |name| target.query("azuresu", name, acl)[0][0].clone().unwrap_or_default();
    assert!(!granted(ODD).contains("gone"), "{}", granted(ODD));
    target.sql("app", "postgres", "ALTER DATABASE frozen CONNECTION LIMIT -1");
    // Who has given up the owners can revoke nothing there: copying once more grants them again.
    let again = command(&from, &to, &["--exclude", "gone", "--for-restore", "again.sql"]);
    let script = again.done().file("again.sql");
    let (said, succeeds) = target.psql_in("azadmin", "postgres", &script);
    assert!(succeeds, "{said}");
    assert_eq!((stand_ins(&target), memberships(&target)), (Vec::new(), Vec::new()));
}

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
