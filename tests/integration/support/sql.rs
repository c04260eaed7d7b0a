//! SQL on a cluster, in this process.

use std::path::Path;

use futures_util::future::join_all;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, Error, NoTls, SimpleQueryMessage};

use super::cluster::Cluster;

/// Rows as text; NULL is `None`.
pub type Rows = Vec<Vec<Option<String>>>;

impl Cluster {
    /// Runs statements that must succeed. Several are one transaction, so a statement that cannot
    /// be in one (`CREATE DATABASE`) stands alone.
    pub fn sql(&self, user: &str, database: &str, text: &str) {
        self.query(user, database, text);
    }

    /// Runs statements that may fail; gives the server's message.
    pub fn try_sql(&self, user: &str, database: &str, text: &str) -> Result<(), String> {
        self.try_query(user, database, text).map(|_| ())
    }

    /// The rows of a query, which must succeed.
    pub fn query(&self, user: &str, database: &str, text: &str) -> Rows {
        self.try_query(user, database, text)
            .unwrap_or_else(|error| panic!("{error}\n(as {user} in {database}) {text}"))
    }

    /// The rows of a query that may fail; gives the server's message.
    pub fn try_query(&self, user: &str, database: &str, text: &str) -> Result<Rows, String> {
        let mut config = through_socket(self.socket(), self.port, user);
        config.dbname(database);
        run(&config, async |client| client.simple_query(text).await)
            .map(|messages| messages.iter().filter_map(row).collect())
    }

    /// The rows of several queries, which must succeed, by one connection.
    pub fn queries<const N: usize>(
        &self,
        user: &str,
        database: &str,
        texts: [&str; N],
    ) -> [Rows; N] {
        let all = self.with_client(user, database, async |client| {
            // Sent at once: each has its own answer.
            join_all(texts.map(|text| client.simple_query(text))).await
        });
        let mut all = all.into_iter().zip(texts).map(|(messages, text)| {
            let messages = messages.unwrap_or_else(|error| panic!("{}\n{text}", message(&error)));
            messages.iter().filter_map(row).collect()
        });
        std::array::from_fn(|_| all.next().unwrap())
    }

    /// Does something with a connection through the socket.
    pub fn with_client<T>(
        &self,
        user: &str,
        database: &str,
        work: impl AsyncFnOnce(&Client) -> T,
    ) -> T {
        let mut config = through_socket(self.socket(), self.port, user);
        config.dbname(database);
        run(&config, async |client| Ok(work(client).await)).unwrap()
    }

    /// Logs in over TCP with a password; gives the server's message if it refuses.
    pub fn login(&self, role: &str, password: &str) -> Result<(), String> {
        let mut config = Config::new();
        config.host("127.0.0.1").port(self.port).ssl_mode(SslMode::Disable);
        config.user(role).password(password).dbname("postgres");
        run(&config, async |_| Ok(()))
    }
}

/// Whether the server takes connections.
pub fn probe(socket: &Path, port: u16, user: &str) -> Result<(), String> {
    let mut config = through_socket(socket, port, user);
    config.dbname("postgres");
    run(&config, async |_| Ok(()))
}

fn through_socket(socket: &Path, port: u16, user: &str) -> Config {
    let mut config = Config::new();
    config.host_path(socket).port(port).user(user);
    config
}

fn run<T>(
    config: &Config,
    work: impl AsyncFnOnce(&Client) -> Result<T, Error>,
) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime
        .block_on(async {
            let (client, connection) = config.connect(NoTls).await?;
            let connection = tokio::spawn(connection);
            let result = work(&client).await;
            drop(client);
            // The session is over when this returns: a test may drop the role or the database.
            let _ = connection.await;
            result
        })
        .map_err(|error| message(&error))
}

fn row(message: &SimpleQueryMessage) -> Option<Vec<Option<String>>> {
    let SimpleQueryMessage::Row(row) = message else { return None };
    Some((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect())
}

fn message(error: &Error) -> String {
    let Some(db) = error.as_db_error() else { return error.to_string() };
    let detail = db.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
    format!("{}: {}{detail}", db.code().code(), db.message())
}
