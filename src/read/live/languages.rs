//! Whether the connected role can have the library of PL/pgSQL loaded, which defines `plpgsql.*`.

use super::Row;
use super::part::{Collected, Part};

/// Only the language that PostgreSQL brings: anything else of its name is somebody else's program.
pub(super) fn part() -> Part {
    let sql = "SELECT has_language_privilege(l.oid, 'USAGE') FROM pg_language l \
               JOIN pg_proc p ON p.oid = l.laninline \
               WHERE l.lanname = 'plpgsql' AND l.lanpltrusted AND p.proname = 'plpgsql_inline_handler' \
               AND p.pronamespace = 'pg_catalog'::regnamespace AND p.probin::text = '$libdir/plpgsql'";
    let take = |rows: &[Row], all: &mut Collected| {
        for row in rows {
            all.answers.loads_plpgsql |= row.flag(0)?;
        }
        Ok(())
    };
    Part { sql: sql.to_owned(), take }
}
