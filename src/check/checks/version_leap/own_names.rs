//! Names that the target's version takes for its own: words of SQL, and constraints for NOT NULL.

use std::collections::BTreeSet;

use crate::check::prelude::*;

/// The words that name neither a function's parameter nor a type.
pub(super) const WORDS: Question = Question {
    name: "words of SQL",
    of: Of::Both,
    sql: |_| {
        Some(
            "SELECT string_agg(word, ' ') AS words FROM pg_get_keywords() WHERE catcode IN ('C', 'R')",
        )
    },
};

/// Parameters that are called as one of them is later (`src/include/parser/kwlist.h`): no server quotes what is no
/// such word to it.
pub(super) const PARAMETERS: Question = Question {
    name: "parameters of functions that are called as words of SQL",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT DISTINCT p.oid::regprocedure::text AS function, x.name FROM pg_proc p, unnest(p.proargnames) AS x (name) \
             WHERE x.name IN ('graph_table', 'json', 'json_array', 'json_arrayagg', 'json_exists', 'json_object', \
             'json_objectagg', 'json_query', 'json_scalar', 'json_serialize', 'json_table', 'json_value', 'merge_action', \
             'normalize', 'system_user') AND ",
            made_by_users!("pg_proc", "p"),
            " ORDER BY 1, 2"
        ))
    },
};

/// Constraints that are called as the server calls its own constraints for `NOT NULL`, which domains have since 17 and
/// tables since 18 (`src/backend/catalog/pg_constraint.c`). A valid CHECK of a table comes before these get their names.
pub(super) const NOT_NULL: Question = Question {
    name: "constraints that are called as those for NOT NULL",
    of: Of::SourceDatabases,
    sql: |major| {
        (major < Major::new(18)).then_some(concat!(
            "SELECT 'table' AS kind, c.oid::regclass::text AS name, k.conname::text AS constraint FROM pg_constraint k \
             JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnotnull AND a.attnum > 0 AND NOT a.attisdropped \
             WHERE k.conname = c.relname || '_' || a.attname || '_not_null' AND (k.contype <> 'c' OR NOT k.convalidated) AND ",
            user_schema!(),
            " UNION ALL SELECT 'domain', t.oid::regtype::text, k.conname FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid \
             JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typnotnull AND k.contype = 'c' \
             AND k.conname = t.typname || '_not_null' AND ",
            user_schema!(),
            " ORDER BY 1, 2, 3"
        ))
    },
};

/// The words of SQL that the target has, and the source has not.
pub(super) fn new_words(cx: &Context) -> Result<BTreeSet<String>, Unseen> {
    let words = |side: &Side| -> Result<BTreeSet<String>, Unseen> {
        let rows = side.rows(&WORDS)?;
        let all = rows.first().map(|row| row.text("words")).transpose()?.unwrap_or_default();
        Ok(all.split(' ').map(str::to_owned).collect())
    };
    Ok(&words(&cx.target)? - &words(&cx.source)?)
}

/// Functions that have a parameter whose name is a word of SQL to the target.
pub(super) fn parameters(
    database: &Database,
    words: &BTreeSet<String>,
    to: Major,
    out: &mut Outcomes<'_>,
) -> Verdict {
    for row in database.rows(&PARAMETERS)? {
        let name = row.text("name")?;
        if words.contains(name) {
            out.failed(format!(
                "{} has a parameter by the name of {name}, which is a word of SQL to {to}: the function is not created",
                shown(row.text("function")?)
            ))
            .remedy("pg_dump --quote-all-identifiers; or call the parameter something else on the source");
        }
    }
    Ok(())
}

/// Constraints whose names the server takes for its own.
pub(super) fn not_null(
    database: &Database,
    (from, to): (Major, Major),
    out: &mut Outcomes<'_>,
) -> Verdict {
    for row in database.rows(&NOT_NULL)? {
        let (kind, name) = (row.text("kind")?, shown(row.text("name")?));
        let since = Major::new(if kind == "domain" { 17 } else { 18 });
        if from >= since || to < since {
            continue;
        }
        let constraint = shown(row.text("constraint")?);
        let lost = if kind == "domain" {
            "the domain, and what is of it, is"
        } else {
            "the constraint is"
        };
        out.failed(format!(
            "the constraint {constraint} of {name} has the name that the server gives its own for NOT NULL since {since}: \
             {lost} not created"
        ))
        .remedy(format!("on the source: ALTER {} {name} RENAME CONSTRAINT {constraint} TO …", kind.to_uppercase()));
    }
    Ok(())
}
