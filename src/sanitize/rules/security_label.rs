//! Security labels, which need a provider that the target has loaded.

use std::collections::BTreeMap;

use crate::finding::{Action, Severity, Subject};
use crate::globals::changes::Target;
use crate::globals::{Fact, Role, Tablespace};
use crate::name::Name;
use crate::sanitize::{About, Context, RoleRule, TablespaceRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "security-label",
    severity: Severity::Warning,
    why: "the target does not have the label's provider",
    explanation: "A label belongs to the module that reads it, such as sepgsql, anon, or pgaadauth \
                  on Azure. Without that module the server says `no security label providers have \
                  been loaded`, or `security label provider \"…\" is not loaded`. The role or \
                  tablespace is carried over without the label.\n\n\
                  On Azure labels of pgaadauth and pgaadauth-int tie a role to a principal of Microsoft \
                  Entra ID: what becomes of such a role the finding external-authentication says.",
    remedy: "set the label again where the provider exists",
};

pub(super) struct SecurityLabel;

fn strip(on: &Target, labels: &mut BTreeMap<Name, Fact<Box<str>>>, cx: &mut Context<'_>) {
    labels.retain(|provider, label| {
        let answer = cx.rights.label_provider(provider.as_str());
        let Some(why) = answer.why() else { return true };
        cx.lose([label.origin]);
        let object = Subject::SecurityLabel(on.clone());
        let message = format!("label of {provider}: {why}");
        cx.report(&ABOUT, Action::Dropped, object, label.origin, message);
        cx.unspecified.labels.insert((on.clone(), provider.clone()));
        false
    });
}

impl RoleRule for SecurityLabel {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        if !role.labels.is_empty() {
            strip(&Target::Role(name.clone()), &mut role.labels, cx);
        }
        Verdict::Keep
    }
}

impl TablespaceRule for SecurityLabel {
    fn apply(&self, name: &Name, it: &mut Tablespace, cx: &mut Context<'_>) -> Verdict {
        strip(&Target::Tablespace(name.clone()), &mut it.labels, cx);
        Verdict::Keep
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn a_label_needs_its_provider() {
        assert_eq!(
            run("CREATE ROLE a;\nSECURITY LABEL FOR dummy ON ROLE a IS 'x';", "azure 16"),
            "2 warning security-label dropped security-label a: label of dummy: the platform has no such provider\n\
             CREATE ROLE a\nkept 1, rewritten 0, dropped 1"
        );
    }
    /// Whoever has a label there that the source has too keeps it.
    #[test]
    fn what_was_taken_away_is_unspecified() {
        use crate::globals::changes::changes;
        use crate::globals::{Globals, Scope};
        use crate::platform::{Platform, Rights};
        use crate::sanitize::{Choices, sanitize};
        use crate::version::Major;
        let read = |text: &str| {
            crate::read::read(text.as_bytes(), crate::read::Options::default()).unwrap()
        };
        let text = "CREATE ROLE a; SECURITY LABEL FOR dummy ON ROLE a IS 'x';";
        let here: Globals = read(&format!("{text} SECURITY LABEL FOR b ON ROLE a IS 'y';")).globals;
        let reading = read(text);
        let rights = Rights::offline(Platform::builtin("azure").unwrap(), Major::new(16));
        let (globals, ledger, findings) = (reading.globals, reading.ledger, reading.findings);
        let choices = Choices::default();
        let it = sanitize(globals, ledger, findings, rights, None, &choices).unwrap();
        let all = changes(&here, &it.globals, Scope::Replace).changes;
        let covered: Vec<_> = all.iter().map(|change| it.unspecified.covers(change)).collect();
        // In the order of the providers.
        assert_eq!(covered, [false, true]);
    }
}
