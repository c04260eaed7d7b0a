//! `ALTER ROLE ALL SET`.

use crate::finding::{Action, Severity};
use crate::globals::{Setting, SettingKey};
use crate::sanitize::{About, Context, SettingRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "global-setting",
    severity: Severity::Warning,
    why: "only a superuser may set something for every role in every database",
    explanation: "ALTER ROLE ALL SET is a superuser's: up to 15 `must be superuser to alter \
                  settings globally`, since 16 `permission denied to alter setting`, with the \
                  detail `Only roles with the SUPERUSER attribute may alter settings globally`. A \
                  managed server has its server parameters for that; on Azure az postgres \
                  flexible-server parameter set. The message has the parameter and its value.\n\n\
                  Where only some databases need it, ALTER DATABASE … SET takes no superuser, only \
                  the database's owner.",
    remedy: "set the parameter of the server, by the platform's own means",
};

pub(super) struct GlobalSetting;

impl SettingRule for GlobalSetting {
    fn apply(&self, key: &SettingKey, setting: &mut Setting, cx: &mut Context<'_>) -> Verdict {
        let everybody = key.role.is_none() && key.database.is_none();
        if !everybody || cx.rights.is_superuser() {
            return Verdict::Keep;
        }
        // No file of a server can say these.
        let message = if key.name.is("role") || key.name.is("session_authorization") {
            format!("{} is no parameter of a server", key.name)
        } else {
            format!("set the server parameter {} to {}", key.name, setting.value)
        };
        let object = key.subject();
        cx.report(&ABOUT, Action::Dropped, object, setting.origin, message);
        Verdict::Drop
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn names_the_server_parameter() {
        let text = "CREATE ROLE a;\nALTER ROLE ALL SET work_mem TO '1MB';\n\
                    ALTER ROLE ALL SET role TO 'a';";
        assert_eq!(
            run(text, "azure 16"),
            "3 warning global-setting dropped setting ALL: role: role is no parameter of a server\n\
             2 warning global-setting dropped setting ALL: work_mem: set the server parameter work_mem to 1MB\n\
             CREATE ROLE a\nkept 1, rewritten 0, dropped 2"
        );
        assert!(!run(text, "postgres 16").contains("global-setting"));
    }
}
