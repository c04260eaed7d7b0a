//! What stands in the JSON.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Cluster, Instance};
use crate::check::json::{AWS, Fields, JsonError, parse, what};

const CLUSTERS: &str = "aws rds describe-db-clusters";
const INSTANCES: &str = "aws rds describe-db-instances";
const PARAMETERS: &str = "aws rds describe-db-cluster-parameters or describe-db-parameters";

/// Reads what `aws rds describe-db-clusters` writes.
///
/// # Errors
/// When it is something else.
pub fn read_clusters(text: &str) -> Result<Vec<Cluster>, JsonError> {
    list(text, "DBClusters", CLUSTERS)?.iter().map(cluster).collect()
}

/// Reads what `aws rds describe-db-instances` writes.
///
/// # Errors
/// When it is something else.
pub fn read_instances(text: &str) -> Result<Vec<Instance>, JsonError> {
    list(text, "DBInstances", INSTANCES)?.iter().map(instance).collect()
}

/// Reads what `aws rds describe-db-cluster-parameters` or `describe-db-parameters` writes: the names of
/// those that a customer has set (`Source` is `user`), in lower case.
///
/// # Errors
/// When it is something else.
pub fn read_parameters(text: &str) -> Result<BTreeSet<String>, JsonError> {
    let mut chosen = BTreeSet::new();
    for one in list(text, "Parameters", PARAMETERS)? {
        let fields = Fields(&one);
        let name = fields.text(&["ParameterName"]).ok_or_else(|| wrong(PARAMETERS, &one))?;
        let source = fields.text(&["Source"]);
        // It was asked for these only where it is not said.
        let is_chosen = source.is_none_or(|source| source == "user");
        if is_chosen && fields.get(&["ParameterValue"]).is_some() {
            chosen.insert(name.to_ascii_lowercase());
        }
    }
    Ok(chosen)
}

fn cluster(value: &Value) -> Result<Cluster, JsonError> {
    let all = Fields(value);
    let text = |key| all.text(&[key]);
    let id = text("DBClusterIdentifier").ok_or_else(|| wrong(CLUSTERS, value))?;
    let member = |one: &Value| {
        let name = Fields(one).text(&["DBInstanceIdentifier"])?;
        Some((name, Fields(one).flag(&["IsClusterWriter"]).unwrap_or(false)))
    };
    let ends = [text("Endpoint"), text("ReaderEndpoint")].into_iter().flatten();
    let custom = all.list(&["CustomEndpoints"]).iter();
    let custom = custom.filter_map(|one| one.as_str().map(str::to_owned));
    // The second is that of the first generation.
    let capacities = ["ServerlessV2ScalingConfiguration", "ScalingConfigurationInfo"];
    Ok(Cluster {
        id,
        endpoints: ends.chain(custom).collect(),
        engine: text("Engine"),
        version: text("EngineVersion"),
        status: text("Status"),
        parameter_group: text("DBClusterParameterGroup"),
        members: all.list(&["DBClusterMembers"]).iter().filter_map(member).collect(),
        class: text("DBClusterInstanceClass"),
        most_capacity: capacities
            .iter()
            .find_map(|key| all.get(&[key, "MaxCapacity"]).and_then(Value::as_f64)),
        multi_az: all.flag(&["MultiAZ"]),
    })
}

fn instance(value: &Value) -> Result<Instance, JsonError> {
    let all = Fields(value);
    let text = |key| all.text(&[key]);
    let id = text("DBInstanceIdentifier").ok_or_else(|| wrong(INSTANCES, value))?;
    let groups = all.list(&["DBParameterGroups"]).iter();
    Ok(Instance {
        id,
        endpoint: all.text(&["Endpoint", "Address"]),
        cluster: text("DBClusterIdentifier"),
        class: text("DBInstanceClass"),
        engine: text("Engine"),
        version: text("EngineVersion"),
        status: text("DBInstanceStatus"),
        parameter_groups: groups
            .filter_map(|one| Fields(one).text(&["DBParameterGroupName"]))
            .collect(),
        multi_az: all.flag(&["MultiAZ"]),
        is_public: all.flag(&["PubliclyAccessible"]),
        replicas: all.list(&["ReadReplicaDBInstanceIdentifiers"]).len(),
    })
}

/// The elements below the only key that there should be.
fn list(text: &str, key: &str, expected: &'static str) -> Result<Vec<Value>, JsonError> {
    let mut value = parse(text, AWS)?;
    if Fields(&value).get(&["Marker"]).is_some() {
        return Err(JsonError::Page { client: AWS.name, field: "Marker" });
    }
    match value.get_mut(key).map(Value::take) {
        Some(Value::Array(list)) => Ok(list),
        _ => Err(wrong(expected, &value)),
    }
}

fn wrong(expected: &'static str, value: &Value) -> JsonError {
    JsonError::Shape { expected, found: what(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_customer_has_set() {
        let text = r#"{"Parameters": [
            {"ParameterName": "work_mem", "ParameterValue": "65536", "Source": "user"},
            {"ParameterName": "TimeZone", "ParameterValue": "UTC"},
            {"ParameterName": "shared_buffers", "ParameterValue": "SUM({DBInstanceClassMemory/12038},-50003)", "Source": "system"},
            {"ParameterName": "array_nulls", "Source": "engine-default"}, {"ParameterName": "bonjour", "Source": "user"}]}"#;
        let chosen: Vec<String> = read_parameters(text).unwrap().into_iter().collect();
        assert_eq!(chosen, ["timezone", "work_mem"]);
    }

    #[test]
    fn what_is_no_such_json_is_told() {
        let cases = [
            ("", "it is empty: did aws fail?"),
            (
                "\nAn error occurred (AccessDenied) when calling the DescribeDBClusters operation: no",
                "aws failed: An error occurred (AccessDenied) when calling the DescribeDBClusters operation: no",
            ),
            ("{", "no JSON, in line 1, column 1: write it with aws rds … --output json"),
            (
                "{\"DBInstances\": []}",
                "an object of another kind was found where the output of aws rds describe-db-clusters was expected",
            ),
            (
                "{\"DBClusters\": [1]}",
                "a single value was found where the output of aws rds describe-db-clusters was expected",
            ),
            (
                "{\"DBClusters\": [], \"Marker\": \"x\"}",
                "it is a page of a longer list, of which Marker is the next one: aws writes all of it at once",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(read_clusters(text).unwrap_err().to_string(), expected, "{text}");
        }
    }
}
