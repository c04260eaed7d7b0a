//! Whatever the bytes, the program neither panics nor says one thing and writes another.

use pg_globals::globals::script::Shape;
use pg_globals::platform::{Platform, Rights};
use pg_globals::read::{Options, read};
use pg_globals::report::render_mistakes;
use pg_globals::sanitize::{Choices, sanitize};
use pg_globals::script::{Title, render as render_script};
use pg_globals::version::Major;
use proptest::prelude::*;

/// Converts as the command does, in this process.
fn converted(bytes: &[u8], options: Options) -> Option<String> {
    let reading = match read(bytes, options) {
        Ok(reading) => reading,
        Err(pg_globals::read::Failure::Mistakes { mistakes, more, .. }) => {
            let text = render_mistakes(&mistakes, more, "in.sql");
            assert!(!text.is_empty());
            return None;
        }
        Err(failure) => {
            assert!(!failure.to_string().is_empty());
            return None;
        }
    };
    let azure = Platform::builtin("azure").unwrap();
    let rights = Rights::offline(azure, Major::new(16));
    let pg_globals::read::Reading { globals, ledger, findings, .. } = reading;
    let choices = Choices::default();
    let sane = sanitize(globals, ledger, findings, rights, None, &choices).unwrap();
    let title = Title { source: "in.sql", platform: "azure", granted: &[] };
    let shape = Shape { major: Major::new(16), if_not_exists: false, admin: None, once: None };
    Some(render_script(&sane.globals, title, shape))
}

fn options() -> impl Strategy<Value = Options> {
    (any::<bool>(), any::<bool>())
        .prop_map(|(drop_unknown, accept_truncated)| Options { drop_unknown, accept_truncated })
}

/// Text of what a dump is made of, in any order.
fn tokens() -> impl Strategy<Value = Vec<u8>> {
    let tokens = [
        "CREATE ROLE",
        "ALTER ROLE",
        "ALL",
        "GRANT",
        "REVOKE",
        "TO",
        "FROM",
        "SET",
        "RESET",
        "IN DATABASE",
        "WITH",
        "LOGIN",
        "PASSWORD",
        "VALID UNTIL",
        "CONNECTION LIMIT",
        "COMMENT ON ROLE",
        "IS",
        "a",
        "b",
        "\"c d\"",
        "'x'",
        "E'\\n'",
        "U&\"\\0061\"",
        "$$",
        "$a$",
        "'",
        "\"",
        ";",
        ";\n",
        "--",
        "/*",
        "*/",
        "\\",
        "\\connect d",
        "\\.",
        "COPY t FROM stdin;",
        "\n",
        "\r\n",
        "(",
        ")",
        ",",
        "=",
        "-1",
        "2030-01-01",
        "é",
        "SET client_encoding = 'SJIS';",
        "SET standard_conforming_strings = off;",
        "GRANTED BY",
        "-- PostgreSQL database cluster dump",
        "-- PostgreSQL database cluster dump complete",
        "-- Database \"d\" dump",
        "-- User Config \"a",
        "BEGIN ATOMIC",
        "END",
        "CREATE FUNCTION f()",
        "CREATE TABLESPACE",
        "LOCATION",
        "SECURITY LABEL",
        "RENAME TO",
        "DROP ROLE",
        "ADMIN OPTION",
    ];
    prop::collection::vec(
        (prop::sample::select(tokens.to_vec()), prop::sample::select(vec![" ", "", "\n"])),
        0..60,
    )
    .prop_map(|all| all.into_iter().flat_map(|(a, b)| [a, b].concat().into_bytes()).collect())
}

/// The fixture with some of its bytes changed, left out or doubled.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let fixture = include_bytes!("../../../fixtures/dumps/ok/aurora-15.sql");
    let change = (0..fixture.len(), 0..3_u8, any::<u8>(), 1..200_usize);
    prop::collection::vec(change, 1..8).prop_map(move |changes| {
        let mut bytes = fixture.to_vec();
        for (at, what, byte, length) in changes {
            let at = at % bytes.len();
            let end = bytes.len().min(at + length);
            match what {
                0 => bytes[at] = byte,
                1 => drop(bytes.drain(at..end.min(bytes.len() - 1))),
                _ => bytes.splice(at..at, bytes[at..end].to_vec()).for_each(drop),
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(crate::support::seeds::fixed(256))]

    #[test]
    fn bytes(bytes in prop::collection::vec(any::<u8>(), 0..300), options in options()) {
        converted(&bytes, options);
    }

    #[test]
    fn pieces_of_dumps(bytes in tokens(), options in options()) {
        // What we write, we read, and write again.
        if let Some(script) = converted(&bytes, options) {
            prop_assert_eq!(converted(script.as_bytes(), Options::default()), Some(script));
        }
    }

    #[test]
    fn damaged_dumps(bytes in mutated(), options in options()) {
        if let Some(script) = converted(&bytes, options) {
            prop_assert_eq!(converted(script.as_bytes(), Options::default()), Some(script));
        }
    }
}
