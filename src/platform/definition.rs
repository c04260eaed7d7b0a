//! One platform: its roles, tablespaces, settings and versions.

use std::borrow::Cow;

use foldhash::{HashMap, HashSet};

use super::data::{Data, LoginLabel, Role, RoleKind};
use super::error::PlatformError;
use super::settings;
use crate::attribute::Attribute;
use crate::glob::Glob;
use crate::version::Major;

/// What is known about one platform.
#[derive(Debug)]
pub struct Platform {
    pub(super) data: Data,
    majors: Vec<Major>,
    roles: HashMap<String, OwnRole>,
    tablespaces: HashSet<String>,
    text: Cow<'static, str>,
}

/// One of a platform's own roles.
#[derive(Debug)]
pub struct OwnRole(Role);

/// Why a role counts as the platform's.
#[derive(Debug)]
pub enum Ownership<'a> {
    /// The platform creates a role of exactly this name.
    Exact(&'a OwnRole),
    /// The name matches this pattern of names that the platform keeps to itself.
    Family(&'a str),
    /// The name matches this pattern of the platform's names, as a customer's could, too.
    Pattern(&'a str),
}

impl OwnRole {
    /// Its name.
    pub fn name(&self) -> &str {
        self.0.name.get_ref()
    }

    /// What it is for.
    pub const fn kind(&self) -> RoleKind {
        self.0.kind
    }

    /// The attribute that its members have in all but name.
    pub fn gives(&self) -> Option<Attribute> {
        self.0.gives.as_ref().map(|name| name.0)
    }

    /// What is to know about it; may be empty.
    pub fn note(&self) -> &str {
        &self.0.note
    }

    pub(super) const fn data(&self) -> &Role {
        &self.0
    }
}

impl Platform {
    /// Reads a description; `file` is what the error calls it.
    pub fn from_toml(text: &str, file: &str) -> Result<Self, PlatformError> {
        // Its texts stand in scripts, and psql ends a line at such a byte.
        let value = toml::from_str(text).ok();
        if value.as_ref().is_some_and(|value: &toml::Value| has_nul(value)) {
            return Err(PlatformError::new(file, text, None, "a NUL in a text"));
        }
        Self::read(Cow::Owned(text.to_owned()), file)
    }

    pub(super) fn read(text: Cow<'static, str>, file: &str) -> Result<Self, PlatformError> {
        let mut data: Data =
            toml::from_str(&text).map_err(|error| PlatformError::from_toml(file, &text, &error))?;
        let listed = data.majors.take();
        let span = listed.as_ref().map(toml::Spanned::span);
        let majors: Vec<Major> =
            listed.into_iter().flat_map(toml::Spanned::into_inner).map(|major| major.0).collect();
        if !majors.is_sorted_by(|a, b| a < b) {
            return Err(PlatformError::new(file, &text, span, "`majors` must ascend"));
        }
        if let Some(span) = data.backwards() {
            return Err(PlatformError::new(file, &text, Some(span), "`until` is before `since`"));
        }
        let mut roles = HashMap::default();
        for role in std::mem::take(&mut data.role) {
            let (name, span) = (role.name.get_ref().clone(), role.name.span());
            if roles.contains_key(&name) {
                let message = format!("the role `{name}` is listed twice");
                return Err(PlatformError::new(file, &text, Some(span), message));
            }
            roles.insert(name, OwnRole(role));
        }
        let tablespaces = data.own_tablespaces.iter().cloned().collect();
        Ok(Self { data, majors, roles, tablespaces, text })
    }

    /// The name that users type: `azure`.
    pub fn name(&self) -> &str {
        &self.data.name
    }

    /// What the platform is called.
    pub fn title(&self) -> &str {
        &self.data.title
    }

    /// The description as it was written.
    pub fn source_text(&self) -> &str {
        &self.text
    }

    /// The major versions that it offers, ascending; empty where not confirmed.
    pub fn majors(&self) -> &[Major] {
        &self.majors
    }

    /// Whether a version that it offers is a preview.
    pub fn previews(&self, major: Major) -> bool {
        self.data.preview.iter().any(|preview| preview.0 == major)
    }

    /// The date of the newest source of what is known of it, as a year or `2026-08`.
    pub fn as_of(&self) -> Option<&str> {
        self.data.as_of.as_deref()
    }

    /// Another platform, where a cluster that is taken for one of this can be on that one as well.
    pub fn indistinct_from(&self) -> Option<&str> {
        self.data.indistinct_from.as_deref()
    }

    /// The newest released version that it offers, and no preview; where not confirmed, the newest that is
    /// released.
    pub fn newest(&self) -> Major {
        let is_released = |major: &&Major| **major <= settings::RELEASED && !self.previews(**major);
        let released = self.majors.iter().filter(is_released);
        released.max().or(self.majors.last()).copied().unwrap_or(settings::RELEASED)
    }

    /// Whether it offers `major`; where not confirmed, every version passes.
    pub fn offers(&self, major: Major) -> bool {
        self.majors.is_empty() || self.majors.binary_search(&major).is_ok()
    }

    /// The platform's role of exactly this name, its [administrator](RoleKind::Admin) included.
    pub fn role(&self, name: &str) -> Option<&OwnRole> {
        self.roles.get(name)
    }

    /// Its own role whose members have this attribute in all but name.
    pub fn giving(&self, attribute: Attribute) -> Option<&OwnRole> {
        let gives = self.roles.values().filter(|it| it.gives() == Some(attribute));
        gives.min_by_key(|it| it.name())
    }

    /// Whether a role is the platform's. Its administrator's login is not: it owns the customer's
    /// objects.
    pub fn owns<'a>(&'a self, role: &str) -> Option<Ownership<'a>> {
        if let Some(own) = self.role(role) {
            return (own.kind() != RoleKind::Admin).then_some(Ownership::Exact(own));
        }
        let find = |patterns: &'a [Glob]| patterns.iter().find(|pattern| pattern.matches(role));
        if let Some(family) = find(&self.data.role_families) {
            return Some(Ownership::Family(family.as_str()));
        }
        Some(Ownership::Pattern(find(&self.data.role_patterns)?.as_str()))
    }

    /// Whether a role is the platform's for sure, and none that a customer could have made.
    pub fn is_own(&self, role: &str) -> bool {
        matches!(self.owns(role), Some(Ownership::Exact(_) | Ownership::Family(_)))
    }

    /// Whether a role of this name shows that a server is on this platform, although the platform's
    /// superuser is not to be seen: not a name that other servers may have as well.
    pub fn is_shown_by(&self, role: &str) -> bool {
        match self.owns(role) {
            Some(Ownership::Exact(own)) => !own.0.common,
            Some(Ownership::Family(_)) => true,
            Some(Ownership::Pattern(_)) | None => false,
        }
    }

    /// The names of its roles, which [`role`](Self::role) finds.
    pub(super) fn role_names(&self) -> impl Iterator<Item = &str> {
        self.roles.keys().map(String::as_str)
    }

    /// Whether the name matches a pattern of names that nobody but the platform gives.
    pub(super) fn has_family_of(&self, role: &str) -> bool {
        self.data.role_families.iter().any(|pattern| pattern.matches(role))
    }

    /// Whether a tablespace is the platform's.
    pub fn owns_tablespace(&self, name: &str) -> bool {
        self.tablespaces.contains(name)
    }

    /// Whether a database is the platform's: nothing in it is the customer's.
    pub fn owns_database(&self, name: &str) -> bool {
        self.data.own_databases.iter().any(|own| own == name)
    }

    /// Whether a setting exists on this platform only.
    pub fn owns_setting(&self, name: &str) -> bool {
        let name = settings::folded(name);
        self.data.own_settings.iter().any(|pattern| pattern.0.matches(&name))
    }

    /// The role whose members are the platform's administrators.
    pub fn admin_role(&self) -> Option<&str> {
        self.data.admin.group.as_deref()
    }

    /// Whether the administrator is a superuser, whom nothing is refused.
    pub const fn admin_is_superuser(&self) -> bool {
        self.data.admin.superuser
    }

    /// How members of `role` authenticate, where not by a password of PostgreSQL's.
    pub fn external_authentication(&self, role: &str) -> Option<&str> {
        self.role(role)?.data().authentication.as_deref()
    }

    /// The same, of servers that the platform offers today.
    pub fn authenticates(&self, role: &str) -> Option<&str> {
        self.external_authentication(role)
            .filter(|_| self.role(role).is_some_and(|own| !own.0.former))
    }

    /// All of its roles whose members authenticate so, each with how.
    pub fn external_authentications(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.roles.values();
        all.filter_map(|role| Some((role.name(), role.data().authentication.as_deref()?)))
    }

    /// How a role authenticates that has a security label of this provider, where not by a password of
    /// PostgreSQL's.
    pub fn label_authentication(&self, provider: &str) -> Option<&str> {
        let is_its = |label: &&LoginLabel| label.names.iter().any(|name| name == provider);
        Some(self.data.login_label.iter().find(is_its)?.authentication.as_str())
    }
}

/// Whether a text in it has a NUL, which is written as an escape.
fn has_nul(value: &toml::Value) -> bool {
    match value {
        toml::Value::String(text) => text.contains('\0'),
        toml::Value::Array(all) => all.iter().any(has_nul),
        toml::Value::Table(all) => {
            all.iter().any(|(name, value)| name.contains('\0') || has_nul(value))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "name = \"x\"\ntitle = \"X\"\n";

    fn error(text: &str) -> String {
        Platform::from_toml(text, "x.toml").unwrap_err().to_string()
    }

    #[test]
    fn the_administrators_login_is_an_ordinary_role() {
        let text = format!(
            "{SMALL}role_patterns = [\"x*\"]\n[admin]\n[[role]]\nname = \"xadmin\"\nkind = \"admin\"\n\
             [[role]]\nname = \"xsu\"\nkind = \"superuser\"\nnote = \"n\"\n"
        );
        let platform = Platform::from_toml(&text, "x.toml").unwrap();
        assert!(platform.owns("xadmin").is_none());
        assert_eq!(platform.role("xadmin").unwrap().kind(), RoleKind::Admin);
        assert!(matches!(platform.owns("xsu"), Some(Ownership::Exact(role)) if role.note() == "n"));
        assert!(matches!(platform.owns("xy"), Some(Ownership::Pattern("x*"))));
        assert!(platform.owns("y").is_none());
        assert_eq!(platform.source_text(), text);
        assert!(platform.offers(Major::new(99)) && platform.majors().is_empty());
    }

    #[test]
    fn errors_name_the_place() {
        let cases = [
            (
                format!("{SMALL}[admin]\n[[role]]\nname = \"r\"\ncolour = 1\nkind = \"group\"\n"),
                "x.toml:6:1: unknown field `colour`, expected one of `name`, `kind`, `note`, \
                 `authentication`, `gives`, `grant`, `common`, `former`",
            ),
            (SMALL.to_owned(), "x.toml:1:1: missing field `admin`"),
            (
                format!(
                    "{SMALL}[admin]\n[[setting]]\nnames = [\"a[\"]\nanswer = \"no\"\nwhy = \"\"\n"
                ),
                "x.toml:5:9: the pattern `a[` has a `[` without its `]`",
            ),
            (
                format!("{SMALL}[admin]\nattributes = [\"LOGON\"]\n"),
                "x.toml:4:14: unknown attribute `LOGON`, expected one of `SUPERUSER`, `INHERIT`, \
                 `CREATEROLE`, `CREATEDB`, `LOGIN`, `REPLICATION`, `BYPASSRLS`",
            ),
            (
                format!(
                    "{SMALL}[admin]\n[[predefined]]\nnames = [\"p\"]\nanswer = \"maybe\"\nwhy = \"\"\n"
                ),
                "x.toml:6:10: unknown variant `maybe`, expected one of `yes`, `no`, `unconfirmed`",
            ),
            (
                format!("{SMALL}[admin]\n[tablespaces]\nanswer = \"no\"\n"),
                "x.toml:4:1: missing field `why`",
            ),
            (format!("{SMALL}majors = [17, 16]\n[admin]\n"), "x.toml:3:10: `majors` must ascend"),
            (
                format!(
                    "{SMALL}[admin]\n[[label]]\nnames = [\"p\"]\nsince = 17\nuntil = 16\n\
                     answer = \"no\"\nwhy = \"\"\n"
                ),
                "x.toml:7:9: `until` is before `since`",
            ),
            (
                format!("{SMALL}majors = [9]\n[admin]\n"),
                "x.toml:3:10: `9` is no major version of PostgreSQL: give one like 16",
            ),
            (
                format!(
                    "{SMALL}[admin]\n[[role]]\nname = \"r\"\nkind = \"group\"\n[[role]]\n\
                     name = \"r\"\nkind = \"group\"\n"
                ),
                "x.toml:8:8: the role `r` is listed twice",
            ),
            (
                "name = \n".to_owned(),
                "x.toml:1:8: string values must be quoted, expected literal string",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(error(&text), expected, "{text}");
        }
    }
}
