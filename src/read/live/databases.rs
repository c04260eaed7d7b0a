//! Databases and their owners.

use super::{Collected, Part, Row};
use crate::platform::Database;

pub(super) fn part() -> Part {
    let sql = "SELECT d.datname, pg_get_userbyid(d.datdba), pg_has_role(d.datdba, 'USAGE') \
               FROM pg_database d";
    let take = |rows: &[Row], all: &mut Collected| {
        for row in rows {
            let database = Database { owner: row.name(1)?, may_alter: row.flag(2)? };
            all.answers.databases.insert(row.name(0)?, database);
        }
        Ok(())
    };
    Part { sql: sql.to_owned(), take }
}
