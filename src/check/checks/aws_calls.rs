//! Functions whose texts call what only AWS has.

use crate::check::prelude::*;
use crate::sql::{Token, tokens};

static ABOUT: About = About {
    name: "aws-calls",
    codes: &[],
    title: "no function's text calls what only AWS has",
    explanation: "The text of a function is looked at when it runs, not when it is restored: one \
                  that calls aws_s3, aws_lambda, aurora_version() and the like arrives without an \
                  error, and fails in the application. The check looks for such names before a dot \
                  or a parenthesis in functions in SQL and PL/pgSQL, not in comments, and in literals \
                  only where the function runs statements that it composes: EXECUTE.",
    looked_at: "pg_proc.prosrc of the database",
    online: false,
};

/// Those that may be; the texts tell which are. No backslash stands in it, since `standard_conforming_strings` may be off.
const CALLS: Question = Question {
    name: "functions that call AWS",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT p.oid::regprocedure::text AS name, p.prosrc AS source FROM pg_proc p \
             JOIN pg_language l ON l.oid = p.prolang JOIN pg_namespace n ON n.oid = p.pronamespace \
             WHERE l.lanname IN ('sql', 'plpgsql') AND lower(p.prosrc) ~ '(aws|apg|rds|aurora)_' AND ",
            user_schema!(),
            " AND ",
            of_no_extension!("pg_proc", "p"),
            " ORDER BY 1"
        ))
    },
};

pub(super) struct AwsCalls;

impl Check for AwsCalls {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&CALLS]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        cx.each_database(out, "no function's text calls what only AWS has", |_, database, out| {
            let rows = database.rows(&CALLS)?;
            let mut names = Vec::new();
            for row in rows {
                if calls_aws(row.text("source")?) {
                    names.push(shown(row.text("name")?));
                }
            }
            if names.is_empty() {
                return Ok(());
            }
            let total = names.len();
            out.warning(format!(
                "{} whose text calls what only AWS has, and fails when it runs: {}",
                count(total, "function"),
                some(names, total)
            ))
            .remedy("write it anew for the target: azure_storage takes the place of aws_s3");
            Ok(())
        })
    }
}

/// Whether a text names what only AWS has, before a dot or a parenthesis.
fn calls_aws(source: &str) -> bool {
    let tokens = tokens(source);
    // A function that composes statements has their parts in literals.
    let composes = tokens.contains(&Token::Word("execute".into()));
    tokens.iter().enumerate().any(|(at, token)| match token {
        Token::Word(name) | Token::Quoted(name) => {
            is_of_aws(name) && matches!(tokens.get(at + 1), Some(Token::Sign('.' | '(')))
        }
        Token::Literal(text) => composes && has_call(&text.to_lowercase()),
        _ => false,
    })
}

/// The same of a part of a statement, which may begin and end anywhere.
fn has_call(part: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let mut rest = part;
    while let Some(start) = rest.find(is_word) {
        rest = &rest[start..];
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        if is_of_aws(word) && behind.trim_start_matches('"').trim_start().starts_with(['.', '(']) {
            return true;
        }
        rest = behind;
    }
    false
}

fn is_of_aws(word: &str) -> bool {
    const EXTENSIONS: [&str; 7] = [
        "aws_s3",
        "aws_lambda",
        "aws_commons",
        "aws_ml",
        "aws_comprehend",
        "aws_sagemaker",
        "apg_plan_mgmt",
    ];
    let of = |prefix: &str| {
        let rest = word.strip_prefix(prefix).unwrap_or_default();
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    EXTENSIONS.contains(&word) || of("rds_") || of("aurora_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_runs_counts() {
        let calls = [
            "SELECT aws_s3.query_export_to_s3('x')",
            "BEGIN PERFORM \"aws_lambda\" . invoke(); END",
            "select AURORA_VERSION ()",
            "-- nothing\nselect 'it''s', aurora_version()",
            "/* a /* b */ c */ select rds_sync()",
            "select E'\\'', aurora_version()",
            "BEGIN EXECUTE 'select aws_s3.table_import_from_s3(1)'; END",
            "BEGIN EXECUTE format($q$select %I, aurora_version()$q$, 'x'); END",
            "select $1, aurora_version() where $1 = $2",
        ];
        for text in calls {
            assert!(calls_aws(text), "{text}");
        }
        let others = [
            "-- aws_s3.query_export_to_s3(\nselect 1",
            "/* as aurora_version() did */ select 1",
            "/* /* */ aurora_version() */ select 1",
            "select 'see aws_s3.query_export_to_s3()'",
            "select $$aurora_version()$$",
            "select my_aurora_version(), aurora_version_2(), rds.x, aws_s3",
            "-- execute 'x'\nselect 'aurora_version()'",
        ];
        for text in others {
            assert!(!calls_aws(text), "{text}");
        }
    }
}
