//! Globals as they count, whoever granted what.

use super::fact::Fact;
use super::model::{Globals, Membership, MembershipKey, Parameter, ParameterKey};
use crate::attribute::Attribute;

impl Globals {
    /// The same with every attribute stated: what `CREATE ROLE` does not mention has its default.
    #[must_use]
    pub fn explicit(mut self) -> Self {
        for role in self.roles.values_mut() {
            for attribute in Attribute::ALL {
                if role.stated(attribute).is_none() {
                    let fact = Fact::new(attribute.default(), role.origin());
                    role.set(attribute, Some(fact));
                }
            }
        }
        self
    }

    /// The same with one grant for each membership and privilege: every option that one of its grants
    /// gives, and options that are not stated as they work out.
    #[must_use]
    pub fn united(mut self) -> Self {
        let memberships = std::mem::take(&mut self.memberships);
        for (key, it) in memberships {
            let inherits =
                self.roles.get(&key.member).is_none_or(|role| role.has(Attribute::Inherit));
            let key = MembershipKey { grantor: None, ..key };
            let origin = it.granted.origin;
            let united = self
                .memberships
                .entry(key)
                .or_insert(Membership { granted: it.granted, ..Membership::default() });
            for (slot, option, default) in [
                (&mut united.admin, it.admin, false),
                (&mut united.inherit, it.inherit, inherits),
                (&mut united.set, it.set, true),
            ] {
                let value = option.map_or(default, |fact| fact.value);
                let earlier = slot.is_some_and(|fact| fact.value);
                *slot = Some(Fact::new(value || earlier, origin));
            }
        }
        let better = |slot: &mut Option<Fact<bool>>, other: Option<Fact<bool>>| {
            if slot.is_none_or(|fact| !fact.value) {
                *slot = other.or(*slot);
            }
        };
        for (key, it) in std::mem::take(&mut self.parameters) {
            let key = ParameterKey { grantor: None, ..key };
            let united: &mut Parameter = self.parameters.entry(key).or_default();
            better(&mut united.set, it.set);
            better(&mut united.alter_system, it.alter_system);
        }
        for tablespace in self.tablespaces.values_mut() {
            for ((grantee, _), option) in std::mem::take(&mut tablespace.grants) {
                let slot = tablespace.grants.entry((grantee, None)).or_insert(option);
                if option.value {
                    *slot = option;
                }
            }
        }
        self.sort();
        self
    }
}

#[cfg(test)]
mod tests {
    use crate::read::{Options, read};

    #[test]
    fn several_grantors_are_one_grant() {
        let globals = |text: &str| read(text.as_bytes(), Options::default()).unwrap().globals;
        let roles = "CREATE ROLE a;CREATE ROLE b NOINHERIT;CREATE ROLE c;";
        let two = "GRANT a TO b WITH ADMIN OPTION, INHERIT FALSE GRANTED BY a;\
                   GRANT a TO b WITH INHERIT TRUE, SET FALSE GRANTED BY c;";
        let one = "GRANT a TO b WITH ADMIN OPTION, INHERIT TRUE;";
        let plain = "GRANT a TO b;";
        let all = |text: &str| globals(&format!("{roles}{text}")).united();
        assert_eq!(all(two), all(one));
        assert_eq!(all(plain), all("GRANT a TO b WITH INHERIT FALSE, SET TRUE;"));
        assert_ne!(all(plain), all(one));
    }
}
