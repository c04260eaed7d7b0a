//! The dumps in `fixtures/dumps` are what servers really give: `tests/make-fixtures` writes them
//! anew, and otherwise they must be as they would be written.

use std::path::Path;
use std::{env, fs};

use crate::support::{globals, platforms};

/// Without it, each dump has random keys of its own.
const KEY: &str = "--restrict-key=fixture";

#[test]
fn aurora_15() {
    let cluster = platforms::aurora_like(15);
    platforms::aurora_reads_all_data(&cluster);
    globals::customer(&cluster);
    check("ok/aurora-15.sql", &cluster.dump_globals(15, &cluster.superuser, &[KEY]));
}

fn check(name: &str, dump: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/dumps").join(name);
    if env::var_os("PG_GLOBALS_MAKE_FIXTURES").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, dump).unwrap();
        return;
    }
    let fixture = fs::read(&path).unwrap_or_default();
    assert!(
        fixture == dump,
        "{} is no longer what the server gives: run tests/make-fixtures and look at the difference",
        path.display()
    );
}
