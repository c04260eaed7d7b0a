//! What the clouds' own command lines tell, from files or by asking them.

use std::collections::BTreeSet;
use std::io::Write as _;

use anstyle::AnsiColor;
use anyhow::{Result, anyhow, bail};
use clap::Args;

use crate::check::aws::{self, Aws, Told};
use crate::check::azure::{self, Azure};
use crate::check::{Clouds, JsonError};
use crate::cli::file;
use crate::cli::options::shown;

/// The options that say where from.
#[derive(Args, Debug)]
#[allow(clippy::doc_markdown, reason = "these comments are the help, which is no Markdown")]
pub(super) struct CloudArguments {
    /// Ask az about the target, by the name of its host: all of the following that no file is given for.
    ///
    /// It is run with your own login (az login), which must see the target's subscription.
    #[arg(long, help_heading = "What az tells")]
    azure: bool,

    /// What az postgres flexible-server show -o json wrote, or -.
    #[arg(long, value_name = "FILE", help_heading = "What az tells")]
    azure_server: Option<String>,

    /// What az postgres flexible-server replica list -o json wrote, or -.
    #[arg(long, value_name = "FILE", help_heading = "What az tells")]
    azure_replicas: Option<String>,

    /// What az postgres flexible-server parameter list -o json wrote, or -.
    #[arg(long, value_name = "FILE", help_heading = "What az tells")]
    azure_parameters: Option<String>,

    /// What az postgres flexible-server list-skus -o json wrote, or -.
    #[arg(long, value_name = "FILE", help_heading = "What az tells")]
    azure_skus: Option<String>,

    /// What az postgres flexible-server migration show -o json wrote of a validation, or -.
    #[arg(long, value_name = "FILE", help_heading = "What az tells")]
    azure_migration: Option<String>,

    /// Ask aws about the source, by the name of its host: all of the following that no file is given for.
    ///
    /// It is run with your own login (AWS_PROFILE), which must see the source's account.
    #[arg(long, help_heading = "What aws tells")]
    aws: bool,

    /// What aws rds describe-db-clusters wrote, or -.
    #[arg(long, value_name = "FILE", help_heading = "What aws tells")]
    aws_cluster: Option<String>,

    /// What aws rds describe-db-instances wrote, or -.
    #[arg(long, value_name = "FILE", help_heading = "What aws tells")]
    aws_instances: Option<String>,

    /// What aws rds describe-db-cluster-parameters or describe-db-parameters wrote, or -. Repeatable.
    #[arg(long, value_name = "FILE", help_heading = "What aws tells")]
    aws_parameters: Vec<String>,
}

/// What the files tell.
pub(super) struct Files {
    azure: Azure,
    aws: Told,
}

impl CloudArguments {
    /// The files that are read.
    pub(super) fn inputs(&self) -> Vec<&str> {
        let single = [
            &self.azure_server,
            &self.azure_replicas,
            &self.azure_parameters,
            &self.azure_skus,
            &self.azure_migration,
            &self.aws_cluster,
            &self.aws_instances,
        ];
        let single = single.into_iter().flatten().chain(&self.aws_parameters);
        single.map(String::as_str).collect()
    }

    /// Reads the files.
    pub(super) fn read(&self) -> Result<Files> {
        if self.inputs().iter().filter(|file| **file == "-").count() > 1 {
            bail!("only one of the files that az and aws have written can be -");
        }
        let azure = Azure {
            server: of(azure::OF_SERVER, self.azure_server.as_ref(), azure::Server::read)?,
            replicas: of(azure::OF_REPLICAS, self.azure_replicas.as_ref(), azure::read_replicas)?,
            parameters: of(
                azure::OF_PARAMETERS,
                self.azure_parameters.as_ref(),
                azure::read_parameters,
            )?,
            skus: of(azure::OF_SKUS, self.azure_skus.as_ref(), azure::read_skus)?,
            validation: of(
                azure::OF_MIGRATION,
                self.azure_migration.as_ref(),
                azure::read_migration,
            )?,
            ..Azure::default()
        };
        let mut chosen: Option<BTreeSet<String>> = None;
        for file in &self.aws_parameters {
            let names = of("--aws-parameters", Some(file), aws::read_parameters)?;
            chosen.get_or_insert_default().extend(names.unwrap_or_default());
        }
        let aws = Told {
            clusters: of(aws::OF_CLUSTER, self.aws_cluster.as_ref(), aws::read_clusters)?,
            instances: of(aws::OF_INSTANCES, self.aws_instances.as_ref(), aws::read_instances)?,
            chosen,
        };
        Ok(Files { azure, aws })
    }

    /// What is told of the servers at these hosts: the files, and what is asked.
    pub(super) async fn told(
        &self,
        files: Files,
        source: Option<&str>,
        target: Option<&str>,
    ) -> Result<Clouds> {
        let Files { azure, aws } = files;
        let asked = |what: &str, host: Option<&str>| {
            host.map(str::to_owned).ok_or_else(|| {
                anyhow!("{what} has several hosts, which do not tell what is to be asked for")
            })
        };
        let azure = async {
            if !self.azure {
                return anyhow::Ok(Azure { host: target.map(str::to_owned), ..azure });
            }
            let host = asked("--azure: the target", target)?;
            let asked =
                azure::ask(&host, azure).await.map_err(|error| anyhow!("--azure: {error}"))?;
            warn("--azure", &asked.untold);
            Ok(asked.azure)
        };
        let aws = async {
            if !self.aws {
                return anyhow::Ok(aws);
            }
            let host = asked("--aws: the source", source)?;
            let asked = aws::ask(&host, aws).await.map_err(|error| anyhow!("--aws: {error}"))?;
            warn("--aws", &asked.untold);
            Ok(asked.told)
        };
        let (azure, aws) = futures_util::future::join(azure, aws).await;
        let (azure, aws) = (azure?, aws?);
        if let Err((option, error)) = azure.check_servers() {
            return Err(self.misplaced(option, &error));
        }
        let aws = Aws::of_source(source, aws);
        let aws = aws.map_err(|(option, error)| self.misplaced(option, &error))?;
        Ok(Clouds { aws, azure })
    }

    /// What is wrong with the file of an option, or with what was asked in its place.
    fn misplaced(&self, option: &str, error: &JsonError) -> anyhow::Error {
        let file = match option {
            azure::OF_REPLICAS => &self.azure_replicas,
            azure::OF_PARAMETERS => &self.azure_parameters,
            azure::OF_MIGRATION => &self.azure_migration,
            azure::OF_SERVER => &self.azure_server,
            aws::OF_CLUSTER => &self.aws_cluster,
            _ => &self.aws_instances,
        };
        match file {
            Some(file) => anyhow!("{option} {}: {error}", shown(file)),
            None => anyhow!("{option}, as it was asked: {error}"),
        }
    }
}

/// What could not be asked ends nothing: what depends on it is unknown.
fn warn(option: &str, untold: &[String]) {
    let yellow = AnsiColor::Yellow.on_default().bold();
    for why in untold {
        // Nothing can be done where not even this can be said.
        let _ = writeln!(anstream::stderr(), "{yellow}warning{yellow:#}: {option}: {why}");
    }
}

/// A file, read.
fn of<T>(
    option: &str,
    file: Option<&String>,
    read: impl Fn(&str) -> Result<T, JsonError>,
) -> Result<Option<T>> {
    let Some(file) = file else { return Ok(None) };
    let text = file::read_text(file).map_err(|error| anyhow!("{option} {error}"))?;
    read(&text).map(Some).map_err(|error| anyhow!("{option} {}: {error}", shown(file)))
}
