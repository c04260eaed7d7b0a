//! Settings of roles, of roles in one database, of databases and of all roles.

use super::part::{Collected, Part, fact};
use super::{LiveError, Row};
use crate::globals::{SettingKey, SettingName, Value};
use crate::name::Name;

pub(super) fn part() -> Part {
    let sql = "SELECT s.setrole, r.rolname, s.setdatabase, d.datname, c FROM pg_db_role_setting s \
               LEFT JOIN pg_roles r ON r.oid = s.setrole \
               LEFT JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) AS c";
    Part { sql: sql.to_owned(), take: collect }
}

fn collect(rows: &[Row], all: &mut Collected) -> Result<(), LiveError> {
    for row in rows {
        // One whose role or database was dropped is nobody's.
        let owner = |oid: usize, name: usize| -> Result<Option<Option<Name>>, LiveError> {
            Ok(match (row.text(oid)?, row.name_or_null(name)?) {
                ("0", _) => Some(None),
                (_, Some(name)) => Some(Some(name)),
                _ => None,
            })
        };
        let (Some(role), Some(database)) = (owner(0, 1)?, owner(2, 3)?) else { continue };
        // Nobody may set anything for the server's own roles.
        if role.as_ref().is_some_and(|role| !all.globals.roles.contains_key(role)) {
            continue;
        }
        let setting = row.text(4)?.split_once('=').filter(|(name, _)| !name.is_empty());
        let (name, value) = setting.ok_or_else(|| row.unfit(4, "a setting without ="))?;
        let name = SettingName::new(name);
        let value = Value::stored(&name, value);
        all.globals.settings.insert(SettingKey { database, role, name }, fact(value));
    }
    Ok(())
}
