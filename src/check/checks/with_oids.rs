//! Tables WITH OIDS.

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "with-oids",
    codes: &["603404"],
    title: "no table is WITH OIDS, which are no more since 12",
    explanation: "Until 11 a table could have a hidden column oid in each row, and 12 did away \
                  with that: `tables declared WITH OIDS are not supported`, it says, and its \
                  pg_dump leaves the column out. The migration service has the code 603404 for it. \
                  Drop the column with ALTER TABLE … SET WITHOUT OIDS, which rewrites the table \
                  under a lock. Where an application reads the column, copy it into an ordinary \
                  one before.",
    looked_at: "pg_class of the database",
    online: false,
};

const WITH_OIDS: Question = Question {
    name: "tables WITH OIDS",
    of: Of::SourceDatabases,
    sql: |major| {
        (major < Major::new(12)).then_some(concat!(
            "SELECT count(*) OVER () AS total, n.nspname AS schema, c.relname AS name FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relhasoids \
             AND c.relkind IN ('r', 'p', 'f') AND ",
            user_schema!(),
            " AND ",
            of_no_extension!("pg_class", "c"),
            " ORDER BY 2, 3 LIMIT 5"
        ))
    },
};

pub(super) struct WithOids;

impl Check for WithOids {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&WITH_OIDS]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        if cx.source.server()?.live.answers.major >= Major::new(12) {
            out.succeeded("no server since 12 has tables WITH OIDS")
                .looked_at("server_version of the source");
            return Ok(());
        }
        cx.each_database(out, "no table is WITH OIDS", |_, database, out| {
            let rows = database.rows(&WITH_OIDS)?;
            if let (Some(list), Some(first)) = (listed(rows, "table")?, rows.first()) {
                let without = format!(
                    "where nothing reads the column oid, in a maintenance window, since it locks and \
                     rewrites the table: ALTER TABLE {} SET WITHOUT OIDS",
                    shown(&qualified(first)?)
                );
                out.failed(format!("WITH OIDS, with which the migration service stops: {list}"))
                    .concerns(Method::Service)
                    .remedy(&without);
                out.warning(format!("WITH OIDS: {list}; pg_dump leaves the column oid out"))
                    .no_code()
                    .concerns(Method::PgDump)
                    .remedy("where something reads it, copy it into an ordinary column before");
            }
            Ok(())
        })
    }
}
