use proptest::prelude::*;

use std::io;

use super::*;

/// Gives its bytes a few at a time, so that every token is cut somewhere.
struct Trickle<'a>(&'a [u8], usize);

impl io::Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(self.0.len()).min(buffer.len());
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

/// The pieces of `bytes`, a line each, obeying the settings that matter as the readers above do.
fn pieces(bytes: &[u8], step: usize) -> Vec<String> {
    let mut reader = match Reader::new(Trickle(bytes, step)) {
        Ok(reader) => reader,
        Err(error) => return vec![format!("error: {error}")],
    };
    let mut all = Vec::new();
    loop {
        let (text, place) = match reader.next() {
            Err(error) => {
                all.push(format!("error: {error}"));
                return all;
            }
            Ok(None) => break,
            Ok(Some(Piece::Fault(fault))) => {
                all.push(format!("{} fault: {}", fault.place, fault.problem));
                continue;
            }
            Ok(Some(Piece::Statement(slice))) => (slice.text.to_owned(), slice.place),
        };
        if let Some(name) = text.strip_prefix("SET client_encoding = '")
            && let Err(error) = reader.set_encoding(name.trim_end_matches('\''))
        {
            all.push(format!("error: {error}"));
            return all;
        }
        if text == "SET standard_conforming_strings = off" {
            reader.set_standard_conforming_strings(false);
        }
        if let Some(name) = text.strip_prefix("CREATE ROLE \"") {
            reader.expect_name(name.trim_end_matches('"'));
        }
        all.push(format!("{place} {text}"));
    }
    if reader.skipped() > 0 {
        all.push(format!("skipped {}", reader.skipped()));
    }
    all
}

fn split(text: &str) -> Vec<String> {
    let whole = pieces(text.as_bytes(), 1 << 20);
    for step in [1, 2, 3, 7] {
        assert_eq!(pieces(text.as_bytes(), step), whole, "{step} bytes at a time");
    }
    whole
}

#[test]
fn statements_end_where_psql_ends_them() {
    let text = "A 'x;' \"y;\" $$;$$ $t$;$$;$t$ -- ;\n /* ; /* ; */ ; */ b;\n  C (1;2);\nD E'\\';' e'a''\\'';\n\
                E a$1$b;F E'a'\n  '\\';';G";
    assert_eq!(
        split(text),
        [
            "1:1 A 'x;' \"y;\" $$;$$ $t$;$$;$t$ -- ;\n /* ; /* ; */ ; */ b",
            "3:3 C (1;2)",
            "4:1 D E'\\';' e'a''\\''",
            "5:1 E a$1$b",
            "5:9 F E'a'\n  '\\';'",
            "6:9 G",
        ]
    );
}

#[test]
fn the_prefix_of_a_literal_is_told_from_a_word() {
    assert_eq!(
        split(
            "A $$;$$E'\\';';B $$;$$$$;$$;C a$E';\\';D E'a' -- c\n  '\\';';E E'a' '\\';F E'a' /* \n */ '\\';"
        ),
        [
            "1:1 A $$;$$E'\\';'",
            "1:15 B $$;$$$$;$$",
            "1:28 C a$E';\\'",
            "1:38 D E'a' -- c\n  '\\';'",
            "2:9 E E'a' '\\'",
            "2:20 F E'a' /* \n */ '\\'",
        ]
    );
}

#[test]
fn open_quotes_are_told_where_they_open() {
    assert_eq!(split("A;\nB 'x;\n"), ["1:1 A", "2:3 fault: this string literal does not end"]);
    assert_eq!(split("B \"x;"), ["1:3 fault: this quoted name does not end"]);
    assert_eq!(split("é $a$;"), ["1:3 fault: this dollar quote does not end: $a$ is missing"]);
    assert_eq!(split("/* /* */"), ["1:1 fault: this comment does not end"]);
    assert_eq!(split("A /* /* */"), ["1:3 fault: this comment does not end"]);
}

#[test]
fn columns_do_not_depend_on_where_the_input_was_cut() {
    assert_eq!(
        split("C 'a\nb'; DROP;é 'a\né' ;x; $$;"),
        [
            "1:1 C 'a\nb'",
            "2:5 DROP",
            "2:10 é 'a\né' ",
            "3:5 x",
            "3:8 fault: this dollar quote does not end: $$ is missing"
        ]
    );
}

const HEADER: &str = "--\n-- PostgreSQL database cluster dump\n--\n\n\\restrict abc\n";

#[test]
fn the_databases_of_a_cluster_dump_are_passed_over() {
    let text = format!(
        "{HEADER}CREATE ROLE a;\n\\unrestrict abc\n--\n-- Databases\n--\n\\connect template1\n\
         CREATE TABLE t (a int);\nCOPY t (a) FROM stdin;\nCREATE ROLE evil;\n\\.x\n\\.\n\
         CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC; SELECT CASE WHEN 1 THEN 2 END; \
         END;\nCREATE FUNCTION g() AS $_$ BEGIN; $_$;\nINSERT INTO t VALUES ('CREATE ROLE x;\n\\! ls');\n\
         ALTER ROLE a IN DATABASE d SET x TO 'y';\nCREATE USER MAPPING FOR a;\nCOMMENT ON TABLE t IS 'x';\n\
         --\n-- PostgreSQL database cluster dump complete\n--\n"
    );
    assert_eq!(
        split(&text),
        ["6:1 CREATE ROLE a", "21:1 ALTER ROLE a IN DATABASE d SET x TO 'y'", "skipped 7"]
    );
}

#[test]
fn only_begin_atomic_opens_a_body() {
    let text = format!(
        "{HEADER}\\connect d\nCREATE FUNCTION public.f(begin date, \"end\" date) AS $$ $$;\n\
         CREATE FUNCTION public.begin() AS $$ $$;\nCREATE PROCEDURE p(atomic int)\n BEGIN ATOMIC\n \
         SELECT CASE 1 WHEN 1 THEN 2 END; END;\nCOPY t (a) FROM stdin;\nx end ; CREATE ROLE evil;\n\\.\n\
         ALTER ROLE a IN DATABASE d SET x TO 'y';\n"
    );
    assert_eq!(split(&text), ["15:1 ALTER ROLE a IN DATABASE d SET x TO 'y'", "skipped 4"]);
}

#[test]
fn headings_mean_something_in_dumps_only() {
    assert_eq!(split("A;\n-- Databases\nB;"), ["1:1 A", "3:1 B"]);
}

#[test]
fn meta_commands_are_refused_wherever_they_stand() {
    assert_eq!(
        split("\\! ls\nSELECT 1 \\gexec\nA;\n'\\x';"),
        [
            "1:1 fault: psql meta-command \\!: pg_dumpall does not write it, and a dump that carries it \
             could run programs (CVE-2025-8714)",
            "2:10 fault: psql meta-command \\gexec: pg_dumpall does not write it, and a dump that carries it \
             could run programs (CVE-2025-8714)",
            "3:1 A",
            "4:1 '\\x'",
        ]
    );
}

#[test]
fn a_carriage_return_ends_a_comment() {
    assert_eq!(split("-- a\rCREATE ROLE b;\r\n-- c\r\nD;"), ["1:6 CREATE ROLE b", "3:1 D"]);
    let name = "a\rb";
    let text = format!(
        "{HEADER}CREATE ROLE \"{name}\";\n--\n-- User Config \"{name}\"\n--\n\nALTER ROLE \"{name}\" SET x TO 'y';\n"
    );
    let all = split(&text);
    assert!(all.len() == 2 && all[1].ends_with("SET x TO 'y'"), "{all:?}");
}

#[test]
fn a_newline_in_a_name_breaks_no_comment_of_ours() {
    let evil = "a\"\n--\n\nCREATE ROLE evil SUPERUSER;\n--\n-- User Config \"b";
    let quoted = evil.replace('"', "\"\"");
    let text = format!(
        "{HEADER}CREATE ROLE \"{evil}\";\n--\n-- User Config \"{evil}\"\n--\n\nALTER ROLE \"{quoted}\" SET x TO 'y';\n"
    );
    // The names are told as they are decoded, so this one is written as if it had no quotes.
    let text = text.replacen(
        &format!("CREATE ROLE \"{evil}\";"),
        &format!("CREATE ROLE \"{quoted}\";"),
        1,
    );
    let mut reader = Reader::new(text.as_bytes()).unwrap();
    let mut statements = Vec::new();
    loop {
        match reader.next().unwrap() {
            None => break,
            Some(Piece::Fault(fault)) => statements.push(fault.problem.to_string()),
            Some(Piece::Statement(slice)) => statements.push(slice.text.to_owned()),
        }
        if statements.len() == 1 {
            reader.expect_name(evil);
        }
    }
    let expected =
        [format!("CREATE ROLE \"{quoted}\""), format!("ALTER ROLE \"{quoted}\" SET x TO 'y'")];
    assert_eq!(statements, expected);

    let unknown = format!("{HEADER}--\n-- User Config \"new\nline\"\n--\n");
    assert!(
        split(&unknown)[0].starts_with("7:1 fault: a newline in a name has broken this comment")
    );
}

#[test]
fn encodings_are_decoded_from_where_they_are_named() {
    let mut sjis =
        b"SET client_encoding = 'SJIS';\nCOMMENT '\x83\x5c';\nSET client_encoding = 'LATIN1';\nB '"
            .to_vec();
    sjis.extend(b"\xe9\x5c';");
    for step in [1, 3, 1 << 20] {
        assert_eq!(
            pieces(&sjis, step),
            [
                "1:1 SET client_encoding = 'SJIS'",
                "2:1 COMMENT 'ソ'",
                "3:1 SET client_encoding = 'LATIN1'",
                "4:1 B 'é\\'",
            ]
        );
        assert_eq!(
            pieces(b"A;\nB\n '\xe9';C;", step),
            ["1:1 A", "3:3 fault: this is not valid UTF8", "3:6 C"]
        );
        assert_eq!(pieces(b"A \0;", step), ["1:3 fault: a NUL byte"]);
    }
    // Longer than a block, and cut within a character: no line has to be in memory as a whole.
    for length in [300_000, 300_001] {
        let mut long = b"SET client_encoding = 'SJIS';\nCOPY t FROM stdin;\n".to_vec();
        long.resize(long.len() + length % 2, b'x');
        long.extend(b"\x83\x5c".repeat(length / 2));
        long.extend(b"\n\\.\nB '\x83\x5c'");
        assert_eq!(pieces(&long, 1 << 20).last().unwrap(), "5:1 B 'ソ'");
        long.truncate(long.len() - 2);
        let error = "error: line 5: this is not valid SJIS: dump again with -E UTF8";
        assert_eq!(pieces(&long, 1 << 20).last().unwrap(), error);
    }
    let utf_16 = |text: &str, little: bool| {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units
            .flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() })
            .collect::<Vec<u8>>()
    };
    for step in [1, 2, 1 << 20] {
        for little in [true, false] {
            let bytes = utf_16("SET client_encoding = 'LATIN1';\r\nB 'é🦀\r\n';", little);
            assert_eq!(
                pieces(&bytes, step),
                ["1:1 SET client_encoding = 'LATIN1'", "2:1 B 'é🦀\r\n'"]
            );
        }
        assert_eq!(pieces(b"\xef\xbb\xbfA '\xc3\xa9';", step), ["1:1 A 'é'"]);
        // Half of a character in line 3.
        let mut bytes = utf_16("A;\n\nB;", true);
        bytes.extend(b"\x3c\xd8;\0C\0;\0");
        let error = "error: line 3: this is not valid UTF-16: dump again with -E UTF8";
        // Behind a semicolon the rest of the line is looked at, too.
        assert_eq!(pieces(&bytes, step), ["1:1 A", error]);
    }
}

#[test]
fn copy_is_known_however_it_is_spaced() {
    for copy in
        ["COPY t FROM  stdin", "copy t (a)from\n\tSTDIN", "COPY t FROM /* x */ stdin WITH (FREEZE)"]
    {
        let text = format!("{copy};\nCREATE ROLE evil;\n\\.\nCREATE ROLE a;");
        let all = split(&text);
        assert_eq!(
            all.iter().map(|piece| &piece[piece.len() - 4..]).collect::<Vec<_>>(),
            ["COPY", "LE a"]
        );
    }
    for copy in ["COPY t FROM stdin2", "COPY xfrom stdin", "COPY t TO stdout"] {
        assert_eq!(split(&format!("{copy};\nB;")), ["1:1 COPY", "2:1 B"]);
    }
}

#[test]
fn what_is_no_dump_is_named() {
    let cases: [(&[u8], &str); 5] = [
        (b"", "error: there is nothing in it"),
        (b" \n\n", "error: there is nothing in it"),
        (b"\x1f\x8b\x08", "error: this is compressed"),
        (
            b"PGDMP\x01",
            "error: this is pg_dump's custom format, which holds one database and no globals: make the dump with pg_dumpall --globals-only",
        ),
        (
            b"\x7fELF\0\0",
            "error: this is binary, and not the text of a dump: make it with pg_dumpall --globals-only",
        ),
    ];
    for (bytes, expected) in cases {
        assert_eq!(pieces(bytes, 1 << 20), [expected]);
    }
}

#[test]
fn a_backslash_is_ambiguous_without_standard_strings() {
    let text = "SET standard_conforming_strings = off;\nA '\\';';\nB E'\\';';\nC 'x';";
    let all = split(text);
    assert_eq!(all[0], "1:1 SET standard_conforming_strings = off");
    assert!(all[1].starts_with("2:1 fault: a backslash in a plain literal"), "{all:?}");
    assert_eq!(all[2..], ["3:1 B E'\\';'", "4:1 C 'x'"]);
}

/// The splitter without a buffer that moves: a second opinion on where statements end.
fn naive(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let (mut at, mut start, mut all) = (0, 0, Vec::new());
    while at < bytes.len() {
        match bytes[at] {
            b'\'' | b'"' => match text[at + 1..].find(char::from(bytes[at])) {
                Some(step) => at += step + 2,
                None => break,
            },
            b';' => {
                all.push(text[start..at].trim().to_owned());
                at += 1;
                start = at;
            }
            _ => at += 1,
        }
    }
    if at >= bytes.len() {
        all.push(text[start..].trim().to_owned());
    }
    all.retain(|statement| !statement.is_empty());
    all
}

proptest! {
    #![proptest_config(crate::testing::cases(256))]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), step in 1_usize..9) {
        pieces(&bytes, step);
    }

    #[test]
    fn no_pieces_of_dumps_make_it_panic(
        words in proptest::collection::vec(prop_oneof![
            Just(HEADER), Just("--\n-- Databases\n--\n"), Just("COPY t FROM stdin;\n"), Just("\\.\n"), Just("'"),
            Just("E'\\"), Just("$a$"), Just("\"\n"), Just("/*"), Just("*/"), Just("-- "), Just("é"), Just(";\n"),
            Just("CREATE FUNCTION f() BEGIN ATOMIC "), Just("END;"), Just("CREATE ROLE \"a\nb\";"), Just("\\connect x\n"),
            Just("-- User Config \"a\nb\"\n--\n\nALTER ROLE"), Just("SET client_encoding = 'SJIS';\n"), Just("("),
        ], 0..20),
        step in 1_usize..99,
    ) {
        let text = words.concat();
        prop_assert_eq!(pieces(text.as_bytes(), step), pieces(text.as_bytes(), 1 << 20));
    }

    #[test]
    fn quotes_protect_semicolons(words in proptest::collection::vec(
        prop_oneof![Just("'"), Just("\""), Just(";"), Just("a"), Just(" "), Just("\n"), Just("é")], 0..30)
    ) {
        let text = words.concat();
        prop_assume!(!text.trim().is_empty() && !super::input::is_userlist(text.as_bytes()));
        let open = pieces(text.as_bytes(), 5);
        let closed: Vec<_> = open.iter().filter(|line| !line.contains(" fault: ")).collect();
        let expected = naive(&text);
        prop_assert_eq!(closed.len(), expected.len());
        for (line, statement) in closed.into_iter().zip(expected) {
            prop_assert_eq!(line.split_once(' ').unwrap().1.trim_end(), statement);
        }
    }
}

#[test]
fn a_dump_that_is_cut_within_a_heading_or_a_command_is_only_cut() {
    for end in [
        "-- User Config \"a",
        "-- Database \"a",
        "\\unrest",
        "\\",
        "\\unrestrict ",
        "\\connect -reuse-previous=on \"dbname='a b",
    ] {
        assert_eq!(
            split(&format!("{HEADER}CREATE ROLE a;\n{end}")),
            ["6:1 CREATE ROLE a"],
            "{end}"
        );
    }
    // With something behind it, or in what is no dump, it is what it looks like.
    assert_eq!(
        split(&format!("{HEADER}-- User Config \"a\n")),
        [
            "6:1 fault: a newline in a name has broken this comment (CVE-2025-8715), and where it ends \
             cannot be told: dump again with a current pg_dumpall"
        ]
    );
    assert!(split("CREATE ROLE a;\n\\unrest")[1].contains("CVE-2025-8714"));
    assert!(split(&format!("{HEADER}\\! ls"))[0].contains("CVE-2025-8714"));
}

#[test]
fn utf_16_can_end_in_the_middle_of_a_character() {
    for big in [false, true] {
        let units = "\u{feff}A;\nB '😀';".encode_utf16();
        let whole: Vec<u8> =
            units.flat_map(|it| if big { it.to_be_bytes() } else { it.to_le_bytes() }).collect();
        for step in [1, 2, 3, 1 << 20] {
            assert_eq!(pieces(&whole, step), ["1:1 A", "2:1 B '😀'"]);
            assert_eq!(
                pieces(&whole[..whole.len() - 1], step),
                ["1:1 A", "2:6 fault: the file ends in the middle of a character"]
            );
            assert_eq!(
                pieces(&whole[..whole.len() - 6], step),
                ["1:1 A", "2:3 fault: this string literal does not end"]
            );
        }
        let lone: Vec<u8> = [0xfeff, 0x41, 0xd83d, 0x41]
            .into_iter()
            .flat_map(|it: u16| if big { it.to_be_bytes() } else { it.to_le_bytes() })
            .collect();
        assert_eq!(
            pieces(&lone, 1 << 20),
            ["error: line 1: this is not valid UTF-16: dump again with -E UTF8"]
        );
    }
}

#[test]
fn characters_cut_between_lines_and_blocks_are_whole() {
    for (encoding, bytes, text) in [
        ("GB18030", &b"\x81\x30\x81\x30\xe3\x32\x9a\x35"[..], "\u{80}\u{10ffff}"),
        ("SHIFT_JIS_2004", b"\x82\xf5\x83\x5c", "か\u{309a}ソ"),
        ("EUC_TW", b"\x8e\xa2\xa1\xa1", "\u{4e42}"),
    ] {
        let head = format!("SET client_encoding = '{encoding}';\nA '");
        let dump = [head.as_bytes(), bytes, b"';\nB;"].concat();
        for step in [1, 2, 3, 7, 1 << 20] {
            let all = pieces(&dump, step);
            assert_eq!(
                all[1..],
                [format!("2:1 A '{text}'"), "3:1 B".to_owned()],
                "{encoding} {step}"
            );
        }
        let broken = [head.as_bytes(), &bytes[..1], b"\n';\nB;"].concat();
        let all = pieces(&broken, 3).join("|");
        assert!(all.contains(&format!("this is not valid {encoding}")), "{all}");
    }
}
