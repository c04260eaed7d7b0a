//! Differences as data: what is different about which object, with the value on each side.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize;
use sha2::Sha256;

use super::describe::attributes;
use crate::finding::{Kind, Object};
use crate::globals::changes::Options;
use crate::globals::{Change, Grantee, Parameter, Password};
use crate::secret::{Secret, VerifierKind};

/// One difference.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Difference {
    /// What kind of object it is about.
    pub kind: Kind,
    /// Which one.
    pub object: String,
    /// What about it: an attribute, a setting; the object itself where only one side has it.
    pub field: String,
    /// What the left side has; none where it has nothing.
    pub left: Option<String>,
    /// What the right side has.
    pub right: Option<String>,
}

/// Shows verifiers such that equal ones can be told, in one run, and nothing else.
pub struct Fingerprint(Hmac<Sha256>);

impl Fingerprint {
    /// With this key, which is to be new for every run.
    pub fn new(key: [u8; 64]) -> Self {
        Self(Hmac::new(&key.into()))
    }

    /// `SCRAM-SHA-256 #3f2a9c41`.
    pub fn of(&self, secret: &Secret) -> String {
        let kind = match secret.kind() {
            VerifierKind::ScramSha256 => "SCRAM-SHA-256",
            VerifierKind::Md5 => "md5",
            VerifierKind::Malformed => "malformed",
            VerifierKind::Plaintext => "plaintext",
        };
        let mut mac = self.0.clone();
        mac.update(secret.expose().as_bytes());
        let digest = mac.finalize().into_bytes();
        let mut shown = format!("{kind} #");
        for byte in digest.iter().take(4) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "{byte:02x}");
        }
        shown
    }
}

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fingerprint")
    }
}

impl Difference {
    /// The difference that this change removes; its `from` is on the left.
    pub fn of(change: &Change, fingerprint: &Fingerprint) -> Self {
        let Object { kind, name } = change.object();
        let (field, left, right) = values(change, fingerprint);
        let object = match change {
            // Its field is the name of the setting.
            Change::Setting { key, .. } => {
                let role = key.role.as_ref().map_or("ALL", |role| role.as_str());
                match &key.database {
                    Some(database) => format!("{role} in {}", database.as_str()),
                    None => role.to_owned(),
                }
            }
            _ => name,
        };
        Self { kind, object, field, left, right }
    }

    /// The same seen from the other side.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self { left: self.right, right: self.left, ..self }
    }
}

type Values = (String, Option<String>, Option<String>);

fn values(change: &Change, fingerprint: &Fingerprint) -> Values {
    let text = |text: &Option<Box<str>>| text.as_ref().map(ToString::to_string);
    let named = |field: &str, left, right| (field.to_owned(), left, right);
    match change {
        Change::CreateRole { role, .. } => named("role", None, Some(attributes(role))),
        Change::DropRole { role, .. } => named("role", Some(attributes(role)), None),
        Change::Attribute { attribute, to, .. } => {
            named(attribute.keyword(), Some((!to).to_string()), Some(to.to_string()))
        }
        Change::ConnectionLimit { from, to, .. } => {
            named("CONNECTION LIMIT", Some(from.to_string()), Some(to.to_string()))
        }
        Change::ValidUntil { from, to, .. } => {
            let end = |end: &Option<crate::globals::Timestamp>| {
                Some(end.as_ref().map_or_else(|| "infinity".to_owned(), ToString::to_string))
            };
            named("VALID UNTIL", end(from), end(to))
        }
        Change::Password { from, to, .. } => {
            let shown = |password: &Password| match password {
                Password::Is(fact) => Some(fingerprint.of(&fact.value)),
                Password::None(_) => None,
                Password::Unknown => Some("unknown".to_owned()),
            };
            named("PASSWORD", shown(from), shown(to))
        }
        Change::Comment { from, to, .. } => named("COMMENT", text(from), text(to)),
        Change::Label { provider, from, to, .. } => {
            (format!("SECURITY LABEL FOR {provider}"), text(from), text(to))
        }
        Change::Setting { key, from, to, .. } => {
            let shown =
                |value: &Option<crate::globals::Value>| value.as_ref().map(ToString::to_string);
            (key.name.as_str().to_owned(), shown(from), shown(to))
        }
        Change::Membership { key, from, to, .. } => {
            let field = match &key.grantor {
                Some(grantor) => format!("granted by {grantor}"),
                None => "options".to_owned(),
            };
            (field, from.map(options), to.map(options))
        }
        Change::Parameter { key, from, to } => {
            let field = match &key.grantor {
                Some(grantor) => format!("granted by {grantor}"),
                None => "privileges".to_owned(),
            };
            (field, from.as_ref().map(privileges), to.as_ref().map(privileges))
        }
        Change::CreateTablespace { tablespace, .. } => {
            named("tablespace", None, Some(tablespace.location.to_string()))
        }
        Change::DropTablespace { tablespace, .. } => {
            named("tablespace", Some(tablespace.location.to_string()), None)
        }
        Change::TablespaceOwner { from, to, .. } => {
            let from = from.as_ref().map(|owner| owner.as_str().to_owned());
            named("OWNER", from, Some(to.as_str().to_owned()))
        }
        Change::TablespaceOption { option, from, to, .. } => {
            (option.as_str().to_owned(), text(from), text(to))
        }
        Change::TablespaceGrant { grantee, grantor, from, to, .. } => {
            let to_whom = match grantee {
                Grantee::Public => "PUBLIC",
                Grantee::Role(name) => name.as_str(),
            };
            let by = grantor.as_ref().map(|by| format!(" by {}", by.as_str())).unwrap_or_default();
            let shown = |option: Option<bool>| {
                option.map(|option| {
                    if option { "CREATE WITH GRANT OPTION" } else { "CREATE" }.to_owned()
                })
            };
            (format!("privileges of {to_whom}{by}"), shown(*from), shown(*to))
        }
    }
}

fn options(options: Options) -> String {
    let word = |value: bool| if value { "TRUE" } else { "FALSE" };
    let mut text = format!("ADMIN {}", word(options.admin));
    for (name, option) in [("INHERIT", options.inherit), ("SET", options.set)] {
        if let Some(value) = option {
            let _ = write!(text, ", {name} {}", word(value));
        }
    }
    text
}

fn privileges(parameter: &Parameter) -> String {
    let one = |name: &str, option: Option<crate::globals::Fact<bool>>| {
        option.map(|fact| format!("{name}{}", if fact.value { " WITH GRANT OPTION" } else { "" }))
    };
    let all = [one("SET", parameter.set), one("ALTER SYSTEM", parameter.alter_system)];
    all.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
