//! The time zone that a script sets: what a server stores when it runs the script is what is read.

use std::fmt::Write as _;

use pg_globals::read::{Options, read};

use crate::support::catalog::Catalog;
use crate::support::cluster::Cluster;
use crate::support::command::Run;

const ZONES: [&str; 18] = [
    "SET TIME ZONE 'Europe/Berlin'",
    "SET TIME ZONE 'europe/berlin'",
    "SET timezone TO 'America/St_Johns'",
    "SET \"TimeZone\" = 'Australia/Lord_Howe'",
    "SET TIME ZONE \"Asia/Tehran\"",
    "SET TIME ZONE 'CET'",
    "SET TIME ZONE UTC",
    "SET TIME ZONE 'EST5EDT'",
    "SET TIME ZONE '<+02>-02'",
    "SET TIME ZONE 'UTC+2'",
    "SET TIME ZONE 'CET-1CEST,M3.5.0,M10.5.0/3'",
    "SET TIME ZONE -7",
    "SET TIME ZONE 5.5",
    "SET TIME ZONE '-3'",
    "SET TIME ZONE INTERVAL '+02:00' HOUR TO MINUTE",
    "SET TIME ZONE INTERVAL '-5:30'",
    "SET TIME ZONE INTERVAL '3' HOUR",
    "SET TIME ZONE INTERVAL(3) '-2 hours 30 minutes'",
];

/// In summer and winter of both halves of the world, where clocks are put on and back, and far away.
const POINTS: [&str; 9] = [
    "2030-07-01 00:00:00",
    "2030-01-01",
    "2030-10-27 02:30",
    "2030-03-31 02:30:00",
    "2026-04-05 01:45:00",
    "2026-10-04 02:10:00",
    "1999-12-31 23:59:59.123456",
    "2199-08-01 12:00",
    "2030-07-01 00:00:00+05:30",
];

#[test]
fn expiries_are_those_that_a_server_stores() {
    let mut script = String::new();
    for (zone, set) in ZONES.iter().enumerate() {
        writeln!(script, "{set};").unwrap();
        for (point, text) in POINTS.iter().enumerate() {
            writeln!(script, "CREATE ROLE r{zone}_{point} VALID UNTIL '{text}';").unwrap();
        }
    }
    // For a transaction only, and then what was before it.
    script.push_str(
        "SET TIME ZONE 'Asia/Tokyo';\nBEGIN;\nSET LOCAL TIME ZONE 'Asia/Kolkata';\n\
         CREATE ROLE inside VALID UNTIL '2030-07-01 00:00:00';\nCOMMIT;\n\
         CREATE ROLE behind VALID UNTIL '2030-07-01 00:00:00';\n",
    );
    // Outside of one it does nothing, which a server only warns of.
    script.push_str(
        "SET client_min_messages = error;\nSET LOCAL TIME ZONE 'Asia/Kolkata';\n\
         CREATE ROLE outside VALID UNTIL '2030-07-01 00:00:00';\n",
    );
    let server = Cluster::start(18);
    let output = server.psql("postgres", &script);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let globals = read(script.as_bytes(), Options::default()).unwrap().globals;
    let rows = server.query(
        "postgres",
        "postgres",
        "SELECT rolname, rolvaliduntil::text FROM pg_roles WHERE rolvaliduntil IS NOT NULL",
    );
    assert_eq!(rows.len(), ZONES.len() * POINTS.len() + 3);
    for row in rows {
        let (name, stored) = (row[0].as_deref().unwrap(), row[1].as_deref().unwrap());
        let read = &globals.roles[name].valid_until.as_ref().unwrap().value;
        assert_eq!(read.in_utc().as_str(), stored, "{name}");
    }
}

#[test]
fn settings_are_those_that_a_server_stores() {
    let mut script = String::new();
    for (number, set) in ZONES.iter().enumerate() {
        writeln!(script, "CREATE ROLE r{number}; ALTER ROLE r{number} {set};").unwrap();
    }
    script.push_str(
        "CREATE ROLE a; ALTER ROLE a SET TIME ZONE 'UTC'; ALTER ROLE a SET TIME ZONE LOCAL;\n",
    );
    script.push_str(
        "CREATE ROLE b; ALTER ROLE b SET TIME ZONE 'UTC'; ALTER ROLE b SET TIME ZONE DEFAULT;\n",
    );
    let (theirs, ours) = (Cluster::start(18), Cluster::start(18));
    let output = theirs.psql("postgres", &script);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let convert = ["convert", "-", "-p", "postgres", "--target-version", "18"];
    let converted = Run::new(convert).stdin(script).done().stdout;
    let output = ours.psql("postgres", &converted);
    assert!(output.status.success(), "{output:?}");
    let (theirs, ours) = (Catalog::of(&theirs).settings, Catalog::of(&ours).settings);
    assert_eq!(theirs.len(), ZONES.len());
    assert_eq!(ours, theirs);
}
