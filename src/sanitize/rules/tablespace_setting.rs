//! Settings that name tablespaces.

use crate::finding::{Action, Severity};
use crate::globals::{Setting, SettingKey};
use crate::name::Name;
use crate::sanitize::{About, Context, SettingRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "tablespace-setting",
    severity: Severity::Warning,
    why: "the setting names a tablespace that is not carried over: each session would begin with a warning",
    explanation: "ALTER ROLE takes default_tablespace and temp_tablespaces with a name that is \
                  missing, and says so in a notice only. From then on each session of the role \
                  begins with a warning, `invalid value for parameter \"default_tablespace\": \
                  \"…\"`, and goes on without the setting. So nothing is lost when it is left out: \
                  the role's tables go to the database's default tablespace either way.",
    remedy: "",
};

pub(super) struct TablespaceSetting;

impl SettingRule for TablespaceSetting {
    fn apply(&self, key: &SettingKey, setting: &mut Setting, cx: &mut Context<'_>) -> Verdict {
        if !key.name.is("default_tablespace") && !key.name.is("temp_tablespaces") {
            return Verdict::Keep;
        }
        let lost = setting.value.parts().find(|name| {
            !matches!(*name, "" | "pg_default" | "pg_global")
                && !cx.tablespaces.contains(*name)
                && !cx.rights.has_tablespace(name)
        });
        let Some(tablespace) = lost else { return Verdict::Keep };
        let message = format!("tablespace {} is not carried over", Name::new(tablespace));
        let object = key.subject();
        cx.report(&ABOUT, Action::Dropped, object, setting.origin, message);
        Verdict::Drop
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn goes_with_its_tablespace() {
        let text = "CREATE ROLE a;\nALTER ROLE a SET default_tablespace TO 't';\nALTER ROLE a SET temp_tablespaces TO '';";
        assert_eq!(
            run(text, "azure 16"),
            "2 warning tablespace-setting dropped setting a: default_tablespace: tablespace t is not carried over\n\
             CREATE ROLE a\nALTER ROLE a SET temp_tablespaces TO ''\nkept 2, rewritten 0, dropped 1"
        );
    }
}
