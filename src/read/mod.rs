//! Where globals come from: the text of a dump, and verifiers from elsewhere.

mod dump;
mod mask;
mod passwords;

pub use dump::{Counts, Failure, Mistake, Options, Reading, read};
pub use mask::mask;
pub use passwords::{PasswordSource, PasswordsError, Userlist, read_passwords};
