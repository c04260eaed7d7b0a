//! Statements into a model, in the order in which they stand.

pub mod abouts;
mod collector;
mod dropped;
mod era;
mod kept;
mod membership;
mod mentions;
mod object;
mod privilege;
mod refusal;
mod role;
mod session;
mod setting;
mod statement;
mod version;

#[cfg(test)]
mod tests;

pub use collector::Collector;
pub use dropped::{missing_attributes, without_attributes};
pub use era::Era;
pub use kept::Kept;
pub use refusal::Refusal;
pub use statement::Collected;
