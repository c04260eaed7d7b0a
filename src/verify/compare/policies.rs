//! Policies of row security.

use crate::name::Name;
use crate::subject::Grantee;
use crate::verify::contents::{Contents, Policy};
use crate::verify::difference::{Change, Comparing, Comparison, Difference};
use crate::verify::object::Object;

pub(super) fn compare(
    source: &Contents,
    target: &Contents,
    cx: Comparing<'_>,
    out: &mut Comparison,
) {
    for (object, policy) in &source.policies {
        // Of a table that is not there, nothing else is.
        let Some(table) = target.objects.get(&object.table()) else { continue };
        let there = target.policies.get(object);
        one(object, policy, there, &table.owner, cx, out);
    }
    for (object, policy) in &target.policies {
        let is_new = !source.policies.contains_key(object);
        if is_new && source.objects.contains_key(&object.table()) {
            out.differences.push(Difference {
                object: object.clone(),
                change: Change::NewPolicy,
                owner: policy.owner.clone(),
            });
        }
    }
}

fn one(
    object: &Object,
    policy: &Policy,
    there: Option<&Policy>,
    owner: &Name,
    cx: Comparing<'_>,
    out: &mut Comparison,
) {
    let roles = policy.roles.iter().filter_map(|role| match role {
        Grantee::Role(role) => Some(role),
        Grantee::Public => None,
    });
    let left: Vec<&Name> = roles.filter(|role| cx.names.carried(role).is_none()).collect();
    let mut push = |change| {
        out.differences.push(Difference { object: object.clone(), change, owner: owner.clone() });
    };
    let Some(there) = there else {
        let missing = left.iter().filter(|role| !cx.names.has(role));
        let cause: Vec<Name> = missing.map(|role| (*role).clone()).collect();
        let is_only_theirs = policy.roles.len() == left.len();
        for role in &left {
            out.left.entry((*role).clone()).or_default().policies += 1;
        }
        // One for nobody else is missed by nobody.
        if !is_only_theirs {
            push(Change::NoPolicy { cause });
        }
        return;
    };
    let mut lacks = false;
    let mut wanted = Vec::new();
    for role in &policy.roles {
        let expected = cx.names.expected_grantee(role);
        let is_there = there.roles.contains(&expected);
        if cx.names.is_left(role) {
            if !is_there {
                if let Grantee::Role(role) = role {
                    out.left.entry(role.clone()).or_default().policies += 1;
                }
                continue;
            }
        } else {
            lacks |= !is_there;
        }
        wanted.push(expected);
    }
    let is_beyond = |role: &&Grantee| {
        let is_stand_in = matches!(role, Grantee::Role(role) if cx.names.stand_ins.contains(role));
        !wanted.contains(role) && !is_stand_in
    };
    if lacks || there.roles.iter().any(|role| is_beyond(&role)) {
        push(Change::PolicyRoles(wanted));
    }
    if policy.command != there.command || policy.permissive != there.permissive {
        push(Change::PolicyKind);
    }
}
