//! The databases' extensions: whether the target offers them, in which version, and whether it is
//! set up to create them.

mod cron;
mod databases;
mod installed;
mod servers;
mod special;
mod there;

use crate::check::prelude::*;

use installed::{INSTALLED, Needed};
use there::{ALLOWED, There};
pub(super) use there::{AVAILABLE, versions};

static ABOUT: About = About {
    name: "extensions",
    codes: &["603108", "603109", "603405", "603406", "603407", "603408"],
    title: "the target offers the databases' extensions, and is set up to create them",
    explanation: "On a flexible server an extension passes up to three gates. It must be offered \
                  for the version (codes 603405 and 603408); its name must be in azure.extensions \
                  (603108), or CREATE EXTENSION says `Extension \"…\" is not allow-listed for \
                  \"azure_pg_admin\" users in Azure Database for PostgreSQL`; and some must be in \
                  shared_preload_libraries (603109), which takes a restart. What is offered is \
                  asked of the target where it can be reached, else taken from Azure's \
                  documentation.\n\n\
                  An extension in a system schema (603407) and a PostGIS that is older on the \
                  target (603406) stop the service, too. For some, such as timescaledb, \
                  pg_partman, pg_cron and postgres_fdw, the check says what has to be done by \
                  hand.",
    looked_at: "pg_extension of the source",
    online: false,
};

pub(super) struct Extensions;

impl Check for Extensions {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&INSTALLED, &AVAILABLE, &ALLOWED, &cron::DATABASE]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let there = There::of(cx)?;
        let needed = Needed::of(cx);
        servers::allow_list(cx, &there, &needed, out);
        servers::preload(cx, &there, &needed, out);
        cron::outside(cx, out);
        databases::each(cx, &there, out)
    }
}
