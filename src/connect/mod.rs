//! Connections: what psql would connect with, and to what.
//!
//! [`Parameters::parse`] merges where parameters come from, the first that has one wins: the
//! connection string or URI, the service file, the `PG*` variables, the defaults. The passwords of
//! password files are looked up with it. [`connect`] then tries the hosts in their order.
//!
//! What this follows, apart from what it says that it does not, is libpq's
//! [documentation](https://www.postgresql.org/docs/current/libpq-connect.html), and where that is
//! silent its `fe-connect.c` and `fe-secure-openssl.c`.
//!
//! One file per source of parameters; only `env.rs` reads the process's environment.

mod bounded;
mod certificate;
mod conninfo;
mod env;
mod error;
mod key;
mod masked;
mod params;
mod passfile;
mod password;
mod rows;
mod server;
mod service;
mod session;
mod tls;
mod uri;

pub use conninfo::is_connection;
pub use env::Environment;
pub use error::{ConnectError, Failure, ParameterError, Reason, SessionKind, said, why};
pub use masked::{looks_like_connection, masked};
pub use params::{Origin, Parameters, TargetSession, Warning};
pub use password::{AskPassword, Password, PasswordSource};
pub use rows::{AnswerError, NOT_UTF8, Query, Row, Unfit, name, rows};
pub use session::{ChildEnvironment, Connection, connect};
