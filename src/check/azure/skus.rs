//! The SKUs that a region offers: `az postgres flexible-server list-skus`.

use serde_json::Value;

use crate::check::json::{AZ, Fields, JsonError, parse, what};

const SKUS: &str = "az postgres flexible-server list-skus";

/// A SKU that can be ordered.
#[derive(Clone, PartialEq, Debug)]
pub struct Sku {
    /// `Standard_D4ds_v5`.
    pub name: String,
    /// `Burstable`, `GeneralPurpose`, `MemoryOptimized`.
    pub tier: String,
    /// Its processors.
    pub vcpus: f64,
    /// Its memory in GiB.
    pub memory: f64,
}

/// Reads what `az postgres flexible-server list-skus -o json` writes: the capabilities of a region, as an
/// object or as a list of them.
///
/// # Errors
/// When it is something else.
pub fn read_skus(text: &str) -> Result<Vec<Sku>, JsonError> {
    let value = parse(text, AZ)?;
    let wrong = || JsonError::Shape { expected: SKUS, found: what(&value) };
    let wrapped = value.get("value").and_then(Value::as_array);
    let regions = match (&value, wrapped) {
        (Value::Array(list), _) | (_, Some(list)) => list.iter().collect(),
        _ => vec![&value],
    };
    let mut skus = Vec::new();
    for region in regions {
        for edition in Fields(region).list(&["supportedServerEditions"]) {
            let edition = Fields(edition);
            let tier = edition.text(&["name"]).unwrap_or_default();
            let all = edition.list(&["supportedServerSkus"]).iter();
            skus.extend(all.filter_map(|sku| one(&tier, &Fields(sku))));
        }
    }
    if skus.is_empty() { Err(wrong()) } else { Ok(skus) }
}

fn one(tier: &str, sku: &Fields<'_>) -> Option<Sku> {
    let number = |key| sku.get(&[key]).and_then(Value::as_f64).filter(|it| *it > 0.0);
    let vcpus = number("vCores")?;
    Some(Sku {
        name: sku.text(&["name"])?,
        tier: tier.to_owned(),
        vcpus,
        memory: vcpus * number("supportedMemoryPerVcoreMb")? / 1024.0,
    })
}
