//! Privileges on tablespaces and parameters, granted, granted on, given back and revoked in any order:
//! both readers see the same, and a copy brings it.

use pg_globals::read::pg_dumpall::{Program, dump};
use pg_globals::read::witness::Witness;
use pg_globals::read::{Options, read};

use super::{LONG, with_connection};
use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::servers::client_program;

/// Those who grant to each other; the first is the superuser, who owns the parameters.
const ROLES: [&str; 5] = ["postgres", "ann", "bob", "cid", "pg_monitor"];

/// Numbers that look like chance, and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, count: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % count
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

/// A statement of one of the roles; most of them are refused where it has nothing to grant.
fn statement(chance: &mut Chance, object: &str, privileges: &[&str]) -> String {
    let actor = chance.one_of(&ROLES);
    let privilege = chance.one_of(privileges);
    let role = if chance.below(6) == 0 { "PUBLIC" } else { chance.one_of(&ROLES) };
    let does = match chance.below(10) {
        0 if object.starts_with("TABLESPACE") => {
            format!("RESET ROLE; ALTER {object} OWNER TO {}", chance.one_of(&ROLES))
        }
        1 => format!("REVOKE {privilege} ON {object} FROM {role} CASCADE"),
        2 => format!("REVOKE GRANT OPTION FOR {privilege} ON {object} FROM {role} CASCADE"),
        3..=6 if role != "PUBLIC" => {
            format!("GRANT {privilege} ON {object} TO {role} WITH GRANT OPTION")
        }
        _ => format!("GRANT {privilege} ON {object} TO {role}"),
    };
    format!("SET ROLE {actor}; {does}; RESET ROLE")
}

/// Does that on a server, and gives how many statements it took.
fn shuffle(source: &Cluster, seed: u64, count: usize, objects: &[(String, &[&str])]) -> usize {
    let mut chance = Chance(seed);
    let statements: Vec<_> = (0..count)
        .map(|_| {
            let (object, privileges) = &objects[chance.below(objects.len())];
            statement(&mut chance, object, privileges)
        })
        .collect();
    source.with_client("postgres", "postgres", async |client| {
        let mut taken = 0;
        for statement in &statements {
            taken += usize::from(client.batch_execute(statement).await.is_ok());
            client.batch_execute("RESET ROLE").await.unwrap();
        }
        taken
    })
}

fn assert_readers_agree(source: &Cluster) {
    let string = source.connection_string("postgres", "postgres");
    with_connection(&string, async |connection, live| {
        let program = Program::ask(&client_program(18, "pg_dumpall")).await.unwrap();
        let witness = Witness { server: live.probe.major, program: &program, passwords: true };
        let dumped = dump(&program, connection, true, LONG).await.unwrap();
        let text = String::from_utf8_lossy(&dumped.text).into_owned();
        let globals = read(dumped.text.as_slice(), Options::default()).unwrap().globals;
        let disagreements = witness.disagreements(&globals, &live.globals);
        assert!(disagreements.0.is_empty(), "{disagreements}\n{text}");
    });
}

fn both_readers_see_the_same(major: u32) {
    let settings: &[_] = if major >= 15 { &[("allow_in_place_tablespaces", "on")] } else { &[] };
    let source = Cluster::start_with(major, "postgres", settings);
    source.sql("postgres", "postgres", "CREATE ROLE ann; CREATE ROLE bob; CREATE ROLE cid");
    for seed in 0..12 {
        let mut objects: Vec<(String, &[&str])> = Vec::new();
        for number in 0..6 {
            let name = format!("t{seed}_{number}");
            let place = if major >= 15 {
                String::new()
            } else {
                source.new_directory(&name).to_str().unwrap().to_owned()
            };
            let create = format!("CREATE TABLESPACE {name} OWNER ann LOCATION '{place}'");
            source.sql("postgres", "postgres", &create);
            objects.push((format!("TABLESPACE {name}"), &["CREATE"]));
        }
        if major >= 15 {
            for parameter in ["work_mem", "log_statement", "my.own"] {
                let privileges = &["SET", "ALTER SYSTEM", "ALL"];
                objects.push((format!("PARAMETER {parameter}"), privileges));
            }
        }
        let taken = shuffle(&source, seed, 150, &objects);
        assert!((40..150).contains(&taken), "{taken}");
        assert_readers_agree(&source);
    }
    let query = "SELECT count(*)::text FROM pg_tablespace t, aclexplode(spcacl) a \
                 WHERE a.grantee = t.spcowner AND a.grantor <> t.spcowner";
    let given_back = source.query("postgres", "postgres", query).remove(0).remove(0).unwrap();
    assert!(given_back.parse::<u32>().unwrap() > 5, "{given_back}");
}

#[test]
fn both_readers_see_the_same_on_12() {
    both_readers_see_the_same(12);
}

#[test]
fn both_readers_see_the_same_on_15() {
    both_readers_see_the_same(15);
}

#[test]
fn both_readers_see_the_same_on_18() {
    both_readers_see_the_same(18);
}

/// A copy brings all of it; a second one finds nothing to do.
#[test]
fn a_copy_brings_them() {
    let settings = [("allow_in_place_tablespaces", "on")];
    let source = Cluster::start_with(18, "postgres", &settings);
    let mut objects: Vec<(String, &[&str])> = Vec::new();
    source.sql("postgres", "postgres", "CREATE ROLE ann; CREATE ROLE bob; CREATE ROLE cid");
    for number in 0..12 {
        let create = format!("CREATE TABLESPACE t{number} OWNER ann LOCATION ''");
        source.sql("postgres", "postgres", &create);
        objects.push((format!("TABLESPACE t{number}"), &["CREATE"]));
    }
    for parameter in ["work_mem", "log_statement", "my.own"] {
        objects.push((format!("PARAMETER {parameter}"), &["SET", "ALTER SYSTEM", "ALL"]));
    }
    shuffle(&source, 4, 400, &objects);
    let target = Cluster::start_with(18, "postgres", &settings);
    let from = source.connection_string("postgres", "postgres");
    let to = target.connection_string("postgres", "postgres");
    let copy = || Run::new(["copy", &from, &to, "--yes", "--into-older", "--reader", "catalog"]);
    copy().done();
    let second = copy().with("--format json").done().stdout;
    let second: serde_json::Value = serde_json::from_str(&second).unwrap();
    assert_eq!(second["sent"], 0, "{second:#}");
    assert_eq!(second["remaining"], 0, "{second:#}");
    let acls = "SELECT spcname::text, (SELECT string_agg(x::text, ' ' ORDER BY x::text) \
                FROM unnest(spcacl) x WHERE x::text !~ '^postgres=') FROM pg_tablespace UNION ALL \
                SELECT parname, (SELECT string_agg(x::text, ' ' ORDER BY x::text) \
                FROM unnest(paracl) x WHERE x::text !~ '^postgres=') FROM pg_parameter_acl ORDER BY 1";
    // The connected role and the bootstrap superuser are never granted anything.
    let of = |cluster: &Cluster| cluster.query("postgres", "postgres", acls);
    assert_eq!(of(&target), of(&source));
}
