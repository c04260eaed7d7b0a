//! What tests of several rooms need.

use proptest::test_runner::{Config, RngSeed};

/// So many cases, and the same in each run; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` ask for others.
pub(crate) fn cases(cases: u32) -> Config {
    let usual = Config::default();
    let rng_seed = match usual.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        asked @ RngSeed::Fixed(_) => asked,
    };
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let cases = if asked { usual.cases } else { cases };
    // What failed is in the message, and becomes a test of its own.
    Config { failure_persistence: None, rng_seed, cases, ..usual }
}
