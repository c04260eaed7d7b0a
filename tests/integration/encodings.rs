//! What the bytes of every encoding are: as servers convert them, all of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use pg_globals::encoding::Table;

use crate::support::cluster::Cluster;

const SQL: &str = include_str!("support/encodings.sql");

/// The encodings of clients that are converted into UTF8.
const ENCODINGS: &str = "SELECT DISTINCT name::text FROM pg_conversion, pg_encoding_to_char(conforencoding) name \
    WHERE contoencoding = 6 AND name NOT IN ('UTF8', 'SQL_ASCII', 'MULE_INTERNAL') ORDER BY 1";

/// Of GB18030's characters of four bytes those of every tenth sequence that there could be.
const SOME_OF_GB18030: &str = "SELECT string_agg(encode(s, 'hex') || ' ' || encode(made, 'hex'), ',') FROM (\
    SELECT s, pg_temp.converted(s, 'GB18030') AS made FROM generate_series(129, 254) a, \
        generate_series(48, 57) b, generate_series(128, 255) c, LATERAL (SELECT set_byte(set_byte(set_byte(\
        set_byte('\\x00000000', 0, a), 1, b), 2, c), 3, 48 + (a + b + c) % 10)) it(s)) them WHERE made IS NOT NULL";

/// What a table makes of one sequence, in hexadecimal, where it is one character.
fn line(table: &Table, sequence: &[u8]) -> Option<String> {
    let text = |sequence: &[u8]| {
        let mut text = Vec::new();
        table.decode(sequence, true, &mut text).ok().map(|_| text)
    };
    // What begins with a character is two.
    let whole = text(sequence)?;
    if (1..sequence.len()).any(|end| text(&sequence[..end]).is_some()) {
        return None;
    }
    let mut line = String::new();
    let hex = |line: &mut String, bytes: &[u8]| {
        for byte in bytes {
            write!(line, "{byte:02x}").unwrap();
        }
    };
    hex(&mut line, sequence);
    line.push(' ');
    hex(&mut line, &whole);
    Some(line)
}

/// What our table of an encoding has, as the server tells it.
fn ours(name: &str) -> BTreeSet<String> {
    let table = Table::of(name).unwrap_or_else(|| panic!("there is no table of {name}"));
    let mut found = BTreeSet::new();
    let high = || 0x80..=0xff_u8;
    found.extend(high().filter_map(|a| line(table, &[a])));
    if ["LATIN", "WIN", "KOI", "ISO"].iter().any(|start| name.starts_with(start)) {
        return found;
    }
    for a in high() {
        found.extend((1..=0xff).filter_map(|b| line(table, &[a, b])));
        let longer = [0x8e, 0x8f].contains(&a) && (name.starts_with("EUC") || name == "JOHAB");
        for (b, c) in (0xa0..=0xff).flat_map(|b| (0xa0..=0xff).map(move |c| (b, c))) {
            if longer {
                found.extend(line(table, &[a, b, c]));
            }
            if name == "EUC_TW" && a == 0x8e && b < 170 {
                found.extend((0xa0..=0xff).filter_map(|d| line(table, &[a, b, c, d])));
            }
        }
    }
    found
}

#[test]
fn characters_are_what_the_server_says() {
    let server = Cluster::start(18);
    let encodings = server.query("postgres", "postgres", ENCODINGS);
    let encodings: Vec<_> = encodings.iter().map(|row| row[0].clone().unwrap()).collect();
    assert_eq!(encodings.len(), 39);
    server.with_client("postgres", "postgres", async |client| {
        client.batch_execute(SQL).await.unwrap();
        for encoding in &encodings {
            let ask = format!(
                "SELECT string_agg(seq || ' ' || made, ',') FROM pg_temp.characters('{encoding}', false)"
            );
            let theirs: String = client.query_one(&ask, &[]).await.unwrap().get(0);
            let theirs: BTreeSet<_> = theirs.split(',').map(str::to_owned).collect();
            let ours = ours(encoding);
            // In some places, later servers say something else.
            let refused = if encoding == "GB18030" { 20 } else { 0 };
            assert_eq!(theirs.difference(&ours).count(), refused, "{encoding}");
            assert_eq!(ours.difference(&theirs).count(), 0, "{encoding}");
        }

        // All that our table has in one piece, and then some of the rest: a million could be one.
        let table = Table::of("GB18030").unwrap();
        let (mut bytes, mut text) = (Vec::new(), Vec::new());
        for number in 0..126 * 10 * 126 * 10_u32 {
            let digit = |number: u32| b'0' + u8::try_from(number % 10).unwrap();
            let lead = |number: u32| 0x81 + u8::try_from(number % 126).unwrap();
            let sequence =
                [lead(number / 12_600), digit(number / 1260), lead(number / 10), digit(number)];
            if table.decode(&sequence, true, &mut text).is_ok() {
                bytes.extend(sequence);
            }
        }
        assert_eq!(bytes.len(), 4 * 1_087_995);
        let ask = "SELECT convert($1, 'GB18030', 'UTF8')";
        let theirs: Vec<u8> = client.query_one(ask, &[&bytes]).await.unwrap().get(0);
        assert!(theirs == text, "GB18030");
        let theirs: String = client.query_one(SOME_OF_GB18030, &[]).await.unwrap().get(0);
        for it in theirs.split(',') {
            let sequence = u32::from_str_radix(&it[..8], 16).unwrap().to_be_bytes();
            assert_eq!(line(table, &sequence).as_deref(), Some(it));
        }
    });
}
