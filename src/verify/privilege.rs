//! Privileges on objects, and who has them.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::subject::Grantee;
use crate::version::Major;

/// A privilege by its keyword. One of a version that is not known here is passed over, as every
/// privilege is that one of two versions does not know.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Privilege {
    /// `SELECT`.
    Select,
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
    /// `TRUNCATE`.
    Truncate,
    /// `REFERENCES`.
    References,
    /// `TRIGGER`.
    Trigger,
    /// `MAINTAIN`, which 17 and later know.
    Maintain,
    /// `USAGE`.
    Usage,
    /// `EXECUTE`.
    Execute,
    /// `CREATE`.
    Create,
    /// `CONNECT`.
    Connect,
    /// `TEMPORARY`.
    Temporary,
}

impl Privilege {
    /// All of them, in the order in which they are named.
    pub const ALL: [Self; 13] = [
        Self::Select,
        Self::Insert,
        Self::Update,
        Self::Delete,
        Self::Truncate,
        Self::References,
        Self::Trigger,
        Self::Maintain,
        Self::Usage,
        Self::Execute,
        Self::Create,
        Self::Connect,
        Self::Temporary,
    ];

    /// As `GRANT` and `aclexplode` call it.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Truncate => "TRUNCATE",
            Self::References => "REFERENCES",
            Self::Trigger => "TRIGGER",
            Self::Maintain => "MAINTAIN",
            Self::Usage => "USAGE",
            Self::Execute => "EXECUTE",
            Self::Create => "CREATE",
            Self::Connect => "CONNECT",
            Self::Temporary => "TEMPORARY",
        }
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }

    fn of(keyword: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.keyword() == keyword)
    }
}

/// Some privileges, each with or without the grant option.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Privileges {
    held: u16,
    /// The grant options; in a difference also those of privileges that stay.
    grantable: u16,
}

impl Privileges {
    /// These, without the grant option.
    pub fn of(all: impl IntoIterator<Item = Privilege>) -> Self {
        let held = all.into_iter().fold(0, |bits, privilege| bits | privilege.bit());
        Self { held, grantable: 0 }
    }

    /// Whether there is none, and no grant option.
    pub const fn is_empty(self) -> bool {
        self.held | self.grantable == 0
    }

    /// All that one of the two has.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { held: self.held | other.held, grantable: self.grantable | other.grantable }
    }

    /// What the other does not have: privileges, and grant options.
    #[must_use]
    pub const fn beyond(self, other: Self) -> Self {
        Self { held: self.held & !other.held, grantable: self.grantable & !other.grantable }
    }

    /// Without what servers before 17 do not know, where one of these is such a server.
    #[must_use]
    pub fn known_to(self, majors: [Major; 2]) -> Self {
        if majors.into_iter().all(|major| major >= Major::new(17)) {
            return self;
        }
        let mask = !Privilege::Maintain.bit();
        Self { held: self.held & mask, grantable: self.grantable & mask }
    }

    /// Those without their grant option, those with it, and those of which it is the grant option
    /// alone.
    pub fn parts(self) -> [Vec<Privilege>; 3] {
        let those = |bits: u16| Privilege::ALL.into_iter().filter(move |it| bits & it.bit() != 0);
        [
            those(self.held & !self.grantable).collect(),
            those(self.held & self.grantable).collect(),
            those(self.grantable & !self.held).collect(),
        ]
    }

    /// Each in words: `SELECT`, `SELECT WITH GRANT OPTION`, `the grant option for SELECT`.
    pub fn words(self) -> Vec<String> {
        let [plain, with, option] = self.parts();
        let plain = plain.into_iter().map(|it| it.keyword().to_owned());
        let with = with.into_iter().map(|it| format!("{} WITH GRANT OPTION", it.keyword()));
        let option = option.into_iter().map(|it| format!("the grant option for {}", it.keyword()));
        plain.chain(with).chain(option).collect()
    }
}

impl Serialize for Privileges {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.words().serialize(serializer)
    }
}

/// Who has which privileges on an object, by whichever grantor.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Acl(BTreeMap<Grantee, Privileges>);

impl Acl {
    /// Reads what the queries write: `0=SELECT,16384=INSERT*`, with roles by their oid and `*` for the
    /// grant option. `named` tells a role's name.
    ///
    /// # Errors
    /// When it is something else.
    pub fn read<'a>(
        text: &'a str,
        mut named: impl FnMut(&'a str) -> Grantee,
    ) -> Result<Self, &'static str> {
        const WRONG: &str = "something else where privileges were expected";
        let mut acl = Self::default();
        for item in text.split(',').filter(|item| !item.is_empty()) {
            let (oid, keyword) = item.split_once('=').ok_or(WRONG)?;
            if oid.is_empty() || !oid.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(WRONG);
            }
            let bare = keyword.strip_suffix('*').unwrap_or(keyword);
            let Some(privilege) = Privilege::of(bare) else { continue };
            let held = privilege.bit();
            let grantable = if bare.len() < keyword.len() { held } else { 0 };
            let grantee = if oid == "0" { Grantee::Public } else { named(oid) };
            acl.add(grantee, Privileges { held, grantable });
        }
        Ok(acl)
    }

    /// Adds privileges.
    pub fn add(&mut self, grantee: Grantee, privileges: Privileges) {
        let all = self.0.entry(grantee).or_default();
        *all = all.and(privileges);
    }

    /// Who has something, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Grantee, Privileges)> {
        self.0.iter().map(|(grantee, privileges)| (grantee, *privileges))
    }

    /// What somebody has.
    pub fn of(&self, grantee: &Grantee) -> Privileges {
        self.0.get(grantee).copied().unwrap_or_default()
    }
}

impl FromIterator<(Grantee, Privileges)> for Acl {
    fn from_iter<T: IntoIterator<Item = (Grantee, Privileges)>>(all: T) -> Self {
        let mut acl = Self::default();
        for (grantee, privileges) in all {
            acl.add(grantee, privileges);
        }
        acl
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Name;

    fn acl(text: &str) -> Result<Acl, &'static str> {
        Acl::read(text, |oid| Grantee::Role(Name::new(oid)))
    }

    #[test]
    fn what_the_queries_write_is_read() {
        let read = acl("0=EXECUTE,16384=SELECT,16384=INSERT*,16384=SELECT*").unwrap();
        assert_eq!(read.of(&Grantee::Public), Privileges::of([Privilege::Execute]));
        let role = read.of(&Grantee::Role(Name::new("16384")));
        assert_eq!(role.words(), ["SELECT WITH GRANT OPTION", "INSERT WITH GRANT OPTION"]);
        assert_eq!(acl("").unwrap(), Acl::default());
        // A later version's.
        assert_eq!(acl("10=FLY,10=FLY*").unwrap(), Acl::default());
        for text in ["x=SELECT", "=SELECT", "SELECT", "1,2"] {
            assert!(acl(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_beyond() {
        let one = |text: &str| acl(text).unwrap().of(&Grantee::Public);
        let lost = one("0=SELECT*,0=INSERT,0=UPDATE*").beyond(one("0=SELECT,0=INSERT"));
        assert_eq!(lost.words(), ["UPDATE WITH GRANT OPTION", "the grant option for SELECT"]);
        assert!(one("0=SELECT").beyond(one("0=SELECT*")).is_empty());
        let maintain = one("0=MAINTAIN,0=SELECT");
        let (old, new) = (Major::new(16), Major::new(17));
        assert_eq!(maintain.known_to([old, new]).words(), ["SELECT"]);
        assert_eq!(maintain.known_to([new, new]).words(), ["SELECT", "MAINTAIN"]);
    }
}
