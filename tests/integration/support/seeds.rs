//! Generated cases: the same in each run, so that the gate gives the same answer for the same change.

use proptest::test_runner::{Config, RngSeed};

/// So many cases; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` ask for others.
pub fn fixed(cases: u32) -> Config {
    with(cases, 1)
}

/// Others in every run, for the soak.
pub fn random(cases: u32) -> Config {
    with(cases, rand::random())
}

#[allow(clippy::print_stdout, reason = "it is shown where the test fails only")]
fn with(cases: u32, seed: u64) -> Config {
    let usual = Config::default();
    let seed = match usual.rng_seed {
        RngSeed::Random => seed,
        RngSeed::Fixed(asked) => asked,
    };
    println!("PROPTEST_RNG_SEED={seed}");
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let cases = if asked { usual.cases } else { cases };
    // What failed is in the message, and becomes a test of its own.
    Config { failure_persistence: None, rng_seed: RngSeed::Fixed(seed), cases, ..usual }
}
