//! Whether everything is there after a migration: the globals as a copy would see it, and in each
//! database who owns what, who may do what, and whom row security shuts out.
//!
//! Each database of both servers is asked with one query a catalog (`reading`); what comes of it are
//! objects by name with their owners and privileges ([`Contents`]); [`compare`] says what the target's
//! lack, without talking to anybody; [`Mender`] writes the statements that give it back.

mod accept;
mod administrators;
mod catalog;
mod compare;
mod contents;
mod difference;
mod gather;
mod globals;
mod mend;
mod names;
mod object;
mod outstanding;
mod privilege;
mod properties;
mod reading;
mod visit;

#[cfg(test)]
mod tests;

pub use accept::Accepting;
pub use administrators::{Gained, Gains, gained};
pub use catalog::{Entry, selected};
pub use compare::compare;
pub use contents::{Changed, Contents, Flags, Held, Policy};
pub use difference::{Change, Comparing, Comparison, Difference, LeftBehind, Room};
pub use gather::{Catalogs, Outcome, Verified, catalogs, verify};
pub use globals::{Arrived, arrived, is_power};
pub use mend::{Loan, Mend, Mender};
pub use names::Names;
pub use object::{Class, Object, TypeName, fits_a_line};
pub use outstanding::Outstanding;
pub use privilege::{Acl, Privilege, Privileges};
pub use properties::Property;
pub use visit::Server;
