//! The hosts to try.

use std::net::IpAddr;

use super::env::default_socket;
use super::error::ParameterError;
use super::password::Known;
use super::value::Values;

/// One of the hosts to try.
#[derive(Clone, Debug)]
pub(in crate::connect) struct Host {
    /// A name, an address, or a directory of sockets.
    pub(in crate::connect) name: String,
    /// Given instead of looking the name up.
    pub(in crate::connect) address: Option<IpAddr>,
    pub(in crate::connect) port: u16,
    /// Its own, from a password file.
    pub(in crate::connect) password: Option<Known>,
}

impl Host {
    /// Whether it is a directory; `@` begins Linux's abstract names.
    pub(in crate::connect) fn is_socket(&self) -> bool {
        self.address.is_none() && self.name.starts_with(['/', '@'])
    }

    pub(in crate::connect) fn label(&self) -> String {
        if self.name.contains(':') {
            format!("[{}]:{}", self.name, self.port)
        } else {
            format!("{}:{}", self.name, self.port)
        }
    }
}

/// The hosts in the order in which they are named.
pub(super) fn hosts(values: &Values) -> Result<Vec<Host>, ParameterError> {
    let list = |key| -> Vec<&str> { values.text(key).map_or(vec![], |t| t.split(',').collect()) };
    let (names, addresses, ports) = (list("host"), list("hostaddr"), list("port"));
    let count = names.len().max(addresses.len()).max(1);
    if !names.is_empty() && !addresses.is_empty() && names.len() != addresses.len() {
        return Err(ParameterError::Counts("hostaddr", addresses.len(), names.len()));
    }
    if ports.len() > 1 && ports.len() != count {
        return Err(ParameterError::Counts("port", ports.len(), count));
    }
    let host = |index: usize| {
        let port = match ports.get(if ports.len() == 1 { 0 } else { index }) {
            None | Some(&"") => 5432,
            Some(text) => match text.trim().parse() {
                Ok(port @ 1..) => port,
                _ => return Err(values.wrong("port", "give 1 to 65535".to_owned())),
            },
        };
        let address: Option<IpAddr> = match addresses.get(index) {
            None | Some(&"") => None,
            Some(text) => Some(text.parse().map_err(|_| {
                values.wrong("hostaddr", "give an IP address, and a name as host".to_owned())
            })?),
        };
        let name = match (names.get(index), address) {
            (Some(&name), _) if !name.is_empty() => name.to_owned(),
            (_, Some(address)) => address.to_string(),
            _ if cfg!(unix) => default_socket(port).to_owned(),
            _ => "localhost".to_owned(),
        };
        Ok(Host { name, address, port, password: None })
    };
    (0..count).map(host).collect()
}
