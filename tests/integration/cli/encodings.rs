//! Dumps in every encoding that can be read, and those that cannot.

use insta::assert_snapshot;

use crate::support::command::convert;

fn in_encoding(name: &str, statements: &[u8]) -> Vec<u8> {
    [format!("SET client_encoding = '{name}';\n").as_bytes(), statements].concat()
}

fn refused(name: &str, statements: &[u8]) -> String {
    convert(in_encoding(name, statements)).with("-o out.sql").fails()
}

fn body(dump: &[u8]) -> String {
    convert(dump).done().body()
}

#[test]
fn encodings_without_a_decoder() {
    assert_snapshot!(refused("MULE_INTERNAL", b"CREATE ROLE a;\n"), @"error: in.sql: line 1: the dump's encoding MULE_INTERNAL cannot be decoded: dump again with -E UTF8");
    assert_snapshot!(refused("KLINGON", b"CREATE ROLE a;\n"), @"error: in.sql: line 1: the dump's encoding KLINGON cannot be decoded: dump again with -E UTF8");
}

#[test]
fn bytes_that_are_not_of_the_encoding() {
    assert_snapshot!(refused("UTF8", b"CREATE ROLE a;\nCREATE ROLE \"m\xfcller\";\n"), @r#"
    error: this is not valid UTF8
     --> in.sql:3:15
      |
    3 | CREATE ROLE "m�ller";
      |               ^
      |
      = help: dump again with -E UTF8, or let SET client_encoding name the encoding that it is in

    error: in.sql: nothing was written: 1 mistake
    "#);
    assert_snapshot!(refused("SQL_ASCII", b"CREATE ROLE a;\nCREATE ROLE \"m\xfcller\";\n"), @r#"
    error: this is not valid UTF8, and SQL_ASCII says nothing else: dump again with -E UTF8
     --> in.sql:3:15
      |
    3 | CREATE ROLE "m�ller";
      |               ^

    error: in.sql: nothing was written: 1 mistake
    "#);
    assert_snapshot!(refused("SJIS", b"CREATE ROLE a;\nCREATE ROLE \"\x81\xff\";\n"), @"error: in.sql: line 3: this is not valid SJIS: dump again with -E UTF8");
    assert_snapshot!(convert(b"\xff\xfeC\0R\0\x00\xd8X\0").with("-o out.sql").fails(), @"error: in.sql: line 1: this is not valid UTF-16: dump again with -E UTF8");
    assert_snapshot!(convert(b"CREATE ROLE \"m\xfcller\";\n").with("-o out.sql").fails(), @r#"
    error: this is not valid UTF8
     --> in.sql:1:15
      |
    1 | CREATE ROLE "m�ller";
      |               ^
      |
      = help: dump again with -E UTF8, or let SET client_encoding name the encoding that it is in

    error: in.sql: nothing was written: 1 mistake
    "#);
}

#[test]
fn names_are_written_in_utf8() {
    assert_snapshot!(body(&in_encoding("LATIN1", b"CREATE ROLE \"m\xfcller\";\n")), @r#"
    -- Roles

    CREATE ROLE "müller";
    "#);
    assert_snapshot!(body(&in_encoding("WIN1252", b"CREATE ROLE \"\x80uro\";\n")), @r#"
    -- Roles

    CREATE ROLE "€uro";
    "#);
    // The second byte of the name is a backslash, and that of the comment ends in a quote's.
    let sjis =
        b"CREATE ROLE \"\x94\x5c\x93\x5c\";\nCOMMENT ON ROLE \"\x94\x5c\x93\x5c\" IS '\x83\x5c';\n";
    assert_snapshot!(body(&in_encoding("SJIS", sjis)), @r#"
    -- Roles

    CREATE ROLE "能貼";

    -- Comments

    COMMENT ON ROLE "能貼" IS 'ソ';
    "#);
    assert_snapshot!(body(&in_encoding("SQL_ASCII", "CREATE ROLE müller;\n".as_bytes())), @r#"
    -- Roles

    CREATE ROLE "müller";
    "#);
}

#[test]
fn what_windows_makes_of_a_dump() {
    let text = "SET client_encoding = 'UTF8';\r\nCREATE ROLE müller;\r\nCOMMENT ON ROLE müller IS 'one\r\ntwo';\r\n";
    let expected = body(text.as_bytes());
    assert_snapshot!(expected.replace('\r', "\\r"), @r#"
    -- Roles

    CREATE ROLE "müller";

    -- Comments

    COMMENT ON ROLE "müller" IS 'one\r
    two';
    "#);
    assert_eq!(body(format!("\u{feff}{text}").as_bytes()), expected);
    let utf_16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect()
    };
    assert_eq!(body(&utf_16(u16::to_le_bytes)), expected);
    assert_eq!(body(&utf_16(u16::to_be_bytes)), expected);
}
