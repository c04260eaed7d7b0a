//! What `copy` prints, whole.

use crate::support::command::Run;
use crate::support::globals;
use crate::support::platforms;

#[test]
fn what_a_copy_prints() {
    let source = platforms::aurora_like(15);
    globals::customer(&source);
    let target = platforms::azure_like(16);
    let from = source.connection_string("rdsadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let run = Run::new(["copy", &from, &to, "--yes", "--undo", "/tmp/undo.sql"]).done();
    println!("{}\n---\n{}", run.stdout, run.stderr);
    let run = Run::new(["copy", &from, &to, "--yes"]).done();
    println!("{}\n---\n{}", run.stdout, run.stderr);
    println!("{}", std::fs::read_to_string("/tmp/undo.sql").unwrap());
}
