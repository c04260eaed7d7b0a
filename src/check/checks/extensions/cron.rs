//! The jobs of `pg_cron`, which are in one database for all.

use crate::check::prelude::*;

/// In `pg_settings` it is only for members of `pg_read_all_settings`, and where the library is loaded.
pub(super) const DATABASE: Question = Question {
    name: "cron.database_name",
    of: Of::Source,
    sql: |major| {
        (major > Major::OLDEST)
            .then_some("SELECT current_setting('cron.database_name', true) AS value")
    },
};

/// Whether the jobs stay behind, since their database does.
pub(super) fn outside(cx: &Context, out: &mut Outcomes<'_>) {
    let row = cx.source.rows(&DATABASE).ok().and_then(|rows| rows.first());
    // Who may not see it sees no library either, of which another line says so.
    let Some(name) = row.and_then(|row| row.name_or_null("value").ok().flatten()) else { return };
    if cx.source.databases.contains_key(&name) {
        return;
    }
    out.warning(format!(
        "pg_cron of the source has its jobs in {name} (cron.database_name), which is not among the databases: \
         they stay behind, those that run in other databases, too"
    ))
    .looked_at("cron.database_name of the source")
    .remedy(format!(
        "see which there are, in {name}: SELECT jobname, schedule, command, database, username FROM cron.job; and \
         schedule them on the target afterwards, in its own cron.database_name: SELECT cron.schedule_in_database(…)"
    ));
}
