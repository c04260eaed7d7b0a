//! What runs while data is loaded, and what that depends on.

use std::collections::HashMap;

use crate::check::prelude::*;

/// An object: the letter of its catalog, and its OID. `a` is an expression of a column, up to 14 `g` those of a table's
/// generated columns (`StoreAttrDefault`), `c` a constraint, `f` a function, `i` an index or a table, `k` a class of operators, `o` an operator, `r` an index over ranges, `t` a type, `v` a view.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) struct Node(pub(super) char, pub(super) u32);

/// The query, with what partitioned tables have.
macro_rules! edges {
    ($partitions:literal) => {
        concat!(
            "SELECT DISTINCT x.source, x.target FROM (\
             SELECT CASE d.classid WHEN 'pg_constraint'::regclass THEN 'c' || d.objid \
             WHEN 'pg_attrdef'::regclass THEN 'a' || d.objid WHEN 'pg_operator'::regclass THEN 'o' || d.objid \
             WHEN 'pg_opclass'::regclass THEN 'k' || d.objid WHEN 'pg_proc'::regclass THEN 'f' || d.objid \
             WHEN 'pg_type'::regclass THEN 't' || d.objid \
             WHEN 'pg_rewrite'::regclass THEN CASE WHEN s.relkind IN ('v', 'm') THEN 'v' || s.oid END \
             WHEN 'pg_class'::regclass THEN CASE WHEN d.refclassid = 'pg_type'::regclass OR s.relkind IN ('i', 'I') \
             OR s.relkind = 'p' AND d.objsubid = 0 THEN 'i' || s.oid WHEN s.relkind IN ('r', 'p') THEN 'g' || s.oid END END AS source, \
             CASE d.refclassid WHEN 'pg_proc'::regclass THEN 'f' || d.refobjid \
             WHEN 'pg_operator'::regclass THEN 'o' || d.refobjid WHEN 'pg_opclass'::regclass THEN 'k' || d.refobjid \
             WHEN 'pg_class'::regclass THEN 'v' || v.oid WHEN 'pg_type'::regclass THEN CASE WHEN \
             d.classid <> 'pg_proc'::regclass OR y.typtype = 'd' THEN 't' || y.oid END END AS target \
             FROM pg_depend d LEFT JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid \
             AND w.ev_type = '1' LEFT JOIN pg_class s ON s.oid = CASE d.classid \
             WHEN 'pg_rewrite'::regclass THEN w.ev_class WHEN 'pg_class'::regclass THEN d.objid END \
             LEFT JOIN pg_class v ON d.refclassid = 'pg_class'::regclass AND v.oid = d.refobjid \
             AND v.relkind IN ('v', 'm') \
             LEFT JOIN pg_type y ON d.refclassid = 'pg_type'::regclass AND y.oid = d.refobjid \
             WHERE d.refobjid >= 16384 AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, \
             'pg_opclass'::regclass, 'pg_type'::regclass, 'pg_class'::regclass) \
             AND (d.refclassid <> 'pg_class'::regclass OR v.oid IS NOT NULL) \
             AND NOT (d.classid = 'pg_type'::regclass AND d.refclassid = 'pg_proc'::regclass \
             AND EXISTS (SELECT FROM pg_range r WHERE r.rngtypid = d.objid AND r.rngsubdiff::oid = d.refobjid)) \
             UNION ALL SELECT 'r' || x.indexrelid, 'f' || r.rngsubdiff::oid FROM pg_index x \
             JOIN pg_attribute a ON a.attrelid = x.indexrelid JOIN pg_range r ON r.rngtypid = a.atttypid \
             WHERE r.rngsubdiff::oid >= 16384 \
             UNION ALL SELECT 't' || k.contypid, 'c' || k.oid FROM pg_constraint k WHERE k.contypid <> 0 AND k.contype = 'c' AND k.convalidated \
             UNION ALL SELECT 't' || t.oid, 'i' || t.typrelid FROM pg_type t WHERE t.typrelid <> 0 AND t.oid >= 16384 \
             AND EXISTS (SELECT FROM pg_depend u WHERE u.classid = 'pg_class'::regclass AND u.objid = t.typrelid \
             AND u.refclassid = 'pg_type'::regclass AND u.refobjid >= 16384) \
",
            $partitions,
            " UNION ALL SELECT 'k' || o.oid, 'f' || p.amproc::oid FROM pg_opclass o \
             JOIN pg_amproc p ON p.amprocfamily = o.opcfamily WHERE p.amproc::oid >= 16384\
             ) AS x WHERE x.source IS NOT NULL AND x.target IS NOT NULL AND x.source <> x.target"
        )
    };
}

/// What depends on what, as far as a function can be at its end: constraints, columns, indexes and views on
/// functions, operators, classes of operators and types; operators and aggregates on their functions; types on
/// their parts; domains on their constraints. The difference of a range type runs where an index over one is built.
/// What the server has itself is in no row.
pub(super) const EDGES: Question = Question {
    name: "what expressions depend on",
    of: Of::SourceDatabases,
    sql: |major| {
        Some(if major >= Major::new(10) {
            edges!(
                " UNION ALL SELECT 'i' || t.partrelid, 'k' || c.oid FROM pg_partitioned_table t, unnest(t.partclass::oid[]) \
                 AS c (oid) WHERE c.oid >= 16384"
            )
        } else {
            edges!("")
        })
    },
};

/// Partitioned tables, since 10.
macro_rules! partitions {
    () => {
        " UNION ALL SELECT 'partitions', t.partrelid, 'i' || t.partrelid FROM pg_partitioned_table t \
         WHERE t.partexprs IS NOT NULL OR EXISTS (SELECT FROM unnest(t.partclass::oid[]) AS c (oid) WHERE c.oid >= 16384)"
    };
}

/// Whether nothing runs now: of tables without rows, also for their indexes, and of an index over ranges that has one
/// page, since only where it is split their difference is asked for.
macro_rules! is_idle {
    () => {
        "CASE x.kind WHEN 'table' THEN pg_relation_size(c.oid) = 0 WHEN 'index' THEN pg_relation_size((\
         SELECT indrelid FROM pg_index WHERE indexrelid = c.oid)) = 0 WHEN 'range index' THEN pg_relation_size(c.oid) \
         <= current_setting('block_size')::bigint ELSE false END AS is_idle"
    };
}

/// The query, with what is true of an expression whose values are stored. A restore adds constraints that are not
/// valid behind the data, and fills no materialized view that is empty. A partitioned table has no rows itself. The indexes
/// of a materialized view are there before its rows.
macro_rules! query {
    ($generated:literal, $partitions:expr) => {
        concat!(
            "SELECT x.kind, x.what::regclass::text AS what, x.node, ",
            is_idle!(),
            " FROM (\
             SELECT 'table' AS kind, k.conrelid AS what, 'c' || k.oid AS node FROM pg_constraint k \
             WHERE k.contype = 'c' AND k.convalidated AND EXISTS (SELECT FROM pg_depend d \
             WHERE d.classid = 'pg_constraint'::regclass AND d.objid = k.oid AND d.refobjid >= 16384 \
             AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass)) \
             UNION ALL SELECT DISTINCT 'table', d.objid, 'i' || d.objid FROM pg_depend d \
             WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_type'::regclass AND d.refobjid >= 16384 \
             UNION ALL SELECT DISTINCT CASE WHEN m.oid IS NULL THEN 'index' ELSE 'materialized view' END, \
             coalesce(m.oid, d.objid), 'i' || d.objid FROM pg_depend d LEFT JOIN pg_index x ON x.indexrelid = d.objid \
             LEFT JOIN pg_class m ON m.oid = x.indrelid AND m.relkind = 'm' \
             WHERE d.classid = 'pg_class'::regclass AND d.refobjid >= 16384 AND d.refclassid IN ('pg_proc'::regclass, \
             'pg_operator'::regclass, 'pg_opclass'::regclass, 'pg_type'::regclass) AND (m.oid IS NULL OR m.relispopulated) \
             UNION ALL SELECT DISTINCT 'range index', a.attrelid, 'r' || a.attrelid FROM pg_attribute a \
             JOIN pg_range r ON r.rngtypid = a.atttypid WHERE r.rngsubdiff::oid >= 16384 \
             UNION ALL SELECT 'materialized view', m.oid, 'v' || m.oid FROM pg_class m WHERE m.relkind = 'm' AND m.relispopulated \
             UNION ALL SELECT 'generated', a.adrelid, x.letter || CASE x.letter WHEN 'a' THEN a.oid ELSE a.adrelid END \
             FROM pg_attrdef a, (VALUES ('a'), ('g')) AS x (letter) WHERE ",
            $generated,
            $partitions,
            ") AS x JOIN pg_class c ON c.oid = x.what JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind = ANY (CASE x.kind WHEN 'table' THEN '{r}' WHEN 'index' THEN '{i}' \
             WHEN 'range index' THEN '{i}' WHEN 'materialized view' THEN '{m}' ELSE '{r,p}' END::\"char\"[]) AND ",
            user_schema!(),
            " ORDER BY 1, 2"
        )
    };
}

pub(super) const ROOTS: Question = Question {
    name: "what runs while data is loaded",
    of: Of::SourceDatabases,
    sql: |major| {
        Some(if major >= Major::new(12) {
            query!(
                "EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = a.adrelid AND t.attnum = a.adnum \
                 AND t.attgenerated = 's')",
                partitions!()
            )
        } else if major >= Major::new(10) {
            query!("false", partitions!())
        } else {
            query!("false", "")
        })
    },
};

/// What runs while data is loaded.
#[derive(Debug)]
pub(super) struct Root<'a> {
    /// Of what it is a part.
    pub(super) kind: &'a str,
    /// What does not arrive where it fails.
    pub(super) what: &'a str,
    pub(super) node: Node,
    /// Whether nothing of it runs as things are.
    pub(super) is_idle: bool,
}

/// What depends on what.
pub(super) type Edges = HashMap<Node, Vec<Node>>;

pub(super) fn edges(database: &Database) -> Result<Edges, Unseen> {
    let mut edges = Edges::new();
    for row in database.rows(&EDGES)? {
        if let (Some(source), Some(target)) = (node(row.text("source")?), node(row.text("target")?))
        {
            edges.entry(source).or_default().push(target);
        }
    }
    Ok(edges)
}

pub(super) fn roots(database: &Database) -> Result<Vec<Root<'_>>, Unseen> {
    let mut roots = Vec::new();
    for row in database.rows(&ROOTS)? {
        if let Some(node) = node(row.text("node")?) {
            let is_idle = row.flag("is_idle")?;
            roots.push(Root { kind: row.text("kind")?, what: row.text("what")?, node, is_idle });
        }
    }
    Ok(roots)
}

fn node(text: &str) -> Option<Node> {
    let letter = text.chars().next()?;
    Some(Node(letter, text[letter.len_utf8()..].parse().ok()?))
}
