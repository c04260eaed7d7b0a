//! The commands of `az` that messages name.

use super::identity::Identity;
use super::{Azure, Server};

impl Azure {
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
    pub(in crate::check) fn set_parameter(&self, name: &str, value: &str) -> String {
        format!(
            "az postgres flexible-server parameter set --resource-group {} --server-name {} --name \
             {name} --value {}",
            quoted(self.resource_group()),
            quoted(&self.name()),
            quoted(value)
        )
    }

    /// The command that shows a server parameter.
    pub(in crate::check) fn show_parameter(&self, name: &str) -> String {
        format!(
            "az postgres flexible-server parameter show --resource-group {} --server-name {} --name \
             {name} --query value",
            quoted(self.resource_group()),
            quoted(&self.name())
        )
    }

    /// The command that shows all server parameters.
    pub(in crate::check) fn parameters_command(&self) -> String {
        format!(
            "az postgres flexible-server parameter list --resource-group {} --server-name {} -o json",
            quoted(self.resource_group()),
            quoted(&self.name())
        )
    }

    /// A command about the server itself: `update --zonal-resiliency Disabled`.
    pub(in crate::check) fn command(&self, what: &str, arguments: &str) -> String {
        format!(
            "az postgres flexible-server {what} --resource-group {} --name {}{}{arguments}",
            quoted(self.resource_group()),
            quoted(&self.name()),
            if arguments.is_empty() { "" } else { " " }
        )
    }

    /// The command that lets the migration service validate a migration.
    pub fn validate(&self, file: &str) -> String {
        format!(
            "az postgres flexible-server migration create --resource-group {} --server-name {} --name \
             check --migration-mode offline --migration-option Validate --properties {}",
            quoted(self.resource_group()),
            quoted(&self.name()),
            quoted(file)
        )
    }

    /// The command that lists the SKUs of the server's region.
    pub(in crate::check) fn list_skus(&self) -> String {
        let region = self.server.as_ref().and_then(|server| server.location.as_deref());
        format!(
            "az postgres flexible-server list-skus --location {} --output json",
            quoted(region.unwrap_or("REGION"))
        )
    }

    /// How the JSON of the server is had.
    pub(in crate::check) fn wanted_server(&self) -> String {
        format!(
            "give --azure, or --azure-server server.json with what this writes: {} > server.json",
            self.command("show", "--output json")
        )
    }

    /// The same, where another check has said it.
    pub(in crate::check) const fn wanted_above() -> &'static str {
        "give --azure or --azure-server: see target-server"
    }

    /// How the JSON of its replicas is had.
    pub(in crate::check) fn wanted_replicas(&self) -> String {
        format!(
            "give --azure, or --azure-replicas replicas.json with what this writes: {} > replicas.json",
            self.command("replica list", "--output json")
        )
    }

    /// A command about a replica of it.
    pub(in crate::check) fn command_about(&self, replica: &Server, what: &str) -> String {
        format!(
            "az postgres flexible-server {what} --resource-group {} --name {}",
            quoted(replica.resource_group.as_deref().unwrap_or_else(|| self.resource_group())),
            quoted(replica.name.as_deref().unwrap_or("REPLICA"))
        )
    }

    /// The command that makes a replica in the server's own group.
    pub(in crate::check) fn new_replica(&self) -> String {
        self.create_replica(&Server::default())
    }

    /// The command that makes a replica again: SKU, storage and network come from its source.
    pub(in crate::check) fn create_replica(&self, replica: &Server) -> String {
        let own = replica.resource_group.as_deref();
        let is_elsewhere = own.is_some_and(|own| !own.eq_ignore_ascii_case(self.resource_group()));
        // A name alone is looked for in the replica's own group.
        let path = replica.source.as_ref().or_else(|| self.server.as_ref()?.id.as_ref());
        let source = path.filter(|_| is_elsewhere).cloned().unwrap_or_else(|| self.name());
        let location = replica.location.as_deref();
        let location = location.map(|it| format!(" --location {}", quoted(it))).unwrap_or_default();
        format!(
            "az postgres flexible-server replica create --resource-group {} --source-server {} \
             --name {}{location}",
            quoted(own.unwrap_or_else(|| self.resource_group())),
            quoted(&source),
            quoted(replica.name.as_deref().unwrap_or("REPLICA"))
        )
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_the_shell() {
        let text = |it: &str| Some(it.to_owned());
        let server =
            Server { name: text("shop"), resource_group: text("rg 1"), ..Server::default() };
        let azure = Azure { server: Some(server), ..Azure::default() };
        assert_eq!(
            azure.set_parameter("azure.extensions", "hstore,pg_trgm"),
            "az postgres flexible-server parameter set --resource-group 'rg 1' --server-name shop \
             --name azure.extensions --value hstore,pg_trgm"
        );
    }
}
