//! Publications and subscriptions.

use crate::check::context::{Context, Verdict};
use crate::check::outcome::Outcomes;
use crate::check::question::{Of, Question};
use crate::check::sql::of_no_extension;
use crate::check::words::{count, identifier, some};
use crate::check::{About, Check};
use crate::name::Name;
use crate::version::Major;

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

const BOTH: Question = Question {
    name: "publications and subscriptions",
    of: Of::SourceDatabases,
    sql: |major| {
        (major >= Major::new(10)).then_some(concat!(
            "SELECT 'publication', p.pubname FROM pg_publication p WHERE ",
            of_no_extension!("pg_publication", "p"),
            " UNION ALL SELECT 'subscription', s.subname FROM pg_subscription s \
             JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database() \
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
        cx.each_database(out, "there is none", |_, database, out| {
            let rows = database.rows(&BOTH)?;
            for kind in ["publication", "subscription"] {
                let names = rows.iter().filter(|row| row.text(0) == kind);
                let names: Vec<Name> = names.map(|row| Name::new(row.text(1))).collect();
                let Some(first) = names.first() else { continue };
                let found = format!("{}: {}", count(names.len(), kind), some(&names, names.len()));
                let remedy = if kind == "publication" {
                    "create it on the target after the migration, and let the subscribers begin anew"
                        .to_owned()
                } else {
                    format!(
                        "when the source takes no more writes: ALTER SUBSCRIPTION {} DISABLE; then \
                         create it on the target, WITH (copy_data = false)",
                        identifier(first)
                    )
                };
                out.warning(found).remedy(remedy);
            }
            Ok(())
        })
    }
}
