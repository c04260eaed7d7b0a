//! What the schemas of users have, by name.

use std::collections::{BTreeSet, HashMap};

use super::mention::{Kind, Path};
use crate::check::prelude::*;

/// What of a pseudotype takes a type that is no array, enum or range: 1 of a composite one only, 2 of any.
macro_rules! takes {
    ($from:literal, $types:literal) => {
        concat!(
            "coalesce((SELECT max(CASE y.typname WHEN 'record' THEN 1 ELSE 2 END) FROM ",
            $from,
            " JOIN pg_type y ON y.oid = ",
            $types,
            " WHERE y.typname IN ('record', 'any', 'anyelement', 'anynonarray', 'anycompatible', 'anycompatiblenonarray')), 0)"
        )
    };
}

/// The same of the functions of `pg_catalog`, by their arguments up to a place.
macro_rules! function_takes {
    ($place:literal) => {
        takes!(
            "(SELECT unnest(s.proargtypes::oid[]) AS type, generate_subscripts(s.proargtypes, 1) AS place FROM pg_proc s \
             WHERE s.proname = p.proname AND s.pronamespace = 'pg_catalog'::regnamespace) AS a",
            $place
        )
    };
}

/// And of its operators, by one side.
macro_rules! operator_takes {
    ($side:literal) => {
        takes!(
            "(SELECT * FROM pg_operator s WHERE s.oprname = o.oprname AND s.oprnamespace = 'pg_catalog'::regnamespace) AS s",
            $side
        )
    };
}

/// All that a text can name, if there is a text at all. What `pg_catalog` has by the same name, or for an operator
/// by the same name and as many sides, is found without a path.
pub(super) const NAMES: Question = Question {
    name: "names in the schemas of users",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT x.kind, n.nspname AS schema, x.name, x.oid, x.detail, x.lhs, x.rhs, x.shadowed FROM (\
             SELECT 'relation' AS kind, c.relnamespace AS namespace, c.relname AS name, c.oid, c.relkind::text AS detail, \
             0::oid AS lhs, 0::oid AS rhs, EXISTS (SELECT FROM pg_class s WHERE s.relname = c.relname \
             AND s.relnamespace = 'pg_catalog'::regnamespace) AS shadowed \
             FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') \
             UNION ALL SELECT 'function', p.pronamespace, p.proname, p.oid, concat(",
            function_takes!("CASE WHEN a.place = 0 THEN a.type END"),
            ", ",
            function_takes!("CASE WHEN a.place <= 1 THEN a.type END"),
            "), coalesce(p.proargtypes[0], 0), coalesce(p.proargtypes[1], 0), EXISTS (SELECT FROM pg_proc s WHERE s.proname = p.proname AND s.pronamespace = 'pg_catalog'::regnamespace) \
             FROM pg_proc p \
             UNION ALL SELECT 'type', t.typnamespace, t.typname, t.oid, CASE WHEN t.typtype IN ('b', 'c') AND NOT EXISTS (\
             SELECT FROM pg_cast k WHERE k.castsource = t.oid AND k.castcontext = 'i') THEN CASE t.typtype WHEN 'c' THEN 'composite' ELSE 'alone' END ELSE '' END, 0, 0, \
             EXISTS (SELECT FROM pg_type s WHERE s.typname = t.typname AND s.typnamespace = 'pg_catalog'::regnamespace) \
             FROM pg_type t LEFT JOIN pg_class r ON r.oid = t.typrelid WHERE t.typcategory <> 'A' \
             AND (r.oid IS NULL OR r.relkind = 'c') \
             UNION ALL SELECT 'operator', o.oprnamespace, o.oprname, o.oid, concat(",
            operator_takes!("s.oprleft"),
            ", ",
            operator_takes!("s.oprright"),
            "), o.oprleft, o.oprright, \
             EXISTS (SELECT FROM pg_operator s WHERE s.oprname = o.oprname \
             AND s.oprnamespace = 'pg_catalog'::regnamespace AND (s.oprleft = 0) = (o.oprleft = 0)) FROM pg_operator o \
             UNION ALL SELECT 'configuration', g.cfgnamespace, g.cfgname, g.oid, '', 0, 0, \
             EXISTS (SELECT FROM pg_ts_config s WHERE s.cfgname = g.cfgname \
             AND s.cfgnamespace = 'pg_catalog'::regnamespace) FROM pg_ts_config g \
             UNION ALL SELECT 'dictionary', d.dictnamespace, d.dictname, d.oid, '', 0, 0, \
             EXISTS (SELECT FROM pg_ts_dict s WHERE s.dictname = d.dictname \
             AND s.dictnamespace = 'pg_catalog'::regnamespace) FROM pg_ts_dict d \
             UNION ALL SELECT 'collation', l.collnamespace, l.collname, l.oid, '', 0, 0, \
             EXISTS (SELECT FROM pg_collation s WHERE s.collname = l.collname \
             AND s.collnamespace = 'pg_catalog'::regnamespace) FROM pg_collation l\
             ) AS x JOIN pg_namespace n ON n.oid = x.namespace WHERE EXISTS (SELECT FROM pg_proc p \
             JOIN pg_language l ON l.oid = p.prolang WHERE l.lanname IN ('sql', 'plpgsql') AND p.oid >= 16384) AND ",
            user_schema!()
        ))
    },
};

/// Columns of types that users, or extensions, have made.
pub(super) const COLUMNS: Question = Question {
    name: "columns of types of users",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT a.attrelid AS relation, a.attname AS name, CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid \
             END AS type FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
             JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid \
             WHERE a.attnum > 0 AND NOT a.attisdropped AND a.atttypid >= 16384 AND t.typtype IN ('b', 'd') \
             AND t.typcategory <> 'A' AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ",
            user_schema!()
        ))
    },
};

/// Where operators and functions are that no text shows: the schemas of extensions, and `public` last.
pub(super) const USUAL: Question = Question {
    name: "schemas of extensions",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(
            "SELECT n.nspname AS schema FROM pg_namespace n WHERE n.nspname = 'public' OR n.nspname !~ '^pg_' \
             AND EXISTS (SELECT FROM pg_extension e WHERE e.extnamespace = n.oid) ORDER BY n.nspname = 'public', 1",
        )
    },
};

/// These schemas.
pub(super) fn usual(database: &Database) -> Result<Vec<String>, Unseen> {
    database.rows(&USUAL)?.iter().map(|row| Ok(row.text("schema")?.to_owned())).collect()
}

/// What has a name.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) schema: String,
    pub(super) oid: u32,
    /// The kind of a relation; `alone` or `composite` of a type that is taken for no other one; of a function or
    /// operator for each of the two what `pg_catalog` takes there: 1 all composite types, 2 anything.
    pub(super) detail: String,
    /// What is left and right of an operator; of a function its first two arguments.
    pub(super) sides: [u32; 2],
}

/// What has one name.
#[derive(Default, Debug)]
pub(super) struct Named {
    pub(super) objects: Vec<Object>,
    /// Whether each is found in `pg_catalog` instead, where there is no path.
    pub(super) is_shadowed: bool,
}

/// What the schemas of users have.
#[derive(Default, Debug)]
pub(super) struct Names {
    named: HashMap<(Kind, String), Named>,
    columns: HashMap<u32, HashMap<String, u32>>,
    alone: BTreeSet<u32>,
    composite: BTreeSet<u32>,
}

impl Names {
    pub(super) fn read(database: &Database) -> Result<Self, Unseen> {
        let mut names = Self::default();
        for row in database.rows(&NAMES)? {
            let kind = match row.text("kind")? {
                "relation" => Kind::Relation,
                "function" => Kind::Function,
                "type" => Kind::Type,
                "operator" => Kind::Operator,
                "configuration" => Kind::Configuration,
                "dictionary" => Kind::Dictionary,
                _ => Kind::Collation,
            };
            let sides = [row.number("lhs")?.unwrap_or(0), row.number("rhs")?.unwrap_or(0)];
            let object = Object {
                schema: row.text("schema")?.to_owned(),
                oid: row.number("oid")?.unwrap_or(0),
                detail: row.text("detail")?.to_owned(),
                sides,
            };
            match &*object.detail {
                "alone" => names.alone.insert(object.oid),
                "composite" => names.composite.insert(object.oid),
                _ => false,
            };
            let all = names.named.entry((kind, row.text("name")?.to_owned())).or_default();
            all.is_shadowed |= row.flag("shadowed")?;
            all.objects.push(object);
        }
        for row in database.rows(&COLUMNS)? {
            let columns = names.columns.entry(row.number("relation")?.unwrap_or(0)).or_default();
            columns.insert(row.text("name")?.to_owned(), row.number("type")?.unwrap_or(0));
        }
        Ok(names)
    }

    /// What has this name; a relation's is also that of the type of its rows.
    pub(super) fn of(&self, kind: Kind, name: &str) -> Option<&Named> {
        // No copy of the name, where none has it.
        let find = |kind| self.named.get(&(kind, name.to_owned()));
        match kind {
            Kind::Type => find(Kind::Type).or_else(|| find(Kind::Relation)),
            // `citext(x)` is a cast.
            Kind::Function => find(Kind::Function).or_else(|| find(Kind::Type)),
            _ => find(kind),
        }
    }

    /// The objects that a name with a schema means; all of a name without one.
    pub(super) fn meant(&self, kind: Kind, path: &Path) -> impl Iterator<Item = &Object> {
        let objects = self.of(kind, &path.name).map(|named| &*named.objects).unwrap_or_default();
        let schema = path.schema.clone();
        objects.iter().filter(move |it| schema.as_ref().is_none_or(|schema| *schema == it.schema))
    }

    /// The type of a column, where users have made it.
    pub(super) fn column(&self, relation: u32, name: &str) -> Option<u32> {
        self.columns.get(&relation)?.get(name).copied()
    }

    /// Whether nothing of `pg_catalog` takes a type in the place of this function or operator, on one of its sides.
    pub(super) fn is_only(&self, object: &Object, side: usize, of_type: u32) -> bool {
        match object.detail.as_bytes().get(side) {
            Some(b'0') => self.alone.contains(&of_type) || self.composite.contains(&of_type),
            Some(b'1') => self.alone.contains(&of_type),
            _ => false,
        }
    }
}
