//! Functions whose texts call what only AWS has.

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "aws-calls",
    codes: &[],
    title: "no function's text calls what only AWS has",
    explanation: "The text of a function is looked at when it runs, not when it is restored: one \
                  that calls aws_s3, aws_lambda, aurora_version() and the like arrives without an \
                  error, and fails in the application. The check looks for such names before a dot \
                  or a parenthesis in functions in SQL and PL/pgSQL; a comment that has one counts, \
                  too.",
    looked_at: "pg_proc.prosrc of the database",
    online: false,
};

/// No backslash stands in it, since `standard_conforming_strings` may be off.
const CALLS: Question = Question {
    name: "functions that call AWS",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT count(*) OVER () AS total, p.oid::regprocedure::text AS name FROM pg_proc p \
             JOIN pg_language l ON l.oid = p.prolang JOIN pg_namespace n ON n.oid = p.pronamespace \
             WHERE l.lanname IN ('sql', 'plpgsql') AND lower(p.prosrc) ~ '[[:<:]](aws_s3|aws_lambda|aws_commons|\
             aws_ml|aws_comprehend|aws_sagemaker|apg_plan_mgmt|rds_tools|rds_[a-z_]+|aurora_[a-z_]+)[[:space:]]*[.(]' AND ",
            user_schema!(),
            " AND ",
            of_no_extension!("pg_proc", "p"),
            " ORDER BY 2 LIMIT 5"
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
            let Some(first) = rows.first() else { return Ok(()) };
            let total = first.number("total")?.unwrap_or(rows.len());
            let names = rows.iter().map(|row| Ok(shown(row.text("name")?)));
            let names = names.collect::<Result<Vec<_>, Unseen>>()?;
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
