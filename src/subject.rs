//! What a finding, a change or an error is about.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};
use smol_str::SmolStr;

use crate::name::Name;

/// The kinds of objects that findings are about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Kind {
    /// A role: its existence or an attribute.
    Role,
    /// A membership, named `member in role`.
    Membership,
    /// A setting of a role or a database, named `role: setting`.
    Setting,
    /// A privilege on a configuration parameter.
    Parameter,
    /// A tablespace.
    Tablespace,
    /// A comment on a role or tablespace.
    Comment,
    /// A security label on a role or tablespace.
    SecurityLabel,
    /// A statement of the input that is none of the above.
    Statement,
}

impl Kind {
    /// What one of them is called in a message.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Membership => "membership",
            Self::Setting => "setting",
            Self::Parameter => "parameter privilege",
            Self::Tablespace => "tablespace",
            Self::Comment => "comment",
            Self::SecurityLabel => "security label",
            Self::Statement => "statement",
        }
    }
}

/// What a finding is about. [`Display`](fmt::Display) names its kind, and quotes names where SQL would: two
/// subjects that are not the same never read alike.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Subject {
    /// A role: its existence or an attribute.
    Role(Name),
    /// A membership.
    Membership {
        /// The role that is granted.
        role: Name,
        /// Who is a member of it.
        member: Name,
    },
    /// Memberships of one role that travel in one statement.
    Memberships {
        /// The role that is granted.
        role: Name,
        /// The first of its members.
        member: Name,
        /// How many others there are.
        more: usize,
    },
    /// What is set for a role, in a database, or both.
    Setting {
        /// Whose; none for all roles.
        role: Option<Name>,
        /// The database; none for all of them.
        database: Option<Name>,
        /// The setting's name; `ALL` for all that there are.
        name: SmolStr,
    },
    /// Settings of a sort, by the clause that they are set with.
    Settings(&'static str),
    /// A privilege on a configuration parameter; of whomever, where nobody is named.
    Parameter {
        /// The parameter.
        name: SmolStr,
        /// Who has it.
        grantee: Option<Grantee>,
    },
    /// A tablespace.
    Tablespace(Name),
    /// A comment.
    Comment(Target),
    /// A security label.
    SecurityLabel(Target),
    /// A statement of the input, or something about the whole of it.
    Statement(Cow<'static, str>),
}

/// Who has a privilege.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Grantee {
    /// Every role.
    Public,
    /// This role.
    Role(Name),
}

/// What comments and labels are on.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Target {
    /// A role.
    Role(Name),
    /// A tablespace.
    Tablespace(Name),
}

impl Subject {
    /// Its kind.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Role(_) => Kind::Role,
            Self::Membership { .. } | Self::Memberships { .. } => Kind::Membership,
            Self::Setting { .. } | Self::Settings(_) => Kind::Setting,
            Self::Parameter { .. } => Kind::Parameter,
            Self::Tablespace(_) => Kind::Tablespace,
            Self::Comment(_) => Kind::Comment,
            Self::SecurityLabel(_) => Kind::SecurityLabel,
            Self::Statement(_) => Kind::Statement,
        }
    }

    /// A statement, or something about the input as a whole.
    pub fn statement(what: impl Into<Cow<'static, str>>) -> Self {
        Self::Statement(what.into())
    }

    /// Without the kind, as it is called in JSON.
    pub const fn name(&self) -> Named<'_> {
        Named { subject: self, exact: true }
    }
}

impl Target {
    /// The name of the object.
    pub const fn name(&self) -> &Name {
        match self {
            Self::Role(name) | Self::Tablespace(name) => name,
        }
    }
}

impl Grantee {
    /// The role; none for everybody.
    pub const fn role(&self) -> Option<&Name> {
        match self {
            Self::Role(name) => Some(name),
            Self::Public => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Role(_) => "role ",
            Self::Membership { .. } | Self::Memberships { .. } => "membership ",
            Self::Setting { .. } => "setting ",
            Self::Settings(_) => "settings ",
            Self::Parameter { .. } => "parameter ",
            Self::Tablespace(_) => "tablespace ",
            Self::Comment(on) => return write!(f, "comment on {on}"),
            Self::SecurityLabel(on) => return write!(f, "security label on {on}"),
            Self::Statement(_) => "",
        })?;
        Named { subject: self, exact: false }.fmt(f)
    }
}

/// A subject without its kind. In JSON names are exact, to the last character, and quoted only where they stand
/// with others; for people nothing in them is hidden.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    subject: &'a Subject,
    exact: bool,
}

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.subject {
            Subject::Role(name) | Subject::Tablespace(name) => self.alone(name, f),
            Subject::Membership { role, member } => {
                self.part(member, f)?;
                f.write_str(" in ")?;
                self.part(role, f)
            }
            Subject::Memberships { role, member, more } => {
                self.part(member, f)?;
                write!(f, " and {more} more in ")?;
                self.part(role, f)
            }
            Subject::Setting { role, database, name } => {
                match role {
                    Some(role) => self.part(role, f)?,
                    None => f.write_str("ALL")?,
                }
                if let Some(database) = database {
                    f.write_str(" in ")?;
                    self.part(database, f)?;
                }
                f.write_str(": ")?;
                self.setting(name, f)
            }
            Subject::Settings(clause) => f.write_str(clause),
            Subject::Parameter { name, grantee } => {
                self.setting(name, f)?;
                match grantee {
                    Some(Grantee::Public) => f.write_str(" to PUBLIC"),
                    Some(Grantee::Role(role)) => {
                        f.write_str(" to ")?;
                        self.part(role, f)
                    }
                    None => Ok(()),
                }
            }
            Subject::Comment(target) | Subject::SecurityLabel(target) => match target {
                // One of this name would read like a tablespace's.
                Target::Role(name) if name.as_str().starts_with("tablespace ") => {
                    self.part(name, f)
                }
                Target::Role(name) => self.alone(name, f),
                Target::Tablespace(name) => {
                    f.write_str("tablespace ")?;
                    self.part(name, f)
                }
            },
            Subject::Statement(what) => f.write_str(what),
        }
    }
}

impl Named<'_> {
    /// The only name.
    fn alone(self, name: &Name, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.exact { f.write_str(name.as_str()) } else { write!(f, "{name}") }
    }

    /// A name among others, quoted where SQL would.
    fn part(self, name: &Name, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = name.to_string();
        if self.exact && shown.starts_with('"') {
            return write!(f, "\"{}\"", name.as_str().replace('"', "\"\""));
        }
        f.write_str(&shown)
    }

    /// The server compares names of settings without regard to case: capitals need no quotes.
    fn setting(self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '$' | '-');
        if name.chars().all(is_plain) { f.write_str(name) } else { self.part(&Name::new(name), f) }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(name) => write!(f, "role {name}"),
            Self::Tablespace(name) => write!(f, "tablespace {name}"),
        }
    }
}

impl fmt::Display for Grantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("PUBLIC"),
            Self::Role(name) => name.fmt(f),
        }
    }
}

impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Object { kind: self.kind(), name: self.name().to_string() }.serialize(serializer)
    }
}

/// What a finding is about.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Object {
    /// Its kind.
    kind: Kind,
    /// Its name; names that stand with others are quoted where SQL would quote them.
    name: String,
}

#[cfg(test)]
impl schemars::JsonSchema for Subject {
    fn schema_name() -> Cow<'static, str> {
        Object::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Object::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_the_same_never_reads_alike() {
        let name = |text: &str| Name::new(text);
        let membership = |member: &str, role: &str| Subject::Membership {
            role: name(role),
            member: name(member),
        };
        let setting =
            |role: Option<&str>, database: Option<&str>, setting: &str| Subject::Setting {
                role: role.map(name),
                database: database.map(name),
                name: setting.into(),
            };
        let all = [
            (membership("a in b", "c"), "membership \"a in b\" in c"),
            (membership("a", "b in c"), "membership a in \"b in c\""),
            (setting(Some("a in d"), None, "x.y"), "setting \"a in d\": x.y"),
            (setting(Some("a"), Some("d"), "x.y"), "setting a in d: x.y"),
            (setting(None, Some("d"), "DateStyle"), "setting ALL in d: DateStyle"),
            (setting(Some("ALL"), Some("d"), "DateStyle"), "setting \"ALL\" in d: DateStyle"),
            (setting(Some("a"), None, "b: c"), "setting a: \"b: c\""),
            (Subject::Comment(Target::Role(name("a"))), "comment on role a"),
            (Subject::Comment(Target::Tablespace(name("a"))), "comment on tablespace a"),
            (
                Subject::Comment(Target::Role(name("tablespace a"))),
                "comment on role \"tablespace a\"",
            ),
            (
                Subject::Parameter { name: "x".into(), grantee: Some(Grantee::Public) },
                "parameter x to PUBLIC",
            ),
            (
                Subject::Parameter {
                    name: "x".into(),
                    grantee: Some(Grantee::Role(name("PUBLIC"))),
                },
                "parameter x to \"PUBLIC\"",
            ),
            (Subject::Role(name("a\nb")), "role \"a\\nb\""),
        ];
        for (subject, shown) in &all {
            assert_eq!(subject.to_string(), *shown);
        }
        let json: Vec<_> =
            all.iter().map(|(subject, _)| serde_json::to_string(subject).unwrap()).collect();
        assert!(json.iter().enumerate().all(|(at, one)| !json[..at].contains(one)), "{json:?}");
    }
}
