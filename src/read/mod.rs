//! Where globals come from: the text of a dump, a live server, whose readers are [two](witness), and
//! verifiers from elsewhere.

pub mod abouts;
pub mod databases;
mod dump;
pub mod live;
mod mask;
mod passwords;
pub mod pg_dumpall;
mod servers;
mod shows;
mod source;
pub mod witness;

pub use dump::{Counts, Failure, Mistake, Options, Reading, read};
pub use mask::{mask, mask_secrets};
pub use passwords::{PasswordSource, PasswordsError, Userlist, read_passwords};
pub use servers::{ReaderError, both, pg_dumpall_alone};
pub use shows::Shows;
pub use source::{Contents, Source};
