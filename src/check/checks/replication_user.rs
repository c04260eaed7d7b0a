//! Whether the role on the source may follow its changes.

use crate::attribute::Attribute;
use crate::check::prelude::*;
use crate::platform::Platform;

static ABOUT: About = About {
    name: "replication-user",
    codes: &["603104"],
    title: "the role on the source may replicate, and publish the tables",
    explanation: "A role reads the changes of others only with REPLICATION: `must be superuser or \
                  replication role to use replication slots`, up to 15, and since 16 `permission \
                  denied to use replication slots`. On AWS nobody can give that attribute, and \
                  membership in rds_replication stands for it. What is followed is a publication: \
                  creating it takes CREATE on the database (`permission denied for database …`), \
                  and it takes only tables of which the role is the owner, or a member of the owner \
                  (`must be owner of table …`). Only the online migration needs all of this, so \
                  take it back afterwards.",
    looked_at: "the connected role of the source",
    online: true,
};

const MEMBER: Question = Question {
    name: "membership in rds_replication",
    of: Of::Source,
    sql: |_| {
        Some(
            "SELECT pg_has_role(current_user, oid, 'MEMBER') AS is_member FROM pg_roles \
             WHERE rolname = 'rds_replication'",
        )
    },
};

const MAY_CREATE: Question = Question {
    name: "whether publications can be created",
    of: Of::SourceDatabases,
    sql: |_| Some("SELECT has_database_privilege(current_database(), 'CREATE') AS may_create"),
};

const OTHERS: Question = Question {
    name: "owners of tables that cannot be published",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT pg_get_userbyid(c.relowner) AS owner, count(*) AS total, \
             min(format('%I.%I', n.nspname, c.relname)) AS example FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND ",
            user_schema!(),
            " AND ",
            of_no_extension!("pg_class", "c"),
            " AND NOT pg_has_role(c.relowner, 'USAGE') GROUP BY c.relowner ORDER BY 1"
        ))
    },
};

pub(super) struct ReplicationUser;

impl Check for ReplicationUser {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&MEMBER, &MAY_CREATE, &OTHERS]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        replicates(cx, out)?;
        let answers = &cx.source.server()?.live.answers;
        let (user, me) = (&answers.user, identifier(&answers.user));
        let clean = format!("{user} may publish its tables");
        cx.each_database(out, &clean, |name, database, out| {
            let may_create = database.rows(&MAY_CREATE)?.first();
            if !may_create.map(|row| row.flag("may_create")).transpose()?.unwrap_or_default() {
                out.failed(format!("{user} has no CREATE on it, which a publication takes"))
                    .looked_at("the privileges on the database")
                    .remedy(format!(
                        "as its owner: GRANT CREATE ON DATABASE {} TO {me}",
                        identifier(name)
                    ));
            }
            for row in database.rows(&OTHERS)? {
                let owner = row.name("owner")?;
                let total: usize = row.number("total")?.unwrap_or(0);
                let example = shown(row.text("example")?);
                let found = format!(
                    "{user} is no member of {owner}, who owns {} (such as {example}): it cannot publish \
                     what it does not own",
                    count(total, "table")
                );
                out.failed(found).looked_at("the owners of the tables").remedy(
                    if cx.source.is_platforms_role(&owner) {
                        format!("give them to a role of yours, or leave them out: ALTER TABLE {example} OWNER TO …, by their owner")
                    } else if answers.may_grant(owner.as_str()) {
                        format!("GRANT {} TO {me}", identifier(&owner))
                    } else {
                        format!(
                            "as a role that may grant {owner}: GRANT {} TO {me}",
                            identifier(&owner)
                        )
                    },
                );
            }
            Ok(())
        })
    }
}

/// Whether it may use replication slots.
fn replicates(cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
    let live = &cx.source.server()?.live;
    let answers = &live.answers;
    let (user, me) = (&answers.user, identifier(&answers.user));
    let group = cx.source.rows(&MEMBER)?.first();
    let is_member = group.map(|row| row.flag("is_member")).transpose()?;
    if answers.is_superuser() {
        out.succeeded(format!("{user} is a superuser")).code("603104");
    } else if answers.attributes.contains(&Attribute::Replication) {
        out.succeeded(format!("{user} has REPLICATION")).code("603104");
    } else if is_member == Some(true) {
        out.succeeded(format!("{user} is a member of rds_replication")).code("603104");
    } else if is_member.is_some() {
        let grant = format!("GRANT rds_replication TO {me}");
        let remedy = if answers.may_grant("rds_replication") {
            grant
        } else {
            format!("as the master user: {grant}")
        };
        out.failed(format!("{user} is no member of rds_replication")).code("603104").remedy(remedy);
    } else {
        let who = if live.platform.is_none_or(Platform::admin_is_superuser) {
            "as a superuser"
        } else {
            "as the platform's administrator, where it may"
        };
        out.failed(format!("{user} has no REPLICATION"))
            .code("603104")
            .remedy(format!("{who}: ALTER ROLE {me} REPLICATION"));
    }
    Ok(())
}
