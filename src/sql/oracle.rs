//! Our parser and splitter against PostgreSQL's own (`libpg_query`, with the grammar of 18):
//! whatever we take for a statement of the subset must be one, and must begin and end where we say.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "these are tests, which clippy does not see behind the feature"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, str};

use pg_query::protobuf::Token;
use proptest::prelude::*;
use proptest::sample;

use super::{generate, tests, *};
use crate::dump::{Part, Piece, Reader};

/// A form that 18 does not have, and how it is said there.
struct Form {
    why: &'static str,
    rewrite: fn(&[&str]) -> Option<Vec<String>>,
}

/// All that we read and 18 does not.
const FORMS: &[Form] = &[
    Form {
        why: "an empty list, as pg_dumpall up to 18 writes it, is nothing at all",
        rewrite: |words| {
            is_any(words.last()?, &["TO", "="]).then(|| [words, &["DEFAULT"]].concat()).map(own)
        },
    },
    Form {
        why: "an empty list, as pg_dumpall 19 writes it, is NULL",
        rewrite: |words| behind(words, &["TO", "="], |word| is_any(word, &["NULL"]), "DEFAULT"),
    },
    Form {
        why: "UNENCRYPTED is gone since 10",
        rewrite: |words| each(words, &["UNENCRYPTED"], "ENCRYPTED"),
    },
    Form {
        why: "CREATEUSER is gone since 9.6",
        rewrite: |words| each(words, &["CREATEUSER", "NOCREATEUSER"], "SUPERUSER"),
    },
    Form {
        why: "system_user is reserved since 16, and no name before",
        rewrite: |words| each(words, &["system_user"], "\"system_user\""),
    },
    Form {
        why: "a time zone may be any bare word, keywords included, which name none",
        rewrite: |words| {
            let zone = |w: &[&str]| is_any(w[0], &["TIME"]) && is_any(w[1], &["ZONE"]);
            let at = words.windows(3).position(zone)?;
            Some(own([&words[..at + 2], &["'UTC'"], &words[at + 3..]].concat()))
        },
    },
    Form {
        why: "the value of a storage option may be any bare word: the server looks at it later",
        rewrite: |words| behind(words, &["="], is_word, "'on'"),
    },
];

/// One form more, which the scanner of 18 finds no words in.
const EMPTY_NAME: &str =
    "an empty element of a list was an empty name in 9.5.13, 9.6.9, 10.4 and betas of 11";

fn own(words: Vec<&str>) -> Vec<String> {
    words.into_iter().map(str::to_owned).collect()
}

fn is_any(word: &str, keywords: &[&str]) -> bool {
    keywords.iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
}

fn is_word(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Puts `new` for `keywords`.
fn each(words: &[&str], keywords: &[&str], new: &str) -> Option<Vec<String>> {
    let any = words.iter().any(|word| is_any(word, keywords));
    any.then(|| words.iter().map(|word| if is_any(word, keywords) { new } else { *word }).collect())
        .map(own)
}

/// Puts `new` for the words that `is` and that one of `keywords` precedes.
fn behind(
    words: &[&str],
    keywords: &[&str],
    is: fn(&str) -> bool,
    new: &str,
) -> Option<Vec<String>> {
    let hit = |at: usize| at > 0 && is_any(words[at - 1], keywords) && is(words[at]);
    let any = (0..words.len()).any(hit);
    let new =
        |(at, word): (usize, &&str)| if hit(at) { new.to_owned() } else { (*word).to_owned() };
    any.then(|| words.iter().enumerate().map(new).collect())
}

/// Whether the oracle takes `text` for one statement, when it says in the words of 18 what has to
/// be said so; notes the forms that it took.
fn accepts(text: &str, used: &mut BTreeSet<&'static str>) -> Result<(), String> {
    let Err(error) = one(text) else { return Ok(()) };
    if error.contains("zero-length delimited identifier") {
        used.insert(EMPTY_NAME);
        return one(&text.replace(" \"\"", " ''"));
    }
    let mut words = own(words(text));
    for form in FORMS {
        let borrowed: Vec<_> = words.iter().map(String::as_str).collect();
        if let Some(rewritten) = (form.rewrite)(&borrowed) {
            // One that does not help has nothing to do with it.
            let helps = one(&rewritten.join(" ")).is_ok();
            words = rewritten;
            if helps {
                used.insert(form.why);
                return Ok(());
            }
        }
    }
    Err(error)
}

/// The words of `text` and where each begins; no comments. None when it has none.
fn scan(text: &str) -> Option<Vec<(usize, &str)>> {
    let at = |offset: i32| usize::try_from(offset).unwrap_or_default();
    let tokens = pg_query::scan(text).ok()?.tokens.into_iter();
    let kept = tokens.filter(|token| !matches!(token.token(), Token::SqlComment | Token::CComment));
    Some(kept.map(|token| (at(token.start), &text[at(token.start)..at(token.end)])).collect())
}

/// The words of a statement, without comments and semicolons.
fn words(text: &str) -> Vec<&str> {
    let words = scan(text).unwrap_or_default().into_iter().map(|(_, word)| word);
    words.filter(|word| *word != ";").collect()
}

/// The statements of `text`, as the server's scanner finds them: from the first word of each to
/// the semicolon. None when it finds no words.
fn split(text: &str) -> Option<Vec<&str>> {
    let (mut all, mut start, mut depth) = (Vec::new(), None, 0_u32);
    for (at, word) in scan(text)? {
        match word {
            ";" if depth == 0 => {
                all.extend(start.take().map(|start| &text[start..at]));
                continue;
            }
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        start.get_or_insert(at);
    }
    all.extend(start.map(|start| &text[start..]));
    Some(all)
}

fn one(text: &str) -> Result<(), String> {
    let result = pg_query::parse(text, 0).map_err(|error| error.to_string())?;
    match result.protobuf.stmts.len() {
        1 => Ok(()),
        count => Err(format!("{count} statements")),
    }
}

/// The fixtures with their names; none that has to be decoded.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/dumps/ok");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    let named = paths.into_iter().map(|path| {
        (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap())
    });
    let utf8 = |bytes: &[u8]| {
        str::from_utf8(bytes).is_ok_and(|text| text.contains("client_encoding = 'UTF8'"))
    };
    named.filter(|(_, bytes)| utf8(bytes)).collect()
}

/// The statements of a dump, with the parts in which they stand.
fn statements(bytes: &[u8]) -> Vec<(Part, String)> {
    let mut reader = Reader::new(bytes).unwrap();
    let mut all = Vec::new();
    loop {
        let (part, text) = match reader.next().unwrap() {
            None => return all,
            Some(Piece::Fault(fault)) => panic!("{fault:?}"),
            Some(Piece::Statement(slice)) => (slice.part, slice.text.to_owned()),
        };
        if let Ok(Statement::CreateRole { name, .. }) = parse(&text) {
            reader.expect_name(&name);
        }
        all.push((part, text));
    }
}

#[test]
fn what_dumps_hold_is_what_the_server_reads() {
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    for (name, bytes) in fixtures() {
        for (_, text) in statements(&bytes) {
            if let Err(error) = accepts(&text, &mut used) {
                wrong.push(format!("{name}: {error}: {text}"));
            }
        }
    }
    for (text, printed) in tests::SPELLINGS {
        for text in [text, printed] {
            if let Err(error) = accepts(text, &mut used) {
                wrong.push(format!("{error}: {text}"));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
    let unused: Vec<_> =
        FORMS.iter().map(|form| form.why).filter(|why| !used.contains(why)).collect();
    assert_eq!(unused, [""; 0], "these forms are in no dump: take them off the list");
}

#[test]
fn statements_of_dumps_end_where_the_server_ends_them() {
    for (name, bytes) in fixtures() {
        let whole = String::from_utf8(bytes).unwrap();
        let whole = whole.trim_start_matches('\u{feff}');
        let globals = whole.split("\n-- Databases\n").next().unwrap();
        let globals = globals.split(" database dump\n").next().unwrap();
        // What only psql reads becomes a comment; comments that a name has broken are mended.
        let text = globals
            .replace("\n\\", "\n--")
            .replace("-- User Config \"new\nline\"", "-- User Config \"new line\"")
            .replace(" TO \"\"", " TO ''");
        same_split(&name, &text);
    }
}

/// Asserts that both split `text` in the same way, if the server's scanner can.
fn same_split(name: &str, text: &str) {
    let Some(theirs) = split(text) else { return };
    let ours: Vec<_> = statements(text.as_bytes()).into_iter().map(|(_, text)| text).collect();
    assert_eq!(ours, theirs, "{name}");
}

/// What 18 cannot say: an empty list.
fn is_sayable(statement: &Statement<'_>) -> bool {
    match statement {
        Statement::AlterSetting { change, .. } => {
            !matches!(change, SettingChange::Set { value: SettingValue::Empty, .. })
        }
        _ => true,
    }
}

proptest! {
    #![proptest_config(crate::testing::cases(5_000))]

    #[test]
    fn what_we_print_is_what_the_server_reads(
        statement in generate::statement().prop_filter("18 cannot say it", is_sayable)
    ) {
        let mut text = String::new();
        print(&statement, &mut text);
        prop_assert_eq!(one(&text), Ok(()), "{}", text);
    }

    #[test]
    fn any_text_is_split_as_the_server_splits_it(
        words in proptest::collection::vec(sample::select(WORDS), 1..25)
    ) {
        let text = words.concat();
        // A backslash outside of quotes is psql's.
        let is_sql = |words: Vec<(usize, &str)>| words.iter().all(|(_, word)| *word != "\\");
        if !text.trim().is_empty() && scan(&text).is_some_and(is_sql) {
            same_split("generated", &text);
        }
    }
}

const WORDS: &[&str] = &[
    "a",
    "E'\\''",
    "e'\\\\'",
    "'x;'",
    "'it''s'",
    "'",
    "\"",
    "\"n;\"\"\"",
    "$$;$$",
    "$t$;$$;$t$",
    "a$b$",
    "U&'\\0061;'",
    "n'\n;'",
    "b'1'",
    ";",
    ";\n",
    " ",
    "\n",
    "--;\n",
    "-- '\n",
    "/*",
    "*/",
    "/* ; /* ' */ */",
    "-",
    "/",
    "é",
    "日'",
    "(1;2)",
    "'a'\n'b;'",
    "E'a'\n'\\';'",
    "::",
    ",",
    "=",
];

/// Words that could be mistaken for another where they stand.
const VOCABULARY: &[&str] = &[
    "ALL",
    "ADMIN",
    "ALTER",
    "SYSTEM",
    "AUTHORIZATION",
    "BY",
    "CASCADE",
    "COMMENT",
    "CONNECTION",
    "CREATE",
    "CREATEDB",
    "CURRENT",
    "CURRENT_USER",
    "DATABASE",
    "DEFAULT",
    "DROP",
    "ENCRYPTED",
    "EXISTS",
    "FALSE",
    "FOR",
    "FROM",
    "GRANT",
    "GRANTED",
    "GROUP",
    "IF",
    "IN",
    "INHERIT",
    "INTERVAL",
    "IS",
    "LIMIT",
    "LOCAL",
    "LOCATION",
    "LOGIN",
    "MAPPING",
    "NAMES",
    "NOT",
    "NULL",
    "ON",
    "OPTION",
    "OWNER",
    "PARAMETER",
    "PASSWORD",
    "PRIVILEGES",
    "PUBLIC",
    "RENAME",
    "RESET",
    "RESTRICT",
    "REVOKE",
    "ROLE",
    "SCHEMA",
    "SECURITY",
    "SESSION",
    "SET",
    "SUPERUSER",
    "SYSID",
    "TABLESPACE",
    "TIME",
    "TO",
    "TRANSACTION",
    "TRUE",
    "UNTIL",
    "USER",
    "VALID",
    "WITH",
    "WORK",
    "ZONE",
    "none",
    "public",
    "\"none\"",
    "\"inherit\"",
    "\"x.y\"",
    "system_user",
    "5",
    "-5",
    "+5",
    "- 5",
    "1.5",
    ".5",
    "1e3",
    "2147483648",
    "0x1F",
    "1_000",
    "64kB",
    "'l'",
    "E'\\n'",
    "$$d$$",
    "U&'\\0061'",
    "N'x'",
    "B'1'",
    "x",
    ",",
    ".",
    "(",
    ")",
    "=",
    ":",
    "::",
    ";",
    "$1",
    "*",
    "-",
    "/* c */",
    "-- c\n",
];

#[test]
fn what_is_almost_a_statement_is_no_statement() {
    let mut bases = BTreeSet::new();
    let mut shapes = BTreeSet::new();
    let dumps = fixtures().into_iter().flat_map(|(_, bytes)| statements(&bytes));
    let spellings = tests::SPELLINGS.iter().map(|(text, _)| (*text).to_owned());
    for text in dumps.map(|(_, text)| text).chain(spellings) {
        // One statement of each shape is enough, and long ones add nothing.
        let Ok(tokens) = pg_query::scan(&text) else { continue };
        if shapes.insert(tokens.tokens.iter().map(|token| token.token).collect::<Vec<_>>())
            && tokens.tokens.len() < 60
            && !text.starts_with("DO")
        {
            bases.insert(text);
        }
    }
    let mut used = BTreeSet::new();
    let mut wrong = BTreeSet::new();
    for base in &bases {
        for text in mutations(base) {
            // Statements about databases are passed over unread.
            if matches!(parse(&text), Ok(statement) if statement != Statement::Database)
                && let Err(error) = accepts(&text, &mut used)
            {
                wrong.insert(format!("{text}: {error}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), Vec::from_iter(wrong).join("\n"));
}

/// `text` with one word left out, doubled, exchanged with the next, replaced by another, or put
/// behind another.
fn mutations(text: &str) -> Vec<String> {
    let words = words(text);
    let mut all = Vec::new();
    for index in 0..words.len() {
        let mut push = |replacement: &[&str], length: usize| {
            let end = (index + length).min(words.len());
            all.push([&words[..index], replacement, &words[end..]].concat().join(" "));
        };
        push(&[], 1);
        push(&[words[index], words[index]], 1);
        if let Some(next) = words.get(index + 1) {
            push(&[next, words[index]], 2);
        }
        for word in VOCABULARY {
            push(&[word], 1);
            push(&[word], 0);
        }
    }
    all
}
