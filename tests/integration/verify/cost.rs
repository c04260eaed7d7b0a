//! What it costs: few messages, few connections.

use std::time::Duration;

use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::proxy::Proxy;

/// Once it is connected, a round trip is all that a database costs, and no more than eight databases are
/// visited at the same time on both servers together.
#[test]
fn many_databases_far_away() {
    let source = Cluster::start(15);
    for number in 1..=12 {
        source.sql("postgres", "postgres", &format!("CREATE DATABASE d{number}"));
    }
    let to = source.connection_string("postgres", "postgres");
    let mut proxy = Proxy::delaying(source.socket(), source.port, Duration::from_millis(50));
    let from = proxy.connection_string("postgres", "postgres");
    Run::new(["verify", &from, &to]).done();
    proxy.finish();
    let mut waits = proxy.waits_by_connection();
    let first = waits.remove(0);
    assert!(first <= 8, "{first}");
    // The one that it is connected to needs no other.
    assert_eq!(waits, [1; 12]);
    assert!(proxy.most_waiting() <= 4, "{}", proxy.most_waiting());
}
