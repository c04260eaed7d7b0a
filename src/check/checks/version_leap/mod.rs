//! What newer versions have done away with.

mod gone;
mod own_names;

use std::collections::BTreeMap;

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "version-leap",
    codes: &[],
    title: "nothing is used that the target's version has done away with",
    explanation: "The types abstime, reltime and tinterval are gone since 12: a table with such a \
                  column cannot be created, and its rows are lost. Since 14 there are no postfix \
                  operators, no `!!`, no `@` and `~` for containment in geometric types, hstore, cube, intarray and \
                  seg; since 15 no pg_start_backup, pg_stop_backup and pg_is_in_backup. What expressions use of these \
                  is read from the catalogs, and compared with a table that was made by asking servers 10 to 19; what \
                  the texts of functions call fails when they run, and is not looked at. Functions with other columns, \
                  such as pg_stat_statements(true), have these by their place in a view: it may be restored without an \
                  error, and show others. Since 14 a range type has a multirange type, whose name may be taken. \
                  Since 14, too, array_append and its kin take anycompatiblearray, so that \
                  aggregates over anyarray that use them cannot be created: `function \
                  array_append(anyarray, anyelement) does not exist`. Views that read columns of \
                  system views fail where the target's have them no more: the target is asked for \
                  its columns. SYSTEM_USER is a word of SQL since 16: an earlier server does not quote a column of that \
                  name, and a policy, CHECK or view that names it is restored with the function in its place, without \
                  an error. PostgreSQL's release notes list the other changes, under Migration \
                  to Version, and Microsoft asks to review them; the lines have the links.",
    looked_at: "expressions in the catalogs of the database, its types, aggregates, operators and pg_depend",
    online: false,
};

const TYPES: Question = Question {
    name: "columns of types that are gone",
    of: Of::SourceDatabases,
    sql: |major| {
        (major < Major::new(12)).then_some(concat!(
            "SELECT count(*) OVER () AS total, n.nspname AS schema, c.relname AS name FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'p', 'f') AND EXISTS (SELECT FROM pg_attribute a \
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
             AND format_type(a.atttypid, NULL) IN ('abstime', 'reltime', 'tinterval', 'abstime[]', \
             'reltime[]', 'tinterval[]')) AND ",
            user_schema!(),
            " ORDER BY 2, 3 LIMIT 5"
        ))
    },
};

/// Columns that an earlier server does not quote in expressions, and who has such an expression; views have the table
/// before them. With what partitioned tables have.
macro_rules! reserved {
    ($partitioned:literal) => {
        concat!(
            "SELECT count(*) OVER () AS total, n.nspname AS schema, c.relname AS name FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid \
             WHERE a.attname = 'system_user' AND a.attnum > 0 AND NOT a.attisdropped \
             AND (EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid \
             AND d.refobjsubid = a.attnum AND (d.classid IN ('pg_policy'::regclass, 'pg_attrdef'::regclass, \
             'pg_trigger'::regclass, to_regclass('pg_catalog.pg_statistic_ext')) \
             OR d.classid = 'pg_constraint'::regclass AND d.objid IN (SELECT k.oid FROM pg_constraint k WHERE k.contype NOT IN ('p', 'u')) \
             OR d.classid = 'pg_class'::regclass AND d.objid IN (SELECT i.indexrelid FROM pg_index i WHERE NOT EXISTS (\
             SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u'))) \
             ))",
            $partitioned,
            ") AND ",
            user_schema!(),
            " ORDER BY 2, 3 LIMIT 5"
        )
    };
}

const RESERVED: Question = Question {
    name: "columns that are called system_user",
    of: Of::SourceDatabases,
    sql: |major| {
        (major < Major::new(16)).then_some(if major >= Major::new(10) {
            reserved!(
                " OR EXISTS (SELECT FROM pg_partitioned_table t WHERE t.partrelid = c.oid \
                 AND a.attnum = ANY (t.partattrs::int2[]))"
            )
        } else {
            reserved!("")
        })
    },
};

/// Functions of the type that stood for several others (`Migration` of the release notes of 13).
const OPAQUE: Question = Question {
    name: "functions of type opaque",
    of: Of::SourceDatabases,
    sql: |major| {
        (major < Major::new(13)).then_some(concat!(
            "SELECT p.oid::regprocedure::text AS function FROM pg_proc p WHERE 'pg_catalog.opaque'::regtype \
             = ANY (p.proargtypes::oid[] || p.prorettype) AND ",
            made_by_users!("pg_proc", "p"),
            " ORDER BY 1"
        ))
    },
};

const POLYMORPHIC: Question = Question {
    name: "aggregates and operators of before 14",
    of: Of::SourceDatabases,
    sql: |major| {
        (major < Major::new(14)).then_some(concat!(
            "SELECT 'aggregate' AS kind, p.oid::regprocedure::text AS name FROM pg_aggregate a \
             JOIN pg_proc p ON p.oid = a.aggfnoid WHERE 'anyarray'::regtype IN (a.aggtranstype, a.aggmtranstype) \
             AND EXISTS (SELECT FROM pg_proc f WHERE f.pronamespace = 'pg_catalog'::regnamespace \
             AND f.proname IN ('array_append', 'array_cat', 'array_prepend', 'array_remove', \
             'array_replace') AND f.oid IN (a.aggtransfn, a.aggfinalfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn)) AND ",
            made_by_users!("pg_proc", "p"),
            " UNION ALL SELECT 'array operator', o.oid::regoperator::text FROM pg_operator o JOIN pg_proc f ON f.oid = o.oprcode \
             WHERE f.pronamespace = 'pg_catalog'::regnamespace AND f.proname IN ('array_append', 'array_cat', 'array_prepend', \
             'array_remove', 'array_replace', 'array_position', 'array_positions', 'width_bucket') \
             AND 'anyarray'::regtype IN (o.oprleft, o.oprright) AND ",
            made_by_users!("pg_operator", "o"),
            " UNION ALL SELECT 'operator', o.oid::regoperator::text FROM pg_operator o \
             WHERE o.oprright = 0 AND o.oprleft <> 0 AND ",
            made_by_users!("pg_operator", "o"),
            " ORDER BY 1, 2"
        ))
    },
};

/// What views, policies and functions with standard bodies of users read of the server's own views, and of extensions'. What they read of its catalogs
/// is not in `pg_depend`, since these are pinned: for columns that are gone, the view's text is searched.
const READ: Question = Question {
    name: "columns of system views that views read",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT CASE WHEN c.relkind IN ('v', 'm') THEN 'view ' ELSE 'rule ' || quote_ident(w.rulename) || ' on ' END \
             || c.oid::regclass AS name, v.relname::text AS read, a.attname::text AS column, \
             v.oid >= 16384 AS is_of_extension FROM pg_depend d \
             JOIN pg_rewrite w ON w.oid = d.objid JOIN pg_class c ON c.oid = w.ev_class \
             JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_class v ON v.oid = d.refobjid \
             JOIN pg_attribute a ON a.attrelid = v.oid AND a.attnum = d.refobjsubid \
             WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass \
             AND d.refobjsubid > 0 AND c.oid <> v.oid AND (v.relnamespace = 'pg_catalog'::regnamespace \
             OR v.relname = 'pg_stat_statements') AND ",
            user_schema!(),
            " AND ",
            of_no_extension!("pg_class", "c"),
            " UNION SELECT concat(i.type, ' ', i.identity), v.relname, a.attname, v.oid >= 16384 FROM pg_depend d \
             JOIN pg_class v ON v.oid = d.refobjid \
             JOIN pg_attribute a ON a.attrelid = v.oid AND a.attnum = d.refobjsubid, \
             LATERAL pg_identify_object(d.classid, d.objid, 0) AS i \
             WHERE d.classid IN ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_policy'::regclass) \
             AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0 AND d.objid >= 16384 \
             AND (v.relnamespace = 'pg_catalog'::regnamespace OR v.relname = 'pg_stat_statements') \
             AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype = 'e') \
             UNION SELECT 'view ' || c.oid::regclass, x.catalog, x.attribute, false FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace, LATERAL (SELECT lower(pg_get_viewdef(c.oid)) AS text) AS d, \
             (VALUES ('pg_attrdef', 'adsrc'), ('pg_attribute', 'attcacheoff'), ('pg_class', 'relhasoids'), \
             ('pg_class', 'relhaspkey'), ('pg_collation', 'colliculocale'), ('pg_constraint', 'consrc'), \
             ('pg_database', 'daticulocale'), ('pg_database', 'datlastsysoid'), ('pg_proc', 'proisagg'), \
             ('pg_proc', 'proiswindow'), ('pg_proc', 'protransform')) AS x (catalog, attribute) \
             WHERE c.relkind IN ('v', 'm') AND EXISTS (SELECT FROM pg_class g JOIN pg_attribute t ON t.attrelid = g.oid \
             WHERE g.relnamespace = 'pg_catalog'::regnamespace AND g.relname = x.catalog AND t.attname = x.attribute) \
             AND d.text ~ ('[[:<:]]' || x.catalog || '[[:>:]]') \
             AND regexp_replace(d.text, '[[:<:]]as ' || x.attribute || '[[:>:]]', '', 'g') ~ ('[[:<:]]' || x.attribute || '[[:>:]]') AND ",
            user_schema!(),
            " AND ",
            of_no_extension!("pg_class", "c"),
            " ORDER BY 1, 2, 3"
        ))
    },
};

/// What reads the hidden column of tables WITH OIDS.
const OIDS: Question = Question {
    name: "what reads the column oid of tables",
    of: Of::SourceDatabases,
    sql: |major| {
        (major < Major::new(12)).then_some(concat!(
            "SELECT DISTINCT concat(i.type, ' ', i.identity) AS object, c.oid::regclass::text AS name FROM pg_depend d \
             JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace \
             LEFT JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid \
             LEFT JOIN pg_class v ON v.oid = w.ev_class, LATERAL pg_identify_object(CASE WHEN v.relkind IN ('v', 'm') THEN 'pg_class'::regclass ELSE d.classid END, \
             CASE WHEN v.relkind IN ('v', 'm') THEN w.ev_class ELSE d.objid END, 0) AS i \
             WHERE d.refclassid = 'pg_class'::regclass AND d.refobjsubid = -2 AND c.relhasoids AND ",
            user_schema!(),
            " AND ",
            of_no_extension!("pg_class", "c"),
            " ORDER BY 1, 2"
        ))
    },
};

/// Catalogs on which privileges were granted, and columns of them.
const GRANTED: Question = Question {
    name: "privileges on catalogs",
    of: Of::SourceDatabases,
    sql: |major| {
        (major > Major::OLDEST).then_some(
            "SELECT c.relname AS name, NULL::name AS column FROM pg_class c WHERE c.oid < 16384 \
             AND c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind IN ('r', 'v') AND EXISTS (\
             SELECT grantee, privilege_type FROM aclexplode(c.relacl) EXCEPT SELECT x.grantee, x.privilege_type \
             FROM pg_init_privs i, aclexplode(i.initprivs) AS x WHERE i.classoid = 'pg_class'::regclass \
             AND i.objoid = c.oid AND i.objsubid = 0) \
             UNION ALL SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
             WHERE c.oid < 16384 AND c.relnamespace = 'pg_catalog'::regnamespace AND a.attnum > 0 AND EXISTS (\
             SELECT grantee, privilege_type FROM aclexplode(a.attacl) EXCEPT SELECT x.grantee, x.privilege_type \
             FROM pg_init_privs i, aclexplode(i.initprivs) AS x WHERE i.classoid = 'pg_class'::regclass \
             AND i.objoid = c.oid AND i.objsubid = a.attnum) ORDER BY 1, 2",
        )
    },
};

/// The columns that the target has.
const THERE: Question = Question {
    name: "columns of system views",
    of: Of::Target,
    sql: |_| {
        Some(
            "SELECT c.relname AS name, string_agg(a.attname::text, ' ') AS columns FROM pg_attribute a \
             JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'pg_catalog'::regnamespace \
             AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped GROUP BY 1",
        )
    },
};

/// Columns of `pg_stat_statements` that went with the version that came with this one of the server
/// (`contrib/pg_stat_statements/pg_stat_statements--*.sql`).
const STATEMENTS: [(u32, &[&str]); 2] = [
    (13, &["total_time", "min_time", "max_time", "mean_time", "stddev_time"]),
    (17, &["blk_read_time", "blk_write_time"]),
];

pub(super) struct VersionLeap;

impl Check for VersionLeap {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[
            &TYPES,
            &RESERVED,
            &OPAQUE,
            &own_names::WORDS,
            &own_names::PARAMETERS,
            &own_names::NOT_NULL,
            &POLYMORPHIC,
            &OIDS,
            &READ,
            &GRANTED,
            &THERE,
            &gone::USED,
            &gone::MULTIRANGES,
        ]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let from = cx.source.server()?.live.answers.major;
        let to = cx.target.server()?.live.answers.major;
        if from >= to {
            out.succeeded(format!("both are {from}")).looked_at("server_version of both");
            return Ok(());
        }
        let mut columns: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for row in cx.target.rows(&THERE)? {
            columns.insert(row.text("name")?, row.text("columns")?.split(' ').collect());
        }
        let new_words = own_names::new_words(cx)?;
        let clean = "nothing was found in it that the target's version has done away with";
        cx.each_database(out, clean, |_, database, out| {
            if to >= Major::new(12)
                && let Some(list) = listed(database.rows(&TYPES)?, "relation")?
            {
                out.failed(format!("columns of a type that is gone since 12, in {list}")).remedy(
                    "on the source, in a maintenance window, since it rewrites the table: ALTER TABLE … \
                     ALTER COLUMN … TYPE timestamptz, or interval for reltime",
                );
            }
            if to >= Major::new(12) {
                oids(database, out)?;
            }
            if from < Major::new(16)
                && to >= Major::new(16)
                && let Some(list) = listed(database.rows(&RESERVED)?, "relation")?
            {
                out.failed(format!(
                    "a column is called system_user, a word of SQL since 16, and expressions name it, in {list}: they are \
                     restored with another meaning, or not at all"
                ))
                .remedy(
                    "pg_dump --quote-all-identifiers; for the migration service, rename the column on the source before \
                     it: ALTER TABLE … RENAME COLUMN system_user TO …",
                );
            }
            if to >= Major::new(13) {
                opaque(database, out)?;
            }
            own_names::parameters(database, &new_words, to, out)?;
            own_names::not_null(database, (from, to), out)?;
            if to >= Major::new(14) {
                polymorphic(database, out)?;
                gone::multiranges(database, out)?;
            }
            gone::used(database, (from, to), out)?;
            views(database, &columns, (from, to), out)?;
            granted(database, &columns, out)
        })?;
        let numbers = (from.number() + 1..=to.number()).collect::<Vec<_>>();
        let links: Vec<String> = numbers
            .iter()
            .map(|major| format!("https://www.postgresql.org/docs/release/{major}.0/"))
            .collect();
        out.warning(format!(
            "from {from} to {to}: the release notes of each version between list what behaves otherwise"
        ))
        .looked_at("server_version of both")
        .remedy(format!("review the part Migration to Version of {}", list(&links, links.len())));
        Ok(())
    }
}

/// Functions that cannot be created since 13.
fn opaque(database: &Database, out: &mut Outcomes<'_>) -> Verdict {
    for row in database.rows(&OPAQUE)? {
        out.failed(format!(
            "{} takes or returns opaque, which is gone since 13",
            shown(row.text("function")?)
        ))
        .remedy("on the source, create it anew with the type that is meant: trigger for a trigger's function, else cstring or internal");
    }
    Ok(())
}

/// What reads a column that is no more since 12.
fn oids(database: &Database, out: &mut Outcomes<'_>) -> Verdict {
    for row in database.rows(&OIDS)? {
        out.failed(format!(
            "the {} reads the column oid of {}, which is gone since 12",
            shown(row.text("object")?),
            shown(row.text("name")?)
        ))
        .remedy("write it anew on the source without that column; where its values are needed, copy them into an ordinary one before");
    }
    Ok(())
}

/// Privileges on catalogs and their columns that the target does not have.
fn granted(
    database: &Database,
    there: &BTreeMap<&str, Vec<&str>>,
    out: &mut Outcomes<'_>,
) -> Verdict {
    for row in database.rows(&GRANTED)? {
        let (name, column) = (row.text("name")?, row.get("column")?);
        let is_there =
            there.get(name).is_some_and(|columns| column.is_none_or(|it| columns.contains(&it)));
        if !is_there {
            let what = column.map_or_else(|| name.to_owned(), |column| format!("{name}.{column}"));
            out.failed(format!(
                "privileges were granted on {}, which the target does not have: granting them fails",
                shown(&what)
            ))
            .remedy("nothing is missing without them: expect the error, or revoke them on the source");
        }
    }
    Ok(())
}

/// What cannot be created since 14.
fn polymorphic(database: &Database, out: &mut Outcomes<'_>) -> Verdict {
    for row in database.rows(&POLYMORPHIC)? {
        let name = shown(row.text("name")?);
        if row.text("kind")? == "operator" {
            out.failed(format!("the operator {name} is a postfix one, which are gone since 14"))
                .remedy("call its function instead, and drop the operator on the source");
        } else if row.text("kind")? == "array operator" {
            out.failed(format!(
                "the operator {name} is over anyarray, with a function that takes anycompatiblearray since 14"
            ))
            .remedy("leave it out of the restore (pg_restore --use-list), and create it on the target with anycompatiblearray");
        } else {
            out.failed(format!(
                "the aggregate {name} is over anyarray, with a function that takes anycompatiblearray since 14"
            ))
            .remedy(
                "leave it out of the restore (pg_restore --use-list), and create it on the target with \
                 anycompatible and anycompatiblearray; what depends on it after that",
            );
        }
    }
    Ok(())
}

/// Views that read what is not there any more.
fn views(
    database: &Database,
    there: &BTreeMap<&str, Vec<&str>>,
    (from, to): (Major, Major),
    out: &mut Outcomes<'_>,
) -> Verdict {
    let is_gone = |read: &str, column: &str, is_of_extension: bool| {
        if is_of_extension {
            let mut changes = STATEMENTS.iter();
            return changes.any(|(major, columns)| {
                let major = Major::new(*major);
                from < major && major <= to && columns.contains(&column)
            });
        }
        there.get(read).is_none_or(|columns| !columns.contains(&column))
    };
    let mut views: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for row in database.rows(&READ)? {
        let (read, column) = (row.text("read")?, row.text("column")?);
        if is_gone(read, column, row.flag("is_of_extension")?) {
            let gone = shown(&format!("{read}.{column}"));
            views.entry(row.text("name")?).or_default().push(gone);
        }
    }
    for (view, gone) in views {
        out.failed(format!(
            "the {} reads what {to} does not have: {}",
            shown(view),
            list(&gone, NAMED)
        ))
        .remedy(
            "leave it out of the restore (pg_restore --use-list), or drop it on the source; write it anew \
             on the target",
        );
    }
    Ok(())
}
