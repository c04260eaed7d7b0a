//! Globals as they count, whoever granted what.

use indexmap::map::Entry;

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
    /// gives. What none of them states stays unstated.
    #[must_use]
    pub fn united(mut self) -> Self {
        let memberships = std::mem::take(&mut self.memberships);
        self.memberships.reserve(memberships.len());
        for (key, it) in memberships {
            let key = MembershipKey { grantor: None, ..key };
            let origin = it.granted.origin;
            let value = |option: Option<Fact<bool>>, default| option.map_or(default, |it| it.value);
            let (admin, set) = (value(it.admin, false), value(it.set, true));
            let fact = |value| Some(Fact::new(value, origin));
            match self.memberships.entry(key) {
                Entry::Vacant(entry) => {
                    entry.insert(Membership { admin: fact(admin), set: fact(set), ..it });
                }
                Entry::Occupied(mut entry) => {
                    let united = entry.get_mut();
                    united.admin = fact(admin || value(united.admin, false));
                    united.set = fact(set || value(united.set, true));
                    if united.inherit.is_some() || it.inherit.is_some() {
                        let member = self.roles.get(&entry.key().member);
                        let inherits = member.is_none_or(|role| role.has(Attribute::Inherit));
                        let united = entry.get_mut();
                        let earlier = value(united.inherit, inherits);
                        united.inherit = fact(earlier || value(it.inherit, inherits));
                    }
                }
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
    use crate::globals::{Change, Scope, changes};
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
        let count =
            |one: &str, other: &str| changes(&all(one), &all(other), Scope::Mirror).changes.len();
        assert_eq!(count(plain, "GRANT a TO b WITH INHERIT FALSE, SET TRUE;"), 0);
        assert_eq!(count(plain, one), 1);
        let unstated = "GRANT a TO b GRANTED BY a;GRANT a TO b WITH INHERIT TRUE GRANTED BY c;";
        assert_eq!(count(unstated, "GRANT a TO b WITH INHERIT TRUE;"), 0);
        // Neither states it: it is the member's attribute and nothing else.
        let inherits = globals("CREATE ROLE a;CREATE ROLE b INHERIT;CREATE ROLE c;GRANT a TO b;");
        let found = changes(&all(plain), &inherits.united(), Scope::Mirror).changes;
        assert!(matches!(&found[..], [Change::Attribute { .. }]), "{found:?}");
    }
}
