//! What `az` tells about the target: `az postgres flexible-server … -o json`, or the REST form of
//! the same, in which everything but the names stands below `properties`
//! (`src/azure-cli/azure/cli/command_modules/postgresql/_transformers.py` of azure-cli;
//! `Microsoft.DBforPostgreSQL` in azure-rest-api-specs).

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

/// The domain of all flexible servers.
const DOMAIN: &str = ".postgres.database.azure.com";

/// What `az` told; none where it was not given.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Azure {
    /// `az postgres flexible-server show`.
    pub server: Option<Server>,
    /// `az postgres flexible-server replica list`.
    pub replicas: Option<Vec<Server>>,
    /// `az postgres flexible-server parameter list`, by name in lower case.
    pub parameters: Option<BTreeMap<String, Parameter>>,
    /// The name of the target's host, as the connection has it.
    pub host: Option<String>,
}

/// A flexible server. What the JSON leaves out is none.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Server {
    /// Its name.
    pub name: Option<String>,
    /// Its resource group.
    pub resource_group: Option<String>,
    /// The path of its resource.
    pub id: Option<String>,
    /// Its region.
    pub location: Option<String>,
    /// The path of the server that it is a replica of.
    pub source: Option<String>,
    /// Its host name.
    pub host: Option<String>,
    /// `Ready`, `Stopped`, `Updating` ….
    pub state: Option<String>,
    /// Its major version.
    pub version: Option<String>,
    /// `Standard_D4ds_v5`.
    pub sku: Option<String>,
    /// `Burstable`, `GeneralPurpose`, `MemoryOptimized`.
    pub tier: Option<String>,
    /// In GiB.
    pub storage: Option<u64>,
    /// Whether its storage grows by itself.
    pub storage_grows: Option<bool>,
    /// `Disabled`, `SameZone`, `ZoneRedundant`.
    pub high_availability: Option<String>,
    /// `NotEnabled`, `Healthy` ….
    pub high_availability_state: Option<String>,
    /// `Primary`, `AsyncReplica` …; `Primary` also where it has no replica.
    pub replication_role: Option<String>,
    /// Whether it can be reached from the internet.
    pub public_access: Option<bool>,
    /// The subnet that it stands in.
    pub subnet: Option<String>,
    /// How many private endpoints it has.
    pub private_endpoints: Option<usize>,
    /// Whether passwords are taken.
    pub passwords: Option<bool>,
    /// Whether tokens of Microsoft Entra ID are taken.
    pub entra: Option<bool>,
}

/// A server parameter.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Parameter {
    /// The path of its resource, which the server's begins.
    pub id: Option<String>,
    /// What it is set to.
    pub value: Option<String>,
    /// What it is where nobody sets it.
    pub default: Option<String>,
    /// What it can be set to.
    pub allowed: Option<String>,
    /// `Boolean`, `Enumeration`, `Integer`, `Numeric`, `Set`, `String`, in any case.
    pub data_type: Option<String>,
    /// The unit of its value.
    pub unit: Option<String>,
    /// Whether it takes effect without a restart.
    pub is_dynamic: Option<bool>,
    /// Whether nobody can set it.
    pub is_read_only: Option<bool>,
    /// Whether a restart would change it.
    pub pending_restart: Option<bool>,
    /// `system-default`, `user-override`.
    pub source: Option<String>,
}

/// What is wrong with a file of JSON.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AzureError {
    /// It is empty.
    Empty,
    /// It is what `az` says when it fails.
    Az(String),
    /// It is no JSON.
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It is JSON of something else.
    Shape {
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// It is of another server than the target.
    Other {
        /// The server of the JSON.
        named: String,
        /// What is known of the target: `the target is …`.
        than: String,
    },
}

impl fmt::Display for AzureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty: did az fail?"),
            Self::Az(message) => write!(f, "az failed: {message}"),
            Self::Syntax { line, column } => write!(
                f,
                "no JSON, in line {line}, column {column}: write it with az postgres \
                 flexible-server … --output json"
            ),
            Self::Shape { expected, found } => {
                write!(f, "{found} was found where the output of {expected} was expected")
            }
            Self::Other { named, than } => {
                write!(f, "it is of the server {named}, and {than}")
            }
        }
    }
}

impl std::error::Error for AzureError {}

/// The options that the files come with.
pub(crate) const OF_SERVER: &str = "--azure-server";
pub(crate) const OF_REPLICAS: &str = "--azure-replicas";
pub(crate) const OF_PARAMETERS: &str = "--azure-parameters";

const SHOW: &str = "az postgres flexible-server show";
const REPLICAS: &str = "az postgres flexible-server replica list";
const PARAMETERS: &str = "az postgres flexible-server parameter list";

impl Server {
    /// Reads what `az postgres flexible-server show -o json` writes.
    ///
    /// # Errors
    /// When it is something else.
    pub fn read(text: &str) -> Result<Self, AzureError> {
        let value = parse(text)?;
        if !is_of(&value, "flexibleservers") {
            return Err(AzureError::Shape { expected: SHOW, found: what(&value) });
        }
        Ok(Self::of(&value))
    }

    fn of(value: &Value) -> Self {
        let all = Fields(value);
        let text = |path: &[&str]| all.get(path).and_then(Value::as_str).map(str::to_owned);
        let enabled = |path: &[&str]| text(path).map(|word| word.eq_ignore_ascii_case("enabled"));
        let id = text(&["id"]);
        let in_id = id.as_deref().and_then(|id| part(id, "resourceGroups"));
        let network = |key| text(&["network", key]);
        let storage = ["storageSizeGb", "storageSizeGB"];
        let entra = ["activeDirectoryAuth", "microsoftEntraAuth"];
        Self {
            name: text(&["name"]),
            resource_group: text(&["resourceGroup"]).or(in_id),
            location: text(&["location"]),
            source: text(&["sourceServerResourceId"]),
            id,
            host: text(&["fullyQualifiedDomainName"]),
            state: text(&["state"]),
            version: text(&["version"]),
            sku: text(&["sku", "name"]),
            tier: text(&["sku", "tier"]),
            storage: storage.iter().find_map(|key| all.get(&["storage", key])?.as_u64()),
            storage_grows: enabled(&["storage", "autoGrow"]),
            high_availability: text(&["highAvailability", "mode"]),
            high_availability_state: text(&["highAvailability", "state"]),
            replication_role: text(&["replicationRole"]).or_else(|| text(&["replica", "role"])),
            public_access: enabled(&["network", "publicNetworkAccess"]),
            subnet: network("delegatedSubnetResourceId").filter(|id| !id.is_empty()),
            private_endpoints: all
                .get(&["privateEndpointConnections"])
                .and_then(Value::as_array)
                .map(Vec::len),
            passwords: enabled(&["authConfig", "passwordAuth"]),
            entra: entra.iter().find_map(|key| enabled(&["authConfig", key])),
        }
    }
}

/// Reads what `az postgres flexible-server replica list -o json` writes.
///
/// # Errors
/// When it is something else.
pub fn read_replicas(text: &str) -> Result<Vec<Server>, AzureError> {
    let wrong = |found| AzureError::Shape { expected: REPLICAS, found };
    let value = parse(text)?;
    let list = list(&value).ok_or_else(|| wrong(what(&value)))?;
    if let Some(other) = list.iter().find(|one| !is_of(one, "flexibleservers")) {
        return Err(wrong(what(other)));
    }
    Ok(list.iter().map(Server::of).collect())
}

/// Reads what `az postgres flexible-server parameter list -o json` writes.
///
/// # Errors
/// When it is something else.
pub fn read_parameters(text: &str) -> Result<BTreeMap<String, Parameter>, AzureError> {
    let wrong = |found| AzureError::Shape { expected: PARAMETERS, found };
    let value = parse(text)?;
    let list = list(&value).ok_or_else(|| wrong(what(&value)))?;
    if list.is_empty() {
        return Err(wrong("an empty list".to_owned()));
    }
    let mut all = BTreeMap::new();
    for one in list {
        let fields = Fields(one);
        let name = fields.get(&["name"]).and_then(Value::as_str);
        let Some(name) = name.filter(|_| is_of(one, "configurations")) else {
            return Err(wrong(what(one)));
        };
        let text = |key| fields.get(&[key]).and_then(Value::as_str).map(str::to_owned);
        let flag = |key| fields.get(&[key]).and_then(Value::as_bool);
        let parameter = Parameter {
            id: text("id"),
            value: text("value"),
            default: text("defaultValue"),
            allowed: text("allowedValues"),
            data_type: text("dataType"),
            unit: text("unit"),
            is_dynamic: flag("isDynamicConfig"),
            is_read_only: flag("isReadOnly"),
            pending_restart: flag("isConfigPendingRestart"),
            source: text("source"),
        };
        all.insert(name.to_ascii_lowercase(), parameter);
    }
    Ok(all)
}

impl Azure {
    /// Whether all the JSON can be of the server that the connection leads to, and of one server; or
    /// the option whose is not.
    ///
    /// # Errors
    /// When two of them name a flexible server, and not the same.
    pub fn check_servers(&self) -> Result<(), (&'static str, AzureError)> {
        let target = self.host.as_deref().and_then(Identity::of_host);
        let mut known: Vec<(String, Identity)> = Vec::new();
        known.extend(target.map(|target| ("the target is ".to_owned(), target)));
        for (option, identity) in self.identities() {
            let other = known.iter().find(|(_, other)| !identity.may_be(other));
            if let Some((what, other)) = other {
                let (named, than) = identity.told_apart(other);
                return Err((option, AzureError::Other { named, than: format!("{what}{than}") }));
            }
            known.push((format!("{option} is of "), identity));
        }
        Ok(())
    }

    /// The servers that the files are about, by their options.
    fn identities(&self) -> Vec<(&'static str, Identity)> {
        let mut all: Vec<(&'static str, Identity)> = Vec::new();
        if let Some(server) = &self.server {
            let mut identity = server.id.as_deref().and_then(Identity::of_path).unwrap_or_default();
            identity.name = server.name.clone().or(identity.name);
            identity.group = server.resource_group.clone().or(identity.group);
            // A connection is compared with the host's name.
            let host = server.host.as_deref().and_then(Identity::of_host);
            identity.host = host.and_then(|host| host.host);
            all.push((OF_SERVER, identity));
        }
        let sources = self.replicas.iter().flatten().filter_map(|it| it.source.as_deref());
        all.extend(sources.filter_map(Identity::of_path).map(|it| (OF_REPLICAS, it)));
        let paths = self.parameters.iter().flatten().filter_map(|(_, it)| it.id.as_deref());
        all.extend(paths.filter_map(Identity::of_path).map(|it| (OF_PARAMETERS, it)));
        all.dedup();
        all
    }

    /// The server's name for commands, or what stands for it.
    fn name(&self) -> String {
        let named = self.server.as_ref().and_then(|server| server.name.clone());
        let from_host = || Identity::of_host(self.host.as_deref()?)?.host;
        named.or_else(from_host).unwrap_or_else(|| "SERVER".to_owned())
    }

    fn resource_group(&self) -> &str {
        let group = self.server.as_ref().and_then(|server| server.resource_group.as_deref());
        group.unwrap_or("GROUP")
    }

    /// The command that sets a server parameter.
    pub(super) fn set_parameter(&self, name: &str, value: &str) -> String {
        format!(
            "az postgres flexible-server parameter set --resource-group {} --server-name {} --name \
             {name} --value {}",
            quoted(self.resource_group()),
            quoted(&self.name()),
            quoted(value)
        )
    }

    /// The command that shows a server parameter.
    pub(super) fn show_parameter(&self, name: &str) -> String {
        format!(
            "az postgres flexible-server parameter show --resource-group {} --server-name {} --name \
             {name} --query value",
            quoted(self.resource_group()),
            quoted(&self.name())
        )
    }

    /// The command that shows all server parameters.
    pub(super) fn parameters_command(&self) -> String {
        format!(
            "az postgres flexible-server parameter list --resource-group {} --server-name {} -o json",
            quoted(self.resource_group()),
            quoted(&self.name())
        )
    }

    /// A command about the server itself: `update --high-availability Disabled`.
    pub(super) fn command(&self, what: &str, arguments: &str) -> String {
        format!(
            "az postgres flexible-server {what} --resource-group {} --name {}{}{arguments}",
            quoted(self.resource_group()),
            quoted(&self.name()),
            if arguments.is_empty() { "" } else { " " }
        )
    }

    /// How the JSON of the server is had.
    pub(super) fn wanted_server(&self) -> String {
        format!("{} > server.json, for --azure-server", self.command("show", "--output json"))
    }

    /// The same, where another check has said it.
    pub(super) const fn wanted_above() -> &'static str {
        "give --azure-server: see target-server"
    }

    /// How the JSON of its replicas is had.
    pub(super) fn wanted_replicas(&self) -> String {
        format!(
            "{} > replicas.json, for --azure-replicas",
            self.command("replica list", "--output json")
        )
    }

    /// A command about a replica of it.
    pub(super) fn command_about(&self, replica: &Server, what: &str) -> String {
        format!(
            "az postgres flexible-server {what} --resource-group {} --name {}",
            quoted(replica.resource_group.as_deref().unwrap_or_else(|| self.resource_group())),
            quoted(replica.name.as_deref().unwrap_or("REPLICA"))
        )
    }

    /// The command that makes a replica again, and what it needs besides.
    pub(super) fn create_replica(&self, replica: &Server) -> String {
        let own = replica.resource_group.as_deref();
        let is_elsewhere = own.is_some_and(|own| !own.eq_ignore_ascii_case(self.resource_group()));
        // A name alone is looked for in the replica's own group.
        let path = replica.source.as_ref().or_else(|| self.server.as_ref()?.id.as_ref());
        let source = path.filter(|_| is_elsewhere).cloned().unwrap_or_else(|| self.name());
        let location = replica.location.as_deref();
        let location = location.map(|it| format!(" --location {}", quoted(it))).unwrap_or_default();
        let mut sku = String::from("--sku-name");
        if let Some(name) = replica.sku.as_deref() {
            sku = format!("--sku-name {}", quoted(name));
        }
        if let Some(tier) = replica.tier.as_deref() {
            sku.push_str(" --tier ");
            sku.push_str(&quoted(tier));
        }
        format!(
            "az postgres flexible-server replica create --resource-group {} --source-server {} \
             --name {}{location}; its SKU has to be given too ({sku}), and its network where it has \
             private access (--vnet, --subnet, --private-dns-zone)",
            quoted(own.unwrap_or_else(|| self.resource_group())),
            quoted(&source),
            quoted(replica.name.as_deref().unwrap_or("REPLICA"))
        )
    }
}

/// Which flexible server something is about, as far as it tells. None is unlike any other.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Identity {
    name: Option<String>,
    group: Option<String>,
    /// What comes before the domain in the host's name.
    host: Option<String>,
}

impl Identity {
    /// Of `NAME.postgres.database.azure.com`. Names with more parts are those of virtual endpoints and
    /// private links, which tell no server.
    fn of_host(host: &str) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        let name = host.trim_end_matches('.').strip_suffix(DOMAIN)?;
        (!name.contains('.')).then(|| Self { host: Some(name.to_owned()), ..Self::default() })
    }

    /// Of `/subscriptions/S/resourceGroups/G/providers/…/flexibleServers/NAME/…`.
    fn of_path(path: &str) -> Option<Self> {
        let name = Some(part(path, "flexibleServers")?);
        Some(Self { name, group: part(path, "resourceGroups"), host: None })
    }

    /// Its name, by whatever tells it; the host's where the other one is known by its host.
    fn name(&self, by_host: bool) -> Option<&str> {
        let (name, host) = (self.name.as_deref(), self.host.as_deref());
        if by_host { host.or(name) } else { name.or(host) }
    }

    /// Both names, of the same kind where both have that.
    fn names<'a>(&'a self, other: &'a Self) -> (Option<&'a str>, Option<&'a str>) {
        let by_host = self.name.is_none() || other.name.is_none();
        (self.name(by_host), other.name(by_host))
    }

    fn may_be(&self, other: &Self) -> bool {
        let same = |one: Option<&str>, other: Option<&str>| match (one, other) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            _ => true,
        };
        let (name, others) = self.names(other);
        same(name, others) && same(self.group.as_deref(), other.group.as_deref())
    }

    /// How both are called, with their groups where the names are the same.
    fn told_apart(&self, other: &Self) -> (String, String) {
        let (name, others) = self.names(other);
        let (name, others) = (name.unwrap_or_default(), others.unwrap_or_default());
        let group = |it: &Self| it.group.clone().unwrap_or_default();
        if name.eq_ignore_ascii_case(others) {
            let shown = |name: &str, it: &Self| format!("{name} in the group {}", group(it));
            (shown(name, self), shown(others, other))
        } else {
            (name.to_owned(), others.to_owned())
        }
    }
}

/// What follows a word in the path of a resource.
fn part(path: &str, word: &str) -> Option<String> {
    let mut parts = path.split('/');
    parts.find(|part| part.eq_ignore_ascii_case(word))?;
    parts.next().filter(|part| !part.is_empty()).map(str::to_owned)
}

/// A word of a shell command.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.,:/@%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// An object's fields, wherever they stand.
struct Fields<'a>(&'a Value);

impl<'a> Fields<'a> {
    fn get(&self, path: &[&str]) -> Option<&'a Value> {
        let below = |start: &'a Value| {
            path.iter().try_fold(start, |value, key| value.get(key)).filter(|it| !it.is_null())
        };
        below(self.0).or_else(|| below(self.0.get("properties")?))
    }
}

fn parse(text: &str) -> Result<Value, AzureError> {
    // PowerShell writes a byte order mark.
    let text = text.trim_start_matches('\u{feff}');
    let Some(first) = text.split('\n').find(|line| !line.trim().is_empty()) else {
        return Err(AzureError::Empty);
    };
    // az writes its errors as text: `ERROR: (ResourceNotFound) The Resource … was not found.`
    if let Some(message) = first.trim_start().strip_prefix("ERROR:") {
        return Err(AzureError::Az(message.trim().to_owned()));
    }
    let value: Value = serde_json::from_str(text)
        .map_err(|error| AzureError::Syntax { line: error.line(), column: error.column() })?;
    if let Some(error) = value.get("error") {
        let part = |key| error.get(key).and_then(Value::as_str).unwrap_or_default();
        let message = format!("({}) {}", part("code"), part("message"));
        return Err(AzureError::Az(message.split('\n').next().unwrap_or_default().to_owned()));
    }
    Ok(value)
}

/// The elements, as az lists them, or as the REST interface wraps them.
fn list(value: &Value) -> Option<&Vec<Value>> {
    value.as_array().or_else(|| value.get("value")?.as_array())
}

/// Whether it is a resource of this type.
fn is_of(value: &Value, kind: &str) -> bool {
    let Some(text) = value.get("type").and_then(Value::as_str) else {
        // Old clients leave it out; then its own fields tell.
        let field = if kind == "configurations" { "value" } else { "fullyQualifiedDomainName" };
        return value.is_object() && Fields(value).get(&[field]).is_some();
    };
    text.to_ascii_lowercase().rsplit('/').next() == Some(kind)
}

/// What JSON is, for messages.
fn what(value: &Value) -> String {
    match value {
        Value::Object(fields) => match fields.get("type").and_then(Value::as_str) {
            Some(kind) => format!("an object of type {}", crate::name::Name::new(kind)),
            None => "an object of another kind".to_owned(),
        },
        Value::Array(list) if list.is_empty() => "an empty list".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::String(_) => "a text".to_owned(),
        Value::Null => "null".to_owned(),
        Value::Number(_) | Value::Bool(_) => "a single value".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let az = r#"{"id": "/subscriptions/s/resourceGroups/rg 1/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop",
            "name": "shop", "state": "Ready", "version": "16",
            "type": "Microsoft.DBforPostgreSQL/flexibleServers",
            "fullyQualifiedDomainName": "shop.postgres.database.azure.com",
            "sku": {"name": "Standard_D4ds_v5", "tier": "GeneralPurpose"},
            "storage": {"storageSizeGb": 128, "autoGrow": "Disabled"},
            "highAvailability": {"mode": "ZoneRedundant", "state": "Healthy"},
            "network": {"publicNetworkAccess": "Enabled"}, "privateEndpointConnections": [],
            "authConfig": {"activeDirectoryAuth": "Disabled", "passwordAuth": "Enabled"}}"#;
        let rest = r#"{"id": "/subscriptions/s/resourceGroups/rg 1/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop",
            "name": "shop", "type": "Microsoft.DBforPostgreSQL/flexibleServers",
            "sku": {"name": "Standard_D4ds_v5", "tier": "GeneralPurpose"},
            "properties": {"state": "Ready", "version": "16",
            "fullyQualifiedDomainName": "shop.postgres.database.azure.com",
            "storage": {"storageSizeGB": 128, "autoGrow": "Disabled"},
            "highAvailability": {"mode": "ZoneRedundant", "state": "Healthy"},
            "network": {"publicNetworkAccess": "Enabled"}, "privateEndpointConnections": [],
            "authConfig": {"microsoftEntraAuth": "Disabled", "passwordAuth": "Enabled"}}}"#;
        let server = Server::read(az).unwrap();
        assert_eq!(Server::read(rest).unwrap(), server);
        assert_eq!(server.storage, Some(128));
        let azure = Azure { server: Some(server), ..Azure::default() };
        assert_eq!(
            azure.set_parameter("azure.extensions", "hstore,pg_trgm"),
            "az postgres flexible-server parameter set --resource-group 'rg 1' --server-name shop \
             --name azure.extensions --value hstore,pg_trgm"
        );
    }

    #[test]
    fn what_is_no_such_json_is_told() {
        let cases = [
            ("", "it is empty: did az fail?"),
            (
                "ERROR: (ResourceNotFound) The Resource 'shop' was not found.\nCode: 404",
                "az failed: (ResourceNotFound) The Resource 'shop' was not found.",
            ),
            (
                r#"{"error": {"code": "AuthorizationFailed", "message": "no access"}}"#,
                "az failed: (AuthorizationFailed) no access",
            ),
            (
                "{\"name\": \n",
                "no JSON, in line 2, column 0: write it with az postgres flexible-server … \
                 --output json",
            ),
            (
                "[]",
                "an empty list was found where the output of az postgres flexible-server show was expected",
            ),
            (
                r#"{"type": "Microsoft.Compute/virtualMachines"}"#,
                "an object of type \"Microsoft.Compute/virtualMachines\" was found where the output \
                 of az postgres flexible-server show was expected",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(Server::read(text).unwrap_err().to_string(), expected, "{text}");
        }
        assert_eq!(
            read_parameters("[]").unwrap_err().to_string(),
            "an empty list was found where the output of az postgres flexible-server parameter list \
             was expected"
        );
        // A server may well have no replica.
        assert_eq!(read_replicas("[]"), Ok(Vec::new()));
        assert_eq!(read_replicas("{\"value\": []}"), Ok(Vec::new()));
    }

    #[test]
    fn json_of_another_server_is_told() {
        let path = |group: &str, server: &str| {
            format!(
                "/subscriptions/s/resourceGroups/{group}/providers/Microsoft.DBforPostgreSQL/\
                 flexibleServers/{server}"
            )
        };
        // Servers of the three files, and the host's name.
        let check = |[server, replicas, parameters]: [Option<String>; 3], host: &str| {
            let server = server.map(|id| Server { id: Some(id), ..Server::default() });
            let replica = |source| Server { source: Some(source), ..Server::default() };
            let parameter = |id| {
                let id = Some(format!("{id}/configurations/work_mem"));
                BTreeMap::from([("work_mem".to_owned(), Parameter { id, ..Parameter::default() })])
            };
            let azure = Azure {
                server,
                replicas: replicas.map(|source| vec![replica(source)]),
                parameters: parameters.map(parameter),
                host: Some(host.to_owned()),
            };
            let checked = azure.check_servers();
            checked.map_or_else(|(option, error)| format!("{option}: {error}"), |()| String::new())
        };
        let (shop, crm) = (Some(path("rg", "shop")), Some(path("rg", "crm")));
        let host = "SHOP.postgres.database.azure.com";
        let cases = [
            ([&shop, &shop, &shop], host, ""),
            // An address, or a name of one's own, may lead there; a virtual endpoint too.
            ([&shop, &shop, &shop], "10.0.0.4", ""),
            ([&shop, &shop, &shop], "any.writer.postgres.database.azure.com", ""),
            (
                [&crm, &None, &None],
                host,
                "--azure-server: it is of the server crm, and the target is shop",
            ),
            (
                [&None, &crm, &None],
                host,
                "--azure-replicas: it is of the server crm, and the target is shop",
            ),
            (
                [&None, &None, &crm],
                host,
                "--azure-parameters: it is of the server crm, and the target is shop",
            ),
            (
                [&shop, &crm, &None],
                "10.0.0.4",
                "--azure-replicas: it is of the server crm, and --azure-server is of shop",
            ),
            (
                [&shop, &shop, &crm],
                "10.0.0.4",
                "--azure-parameters: it is of the server crm, and --azure-server is of shop",
            ),
            (
                [&None, &shop, &crm],
                "10.0.0.4",
                "--azure-parameters: it is of the server crm, and --azure-replicas is of shop",
            ),
            (
                [&shop, &Some(path("old", "shop")), &None],
                host,
                "--azure-replicas: it is of the server shop in the group old, and --azure-server is \
                 of shop in the group rg",
            ),
        ];
        for (files, host, expected) in cases {
            assert_eq!(check(files.map(Clone::clone), host), expected, "{files:?} {host}");
        }
    }
}
