//! Large objects.

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "large-objects",
    codes: &[],
    title: "there are no large objects, which the migration service can be told to leave out",
    explanation: "With azure.migration_skip_large_objects on, the migration service leaves all \
                  large objects out, and nothing that refers to them says so. With it off, or with \
                  pg_dump and pg_restore, they come one by one, which takes long where there are \
                  millions. Whether they are needed nobody but the applications can tell: columns \
                  of type oid, or lo, refer to them. vacuumlo removes those to which nothing \
                  refers.",
    looked_at: "pg_largeobject_metadata of the database",
    online: false,
};

/// How many were there when it was last analyzed, at most 0 where it never was.
const LARGE: Question = Question {
    name: "large objects",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(
            "SELECT EXISTS (SELECT FROM pg_largeobject_metadata) AS is_there, \
             (SELECT reltuples::bigint FROM pg_class \
             WHERE oid = 'pg_largeobject_metadata'::regclass) AS estimate, \
             pg_size_pretty(pg_relation_size('pg_largeobject')) AS size",
        )
    },
};

const SKIPPED: Question = Question {
    name: "azure.migration_skip_large_objects",
    of: Of::Target,
    sql: |major| {
        (major > Major::OLDEST).then_some(
            "SELECT current_setting('azure.migration_skip_large_objects', true) AS value",
        )
    },
};

pub(super) struct LargeObjects;

impl Check for LargeObjects {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&LARGE, &SKIPPED]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        const NAME: &str = "azure.migration_skip_large_objects";
        let told = cx.azure.parameters.as_ref().and_then(|all| all.get(NAME)?.value.as_deref());
        let live = cx.target.rows_unless_told(told.is_some(), &SKIPPED);
        let live = live.and_then(|rows| rows.first()?.get("value").ok()?);
        let skipped = live.filter(|it| !it.is_empty()).or(told);
        let skipped = skipped.map(|value| value.eq_ignore_ascii_case("on"));
        cx.each_database(out, "the database has no large objects", |_, database, out| {
            let rows = database.rows(&LARGE)?;
            let Some(row) = rows.first() else { return Ok(()) };
            if !row.flag("is_there")? {
                return Ok(());
            }
            let number = match row.number::<i64>("estimate")? {
                Some(number @ 1..) => format!("about {number} large objects"),
                _ => "large objects".to_owned(),
            };
            let found = format!("it has {number}, in {}", row.text("size")?);
            let set = cx.azure.set_parameter(NAME, "off");
            let outcome = match skipped {
                Some(true) => out
                    .failed(format!("{found}, and {NAME} is on: the migration service leaves them out"))
                    .remedy(format!("where they are needed: {set}")),
                Some(false) => out
                    .warning(format!(
                        "{found}: the migration service brings them one by one, since {NAME} is off"
                    ))
                    .remedy("see that they are still needed: vacuumlo finds those that nothing refers to"),
                None => out
                    .warning(format!(
                        "{found}: the migration service brings them one by one, unless {NAME} is on"
                    ))
                    .remedy(format!("where they are needed, see that it is off: {set}")),
            };
            outcome.concerns(Method::Service);
            Ok(())
        })
    }
}
