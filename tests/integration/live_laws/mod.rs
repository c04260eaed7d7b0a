//! What always holds between real servers, and of the comparison that copies rest on.

mod attacks;
mod changes;
mod converge;
mod diff;
mod edits;
mod hidden;
mod ladder;
mod soak;
mod source;
mod tricks;

use proptest::prelude::ProptestConfig;

use crate::support::seeds;

/// For properties of which each case takes servers.
fn config(few: u32) -> ProptestConfig {
    ProptestConfig { max_shrink_iters: 60, ..seeds::fixed(few) }
}
