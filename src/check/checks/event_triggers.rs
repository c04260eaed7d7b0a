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
                  extension. pg_restore goes on after the error unless it was told to stop, and \
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
            let mut triggers: Vec<String> = Vec::new();
            for row in database.rows(&TRIGGERS)? {
                if !cx.source.is_platforms_role(&row.name("owner")?) {
                    triggers.push(format!("{} (on {})", row.name("evtname")?, row.text("evtevent")?));
                }
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
