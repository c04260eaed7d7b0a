//! Which names are in no encoding: a database in `SQL_ASCII` stores what it is given, and what all
//! databases share was stored by each in its own.

use tokio_postgres::Client;

use super::SAFE_PATH;
use crate::connect::{Query, rows};

/// How many are named.
const NAMED: usize = 5;

/// Everything that is shared, as bytes in hexadecimal; which of it is UTF-8 is seen here.
const QUERY: &str = "SELECT o.kind, o.oid, pg_catalog.encode(pg_catalog.convert_to(o.text, 'SQL_ASCII'), 'hex') FROM (\
     SELECT 'role' AS kind, r.oid, r.rolname::pg_catalog.text AS text FROM pg_catalog.pg_roles r UNION ALL \
     SELECT 'database', d.oid, d.datname::pg_catalog.text FROM pg_catalog.pg_database d UNION ALL \
     SELECT 'tablespace', t.oid, t.spcname::pg_catalog.text FROM pg_catalog.pg_tablespace t UNION ALL \
     SELECT 'the comment on what has the oid', c.objoid, c.description FROM pg_catalog.pg_shdescription c UNION ALL \
     SELECT 'a setting of the role of the oid', s.setrole, pg_catalog.array_to_string(s.setconfig, ' ') \
     FROM pg_catalog.pg_db_role_setting s) AS o \
     WHERE pg_catalog.octet_length(o.text) OPERATOR(pg_catalog.<>) \
     pg_catalog.length(pg_catalog.encode(pg_catalog.convert_to(o.text, 'SQL_ASCII'), 'escape')) \
     ORDER BY 1, 2";

/// Names them, as far as they can be asked for. What was begun before has been rolled back.
pub(super) async fn culprits(client: &Client) -> Option<String> {
    let query = |sql| Query { name: "the names", sql };
    client.batch_execute(&format!("BEGIN READ ONLY; {SAFE_PATH}")).await.ok()?;
    let queries = [QUERY, "COMMIT"].map(query);
    let results = rows(client, &queries).await.ok()?;
    let mut names = Vec::new();
    for row in &results[0] {
        let (kind, oid) = (row.text(0).ok()?, row.text(1).ok()?);
        let bytes = bytes(row.text(2).ok()?)?;
        if std::str::from_utf8(&bytes).is_err() {
            let text: String = bytes.escape_ascii().to_string().chars().take(100).collect();
            names.push(format!("{kind} \"{text}\" (oid {oid})"));
        }
    }
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!names.is_empty()).then(|| names.join(", ") + &more)
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes().chunks(2);
    digits.map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok()).collect()
}
