//! Settings that only the source's platform knows.

use crate::finding::{Action, Severity};
use crate::globals::{Setting, SettingKey};
use crate::sanitize::{About, Context, SettingRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "source-setting",
    severity: Severity::Warning,
    why: "only the source's platform knows this setting",
    explanation: "Parameters such as rds.*, apg_* and aurora_* belong to the platform's own build \
                  of PostgreSQL. Elsewhere the server says `permission denied to set parameter \
                  \"rds.…\"` or `unrecognized configuration parameter \"…\"`, and they could have \
                  no effect. Nothing needs to be done, unless an application counts on what one of \
                  them did; then look for a parameter of the target that does it.",
    remedy: "",
};

pub(super) struct SourceSetting;

impl SettingRule for SourceSetting {
    fn apply(&self, key: &SettingKey, setting: &mut Setting, cx: &mut Context<'_>) -> Verdict {
        let Some(source) = cx.source.filter(|source| source.owns_setting(key.name.as_str())) else {
            return Verdict::Keep;
        };
        let name = key.name.as_str();
        if cx.rights.platform().owns_setting(name) || cx.rights.has_setting(name) {
            return Verdict::Keep;
        }
        let message = format!("{}'s own", source.name());
        let object = key.subject();
        cx.report(&ABOUT, Action::Dropped, object, setting.origin, message);
        Verdict::Drop
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn is_left_there() {
        let text = "CREATE ROLE rdsadmin SUPERUSER;\nCREATE ROLE a;\nALTER ROLE a SET rds.force_ssl TO '1';";
        assert_eq!(
            run(text, "azure 16"),
            "1 info platform-role dropped role rdsadmin: aurora's own\n\
             3 warning source-setting dropped setting a: rds.force_ssl: aurora's own\n\
             CREATE ROLE a\nkept 1, rewritten 0, dropped 2"
        );
    }
}
