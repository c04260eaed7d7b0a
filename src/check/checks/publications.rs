//! Publications and subscriptions.

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "publications",
    codes: &[],
    title: "there are no publications and subscriptions, which the migration service does not bring",
    explanation: "The migration service brings neither publications nor subscriptions. pg_dump \
                  does, but a subscription comes disabled, and its slot on the other server stays \
                  with the source. A subscriber of this source has to begin anew with the target's \
                  publication. A publication FOR ALL TABLES, FOR ALL SEQUENCES or FOR TABLES IN SCHEMA takes a superuser: \
                  `must be superuser to create FOR ALL TABLES publication`; pg_restore goes on \
                  without it, or, for a schema, with one that publishes nothing. Two subscriptions must not use one slot at the same time, so \
                  disable the source's before the target's is enabled, and drop what is left \
                  behind, since a slot that nobody reads fills the disk.",
    looked_at: "pg_publication and pg_subscription of the database",
    online: false,
};

/// What of a publication takes a superuser (`CreatePublication` and `AlterPublicationOptions` in
/// `src/backend/commands/publicationcmds.c`). Never how a subscription connects: passwords are among that.
macro_rules! both {
    ($wide:expr) => {
        concat!(
            "SELECT 'publication' AS kind, p.pubname AS name, NULL AS slot, NULL AS publications, ",
            $wide,
            " AS wide FROM pg_publication p WHERE ",
            of_no_extension!("pg_publication", "p"),
            " UNION ALL SELECT 'subscription', s.subname, quote_literal(s.subslotname), \
             (SELECT string_agg(quote_ident(x), ', ') FROM unnest(s.subpublications) AS x), NULL \
             FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database() \
             ORDER BY 1, 2"
        )
    };
}

macro_rules! both_of_schemas {
    ($case:literal) => {
        both!(concat!($case, "(SELECT 'TABLES IN SCHEMA ' || string_agg(quote_ident(n.nspname), ', ' ORDER BY n.nspname) \
         FROM pg_publication_namespace s JOIN pg_namespace n ON n.oid = s.pnnspid WHERE s.pnpubid = p.oid) END"))
    };
}

const BOTH: Question = Question {
    name: "publications and subscriptions",
    of: Of::SourceDatabases,
    sql: |major| match major.number() {
        ..10 => None,
        10..15 => Some(both!("CASE WHEN p.puballtables THEN 'ALL TABLES' END")),
        15..19 => Some(both_of_schemas!("CASE WHEN p.puballtables THEN 'ALL TABLES' ELSE ")),
        19.. => Some(both_of_schemas!(
            "CASE WHEN p.puballtables AND p.puballsequences THEN 'ALL TABLES, ALL SEQUENCES' \
                 WHEN p.puballtables THEN 'ALL TABLES' WHEN p.puballsequences THEN 'ALL SEQUENCES' ELSE "
        )),
    },
};

pub(super) struct Publications;

impl Check for Publications {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&BOTH]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let target = cx.target.server.as_ref().ok();
        let is_superuser = target.is_some_and(|server| server.live.answers.is_superuser());
        cx.each_database(out, "the database has no publications and no subscriptions", |_, database, out| {
            let rows = database.rows(&BOTH)?;
            let (mut publications, mut subscriptions) = (Vec::new(), Vec::new());
            let mut wide = Vec::new();
            for row in rows {
                match row.text("kind")? {
                    "publication" => {
                        let name = row.name("name")?;
                        wide.extend(row.get("wide")?.map(|what| (name.clone(), shown(what))));
                        publications.push(name);
                    }
                    _ => subscriptions.push(row),
                }
            }
            for (name, what) in wide.iter().filter(|_| !is_superuser) {
                let by_name = identifier(name);
                let of_schemas = what.starts_with("TABLES");
                let outcome = if of_schemas {
                    out.failed(format!(
                        "the publication {name} FOR {what}: only a superuser can add schemas, the target has none, \
                         and pg_restore creates it without them"
                    ))
                } else {
                    out.failed(format!(
                        "the publication {name} FOR {what} takes a superuser to create, and the target has none: \
                         pg_restore goes on without it"
                    ))
                };
                let statement = match (of_schemas, what.contains("SEQUENCES")) {
                    (true, _) => format!("ALTER PUBLICATION {by_name} ADD TABLE …"),
                    (false, false) => format!("CREATE PUBLICATION {by_name} FOR TABLE …"),
                    (false, true) => format!("CREATE PUBLICATION {by_name} FOR TABLE …, without sequences"),
                };
                outcome.concerns(Method::PgDump).remedy(format!(
                    "after the restore, where it is still needed, on the target as the owner of its tables, with \
                     each of them, and later with each new one: {statement}"
                ));
            }
            if !publications.is_empty() {
                out.warning(format!(
                    "{}: {}",
                    count(publications.len(), "publication"),
                    some(&publications, publications.len())
                ))
                .remedy(
                    "create it on the target after the migration, and let the subscribers begin anew",
                );
            }
            for row in subscriptions {
                let name = row.name("name")?;
                match row.get("slot")? {
                    Some(slot) => out
                        .warning(format!("the subscription {name}"))
                        .remedy(take_over(&identifier(&name), slot, row.text("publications")?)),
                    None => out
                        .warning(format!("the subscription {name}, which has no slot, and gets nothing"))
                        .remedy("create it on the target after the migration, if it is still needed"),
                };
            }
            Ok(())
        })
    }
}

/// The slot on the publisher keeps what is written there meanwhile.
fn take_over(name: &str, slot: &str, publications: &str) -> String {
    let (slot, publications) = (shown(slot), shown(publications));
    format!(
        "before the final dump, on the source: ALTER SUBSCRIPTION {name} DISABLE; ALTER SUBSCRIPTION \
         {name} SET (slot_name = NONE); after the restore, on the target: CREATE SUBSCRIPTION {name} \
         CONNECTION '…' PUBLICATION {publications} WITH (create_slot = false, slot_name = {slot}, \
         copy_data = false); what the source had applied, and not yet confirmed, comes again"
    )
}
