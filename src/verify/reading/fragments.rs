//! Pieces of the queries.

/// Privileges as [`Acl::read`](crate::verify::privilege::Acl::read) reads them, of a column that holds them;
/// where that is NULL, those that the class of objects has then.
macro_rules! privileges {
    ($acl:literal, $kind:literal, $owner:literal) => {
        $crate::verify::reading::fragments::exploded!(concat!(
            "coalesce(",
            $acl,
            ", acldefault(",
            $kind,
            ", ",
            $owner,
            "))"
        ))
    };
}

/// The same, of an expression that is never NULL.
macro_rules! exploded {
    ($acl:expr) => {
        concat!(
            "(SELECT string_agg(a.grantee::text || '=' || a.privilege_type || \
             CASE WHEN a.is_grantable THEN '*' ELSE '' END, ',') FROM aclexplode(",
            $acl,
            ") AS a)"
        )
    };
}

/// The schemas of users: `n` is `pg_namespace`. Nobody but the server makes one that begins with `pg_`.
macro_rules! user_schema {
    () => {
        "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    };
}

/// What belongs to no extension, and was not made along with something else: a catalog, and what it is
/// called in the query.
macro_rules! made_by_users {
    ($catalog:literal, $alias:literal) => {
        concat!(
            "NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '",
            $catalog,
            "'::regclass AND e.objid = ",
            $alias,
            ".oid AND e.objsubid = 0 AND e.deptype IN ('e', 'i'))"
        )
    };
}

/// What belongs to no extension.
macro_rules! of_no_extension {
    ($catalog:literal, $alias:literal) => {
        concat!(
            "NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '",
            $catalog,
            "'::regclass AND e.objid = ",
            $alias,
            ".oid AND e.objsubid = 0 AND e.deptype = 'e')"
        )
    };
}

pub(super) use {exploded, made_by_users, of_no_extension, privileges, user_schema};
