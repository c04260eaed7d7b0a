//! How often a diff waits for answers.

use std::fmt::Write as _;
use std::time::Duration;

use crate::support::cluster::Cluster;
use crate::support::command::Run;
use crate::support::proxy::Proxy;

/// Two servers at 20 ms.
#[test]
fn two_servers_take_ten_round_trips_at_most() {
    let mut roles = String::new();
    for role in 0..500 {
        let _ = write!(
            roles,
            "CREATE ROLE r{role} LOGIN; ALTER ROLE r{role} SET work_mem = '3MB';
             COMMENT ON ROLE r{role} IS 'no. {role}';"
        );
    }
    let servers = [Cluster::start(15), Cluster::start(18)];
    for server in &servers {
        server.sql("postgres", "postgres", &roles);
    }
    let proxies = servers
        .each_ref()
        .map(|it| Proxy::delaying(it.socket(), it.port, Duration::from_millis(20)));
    let [from, to] = proxies.each_ref().map(|it| it.connection_string("postgres", "postgres"));
    for format in ["text", "sql"] {
        let more = ["--reader", "catalog", "--show-passwords", "--format", format];
        let done = Run::new([&["diff", &from, &to], &more[..]].concat()).done();
        assert_eq!(done.stderr, "");
        // Being connected takes one more each, which the proxy does not count.
        let waits: usize = proxies.iter().map(|proxy| proxy.waits() + 1).sum();
        assert!(waits <= 10, "{format}: {waits}");
    }
}
