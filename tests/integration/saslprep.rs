//! What a verifier is made of: as a server does it, for every kind of character.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use pg_globals::scram::prepared;

use crate::support::cluster::Cluster;
use crate::support::verifier::stored_key;

/// Where Unicode 3.2, RFC 3454 and what came later differ, and where characters become others: the rest
/// is private, unassigned, or a letter like all others. (All of them were compared once.)
const RANGES: [(u32, u32); 8] = [
    (0x1, 0x1fff),
    (0x2000, 0x33ff),
    (0xa000, 0xa8ff),
    (0xf900, 0xffff),
    (0x1_0780, 0x1_07ff),
    (0x1_d400, 0x1_d7ff),
    (0x1_ee00, 0x1_f2ff),
    (0xe_0000, 0xe_01ff),
];

/// What stands around a character: nothing that changes it, a letter that the normalization changes, and
/// such letters from right to left. What comes of it shows whether the whole was refused.
const AROUND: [(&str, &str); 4] =
    [("", ""), ("", "\u{aa}"), ("\u{fb21}", "\u{fb21}"), ("\u{5d0}", "1")];

#[test]
fn passwords_are_prepared_as_the_server_does_it() {
    let server = Cluster::start(18);
    server.sql(
        "postgres",
        "postgres",
        "CREATE ROLE app LOGIN; CREATE TABLE made(cp int, kind int, verifier text)",
    );
    server.with_client("postgres", "postgres", async |client| {
        client.batch_execute("SET scram_iterations = 1").await.unwrap();
        for (from, to) in RANGES {
            for (kind, (before, behind)) in AROUND.iter().enumerate() {
                // A transaction for a few: each change of a role leaves an old one behind.
                let make = format!(
                    "DO $$ BEGIN FOR i IN {from}..{to} LOOP
                       EXECUTE format('ALTER ROLE app PASSWORD %L', '{before}' || chr(i) || '{behind}');
                       INSERT INTO made SELECT i, {kind}, rolpassword FROM pg_authid WHERE rolname = 'app';
                       IF i % 20 = 0 THEN COMMIT; END IF;
                     END LOOP; END $$"
                );
                client.batch_execute(&make).await.unwrap();
            }
        }
    });
    let rows =
        server.query("postgres", "postgres", "SELECT cp, kind, verifier FROM made ORDER BY 1, 2");
    let mut wrong = Vec::new();
    for row in &rows {
        let value = |column: usize| row[column].as_deref().unwrap();
        let cp: u32 = value(0).parse().unwrap();
        let kind: usize = value(1).parse().unwrap();
        let (before, behind) = AROUND[kind];
        let password = format!("{before}{}{behind}", char::from_u32(cp).unwrap());
        let keys = value(2).strip_prefix("SCRAM-SHA-256$1:").unwrap();
        let (salt, keys) = keys.split_once('$').unwrap();
        let (stored, _) = keys.split_once(':').unwrap();
        let salt = BASE64.decode(salt).unwrap();
        if BASE64.encode(stored_key(&prepared(&password), &salt, 1)) != stored {
            wrong.push(format!("{cp:04X} ({kind})"));
        }
    }
    assert!(rows.len() > 80_000, "{}", rows.len());
    assert_eq!(wrong, Vec::<String>::new());
}
