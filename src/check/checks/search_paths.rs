//! Functions that run while data is loaded, and find nothing then.

use std::collections::BTreeMap;

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "search-paths",
    codes: &[],
    title: "functions that run while data is loaded find what they name",
    explanation: "A dump is restored with an empty search_path. Functions in CHECK constraints, in \
                  constraints of domains, in generated columns, in indexes and in materialized \
                  views run while that is so: one that names a table or a function without its \
                  schema fails with `relation \"…\" does not exist` or `function … does not \
                  exist`. For a constraint or a generated column that ends the COPY of the whole \
                  table, which arrives empty; an index is missing, a materialized view has no \
                  rows. A search_path that is set for the function itself mends it. Where the \
                  function of a constraint reads a table, that table has to be loaded before, and \
                  tables are loaded in the order of their names. The check \
                  looks for names in the texts of functions in SQL and PL/pgSQL, directly behind \
                  FROM, JOIN, INTO and UPDATE, and before an opening parenthesis; what a text \
                  composes while it runs, and what such functions call in turn, it does not see.",
    looked_at: "pg_depend, and the texts of functions in pg_proc",
    online: false,
};

/// The query, with what tells a generated column from a default. A table depends on the functions of
/// its generated columns, up to 14, and of its partition key, as one object.
macro_rules! query {
    ($generated:literal) => {
        concat!(
            "WITH f AS (SELECT p.oid, lower(p.prosrc) AS text, p.oid::regprocedure::text AS name, \
             EXISTS (SELECT FROM unnest(p.proconfig) c WHERE lower(c) LIKE 'search_path=%') AS has_path FROM pg_proc p \
             JOIN pg_language l ON l.oid = p.prolang JOIN pg_namespace n ON n.oid = p.pronamespace \
             WHERE l.lanname IN ('sql', 'plpgsql') AND ",
            user_schema!(),
            " AND ",
            of_no_extension!("pg_proc", "p"),
            "), used AS (SELECT DISTINCT f.oid, f.text, f.name, f.has_path, u.kind, u.what FROM f JOIN pg_depend d \
             ON d.refclassid = 'pg_catalog.pg_proc'::regclass AND d.refobjid = f.oid, LATERAL (\
             SELECT 'index' AS kind, d.objid::regclass::text AS what FROM pg_class i \
             WHERE d.classid = 'pg_catalog.pg_class'::regclass AND i.oid = d.objid AND i.relkind IN ('i', 'I') \
             UNION ALL SELECT 'generated', i.oid::regclass::text FROM pg_class i \
             WHERE d.classid = 'pg_catalog.pg_class'::regclass AND i.oid = d.objid AND i.relkind IN ('r', 'p') \
             UNION ALL SELECT 'materialized view', w.ev_class::regclass::text FROM pg_rewrite w \
             JOIN pg_class m ON m.oid = w.ev_class \
             WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND w.oid = d.objid AND m.relkind = 'm' \
             UNION ALL SELECT 'generated', x.adrelid::regclass::text FROM pg_attrdef x \
             WHERE d.classid = 'pg_catalog.pg_attrdef'::regclass AND x.oid = d.objid AND ",
            $generated,
            " UNION ALL SELECT 'table', k.conrelid::regclass::text FROM pg_constraint k \
             WHERE d.classid = 'pg_catalog.pg_constraint'::regclass AND k.oid = d.objid AND k.contype = 'c' \
             AND k.conrelid <> 0 \
             UNION ALL SELECT 'domain', k.contypid::regtype::text FROM pg_constraint k \
             WHERE d.classid = 'pg_catalog.pg_constraint'::regclass AND k.oid = d.objid AND k.contypid <> 0\
             ) AS u), o AS (SELECT c.relname::text AS name, n.nspname::text AS schema, true AS is_relation, \
             '[[:<:]](from|join|into|update|only)[[:space:]]+' AS before, '([^a-z0-9_.\"]|$)' AS behind FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND ",
            user_schema!(),
            " UNION ALL SELECT p.proname::text, n.nspname::text, false, '(^|[^a-z0-9_.\"])', '[[:space:]]*[(]' \
             FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace \
             WHERE NOT EXISTS (SELECT FROM pg_proc s WHERE s.proname = p.proname \
             AND s.pronamespace = 'pg_catalog'::regnamespace) AND ",
            user_schema!(),
            "), found AS (SELECT u.name AS function, u.kind, u.what, o.name, o.schema, o.is_relation, \
             NOT u.has_path AND u.text ~ (o.before || '\"?' || e.name || '\"?' || o.behind) AS is_bare, \
             o.is_relation AND u.text ~ (o.before || '(\"?' || e.schema || '\"?[.])?\"?' || e.name || '\"?' || o.behind) AS is_read \
             FROM used u JOIN o ON position(lower(o.name) IN u.text) > 0, LATERAL (SELECT \
             regexp_replace(lower(o.name), '([^a-z0-9_])', concat(chr(92), chr(92), chr(92), '1'), 'g') AS name, \
             regexp_replace(lower(o.schema), '([^a-z0-9_])', concat(chr(92), chr(92), chr(92), '1'), 'g') AS schema) AS e) \
             SELECT f.function, f.kind, f.what, \
             string_agg(DISTINCT format('%I', f.name), ', ') FILTER (WHERE f.is_bare) AS named, \
             string_agg(DISTINCT format('%I', f.schema), ', ') FILTER (WHERE f.is_bare) AS schemas, \
             count(DISTINCT format('%I.%I', f.schema, f.name)) FILTER (WHERE f.is_bare) \
             > count(DISTINCT f.name) FILTER (WHERE f.is_bare) AS is_ambiguous, \
             string_agg(DISTINCT format('%I.%I', f.schema, f.name), ', ') FILTER (WHERE f.is_read) AS read \
             FROM found f WHERE f.is_bare OR f.is_read GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        )
    };
}
/// No backslash stands in it, since `standard_conforming_strings` may be off.
const NAMED_THERE: Question = Question {
    name: "functions that run while data is loaded",
    of: Of::SourceDatabases,
    sql: |major| {
        Some(if major >= Major::new(12) {
            query!(
                "EXISTS (SELECT FROM pg_attrdef x JOIN pg_attribute t ON t.attrelid = x.adrelid \
                 AND t.attnum = x.adnum WHERE x.oid = d.objid AND t.attgenerated <> '')"
            )
        } else {
            query!("false")
        })
    },
};

pub(super) struct SearchPaths;

impl Check for SearchPaths {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&NAMED_THERE]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let major = cx.source.server()?.live.answers.major;
        let clean = "functions that run while data is loaded name nothing without its schema";
        cx.each_database(out, clean, |_, database, out| {
            let mut functions: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
            for row in database.rows(&NAMED_THERE)? {
                functions.entry(row.text("function")?).or_default().push(row);
            }
            for (function, rows) in functions {
                tell(function, &rows, major, out)?;
            }
            Ok(())
        })
    }
}

/// What one function does to a restore.
fn tell(function: &str, rows: &[&Row], major: Major, out: &mut Outcomes<'_>) -> Verdict {
    let Some(first) = rows.first() else { return Ok(()) };
    let (mut harm, mut loaded) = (Vec::new(), Vec::new());
    for row in rows {
        let what = shown(row.text("what")?);
        let empties = match row.text("kind")? {
            "table" => format!("{what} arrives empty"),
            // The expression may be looked at when the table is created.
            "generated" => format!("{what} is not created, or arrives empty"),
            "domain" => format!("tables with columns of the domain {what} arrive empty"),
            "index" => {
                harm.push(format!("the index {what} is missing"));
                continue;
            }
            _ => {
                harm.push(format!("the materialized view {what} has no rows"));
                continue;
            }
        };
        harm.push(empties.clone());
        loaded.push(empties);
    }
    let function = shown(function);
    let named = shown(first.text("named")?);
    if !named.is_empty() {
        let kind = if major >= Major::new(11) { "ROUTINE" } else { "FUNCTION" };
        out.failed(format!(
            "{function} names {named} without a schema, and a restore runs it with an empty search_path: {}",
            list(&harm, NAMED)
        ))
        .remedy(if first.flag("is_ambiguous")? {
            // Which of them is meant, the path of its callers says: another order is another result.
            format!(
                "{} have what it names: write the schema that is meant before each name in its text",
                shown(first.text("schemas")?)
            )
        } else {
            format!(
                "on the source, as its owner: ALTER {kind} {function} SET search_path = {}",
                shown(first.text("schemas")?)
            )
        });
    }
    let read = shown(first.text("read")?);
    if !read.is_empty() && !loaded.is_empty() {
        out.warning(format!(
            "{function} reads {read} while other tables are loaded; where these come first: {}",
            list(&loaded, NAMED)
        ))
        .remedy(
            "after the restore, for each table that is empty, once more from the same dump: pg_restore \
             --data-only --schema=… --table=…",
        );
    }
    Ok(())
}
