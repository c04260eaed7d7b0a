//! The parser: no text makes it panic, and what it reads and prints it reads as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pg_globals::sql::{self, Statement};

fuzz_target!(|text: &str| {
    for text in text.split('\n').chain([text]) {
        let Ok(statement) = sql::parse(text) else { continue };
        if statement == Statement::Database {
            // Only passed over: never printed.
            continue;
        }
        let mut printed = String::new();
        sql::print(&statement, &mut printed);
        assert_eq!(sql::parse(&printed).as_ref(), Ok(&statement), "{printed}");
    }
});
