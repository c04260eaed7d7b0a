//! Names and values of settings, as the server would store them.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::name::is_hidden;
use smol_str::SmolStr;

/// The name of a setting. The server compares them without regard to ASCII case
/// (`guc_name_compare`); the spelling is kept.
#[derive(Clone)]
pub struct SettingName(SmolStr);

impl SettingName {
    /// Takes the name as it is spelled.
    pub fn new(name: impl AsRef<str>) -> Self {
        Self(SmolStr::new(name))
    }

    /// The name as it is spelled.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same in lower case.
    #[must_use]
    pub fn folded(&self) -> Self {
        Self(SmolStr::new(self.0.to_ascii_lowercase()))
    }

    /// Whether it is this name, in any case.
    pub fn is(&self, name: &str) -> bool {
        self.0.eq_ignore_ascii_case(name)
    }

    /// Whether its values are lists of names, which the server quotes one by one
    /// (`GUC_LIST_QUOTE`; `variable_is_guc_list_quote` in `src/fe_utils/string_utils.c` of 10 to 19).
    pub fn is_quoted_list(&self) -> bool {
        const LISTS: [&str; 8] = [
            "search_path",
            "temp_tablespaces",
            "local_preload_libraries",
            "session_preload_libraries",
            "shared_preload_libraries",
            "unix_socket_directories",
            "oauth_validator_libraries",
            "output_plugin_libraries",
        ];
        LISTS.iter().any(|list| self.is(list))
    }

    /// Whether each session loads the libraries that its value names (`process_session_preload_libraries` in
    /// `src/backend/utils/init/miscinit.c`). An empty list loads nothing; a name of no length is a library
    /// that is never found, and no session begins.
    pub fn loads_libraries(&self) -> bool {
        ["local_preload_libraries", "session_preload_libraries"].iter().any(|it| self.is(it))
    }
}

impl Ord for SettingName {
    fn cmp(&self, other: &Self) -> Ordering {
        let folded = |byte: u8| byte.to_ascii_lowercase();
        self.0.bytes().map(folded).cmp(other.0.bytes().map(folded))
    }
}

impl PartialOrd for SettingName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for SettingName {
    fn eq(&self, other: &Self) -> bool {
        self.is(&other.0)
    }
}

impl Eq for SettingName {}

impl Hash for SettingName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in self.0.bytes() {
            state.write_u8(byte.to_ascii_lowercase());
        }
    }
}

impl fmt::Debug for SettingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for SettingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if is_hidden(c) { write!(f, "{}", c.escape_default())? } else { write!(f, "{c}")? }
        }
        Ok(())
    }
}

/// The value of a setting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// One value.
    Text(Box<str>),
    /// A list of names; an empty list and a list of one empty name are the same, unless it
    /// [loads libraries](SettingName::loads_libraries).
    List(Vec<Box<str>>),
}

impl Value {
    /// The value that `SET name TO values` gives; no values is an empty list.
    pub fn of<T: AsRef<str>>(name: &SettingName, values: &[T]) -> Self {
        if name.is_quoted_list() {
            let names = values.iter().map(|value| value.as_ref().into()).collect::<Vec<Box<str>>>();
            let is_same = names.is_empty() && !name.loads_libraries();
            return Self::List(if is_same { vec!["".into()] } else { names });
        }
        match values {
            [one] => Self::Text(one.as_ref().into()),
            // Lists that are not quoted are stored with a comma and a blank between the values.
            many => {
                let texts: Vec<&str> = many.iter().map(AsRef::as_ref).collect();
                Self::Text(texts.join(", ").into())
            }
        }
    }

    /// The value that `pg_db_role_setting` stores as this text.
    pub fn stored(name: &SettingName, text: &str) -> Self {
        if !name.is_quoted_list() {
            return Self::Text(text.into());
        }
        // What cannot be a list is one name, as pg_dumpall takes it.
        Self::of(name, &split_list(text).unwrap_or_else(|| vec![text.to_owned()]))
    }

    /// Whether it is a list of nothing.
    pub fn is_empty_list(&self) -> bool {
        matches!(self, Self::List(names) if names.iter().all(|name| name.is_empty()))
    }

    /// Whether it switches something on, as `parse_bool` reads it
    /// (`src/backend/utils/adt/bool.c`).
    pub fn is_on(&self) -> bool {
        self.parts().any(|text| {
            let text = text.trim().to_ascii_lowercase();
            let starts = |word: &str, least| text.len() >= least && word.starts_with(&text);
            starts("on", 2) || starts("true", 1) || starts("yes", 1) || text == "1"
        })
    }

    /// The values one by one.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::Text(text) => std::slice::from_ref(text),
            Self::List(names) => names,
        }
        .iter()
        .map(AsRef::as_ref)
    }
}

/// The names of a list, quoted or not, with commas between them
/// (`SplitGUCList` in `src/bin/pg_dump/dumputils.c`); none where it is malformed.
fn split_list(text: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = text.trim_start();
    if rest.is_empty() {
        return Some(names);
    }
    loop {
        let mut name = String::new();
        if let Some(quoted) = rest.strip_prefix('"') {
            rest = quoted;
            loop {
                let end = rest.find('"')?;
                name.push_str(&rest[..end]);
                rest = &rest[end + 1..];
                let Some(doubled) = rest.strip_prefix('"') else { break };
                name.push('"');
                rest = doubled;
            }
        } else {
            let end = rest.find(|c: char| c == ',' || c.is_ascii_whitespace());
            let end = end.unwrap_or(rest.len());
            if end == 0 {
                return None;
            }
            name.push_str(&rest[..end]);
            rest = &rest[end..];
        }
        names.push(name);
        rest = rest.trim_start();
        match rest.strip_prefix(',') {
            Some(next) => rest = next.trim_start(),
            None => return rest.is_empty().then_some(names),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.parts().enumerate() {
            f.write_str(if at > 0 { ", " } else { "" })?;
            for c in part.chars() {
                if is_hidden(c) {
                    write!(f, "{}", c.escape_default())?;
                } else {
                    write!(f, "{c}")?;
                }
            }
        }
        Ok(())
    }
}
