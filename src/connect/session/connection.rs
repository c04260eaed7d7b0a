//! A connection that has come about: where it leads, and how others get to the same server.

use std::error::Error as _;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::{Client, SimpleQueryMessage};
use zeroize::Zeroizing;

use super::attempt::{Attempt, Session};
use super::error::SessionKind;
use super::said::why;
use crate::connect::parameters::host::Host;
use crate::connect::parameters::password::{Known, Password};
use crate::connect::parameters::{Parameters, env, passfile};

/// Whether a server is a standby; what a message holds is one transaction.
const IN_RECOVERY: &str = "SET TRANSACTION READ ONLY; SET LOCAL search_path = pg_catalog; SELECT pg_catalog.pg_is_in_recovery()";

/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// How a child process reaches the same server: variables to set, and those to take away.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChildEnvironment {
    /// Variables and their values; no password is among them.
    pub set: Vec<(&'static str, String)>,
    /// Variables that would lead elsewhere; `PGPASSWORD` is one of them.
    pub unset: Vec<&'static str>,
}

/// What has ended a connection.
#[derive(Debug)]
struct End {
    why: String,
    /// Whether it is something that no server sends.
    is_violation: bool,
}

impl End {
    fn of(error: &tokio_postgres::Error) -> Self {
        let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
        let is_violation = cause.is_some_and(|it| it.kind() == io::ErrorKind::InvalidData);
        Self { why: why(error), is_violation }
    }
}

/// A connection, and where it leads. A task of the runtime drives it.
#[derive(Debug)]
pub struct Connection {
    /// Where statements go.
    pub client: Client,
    host: Host,
    address: Option<IpAddr>,
    encrypted: bool,
    process: Option<i32>,
    user: String,
    database: String,
    application_name: String,
    asks_for_role: bool,
    password: Option<Known>,
    variables: Vec<(&'static str, String)>,
    end: Arc<OnceLock<End>>,
    task: JoinHandle<()>,
}

/// Whether command-line options of a server set `role`: `-c role=…`, `-crole=…` or `--role=…`.
fn names_role(options: &str) -> bool {
    options.split_ascii_whitespace().any(|word| {
        let word = word.strip_prefix("--").or_else(|| word.strip_prefix("-c")).unwrap_or(word);
        word.split_once('=').is_some_and(|(name, _)| name.eq_ignore_ascii_case("role"))
    })
}

impl Connection {
    /// Takes a session over: a task of the runtime hears what the server sends.
    pub(super) fn drive(session: Session, attempt: &Attempt<'_>) -> Self {
        let end = Arc::new(OnceLock::new());
        let parameters = attempt.parameters;
        let mut messages = session.messages;
        let told = Arc::clone(&end);
        let task = tokio::spawn(async move {
            // What a server says beside its answers, as notices, is kept nowhere.
            while let Some(message) = messages.next().await {
                match message {
                    Ok(_) => {}
                    Err(error) => {
                        if !error.is_closed() {
                            let _ = told.set(End::of(&error));
                        }
                        return;
                    }
                }
            }
        });
        Self {
            client: session.client,
            host: attempt.host.clone(),
            address: session.address,
            encrypted: session.encrypted,
            process: session.process,
            user: parameters.user.clone(),
            database: parameters.database.clone(),
            application_name: parameters.application_name.clone(),
            asks_for_role: parameters.options.as_deref().is_some_and(names_role),
            password: attempt.password.cloned(),
            variables: parameters.variables.clone(),
            end,
            task,
        }
    }

    /// Whether the session is of this kind. It asks as libpq does of servers before 14.
    pub(super) async fn is(&self, kind: SessionKind) -> Result<bool, tokio_postgres::Error> {
        let (question, answer) = match kind {
            SessionKind::ReadWrite => ("SHOW transaction_read_only", "off"),
            SessionKind::ReadOnly => ("SHOW transaction_read_only", "on"),
            SessionKind::Primary => (IN_RECOVERY, "f"),
            SessionKind::Standby => (IN_RECOVERY, "t"),
        };
        let messages = self.client.simple_query(question).await?;
        Ok(messages.iter().any(|message| match message {
            SimpleQueryMessage::Row(row) => row.try_get(0).ok().flatten() == Some(answer),
            _ => false,
        }))
    }

    /// `host:port/dbname`, or `/directory:port/dbname`, of the server really connected to.
    pub fn label(&self) -> String {
        format!("{}/{}", self.host.label(), self.database)
    }

    /// The name, address or socket directory of the server.
    pub fn host(&self) -> &str {
        &self.host.name
    }

    /// The address; none for a socket.
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// Whether the address was given (`hostaddr`), so that the name was not looked up.
    pub fn is_address_given(&self) -> bool {
        self.host.address.is_some()
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.host.port
    }

    /// The role that logged in; `SET ROLE` does not change it.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Whether the connection's own options say which role the session acts as.
    pub fn asks_for_role(&self) -> bool {
        self.asks_for_role
    }

    /// The database.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Whether TLS is used.
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// Whether the session of this process (`pg_backend_pid()`) is not the one that let us in: a
    /// connection pooler stands between, and lends its sessions to others too. `PgBouncer` names a
    /// process of its own making at the login, and other poolers another or none.
    pub fn is_pooled(&self, process: i32) -> bool {
        self.process != Some(process)
    }

    /// The password that was offered, whether the server wanted it or not.
    pub fn password(&self) -> Option<&Password> {
        self.password.as_ref().map(|known| &known.password)
    }

    /// What a password file must hold for a child that shall log in as this connection did. The
    /// caller writes it with mode 0600, names it as `PGPASSFILE`, and removes it. None where no
    /// password was offered, or one with a line break, which no such file can hold.
    pub fn child_passfile(&self) -> Option<Zeroizing<String>> {
        passfile::for_child(self.password()?)
    }

    /// What makes a child such as pg_dumpall connect to this very server. It may be of an older
    /// version, which ignores what it does not know.
    pub fn child_environment(&self) -> ChildEnvironment {
        let mut set = self.variables.clone();
        set.push(("PGHOST", self.host.name.clone()));
        if let Some(address) = self.address {
            set.push(("PGHOSTADDR", address.to_string()));
        }
        set.push(("PGPORT", self.host.port.to_string()));
        set.push(("PGUSER", self.user.clone()));
        set.push(("PGDATABASE", self.database.clone()));
        set.push(("PGAPPNAME", self.application_name.clone()));
        set.push(("PGCLIENTENCODING", "UTF8".to_owned()));
        set.sort_unstable();
        let is_set = |name: &&str| set.iter().any(|(other, _)| other == name);
        let unset = env::names().filter(|name| !is_set(name)).collect();
        ChildEnvironment { set, unset }
    }

    /// What makes a connection to another database of this very server, as the same role: the
    /// parameters that this one was made of, with the password that was asked for.
    #[must_use]
    pub fn elsewhere(&self, parameters: &Parameters, database: &str) -> Parameters {
        let host = Host { address: self.address.or(self.host.address), ..self.host.clone() };
        parameters.narrowed_to(host, self.password.clone(), database)
    }

    /// Whether the connection has ended.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Why the connection has ended, where more is known than that it has: what the server said, or
    /// what was wrong with it.
    pub fn end(&self) -> Option<&str> {
        self.end.get().map(|end| end.why.as_str())
    }

    /// What the server sent that no server sends, where that has ended the connection.
    pub fn violation(&self) -> Option<&str> {
        self.end.get().filter(|end| end.is_violation).map(|end| end.why.as_str())
    }

    /// Says goodbye, and waits a moment until that is on its way. A server that owes an answer is not
    /// waited for: it may never give it.
    pub async fn close(self) {
        let Self { client, mut task, .. } = self;
        drop(client);
        if timeout(GOODBYE, &mut task).await.is_err() {
            task.abort();
        }
    }
}
