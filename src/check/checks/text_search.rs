//! Parsers and templates of text search that users have made.

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "text-search",
    codes: &[],
    title: "no text search parser or template was made by users",
    explanation: "A parser or a template is made of C functions, and creating one takes a \
                  superuser: `must be superuser to create text search parsers`, PostgreSQL says, \
                  and so for templates. Nobody is one on a flexible server, and the migration \
                  service does not bring them. Configurations and dictionaries, which users make \
                  from the parsers and templates that every server has, are not concerned. Those \
                  of extensions come with the extension.",
    looked_at: "pg_ts_parser and pg_ts_template of the database",
    online: false,
};

/// With what needs them.
const MADE: Question = Question {
    name: "text search made by users",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT 'parser' AS kind, n.nspname AS schema, p.prsname AS name, \
             (SELECT count(*) FROM pg_ts_config u WHERE u.cfgparser = p.oid) AS users \
             FROM pg_ts_parser p JOIN pg_namespace n ON n.oid = p.prsnamespace WHERE ",
            made_by_users!("pg_ts_parser", "p"),
            " UNION ALL SELECT 'template', n.nspname, t.tmplname, \
             (SELECT count(*) FROM pg_ts_dict u WHERE u.dicttemplate = t.oid) \
             FROM pg_ts_template t JOIN pg_namespace n ON n.oid = t.tmplnamespace WHERE ",
            made_by_users!("pg_ts_template", "t"),
            " ORDER BY 1, 2, 3"
        ))
    },
};

pub(super) struct TextSearch;

impl Check for TextSearch {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&MADE]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        cx.each_database(out, "no text search parser or template was made by users", |_, database, out| {
            for row in database.rows(&MADE)? {
                let (what, users) = match row.text("kind")? {
                    "parser" => ("PARSER", "configuration"),
                    _ => ("TEMPLATE", "dictionary"),
                };
                let name = shown(&qualified(row)?);
                let needed = row.number("users")?.unwrap_or(0);
                let needed = match needed {
                    0 => String::new(),
                    _ => format!(", needed by {},", count(needed, users)),
                };
                out.failed(format!(
                    "the text search {} {name}{needed} takes a superuser to create, and the target has none",
                    row.text("kind")?
                ))
                .remedy(format!(
                    "change what needs it to one that the target has, and drop it on the source in a \
                     maintenance window, since what uses it breaks: DROP TEXT SEARCH {what} {name}"
                ));
            }
            Ok(())
        })
    }
}
