//! The shape of a platform's TOML file.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::answer::Answer;
use crate::attribute::Attribute;
use crate::glob::Glob;
use crate::secret::VerifierKind;
use crate::version::Major;

/// A whole file.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Data {
    /// What users type.
    pub(super) name: String,
    /// What the platform is called.
    pub(super) title: String,
    /// The date of the newest source, as a year or `2026-08`.
    pub(super) as_of: Option<String>,
    /// The major versions that it offers, ascending. Left out where not confirmed.
    pub(super) majors: Option<Spanned<Vec<MajorNumber>>>,
    /// Those of them that are a preview.
    #[serde(default)]
    pub(super) preview: Vec<MajorNumber>,
    /// Superusers, one of which shows that a cluster is on this platform.
    #[serde(default)]
    pub(super) recognised_by: Vec<String>,
    /// Tablespaces, one of which must be there too, if any is given.
    #[serde(default)]
    pub(super) recognised_by_tablespace: Vec<String>,
    /// Another platform, on which a cluster can be that shows no more than this one's superuser.
    pub(super) indistinct_from: Option<String>,
    /// Patterns of role names that look like the platform's.
    #[serde(default)]
    pub(super) role_patterns: Vec<Glob>,
    /// Patterns of role names that nobody but the platform gives: its own tools leave them out.
    #[serde(default)]
    pub(super) role_families: Vec<Glob>,
    /// Tablespaces that are the platform's.
    #[serde(default)]
    pub(super) own_tablespaces: Vec<String>,
    /// Databases that are the platform's.
    #[serde(default)]
    pub(super) own_databases: Vec<String>,
    /// Patterns of settings that exist on this platform only.
    #[serde(default)]
    pub(super) own_settings: Vec<SettingGlob>,
    pub(super) admin: Admin,
    /// `CREATE TABLESPACE` and privileges on tablespaces.
    pub(super) tablespaces: Option<Verdict>,
    /// `GRANT … ON PARAMETER`.
    pub(super) parameter_privileges: Option<Verdict>,
    /// The platform's own roles.
    #[serde(default)]
    pub(super) role: Vec<Role>,
    /// Attributes in `CREATE ROLE`, where the platform differs from PostgreSQL.
    #[serde(default)]
    pub(super) attribute: Vec<Rule<AttributeName>>,
    /// Granting predefined roles.
    #[serde(default)]
    pub(super) predefined: Vec<Rule<String>>,
    /// Settings of roles, where the platform differs from PostgreSQL.
    #[serde(default)]
    pub(super) setting: Vec<Rule<SettingGlob>>,
    /// Security labels that are a way to log in.
    #[serde(default)]
    pub(super) login_label: Vec<LoginLabel>,
    /// Providers of security labels.
    #[serde(default)]
    pub(super) label: Vec<Rule<String>>,
    /// Password verifiers.
    #[serde(default)]
    pub(super) verifier: Vec<Rule<VerifierName>>,
    /// Names that no role may be created with, beyond PostgreSQL's own.
    #[serde(default)]
    pub(super) role_name: Vec<Rule<Glob>>,
}

impl Data {
    /// Where a rule's versions run backwards, if one's do.
    pub(super) fn backwards(&self) -> Option<Range<usize>> {
        fn first<T>(rules: &[Rule<T>]) -> Option<Range<usize>> {
            rules.iter().find_map(Rule::backwards)
        }
        first(&self.attribute)
            .or_else(|| first(&self.predefined))
            .or_else(|| first(&self.setting))
            .or_else(|| first(&self.label))
            .or_else(|| first(&self.verifier))
            .or_else(|| first(&self.role_name))
    }
}

/// The role that a customer connects with.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Admin {
    #[serde(default)]
    pub(super) superuser: bool,
    /// The role whose members are administrators.
    pub(super) group: Option<String>,
    /// What the administrator has itself: from 16 on it can give nothing else.
    #[serde(default)]
    pub(super) attributes: Vec<AttributeName>,
}

/// One of the platform's roles.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    pub(super) name: Spanned<String>,
    pub(super) kind: RoleKind,
    #[serde(default)]
    pub(super) note: String,
    /// How members of this role authenticate, where not by password.
    pub(super) authentication: Option<String>,
    /// The attribute that membership stands for.
    pub(super) gives: Option<AttributeName>,
    /// Whether the administrator may grant it.
    pub(super) grant: Option<Verdict>,
    /// Whether servers of anybody may have a role of that name: it does not show the platform.
    #[serde(default)]
    pub(super) common: bool,
    /// Whether only older servers of the platform have it: sources, and no targets.
    #[serde(default)]
    pub(super) former: bool,
}

/// Providers whose labels on a role say how it authenticates.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct LoginLabel {
    pub(super) names: Vec<String>,
    pub(super) authentication: String,
}

/// What one of a platform's roles is for.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
pub enum RoleKind {
    /// The platform's superuser.
    Superuser,
    /// Holds rights that are passed on to its members.
    Group,
    /// Used by the platform's own processes.
    Service,
    /// The login that the customer was given. It owns the customer's objects: not the platform's.
    Admin,
}

/// A yes or no for all versions.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Verdict {
    answer: Word,
    why: String,
}

/// A yes or no for some names in some versions.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule<T> {
    pub(super) names: Vec<T>,
    /// The first version that it is about.
    since: Option<MajorNumber>,
    /// The last version that it is about.
    until: Option<Spanned<MajorNumber>>,
    answer: Word,
    /// Why not; for a yes, where it is confirmed.
    why: String,
}

#[derive(Deserialize, Clone, Copy, Debug)]
#[serde(rename_all = "lowercase")]
enum Word {
    Yes,
    No,
    Unconfirmed,
}

impl Word {
    fn answer(self, why: &str) -> Answer<'_> {
        match self {
            Self::Yes => Answer::Yes,
            Self::No => Answer::no(why),
            Self::Unconfirmed => Answer::unconfirmed(why),
        }
    }
}

impl Verdict {
    pub(super) fn answer(&self) -> Answer<'_> {
        self.answer.answer(&self.why)
    }
}

impl<T> Rule<T> {
    pub(super) fn answer(&self) -> Answer<'_> {
        self.answer.answer(&self.why)
    }

    pub(super) fn why(&self) -> &str {
        &self.why
    }

    fn covers(&self, major: Major) -> bool {
        self.since.is_none_or(|since| since.0 <= major)
            && self.until.as_ref().is_none_or(|until| major <= until.get_ref().0)
    }

    /// Where `until` comes before `since`, if it does.
    fn backwards(&self) -> Option<Range<usize>> {
        let until = self.until.as_ref()?;
        (*until.get_ref() < self.since?).then(|| until.span())
    }

    /// The first of `rules` about a name that `is_meant`, in this version.
    pub(super) fn find(
        rules: &[Self],
        major: Major,
        is_meant: impl Fn(&T) -> bool,
    ) -> Option<&Self> {
        rules.iter().find(|rule| rule.covers(major) && rule.names.iter().any(&is_meant))
    }
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[serde(try_from = "u32")]
pub(super) struct MajorNumber(pub(super) Major);

impl TryFrom<u32> for MajorNumber {
    type Error = String;

    fn try_from(number: u32) -> Result<Self, String> {
        number.to_string().parse().map(Self)
    }
}

/// A pattern for [folded](super::settings::folded) names of settings.
#[derive(Deserialize, Debug)]
#[serde(try_from = "String")]
pub(super) struct SettingGlob(pub(super) Glob);

impl TryFrom<String> for SettingGlob {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Glob::new(&text.to_ascii_lowercase()).map(Self)
    }
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(try_from = "String")]
pub(super) struct AttributeName(pub(super) Attribute);

impl TryFrom<String> for AttributeName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let found = Attribute::ALL.into_iter().find(|attribute| attribute.keyword() == name);
        found.map(Self).ok_or_else(|| {
            let known = Attribute::ALL.map(Attribute::keyword).join("`, `");
            format!("unknown attribute `{name}`, expected one of `{known}`")
        })
    }
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(try_from = "String")]
pub(super) struct VerifierName(pub(super) VerifierKind);

impl TryFrom<String> for VerifierName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Ok(Self(match name.as_str() {
            "scram-sha-256" => VerifierKind::ScramSha256,
            "md5" => VerifierKind::Md5,
            "plaintext" => VerifierKind::Plaintext,
            _ => {
                return Err(format!(
                    "unknown verifier `{name}`, expected one of `scram-sha-256`, `md5`, `plaintext`"
                ));
            }
        }))
    }
}
