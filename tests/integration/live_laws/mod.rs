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
use proptest::test_runner::RngSeed;

/// For properties of which each case takes servers: few cases, others in every run. The environment says
/// how many and which, in the words in which a failed test says it.
#[allow(clippy::print_stdout, reason = "it is shown where the test fails only")]
fn config(few: u32) -> ProptestConfig {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    // The gate gives the same answer for the same change; everybody else tries others.
    let other = || if std::env::var_os("CI").is_some() { 1 } else { u64::from(rand()) };
    let seed = number("PROPTEST_RNG_SEED").unwrap_or_else(other);
    println!("PROPTEST_RNG_SEED={seed}");
    ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        max_shrink_iters: 60,
        cases: number("PROPTEST_CASES").and_then(|it| it.try_into().ok()).unwrap_or(few),
        ..ProptestConfig::default()
    }
}

fn rand() -> u32 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    now.subsec_nanos()
}
