//! The hosts in their order, and the session that is wanted.

mod attempt;
mod bounded;
mod certificate;
pub(super) mod connection;
pub(super) mod error;
mod pem;
pub(super) mod rows;
pub(super) mod said;
mod tls;
mod verifier;

use rand::seq::SliceRandom as _;

use super::parameters::Parameters;
use super::parameters::host::Host;
use super::parameters::password::{AskPassword, Known, PasswordSource};
use super::parameters::target::TargetSession;
use super::parameters::tls::Mode;
use attempt::{Attempt, socket_path};
use connection::Connection;
use error::{ConnectError, Failure, Reason, SessionKind};
use said::why;
use tls::Tls;

/// Connects to the first host that is fit, as libpq does. If the server wants a password and none is
/// known, it is asked for once, as psql does, and everything is tried again.
///
/// It must be called within a tokio runtime, which goes on driving the connection.
///
/// # Errors
/// When a certificate cannot be read, or no host is fit. After a host that refuses the login no
/// other is tried, as libpq does.
pub async fn connect(
    parameters: &Parameters,
    ask: Option<&dyn AskPassword>,
) -> Result<Connection, ConnectError> {
    let needs_tls =
        parameters.tls.mode != Mode::Disable && !parameters.hosts.iter().all(Host::is_socket);
    let tls = needs_tls.then(|| Tls::load(&parameters.tls)).transpose()?;
    let mut failures = match all(parameters, tls.as_ref(), None).await {
        Ok(connection) => return Ok(connection),
        Err(failures) => failures,
    };
    let missing = |failure: &Failure| matches!(failure.reason, Reason::PasswordMissing { .. });
    if failures.last().is_some_and(missing)
        && let Some(password) =
            ask.and_then(|ask| ask.ask(&format!("Password for user {}: ", parameters.user)))
    {
        let known = Known { password, source: PasswordSource::Prompt };
        match all(parameters, tls.as_ref(), Some(&known)).await {
            Ok(connection) => return Ok(connection),
            Err(again) => failures = again,
        }
    }
    Err(ConnectError::Failed(failures))
}

/// Tries all hosts, for `prefer-standby` up to twice.
async fn all(
    parameters: &Parameters,
    tls: Option<&Tls>,
    asked: Option<&Known>,
) -> Result<Connection, Vec<Failure>> {
    let mut failures = Vec::new();
    let passes: &[Option<SessionKind>] = match parameters.target {
        TargetSession::Any => &[None],
        TargetSession::ReadWrite => &[Some(SessionKind::ReadWrite)],
        TargetSession::ReadOnly => &[Some(SessionKind::ReadOnly)],
        TargetSession::Primary => &[Some(SessionKind::Primary)],
        TargetSession::Standby => &[Some(SessionKind::Standby)],
        TargetSession::PreferStandby => &[Some(SessionKind::Standby), None],
    };
    let mut hosts: Vec<&Host> = parameters.hosts.iter().collect();
    if parameters.shuffle {
        hosts.shuffle(&mut rand::rng());
    }
    for wanted in passes {
        failures.clear();
        for host in &hosts {
            // libpq takes an empty password for none.
            let known = asked.or(parameters.password.as_ref()).or(host.password.as_ref());
            let password = known.filter(|known| !known.password.expose().is_empty());
            let attempt = Attempt { parameters, host, tls, password };
            match one(&attempt, *wanted, &mut failures).await {
                Next::Done(connection) => return Ok(*connection),
                Next::Host => {}
                Next::Nothing => return Err(failures),
            }
        }
    }
    Err(failures)
}

/// What comes after a host.
enum Next {
    Done(Box<Connection>),
    Host,
    /// No other host is tried.
    Nothing,
}

async fn one(
    attempt: &Attempt<'_>,
    wanted: Option<SessionKind>,
    failures: &mut Vec<Failure>,
) -> Next {
    let host = attempt.host;
    let server = if host.is_socket() { socket_path(host) } else { host.label() };
    let mut fail = |reason: Reason| {
        let failure = Failure { server: server.clone(), reason };
        let text = failure.to_string();
        // A name may have several addresses that fail alike.
        if failures.iter().all(|other| other.to_string() != text) {
            failures.push(failure);
        }
    };
    let mut addresses = match attempt.addresses().await {
        Ok(addresses) => addresses,
        Err(reason) => {
            fail(reason);
            return Next::Host;
        }
    };
    if attempt.parameters.shuffle {
        addresses.shuffle(&mut rand::rng());
    }
    for address in addresses {
        let session = match attempt.run(address).await {
            Ok(session) => session,
            Err(reasons) => {
                let goes_on = reasons.last().is_some_and(Reason::leaves_other_hosts);
                let next_host = matches!(reasons.last(), Some(Reason::NotReady(_)));
                reasons.into_iter().for_each(&mut fail);
                match (goes_on, next_host) {
                    (true, _) => continue,
                    (_, true) => return Next::Host,
                    _ => return Next::Nothing,
                }
            }
        };
        let connection = Connection::drive(session, attempt);
        let Some(kind) = wanted else { return Next::Done(Box::new(connection)) };
        let asked =
            async { connection.is(kind).await.map_err(|error| Reason::Network(why(&error))) };
        match attempt.limited(asked).await {
            Ok(true) => return Next::Done(Box::new(connection)),
            Ok(false) => fail(Reason::Session { wanted: kind }),
            Err(reason) => fail(reason),
        }
        connection.close().await;
        return Next::Host;
    }
    Next::Host
}
