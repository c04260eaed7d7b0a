//! What expressions use that later versions do not have: types, operators and functions of the server and of
//! extensions that come with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::check::data;
use crate::check::prelude::*;

/// What is gone since one version.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Gone {
    since: u32,
    #[serde(default)]
    extension: String,
    #[serde(default)]
    types: Vec<String>,
    #[serde(default)]
    operators: Vec<String>,
    #[serde(default)]
    functions: Vec<String>,
    /// Functions whose columns are others.
    #[serde(default)]
    other_columns: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    gone: Vec<Gone>,
}

static GONE: LazyLock<Vec<Gone>> =
    LazyLock::new(|| data::read::<Table>(include_str!("../../data/gone.toml")).gone);

impl Gone {
    /// Its kinds and names, and whether only columns are others.
    fn all(&self) -> impl Iterator<Item = (&'static str, &str, bool)> {
        let kinds = [
            ("type", &self.types, false),
            ("operator", &self.operators, false),
            ("function", &self.functions, false),
            ("function", &self.other_columns, true),
        ];
        kinds.into_iter().flat_map(|(kind, names, is_changed)| {
            names.iter().map(move |name| (kind, &**name, is_changed))
        })
    }
}

/// What is asked for, as `extension kind name`; of a type its arrays, too.
fn wanted() -> String {
    let mut wanted = BTreeSet::new();
    for gone in GONE.iter() {
        for (kind, name, _) in gone.all() {
            wanted.insert(format!("'{} {kind} {name}'", gone.extension));
            if kind == "type" {
                wanted.insert(format!("'{} {kind} {name}[]'", gone.extension));
            }
        }
    }
    wanted.into_iter().collect::<Vec<_>>().join(", ")
}

/// The types of arguments, as the table has them.
macro_rules! type_name {
    ($oid:literal) => {
        concat!(
            "(SELECT CASE WHEN y.oid < 16384 THEN format_type(y.oid, NULL) ELSE y.typname END FROM pg_type y WHERE y.oid = ",
            $oid,
            ")"
        )
    };
}

/// A view over `valuntil` of `pg_user` has a timestamp since 12, and its text says nothing of the type before.
///
/// OFFSET keeps each tree from being searched once for each name. Builtin objects are pinned, and in no dependency: their OIDs stand in the trees of expressions
/// (`src/include/nodes/primnodes.h`), and in the columns of aggregates, operators, casts and functions.
fn query(major: u32) -> String {
    let standard = if major < 14 { "''" } else { "p.prosqlbody::text" };
    let combine = if major < 10 { "0" } else { "a.aggcombinefn::oid" };
    let partitions = if major < 10 {
        ""
    } else {
        " UNION ALL SELECT 'pg_class', t.partrelid, t.partexprs::text FROM pg_partitioned_table t WHERE t.partexprs IS NOT NULL"
    };
    format!(
        "WITH all_names AS (\
         SELECT 'pg_operator'::regclass AS catalog, 'operator' AS kind, o.oid, o.oprname || '(' || \
         CASE o.oprleft WHEN 0 THEN 'NONE' ELSE {left} END || ',' || CASE o.oprright WHEN 0 THEN 'NONE' ELSE {right} END \
         || ')' AS name FROM pg_operator o \
         UNION ALL SELECT 'pg_proc', 'function', p.oid, p.proname || '(' || coalesce((SELECT string_agg({argument}, ',' \
         ORDER BY a.place) FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a (type, place)), '') || ')' FROM pg_proc p \
         UNION ALL SELECT 'pg_type', 'type', t.oid, format_type(t.oid, NULL) FROM pg_type t WHERE t.oid < 16384\
         ), names AS (SELECT n.catalog, n.kind, n.oid, n.name, coalesce(x.extname, '') AS extension FROM all_names n \
         LEFT JOIN pg_depend e ON e.classid = n.catalog AND e.objid = n.oid AND e.deptype = 'e' \
         AND e.refclassid = 'pg_extension'::regclass LEFT JOIN pg_extension x ON x.oid = e.refobjid \
         WHERE (n.oid < 16384 OR x.oid IS NOT NULL) AND concat(x.extname, ' ', n.kind, ' ', n.name) IN ({wanted})\
         ), trees AS (\
         SELECT 'pg_class'::regclass AS catalog, w.ev_class AS oid, concat(w.ev_action::text, w.ev_qual::text) AS tree FROM pg_rewrite w \
         UNION ALL SELECT 'pg_constraint', k.oid, k.conbin::text FROM pg_constraint k \
         UNION ALL SELECT 'pg_class', i.indexrelid, concat(i.indexprs::text, i.indpred::text) FROM pg_index i \
         WHERE i.indexprs IS NOT NULL OR i.indpred IS NOT NULL \
         UNION ALL SELECT 'pg_attrdef', d.oid, d.adbin::text FROM pg_attrdef d \
         UNION ALL SELECT 'pg_policy', p.oid, concat(p.polqual::text, p.polwithcheck::text) FROM pg_policy p \
         UNION ALL SELECT 'pg_trigger', t.oid, t.tgqual::text FROM pg_trigger t WHERE t.tgqual IS NOT NULL \
         UNION ALL SELECT 'pg_type', t.oid, t.typdefaultbin::text FROM pg_type t WHERE t.typdefaultbin IS NOT NULL{partitions} \
         UNION ALL SELECT 'pg_proc', p.oid, concat(p.proargdefaults::text, {standard}, (SELECT string_agg(\
         ':vartype ' || a.type || ' ', '') FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]) || p.prorettype) \
         AS a (type))) FROM pg_proc p WHERE p.oid >= 16384 \
         UNION ALL SELECT 'pg_proc', a.aggfnoid::oid, concat((SELECT string_agg(':funcid ' || u.f || ' ', '') FROM unnest(\
         ARRAY[a.aggtransfn::oid, a.aggfinalfn::oid, {combine}, a.aggmtransfn::oid, a.aggminvtransfn::oid, \
         a.aggmfinalfn::oid]) AS u (f)), ':vartype ', a.aggtranstype, ' ') FROM pg_aggregate a WHERE a.aggfnoid::oid >= 16384 \
         UNION ALL SELECT 'pg_operator', o.oid, concat(':funcid ', o.oprcode::oid, ' ') FROM pg_operator o WHERE o.oid >= 16384 \
         UNION ALL SELECT 'pg_cast', c.oid, concat(':funcid ', c.castfunc, ' :vartype ', c.castsource, ' :vartype ', \
         c.casttarget, ' ') FROM pg_cast c WHERE c.oid >= 16384 \
         UNION ALL SELECT 'pg_opclass', o.oid, concat(':vartype ', o.opcintype, ' :vartype ', o.opckeytype, ' ', \
         (SELECT string_agg(concat(':opno ', m.amopopr, ' '), '') FROM pg_amop m WHERE m.amopfamily = o.opcfamily), \
         (SELECT string_agg(concat(':funcid ', m.amproc::oid, ' '), '') FROM pg_amproc m WHERE m.amprocfamily = o.opcfamily)) \
         FROM pg_opclass o WHERE o.oid >= 16384 \
         UNION ALL SELECT 'pg_type', r.rngtypid, concat(':vartype ', r.rngsubtype, ' :funcid ', r.rngsubdiff::oid, ' ') \
         FROM pg_range r WHERE r.rngtypid >= 16384 \
         UNION ALL SELECT 'pg_type', t.oid, concat(':vartype ', t.typbasetype, ' ') FROM pg_type t \
         WHERE t.typbasetype <> 0 AND t.oid >= 16384 \
         UNION ALL SELECT 'pg_type', c.reltype, concat(':vartype ', a.atttypid, ' ') FROM pg_class c \
         JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind = 'c' AND c.oid >= 16384 AND NOT a.attisdropped\
         ), hits AS (SELECT t.catalog, t.oid, t.tree FROM trees t WHERE t.oid >= 16384 AND t.tree ~ (SELECT concat(\
         ':({KINDS}) (', string_agg(n.oid::text, '|'), ') ') FROM names n)\
         ), used AS (SELECT s.catalog, s.oid, n.extension, n.kind, n.name FROM hits s, LATERAL (\
         SELECT m.extension, m.kind, m.name FROM names m WHERE s.tree ~ concat(\
         CASE m.kind WHEN 'operator' THEN ':opno ' WHEN 'function' THEN ':(funcid|aggfnoid|winfnoid) ' \
         ELSE ':(vartype|consttype|resulttype|opresulttype|funcresulttype) ' END, m.oid, ' ') OFFSET 0) AS n) \
         SELECT DISTINCT u.extension, u.kind, u.name, concat(i.type, ' ', i.identity) AS object FROM used u, \
         LATERAL pg_identify_object(u.catalog, u.oid, 0) AS i \
         WHERE NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = u.catalog AND e.objid = u.oid \
         AND (e.deptype = 'e' OR e.deptype = 'i' AND e.classid = 'pg_proc'::regclass)) \
         AND NOT (u.name LIKE '%abstime%' AND u.catalog = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_depend d \
         JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid WHERE w.ev_class = u.oid \
         AND d.refobjid IN ('pg_user'::regclass, 'pg_shadow'::regclass))) \
         ORDER BY 4, 2, 3",
        left = type_name!("o.oprleft"),
        right = type_name!("o.oprright"),
        argument = type_name!("a.type"),
        wanted = wanted(),
    )
}

const KINDS: &str =
    "opno|funcid|aggfnoid|winfnoid|vartype|consttype|resulttype|opresulttype|funcresulttype";

/// For servers before 10, before 14, and since.
static QUERIES: LazyLock<[String; 3]> = LazyLock::new(|| [9, 10, 14].map(query));

pub(super) const USED: Question = Question {
    name: "what expressions use that later versions do not have",
    of: Of::SourceDatabases,
    sql: |major| {
        // The last version that is in the table.
        (major < Major::new(19)).then(|| {
            let later = [10, 14].into_iter().filter(|it| major >= Major::new(*it)).count();
            &*QUERIES[later]
        })
    },
};

/// Types of ranges whose multirange types, which every range has since 14, are called as something is: the rule is
/// `makeMultirangeTypeName`'s (`src/backend/catalog/pg_type.c`). A dump of 14 and later says the name.
pub(super) const MULTIRANGES: Question = Question {
    name: "names of multirange types",
    of: Of::SourceDatabases,
    sql: |major| {
        (major < Major::new(14)).then_some(concat!(
            "SELECT r.oid::regtype::text AS range, x.name AS multirange, CASE WHEN y.oid IS NULL THEN 'function' \
             WHEN y.typrelid <> 0 THEN 'relation or type' ELSE 'type' END AS taken FROM pg_range g \
             JOIN pg_type r ON r.oid = g.rngtypid JOIN pg_namespace n ON n.oid = r.typnamespace CROSS JOIN LATERAL (\
             SELECT CASE position('range' IN r.typname) WHEN 0 THEN left(r.typname, 52) || '_multirange' \
             ELSE overlay(r.typname::text PLACING 'multirange' FROM position('range' IN r.typname) FOR 5) END AS name) AS x \
             LEFT JOIN pg_type y ON y.typnamespace = r.typnamespace AND y.typname = x.name \
             WHERE (y.oid IS NOT NULL OR EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = r.typnamespace \
             AND p.proname = x.name AND (p.pronargs = 0 OR p.pronargs = 1 AND p.proargtypes[0] = r.oid))) AND ",
            user_schema!(),
            " AND ",
            of_no_extension!("pg_type", "r"),
            " ORDER BY 1"
        ))
    },
};

/// Says what uses what the target does not have.
pub(super) fn used(
    database: &Database,
    (from, to): (Major, Major),
    out: &mut Outcomes<'_>,
) -> Verdict {
    let mut since: BTreeMap<(&str, &str, &str), (u32, bool)> = BTreeMap::new();
    for gone in GONE.iter().filter(|it| from < Major::new(it.since) && Major::new(it.since) <= to) {
        for (kind, name, is_changed) in gone.all() {
            let first =
                since.entry((&gone.extension, kind, name)).or_insert((gone.since, is_changed));
            // What has other columns first, and is gone later, is gone.
            if first.1 && !is_changed {
                *first = (gone.since, false);
            }
        }
    }
    let mut objects: BTreeMap<&str, [Vec<String>; 2]> = BTreeMap::new();
    for row in database.rows(&USED)? {
        let (extension, name) = (row.text("extension")?, row.text("name")?);
        let key = (extension, row.text("kind")?, name.trim_end_matches("[]"));
        let key = if key.1 == "type" { key } else { (key.0, key.1, name) };
        let Some((since, is_changed)) = since.get(&key) else { continue };
        let of = if extension.is_empty() { String::new() } else { format!(" of {extension}") };
        let word = if *is_changed { "others" } else { "gone" };
        let text = format!("the {} {}{of} ({word} since {since})", key.1, shown(name));
        objects.entry(row.text("object")?).or_default()[usize::from(*is_changed)].push(text);
    }
    for (object, [gone, changed]) in objects {
        let object = shown(object);
        if !gone.is_empty() {
            out.failed(format!(
                "{object} uses what {to} does not have: {}",
                list(&gone, NAMED)
            ))
            .remedy(
                    "write it anew on the source without that, or leave it out of the restore (pg_restore --use-list) and \
                     write it anew on the target",
                );
        }
        if !changed.is_empty() {
            out.warning(format!(
                "{object} calls a function whose columns are others on {to}; in FROM it has them by their place: {}",
                list(&changed, NAMED)
            ))
            .remedy("write it anew on the target, where it may arrive with other columns under the same names");
        }
    }
    Ok(())
}

/// Says which ranges cannot have their multiranges.
pub(super) fn multiranges(database: &Database, out: &mut Outcomes<'_>) -> Verdict {
    for row in database.rows(&MULTIRANGES)? {
        let (range, multirange) = (shown(row.text("range")?), shown(row.text("multirange")?));
        out.failed(format!(
            "the range type {range} has a multirange type by the name of {multirange} since 14, and a {} has that name: \
             one of the two is not created",
            row.text("taken")?
        ))
        .remedy("rename one of them on the source: ALTER … RENAME TO …");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        let order: Vec<_> = GONE.iter().map(|it| (it.since, &it.extension)).collect();
        assert!(order.is_sorted_by(|one, other| one < other));
        for gone in GONE.iter() {
            for names in [&gone.types, &gone.operators, &gone.functions, &gone.other_columns] {
                assert!(names.is_sorted_by(|one, other| one < other), "{}: {names:?}", gone.since);
            }
        }
    }
}
