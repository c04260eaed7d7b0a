//! What a live server has, from its catalogs, and what it answers about itself: one query a file.
//!
//! All of it takes two round trips, whatever the number of roles, sees one snapshot, and leaves the
//! session as it was.

mod administrator;
mod alone;
mod answers;
mod batch;
mod connected;
mod databases;
mod encoding;
mod error;
mod kinds;
mod labels;
mod languages;
mod members;
mod memberships;
mod named_by;
mod parameters;
mod part;
mod predefined;
mod probe;
mod reading;
mod roles;
mod server;
mod server_settings;
mod session;
mod settings;
mod tablespaces;
mod uses;

pub use alone::alone;
pub use error::LiveError;
pub use named_by::{Use, UseKind};
pub use probe::Probe;
pub use reading::{read, read_again};
pub use server::Live;
pub use session::{SAFE_PATH, STATE};

use batch::Row;
