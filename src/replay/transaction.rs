//! The transaction that holds everything.

use tokio_postgres::{Client, Error, SimpleQueryMessage};

use super::{ReplayError, error};
use crate::interrupt::{self, Stage};
use crate::read::live::{Live, STATE};
use crate::version::Major;

/// What two copies into the same database wait for. The number is no secret and has no meaning.
const LOCK: i64 = 0x7067_676c_6f62;

/// How long to wait for another copy, and for whoever alters the same role.
const LOCK_TIMEOUT: &str = "30s";

/// Begins it, takes the lock, and sees to the session, for the time of the transaction only.
pub(super) async fn begin(client: &Client, target: &Live) -> Result<(), ReplayError> {
    interrupt::enter(Stage::Sending);
    let major = target.answers.major;
    let since = |since: u32, text: &str| {
        if major >= Major::new(since) { text.to_owned() } else { String::new() }
    };
    // A superuser can keep the server from writing verifiers down.
    let superuser = target.answers.is_superuser();
    let quiet = if superuser {
        "SET LOCAL log_statement = 'none'; SET LOCAL log_min_duration_statement = -1; \
         SET LOCAL log_min_error_statement = 'panic';"
    } else {
        ""
    };
    let text = [
        // A database or role that is read-only by default is no reason to give up.
        "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE;".to_owned(),
        // In front of whatever else is sent.
        format!("{};", STATE.join(";")),
        format!("SET LOCAL lock_timeout = '{LOCK_TIMEOUT}';"),
        "SET LOCAL statement_timeout = 0;".to_owned(),
        since(10, "SET LOCAL idle_in_transaction_session_timeout = 0;"),
        since(17, "SET LOCAL transaction_timeout = 0;"),
        // Else creating a role could make the administrator a member of it.
        since(16, "SET LOCAL createrole_self_grant = '';"),
        // They hold what the statement held.
        "SET LOCAL debug_print_parse = off; SET LOCAL debug_print_rewritten = off;".to_owned(),
        quiet.to_owned(),
        if superuser {
            since(13, "SET LOCAL log_min_duration_sample = -1;")
        } else {
            String::new()
        },
        format!("SELECT pg_catalog.pg_advisory_xact_lock({LOCK});"),
    ];
    client.batch_execute(&text.concat()).await.map_err(ReplayError::Begin)
}

/// Sees to the session in the same way for statements that no transaction takes. It is one of our own: a
/// pooler's is not used for such.
pub(super) async fn see_to_session(client: &Client, target: &Live) -> Result<(), Error> {
    let major = target.answers.major;
    let mut text = STATE.map(|set| set.replacen("SET LOCAL", "SET", 1)).join(";");
    text.push_str(";SET default_transaction_read_only = off;SET statement_timeout = 0;");
    text.push_str("SET lock_timeout = '");
    text.push_str(LOCK_TIMEOUT);
    text.push_str("';");
    if major >= Major::new(10) {
        text.push_str("SET idle_in_transaction_session_timeout = 0;");
    }
    if major >= Major::new(17) {
        text.push_str("SET transaction_timeout = 0;");
    }
    client.batch_execute(&text).await
}

/// Has the server load the library that defines `plpgsql.*`: without it, ALTER ROLE takes these for
/// names of no known meaning, and refuses them to all but superusers. LOAD is theirs alone, too.
pub(super) async fn load_plpgsql(client: &Client) -> Result<(), ReplayError> {
    let nothing = "DO LANGUAGE plpgsql 'BEGIN END'";
    client.batch_execute(nothing).await.map_err(ReplayError::Begin)
}

/// Transactions that the server samples for its log: what they hold is written down, verifiers too.
/// Whether one is sampled is settled when it begins, so that nothing can be said in it; a superuser
/// can say so to the session.
pub(super) struct Sampling<'a>(Option<&'a Client>);

impl<'a> Sampling<'a> {
    /// Turns it off, where it is on. A session that belongs to a pooler is not touched.
    pub(super) async fn off(
        client: &'a Client,
        target: &Live,
        pooled: bool,
    ) -> Result<Self, ReplayError> {
        if !target.answers.is_superuser() || target.answers.major < Major::new(12) {
            return Ok(Self(None));
        }
        let shown = client.simple_query("SHOW log_transaction_sample_rate").await;
        let shown = shown.map_err(ReplayError::Begin)?;
        let is_off = shown.iter().any(|message| match message {
            SimpleQueryMessage::Row(row) => row.try_get(0).ok().flatten() == Some("0"),
            _ => false,
        });
        if is_off {
            return Ok(Self(None));
        }
        if pooled {
            return Err(ReplayError::Pooled(
                "the target samples transactions for its log (log_transaction_sample_rate), \
                 verifiers included, which can be turned off only for a whole session",
            ));
        }
        let off = "SET log_transaction_sample_rate = 0";
        client.batch_execute(off).await.map_err(ReplayError::Begin)?;
        Ok(Self(Some(client)))
    }

    /// Makes the session as it was.
    pub(super) async fn restore(self) {
        if let Some(client) = self.0 {
            // Where the session is gone, so is what was set.
            let _ = client.batch_execute("RESET log_transaction_sample_rate").await;
        }
    }
}

/// Ends it.
pub(super) async fn commit(client: &Client) -> Result<(), ReplayError> {
    match client.batch_execute("COMMIT").await {
        Ok(()) => {
            interrupt::enter(Stage::Done);
            Ok(())
        }
        // A session can be ended after it has committed, as when a standby is waited for.
        Err(error) if error::ends_session(&error) => Err(ReplayError::Unknown(error)),
        // What is deferred to COMMIT can still fail: then nothing is done.
        Err(error) => Err(ReplayError::NotCommitted(error)),
    }
}

/// Takes everything back.
pub(super) async fn rollback(client: &Client) -> Result<(), ReplayError> {
    let lost = |error: Error| ReplayError::Lost { after_commit: false, error };
    client.batch_execute("ROLLBACK").await.map_err(lost)?;
    interrupt::enter(Stage::Before);
    Ok(())
}
