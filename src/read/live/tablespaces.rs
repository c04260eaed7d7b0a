//! Tablespaces with their options, privileges and comments.

use super::part::{Collected, Part, fact};
use super::{LiveError, Row};
use crate::connect::name;
use crate::globals::{Grantee, Tablespace};

pub(super) fn part() -> Part {
    let sql = "SELECT t.oid, t.spcname, o.rolname, pg_tablespace_location(t.oid), d.description \
               FROM pg_tablespace t LEFT JOIN pg_roles o ON o.oid = t.spcowner \
               LEFT JOIN pg_shdescription d ON d.objoid = t.oid AND d.classoid = 'pg_tablespace'::regclass \
               WHERE t.spcname !~ '^pg_'";
    let take = |rows: &[Row], all: &mut Collected| {
        for row in rows {
            let name = row.name(1)?;
            all.tablespaces.insert(row.text(0)?.to_owned(), name.clone());
            let tablespace = Tablespace {
                created: fact(()),
                owner: row.name_or_null(2)?.map(fact),
                location: row.text(3)?.into(),
                comment: row.get(4)?.map(|text| fact(text.into())),
                ..Tablespace::default()
            };
            all.globals.tablespaces.insert(name, tablespace);
        }
        Ok(())
    };
    Part { sql: sql.to_owned(), take }
}

pub(super) fn options() -> Part {
    let sql = "SELECT t.spcname, o FROM pg_tablespace t, unnest(t.spcoptions) AS o";
    let take = |rows: &[Row], all: &mut Collected| {
        for row in rows {
            let Some(tablespace) = all.globals.tablespaces.get_mut(row.text(0)?) else { continue };
            let option = row.text(1)?.split_once('=');
            let (option, value) = option.ok_or_else(|| row.unfit(1, "an option without ="))?;
            let option = name(option).map_err(|what| row.unfit(1, what))?;
            tablespace.options.insert(option, fact(value.into()));
        }
        Ok(())
    };
    Part { sql: sql.to_owned(), take }
}

/// What the owner has from the start is in no dump either; what it has from others is.
pub(super) fn grants() -> Part {
    let sql = "SELECT t.spcname, a.grantee, e.rolname, b.rolname, a.grantor = t.spcowner, a.is_grantable \
               FROM pg_tablespace t, aclexplode(t.spcacl) AS a \
               LEFT JOIN pg_roles e ON e.oid = a.grantee LEFT JOIN pg_roles b ON b.oid = a.grantor \
               WHERE a.privilege_type = 'CREATE' AND NOT (a.grantee = t.spcowner AND a.grantor = t.spcowner AND NOT a.is_grantable)";
    let take = |rows: &[Row], all: &mut Collected| {
        for row in rows {
            let Some(tablespace) = all.globals.tablespaces.get_mut(row.text(0)?) else { continue };
            let Some(to) = grantee(row, 1, 2)? else { continue };
            let by = if row.flag(4)? { None } else { row.name_or_null(3)? };
            tablespace.grants.insert((to, by), fact(row.flag(5)?));
        }
        Ok(())
    };
    Part { sql: sql.to_owned(), take }
}

/// Who a privilege belongs to; none for a role that is gone.
pub(super) fn grantee(row: &Row, oid: usize, name: usize) -> Result<Option<Grantee>, LiveError> {
    Ok(match (row.text(oid)?, row.name_or_null(name)?) {
        ("0", _) => Some(Grantee::Public),
        (_, Some(name)) => Some(Grantee::Role(name)),
        _ => None,
    })
}
