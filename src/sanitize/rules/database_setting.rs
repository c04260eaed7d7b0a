//! Settings of databases, and of roles in a database.

use crate::finding::{Action, Severity};
use crate::globals::{Setting, SettingKey};
use crate::sanitize::{About, Context, SettingRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "database-setting",
    severity: Severity::Info,
    why: "settings in one database wait for it: where it is missing, the script says so and goes on",
    explanation: "Roles come before the databases, which they will own. ALTER ROLE … IN DATABASE … \
                  SET would end with `database \"…\" does not exist`, so each of these settings \
                  stands in the script with a guard of its own, which says so and goes on. For \
                  everybody in one database (ALTER DATABASE … SET) it also takes the owner: `must \
                  be owner of database …` is what others are told, and the guard looks at that, \
                  too. A second replay sets them.",
    remedy: "when the databases exist, convert with --if-not-exists and replay that, or set them by hand",
};

pub(super) struct DatabaseSetting;

impl SettingRule for DatabaseSetting {
    fn apply(&self, key: &SettingKey, setting: &mut Setting, cx: &mut Context<'_>) -> Verdict {
        // Live, the plan says which database is missing, and which belongs to somebody else.
        if key.database.is_none() || cx.rights.answers().is_some() {
            return Verdict::Keep;
        }
        let object = key.subject();
        let message = if key.role.is_some() {
            "for one database only"
        } else {
            "for everybody in one database, and set only where the administrator owns it"
        };
        cx.report(&ABOUT, Action::Kept, object, setting.origin, message);
        Verdict::Keep
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::Choices;
    use crate::sanitize::testing::run_with;

    #[test]
    fn waits_for_its_database() {
        let text = "CREATE ROLE a;\nALTER ROLE a IN DATABASE d SET work_mem TO '1MB';\nALTER DATABASE d SET work_mem TO '2MB';";
        let choices = Choices { allow_all_settings: true, ..Choices::default() };
        let all = run_with(text, "azure 16", &choices);
        assert!(all.starts_with(
            "3 warning allowed-all-setting kept setting ALL in d: work_mem: every session would have 2MB in d\n\
             3 info database-setting kept setting ALL in d: work_mem: for everybody in one database, and set only where the administrator owns it\n\
             2 info database-setting kept setting a in d: work_mem: for one database only\n\
             CREATE ROLE a\nDO $pg_globals$"
        ), "{all}");
        assert_eq!(all.matches("DO $pg_globals$").count(), 2, "{all}");
    }
}
