//! `pg_globals platforms`.

use insta::assert_snapshot;

use crate::support::command::{Run, convert};
use crate::support::schema;

#[test]
fn listed() {
    assert_snapshot!(Run::new(["platforms"]).done(), @"
    azure         Azure Database for PostgreSQL flexible server (11 to 18; as of 2026-02)
    aurora        Amazon Aurora PostgreSQL (11 to 18; as of 2026-08)
    rds           Amazon RDS for PostgreSQL (11 to 18; as of 2026-08)
    cloudsql      Google Cloud SQL for PostgreSQL (10 to 18; as of 2026-08)
    alloydb       Google AlloyDB for PostgreSQL (14 to 18; as of 2026-08)
    supabase      Supabase (15, 17; as of 2026-08)
    neon          Neon (14 to 17, 18 in preview; as of 2026-02)
    aiven         Aiven for PostgreSQL (15 to 18; as of 2026-08)
    digitalocean  DigitalOcean managed PostgreSQL (versions not confirmed; undated)
    timescale     Tiger Cloud (Timescale) (versions not confirmed; as of 2024-10)
    postgres      self-hosted PostgreSQL (10 to 19; as of 2026-10)
    ==== stderr ====
    ");
    assert_snapshot!(Run::new(["platforms", "--format", "json"]).done(), @r#"
    {
      "format_version": 1,
      "platforms": [
        {
          "name": "azure",
          "title": "Azure Database for PostgreSQL flexible server",
          "versions": [
            "11",
            "12",
            "13",
            "14",
            "15",
            "16",
            "17",
            "18"
          ],
          "preview": [],
          "as_of": "2026-02"
        },
        {
          "name": "aurora",
          "title": "Amazon Aurora PostgreSQL",
          "versions": [
            "11",
            "12",
            "13",
            "14",
            "15",
            "16",
            "17",
            "18"
          ],
          "preview": [],
          "as_of": "2026-08"
        },
        {
          "name": "rds",
          "title": "Amazon RDS for PostgreSQL",
          "versions": [
            "11",
            "12",
            "13",
            "14",
            "15",
            "16",
            "17",
            "18"
          ],
          "preview": [],
          "as_of": "2026-08"
        },
        {
          "name": "cloudsql",
          "title": "Google Cloud SQL for PostgreSQL",
          "versions": [
            "10",
            "11",
            "12",
            "13",
            "14",
            "15",
            "16",
            "17",
            "18"
          ],
          "preview": [],
          "as_of": "2026-08"
        },
        {
          "name": "alloydb",
          "title": "Google AlloyDB for PostgreSQL",
          "versions": [
            "14",
            "15",
            "16",
            "17",
            "18"
          ],
          "preview": [],
          "as_of": "2026-08"
        },
        {
          "name": "supabase",
          "title": "Supabase",
          "versions": [
            "15",
            "17"
          ],
          "preview": [],
          "as_of": "2026-08"
        },
        {
          "name": "neon",
          "title": "Neon",
          "versions": [
            "14",
            "15",
            "16",
            "17",
            "18"
          ],
          "preview": [
            "18"
          ],
          "as_of": "2026-02"
        },
        {
          "name": "aiven",
          "title": "Aiven for PostgreSQL",
          "versions": [
            "15",
            "16",
            "17",
            "18"
          ],
          "preview": [],
          "as_of": "2026-08"
        },
        {
          "name": "digitalocean",
          "title": "DigitalOcean managed PostgreSQL",
          "versions": [],
          "preview": [],
          "as_of": null
        },
        {
          "name": "timescale",
          "title": "Tiger Cloud (Timescale)",
          "versions": [],
          "preview": [],
          "as_of": "2024-10"
        },
        {
          "name": "postgres",
          "title": "self-hosted PostgreSQL",
          "versions": [
            "10",
            "11",
            "12",
            "13",
            "14",
            "15",
            "16",
            "17",
            "18",
            "19"
          ],
          "preview": [],
          "as_of": "2026-10"
        }
      ]
    }
    ==== stderr ====
    "#);
}

/// What is printed is where one's own begins.
#[test]
fn printed_and_used_again() {
    for name in ["azure", "aurora", "postgres", "neon"] {
        let printed = Run::new(["platforms", name]).done();
        assert_eq!(printed.stderr, "");
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/platform/data/");
        assert_eq!(printed.stdout, std::fs::read_to_string(format!("{file}{name}.toml")).unwrap());
        let dump = "CREATE ROLE a SUPERUSER REPLICATION LOGIN PASSWORD NULL;\n";
        let own = convert(dump).file("mine.toml", &printed.stdout).with("-p mine.toml").done();
        let builtin = convert(dump).with("-p").arg(name).done();
        assert_eq!((own.stdout, own.stderr), (builtin.stdout, builtin.stderr));
    }
}

#[test]
fn ones_own() {
    let toml = "name = \"mine\"\ntitle = \"My own\"\nmajors = [17]\n[admin]\n";
    let done = convert("CREATE ROLE a SUPERUSER;\n").file("mine", toml).with("-p mine").done();
    assert_snapshot!(done.stderr, @"
    in.sql: no platform recognised
    for mine 17 (My own)
    found 1 role, 0 memberships, 0 settings, 0 parameter privileges, 0 tablespaces
    1 statement read: 0 kept, 1 rewritten, 0 dropped

    warning: superuser: the target's administrator cannot make superusers
      line 1, role a: loses SUPERUSER
      = grant what the role needs, or give it the platform's administrator role with --map-role SUPERUSER=…
    ");
}

#[test]
fn unknown() {
    assert_snapshot!(Run::new(["platforms", "nope"]).fails(), @"
    error: there is no platform `nope`
      known are azure, aurora, rds, cloudsql, alloydb, supabase, neon, aiven, digitalocean, timescale, postgres
    ");
    assert_snapshot!(Run::new(["platforms", "azur"]).fails(), @"
    error: there is no platform `azur`, did you mean `azure`?
      known are azure, aurora, rds, cloudsql, alloydb, supabase, neon, aiven, digitalocean, timescale, postgres
    ");
}

#[test]
fn printed_as_json() {
    let done = Run::new(["platforms", "digitalocean", "--format", "json"]).done();
    assert_eq!(done.stderr, "");
    let json: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    let toml = Run::new(["platforms", "digitalocean"]).done().stdout;
    let toml: toml::Table = toml::from_str(&toml).unwrap();
    let expected = serde_json::json!({ "format_version": 1, "platform": toml });
    assert_eq!(json, expected);
}

/// As the schemas say.
#[test]
fn json_is_as_its_schema() {
    for (name, schema) in [("", "platforms"), ("azure", "platform")] {
        let args = ["platforms", "--format", "json"].into_iter().chain(name.split_whitespace());
        schema::assert_valid(schema, &Run::new(args).done().stdout);
    }
}
