//! Empty lists, which only 19 can say as such.

use crate::finding::{Action, Severity};
use crate::globals::{Setting, SettingKey};
use crate::sanitize::{About, Context, SettingRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "empty-search-path",
    severity: Severity::Info,
    why: "an empty search_path is written as '', which finds as little",
    explanation: "For an empty list pg_dumpall before 19 writes SET search_path TO and nothing \
                  behind it, which is a syntax error on every server. '' is a list with one name \
                  that no schema can have, so that the role finds pg_catalog and nothing else, as \
                  it did. Nothing needs to be done.",
    remedy: "",
};

pub(super) struct EmptySearchPath;

impl SettingRule for EmptySearchPath {
    fn apply(&self, key: &SettingKey, setting: &mut Setting, cx: &mut Context<'_>) -> Verdict {
        if key.name.is("search_path") && setting.value.is_empty_list() {
            let object = key.subject();
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
