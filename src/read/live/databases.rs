//! Databases and their owners.

use super::Row;
use super::part::{Collected, Part};
use crate::platform::Database;

pub(super) fn part() -> Part {
    let sql = "SELECT d.datname, pg_get_userbyid(d.datdba), pg_has_role(d.datdba, 'USAGE'), \
               CASE WHEN d.datallowconn THEN pg_encoding_to_char(d.encoding) END, d.datistemplate FROM pg_database d";
    let take = |rows: &[Row], all: &mut Collected| {
        for row in rows {
            let encoding = row.get(3)?.map(str::to_owned);
            let database = Database {
                owner: row.name(1)?,
                may_alter: row.flag(2)?,
                encoding,
                is_template: row.flag(4)?,
            };
            all.answers.databases.insert(row.name(0)?, database);
        }
        Ok(())
    };
    Part { sql: sql.to_owned(), take }
}
