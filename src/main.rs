//! The command line of `pg_globals`.

fn main() -> std::process::ExitCode {
    pg_globals::cli::main()
}
