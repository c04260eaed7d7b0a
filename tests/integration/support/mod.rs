//! Real servers for the tests, what runs on them, and what is in them.

pub mod catalog;
pub mod clients;
pub mod clouds;
pub mod cluster;
pub mod command;
pub mod generate;
pub mod globals;
pub mod impostor;
pub mod pgbouncer;
pub mod platforms;
pub mod privileges;
pub mod process;
pub mod proxy;
pub mod schema;
pub mod seeds;
pub mod servers;
pub mod sql;
pub mod template;
pub mod traps;
pub mod verifier;

/// One test per major version, so that they run beside each other and each failure has its version; nothing where a
/// version's server is not to be had.
macro_rules! on_each_major {
    ($($test:ident)*) => { $(
        mod $test {
            $crate::support::on_each_major!(@ $test ten 10 eleven 11 twelve 12 thirteen 13
                fourteen 14 fifteen 15 sixteen 16 seventeen 17 eighteen 18 nineteen 19);
        }
    )* };
    (@ $test:ident $($name:ident $major:literal)*) => { $(
        #[test]
        fn $name() {
            if $crate::support::servers::is_there($major) {
                super::$test($major);
            }
        }
    )* };
}
pub(crate) use on_each_major;
