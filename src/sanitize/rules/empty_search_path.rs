//! Empty lists, which only 19 can say as such.

use crate::finding::{Action, Severity};
use crate::globals::{Setting, SettingKey};
use crate::sanitize::{About, Context, SettingRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "empty-search-path",
    severity: Severity::Info,
    why: "an empty search_path is written as '', which finds as little",
    remedy: "",
};

pub(super) struct EmptySearchPath;

impl SettingRule for EmptySearchPath {
    fn apply(&self, key: &SettingKey, setting: &mut Setting, cx: &mut Context<'_>) -> Verdict {
        if key.name.is("search_path") && setting.value.is_empty_list() {
            let object = super::setting_object(key);
            cx.report(&ABOUT, Action::Kept, object, setting.origin, "no schema but pg_catalog");
        }
        Verdict::Keep
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn is_written_so_that_every_version_reads_it() {
        assert_eq!(
            run("CREATE ROLE a;\nALTER ROLE a SET search_path TO ;", "azure 16"),
            "2 info empty-search-path kept setting a: search_path: no schema but pg_catalog\n\
             CREATE ROLE a\nALTER ROLE a SET search_path TO ''\nkept 2, rewritten 0, dropped 0"
        );
    }
}
