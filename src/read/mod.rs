//! Where globals come from: the text of a dump, a live server, by its catalogs or by its pg_dumpall, and
//! verifiers from elsewhere.

mod dump;
pub mod live;
mod mask;
mod passwords;
pub mod pg_dumpall;

pub use dump::{Counts, Failure, Mistake, Options, Reading, read};
pub use mask::mask;
pub use passwords::{PasswordSource, PasswordsError, Userlist, read_passwords};
