//! The parameters, merged from where they come from, and what they mean.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::config::ChannelBinding;
use zeroize::Zeroizing;

use super::env::{Environment, default_socket};
use super::error::ParameterError;
use super::key::{self, KEYS};
use super::passfile::Passfile;
use super::password::{Known, Password, PasswordSource};
use super::tls::TlsParameters;
use super::{conninfo, service, uri};

/// Where a parameter comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// The connection string or URI.
    Argument,
    /// A section of the service file.
    Service(String),
    /// This variable.
    Variable(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument => f.write_str("the connection string"),
            Self::Service(name) => write!(f, "service {name}"),
            Self::Variable(name) => f.write_str(name),
        }
    }
}

/// A parameter's text, which may be a password.
#[derive(Clone)]
pub(super) struct Value {
    pub(super) text: Zeroizing<String>,
    pub(super) origin: Origin,
}

/// What has been said, by parameter. An empty text is a value: it hides those of later sources, and
/// means the default.
#[derive(Clone, Default)]
pub(super) struct Values(BTreeMap<&'static str, Value>);

impl Values {
    pub(super) fn replace(&mut self, key: &'static str, text: Zeroizing<String>, origin: Origin) {
        self.0.insert(key, Value { text, origin });
    }

    /// Sets what has no value yet.
    pub(super) fn add(&mut self, key: &'static str, text: &str, origin: Origin) {
        let value = || Value { text: Zeroizing::new(text.to_owned()), origin };
        self.0.entry(key).or_insert_with(value);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(key, value)| (*key, value))
    }

    /// All of it, for tests.
    #[cfg(test)]
    pub(super) fn shown(&self) -> String {
        let all = self.iter().map(|(key, value)| format!("{key}={}", value.text.as_str()));
        all.collect::<Vec<_>>().join("|")
    }

    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.text.is_empty())
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.get(key).map(|value| value.text.as_str())
    }

    /// One of these words.
    pub(super) fn word<T: Copy>(
        &self,
        key: &'static str,
        words: &[(&'static str, T)],
        default: T,
    ) -> Result<T, ParameterError> {
        // libpq takes no empty text for most of them.
        let may_be_empty = key.starts_with("ssl_") || key == "sslsni";
        let value = self.0.get(key).filter(|value| !may_be_empty || !value.text.is_empty());
        let Some(value) = value else { return Ok(default) };
        let found = words.iter().find(|(word, _)| *word == value.text.as_str());
        found.map(|(_, meaning)| *meaning).ok_or_else(|| {
            let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            self.wrong(key, format!("give one of {}", words.join(", ")))
        })
    }

    fn integer(&self, key: &'static str) -> Result<Option<i32>, ParameterError> {
        let number = |text: &str| {
            let expected = "give a whole number".to_owned();
            text.trim().parse().map_err(|_| self.wrong(key, expected))
        };
        self.text(key).map(number).transpose()
    }

    pub(super) fn wrong(&self, key: &'static str, expected: String) -> ParameterError {
        let (value, origin) = match self.0.get(key) {
            // What is no number can be a password in the wrong place.
            Some(value) if key == "port" && !is_list_of_numbers(&value.text) => {
                ("***".to_owned(), value.origin.clone())
            }
            Some(value) => (value.text.to_string(), value.origin.clone()),
            None => (String::new(), Origin::Argument),
        };
        ParameterError::Value { key, value, origin, expected }
    }
}

/// Something that a user should know, although the connection can be tried.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Warning {
    /// A password in an argument is seen in the list of processes, and in the shell's history.
    PasswordInArgument,
    /// Others than its owner may read this password file; it is not used, as libpq does not.
    PassfileIsOpen(PathBuf),
    /// What is named as password file is a directory or a device.
    PassfileIsNoFile(PathBuf),
    /// The file of root certificates is not there, so that the server's is not checked.
    NoRootCertificate(PathBuf),
    /// libpq would look at these revoked certificates; they are not looked at here.
    RevocationListIgnored(PathBuf),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PasswordInArgument => f.write_str(
                "the password in the connection string shows in the process list; set PGPASSWORD, \
                 or write it to ~/.pgpass (mode 0600)",
            ),
            Self::PassfileIsOpen(path) => {
                let path = path.display();
                write!(
                    f,
                    "password file {path} is not used, since others may read it; chmod 600 {path}"
                )
            }
            Self::PassfileIsNoFile(path) => {
                write!(f, "password file {} is not used: it is no plain file", path.display())
            }
            Self::NoRootCertificate(path) => write!(
                f,
                "the server's certificate is not checked: root certificate file {} does not exist",
                path.display()
            ),
            Self::RevocationListIgnored(path) => {
                write!(f, "{} is ignored: revoked certificates are not recognised", path.display())
            }
        }
    }
}

/// What kind of server is wanted (`target_session_attrs`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TargetSession {
    /// Any that lets us in.
    Any,
    /// One that takes writes by default.
    ReadWrite,
    /// One that does not.
    ReadOnly,
    /// One that is no standby.
    Primary,
    /// One in hot standby.
    Standby,
    /// A standby if any of the hosts is one, else any.
    PreferStandby,
}

/// TCP keepalives, as libpq sets them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keepalive {
    pub(super) on: bool,
    pub(super) idle: Option<Duration>,
    pub(super) interval: Option<Duration>,
    pub(super) count: Option<u32>,
    pub(super) user_timeout: Option<Duration>,
}

/// One of the hosts to try.
#[derive(Clone, Debug)]
pub(super) struct Host {
    /// A name, an address, or a directory of sockets.
    pub(super) name: String,
    /// Given instead of looking the name up.
    pub(super) address: Option<IpAddr>,
    pub(super) port: u16,
    /// Its own, from a password file.
    pub(super) password: Option<Known>,
}

impl Host {
    /// Whether it is a directory; `@` begins Linux's abstract names.
    pub(super) fn is_socket(&self) -> bool {
        self.address.is_none() && self.name.starts_with(['/', '@'])
    }

    pub(super) fn label(&self) -> String {
        if self.name.contains(':') {
            format!("[{}]:{}", self.name, self.port)
        } else {
            format!("{}:{}", self.name, self.port)
        }
    }
}

/// All that is needed to connect. It holds passwords, which its `Debug` does not show.
#[derive(Clone, Debug)]
pub struct Parameters {
    pub(super) hosts: Vec<Host>,
    pub(super) user: String,
    pub(super) database: String,
    /// For all hosts.
    pub(super) password: Option<Known>,
    pub(super) application_name: String,
    pub(super) options: Option<String>,
    pub(super) timeout: Option<Duration>,
    pub(super) target: TargetSession,
    pub(super) shuffle: bool,
    pub(super) channel_binding: ChannelBinding,
    pub(super) keepalive: Keepalive,
    pub(super) tls: TlsParameters,
    /// The variables that say the same to a child.
    pub(super) variables: Vec<(&'static str, String)>,
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
        if uri::is_uri(text) {
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
                key.check(&value.text, &value.origin)?;
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
        let seconds = values.integer("connect_timeout")?.filter(|seconds| *seconds > 0);
        // libpq: a limit of one second could be over in an instant, since it counts whole ones.
        let seconds = seconds.map(|seconds| u64::from(seconds.unsigned_abs()).max(2));
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
        let application = application.iter().find_map(|key| values.0.get(key));
        let application = application.map_or("pg_globals", |value| value.text.as_str());
        Ok(Self {
            hosts,
            user,
            database,
            password,
            application_name: application.to_owned(),
            options: values.text("options").map(str::to_owned),
            timeout: seconds.map(Duration::from_secs),
            target: values.word("target_session_attrs", &targets, TargetSession::Any)?,
            shuffle: values.word("load_balance_hosts", &balance, false)?,
            channel_binding: values.word("channel_binding", &binding, ChannelBinding::Prefer)?,
            keepalive: keepalive(values)?,
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

    /// The same in another database.
    #[must_use]
    pub fn with_database(&self, database: &str) -> Self {
        Self { database: database.to_owned(), ..self.clone() }
    }

    /// The same to one of the hosts, whatever its session is, with the password that is known to work.
    pub(super) fn narrowed_to(&self, host: Host, password: Option<Known>, database: &str) -> Self {
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

fn hosts(values: &Values) -> Result<Vec<Host>, ParameterError> {
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

fn keepalive(values: &Values) -> Result<Keepalive, ParameterError> {
    let number = |key| {
        let number = values.integer(key)?.and_then(|number| u32::try_from(number).ok());
        Ok(number.filter(|number| *number > 0))
    };
    let seconds = |key| Ok(number(key)?.map(|seconds| Duration::from_secs(seconds.into())));
    Ok(Keepalive {
        on: values.integer("keepalives")? != Some(0),
        idle: seconds("keepalives_idle")?,
        interval: seconds("keepalives_interval")?,
        count: number("keepalives_count")?,
        user_timeout: number("tcp_user_timeout")?.map(|ms| Duration::from_millis(ms.into())),
    })
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

fn is_list_of_numbers(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || " ,+-.".contains(c))
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
