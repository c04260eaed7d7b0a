//! Publications and subscriptions.

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "publications",
    codes: &[],
    title: "there are no publications and subscriptions, which the migration service does not bring",
    explanation: "The migration service brings neither publications nor subscriptions. pg_dump \
                  does, but a subscription comes disabled, and its slot on the other server stays \
                  with the source. A subscriber of this source has to begin anew with the target's \
                  publication. Two subscriptions must not use one slot at the same time, so \
                  disable the source's before the target's is enabled, and drop what is left \
                  behind, since a slot that nobody reads fills the disk.",
    looked_at: "pg_publication and pg_subscription of the database",
    online: false,
};

/// Never how a subscription connects: passwords are among that.
const BOTH: Question = Question {
    name: "publications and subscriptions",
    of: Of::SourceDatabases,
    sql: |major| {
        (major >= Major::new(10)).then_some(concat!(
            "SELECT 'publication' AS kind, p.pubname AS name, NULL AS slot, NULL AS publications FROM pg_publication p WHERE ",
            of_no_extension!("pg_publication", "p"),
            " UNION ALL SELECT 'subscription', s.subname, quote_literal(s.subslotname), \
             (SELECT string_agg(quote_ident(x), ', ') FROM unnest(s.subpublications) AS x) \
             FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database() \
             ORDER BY 1, 2"
        ))
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
        cx.each_database(out, "the database has no publications and no subscriptions", |_, database, out| {
            let rows = database.rows(&BOTH)?;
            let (mut publications, mut subscriptions) = (Vec::new(), Vec::new());
            for row in rows {
                match row.text("kind")? {
                    "publication" => publications.push(row.name("name")?),
                    _ => subscriptions.push(row),
                }
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
