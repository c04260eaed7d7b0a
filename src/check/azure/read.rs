//! What stands in the JSON, in both of its forms.

use std::collections::BTreeMap;

use serde_json::Value;

use super::form::{is_of, list, part};
use super::{Parameter, Server};
use crate::check::json::{AZ, Fields, JsonError, parse, what};

const SHOW: &str = "az postgres flexible-server show";
const REPLICAS: &str = "az postgres flexible-server replica list";
const PARAMETERS: &str = "az postgres flexible-server parameter list";

impl Server {
    /// Reads what `az postgres flexible-server show -o json` writes.
    ///
    /// # Errors
    /// When it is something else.
    pub fn read(text: &str) -> Result<Self, JsonError> {
        let value = parse(text, AZ)?;
        if !is_of(&value, "flexibleservers") {
            return Err(JsonError::Shape { expected: SHOW, found: what(&value) });
        }
        Ok(Self::of(&value))
    }

    fn of(value: &Value) -> Self {
        let all = Fields(value);
        let text = |path: &[&str]| all.text(path);
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
            is_storage_v2: text(&["storage", "type"])
                .is_some_and(|kind| kind.to_ascii_lowercase().contains("v2")),
            is_cluster: all.get(&["cluster"]).is_some(),
            private_endpoints: all
                .get(&["privateEndpointConnections"])
                .and_then(Value::as_array)
                .map(|all| all.iter().filter(|it| is_approved(it)).count()),
            passwords: enabled(&["authConfig", "passwordAuth"]),
            entra: entra.iter().find_map(|key| enabled(&["authConfig", key])),
        }
    }
}

/// Whether a private endpoint leads anywhere: one that waits for approval does not.
fn is_approved(endpoint: &Value) -> bool {
    let state = ["privateLinkServiceConnectionState", "status"];
    let status = Fields(endpoint).get(&state).and_then(Value::as_str);
    status.is_none_or(|status| status.eq_ignore_ascii_case("approved"))
}

/// Reads what `az postgres flexible-server replica list -o json` writes.
///
/// # Errors
/// When it is something else.
pub fn read_replicas(text: &str) -> Result<Vec<Server>, JsonError> {
    let wrong = |found| JsonError::Shape { expected: REPLICAS, found };
    let value = parse(text, AZ)?;
    let list = list(&value)?.ok_or_else(|| wrong(what(&value)))?;
    if let Some(other) = list.iter().find(|one| !is_of(one, "flexibleservers")) {
        return Err(wrong(what(other)));
    }
    Ok(list.iter().map(Server::of).collect())
}

/// Reads what `az postgres flexible-server parameter list -o json` writes.
///
/// # Errors
/// When it is something else.
pub fn read_parameters(text: &str) -> Result<BTreeMap<String, Parameter>, JsonError> {
    let wrong = |found| JsonError::Shape { expected: PARAMETERS, found };
    let value = parse(text, AZ)?;
    let list = list(&value)?.ok_or_else(|| wrong(what(&value)))?;
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
        let text = |key| fields.text(&[key]);
        let flag = |key| fields.flag(&[key]);
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
        let page = r#"{"value": [], "nextLink": "https://management.azure.com/next"}"#;
        assert_eq!(
            read_replicas(page),
            Err(JsonError::Page { client: AZ.name, field: "nextLink" })
        );
        assert_eq!(
            read_parameters(page),
            Err(JsonError::Page { client: AZ.name, field: "nextLink" })
        );
        assert_eq!(read_replicas(r#"{"value": [], "nextLink": null}"#), Ok(Vec::new()));
        // A server may well have no replica.
        assert_eq!(read_replicas("[]"), Ok(Vec::new()));
        assert_eq!(read_replicas("{\"value\": []}"), Ok(Vec::new()));
    }
}
