//! What always holds between real servers, and of the comparison that copies rest on.

mod changes;
mod converge;
mod diff;
mod hidden;
mod ladder;
mod source;

/// How many cases a property has: few where each takes servers, unless the environment says how many.
fn cases(few: u32) -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(few)
}

/// The same cases in every run, unless the environment gives another number.
fn seed() -> proptest::test_runner::RngSeed {
    let asked = std::env::var("PROPTEST_RNG_SEED").ok().and_then(|seed| seed.parse().ok());
    proptest::test_runner::RngSeed::Fixed(asked.unwrap_or(1))
}
