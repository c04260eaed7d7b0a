//! What it takes to make one set of globals like another.
//!
//! One comparison, in three [scopes](Scope): by value, without regard to the order of things or
//! where they were read. What one of the readings could not see never differs.

mod adopt;
mod change;
mod described;
mod membership;
mod parameter;
mod part;
mod role;
mod scope;
mod setting;
mod tablespace;

pub use change::{Change, Options, Target};
pub use part::Part;
pub use scope::{Changes, Scope};
pub use setting::is_same_setting;

use super::model::Globals;

/// What it takes to make `current` like `desired`.
pub fn changes(current: &Globals, desired: &Globals, scope: Scope) -> Changes {
    let mut all = Changes::default();
    for (name, role) in &desired.roles {
        role::compare(name, current.roles.get(name), role, scope, &mut all);
    }
    if scope == Scope::Mirror {
        for (name, role) in &current.roles {
            if !desired.roles.contains_key(name) {
                let role = Box::new(role.clone());
                all.changes.push(Change::DropRole { name: name.clone(), role });
            }
        }
    }
    setting::compare(current, desired, scope, &mut all);
    membership::compare(current, desired, scope, &mut all);
    parameter::compare(current, desired, scope, &mut all);
    tablespace::compare(current, desired, scope, &mut all);
    all
}
