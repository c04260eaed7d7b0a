//! Event triggers.

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "event-triggers",
    codes: &[],
    title: "there are no event triggers, which take a superuser to create",
    explanation: "PostgreSQL lets only superusers create event triggers: `permission denied to \
                  create event trigger \"…\"`, with the hint `Must be superuser to create an event \
                  trigger`. Some platforms let their administrators do it; for flexible servers \
                  that is not confirmed, so the check warns. Those of extensions come with the \
                  extension. AWS DMS leaves one that belongs to the platform's superuser. pg_restore goes on after the error unless it was told to stop, and \
                  the trigger is missing then.",
    looked_at: "pg_event_trigger of the database",
    online: false,
};

const TRIGGERS: Question = Question {
    name: "event triggers",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT t.evtname, pg_get_userbyid(t.evtowner) AS owner, t.evtevent FROM pg_event_trigger t \
             WHERE ",
            of_no_extension!("pg_event_trigger", "t"),
            " ORDER BY 1"
        ))
    },
};

pub(super) struct EventTriggers;

impl Check for EventTriggers {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&TRIGGERS]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        cx.each_database(out, "the database has no event triggers", |_, database, out| {
            let (mut triggers, mut platforms) = (Vec::new(), Vec::new());
            for row in database.rows(&TRIGGERS)? {
                let owner = row.name("owner")?;
                let trigger = format!("{} (on {})", row.name("evtname")?, row.text("evtevent")?);
                if cx.source.is_platforms_role(&owner) {
                    platforms.push(trigger);
                } else {
                    triggers.push(trigger);
                }
            }
            if !platforms.is_empty() {
                out.warning(format!(
                    "{} of the platform's superuser, which the dump has all the same: {}",
                    count(platforms.len(), "event trigger"),
                    some(&platforms, platforms.len())
                ))
                .remedy(
                    "restore without it (pg_restore --use-list), and without the function that it calls, \
                     if nothing else does",
                );
            }
            if !triggers.is_empty() {
                out.warning(format!(
                    "{}, which a role that is no superuser may not be able to create: {}",
                    count(triggers.len(), "event trigger"),
                    some(&triggers, triggers.len())
                ))
                .remedy(
                    "restore without them (pg_restore --use-list), and try CREATE EVENT TRIGGER on the \
                     target as its administrator",
                );
            }
            Ok(())
        })
    }
}
