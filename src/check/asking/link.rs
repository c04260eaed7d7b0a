//! How a server is reached from here.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::connect::Connection;

/// How a server is reached from here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// The host's name, its address, or a directory of sockets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// What the name resolves to, in that order, or the address that was given instead (`hostaddr`); none for
    /// a socket.
    pub addresses: Vec<IpAddr>,
    /// The address that is used.
    pub address: Option<IpAddr>,
    /// The shortest of a few round trips.
    pub round_trip: Duration,
    /// Whether TLS is used.
    pub encrypted: bool,
}

impl Link {
    /// Measures it.
    pub(in crate::check) async fn of(connection: &Connection) -> Self {
        let mut round_trip = Duration::MAX;
        for _ in 0..3 {
            let before = Instant::now();
            if connection.client.simple_query("").await.is_err() {
                break;
            }
            round_trip = round_trip.min(before.elapsed());
        }
        let (host, port) = (connection.host().to_owned(), connection.port());
        let mut addresses: Vec<IpAddr> = Vec::new();
        if connection.address().is_some()
            && !connection.is_address_given()
            && let Ok(found) = tokio::net::lookup_host((host.as_str(), port)).await
        {
            for address in found {
                if !addresses.contains(&address.ip()) {
                    addresses.push(address.ip());
                }
            }
        }
        let address = connection.address();
        if addresses.is_empty() {
            addresses.extend(address);
        }
        Self { host, port, addresses, address, round_trip, encrypted: connection.is_encrypted() }
    }
}
