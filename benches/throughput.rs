//! What reading dumps takes, beside what other programs take for the same file in the same run.
//!
//!     cargo bench [--features oracle] [-- [ROLES] [MEGABYTES]]
//!
//! `ROLES` are in the globals dump (100000), `MEGABYTES` in each dump of a cluster (2000). Every
//! measurement is of a process of its own: its processor time, and its memory at the peak. The
//! dumps stay in the target directory for the next run.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "what goes wrong ends the benchmark"
)]
#![allow(missing_docs, unreachable_pub, reason = "nothing here is reachable from elsewhere")]

mod support;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, hint};

use pg_globals::dump::{Piece, Reader};
use pg_globals::read::{self, Options};
use pg_globals::sql;

use support::generate::{self, Data};
use support::measure::{Cost, best};

/// What takes the same words out of a dump as `convert` does, for a server without a superuser.
const SED: [&str; 5] = [
    "-E",
    "-e",
    "s/ (NOSUPERUSER|SUPERUSER|NOREPLICATION|REPLICATION|NOBYPASSRLS|BYPASSRLS)\\b//g",
    "-e",
    "s/ GRANTED BY [^;]*//",
];

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    if let [step, files @ ..] = arguments.as_slice()
        && step.parse::<u64>().is_err()
    {
        return files.iter().for_each(|file| inside(step, Path::new(file)));
    }
    let number = |at: usize, default| arguments.get(at).map_or(default, |a| a.parse().unwrap());
    let roles = number(0, 100_000);
    let size = number(1, 2_000) * 1_000_000;

    let dump = globals(roles);
    compare(&format!("{roles} roles"), &dump, &globals_contestants(&dump));
    scaling(roles);
    difference(roles, &dump);
    for (data, what) in [(Data::Copy, "COPY"), (Data::Inserts, "INSERT")] {
        let name = format!("cluster-{what}-{size}.sql");
        let dump = made(&name, |out| generate::cluster(out, data, size));
        compare(&format!("A cluster with {what}"), &dump, &cluster_contestants(&dump));
    }
}

fn globals(roles: u64) -> PathBuf {
    let name = format!("globals-{roles}.sql");
    made(&name, |out| generate::globals(out, u32::try_from(roles).unwrap()))
}

/// Prints how the time to convert grows with the number of roles.
fn scaling(roles: u64) {
    let [few, many] =
        [roles / 10, roles].map(|roles| best(7, &convert(&globals(roles)).1).unwrap());
    let ratio = many.time.as_secs_f64() / few.time.as_secs_f64();
    println!("\nTen times as many roles as {} take {ratio:.1} times as long.", roles / 10);
}

/// Prints what comparing two dumps takes beside reading both: at most 30 % more is what it should be.
fn difference(roles: u64, dump: &Path) {
    let name = format!("globals-{roles}-later.sql");
    let later = made(&name, |out| generate::later_globals(out, u32::try_from(roles).unwrap()));
    let both = |mut command: Command| {
        command.arg(dump).arg(&later);
        command
    };
    println!("\n| two dumps of {roles} roles | processor | memory | times reading both |");
    println!("|---|---:|---:|---:|");
    let reading = || {
        let mut command = Command::new(env::current_exe().unwrap());
        command.arg("read");
        both(command)
    };
    let read = best(7, &reading).unwrap();
    println!("| both read | {read} | |");
    for format in ["text", "json", "unified"] {
        let diff = || {
            let mut command = Command::new("sh");
            // That they are different is no failure.
            command.args(["-c", r#""$0" "$@"; test $? -eq 1"#, PG_GLOBALS]);
            command.args(["diff", "--format", format]);
            both(command)
        };
        let cost = best(7, &diff).unwrap();
        let ratio = cost.time.as_secs_f64() / read.time.as_secs_f64();
        println!("| pg_globals diff --format {format} | {cost} | {ratio:.2} |");
    }
}

/// One of those that are compared: its name, and how it is run.
type Contestant = (&'static str, Box<dyn Fn() -> Command>);

fn globals_contestants(dump: &Path) -> Vec<Contestant> {
    let mut all = vec![
        ours("statements split", "split", dump),
        ours("and parsed", "parse", dump),
        ours("and collected: all of reading", "read", dump),
    ];
    all.extend(converts().then(|| convert(dump)));
    all.push(program("sed, the same words taken out", "sed", &SED, "C.UTF-8", dump));
    all.push(program("the same, byte by byte", "sed", &SED, "C", dump));
    if cfg!(feature = "oracle") {
        all.push(ours("libpg_query, parsed", "oracle", dump));
        all.push(ours("libpg_query, with its tree", "tree", dump));
    }
    all.extend(plain(dump));
    all
}

fn cluster_contestants(dump: &Path) -> Vec<Contestant> {
    let mut all = vec![ours("the globals read, the rest passed over", "read", dump)];
    all.extend(converts().then(|| convert(dump)));
    all.extend(plain(dump));
    all
}

fn plain(dump: &Path) -> [Contestant; 2] {
    [program("wc -l", "wc", &["-l"], "C", dump), program("cat", "cat", &[], "C", dump)]
}

/// A step of ours, by this very program.
fn ours(name: &'static str, step: &'static str, dump: &Path) -> Contestant {
    let dump = dump.to_owned();
    let run = move || {
        let mut command = Command::new(env::current_exe().unwrap());
        command.arg(step).arg(&dump);
        command
    };
    (name, Box::new(run))
}

fn program(
    name: &'static str,
    program: &'static str,
    arguments: &[&'static str],
    locale: &'static str,
    dump: &Path,
) -> Contestant {
    let (dump, arguments) = (dump.to_owned(), arguments.to_vec());
    let run = move || {
        let mut command = Command::new(program);
        command.args(&arguments).arg(&dump).env("LC_ALL", locale);
        command
    };
    (name, Box::new(run))
}

const PG_GLOBALS: &str = env!("CARGO_BIN_EXE_pg_globals");

fn convert(dump: &Path) -> Contestant {
    let (dump, out) = (dump.to_owned(), folder().join("converted.sql"));
    let run = move || {
        let mut command = Command::new(PG_GLOBALS);
        command.arg("convert").arg(&dump).arg("-o").arg(&out);
        command
    };
    ("pg_globals convert", Box::new(run))
}

/// Whether the program converts already.
fn converts() -> bool {
    let help = Command::new(PG_GLOBALS).args(["convert", "--help"]).output().unwrap();
    help.status.success() && !help.stdout.is_empty()
}

/// Prints what each takes; the first of ours is what the others are compared with.
fn compare(title: &str, dump: &Path, contestants: &[Contestant]) {
    let size = fs::metadata(dump).unwrap().len();
    // Once through, so that the first does not pay for the disk.
    io::copy(&mut File::open(dump).unwrap(), &mut io::sink()).unwrap();
    let runs = if size > 500_000_000 { 3 } else { 7 };
    let costs: Vec<_> =
        contestants.iter().map(|(name, command)| (*name, best(runs, command))).collect();
    let whole = |name: &str| name.starts_with("pg_globals") || name.contains("read");
    let ours = costs.iter().rev().find_map(|(name, cost)| match cost {
        Ok(cost) if whole(name) => Some((*name, *cost)),
        _ => None,
    });
    println!("\n{title} ({:.1} MB)\n", size as f64 / 1e6);
    println!("| | processor | memory | MB/s | times “{}” |", ours.map_or("", |(name, _)| name));
    println!("|---|---:|---:|---:|---:|");
    for (name, cost) in costs {
        match cost {
            Ok(cost) => println!("| {name} | {}", row(cost, size, ours.map(|(_, cost)| cost))),
            Err(error) => println!("| {name} | not measured: {error} | | | |"),
        }
    }
}

fn row(cost: Cost, size: u64, ours: Option<Cost>) -> String {
    let seconds = cost.time.as_secs_f64();
    let ratio = ours.map_or(1.0, |ours| seconds / ours.time.as_secs_f64());
    format!("{cost} | {:>5.0} | {ratio:.2} |", size as f64 / 1e6 / seconds)
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("throughput");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The dump of this name, which is made when it is not there.
fn made(name: &str, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> PathBuf {
    let path = folder().join(name);
    if !path.exists() {
        let unfinished = path.with_extension("unfinished");
        let mut out = BufWriter::new(File::create(&unfinished).unwrap());
        write(&mut out).unwrap();
        out.flush().unwrap();
        fs::rename(unfinished, &path).unwrap();
    }
    path
}

/// One step of reading, measured from outside.
fn inside(step: &str, file: &Path) {
    match step {
        "read" => {
            let reading = read::read(File::open(file).unwrap(), Options::default());
            hint::black_box(reading.unwrap_or_else(|failure| panic!("{failure}")));
        }
        "oracle" | "tree" => oracle(&fs::read_to_string(file).unwrap(), step == "tree"),
        _ => {
            let mut reader = Reader::new(File::open(file).unwrap()).unwrap();
            while let Some(piece) = reader.next().unwrap() {
                let Piece::Statement(slice) = piece else { panic!("{piece:?}") };
                if step == "parse" {
                    hint::black_box(sql::parse(slice.text).unwrap());
                }
            }
        }
    }
}

#[cfg(feature = "oracle")]
fn oracle(text: &str, tree: bool) {
    // What only psql reads becomes a comment.
    let text = text.replace("\n\\", "\n--");
    if tree {
        // As a program in Rust gets it.
        hint::black_box(pg_query::parse(&text, pg_query::ParserOptions::default()).unwrap());
    } else {
        // Of all that parses, this makes no copy of the tree.
        hint::black_box(pg_query::split_with_parser(&text).unwrap());
    }
}

#[cfg(not(feature = "oracle"))]
fn oracle(_: &str, _: bool) {}
