//! What the role that migrates may do on the source.

use crate::check::prelude::*;
use crate::platform::{Answers, Platform};

static ABOUT: About = About {
    name: "source-user",
    codes: &["603110"],
    title: "the role on the source owns the databases, and reads everything in them",
    explanation: "pg_dump locks and reads every table, and stops at the first that it may not: \
                  `permission denied for table …`. The migration service asks for the databases' \
                  owner. On 14 and later pg_read_all_data is enough to read. Row security is \
                  another matter: where policies apply to the role, pg_dump ends with `query would \
                  be affected by row-level security policy for table \"…\"`, rather than with a \
                  part of the rows; BYPASSRLS or the tables' owner is the way out.",
    looked_at: "the connected role's privileges in the database",
    online: false,
};

const OWNER: Question = Question {
    name: "ownership of the database",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(
            "SELECT pg_get_userbyid(d.datdba) AS owner, pg_has_role(d.datdba, 'USAGE') AS is_own, \
             r.rolsuper \
             FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba \
             WHERE d.datname = current_database()",
        )
    },
};

const UNREADABLE: Question = Question {
    name: "tables that cannot be read",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT count(*) OVER () AS total, n.nspname AS schema, c.relname AS name FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'p', 'S') AND ",
            user_schema!(),
            " AND NOT (has_schema_privilege(n.oid, 'USAGE') AND \
             has_table_privilege(c.oid, 'SELECT')) AND ",
            of_no_extension!("pg_class", "c"),
            " ORDER BY 2, 3 LIMIT 5"
        ))
    },
};

/// Large objects that a dump cannot read: it opens each (`pg_largeobject_aclmask_snapshot` in
/// `src/backend/catalog/aclchk.c`). Materialized views are filled anew.
const LARGE: Question = Question {
    name: "large objects that cannot be read",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(
            "SELECT count(*) AS total, min(m.oid::bigint) AS first FROM pg_largeobject_metadata m \
             WHERE NOT current_setting('lo_compat_privileges')::boolean AND NOT pg_has_role(m.lomowner, 'USAGE') \
             AND NOT EXISTS (SELECT FROM aclexplode(m.lomacl) AS a WHERE a.privilege_type = 'SELECT' \
             AND CASE WHEN a.grantee = 0 THEN true ELSE pg_has_role(a.grantee, 'USAGE') END) HAVING count(*) > 0",
        )
    },
};

/// Policies hide rows from whoever is not exempt; `pg_dump` stops rather than leave them out.
const HIDDEN: Question = Question {
    name: "tables with policies for the connected role",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT count(*) OVER () AS total, n.nspname AS schema, c.relname AS name FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'p') AND c.relrowsecurity AND ",
            user_schema!(),
            " AND row_security_active(c.oid) ORDER BY 2, 3 LIMIT 5"
        ))
    },
};

pub(super) struct SourceUser;

impl Check for SourceUser {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&OWNER, &UNREADABLE, &LARGE, &HIDDEN]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let live = &cx.source.server()?.live;
        let answers = &live.answers;
        let user = &answers.user;
        let me = identifier(user);
        let clean =
            format!("{user} owns it, or is a member of its owner, and reads everything in it");
        cx.each_database(out, &clean, |name, database, out| {
            if let Some(row) = database.rows(&OWNER)?.first()
                && !row.flag("is_own")?
            {
                let owner = row.name("owner")?;
                // Nobody shall become a member of a superuser, or may of a platform's role.
                let remedy = if cx.source.is_platforms_role(&owner) {
                    // Nobody can log in as that.
                    "leave it out: --database names those that are migrated; or dump it with pg_dump, \
                     which takes no more than the right to read"
                        .to_owned()
                } else if row.flag("rolsuper")? {
                    format!(
                        "ALTER DATABASE {} OWNER TO {me}, by {owner} or another superuser; or leave it \
                         out: --database names those that are migrated",
                        identifier(name)
                    )
                } else {
                    granted(live.platform, answers, &owner)
                };
                out.failed(format!("{user} is neither its owner {owner} nor a member of it"))
                    .concerns(Method::Service)
                    .looked_at("pg_database of the source")
                    .remedy(remedy);
            }
            if let Some(list) = listed(database.rows(&UNREADABLE)?, "relation")? {
                let all = if answers.major >= Major::new(14) {
                    let everything = granted(live.platform, answers, &Name::new("pg_read_all_data"));
                    format!(
                        "{everything} (it opens pg_authid, too, and would be copied: REVOKE it after the \
                         dump); or as their owner: "
                    )
                } else {
                    "as their owner: ".to_owned()
                };
                out.failed(format!("{user} cannot read {list}")).remedy(format!(
                    "{all}GRANT USAGE ON SCHEMA … TO {me}; GRANT SELECT ON ALL TABLES IN SCHEMA … TO \
                     {me}; GRANT SELECT ON ALL SEQUENCES IN SCHEMA … TO {me}"
                ));
            }
            if let Some(row) = database.rows(&LARGE)?.first() {
                let total: usize = row.number("total")?.unwrap_or_default();
                let first = shown(row.text("first")?);
                let objects = count(total, "large object");
                out.failed(format!("{user} cannot read {objects}, {first} among them")).remedy(format!(
                    "as their owner: GRANT SELECT ON LARGE OBJECT {first} TO {me}; and so on for each"
                ));
            }
            if let Some(list) = listed(database.rows(&HIDDEN)?, "table")? {
                out.failed(format!("a dump stops, since policies may hide rows from {user}, in {list}"))
                    .remedy(exempt(live.platform, answers));
            }
            Ok(())
        })
    }
}

/// How the connected role becomes a member of `role`: by itself, or by whoever may grant that.
fn granted(platform: Option<&Platform>, answers: &Answers, role: &Name) -> String {
    let managed = platform.is_some_and(|platform| !platform.admin_is_superuser());
    let superuser = if managed { "as" } else { "as a superuser, or" };
    let grant = format!("GRANT {} TO {}", identifier(role), identifier(&answers.user));
    if answers.may_grant(role.as_str()) {
        grant
    } else if answers.major < Major::new(16) {
        format!("{superuser} a role with CREATEROLE: {grant}")
    } else {
        format!("{superuser} a role with the ADMIN option on {role}: {grant}")
    }
}

/// How the connected role sees all rows: before 16 it takes a superuser to exempt it.
fn exempt(platform: Option<&Platform>, answers: &Answers) -> String {
    let owner = "migrate as the tables' owner, where they have no FORCE ROW LEVEL SECURITY";
    let exempt = format!("ALTER ROLE {} BYPASSRLS; or {owner}", identifier(&answers.user));
    let managed = platform.filter(|platform| !platform.admin_is_superuser());
    match managed {
        Some(platform) if answers.major < Major::new(16) => {
            format!("{owner}: nobody may give BYPASSRLS on {} before 16", platform.title())
        }
        Some(_) => format!(
            "as a role with CREATEROLE, BYPASSRLS and the ADMIN option on {}: {exempt}",
            answers.user
        ),
        None => format!("as a superuser: {exempt}"),
    }
}
