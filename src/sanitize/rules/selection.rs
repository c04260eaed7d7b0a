//! `--only` and `--exclude`.

use crate::finding::{Action, Kind, Severity};
use crate::globals::{Globals, Origin, Role, Setting, SettingKey};
use crate::name::Name;
use crate::sanitize::{About, Context, RoleRule, SettingRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "selection",
    severity: Severity::Info,
    why: "left out by --only or --exclude",
    remedy: "",
};

pub(super) const UNUSED: About = About {
    name: "unused-pattern",
    severity: Severity::Warning,
    why: "a pattern of --only or --exclude matches no role",
    remedy: "look for a typing error: patterns know *, ? and [..], and case counts",
};

/// Reports patterns that match nothing.
pub(in crate::sanitize) fn unused_patterns(globals: &Globals, cx: &mut Context<'_>) {
    let choices = cx.choices;
    for (option, patterns) in [("--only", &choices.only), ("--exclude", &choices.exclude)] {
        for pattern in patterns {
            if !globals.roles.keys().any(|name| pattern.matches(name.as_str())) {
                let object = (Kind::Role, pattern.as_str().to_owned());
                let message = format!("no role matches this {option}");
                cx.report(&UNUSED, Action::Dropped, object, Origin::LIVE, message);
            }
        }
    }
}

pub(super) struct Selection;

impl RoleRule for Selection {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        // The patterns are about the source's names.
        let renamed = cx.choices.rename.iter().find(|(_, to)| *to == name);
        let original = renamed.map_or(name, |(from, _)| from);
        if cx.choices.selects(original) {
            return Verdict::Keep;
        }
        let object = (Kind::Role, name.as_str().to_owned());
        cx.report(&ABOUT, Action::Dropped, object, role.origin(), "not selected");
        Verdict::Drop
    }
}

/// What belongs to no role is not among the roles that were asked for.
impl SettingRule for Selection {
    fn apply(&self, key: &SettingKey, setting: &mut Setting, cx: &mut Context<'_>) -> Verdict {
        if key.role.is_some() || cx.choices.only.is_empty() {
            return Verdict::Keep;
        }
        let object = super::setting_object(key);
        cx.report(&ABOUT, Action::Dropped, object, setting.origin, "not a role's");
        Verdict::Drop
    }
}

#[cfg(test)]
mod tests {
    use crate::glob::Glob;
    use crate::sanitize::Choices;
    use crate::sanitize::testing::run_with;

    #[test]
    fn only_what_is_selected_stays() {
        let choices = Choices {
            only: vec![Glob::new("app*").unwrap()],
            exclude: vec![Glob::new("*_old").unwrap(), Glob::new("typo").unwrap()],
            ..Choices::default()
        };
        let text = "CREATE ROLE app;\nCREATE ROLE app_old;\nCREATE ROLE b;\nGRANT app TO b;\n\
                    ALTER DATABASE d SET work_mem TO '1MB';";
        assert_eq!(
            run_with(text, "azure 16", &choices),
            "0 warning unused-pattern dropped role typo: no role matches this --exclude\n\
             2 info selection dropped role app_old: not selected\n\
             3 info selection dropped role b: not selected\n\
             5 info selection dropped setting ALL in d: work_mem: not a role's\n\
             4 info dropped-role dropped membership b in app: b is not carried over\n\
             CREATE ROLE app\n\
             kept 1, rewritten 0, dropped 4"
        );
    }
}
