//! Functions that set parameters.

use std::collections::BTreeSet;

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "function-settings",
    codes: &[],
    title: "functions set only parameters that the target lets its administrator set",
    explanation: "CREATE FUNCTION … SET takes the right to set the parameter: `permission denied to \
                  set parameter \"…\"` for what superusers alone may set, and for names with a dot \
                  that no library of the target has; `unrecognized configuration parameter` for \
                  what is gone. The function is missing then, with all that depends on it. The \
                  target is asked for its parameters, and, since 15, for what the connected role \
                  may set beyond that.",
    looked_at: "pg_proc.proconfig of the database, pg_settings of the target",
    online: false,
};

const SET: Question = Question {
    name: "parameters that functions set",
    of: Of::SourceDatabases,
    sql: |_| {
        Some(concat!(
            "SELECT p.oid::regprocedure::text AS name, lower(split_part(c, '=', 1)) AS parameter \
             FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace, unnest(p.proconfig) c WHERE ",
            user_schema!(),
            " AND ",
            made_by_users!("pg_proc", "p"),
            " ORDER BY 2, 1"
        ))
    },
};

const GRANTED: Question = Question {
    name: "parameters that the connected role may set",
    of: Of::Target,
    sql: |major| {
        (major >= Major::new(15)).then_some(
            "SELECT parname FROM pg_parameter_acl WHERE has_parameter_privilege(parname, 'SET')",
        )
    },
};

/// Parameters that every server knows and `pg_settings` does not show (`GUC_NO_SHOW_ALL` in
/// `src/backend/utils/misc/guc_tables.c`).
const UNSEEN: [&str; 4] =
    ["role", "session_authorization", "default_with_oids", "ssl_renegotiation_limit"];

pub(super) struct FunctionSettings;

impl Check for FunctionSettings {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&SET, &GRANTED]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let answers = &cx.target.server()?.live.answers;
        let major = cx.source.server()?.live.answers.major;
        // Since 11 there are procedures, too.
        let kind = if major >= Major::new(11) { "ROUTINE" } else { "FUNCTION" };
        let there = cx.target.settings()?;
        let granted = cx.target.rows(&GRANTED)?.iter().map(|row| row.text("parname"));
        let granted = granted.collect::<Result<BTreeSet<_>, _>>()?;
        let sees_all = there.contains_key("shared_preload_libraries");
        let clean = "no function sets what the target's administrator may not set";
        cx.each_database(out, clean, |_, database, out| {
            for row in database.rows(&SET)? {
                let (name, parameter) = (shown(row.text("name")?), row.text("parameter")?);
                // Who may set these two is asked when the function is called, and of those that are gone `off` is taken;
                // none is shown by pg_settings.
                if UNSEEN.contains(&parameter) {
                    continue;
                }
                let why = match there.get(parameter).map(|setting| &*setting.context) {
                    Some("user") => continue,
                    Some("superuser") if answers.is_superuser() || granted.contains(parameter) => {
                        continue;
                    }
                    Some("superuser") => "which takes a superuser on the target",
                    Some(_) => "which no session can set on the target",
                    None if parameter.contains('.') && answers.is_superuser() => continue,
                    None if parameter.contains('.') => "which no library of the target has",
                    None if sees_all => "which the target does not have",
                    None => {
                        out.unknown(format!(
                            "{name} sets {parameter}, which the target does not show"
                        ))
                        .remedy("connect to the target as a member of pg_read_all_settings");
                        continue;
                    }
                };
                out.failed(format!("{name} sets {}, {why}", shown(parameter))).remedy(format!(
                    "on the source, where it does without: ALTER {kind} {name} RESET {}",
                    identifier(&Name::new(parameter))
                ));
            }
            Ok(())
        })
    }
}
