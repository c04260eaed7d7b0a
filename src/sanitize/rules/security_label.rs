//! Security labels, which need a provider that the target has loaded.

use std::collections::BTreeMap;

use crate::attribute::Attribute;
use crate::finding::{Action, Severity, Subject};
use crate::globals::changes::Target;
use crate::globals::{Fact, Password, Role, Tablespace};
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
                  On Azure a label of pgaadauth ties a role to a principal of Microsoft Entra ID; \
                  on another server such roles are made anew, with pgaadauth_create_principal.",
    remedy: "set the label again where the provider exists",
};

pub(super) struct SecurityLabel;

/// The provider of Azure whose labels are a way to log in.
const LOGIN: &str = "pgaadauth";

fn strip(
    on: &Target,
    labels: &mut BTreeMap<Name, Fact<Box<str>>>,
    is_shut_out: bool,
    cx: &mut Context<'_>,
) {
    labels.retain(|provider, label| {
        let answer = cx.rights.label_provider(provider.as_str());
        let Some(why) = answer.why() else { return true };
        cx.lose([label.origin]);
        let object = Subject::SecurityLabel(on.clone());
        let mut message = format!("label of {provider}: {why}");
        let mut severity = ABOUT.severity;
        if is_shut_out && provider.as_str() == LOGIN {
            message.push_str("; the role has no password, and no other way to log in");
            severity = Severity::Error;
        }
        cx.report_as(&ABOUT, severity, Action::Dropped, object, label.origin, message);
        cx.unspecified.labels.insert((on.clone(), provider.clone()));
        false
    });
}

impl RoleRule for SecurityLabel {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        if !role.labels.is_empty() {
            let is_shut_out =
                role.has(Attribute::Login) && !matches!(role.password, Password::Is(_));
            strip(&Target::Role(name.clone()), &mut role.labels, is_shut_out, cx);
        }
        Verdict::Keep
    }
}

impl TablespaceRule for SecurityLabel {
    fn apply(&self, name: &Name, it: &mut Tablespace, cx: &mut Context<'_>) -> Verdict {
        strip(&Target::Tablespace(name.clone()), &mut it.labels, false, cx);
        Verdict::Keep
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn without_its_label_a_role_may_have_no_way_to_log_in() {
        let text = "CREATE ROLE a LOGIN PASSWORD NULL;\n\
                    SECURITY LABEL FOR pgaadauth ON ROLE a IS 'aadauth';";
        let all = run(text, "postgres 16");
        let finding = "2 error security-label dropped security-label a: label of pgaadauth: ";
        assert!(all.contains(finding), "{all}");
        assert!(all.contains("; the role has no password, and no other way to log in\n"), "{all}");
    }

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
