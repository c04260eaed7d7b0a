//! Locks of a dump.

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "lock-table",
    codes: &[],
    title: "the lock table has room for all tables of a database",
    explanation: "pg_dump locks every table of a database in one transaction, and pg_restore with \
                  --single-transaction every table and index that it creates: `out of shared \
                  memory`, with the hint `You might need to increase max_locks_per_transaction`. \
                  The lock table has max_locks_per_transaction places for each connection that is \
                  allowed, all servers together with some more, up to 18; Microsoft advises more \
                  than there are tables and indexes.",
    looked_at: "pg_class of the database, max_locks_per_transaction of both servers",
    online: false,
};

const RELATIONS: Question = Question {
    name: "relations that are locked",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT count(*) FILTER (WHERE c.relkind IN ('r', 'p')) AS dumped, count(*) AS restored \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'p', 'i', 'I', 'm', 'S', 'v') AND ",
            user_schema!()
        ))
    },
};

pub(super) struct Locks;

impl Check for Locks {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&RELATIONS]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let (here, there) = (places(&cx.source)?, places(&cx.target)?);
        let clean = "the lock tables of both servers have room for all of it";
        cx.each_database(out, clean, |_, database, out| {
            let Some(row) = database.rows(&RELATIONS)?.first() else { return Ok(()) };
            let number = |column| Ok(row.number::<i64>(column)?.unwrap_or(0));
            let (dumped, restored) = (number("dumped")?, number("restored")?);
            if dumped > here {
                out.warning(format!(
                    "pg_dump locks {dumped} tables, and the source's lock table has room for {here} for \
                     certain"
                ))
                .concerns(Method::PgDump)
                .remedy(
                    "raise max_locks_per_transaction of the source, which takes a restart; or dump schema \
                     by schema (pg_dump --schema)",
                );
            }
            if restored > there {
                out.warning(format!(
                    "{restored} tables and indexes, and the target's lock table has room for {there} for \
                     certain, if all are restored in one transaction"
                ))
                .concerns(Method::PgDump)
                .remedy(format!(
                    "restore without --single-transaction; or {}, and then, since it takes effect with a \
                     restart only: {}",
                    cx.azure.set_parameter("max_locks_per_transaction", "1024"),
                    cx.azure.command("restart", "")
                ));
            }
            Ok(())
        })
    }
}

/// How many locks a server has room for in any case.
fn places(side: &Side) -> Result<i64, Unseen> {
    let number =
        |name| Ok(side.setting(name)?.and_then(|setting| setting.number()).unwrap_or_default());
    let sessions = number("max_connections")? + number("max_prepared_transactions")?;
    Ok(number("max_locks_per_transaction")?.saturating_mul(sessions))
}
