//! What `copy` prints, whole.

use crate::support::cluster::Cluster;
use crate::support::command::pg_globals;
use crate::support::globals;
use crate::support::platforms;

#[test]
fn what_a_copy_prints() {
    let source = platforms::aurora_like(15);
    globals::customer(&source);
    let target = platforms::azure_like(16);
    let from = source.connection_string("rdsadmin", "postgres");
    let to = target.connection_string("azadmin", "postgres");
    let run = pg_globals(&["copy", &from, &to, "--yes", "--undo", "/tmp/undo.sql"]).run();
    println!("{}\n---\n{}", run.stdout, run.stderr);
    let run = pg_globals(&["copy", &from, &to, "--yes"]).run();
    println!("{}\n---\n{}", run.stdout, run.stderr);
    println!("{}", std::fs::read_to_string("/tmp/undo.sql").unwrap());
}
