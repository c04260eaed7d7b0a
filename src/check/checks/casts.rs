//! Casts that users have made.

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "casts",
    codes: &["603409"],
    title: "no cast was made by users",
    explanation: "Azure's documentation contradicts itself here: the migration service does not \
                  bring casts, while members of azure_pg_admin may create them WITH FUNCTION and \
                  WITH INOUT. So they go by hand with the service, and after the types and functions that they \
                  need; pg_restore brings them. WITHOUT FUNCTION takes a superuser, and there is \
                  none. What uses a cast, such as a view or a default, cannot be restored before it \
                  is there.",
    looked_at: "pg_cast of the database",
    online: false,
};

/// The method is `b` where it takes a superuser: WITHOUT FUNCTION.
const CASTS: Question = Question {
    name: "casts made by users",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT format_type(c.castsource, NULL) AS source, \
             format_type(c.casttarget, NULL) AS target, c.castmethod \
             FROM pg_cast c WHERE ",
            made_by_users!("pg_cast", "c"),
            " ORDER BY c.oid"
        ))
    },
};

pub(super) struct Casts;

impl Check for Casts {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&CASTS]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        cx.each_database(out, "no cast was made by users", |_, database, out| {
            let rows = database.rows(&CASTS)?;
            let Some(first) = rows.first() else { return Ok(()) };
            let (mut casts, mut refused) = (Vec::new(), Vec::new());
            for row in rows {
                let (source, target) = (row.text("source")?, row.text("target")?);
                let cast = shown(&format!("({source} AS {target})"));
                if row.text("castmethod")? == "b" {
                    refused.push(cast.clone());
                }
                casts.push(cast);
            }
            out.failed(format!(
                "{}, which the migration service does not bring: {}",
                count(rows.len(), "cast"),
                some(casts, rows.len())
            ))
            .concerns(Method::Service)
            .remedy(format!(
                "create it on the target as its administrator, WITH FUNCTION or WITH INOUT, and drop \
                 it on the source in a maintenance window, since what uses it breaks: DROP CAST ({} \
                 AS {})",
                shown(first.text("source")?),
                shown(first.text("target")?)
            ));
            if !refused.is_empty() {
                out.failed(format!(
                    "{} WITHOUT FUNCTION, which takes a superuser to create, and the target has none: {}",
                    count(refused.len(), "cast"),
                    some(&refused, refused.len())
                ))
                .no_code()
                .concerns(Method::PgDump)
                .remedy(
                    "create it on the target WITH INOUT, and leave it out of the restore: pg_restore --use-list",
                );
            }
            Ok(())
        })
    }
}
