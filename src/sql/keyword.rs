//! The keywords that matter when a name is read or written without quotes.

/// How freely a keyword may be used as a name (`src/include/parser/kwlist.h`, `gram.y`).
/// Words that are missing here are unreserved or no keywords: names like any other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Category {
    /// May name a column, a role and a setting.
    ColumnName,
    /// May name a role, but not a granted one, nor a setting, a database or a tablespace.
    TypeOrFunction,
    /// Needs quotes everywhere.
    Reserved,
}

/// The category of `word`, which is in lower case.
pub(crate) fn category(word: &str) -> Option<Category> {
    // Most names are told from keywords by their first letter and length.
    let letter = word.as_bytes().first().map_or(0, |b| b.wrapping_sub(b'a'));
    let lengths = LENGTHS.get(usize::from(letter))?;
    if word.len() >= 32 || lengths & (1 << word.len()) == 0 {
        return None;
    }
    KEYWORDS.binary_search_by(|(keyword, _)| (*keyword).cmp(word)).ok().map(|at| KEYWORDS[at].1)
}

use Category::{ColumnName as C, Reserved as R, TypeOrFunction as T};

/// All keywords of PostgreSQL 9.5 to 19 that are not unreserved, sorted. `system_user` is reserved
/// from 16 on only, and pg_dumpall 15 writes it bare: it is read as a name and written quoted.
#[rustfmt::skip]
const KEYWORDS: [(&str, Category); 165] = [
    ("all", R), ("analyse", R), ("analyze", R), ("and", R), ("any", R), ("array", R), ("as", R),
    ("asc", R), ("asymmetric", R), ("authorization", T), ("between", C), ("bigint", C),
    ("binary", T), ("bit", C), ("boolean", C), ("both", R), ("case", R), ("cast", R), ("char", C),
    ("character", C), ("check", R), ("coalesce", C), ("collate", R), ("collation", T),
    ("column", R), ("concurrently", T), ("constraint", R), ("create", R), ("cross", T),
    ("current_catalog", R), ("current_date", R), ("current_role", R), ("current_schema", T),
    ("current_time", R), ("current_timestamp", R), ("current_user", R), ("dec", C),
    ("decimal", C), ("default", R), ("deferrable", R), ("desc", R), ("distinct", R), ("do", R),
    ("else", R), ("end", R), ("except", R), ("exists", C), ("extract", C), ("false", R),
    ("fetch", R), ("float", C), ("for", R), ("foreign", R), ("freeze", T), ("from", R),
    ("full", T), ("grant", R), ("graph_table", C), ("greatest", C), ("group", R), ("grouping", C),
    ("having", R), ("ilike", T), ("in", R), ("initially", R), ("inner", T), ("inout", C),
    ("int", C), ("integer", C), ("intersect", R), ("interval", C), ("into", R), ("is", T),
    ("isnull", T), ("join", T), ("json", C), ("json_array", C), ("json_arrayagg", C),
    ("json_exists", C), ("json_object", C), ("json_objectagg", C), ("json_query", C),
    ("json_scalar", C), ("json_serialize", C), ("json_table", C), ("json_value", C),
    ("lateral", R), ("leading", R), ("least", C), ("left", T), ("like", T), ("limit", R),
    ("localtime", R), ("localtimestamp", R), ("merge_action", C), ("national", C), ("natural", T),
    ("nchar", C), ("none", C), ("normalize", C), ("not", R), ("notnull", T), ("null", R),
    ("nullif", C), ("numeric", C), ("offset", R), ("on", R), ("only", R), ("or", R), ("order", R),
    ("out", C), ("outer", T), ("overlaps", T), ("overlay", C), ("placing", R), ("position", C),
    ("precision", C), ("primary", R), ("real", C), ("references", R), ("returning", R),
    ("right", T), ("row", C), ("select", R), ("session_user", R), ("setof", C), ("similar", T),
    ("smallint", C), ("some", R), ("substring", C), ("symmetric", R), ("system_user", R),
    ("table", R), ("tablesample", T), ("then", R), ("time", C), ("timestamp", C), ("to", R),
    ("trailing", R), ("treat", C), ("trim", C), ("true", R), ("union", R), ("unique", R),
    ("user", R), ("using", R), ("values", C), ("varchar", C), ("variadic", R), ("verbose", T),
    ("when", R), ("where", R), ("window", R), ("with", R), ("xmlattributes", C), ("xmlconcat", C),
    ("xmlelement", C), ("xmlexists", C), ("xmlforest", C), ("xmlnamespaces", C), ("xmlparse", C),
    ("xmlpi", C), ("xmlroot", C), ("xmlserialize", C), ("xmltable", C),
];

/// By first letter, the lengths of the keywords that begin with it, as bits.
static LENGTHS: [u32; 26] = {
    let mut lengths = [0; 26];
    let mut at = 0;
    while at < KEYWORDS.len() {
        let word = KEYWORDS[at].0.as_bytes();
        lengths[(word[0] - b'a') as usize] |= 1 << word.len();
        at += 1;
    }
    lengths
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(KEYWORDS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn knows_the_categories() {
        assert_eq!(category("user"), Some(Category::Reserved));
        assert_eq!(category("authorization"), Some(Category::TypeOrFunction));
        assert_eq!(category("between"), Some(Category::ColumnName));
        assert_eq!(category("role"), None);
        assert_eq!(category("alice"), None);
    }
}
