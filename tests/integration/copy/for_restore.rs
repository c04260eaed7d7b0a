//! `--for-restore`: the administrator restores what other roles own, and no grant is lost, whoever it names.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;

use super::{assert_settled, changes, command, copy, findings, masked, numbers};
use crate::support::catalog::Catalog;
use crate::support::cluster::Cluster;
use crate::support::command::{Run, body};
use crate::support::platforms;
use crate::support::privileges;

/// The `pg_dump` and `pg_restore` that is used.
pub(super) const CLIENT: u32 = 15;

/// The roles that are carried over.
const CARRIED: [&str; 6] = ["app", "reader", "writer", "owner2", "Odd Role", "team"];

/// The databases that are restored.
const DATABASES: [&str; 3] = ["shop", "ware house", "archive"];

/// What is left out: `gone` by --exclude; `platform` is the platform's own role, which a source that is
/// nobody's platform has as one more role that is excluded.
const EXCLUDED: [&str; 4] = ["--exclude", "gone", "--exclude", "platform"];

/// Three databases that name roles which are not carried over beside others that are.
fn fill(source: &Cluster, platform: &str, master: &str) {
    let root = &*source.superuser;
    source.sql(
        root,
        "postgres",
        "CREATE ROLE app LOGIN; CREATE ROLE reader LOGIN; CREATE ROLE writer NOINHERIT; CREATE ROLE owner2;
         CREATE ROLE \"Odd Role\"; CREATE ROLE team; CREATE ROLE gone; GRANT team TO app",
    );
    source.sql(root, "postgres", "CREATE DATABASE shop OWNER app");
    source.sql(root, "postgres", "CREATE DATABASE \"ware house\" OWNER \"Odd Role\"");
    source.sql(root, "postgres", &format!("CREATE DATABASE archive OWNER {master}"));
    source.sql(
        root,
        "postgres",
        &format!(
            "REVOKE CONNECT, TEMPORARY ON DATABASE shop FROM PUBLIC; GRANT CONNECT ON DATABASE shop TO reader, gone;
             GRANT CREATE ON DATABASE \"ware house\" TO writer, {platform}"
        ),
    );
    let shop = format!(
        "CREATE TABLE public.t (a int, b int); ALTER TABLE public.t OWNER TO app;
         GRANT SELECT ON public.t TO reader, {platform}; GRANT INSERT ON public.t TO writer;
         CREATE TABLE public.plain (a serial); ALTER TABLE public.plain OWNER TO app; GRANT SELECT ON public.plain TO reader;
         CREATE TABLE public.of_owner2 (a int); ALTER TABLE public.of_owner2 OWNER TO owner2;
         GRANT SELECT ON public.of_owner2 TO reader;
         CREATE SCHEMA s AUTHORIZATION app; GRANT USAGE ON SCHEMA s TO reader, writer;
         CREATE TABLE s.t (a int, owner name); ALTER TABLE s.t OWNER TO app; ALTER TABLE s.t ENABLE ROW LEVEL SECURITY;
         GRANT SELECT ON s.t TO reader;
         CREATE POLICY readers ON s.t FOR SELECT TO reader, gone USING (true);
         CREATE POLICY writers ON s.t FOR UPDATE TO writer USING (true);
         CREATE FUNCTION s.closed() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION s.closed() OWNER TO app;
         REVOKE EXECUTE ON FUNCTION s.closed() FROM PUBLIC; GRANT EXECUTE ON FUNCTION s.closed() TO reader, {platform};
         CREATE SEQUENCE s.numbers; ALTER SEQUENCE s.numbers OWNER TO app; GRANT USAGE ON SEQUENCE s.numbers TO writer, gone;
         CREATE DOMAIN s.d AS int; ALTER DOMAIN s.d OWNER TO app; REVOKE USAGE ON DOMAIN s.d FROM PUBLIC;
         GRANT USAGE ON DOMAIN s.d TO reader, gone;
         CREATE SCHEMA gis AUTHORIZATION {platform}; GRANT USAGE, CREATE ON SCHEMA gis TO app; GRANT USAGE ON SCHEMA gis TO reader;
         CREATE FUNCTION gis.definer() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
         ALTER FUNCTION gis.definer() OWNER TO {platform};
         CREATE TABLE gis.points (a int, b int); ALTER TABLE gis.points OWNER TO app;
         GRANT SELECT (a) ON gis.points TO reader, {platform}; GRANT UPDATE (b) ON gis.points TO writer;
         ALTER DEFAULT PRIVILEGES FOR ROLE app IN SCHEMA s GRANT SELECT ON TABLES TO reader, {platform};
         ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT USAGE ON SEQUENCES TO writer;
         ALTER DEFAULT PRIVILEGES FOR ROLE {platform} GRANT SELECT ON TABLES TO reader;
         SELECT lo_create(42000); ALTER LARGE OBJECT 42000 OWNER TO app; GRANT SELECT ON LARGE OBJECT 42000 TO reader, gone"
    );
    source.sql(root, "shop", &shop);
    source.sql(
        root,
        "ware house",
        "CREATE SCHEMA w AUTHORIZATION \"Odd Role\"; GRANT USAGE ON SCHEMA w TO reader, gone;
         CREATE TABLE w.t (a int); ALTER TABLE w.t OWNER TO team; GRANT ALL ON w.t TO writer, app;
         CREATE VIEW w.v AS SELECT 1 AS a; ALTER VIEW w.v OWNER TO \"Odd Role\"; GRANT SELECT ON w.v TO reader, gone WITH GRANT OPTION",
    );
    source.sql(
        root,
        "archive",
        &format!(
            "CREATE SCHEMA old; ALTER SCHEMA old OWNER TO {master}; GRANT USAGE ON SCHEMA old TO reader;
             CREATE TABLE old.t (a int); ALTER TABLE old.t OWNER TO {master}; GRANT SELECT ON old.t TO reader, {platform};
             CREATE TABLE public.root (a int); GRANT SELECT ON public.root TO reader"
        ),
    );
}

/// Aurora's roles, or a server of one's own, whose `postgres` owns a database and objects.
pub(super) fn source(of: &str, major: u32) -> Cluster {
    if of == "aurora" {
        let source = platforms::aurora_like(major);
        fill(&source, "rds_superuser", "postgres");
        return source;
    }
    let source = Cluster::start(major);
    source.sql("postgres", "postgres", "CREATE ROLE platform");
    fill(&source, "platform", "postgres");
    source
}

/// Dumps each database as its superuser, and restores it as the target's administrator; what
/// `pg_restore` says.
pub fn restore(source: &Cluster, target: &Cluster, directory: &Path) -> String {
    let mut said = String::new();
    for (at, database) in DATABASES.iter().enumerate() {
        let file = directory.join(format!("{at}.dump"));
        let mut dump = source.client(CLIENT, "pg_dump", &source.superuser);
        let dump = dump.arg("-Fc").arg("-f").arg(&file).arg(database).output().unwrap();
        assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
        let mut restore = target.client(CLIENT, "pg_restore", "azadmin");
        let restore = restore.args(["-C", "-d", "postgres"]).arg(&file).output().unwrap();
        said.push_str(&String::from_utf8_lossy(&restore.stderr));
    }
    said
}

/// What roles could do on the source and cannot on the target, and the other way round.
pub(super) fn differences(
    source: &Cluster,
    target: &Cluster,
    granted: bool,
) -> [BTreeSet<String>; 2] {
    let mut both = [BTreeSet::new(), BTreeSet::new()];
    for database in DATABASES {
        let of = |cluster: &Cluster| privileges::of(cluster, database, &CARRIED, granted);
        let (one, other) = (of(source), of(target));
        assert!(one.len() > 5, "{one:?}");
        for (differences, (one, other)) in both.iter_mut().zip([(&one, &other), (&other, &one)]) {
            differences
                .extend(one.difference(other).map(|it| format!("{database}: {}", it.join(" "))));
        }
    }
    both
}

/// Nothing that a role could do on the source is missing; for the time of the restore some can do more.
#[track_caller]
fn assert_nothing_lost(source: &Cluster, target: &Cluster) {
    let [lost, _] = differences(source, target, false);
    assert!(lost.is_empty(), "{lost:#?}");
}

/// Nor can anybody do more.
#[track_caller]
fn assert_same_privileges(source: &Cluster, target: &Cluster) {
    let [lost, gained] = differences(source, target, false);
    assert!(lost.is_empty() && gained.is_empty(), "lost {lost:#?}, gained {gained:#?}");
}

fn take_back(target: &Cluster, script: &str) -> String {
    let output = target.psql("azadmin", script);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}\n{script}");
    said
}

/// The notices without where they stand.
fn notices(said: &str) -> String {
    let lines = said.trim_end().split('\n').map(|line| match line.split_once("NOTICE:  ") {
        Some((_, notice)) => notice.to_owned(),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

pub(super) fn stand_ins(target: &Cluster) -> Vec<String> {
    let sql = "SELECT rolname FROM pg_roles WHERE shobj_description(oid, 'pg_authid') LIKE 'Stand-in of pg_globals%' ORDER BY 1";
    target
        .query("azadmin", "postgres", sql)
        .into_iter()
        .map(|row| row[0].clone().unwrap())
        .collect()
}

/// Whom the administrator is a member of, other than by creating it.
pub(super) fn memberships(target: &Cluster) -> Vec<String> {
    let sql = "SELECT r.rolname FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid \
               WHERE a.member = 'azadmin'::regrole AND a.grantor <> 10 ORDER BY 1";
    target
        .query("azadmin", "postgres", sql)
        .into_iter()
        .map(|row| row[0].clone().unwrap())
        .collect()
}

fn run(of: &str, from: u32, to: u32) {
    let source = source(of, from);
    let from = source.connection_string(&source.superuser, "postgres");
    let target = platforms::azure_like(to);
    let to = target.connection_string("azadmin", "postgres");
    let more = |more: &[&'static str]| -> Vec<&str> {
        let excluded = if of == "aurora" { &EXCLUDED[..2] } else { &EXCLUDED[..] };
        [excluded, more].concat()
    };
    let before = Catalog::of(&target);
    let first =
        command(&from, &to, &more(&["--for-restore", "back.sql"])).with("--format json").done();
    let report: Value = serde_json::from_str(&first.stdout).unwrap();
    assert_eq!(
        findings(&report, &["lost-grants", "dropped-owner", "owners", "unread-database"]),
        "",
        "{of}"
    );
    assert_eq!(report["losses"], serde_json::json!([]), "{of}");
    let permissions = fs::metadata(first.run.path("back.sql")).unwrap().permissions().mode();
    assert_eq!(permissions & 0o777, 0o600);
    let script = first.file("back.sql");
    if of == "aurora" && (source.major, target.major) == (15, 16) {
        assert_snapshot!("changes", changes(&report));
        assert_snapshot!("script", masked(&script, &source, &target));
        assert_snapshot!("findings", findings(&report, &["schema-owner"]));
    }
    // A second copy sends nothing, and says what is still to be done; a lost file is made again.
    let settled = assert_settled(&from, &to, &more(&[]));
    assert_eq!(settled["extra"], 0, "{settled:#}");
    assert_eq!(findings(&settled, &["outsider", "lost-grants", "dropped-owner", "owners"]), "");
    let again =
        command(&from, &to, &more(&["--for-restore", "again.sql", "--undo", "undo.sql"])).done();
    assert_eq!(again.stderr, "--undo undo.sql: not written, since nothing was sent\n");
    assert_eq!(again.file("again.sql"), script);
    assert!(again.stdout.ends_with(": after the restore, psql -f again.sql\n"), "{}", again.stdout);
    assert_settled(&from, &to, &more(&["--existing", "replace"]));

    // A database that is not there yet is no error.
    let said = restore(&source, &target, &first.run.path("."));
    assert_eq!(said, "", "{of} to {}", target.major);
    assert_nothing_lost(&source, &target);
    for database in DATABASES {
        let owners = |cluster: &Cluster| privileges::owners(cluster, database);
        let (one, other) = (owners(&source), owners(&target));
        // Who has made the cluster does not come; a stand-in takes his place.
        assert_eq!(one, other, "{of}: {database}");
    }

    let said = take_back(&target, &script);
    if of == "aurora" && (source.major, target.major) == (15, 16) {
        assert_snapshot!("notices", notices(&said));
    }
    // By now the administrator may not connect to each database any more.
    let again = notices(&take_back(&target, &script));
    assert!(
        again.contains("or azadmin may not connect to it (CONNECT, CONNECTION LIMIT 0); nothing is done there: shop"),
        "{again}"
    );
    let settled = assert_settled(&from, &to, &more(&[]));
    let rules = ["lost-grants", "dropped-owner", "schema-owner", "regranted"];
    assert_eq!(findings(&settled, &rules), "", "{of}");
    assert_same_privileges(&source, &target);
    assert_eq!(
        memberships(&target).iter().filter(|role| CARRIED.contains(&role.as_str())).count(),
        0,
        "{of}"
    );
    let root = if of == "aurora" { "rds_superuser" } else { "platform" };
    let left = stand_ins(&target);
    assert!(left.contains(&root.to_owned()) && !left.contains(&"gone".to_owned()), "{left:?}");
    // What a stand-in owns is given to somebody; then nothing is left.
    let third = command(&from, &to, &more(&["--for-restore", "third.sql"])).done();
    for database in DATABASES {
        for role in &left {
            let text = format!("REASSIGN OWNED BY {role} TO azadmin");
            target.sql("azadmin", database, &text);
        }
    }
    assert_eq!(take_back(&target, &third.file("third.sql")), "", "{of}");
    assert_eq!(stand_ins(&target), Vec::<String>::new());
    let after = Catalog::of(&target);
    let azadmin = |catalog: &Catalog| -> BTreeSet<_> {
        let all = catalog.grants.iter();
        let own =
            all.filter(|it| it.member == "azadmin" && it.grantor.as_deref() != Some("azuresu"));
        own.cloned().collect()
    };
    assert_eq!(azadmin(&after), azadmin(&before), "{of}");
    for database in ["shop", "archive"] {
        let public = "SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'public'";
        let found = target.query("azuresu", database, public)[0][0].clone().unwrap();
        let expected = if of == "aurora" { "pg_database_owner" } else { "postgres" };
        assert_eq!(found, expected, "{database}");
    }
}

#[test]
fn nothing_is_lost_from_aurora_15_to_16() {
    run("aurora", 15, 16);
}

#[test]
fn nothing_is_lost_from_aurora_15_to_18() {
    run("aurora", 15, 18);
}

#[test]
fn nothing_is_lost_from_aurora_13_to_16() {
    run("aurora", 13, 16);
}

#[test]
fn nothing_is_lost_from_aurora_13_to_15() {
    run("aurora", 13, 15);
}

#[test]
fn nothing_is_lost_from_ones_own_13_to_16() {
    run("own", 13, 16);
}

/// Without it, exactly that is lost which the findings foresee.
#[test]
fn what_is_foreseen_is_what_is_lost() {
    let source = source("aurora", 15);
    let from = source.connection_string("rdsadmin", "postgres");
    let target = platforms::azure_like(16);
    let to = target.connection_string("azadmin", "postgres");
    let run = command(&from, &to, &EXCLUDED[..2]).with("--format json").done();
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_snapshot!(
        "foreseen",
        findings(&report, &["lost-grants", "dropped-owner", "owners", "schema-owner", "regranted"])
    );
    // The administrator is let own what others own, by hand.
    for role in ["app", "\"Odd Role\"", "owner2", "team", "postgres"] {
        target.sql(
            "azadmin",
            "postgres",
            &format!("GRANT {role} TO azadmin WITH INHERIT TRUE, SET TRUE"),
        );
    }
    let said = restore(&source, &target, &run.run.path("."));
    assert!(said.contains("role \"gone\" does not exist"), "{said}");
    let mut lost = BTreeSet::new();
    for database in DATABASES {
        let of = |cluster: &Cluster| privileges::of(cluster, database, &CARRIED, true);
        let (one, other) = (of(&source), of(&target));
        lost.extend(
            one.difference(&other)
                .map(|[role, kind, object, _]| format!("{database}: {kind} {object}: {role}")),
        );
    }
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut foreseen = BTreeSet::new();
    for loss in report["losses"].as_array().unwrap() {
        let [database, kind, object] = ["database", "kind", "object"].map(|key| text(&loss[key]));
        for role in loss["lost_by"].as_array().unwrap() {
            let role = text(role).trim_matches('"').to_owned();
            // The owner of a schema is a member of nobody here.
            foreseen.insert(format!("{database}: {kind} {object}: {role}"));
        }
    }
    assert_eq!(lost, foreseen);
}

/// Both files may be replayed, in either order.
#[test]
fn undo_takes_it_back_too() {
    let source = source("aurora", 15);
    let from = source.connection_string("rdsadmin", "postgres");
    for major in [15, 18] {
        let target = platforms::azure_like(major);
        let to = target.connection_string("azadmin", "postgres");
        let before = Catalog::of(&target);
        for own_first in [true, false] {
            let run =
                command(&from, &to, &["--for-restore", "back.sql", "--undo", "undo.sql"]).done();
            assert!(!stand_ins(&target).is_empty());
            let mut files = ["undo.sql", "back.sql"];
            if own_first {
                files.reverse();
            }
            for file in files {
                take_back(&target, &run.file(file));
            }
            assert!(Catalog::of(&target) == before, "{major}");
        }
    }
}

/// A superuser needs no membership, and missing roles all the same.
#[test]
fn a_superuser_owns_already() {
    let (source, target) = (source("own", 16), Cluster::start(16));
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    let run = command(&from, &to, &["--exclude", "gone", "--for-restore", "back.sql"]);
    let run = run.with("--format json").done();
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(findings(&report, &["owners", "lost-grants", "dropped-owner"]), "");
    assert!(!changes(&report).contains("to postgres"), "{}", changes(&report));
    assert_eq!(stand_ins_of(&report), "gone");
    assert!(!run.file("back.sql").contains("REVOKE"));
    let output = target.psql("postgres", run.file("back.sql"));
    assert!(output.status.success());
}

fn stand_ins_of(report: &Value) -> String {
    let all = report["take_back"]["stand_ins"].as_array().unwrap();
    all.iter().map(|it| it.as_str().unwrap()).collect::<Vec<_>>().join(", ")
}

/// The old name of a renamed role gets no stand-in, nor does one that the target reserves or has.
#[test]
fn names_that_get_no_stand_in() {
    let (source, target) = (source("own", 17), platforms::azure_like(16));
    source.sql("postgres", "shop", "GRANT SELECT ON public.t TO pg_maintain");
    source.sql("postgres", "postgres", "CREATE ROLE replication; CREATE ROLE azure_pg_admin");
    source.sql("postgres", "shop", "GRANT SELECT ON public.plain TO replication, azure_pg_admin");
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let more = ["--exclude", "gone", "--rename", "team=crew", "--for-restore", "back.sql"];
    let report = copy(&from, &to, &more);
    assert_eq!(stand_ins_of(&report), "gone");
    assert_snapshot!(findings(&report, &["lost-grants", "dropped-owner", "no-stand-in", "regranted"]), @r#"
    error no-stand-in dropped role team: owns 1 object in "ware house"; copy it without --rename, restore, run FILE, and then: ALTER ROLE team RENAME TO crew, which an md5 password does not survive
    error no-stand-in dropped role pg_maintain: named by the privileges of 1 object in shop; without it platform, reader, writer lose what they have on 1 object: table public.t; the target reserves the name, so that there can be no stand-in
    "#);
}

/// A role that is carried over after all is no stand-in any more.
#[test]
fn a_stand_in_becomes_the_role() {
    let (source, target) = (source("own", 16), platforms::azure_like(16));
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let first = command(&from, &to, &["--exclude", "gone", "--for-restore", "back.sql"]).done();
    assert_eq!(stand_ins(&target), ["gone"]);
    let report = copy(&from, &to, &[]);
    assert_snapshot!(changes(&report), @"remove the comment on role gone");
    assert_eq!(
        numbers(&report),
        "sent 1, remaining 0, extra 0, deferred 0, withheld 0, refused 0, unverifiable 0"
    );
    assert_eq!(stand_ins(&target), Vec::<String>::new());
    take_back(&target, &first.file("back.sql"));
    assert!(
        !target
            .query("azadmin", "postgres", "SELECT FROM pg_roles WHERE rolname = 'gone'")
            .is_empty()
    );
}

/// A database that cannot be read is unknown, and never nothing.
#[test]
fn what_cannot_be_read_is_said() {
    let (source, target) = (source("aurora", 15), platforms::azure_like(16));
    source.sql(
        "rdsadmin",
        "postgres",
        "REVOKE CONNECT ON DATABASE archive FROM PUBLIC; ALTER ROLE postgres NOCREATEDB",
    );
    source.sql("rdsadmin", "postgres", "ALTER DATABASE archive OWNER TO app");
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let report = copy(&from, &to, &EXCLUDED[..2]);
    let found = findings(&report, &["unread-database", "lost-grants"]);
    assert_snapshot!(masked(&found, &source, &target).replace(&format!(".s.PGSQL.{}", source.port), "SOCKET"), @r#"
    error lost-grants dropped role gone: named by the privileges of 6 objects and 1 policy in shop, "ware house"; without it reader lose what they have on 2 objects: schema w, view w.v; which other roles they name is not known for every database
    error lost-grants dropped role rds_superuser: named by the privileges of 5 objects and 1 default privilege in archive, shop, "ware house"; without it writer lose what they have on 1 object: database "ware house"; which other roles they name is not known for every database
    warning unread-database kept statement database archive: SOURCE-SOCKET/.s.PGSQL.PORT: permission denied for database "archive" (42501)
    warning unread-database kept statement database shop: SOURCE-SOCKET/.s.PGSQL.PORT: permission denied for database "shop" (42501)
    "#);
}

/// Who is to own something in the schema of its own member cannot inherit from it.
#[test]
fn a_member_whose_schema_it_is() {
    let (source, target) = (source("own", 16), platforms::azure_like(16));
    source.sql(
        "postgres",
        "shop",
        "CREATE TABLE s.of_team (); ALTER TABLE s.of_team OWNER TO team",
    );
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    for more in [&[][..], &["--for-restore", "back.sql"]] {
        let report = copy(&from, &to, more);
        let found = findings(&report, &["schema-owner"]);
        let found: Vec<_> = found.split('\n').filter(|line| line.contains("schema s of")).collect();
        assert_snapshot!("circle", found.join("\n"));
        assert_eq!(findings(&report, &["circle"]), "");
    }
    assert_settled(&from, &to, &["--for-restore", "more.sql"]);
}

/// Who inherits from an administrator is one: no role becomes that for the time of a restore.
#[test]
fn a_schema_of_an_administrator() {
    let (source, target) = (source("aurora", 15), platforms::azure_like(16));
    source.sql(
        "rdsadmin",
        "shop",
        "CREATE ROLE boss; CREATE ROLE azadmin; GRANT rds_superuser TO boss",
    );
    source.sql(
        "rdsadmin",
        "shop",
        "CREATE SCHEMA core AUTHORIZATION boss; CREATE SCHEMA desk AUTHORIZATION azadmin;
         CREATE TABLE core.of_team (); ALTER TABLE core.of_team OWNER TO team;
         CREATE TABLE desk.of_team (); ALTER TABLE desk.of_team OWNER TO team",
    );
    let from = source.connection_string("rdsadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let map = ["--map-role", "rds_superuser=azure_pg_admin"];
    let files = tempfile::tempdir().unwrap();
    for more in [&map[..], &[&map[..], &["--for-restore", "back.sql"]].concat()] {
        let done = command(&from, &to, more).with("--format json").done();
        let report: Value = serde_json::from_str(&done.stdout).unwrap();
        let found = findings(&report, &["schema-owner"]);
        let is_meant = |line: &&str| line.contains("core of") || line.contains("desk of");
        let found: Vec<_> = found.split('\n').filter(is_meant).collect();
        assert_snapshot!("administrator", found.join("\n"));
        let administers =
            "SELECT rolname FROM pg_roles WHERE pg_has_role(rolname, 'azure_pg_admin', 'MEMBER')
            AND NOT rolsuper AND rolname !~ '^(az|pg_)' ORDER BY 1";
        let administrators = target.query("azuresu", "postgres", administers);
        let administrators: Vec<_> = administrators.iter().map(|row| row[0].as_deref()).collect();
        assert_eq!(administrators, [Some("boss"), Some("postgres")]);
    }
    // What it owns is restored as it, although it administers the target by now.
    let may = "SELECT pg_has_role('azadmin', 'boss', 'SET')";
    assert_eq!(target.query("azuresu", "postgres", may), [[Some("t".to_owned())]]);
    restore(&source, &target, files.path());
    let verify = |more: &[&str]| {
        Run::new([&["verify", &from, &to], &map[..], more].concat()).status(1).stdout
    };
    let owners = |report: &str| {
        let lines = report.split('\n').filter(|line| line.contains(" belongs to "));
        lines.map(str::trim).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(owners(&verify(&[])), @"
    in shop: function gis.definer() is SECURITY DEFINER and belongs to rds_superuser, and should belong to azure_pg_admin
    in shop: schema gis belongs to rds_superuser, and should belong to azure_pg_admin
    in shop: table core.of_team belongs to azadmin, and should belong to team
    in shop: table desk.of_team belongs to azadmin, and should belong to team
    in shop: schema gis belongs to the stand-in rds_superuser: ALTER SCHEMA gis OWNER TO <role>
    in shop: function gis.definer() belongs to the stand-in rds_superuser: ALTER ROUTINE gis.definer() OWNER TO <role>
    ");
    let script = verify(&["--format", "sql"]);
    assert_snapshot!(body(&script), @r#"
    GRANT CREATE ON SCHEMA core TO team;
    GRANT CREATE ON SCHEMA desk TO team;
    -- azure_pg_admin is the platform's own role, to which nothing is given: choose the role that is to own it
    --   ALTER SCHEMA gis OWNER TO <role>;
    ALTER TABLE core.of_team OWNER TO team;
    ALTER TABLE desk.of_team OWNER TO team;
    -- azure_pg_admin is the platform's own role, to which nothing is given: choose the role that is to own it
    --   ALTER ROUTINE gis.definer() OWNER TO <role>;
    -- azure_pg_admin is the platform's own role, and all its members would have it: give it to the roles that need it
    --   GRANT SELECT ON TABLE public.t TO <role>;
    -- azure_pg_admin is the platform's own role, and all its members would have it: give it to the roles that need it
    --   GRANT SELECT (a) ON TABLE gis.points TO <role>;
    -- azure_pg_admin is the platform's own role, and all its members would have it: give it to the roles that need it
    --   GRANT EXECUTE ON ROUTINE s.closed() TO <role>;
    -- azure_pg_admin is the platform's own role, and these are default privileges of what it creates: alter those of the roles that create objects on the target
    --   ALTER DEFAULT PRIVILEGES FOR ROLE azure_pg_admin GRANT SELECT ON TABLES TO reader;
    -- azure_pg_admin is the platform's own role, and all its members would have it: give it to the roles that need it
    --   ALTER DEFAULT PRIVILEGES FOR ROLE app IN SCHEMA s GRANT SELECT ON TABLES TO <role>;
    REVOKE CREATE ON SCHEMA desk FROM team;
    REVOKE CREATE ON SCHEMA core FROM team;
    COMMIT;

    -- In "ware house"
    \connect -reuse-previous=on "dbname='ware house'"
    -- azure_pg_admin is the platform's own role, and all its members would have it: give it to the roles that need it
    --   GRANT CREATE ON DATABASE "ware house" TO <role>;
    "#);
    let privileges = "SELECT nspname, coalesce(nspacl, acldefault('n', nspowner)) FROM pg_namespace WHERE nspname IN ('core', 'desk') ORDER BY 1";
    let before = target.query("azuresu", "shop", privileges);
    let (said, succeeds) = target.psql_in("azadmin", "postgres", &script);
    assert!(succeeds, "{said}");
    assert_eq!(target.query("azuresu", "shop", privileges), before);
    assert_snapshot!(owners(&verify(&[])), @"
    in shop: function gis.definer() is SECURITY DEFINER and belongs to rds_superuser, and should belong to azure_pg_admin
    error: 1 object belongs to another role
    in shop: schema gis belongs to rds_superuser, and should belong to azure_pg_admin
    in shop: schema gis belongs to the stand-in rds_superuser: ALTER SCHEMA gis OWNER TO <role>
    in shop: function gis.definer() belongs to the stand-in rds_superuser: ALTER ROUTINE gis.definer() OWNER TO <role>
    ");
}

/// Grants by others than the owner are lost, and take the others along.
#[test]
fn what_was_granted_on() {
    let (source, target) = (source("own", 15), platforms::azure_like(16));
    source.sql("postgres", "shop", "GRANT SELECT ON s.t TO reader WITH GRANT OPTION");
    source.sql("reader", "shop", "GRANT SELECT ON s.t TO writer");
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let run = command(&from, &to, &["--for-restore", "back.sql"]).with("--format json").done();
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_snapshot!(findings(&report, &["regranted"]), @"error regranted dropped statement database shop: 1 object: table s.t: reader, writer lose what they have");
    let said = restore(&source, &target, &run.run.path("."));
    assert!(said.contains("permission denied to set session authorization"), "{said}");
    let [before, after] = [&source, &target].map(|it| privileges::of(it, "shop", &CARRIED, false));
    let lost: BTreeSet<_> = before.difference(&after).map(|it| it[..3].join(" ")).collect();
    assert_eq!(
        lost,
        BTreeSet::from(["reader table s.t".to_owned(), "writer table s.t".to_owned()])
    );
}

/// The script of convert prepares the target as well; from a dump, for all roles.
#[test]
fn convert_does_the_same() {
    let source = source("aurora", 15);
    let from = source.connection_string("rdsadmin", "postgres");
    let dump = source.dump_globals(15, "rdsadmin", &[]);
    for of_dump in [false, true] {
        let target = platforms::azure_like(16);
        let input = if of_dump { "globals.sql" } else { &from };
        let arguments = ["convert", input, "--target-version", "16", "-o", "script.sql"];
        let more = ["--exclude", "gone", "--for-restore", "back.sql", "--report", "report.json"];
        let run = Run::new([&arguments[..], &more[..]].concat()).file("globals.sql", &dump).done();
        let report: Value = serde_json::from_str(&run.file("report.json")).unwrap();
        assert_eq!(findings(&report, &["lost-grants", "dropped-owner"]), "");
        let (script, back) = (run.file("script.sql"), run.file("back.sql"));
        if of_dump {
            assert_snapshot!("script_of_dump", body(&script));
            assert_snapshot!(
                "take_back_of_dump",
                back.replace(env!("CARGO_PKG_VERSION"), "VERSION")
            );
        } else {
            assert_snapshot!("script_of_server", body(&script));
        }
        let (said, succeeds) = target.psql_in("azadmin", "postgres", &script);
        assert!(succeeds, "{said}");
        let said = restore(&source, &target, &run.run.path("."));
        // A dump does not tell who owns something in a schema of another role.
        let expected = if of_dump { 4 } else { 0 };
        assert_eq!(said.matches("error: could not execute").count(), expected, "{said}");
        let [lost, _] = differences(&source, &target, of_dump);
        assert!(lost.is_empty(), "{lost:#?}");
        let databases = if of_dump { &DATABASES[..] } else { &["postgres"] };
        for (at, database) in databases.iter().enumerate() {
            let (said, succeeds) = target.psql_in("azadmin", database, &back);
            assert!(succeeds, "{said}");
            // Who is no member of the owners any more could revoke nothing in the others.
            let is_last = at + 1 == databases.len();
            assert_eq!(said.contains("are still named in other databases"), !is_last, "{said}");
        }
        let (said, succeeds) = target.psql_in("azadmin", "postgres", &back);
        assert!(succeeds, "{said}");
        let [lost, gained] = differences(&source, &target, of_dump);
        // What could not be given to its owner is granted to the members of that.
        let is_same = lost.is_empty() && (of_dump || gained.is_empty());
        assert!(is_same, "lost {lost:#?}, gained {gained:#?}");
        assert!(!stand_ins(&target).contains(&"gone".to_owned()));
        assert_eq!(
            memberships(&target).iter().filter(|it| CARRIED.contains(&it.as_str())).count(),
            0
        );
        // It is read again as every script of ours.
        let again = Run::new(["convert", "script.sql", "--target-version", "16"]);
        let again = again.file("script.sql", &script).done();
        assert!(again.stdout.contains("CREATE ROLE gone"), "{}", again.stdout);
    }
}
