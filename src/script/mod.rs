//! Scripts for psql: what convert writes, what takes a copy back, and what makes one server like another place.
//!
//! They hold verifiers: whoever writes them to a file does so with mode 0600.

mod convert;
mod equalizer;
mod head;
mod take_back;
mod undo;
mod verify;

pub use convert::{Title, render, write};
pub use equalizer::{Equalizer, render as equalizer};
pub use take_back::render as take_back;
pub use undo::render as undo;
pub use verify::{Beside, render as verify};
