//! Languages of functions.

use std::collections::BTreeSet;

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "languages",
    codes: &["603413"],
    title: "the target offers the languages of functions",
    explanation: "SQL and PL/pgSQL are on every server. Any other language is an extension, and \
                  the functions in it are refused where the target does not offer that: `language \
                  \"…\" does not exist`. What is offered is asked of the target, or taken from \
                  Azure's documentation where it cannot be reached. A language without functions \
                  can be dropped on the source; functions have to be written anew, mostly in \
                  PL/pgSQL.",
    looked_at: "pg_language of the database, pg_available_extensions of the target",
    online: false,
};

/// Apart from those that every server has.
const LANGUAGES: Question = Question {
    name: "languages",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(
            "SELECT l.lanname, (SELECT count(*) FROM pg_proc p WHERE p.prolang = l.oid) AS functions, \
             EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_catalog.pg_language'::regclass \
             AND d.objid = l.oid AND d.deptype = 'e') AS is_extensions FROM pg_language l \
             WHERE l.lanname NOT IN ('internal', 'c', 'sql', 'plpgsql') ORDER BY 1",
        )
    },
};

/// The target's extensions, allowed or not.
pub(super) const OFFERED: Question = Question {
    name: "names of the extensions that the target offers",
    of: Of::Target,
    sql: |_| Some("SELECT name FROM pg_available_extensions"),
};

/// Those names.
pub(super) fn names(rows: &[Row]) -> Result<BTreeSet<&str>, Unseen> {
    rows.iter().map(|row| row.text("name")).collect()
}

/// The only one beyond those that every server has, by the documentation.
const DOCUMENTED: &str = "plv8";

pub(super) struct Languages;

impl Check for Languages {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&LANGUAGES, &OFFERED]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let offered = cx.target.rows(&OFFERED).ok().map(names).transpose()?;
        cx.each_database(out, "the target offers all languages of the database's functions", |_, database, out| {
            for row in database.rows(&LANGUAGES)? {
                let name = row.name("lanname")?;
                let (is_offered, by) = match &offered {
                    Some(names) => (names.contains(name.as_str()), ""),
                    None => (
                        name.as_str() == DOCUMENTED,
                        ", by the documentation of flexible servers, since the target could not be \
                         read",
                    ),
                };
                let functions = match row.number("functions")?.unwrap_or(0) {
                    0 => "no function".to_owned(),
                    number => count(number, "function"),
                };
                if is_offered && !by.is_empty() {
                    out.succeeded(format!("{name} is offered{by}"));
                } else if !is_offered {
                    let what = if row.flag("is_extensions")? { "EXTENSION" } else { "LANGUAGE" };
                    out.failed(format!("{name}, needed by {functions}, is not offered{by}"))
                        .remedy(format!(
                            "write the functions in PL/pgSQL, and drop it on the source in a \
                             maintenance window, since what uses it breaks: DROP {what} {}",
                            identifier(&name)
                        ));
                }
            }
            Ok(())
        })
    }
}
