//! The service file: parameters by name, in sections.

use std::fs;
use std::path::{Path, PathBuf};

use super::env::Environment;
use super::error::ParameterError;
use super::key;
use super::origin::Origin;
use super::value::Values;

/// Adds a section's parameters that have no value yet. The user's own file is looked at first, then
/// the system's (`parseServiceInfo`).
pub(super) fn add(environment: &Environment, values: &mut Values) -> Result<(), ParameterError> {
    let wanted = values.text("service").or_else(|| environment.variable("PGSERVICE"));
    let Some(service) = wanted.map(str::to_owned) else { return Ok(()) };
    let named = values.text("servicefile").or_else(|| environment.variable("PGSERVICEFILE"));
    let mut files: Vec<PathBuf> = match named {
        Some(file) => vec![PathBuf::from(file)],
        None => environment
            .in_home(".pg_service.conf")
            .filter(|file| file.exists())
            .into_iter()
            .collect(),
    };
    let system = environment.system_directories().into_iter().map(|d| d.join("pg_service.conf"));
    files.extend(system.filter(|file| file.exists()));
    for file in &files {
        let text = fs::read(file).map_err(|error| ParameterError::File {
            what: "service file",
            path: file.clone(),
            error: error.to_string(),
        })?;
        if section(&text, &service, file, values)? {
            return Ok(());
        }
    }
    Err(if files.is_empty() {
        ParameterError::NoServiceFile(service)
    } else {
        ParameterError::ServiceNotFound { service, files }
    })
}

/// Whether the section is in this file.
fn section(
    text: &[u8],
    service: &str,
    file: &Path,
    values: &mut Values,
) -> Result<bool, ParameterError> {
    let mut found = false;
    for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let mistake =
            |problem| ParameterError::Service { file: file.to_owned(), line: number + 1, problem };
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        if let Some(name) = line.strip_prefix(b"[") {
            if found {
                return Ok(true);
            }
            found = name.strip_prefix(service.as_bytes()).is_some_and(|end| end.starts_with(b"]"));
        } else if found {
            let line = str::from_utf8(line).map_err(|_| mistake("this is not UTF-8"))?;
            let (name, value) = line.split_once('=').ok_or_else(|| mistake("\"=\" is missing"))?;
            if name == "service" || name == "servicefile" {
                return Err(mistake("a service cannot name another one"));
            }
            if name.starts_with("ldap:") || name.starts_with("ldaps:") {
                return Err(mistake("parameters from LDAP are not supported"));
            }
            let key = key::find(name).ok_or_else(|| mistake("this is no connection option"))?;
            values.add(key.name, value, Origin::Service(service.to_owned()));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, service: &str) -> Result<String, String> {
        let mut values = Values::default();
        values.add("host", "mine", Origin::Argument);
        match section(text.as_bytes(), service, Path::new("f"), &mut values) {
            Ok(true) => Ok(values.shown()),
            Ok(false) => Ok("not found".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn reads_a_section() {
        let text =
            "# c\n\nfrob\n[a]\r\n host=x\nport=1  \nport=2\ndbname= d \n[b]\nuser\n[c]\nservice=a";
        for (text, service, expected) in [
            (text, "a", Ok("dbname= d|host=mine|port=1")),
            (text, "d", Ok("not found")),
            (text, "b", Err("f:10: \"=\" is missing")),
            (text, "c", Err("f:12: a service cannot name another one")),
            ("[a]\nfrob=1", "a", Err("f:2: this is no connection option")),
        ] {
            let expected = expected.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(read(text, service), expected, "{service}");
        }
    }
}
