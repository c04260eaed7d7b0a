//! Reading a whole dump: no bytes make it panic, and the script of what was read gives the same
//! script again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pg_globals::globals::Globals;
use pg_globals::globals::script::{Shape, statements};
use pg_globals::read::{Options, read};
use pg_globals::sql;
use pg_globals::version::Major;

fn script(globals: &Globals) -> String {
    let shape = Shape { major: Major::new(18), if_not_exists: false, admin: None, once: None };
    let mut text = String::new();
    for (_, statement) in statements(globals, shape) {
        sql::print(&statement, &mut text);
        text.push_str(";\n");
    }
    text
}

fuzz_target!(|bytes: &[u8]| {
    let options = Options { drop_unknown: true, accept_truncated: true };
    let Ok(reading) = read(bytes, options) else { return };
    let fates = reading.ledger.fates().count();
    assert!(fates <= bytes.len());
    let text = script(&reading.globals);
    if text.is_empty() {
        return;
    }
    let again = read(text.as_bytes(), Options::default());
    let again = again.unwrap_or_else(|failure| panic!("{failure:?} in\n{text}"));
    assert_eq!(script(&again.globals), text);
});
