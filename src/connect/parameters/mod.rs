//! The parameters, merged from where they come from, and what they mean.

mod conninfo;
pub(super) mod env;
pub(super) mod error;
pub(super) mod form;
pub(super) mod host;
mod keepalive;
mod key;
pub(super) mod masked;
pub(super) mod origin;
pub(super) mod passfile;
pub(super) mod password;
mod service;
pub(super) mod target;
pub(super) mod tls;
mod uri;
mod value;
pub(super) mod warning;

use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::config::ChannelBinding;

use env::Environment;
use error::ParameterError;
use host::{Host, hosts};
use keepalive::Keepalive;
use key::KEYS;
use origin::Origin;
use passfile::Passfile;
use password::{Known, Password, PasswordSource};
use target::TargetSession;
use tls::TlsParameters;
use value::Values;
use warning::Warning;

/// How long one attempt to connect may take, from the name's look-up to the login, where `connect_timeout` says
/// nothing. A host that takes connections and keeps silent would otherwise be waited for without an end.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// All that is needed to connect. It holds passwords, which its `Debug` does not show.
#[derive(Clone, Debug)]
pub struct Parameters {
    pub(in crate::connect) hosts: Vec<Host>,
    pub(in crate::connect) user: String,
    pub(in crate::connect) database: String,
    /// For all hosts.
    pub(in crate::connect) password: Option<Known>,
    pub(in crate::connect) application_name: String,
    pub(in crate::connect) options: Option<String>,
    /// For one attempt; none is without an end.
    pub(in crate::connect) timeout: Option<Duration>,
    pub(in crate::connect) target: TargetSession,
    pub(in crate::connect) shuffle: bool,
    pub(in crate::connect) channel_binding: ChannelBinding,
    pub(in crate::connect) keepalive: Keepalive,
    pub(in crate::connect) tls: TlsParameters,
    /// The variables that say the same to a child.
    pub(in crate::connect) variables: Vec<(&'static str, String)>,
    warnings: Vec<Warning>,
}

impl Parameters {
    /// Merges what a connection string or URI says with its surroundings; an empty text leaves all
    /// to these.
    ///
    /// # Errors
    /// When libpq would refuse a parameter, or this program cannot do what it asks for. No error
    /// shows a password.
    pub fn parse(text: &str, environment: &Environment) -> Result<Self, ParameterError> {
        if let Some(name) = environment.malformed() {
            return Err(ParameterError::NotUtf8(name));
        }
        let mut values = Values::default();
        if form::is_uri(text) {
            uri::parse(text, &mut values)?;
        } else {
            conninfo::parse(text, &mut values)?;
        }
        service::add(environment, &mut values)?;
        for (key, variable) in KEYS.iter().filter_map(|key| Some((key.name, key.variable?))) {
            if let Some(text) = environment.variable(variable) {
                values.add(key, text, Origin::Variable(variable));
            }
        }
        if environment.variable("PGREQUIRESSL").is_some_and(|text| text.starts_with('1')) {
            values.add("sslmode", "require", Origin::Variable("PGREQUIRESSL"));
        }
        for (name, value) in values.iter() {
            if let Some(key) = key::find(name) {
                // Messages show these as they are.
                if is_foreign(name, &value.text) {
                    let origin = value.origin.clone();
                    return Err(ParameterError::Foreign { key: key.name, origin });
                }
                if let Some((key, why)) = key.refuses(&value.text) {
                    let origin = value.origin.clone();
                    return Err(ParameterError::Unsupported { key, origin, why });
                }
            }
        }
        Self::of(&values, environment)
    }

    fn of(values: &Values, environment: &Environment) -> Result<Self, ParameterError> {
        let mut warnings = Vec::new();
        let user = values.text("user").or(environment.user());
        let user = user.ok_or(ParameterError::NoUser)?.to_owned();
        let database = values.text("dbname").unwrap_or(&user).to_owned();
        let password = values.get("password").map(|value| {
            let source = match &value.origin {
                Origin::Argument => PasswordSource::Argument,
                Origin::Service(name) => PasswordSource::Service(name.clone()),
                Origin::Variable(_) => PasswordSource::Variable,
            };
            Known { password: Password::from(value.text.clone()), source }
        });
        if password.as_ref().is_some_and(|known| known.source == PasswordSource::Argument) {
            warnings.push(Warning::PasswordInArgument);
        }
        let mut hosts = hosts(values)?;
        if password.is_none() {
            let named = values.text("passfile").map(PathBuf::from);
            let path = named.or_else(|| environment.in_home(".pgpass"));
            let file = path.as_deref().and_then(|path| Passfile::read(path, &mut warnings));
            if let Some(file) = file {
                for host in &mut hosts {
                    host.password = file.find(&host.name, host.port, &database, &user);
                }
            }
        }
        let tls = TlsParameters::of(values, environment, &hosts, &mut warnings)?;
        // libpq: a limit of one second could be over in an instant, since it counts whole ones; 0 and less is
        // none. Where nothing is said, libpq waits for ever.
        let timeout = match values.integer("connect_timeout")? {
            None => Some(DEFAULT_TIMEOUT),
            Some(seconds) if seconds > 0 => {
                Some(Duration::from_secs(u64::from(seconds.unsigned_abs()).max(2)))
            }
            Some(_) => None,
        };
        let binding = [
            ("disable", ChannelBinding::Disable),
            ("prefer", ChannelBinding::Prefer),
            ("require", ChannelBinding::Require),
        ];
        let targets = [
            ("any", TargetSession::Any),
            ("read-write", TargetSession::ReadWrite),
            ("read-only", TargetSession::ReadOnly),
            ("primary", TargetSession::Primary),
            ("standby", TargetSession::Standby),
            ("prefer-standby", TargetSession::PreferStandby),
        ];
        let balance = [("disable", false), ("random", true)];
        // An empty name is one.
        let application = ["application_name", "fallback_application_name"];
        let application = application.iter().find_map(|key| values.as_said(key));
        let application = application.unwrap_or("pg_globals");
        Ok(Self {
            hosts,
            user,
            database,
            password,
            application_name: application.to_owned(),
            options: values.text("options").map(str::to_owned),
            timeout,
            target: values.word("target_session_attrs", &targets, TargetSession::Any)?,
            shuffle: values.word("load_balance_hosts", &balance, false)?,
            channel_binding: values.word("channel_binding", &binding, ChannelBinding::Prefer)?,
            keepalive: Keepalive::of(values)?,
            tls,
            variables: variables(values),
            warnings,
        })
    }

    /// What the user should know before the connection is used.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The role to log in as.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The database.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The only host to try, as it was named; none where there are several.
    pub fn host(&self) -> Option<&str> {
        let [only] = self.hosts.as_slice() else { return None };
        Some(&only.name)
    }

    /// The same in another database.
    #[must_use]
    pub fn with_database(&self, database: &str) -> Self {
        Self { database: database.to_owned(), ..self.clone() }
    }

    /// The same to one of the hosts, whatever its session is, with the password that is known to work.
    pub(in crate::connect) fn narrowed_to(
        &self,
        host: Host,
        password: Option<Known>,
        database: &str,
    ) -> Self {
        let known = password.or_else(|| self.password.clone());
        Self {
            hosts: vec![host],
            password: known,
            target: TargetSession::Any,
            ..self.with_database(database)
        }
    }

    /// `host:port/dbname`, or `/directory:port/dbname`, for messages; several hosts with commas.
    pub fn label(&self) -> String {
        let hosts: Vec<_> = self.hosts.iter().map(Host::label).collect();
        format!("{}/{}", hosts.join(","), self.database)
    }
}

/// Whether the value of a parameter that messages name is a connection string, of whatever driver.
fn is_foreign(key: &str, text: &str) -> bool {
    match key {
        "host" | "hostaddr" | "port" => {
            text.contains(['@', ';', '=', '?']) && !text.starts_with(['@', '/'])
        }
        "dbname" | "user" => {
            text.contains("://")
                || (text.contains(':') && text.contains('@'))
                || (text.contains([';', '?']) && text.contains('='))
        }
        _ => false,
    }
}

/// What a child must be told apart from where to connect to, and as whom.
fn variables(values: &Values) -> Vec<(&'static str, String)> {
    const OWN: [&str; 13] = [
        "service",
        "servicefile",
        "user",
        "password",
        "passfile",
        "dbname",
        "host",
        "hostaddr",
        "port",
        "client_encoding",
        "application_name",
        "target_session_attrs",
        "load_balance_hosts",
    ];
    let keys = KEYS.iter().filter(|key| !OWN.contains(&key.name));
    keys.filter_map(|key| Some((key.variable?, values.text(key.name)?.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connecting_has_a_limit_unless_it_is_switched_off() {
        let timeout = |text: &str, variables: &[(&str, &str)]| {
            let pairs = variables.iter().map(|(key, value)| (*key, *value));
            let environment = Environment::from_pairs(pairs).with_user("nobody");
            Parameters::parse(text, &environment).unwrap().timeout.map(|limit| limit.as_secs())
        };
        assert_eq!(timeout("host=h", &[]), Some(30));
        assert_eq!(timeout("host=h connect_timeout=''", &[]), Some(30));
        assert_eq!(timeout("host=h connect_timeout=1", &[]), Some(2));
        assert_eq!(timeout("postgresql://h?connect_timeout=90", &[]), Some(90));
        assert_eq!(timeout("host=h", &[("PGCONNECT_TIMEOUT", "7")]), Some(7));
        assert_eq!(timeout("host=h connect_timeout=0", &[("PGCONNECT_TIMEOUT", "7")]), None);
        assert_eq!(timeout("host=h connect_timeout=-1", &[]), None);
    }
}
