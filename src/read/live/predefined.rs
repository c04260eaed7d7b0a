//! Which roles are the server's own.

use super::Probe;
use crate::platform::predefined;
use crate::version::Major;

/// Whether the role `alias` is one of the server's own: what `initdb` makes has an oid below
/// `FirstNormalObjectId` (`src/include/access/transam.h`), and platforms bring roles of later versions
/// themselves. Before 9.6 `pg_…` was a name like any other, and a superuser can write one into the
/// catalog.
pub(super) fn is_predefined(alias: &str, probe: &Probe) -> String {
    let known = if probe.major > Major::OLDEST {
        let names: Vec<_> = predefined::names().map(|name| format!("'{name}'")).collect();
        format!(" OR {alias}.rolname IN ({})", names.join(", "))
    } else {
        String::new()
    };
    format!("({alias}.rolname ~ '^pg_' AND ({alias}.oid < 16384{known}))")
}
