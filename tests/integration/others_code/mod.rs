//! Law 9: in databases that belong to others, nothing of theirs is run by any statement of ours.

mod attack;
mod first;
mod platforms;
mod traps;
