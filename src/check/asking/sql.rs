//! What several questions have in common.

/// The schemas of users: `n` is `pg_namespace`. Nobody but the server makes one that begins with
/// `pg_`.
macro_rules! user_schema {
    () => {
        "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    };
}

/// What belongs to no extension: a catalog, and what it is called in the query.
macro_rules! of_no_extension {
    ($catalog:literal, $alias:literal) => {
        concat!(
            "NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_catalog.",
            $catalog,
            "'::regclass AND e.objid = ",
            $alias,
            ".oid AND e.deptype = 'e')"
        )
    };
}

/// What was made by users (`FirstNormalObjectId`), belongs to no extension, and was not made by the
/// server along with something else, such as the constructors of a range type.
macro_rules! made_by_users {
    ($catalog:literal, $alias:literal) => {
        concat!(
            $alias,
            ".oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend e \
             WHERE e.classid = 'pg_catalog.",
            $catalog,
            "'::regclass AND e.objid = ",
            $alias,
            ".oid AND e.deptype IN ('e', 'i'))"
        )
    };
}

pub(in crate::check) use {made_by_users, of_no_extension, user_schema};
