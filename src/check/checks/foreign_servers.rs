//! Foreign servers, and who logs in to them.

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "foreign-servers",
    codes: &[],
    title: "there are no foreign servers, which the target would have to reach",
    explanation: "A foreign server is an address and a login at another server, and both have to \
                  be right from the target's network, not from the source's. Passwords of user \
                  mappings are not readable for everybody and are in no dump that was made by \
                  others. By Azure's documentation the migration service does not bring databases \
                  with postgres_fdw from outside Azure. Foreign tables come with the databases, \
                  and fail when they are read, not when they are restored.",
    looked_at: "pg_foreign_server and pg_user_mappings of the database",
    online: false,
};

/// Never their options: passwords are among them.
const SERVERS: Question = Question {
    name: "foreign servers",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT s.srvname, w.fdwname, \
             (SELECT count(*) FROM pg_user_mappings m WHERE m.srvid = s.oid) AS mappings, \
             (SELECT count(*) FROM pg_foreign_table t WHERE t.ftserver = s.oid) AS tables, ",
            of_no_extension!("pg_foreign_data_wrapper", "w"),
            " AS is_of_no_extension FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw WHERE ",
            of_no_extension!("pg_foreign_server", "s"),
            " ORDER BY 1"
        ))
    },
};

pub(super) struct ForeignServers;

impl Check for ForeignServers {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&SERVERS]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        cx.each_database(out, "the database has no foreign servers", |_, database, out| {
            for row in database.rows(&SERVERS)? {
                let name = row.name("srvname")?;
                let wrapper = row.name("fdwname")?;
                let mappings = count(row.number("mappings")?.unwrap_or(0), "user mapping");
                let tables = count(row.number("tables")?.unwrap_or(0), "foreign table");
                let found = format!("{name} by {wrapper}, with {mappings} and {tables}");
                if row.flag("is_of_no_extension")? {
                    out.failed(format!(
                        "{found}; the wrapper is of no extension: creating it takes a superuser, and \
                         the target has none"
                    ))
                    .remedy(
                        "do without it, or use a wrapper of an extension that the target offers; \
                         pg_restore --use-list leaves it out",
                    );
                    continue;
                }
                if wrapper.as_str() == "postgres_fdw" {
                    out.warning(format!(
                        "{found}: the migration service does not bring databases with postgres_fdw from \
                         outside Azure"
                    ))
                    .concerns(Method::Service)
                    .remedy("migrate this database with pg_dump, or drop it on the source");
                }
                out.warning(found).remedy(
                    "create it on the target after the migration, with its user mappings and their \
                     passwords, and see that the target reaches the other server",
                );
            }
            Ok(())
        })
    }
}
