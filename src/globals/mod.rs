//! The model: what a cluster keeps outside its databases, whatever it was read from.
//!
//! - [`model`]: roles, memberships, settings, parameter privileges, tablespaces.
//! - [`fact`]: values that remember the statement that they come from.
//! - [`ledger`]: what became of each statement that was read.
//! - [`collect`]: statements into a model, in their order.
//! - [`mod@changes`]: what it takes to make one model like another.
//! - [`script`]: a model into statements, in the order in which they replay.
//! - [`stand_in`]: roles that take the place of others for a restore.
//! - [`timestamp`]: the values of `VALID UNTIL`.
//! - [`zone`]: the time zone where such a value has none.

pub mod changes;
pub(crate) mod circle;
pub mod collect;
pub mod fact;
pub mod ledger;
pub mod model;
mod rename;
pub mod script;
pub mod setting;
pub mod stand_in;
pub mod timestamp;
mod united;
pub mod zone;

pub use changes::{Change, Changes, Scope, changes};
pub use fact::{Fact, Origin};
pub use ledger::{Fate, Ledger};
pub use model::{
    Globals, Grantee, Map, Membership, MembershipKey, Parameter, ParameterKey, Password, Role,
    Setting, SettingKey, Tablespace,
};
pub use setting::{SettingName, Value};
pub use timestamp::Timestamp;
pub use zone::Zone;
