//! Connections to real servers.

mod login;

use std::future::Future;

use pg_globals::connect::{
    AskPassword, ConnectError, Connection, Environment, Parameters, connect,
};

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
