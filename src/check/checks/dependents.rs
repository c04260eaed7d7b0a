//! What depends on extensions that the target does not offer.

use std::collections::BTreeMap;

use super::languages::{OFFERED, names};
use crate::check::prelude::*;

static ABOUT: About = About {
    name: "dependents",
    codes: &[],
    title: "nothing depends on extensions that the target does not offer",
    explanation: "Where an extension is not offered, what depends on it cannot be restored either: \
                  columns of its types, functions and views that call its functions, indexes with \
                  its operator classes. Each is an error of its own, and a table with such a \
                  column is missing with all its rows. The check extensions tells which extensions \
                  these are; this one counts what hangs on them, so that the work can be judged. \
                  What does not appear here, such as the text of functions, can use an extension \
                  all the same.",
    looked_at: "pg_depend of the database, pg_available_extensions of the target",
    online: false,
};

/// Array types belong to no extension, but to their elements.
const DEPENDENTS: Question = Question {
    name: "what depends on extensions",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(
            "WITH member AS (SELECT refobjid AS extension, classid, objid FROM pg_depend \
             WHERE deptype = 'e' AND refclassid = 'pg_catalog.pg_extension'::regclass), \
             thing AS (SELECT * FROM member UNION ALL SELECT m.extension, m.classid, t.typarray \
             FROM member m JOIN pg_type t ON t.oid = m.objid \
             WHERE m.classid = 'pg_catalog.pg_type'::regclass AND t.typarray <> 0), \
             dependent AS (SELECT DISTINCT t.extension, d.classid, d.objid, d.objsubid \
             FROM thing t JOIN pg_depend d ON d.refclassid = t.classid AND d.refobjid = t.objid \
             AND d.deptype IN ('n', 'a') \
             WHERE NOT EXISTS (SELECT FROM member e WHERE e.classid = d.classid \
             AND e.objid = d.objid) AND NOT (d.classid = 'pg_catalog.pg_type'::regclass \
             AND EXISTS (SELECT FROM thing a WHERE a.classid = d.classid AND a.objid = d.objid))) \
             SELECT x.extname, CASE d.classid::regclass::text \
             WHEN 'pg_class' THEN CASE WHEN d.objsubid > 0 THEN 'column' \
             WHEN c.relkind IN ('i', 'I') THEN 'index' WHEN c.relkind = 'f' THEN 'foreign table' \
             ELSE 'table' END \
             WHEN 'pg_proc' THEN 'function' WHEN 'pg_rewrite' THEN 'view' \
             WHEN 'pg_attrdef' THEN 'default' WHEN 'pg_trigger' THEN 'trigger' \
             WHEN 'pg_constraint' THEN 'constraint' WHEN 'pg_policy' THEN 'policy' \
             WHEN 'pg_type' THEN 'type' WHEN 'pg_foreign_server' THEN 'foreign server' \
             ELSE 'other object' END AS kind, count(*) AS total, \
             min(quote_ident(n.nspname) || '.' || quote_ident(c.relname)) AS example FROM dependent d \
             JOIN pg_extension x ON x.oid = d.extension \
             LEFT JOIN pg_class c ON d.classid = 'pg_catalog.pg_class'::regclass \
             AND c.oid = d.objid LEFT JOIN pg_namespace n ON n.oid = c.relnamespace \
             GROUP BY 1, 2 ORDER BY 1, 2",
        )
    },
};

pub(super) struct Dependents;

impl Check for Dependents {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&DEPENDENTS, &OFFERED]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let offered = names(cx.target.rows(&OFFERED)?)?;
        cx.each_database(
            out,
            "no object depends on an extension that the target lacks",
            |_, database, out| {
                let mut missing: BTreeMap<Name, Vec<String>> = BTreeMap::new();
                for row in database.rows(&DEPENDENTS)? {
                    if offered.contains(row.text("extname")?) {
                        continue;
                    }
                    let things = count(row.number("total")?.unwrap_or(0), row.text("kind")?);
                    let things = match row.get("example")? {
                        Some(name) if row.text("total")? == "1" => {
                            format!("{things} ({})", shown(name))
                        }
                        Some(name) => format!("{things} (such as of {})", shown(name)),
                        None => things,
                    };
                    missing.entry(row.name("extname")?).or_default().push(things);
                }
                for (extension, things) in missing {
                    out.failed(format!(
                        "the target does not offer the extension {extension}, on which depend {}",
                        and(&things)
                    ))
                    .remedy("change them on the source to do without it, or leave them out");
                }
                Ok(())
            },
        )
    }
}
