//! Settings that the target does not take.

use crate::finding::{Action, Severity};
use crate::globals::{Setting as Model, SettingKey};
use crate::platform::{Context as GucContext, SettingAnswer};
use crate::sanitize::{About, Context, SettingRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "setting",
    severity: Severity::Warning,
    why: "the target does not let its administrator give this setting to a role",
    remedy: "set it for the whole server, by the platform's own means, or in the application",
};

pub(super) struct Setting;

impl SettingRule for Setting {
    fn apply(&self, key: &SettingKey, setting: &mut Model, cx: &mut Context<'_>) -> Verdict {
        let message = match cx.rights.setting(key.name.as_str()) {
            SettingAnswer::Allowed => return Verdict::Keep,
            // The script's own guards have loaded PL/pgSQL by then.
            SettingAnswer::Module { module: "plpgsql", context: GucContext::User } => {
                return Verdict::Keep;
            }
            SettingAnswer::Refused { context } => {
                format!(
                    "only a superuser may set it for a role, or nobody: its context is {context}"
                )
            }
            SettingAnswer::Module { module, .. } => {
                format!("a setting of {module}, which only a superuser may give to a role")
            }
            SettingAnswer::Placeholder => {
                "a name of no known module, which only a superuser may give to a role".to_owned()
            }
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
        let object = super::setting_object(key);
        cx.report(&ABOUT, Action::Dropped, object, setting.origin, message);
        Verdict::Drop
    }
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
        let text: Vec<_> =
            settings.iter().map(|name| format!("ALTER ROLE a SET \"{name}\" TO '1';\n")).collect();
        let all = run(&format!("CREATE ROLE a;\n{}", text.concat()), "azure 16");
        assert_eq!(
            all,
            "8 warning setting dropped setting a: app.tenant: a name of no known module, which only a superuser may give to a role\n\
             10 warning setting dropped setting a: auto_explain.log_min_duration: a setting of auto_explain, which only a superuser may give to a role\n\
             11 warning setting dropped setting a: bad-name.x: azure 16 does not take the name\n\
             7 warning setting dropped setting a: frobnicate: azure 16 does not have it\n\
             3 warning setting dropped setting a: log_statement: only a superuser may set it for a role, or nobody: its context is superuser\n\
             6 warning setting dropped setting a: operator_precedence_warning: azure 16 does not have it, 13 was the last that did\n\
             4 warning setting dropped setting a: shared_buffers: only a superuser may set it for a role, or nobody: its context is postmaster\n\
             12 warning setting dropped setting a: synchronous_commit: not confirmed for azure 16: a read-only parameter of Azure's, and nothing says whether a role may have it\n\
             5 warning setting dropped setting a: transaction_timeout: azure 16 does not have it, it comes with 17\n\
             CREATE ROLE a\nALTER ROLE a SET \"plpgsql.extra_warnings\" TO '1'\nALTER ROLE a SET work_mem TO '1'\n\
             kept 3, rewritten 0, dropped 9"
        );
    }
}
