//! Passwords that stand for others: masks, and templates that nobody has filled in.

use crate::finding::{Action, Severity, Subject};
use crate::globals::{Password, Role};
use crate::name::Name;
use crate::sanitize::{About, Context, RoleRule, Verdict};
use crate::secret::VerifierKind;

pub(super) const ABOUT: About = About {
    name: "masked-password",
    severity: Severity::Error,
    why: "the password is a mask or a template that was not filled in: the text itself would become the password",
    explanation: "Tools that show or store statements put asterisks in the place of passwords, and scripts that \
                  are made from templates have ${APP_PASSWORD}, {{ password }} or <password> there. A server \
                  takes such a text for the password: the old one would fail, and everybody who reads the \
                  script could log in. It is left out, and the role arrives without a password. A weak \
                  password, such as changeme, is no mask and is carried over.",
    remedy: "fill it in, give the password with --passwords-from, or new ones with --passwords generate",
};

/// What a text is, where it is no password.
pub(super) fn kind(text: &str) -> Option<&'static str> {
    const MASK: &str = "looks like a mask";
    const TEMPLATE: &str = "looks like a template that was not filled in";
    let trimmed = text.trim();
    let only = |chars: &[char]| trimmed.chars().all(|c| chars.contains(&c));
    let count = trimmed.chars().count();
    let stars = count > 1 && only(&['*']) || text.contains("****");
    let dots = count >= 3 && only(&['•', '●', '·', '∙', '…', '.', '#', '-', '_', '?']);
    let exes = count >= 4 && only(&['x', 'X']);
    let words = ["redacted", "masked", "hidden", "filtered", "removed", "secret hidden", "snip"];
    let bare = trimmed.trim_matches(['*', '<', '>', '[', ']', '(', ')', '{', '}', '-', ' ']);
    let is_framed = bare.len() < trimmed.len();
    let says_so = words.iter().any(|word| bare.eq_ignore_ascii_case(word));
    if stars || dots || exes || says_so && (is_framed || bare.eq_ignore_ascii_case("redacted")) {
        return Some(MASK);
    }
    let holds = |open: &str, close: &str| {
        text.find(open).is_some_and(|at| text[at + open.len()..].contains(close))
    };
    let holds_all = [
        ("${", "}"),
        ("{{", "}}"),
        ("{%", "%}"),
        ("<%", "%>"),
        ("$(", ")"),
        ("#{", "}"),
        ("%{", "}"),
        ("%(", ")s"),
    ];
    let is_name = |name: &str| {
        !name.is_empty()
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | ':'))
    };
    let is_between = |open: &str, close: &str| {
        let inner = trimmed.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        inner.is_some_and(is_name)
    };
    let frames = [
        ("<", ">"),
        ("{", "}"),
        ("[", "]"),
        ("%", "%"),
        ("@", "@"),
        ("__", "__"),
        ("@@", "@@"),
        ("%%", "%%"),
    ];
    let is_variable = trimmed.strip_prefix('$').is_some_and(|name| {
        name.len() > 1
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
            && name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
    });
    let is_sealed = trimmed.starts_with("ENC[") || trimmed.starts_with("!vault");
    let is_template = holds_all.iter().any(|(open, close)| holds(open, close))
        || frames.iter().any(|(open, close)| is_between(open, close))
        || is_variable
        || is_sealed;
    is_template.then_some(TEMPLATE)
}

pub(super) struct MaskedPassword;

impl RoleRule for MaskedPassword {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        if let Password::Is(fact) = &role.password
            && fact.value.kind() == VerifierKind::Plaintext
            && let Some(what) = kind(fact.value.expose())
        {
            let origin = fact.origin;
            role.password = Password::Unknown;
            cx.lose([origin]);
            cx.without_password.insert(name.clone());
            let object = Subject::Role(name.clone());
            let message = format!("its password {what}, and is left out");
            cx.report(&ABOUT, Action::Rewritten, object, origin, message);
        }
        Verdict::Keep
    }
}

#[cfg(test)]
mod tests {
    use super::kind;
    use crate::sanitize::testing::run;

    #[test]
    fn a_mask_is_left_out() {
        assert_eq!(
            run("CREATE ROLE a LOGIN PASSWORD '********';", "postgres 16"),
            "1 error masked-password rewritten role a: its password looks like a mask, and is left out\n\
             CREATE ROLE a WITH LOGIN\nkept 0, rewritten 1, dropped 0"
        );
    }

    #[test]
    fn masks_and_templates_are_told_from_passwords() {
        let others = [
            "********",
            "***",
            "xxxxxx",
            "XXXX",
            "••••••••",
            "......",
            "<redacted>",
            "[REDACTED]",
            "REDACTED",
            "***REMOVED***",
            "(hidden)",
            "ab****yz",
            "${APP_PASSWORD}",
            "pre-${X}",
            "{{ db_password }}",
            "{{x}}",
            "<password>",
            "<your password here>",
            "$APP_PASSWORD",
            "%PASSWORD%",
            "@PASSWORD@",
            "__PASSWORD__",
            "$(cat /run/secret)",
            "%(password)s",
            "{password}",
            "[password]",
            "<%= @pw %>",
            "#{password}",
            "ENC[AES256_GCM,data:x]",
            "%{password}",
        ];
        for text in others {
            assert!(kind(text).is_some(), "{text}");
        }
        let passwords = [
            "changeme",
            "password",
            "secret",
            "hidden",
            "x",
            "xxx",
            "xX1xX",
            "*",
            "a*b",
            "$1",
            "$ecret",
            "$Money1",
            "p{q}r",
            "a<b>c",
            "50%",
            "%",
            "me@home",
            "__x",
            "Sommer2026!",
            "{",
            "[]",
            "dots...",
            "-",
        ];
        for text in passwords {
            assert!(kind(text).is_none(), "{text}");
        }
    }
}
