//! Whether all that was given is about one server, and about the target.

use super::form::part;
use super::{Azure, OF_MIGRATION, OF_PARAMETERS, OF_REPLICAS, OF_SERVER};
use crate::check::json::JsonError;

/// The domain of all flexible servers.
const DOMAIN: &str = ".postgres.database.azure.com";

impl Azure {
    /// Whether all the JSON can be of the server that the connection leads to, and of one server; or
    /// the option whose is not.
    ///
    /// # Errors
    /// When two of them name a flexible server, and not the same.
    pub fn check_servers(&self) -> Result<(), (&'static str, JsonError)> {
        let target = self.host.as_deref().and_then(Identity::of_host);
        let mut known: Vec<(String, Identity)> = Vec::new();
        known.extend(target.map(|target| ("the target is ".to_owned(), target)));
        for (option, identity) in self.identities() {
            let other = known.iter().find(|(_, other)| !identity.may_be(other));
            if let Some((what, other)) = other {
                let (named, than) = identity.told_apart(other);
                return Err((option, JsonError::Other { named, than: format!("{what}{than}") }));
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
        let migration = self.validation.as_ref().and_then(|it| it.id.as_deref());
        all.extend(migration.and_then(Identity::of_path).map(|it| (OF_MIGRATION, it)));
        all.dedup();
        all
    }
}

/// Which flexible server something is about, as far as it tells. None is unlike any other.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Identity {
    name: Option<String>,
    group: Option<String>,
    /// What comes before the domain in the host's name.
    pub(super) host: Option<String>,
}

impl Identity {
    /// Of `NAME.postgres.database.azure.com`. Names with more parts are those of virtual endpoints and
    /// private links, which tell no server.
    pub(super) fn of_host(host: &str) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        let name = host.trim_end_matches('.').strip_suffix(DOMAIN)?;
        (!name.contains('.')).then(|| Self { host: Some(name.to_owned()), ..Self::default() })
    }

    /// Of `/subscriptions/S/resourceGroups/G/providers/…/flexibleServers/NAME/…`.
    pub(super) fn of_path(path: &str) -> Option<Self> {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::check::azure::{Parameter, Server};

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
                ..Azure::default()
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
