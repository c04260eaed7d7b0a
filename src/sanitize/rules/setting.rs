//! Settings that the target does not take.

use crate::finding::{Action, Severity};
use crate::globals::{Setting as Model, SettingKey};
use crate::name::Name;
use crate::platform::{Context as GucContext, SettingAnswer};
use crate::sanitize::{About, Context, SettingRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "setting",
    severity: Severity::Warning,
    why: "the target does not let its administrator give this setting to a role",
    explanation: "A parameter that takes a superuser is refused with `permission denied to set \
                  parameter \"…\"`, unless SET on it was granted, as it can be since 15. One that \
                  is read at the server's start or from its files no role can have: `parameter \
                  \"…\" cannot be changed without restarting the server`, or `cannot be changed \
                  now`. One that the version does not have is an `unrecognized configuration \
                  parameter \"…\"`, and a name with a dot whose module is not loaded is refused to \
                  all but superusers.\n\n\
                  A script would stop there, so the setting is left out. What Azure lets its \
                  administrator set beyond PostgreSQL's own rules is not confirmed; a copy asks \
                  the target.",
    remedy: "set it for the whole server, by the platform's own means, or in the application",
};

pub(super) const VALUE: About = About {
    name: "setting-value",
    severity: Severity::Warning,
    why: "the target's version does not take this value for the setting",
    explanation: "From version to version, words that a parameter takes come and go, and ranges \
                  change. The server would say `invalid value for parameter \"…\"` and the script \
                  would stop, so the setting is left out, and the message has what the target \
                  takes. Looked at is what the parameter's type tells: booleans, words, and \
                  numbers with their range. A locale or a time zone that the target lacks is found \
                  only when the setting is replayed.",
    remedy: "give the role a value that it takes",
};

pub(super) struct Setting;

impl SettingRule for Setting {
    fn apply(&self, key: &SettingKey, setting: &mut Model, cx: &mut Context<'_>) -> Verdict {
        let answers = cx.rights.answers();
        let user = answers.map(|answers| answers.user.as_str()).map(Name::new);
        let message = match cx.rights.setting(key.name.as_str()) {
            SettingAnswer::Allowed => return value(key, setting, cx),
            // The script's own guards have loaded PL/pgSQL by then.
            SettingAnswer::Module { module: "plpgsql", context: GucContext::User }
                if answers.is_none() =>
            {
                return value(key, setting, cx);
            }
            SettingAnswer::Refused { context } => match (&user, context) {
                (Some(user), GucContext::Superuser) => {
                    format!("its context is superuser on the target, and {user} may not set it")
                }
                (Some(_), context) => {
                    format!("its context is {context} on the target: no role can have it")
                }
                (None, context) => {
                    format!("cannot be set for a role on the target (context: {context})")
                }
            },
            SettingAnswer::Module { module, context } => match &user {
                Some(user) => format!(
                    "the session on the target has not loaded {module}, whose setting it is: then only \
                     superusers may give it to a role, and {user} is none"
                ),
                None => match context {
                    GucContext::User => format!(
                        "not confirmed for {}: a setting of {module}, which everybody may give to a role where \
                         the session has loaded {module}, and only a superuser elsewhere",
                        cx.target()
                    ),
                    GucContext::Superuser => {
                        format!("a setting of {module}, which only a superuser may give to a role")
                    }
                    context => format!(
                        "a setting of {module}, which no role can have (context: {context})"
                    ),
                },
            },
            SettingAnswer::Placeholder => match &user {
                Some(user) => format!(
                    "the session on the target knows no such setting: then only superusers may give it to \
                     a role, and {user} is none"
                ),
                None => "custom parameter with an unknown prefix: only a superuser may set it"
                    .to_owned(),
            },
            SettingAnswer::Malformed => format!("{} does not take the name", cx.target()),
            SettingAnswer::Unknown { since: Some(since), .. } => {
                format!("{} does not have it, it comes with {since}", cx.target())
            }
            SettingAnswer::Unknown { until: Some(until), .. } => {
                format!("{} does not have it, {until} was the last that did", cx.target())
            }
            SettingAnswer::Unknown { .. } => format!("{} does not have it", cx.target()),
            SettingAnswer::Denied(why) => why.into_owned(),
            SettingAnswer::Unconfirmed(why) => {
                format!("not confirmed for {}: {why}", cx.target())
            }
        };
        let object = key.subject();
        cx.report(&ABOUT, Action::Dropped, object, setting.origin, message);
        Verdict::Drop
    }
}

/// A value that the server refuses would stop the script.
fn value(key: &SettingKey, setting: &Model, cx: &mut Context<'_>) -> Verdict {
    let name = key.name.as_str();
    let refused = setting.value.parts().find_map(|part| cx.rights.refused_value(name, part));
    let Some(takes) = refused else { return Verdict::Keep };
    let message = format!("{} does not take {}: it takes {takes}", cx.target(), setting.value);
    cx.report(&VALUE, Action::Dropped, key.subject(), setting.origin, message);
    Verdict::Drop
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn every_reason_is_named() {
        let settings = [
            "work_mem",
            "log_statement",
            "shared_buffers",
            "transaction_timeout",
            "operator_precedence_warning",
            "frobnicate",
            "app.tenant",
            "plpgsql.extra_warnings",
            "auto_explain.log_min_duration",
            "bad-name.x",
            "synchronous_commit",
        ];
        let text: Vec<_> = settings
            .iter()
            .map(|name| format!("ALTER ROLE a SET \"{name}\" TO '100';\n"))
            .collect();
        let all = run(&format!("CREATE ROLE a;\n{}", text.concat()), "azure 16");
        assert_eq!(
            all,
            "8 warning setting dropped setting a: app.tenant: custom parameter with an unknown prefix: only a superuser may set it\n\
             10 warning setting dropped setting a: auto_explain.log_min_duration: a setting of auto_explain, which only a superuser may give to a role\n\
             11 warning setting dropped setting a: bad-name.x: azure 16 does not take the name\n\
             7 warning setting dropped setting a: frobnicate: azure 16 does not have it\n\
             3 warning setting dropped setting a: log_statement: cannot be set for a role on the target (context: superuser)\n\
             6 warning setting dropped setting a: operator_precedence_warning: azure 16 does not have it, 13 was the last that did\n\
             4 warning setting dropped setting a: shared_buffers: cannot be set for a role on the target (context: postmaster)\n\
             12 warning setting dropped setting a: synchronous_commit: not confirmed for azure 16: a read-only parameter of Azure's, and nothing says whether a role may have it\n\
             5 warning setting dropped setting a: transaction_timeout: azure 16 does not have it, it comes with 17\n\
             CREATE ROLE a\nALTER ROLE a SET \"plpgsql.extra_warnings\" TO '100'\nALTER ROLE a SET work_mem TO '100'\n\
             kept 3, rewritten 0, dropped 9"
        );
    }

    #[test]
    fn values_that_the_version_does_not_take() {
        let text = "CREATE ROLE a;\nALTER ROLE a SET password_encryption TO 'on';\n\
                    ALTER ROLE a SET work_mem TO '1kB';\nALTER ROLE a SET enable_sort TO 'maybe';\n\
                    ALTER ROLE a SET lc_monetary TO 'tlh_QO';\nALTER ROLE a SET seq_page_cost TO '-1';\n\
                    ALTER ROLE a SET client_min_messages TO 'Info';\n\
                    ALTER ROLE a SET default_transaction_isolation TO 'read commited';";
        assert_eq!(
            run(text, "azure 16"),
            "8 warning setting-value dropped setting a: default_transaction_isolation: azure 16 does not take read commited: it takes serializable, repeatable read, read committed, read uncommitted\n\
             4 warning setting-value dropped setting a: enable_sort: azure 16 does not take maybe: it takes on or off\n\
             2 warning setting-value dropped setting a: password_encryption: azure 16 does not take on: it takes md5, scram-sha-256\n\
             6 warning setting-value dropped setting a: seq_page_cost: azure 16 does not take -1: it takes a number from 0 to 1.79769e+308\n\
             3 warning setting-value dropped setting a: work_mem: azure 16 does not take 1kB: it takes a whole number from 64 to 2147483647 in units of kB\n\
             CREATE ROLE a\nALTER ROLE a SET client_min_messages TO 'Info'\n\
             ALTER ROLE a SET lc_monetary TO 'tlh_QO'\nkept 3, rewritten 0, dropped 5"
        );
        let text = "CREATE ROLE a;\nALTER ROLE a SET password_encryption TO 'on';";
        assert_eq!(
            run(text, "azure 13"),
            "CREATE ROLE a\nALTER ROLE a SET password_encryption TO 'on'\nkept 2, rewritten 0, dropped 0"
        );
    }
}
