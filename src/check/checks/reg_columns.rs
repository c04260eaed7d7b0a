//! Columns whose values name objects.

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "reg-columns",
    codes: &[],
    title: "no column's values name objects that a restore creates later",
    explanation: "Values of regclass, regproc, regrole and their kin are numbers that a dump \
                  writes as names, and a restore looks each name up; so are composite types with such \
                  a field, arrays of them and domains over them, and the roles in an aclitem. `relation \"…\" does not \
                  exist` ends the COPY of the whole table, which arrives empty. Tables, views, \
                  functions and types are there by then; indexes and constraints are not, nor what \
                  is left out, nor roles that have not been copied. The values themselves are not \
                  read. pg_restore can load such a table at the end, once more by --data-only \
                  --table.",
    looked_at: "pg_attribute of the database",
    online: false,
};

const COLUMNS: Question = Question {
    name: "columns that name objects",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "WITH RECURSIVE named AS (SELECT t.oid FROM pg_type t \
             WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typname IN ('regclass', 'regproc', \
             'regprocedure', 'regoper', 'regoperator', 'regtype', 'regrole', 'regnamespace', 'regconfig', \
             'regdictionary', 'regcollation', 'regdatabase', 'aclitem') UNION SELECT w.whole FROM named JOIN (\
             SELECT t.typelem AS part, t.oid AS whole FROM pg_type t WHERE t.typlen = -1 AND t.typelem <> 0 \
             UNION ALL SELECT t.typbasetype, t.oid FROM pg_type t WHERE t.typtype = 'd' \
             UNION ALL SELECT r.rngsubtype, r.rngtypid FROM pg_range r \
             UNION ALL SELECT a.atttypid, c.reltype FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
             WHERE c.oid >= 16384 AND c.reltype <> 0 AND a.attnum > 0 AND NOT a.attisdropped\
             ) AS w ON w.part = named.oid) SELECT count(*) OVER () AS total, format('%I.%I.%I', n.nspname, c.relname, a.attname) AS name, \
             format_type(a.atttypid, NULL) AS type FROM pg_attribute a \
             JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped \
             AND a.atttypid IN (SELECT oid FROM named) AND ",
            user_schema!(),
            " AND ",
            of_no_extension!("pg_class", "c"),
            " ORDER BY 2 LIMIT 5"
        ))
    },
};

pub(super) struct RegColumns;

impl Check for RegColumns {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&COLUMNS]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        cx.each_database(out, "no column's values name objects", |_, database, out| {
            let rows = database.rows(&COLUMNS)?;
            let Some(first) = rows.first() else { return Ok(()) };
            let total = first.number("total")?.unwrap_or(rows.len());
            let mut columns = Vec::new();
            for row in rows {
                columns.push(format!("{} ({})", shown(row.text("name")?), shown(row.text("type")?)));
            }
            out.warning(format!(
                "{} of types whose values name objects: {}; where one names what is not there yet, its \
                 table arrives empty",
                count(total, "column"),
                some(columns, total)
            ))
            .remedy(
                "after the restore, where a table is empty: pg_restore --data-only --table=… --schema=… \
                 from the same dump",
            );
            Ok(())
        })
    }
}
