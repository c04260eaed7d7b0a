//! Connections to real servers.
#![allow(clippy::format_push_string, reason = "what is pushed is short, and reads better so")]

mod child;
mod login;
mod psql;
mod refused;
mod tls;

use std::future::Future;
use std::path::Path;
use std::process::Command;

use pg_globals::connect::{
    AskPassword, ConnectError, Connection, Environment, Parameters, connect,
};

use crate::support::cluster::Cluster;
use crate::support::process::command;
use crate::support::servers::client_program;

/// Runs it to its end, as the program does.
fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// What becomes of a connection string in these surroundings.
fn parameters(text: &str, variables: &[(&str, &str)]) -> Parameters {
    let environment = Environment::from_pairs(variables.iter().copied()).with_user("nobody");
    Parameters::parse(text, &environment).unwrap()
}

/// The one field of a statement's one row.
async fn field(connection: &Connection, statement: &str) -> String {
    let messages = connection.client.simple_query(statement).await.unwrap();
    let row = messages.iter().find_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    row.unwrap().get(0).unwrap_or_default().to_owned()
}

/// Connects, asks one thing, and closes.
fn ask(parameters: &Parameters, statement: &str) -> Result<String, String> {
    ask_with(parameters, None, statement).map_err(|error| error.to_string())
}

fn ask_with(
    parameters: &Parameters,
    password: Option<&dyn AskPassword>,
    statement: &str,
) -> Result<String, ConnectError> {
    run(async {
        let connection = connect(parameters, password).await?;
        let answer = field(&connection, statement).await;
        connection.close().await;
        Ok(answer)
    })
}

/// Makes the server read its files again, and waits until new sessions see it.
fn reload(cluster: &Cluster) {
    let loaded = || cluster.query("postgres", "postgres", "SELECT pg_conf_load_time()");
    let before = loaded();
    cluster.sql("postgres", "postgres", "SELECT pg_reload_conf()");
    while loaded() == before {}
}

/// psql with TLS, which finds nothing in its surroundings but what the test adds.
fn psql() -> Command {
    command(client_program(15, "psql"), Path::new("/"))
}
