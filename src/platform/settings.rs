//! The settings that PostgreSQL and the modules in its source tree define, by version.

use std::borrow::Cow;
use std::sync::LazyLock;

use foldhash::HashMap;

use super::value::{Range, Values};
use crate::version::Major;

/// The newest version that is released; of 19 there was the release candidate of 2026-10-15.
pub(super) const RELEASED: Major = Major::new(18);

/// The newest version that was measured; later ones are taken to be like it.
pub(super) const NEWEST: Major = Major::new(19);

/// Measured on servers of each version by `tests/make-settings`.
const TEXT: &str = include_str!("data/settings.tsv");

/// Of modules that are not in PostgreSQL's source tree, by their own documentation.
const MODULE_TEXT: &str = include_str!("data/module-settings.tsv");

// A test reads each line: none is left out here.
static TABLE: LazyLock<HashMap<Cow<'static, str>, Setting>> =
    LazyLock::new(|| MODULE_TEXT.split('\n').chain(TEXT.split('\n')).filter_map(line).collect());

/// When a setting can change (`GucContext` in `src/include/utils/guc.h`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Context {
    /// Never: it only shows something.
    Internal,
    /// When the server starts.
    Postmaster,
    /// When the server reads its configuration.
    Sighup,
    /// When a superuser's session starts.
    SuperuserBackend,
    /// When a session starts.
    Backend,
    /// At any time, by a superuser.
    Superuser,
    /// At any time, by everybody.
    User,
}

/// What values a setting has (`config_type` in `src/include/utils/guc_tables.h`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SettingType {
    /// `on` or `off`, in several spellings.
    Bool,
    /// An integer, often with a unit.
    Integer,
    /// A number, often with a unit.
    Real,
    /// Any text.
    String,
    /// One of some words.
    Enum,
}

/// Whether `SET name = a, b` is accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum List {
    /// It is not: one value only.
    No,
    /// It is, and the elements are joined as they are (`GUC_LIST_INPUT`).
    Plain,
    /// It is, and elements that are no plain identifier are stored in double quotes
    /// (`GUC_LIST_QUOTE`).
    Quoted,
}

/// How a setting's value is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SettingKind {
    /// The type of the value, or of each element.
    pub vartype: SettingType,
    /// Whether it is a list.
    pub list: List,
}

/// A setting in all versions.
#[derive(Debug)]
pub(super) struct Setting {
    /// The library that defines it; none for the server itself.
    pub(super) module: Option<&'static str>,
    spans: Vec<Span>,
}

/// A setting in some versions in a row.
#[derive(Debug)]
pub(super) struct Span {
    pub(super) first: Major,
    pub(super) last: Major,
    pub(super) context: Context,
    pub(super) kind: SettingKind,
    pub(super) values: Values,
}

impl Setting {
    /// What it is in this version, if it is there.
    pub(super) fn in_version(&self, major: Major) -> Option<&Span> {
        let major = major.min(NEWEST);
        self.spans.iter().find(|span| span.first <= major && major <= span.last)
    }

    /// The first version after `major` that has it.
    pub(super) fn since(&self, major: Major) -> Option<Major> {
        self.spans.iter().map(|span| span.first).find(|first| *first > major)
    }

    /// The last version before `major` that has it.
    pub(super) fn until(&self, major: Major) -> Option<Major> {
        self.spans.iter().rev().map(|span| span.last).find(|last| *last < major)
    }
}

/// Settings' names compare without regard to the case of ASCII letters
/// (`guc_name_compare` in `src/backend/utils/misc/guc.c`).
pub(super) fn folded(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// Settings that everybody may have and that `pg_settings` lists nowhere (`GUC_NO_SHOW_ALL` in
/// `src/backend/utils/misc/guc_tables.c`).
pub(super) const UNLISTED: [&str; 5] =
    ["default_with_oids", "role", "seed", "session_authorization", "ssl_renegotiation_limit"];

/// The setting of this [folded] name.
pub(super) fn find(name: &str) -> Option<&'static Setting> {
    TABLE.get(name)
}

/// Whether a server takes both texts for one value of the setting, in the newest version.
pub fn is_same_value(name: &str, one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let name = folded(name);
    let words = |text: &str| {
        let usual = |word: &str| match word.trim().to_ascii_lowercase().as_str() {
            "us" => "mdy".to_owned(),
            word if word.starts_with("noneuro") => "mdy".to_owned(),
            word if word.starts_with("euro") => "dmy".to_owned(),
            word => word.to_owned(),
        };
        let mut words: Vec<_> = text.split(',').map(usual).collect();
        words.sort_unstable();
        words
    };
    match &*name {
        // Names of zones are found without regard to case (`pg_tzset` in `src/timezone/pgtz.c`).
        "timezone" | "log_timezone" => one.eq_ignore_ascii_case(other),
        // Two words, in any order and case (`check_datestyle` in `src/backend/commands/variable.c`).
        "datestyle" => words(one) == words(other),
        // `pg_char_to_encoding` looks at letters and digits only.
        "client_encoding" => {
            let plain = |text: &str| {
                let all = text.chars().filter(char::is_ascii_alphanumeric);
                let name = all.map(|c| c.to_ascii_lowercase()).collect::<String>();
                // `pg_encname_tbl` in `src/common/encnames.c`.
                if name == "unicode" { "utf8".to_owned() } else { name }
            };
            plain(one) == plain(other)
        }
        name => find(name)
            .and_then(|setting| setting.spans.last())
            .is_some_and(|span| span.values.is_same(one, other, NEWEST)),
    }
}

/// The module that a custom setting belongs to by its prefix, where one is known.
pub(super) fn module_of(name: &str) -> Option<&'static str> {
    let (prefix, _) = name.split_once('.')?;
    MODULES.iter().find(|(known, _)| *known == prefix).map(|(_, module)| *module)
}

/// Prefixes of well-known modules' settings, by their own documentation.
const MODULES: [(&str, &str); 26] = [
    ("anon", "anon"),
    ("auto_explain", "auto_explain"),
    ("citus", "citus"),
    ("credcheck", "credcheck"),
    ("cron", "pg_cron"),
    ("hnsw", "pgvector"),
    ("hypopg", "hypopg"),
    ("ivfflat", "pgvector"),
    ("login_hook", "login_hook"),
    ("orafce", "orafce"),
    ("pg_hint_plan", "pg_hint_plan"),
    ("pg_partman_bgw", "pg_partman"),
    ("pg_qualstats", "pg_qualstats"),
    ("pg_stat_monitor", "pg_stat_monitor"),
    ("pg_stat_statements", "pg_stat_statements"),
    ("pg_trgm", "pg_trgm"),
    ("pg_wait_sampling", "pg_wait_sampling"),
    ("pgaudit", "pgaudit"),
    ("pglogical", "pglogical"),
    ("plpgsql", "plpgsql"),
    ("plpgsql_check", "plpgsql_check"),
    ("plperl", "plperl"),
    ("plv8", "plv8"),
    ("postgis", "postgis"),
    ("squeeze", "pg_squeeze"),
    ("timescaledb", "timescaledb"),
];

/// Whether 14 and later take a dotted name for a custom setting
/// (`valid_custom_variable_name` in `src/backend/utils/misc/guc.c`).
pub(super) fn is_custom_name(name: &str) -> bool {
    name.split('.').all(|part| {
        let start = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
        part.starts_with(start) && part.chars().all(|c| start(c) || c.is_ascii_digit() || c == '$')
    })
}

/// A line `name<TAB>module<TAB>10-14:user:string:quoted<TAB>15-18:…`.
fn line(text: &'static str) -> Option<(Cow<'static, str>, Setting)> {
    if text.starts_with('#') {
        return None;
    }
    let mut columns = text.split('\t');
    let name = columns.next()?;
    let module = columns.next().map(|module| (module != "-").then_some(module))?;
    let spans = columns.map(span).collect::<Option<_>>()?;
    Some((folded(name), Setting { module, spans }))
}

fn span(text: &'static str) -> Option<Span> {
    let mut parts = text.split(':');
    let (first, last) = parts.next()?.split_once('-')?;
    let context = Context::named(parts.next()?)?;
    let vartype = match parts.next()? {
        "bool" => SettingType::Bool,
        "integer" => SettingType::Integer,
        "real" => SettingType::Real,
        "string" => SettingType::String,
        "enum" => SettingType::Enum,
        _ => return None,
    };
    let (mut list_kind, mut values) = (List::No, Values::Any);
    match (vartype, parts.next()) {
        (SettingType::Bool, None) => values = Values::Bool,
        (_, None) => {}
        (SettingType::String, Some("list")) => list_kind = List::Plain,
        (SettingType::String, Some("quoted")) => list_kind = List::Quoted,
        (SettingType::Enum, Some(words)) => values = Values::Words(words.split('|').collect()),
        (SettingType::Integer, Some(range)) => {
            values = Values::Integer(Range::read(range, parts.next().unwrap_or_default())?);
        }
        (SettingType::Real, Some(range)) => {
            values = Values::Real(Range::read(range, parts.next().unwrap_or_default())?);
        }
        (SettingType::Bool | SettingType::String, Some(_)) => return None,
    }
    if parts.next().is_some() {
        return None;
    }
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    Some(Span { first, last, context, kind: SettingKind { vartype, list: list_kind }, values })
}

impl Context {
    /// The context that `pg_settings` names so.
    pub fn named(text: &str) -> Option<Self> {
        Some(match text {
            "internal" => Self::Internal,
            "postmaster" => Self::Postmaster,
            "sighup" => Self::Sighup,
            "superuser-backend" => Self::SuperuserBackend,
            "backend" => Self::Backend,
            "superuser" => Self::Superuser,
            "user" => Self::User,
            _ => return None,
        })
    }

    /// As `pg_settings` names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::Postmaster => "postmaster",
            Self::Sighup => "sighup",
            Self::SuperuserBackend => "superuser-backend",
            Self::Backend => "backend",
            Self::Superuser => "superuser",
            Self::User => "user",
        }
    }

    /// Whether a role can have such a setting, given by a superuser or by anybody else.
    pub(super) const fn allows(self, superuser: bool) -> bool {
        match self {
            Self::User => true,
            Self::Superuser => superuser,
            _ => false,
        }
    }
}

impl std::fmt::Display for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_many_spellings() {
        let same = [
            ("work_mem", "64MB", "65536kB"),
            ("work_mem", "65536", "64MB"),
            ("statement_timeout", "60000", "1min"),
            ("statement_timeout", "60s", "60000ms"),
            ("jit", "on", "true"),
            ("jit", "1", "YES"),
            ("jit", "off", "f"),
            ("timezone", "UTC", "Utc"),
            ("TimeZone", "Europe/Berlin", "europe/berlin"),
            ("datestyle", "ISO, DMY", "dmy,iso"),
            ("client_encoding", "UTF8", "utf-8"),
            ("client_encoding", "unicode", "UTF8"),
            ("datestyle", "iso, european", "ISO, DMY"),
            ("synchronous_commit", "true", "on"),
            ("constraint_exclusion", "yes", "on"),
            ("client_min_messages", "debug", "DEBUG2"),
            ("bytea_output", "hex", "HEX"),
            ("random_page_cost", "1.1", "1.10"),
            ("x.y", "a", "a"),
        ];
        for (name, one, other) in same {
            assert!(is_same_value(name, one, other), "{name}: {one} {other}");
            assert!(is_same_value(name, other, one), "{name}: {other} {one}");
        }
        let others = [
            ("work_mem", "64MB", "64kB"),
            ("jit", "on", "off"),
            ("jit", "on", "o"),
            ("synchronous_commit", "true", "local"),
            ("client_min_messages", "debug", "debug1"),
            ("datestyle", "iso, us", "ISO, DMY"),
            ("timezone", "UTC", "GMT"),
            ("datestyle", "ISO, DMY", "ISO, MDY"),
            ("client_encoding", "UTF8", "LATIN1"),
            ("application_name", "a", "A"),
            ("search_path", "a", "A"),
            ("x.y", "on", "true"),
        ];
        for (name, one, other) in others {
            assert!(!is_same_value(name, one, other), "{name}: {one} {other}");
        }
    }

    #[test]
    fn every_line_is_read() {
        let lines = TEXT
            .split('\n')
            .chain(MODULE_TEXT.split('\n'))
            .filter(|text| !text.is_empty() && !text.starts_with('#'));
        let mut names = std::collections::HashSet::new();
        for text in lines {
            let (name, setting) = line(text).unwrap_or_else(|| panic!("{text}"));
            assert!(names.insert(name), "{text}");
            let ascending = |a: &Span, b: &Span| a.last < b.first;
            assert!(setting.spans.is_sorted_by(ascending), "{text}");
            assert!(setting.spans.iter().all(|span| span.first <= span.last), "{text}");
            assert!(setting.spans.iter().all(|span| span.last <= NEWEST), "{text}");
        }
        assert_eq!(names.len(), TABLE.len());
    }

    #[test]
    fn custom_names_are_those_of_14() {
        for name in ["a.b", "_a.b$1", "a.b.c", "ä.ö"] {
            assert!(is_custom_name(name), "{name}");
        }
        for name in ["bad-name.x", "a.b c", "a.", ".b", "a.1b", "1.b", ""] {
            assert!(!is_custom_name(name), "{name}");
        }
    }
}
