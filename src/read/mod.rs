//! Where globals come from: the text of a dump, a live server, and verifiers from elsewhere.

mod dump;
pub mod live;
mod mask;
mod passwords;

pub use dump::{Counts, Failure, Mistake, Options, Reading, read};
pub use mask::mask;
pub use passwords::{PasswordSource, PasswordsError, Userlist, read_passwords};
