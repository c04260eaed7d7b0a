//! What superusers own, and what only they can create.

use std::collections::BTreeMap;

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "superuser-objects",
    codes: &[],
    title: "no superuser owns anything, and nothing takes one to create",
    explanation: "The migration service does not bring what superusers own, since their owner is \
                  not on the target. Ownership can be moved on the source, with REASSIGN OWNED; or pg_globals \
                  copy --for-restore creates a stand-in that it belongs to. Functions in C, functions that are \
                  LEAKPROOF or have a support function, base types, operator classes, access methods and transforms are refused whoever \
                  owns them: creating them takes a superuser, or the owner of functions and types that are the server's. Where such a thing is an extension's \
                  it is not looked at, since it comes with the extension.",
    looked_at: "the owners in the database's catalogs",
    online: false,
};

/// What depends on the bootstrap superuser is not in `pg_shdepend`: the owners are looked up.
const OWNED: Question = Question {
    name: "what superusers own",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT s.rolname, o.kind, count(*) AS total, min(o.name) AS example, \
             s.oid = 10 AS is_bootstrap FROM (\
             SELECT c.relowner AS owner, CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' \
             THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'table' END AS kind, \
             format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND ",
            user_schema!(),
            " AND ",
            of_no_extension!("pg_class", "c"),
            " UNION ALL SELECT p.proowner, 'function', p.oid::regprocedure::text \
             FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ",
            user_schema!(),
            " AND ",
            made_by_users!("pg_proc", "p"),
            " UNION ALL SELECT n.nspowner, 'schema', format('%I', n.nspname) \
             FROM pg_namespace n WHERE ",
            user_schema!(),
            " AND ",
            made_by_users!("pg_namespace", "n"),
            " UNION ALL SELECT t.typowner, 'type', format('%I.%I', n.nspname, t.typname) \
             FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace \
             LEFT JOIN pg_class c ON c.oid = t.typrelid \
             WHERE (t.typtype IN ('d', 'e', 'r') OR t.typtype = 'b' AND t.typcategory <> 'A' \
             OR t.typtype = 'c' AND c.relkind = 'c') AND ",
            user_schema!(),
            " AND ",
            made_by_users!("pg_type", "t"),
            ") AS o JOIN pg_roles s ON s.oid = o.owner AND s.rolsuper GROUP BY 1, 2, s.oid ORDER BY 1, 2"
        ))
    },
};

/// The handler of a language or of an access method goes with it, as a family does with its classes.
macro_rules! only_superusers {
    ($aggregate:literal, $supported:literal) => {
        concat!(
            "SELECT o.kind, count(*) AS total, min(o.name) AS example FROM (\
             SELECT CASE WHEN l.lanname IN ('c', 'internal') THEN 'function in ' || l.lanname \
             WHEN p.proleakproof THEN 'leakproof function' ELSE 'function with a support function' END AS kind, \
             format('%I.%I', n.nspname, p.proname) AS name FROM pg_proc p \
             JOIN pg_language l ON l.oid = p.prolang JOIN pg_namespace n ON n.oid = p.pronamespace \
             WHERE (l.lanname IN ('c', 'internal') OR p.proleakproof OR ",
            $supported,
            ") AND NOT ",
            $aggregate,
            " AND ",
            user_schema!(),
            " AND ",
            made_by_users!("pg_proc", "p"),
            " UNION ALL SELECT 'aggregate with an internal state', p.oid::regprocedure::text \
             FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid \
             JOIN pg_namespace n ON n.oid = p.pronamespace \
             WHERE (a.aggtranstype = 'internal'::regtype OR a.aggmtranstype = 'internal'::regtype) AND ",
            user_schema!(),
            " AND ",
            made_by_users!("pg_proc", "p"),
            " UNION ALL SELECT 'base type', format('%I.%I', n.nspname, t.typname) FROM pg_type t \
             JOIN pg_namespace n ON n.oid = t.typnamespace \
             WHERE t.typtype = 'b' AND t.typcategory <> 'A' AND ",
            user_schema!(),
            " AND ",
            made_by_users!("pg_type", "t"),
            " UNION ALL SELECT 'operator class', format('%I.%I', n.nspname, o.opcname) \
             FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace WHERE ",
            made_by_users!("pg_opclass", "o"),
            " UNION ALL SELECT 'operator family', format('%I.%I', n.nspname, f.opfname) \
             FROM pg_opfamily f JOIN pg_namespace n ON n.oid = f.opfnamespace \
             WHERE NOT EXISTS (SELECT FROM pg_opclass c WHERE c.opcfamily = f.oid) AND ",
            made_by_users!("pg_opfamily", "f"),
            " UNION ALL SELECT 'access method', format('%I', a.amname) FROM pg_am a WHERE ",
            made_by_users!("pg_am", "a"),
            // Its functions take `internal`: only C and the server have such ones.
            " UNION ALL SELECT 'transform', format('FOR %s LANGUAGE %I', format_type(x.trftype, NULL), l.lanname) \
             FROM pg_transform x JOIN pg_language l ON l.oid = x.trflang WHERE ",
            made_by_users!("pg_transform", "x"),
            " UNION ALL SELECT 'foreign data wrapper', format('%I', w.fdwname) \
             FROM pg_foreign_data_wrapper w WHERE ",
            made_by_users!("pg_foreign_data_wrapper", "w"),
            ") AS o GROUP BY 1 ORDER BY 1"
        )
    };
}

/// Every aggregate is written in `internal`, whoever made it; only those whose state is `internal` take
/// a superuser (`AggregateCreate` in `src/backend/catalog/pg_aggregate.c`).
const ONLY_SUPERUSERS: Question = Question {
    name: "what only superusers create",
    of: Of::SourceDatabases,
    sql: |major| {
        Some(if major >= Major::new(12) {
            only_superusers!("p.prokind = 'a'", "p.prosupport <> 0")
        } else if major >= Major::new(11) {
            only_superusers!("p.prokind = 'a'", "false")
        } else {
            only_superusers!("p.proisagg", "false")
        })
    },
};

pub(super) struct SuperuserObjects;

impl Check for SuperuserObjects {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&OWNED, &ONLY_SUPERUSERS]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let major = cx.source.server()?.live.answers.major;
        let clean = "no superuser owns anything in it, and nothing in it takes one to create";
        cx.each_database(out, clean, |_, database, out| {
            let mut by_owner: BTreeMap<Name, Vec<&Row>> = BTreeMap::new();
            for row in database.rows(&OWNED)? {
                by_owner.entry(row.name("rolname")?).or_default().push(row);
            }
            for (owner, rows) in by_owner {
                let things = rows.iter().map(|row| {
                    let things = count(row.number("total")?.unwrap_or(0), row.text("kind")?);
                    Ok(format!("{things} ({})", example(row)?))
                });
                let things = and(&things.collect::<Result<Vec<_>, Unseen>>()?);
                if cx.source.is_platforms_role(&owner) {
                    out.warning(format!(
                        "the platform's superuser {owner}, who is not on the target, owns {things}"
                    ))
                    .remedy(
                        "give them to a role of yours on the source: ALTER … OWNER TO …; or let a stand-in own \
                         them: pg_globals copy --for-restore FILE",
                    );
                } else {
                    out.warning(format!(
                        "the superuser {owner} owns {things}: the migration service does not bring \
                         what superusers own"
                    ))
                    .concerns(Method::Service)
                    .remedy(give_away(&owner, &rows, major)?);
                }
            }
            let rows = database.rows(&ONLY_SUPERUSERS)?;
            if !rows.is_empty() {
                let things = rows.iter().map(|row| {
                    let kind = row.text("kind")?;
                    let number: usize = row.number("total")?.unwrap_or(0);
                    let things = match kind.split_once(' ') {
                        // Functions in C, aggregates with a state.
                        Some((what @ ("function" | "aggregate"), more)) => {
                            format!("{} {more}", count(number, what))
                        }
                        _ => count(number, kind),
                    };
                    Ok(format!("{things} ({})", example(row)?))
                });
                let things = and(&things.collect::<Result<Vec<_>, Unseen>>()?);
                out.failed(format!("it takes a superuser, and the target has none, to create {things}"))
                    .looked_at("pg_proc, pg_type, pg_opclass, pg_opfamily, pg_am, pg_transform and pg_foreign_data_wrapper of the database")
                    .remedy("replace them on the source, or leave them out: pg_restore --use-list");
            }
            Ok(())
        })
    }
}

/// What the bootstrap superuser owns can only be given away one by one.
fn give_away(owner: &Name, rows: &[&Row], major: Major) -> Result<String, Unseen> {
    // A sequence may go with its table only.
    let mut one = rows.first();
    for row in rows {
        if row.text("kind")? != "sequence" {
            one = Some(row);
            break;
        }
    }
    let is_bootstrap = one.map(|row| row.flag("is_bootstrap")).transpose()?;
    Ok(match one.filter(|_| is_bootstrap == Some(true)) {
        Some(row) => {
            let kind = match row.text("kind")? {
                "function" if major >= Major::new(11) => "ROUTINE".to_owned(),
                kind => kind.to_uppercase(),
            };
            format!(
                "on the source, one by one, since REASSIGN OWNED cannot take from this superuser: \
                 ALTER {kind} {} OWNER TO …; or pg_globals copy --for-restore FILE, before pg_restore",
                shown(row.text("example")?)
            )
        }
        None => format!(
            "on the source: REASSIGN OWNED BY {} TO …, which takes all that it owns in this database, \
             and its databases; or pg_globals copy --for-restore FILE, before pg_restore",
            identifier(owner)
        ),
    })
}

/// The only one, or one of them.
fn example(row: &Row) -> Result<String, Unseen> {
    let name = shown(row.text("example")?);
    Ok(if row.text("total")? == "1" { name } else { format!("such as {name}") })
}
