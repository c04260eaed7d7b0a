//! PostgreSQL's encodings: their names, which are converted into which, as a session needs it whose
//! client has another encoding than its database, and what their bytes are in Unicode.

mod table;
mod utf16;

pub use table::{Malformed, Table, decoded};
pub use utf16::{Utf16, text};

/// Names that differ from the encoding's own by more than case and punctuation (`pg_encname_tbl` in
/// `src/common/encnames.c`, 10 to 19).
const ALIASES: [(&str, &str); 39] = [
    ("abc", "WIN1258"),
    ("alt", "WIN866"),
    ("iso88591", "LATIN1"),
    ("iso885910", "LATIN6"),
    ("iso885913", "LATIN7"),
    ("iso885914", "LATIN8"),
    ("iso885915", "LATIN9"),
    ("iso885916", "LATIN10"),
    ("iso88592", "LATIN2"),
    ("iso88593", "LATIN3"),
    ("iso88594", "LATIN4"),
    ("iso88599", "LATIN5"),
    ("koi8", "KOI8R"),
    ("mskanji", "SJIS"),
    ("shiftjis", "SJIS"),
    ("tcvn", "WIN1258"),
    ("tcvn5712", "WIN1258"),
    ("unicode", "UTF8"),
    ("vscii", "WIN1258"),
    ("win", "WIN1251"),
    ("win932", "SJIS"),
    ("win936", "GBK"),
    ("win949", "UHC"),
    ("win950", "BIG5"),
    ("windows1250", "WIN1250"),
    ("windows1251", "WIN1251"),
    ("windows1252", "WIN1252"),
    ("windows1253", "WIN1253"),
    ("windows1254", "WIN1254"),
    ("windows1255", "WIN1255"),
    ("windows1256", "WIN1256"),
    ("windows1257", "WIN1257"),
    ("windows1258", "WIN1258"),
    ("windows866", "WIN866"),
    ("windows874", "WIN874"),
    ("windows932", "SJIS"),
    ("windows936", "GBK"),
    ("windows949", "UHC"),
    ("windows950", "BIG5"),
];

/// All encodings (`src/include/mb/pg_wchar.h`, 10 to 19).
const ALL: [&str; 42] = [
    "SQL_ASCII",
    "EUC_JP",
    "EUC_CN",
    "EUC_KR",
    "EUC_TW",
    "EUC_JIS_2004",
    "UTF8",
    "MULE_INTERNAL",
    "LATIN1",
    "LATIN2",
    "LATIN3",
    "LATIN4",
    "LATIN5",
    "LATIN6",
    "LATIN7",
    "LATIN8",
    "LATIN9",
    "LATIN10",
    "WIN1256",
    "WIN1258",
    "WIN866",
    "WIN874",
    "KOI8R",
    "WIN1251",
    "WIN1252",
    "ISO_8859_5",
    "ISO_8859_6",
    "ISO_8859_7",
    "ISO_8859_8",
    "WIN1250",
    "WIN1253",
    "WIN1254",
    "WIN1255",
    "WIN1257",
    "KOI8U",
    "SJIS",
    "BIG5",
    "GBK",
    "UHC",
    "GB18030",
    "JOHAB",
    "SHIFT_JIS_2004",
];

/// Those that are converted into each other without being UTF8 or the same
/// (`src/backend/utils/mb/conversion_procs`, 10 to 19).
const GROUPS: [&[&str]; 5] = [
    &["EUC_JP", "SJIS", "MULE_INTERNAL"],
    &["EUC_TW", "BIG5", "MULE_INTERNAL"],
    &["EUC_JIS_2004", "SHIFT_JIS_2004"],
    &["KOI8R", "WIN1251", "WIN866", "ISO_8859_5", "MULE_INTERNAL"],
    &["LATIN2", "WIN1250", "MULE_INTERNAL"],
];

/// Those that beside UTF8 are converted into this one only.
const MULE_INTERNAL: [&str; 5] = ["EUC_CN", "EUC_KR", "LATIN1", "LATIN3", "LATIN4"];

/// The encoding that a value of `client_encoding` names; case and punctuation do not count
/// (`clean_encoding_name` in `src/common/encnames.c`).
pub fn named(name: &str) -> Option<&'static str> {
    let clean = |name: &str| {
        let all = name.chars().filter(char::is_ascii_alphanumeric);
        all.map(|c| c.to_ascii_lowercase()).collect::<String>()
    };
    let name = clean(name);
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, own)| *own);
    alias.or_else(|| ALL.into_iter().find(|own| clean(own) == name))
}

/// Whether a session with this client encoding can be had in a database of that encoding. Otherwise
/// the login ends with `conversion between … and … is not supported`. Of an encoding that is not known
/// here it is not said that it cannot.
pub fn converts(client: &str, database: &str) -> bool {
    let pair = [client, database];
    let has = |name: &str| pair.contains(&name);
    if client == database || has("SQL_ASCII") || !pair.iter().all(|name| ALL.contains(name)) {
        return true;
    }
    if has("UTF8") {
        return !has("MULE_INTERNAL");
    }
    GROUPS.iter().any(|group| pair.iter().all(|name| group.contains(name)))
        || (has("MULE_INTERNAL") && MULE_INTERNAL.iter().any(|name| has(name)))
}
