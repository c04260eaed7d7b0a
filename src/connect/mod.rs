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
//! `parameters` has one file per source of parameters, and one per group of them; only its `env.rs`
//! reads the process's environment, and nothing in it talks to a server. `session` does, with what
//! the parameters say.

mod parameters;
mod session;

pub use parameters::Parameters;
pub use parameters::env::Environment;
pub use parameters::error::ParameterError;
pub use parameters::form::is_connection;
pub use parameters::masked::{looks_like_connection, masked};
pub use parameters::origin::Origin;
pub use parameters::password::{AskPassword, Password, PasswordSource};
pub use parameters::target::TargetSession;
pub use parameters::warning::Warning;
pub use session::connect;
pub use session::connection::{ChildEnvironment, Connection};
pub use session::error::{ConnectError, Failure, Reason, SessionKind};
pub use session::rows::{AnswerError, NOT_UTF8, Query, Row, Unfit, name, rows};
pub use session::said::{said, why};
