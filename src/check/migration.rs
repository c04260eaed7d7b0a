//! What the migration service wants to know before it validates or migrates.

use serde_json::json;

use super::context::Context;
use crate::name::Name;
use crate::platform::Platform;

/// How many databases one migration takes.
pub(super) const AT_A_TIME: usize = 8;

/// Why there is no such description.
#[derive(thiserror::Error, Clone, PartialEq, Eq, Debug)]
pub enum MigrationError {
    /// A server could not be read.
    #[error("{0} could not be read")]
    Unread(&'static str),
    /// Nothing is to be migrated.
    #[error("no database of the source is to be migrated")]
    Nothing,
    /// Too many for one migration.
    #[error("{0} databases, and one migration takes {AT_A_TIME}: name them with --database")]
    TooMany(usize),
}

/// The JSON of a migration of these databases, as `az postgres flexible-server migration create
/// --properties` takes it; the passwords are left empty.
///
/// # Errors
/// When it cannot be one.
pub fn description(cx: &Context) -> Result<String, MigrationError> {
    let server = |side: &'static str, server: Option<_>| server.ok_or(MigrationError::Unread(side));
    let source = server("the source", cx.source.server.as_ref().ok())?;
    let target = server("the target", cx.target.server.as_ref().ok())?;
    let databases: Vec<&str> = cx.source.databases.keys().map(Name::as_str).collect();
    match databases.len() {
        0 => return Err(MigrationError::Nothing),
        more if more > AT_A_TIME => return Err(MigrationError::TooMany(more)),
        _ => {}
    }
    let kind = match source.live.platform.map(Platform::name) {
        Some("aurora") => "AWS_AURORA",
        Some("rds") => "AWS_RDS",
        Some("cloudsql") => "GCP_CloudSQL",
        Some("alloydb") => "GCP_AlloyDB",
        Some("azure") => "PostgreSQLFlexibleServer",
        _ => "OnPremises",
    };
    let (user, admin) = (source.live.answers.user.as_str(), target.live.answers.user.as_str());
    let value = json!({
        "properties": {
            "sourceDbServerResourceId": format!("{}:{}@{user}", source.link.host, source.link.port),
            "secretParameters": {
                "adminCredentials": { "sourceServerPassword": "", "targetServerPassword": "" },
                "sourceServerUserName": user,
                "targetServerUserName": admin,
            },
            "dbsToMigrate": databases,
            "overwriteDbsInTarget": "false",
            "sourceType": kind,
            "sslMode": if source.link.encrypted { "Require" } else { "Prefer" },
        }
    });
    Ok(format!("{value:#}\n"))
}
