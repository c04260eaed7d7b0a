//! Casts that users have made.

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "casts",
    codes: &["603409"],
    title: "no cast was made by users",
    explanation: "Azure's documentation contradicts itself here: the migration service does not \
                  bring casts, while members of azure_pg_admin may create them WITH FUNCTION and \
                  WITH INOUT. So they go by hand with the service, and after the types and functions that they \
                  need; pg_restore brings those of which one type is the user's own. PostgreSQL lets only \
                  the owner of one of its two types create a cast: `must be owner of type … or type \
                  …`, so one between types of the server or of extensions takes a superuser; \
                  for a flexible server that is not confirmed. WITHOUT FUNCTION always takes a \
                  superuser, and there is none. What uses a cast, such as a view or a default, cannot be restored before it \
                  is there.",
    looked_at: "pg_cast of the database",
    online: false,
};

/// The method is `b` where it takes a superuser: WITHOUT FUNCTION. `is_own` is false where neither type can belong
/// to a role of the target (`CreateCast` in `src/backend/commands/functioncmds.c`); an array belongs to the owner of
/// its elements' type.
const CASTS: Question = Question {
    name: "casts made by users",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT format_type(c.castsource, NULL) AS source, \
             format_type(c.casttarget, NULL) AS target, c.castmethod, \
             EXISTS (SELECT FROM pg_type t WHERE t.oid IN (c.castsource, c.casttarget) AND t.oid >= 16384 \
             AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_catalog.pg_type'::regclass \
             AND e.objid IN (t.oid, t.typelem) AND e.deptype = 'e')) AS is_own \
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
        // Where the target cannot be asked, it is taken for what the program is for.
        let target = cx.target.server.as_ref().ok().map(|server| server.live.platform);
        let is_azure = target.is_none_or(|it| it.is_some_and(|it| it.name() == "azure"));
        cx.each_database(out, "no cast was made by users", |_, database, out| {
            let rows = database.rows(&CASTS)?;
            let Some(first) = rows.first() else { return Ok(()) };
            let (mut casts, mut refused, mut foreign) = (Vec::new(), Vec::new(), Vec::new());
            for row in rows {
                let (source, target) = (row.text("source")?, row.text("target")?);
                let cast = shown(&format!("({source} AS {target})"));
                if row.text("castmethod")? == "b" {
                    refused.push(cast.clone());
                } else if !row.flag("is_own")? {
                    foreign.push(cast.clone());
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
                    "on the source, replace it by one WITH FUNCTION where one of its types is yours, else by a \
                     function that is called; or leave it out of the restore (pg_restore --use-list), and what uses it",
                );
            }
            if !foreign.is_empty() {
                let found = format!(
                    "{} between types that are the server's or an extension's: {}: PostgreSQL lets only the owner \
                     of one of them create it",
                    count(foreign.len(), "cast"),
                    some(&foreign, foreign.len())
                );
                let outcome = if is_azure {
                    out.warning(format!("{found}; by the documentation azure_pg_admin may"))
                } else {
                    out.failed(format!("{found}, a superuser, and the target has none"))
                };
                outcome.no_code().concerns(Method::PgDump).remedy(
                    "try it on the target as its administrator, with its function, before the restore; where it is \
                     refused, call the function in its place on the source, or leave the cast out of the restore \
                     (pg_restore --use-list), and what uses it",
                );
            }
            Ok(())
        })
    }
}
