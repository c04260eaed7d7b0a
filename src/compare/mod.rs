//! What differs between two sides: both as they are, or the left one as a migration would bring it.
//!
//! ```
//! use pg_globals::compare::{self, Fingerprint, Question};
//! use pg_globals::read::{Options, Source, read};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let side = |text: &str| {
//!     let reading = read(text.as_bytes(), Options::default())?;
//!     Ok::<_, Box<dyn std::error::Error>>(Source::of_dump("a dump".to_owned(), reading))
//! };
//! let (left, right) = (side("CREATE ROLE app LOGIN;")?, side("CREATE ROLE app;")?);
//! let fingerprint = Fingerprint::new([7; 64]);
//! let compared = compare::plain(left, right, &Question::default(), &fingerprint)?;
//! assert_eq!(compared.differences[0].field, "LOGIN");
//! # Ok(())
//! # }
//! ```

mod difference;
mod fingerprint;
mod left_out;
mod migrated;
mod plain;
mod sides;
mod statements;

pub use difference::Difference;
pub use fingerprint::Fingerprint;
pub use left_out::LeftOut;
pub use migrated::compare as migrated;
pub use plain::compare as plain;
pub use statements::{Statements, Wanted, statements};

use crate::finding::Finding;
use crate::globals::changes::Part;
use crate::globals::{Change, Globals};
use crate::platform::Platform;
use crate::sanitize::Choices;

/// What is asked about the two sides.
#[derive(Clone, Debug, Default)]
pub struct Question<'a> {
    /// Which roles, under which names, and what a migration would be told.
    pub choices: Choices,
    /// What is not looked at.
    pub ignore: Vec<Part>,
    /// The platforms' own roles are compared, too.
    pub all_roles: bool,
    /// Who granted what is compared, too.
    pub grantors: bool,
    /// The platform of the left side, where it was recognised or named.
    pub left_platform: Option<&'a Platform>,
    /// Both sides are wanted as they were compared.
    pub sides: bool,
}

impl Question<'_> {
    fn ignores(&self, change: &Change) -> bool {
        self.ignore.iter().any(|ignore| ignore.covers(change))
    }
}

/// The answer.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// What is different.
    pub differences: Vec<Difference>,
    /// What was not looked at, or cannot be compared.
    pub left_out: LeftOut,
    /// What there is to say about the left side, made fit for a platform.
    pub findings: Vec<Finding>,
    /// Both sides as they were compared, such that their scripts differ where they do; only where they are wanted.
    pub sides: Option<[Globals; 2]>,
}
