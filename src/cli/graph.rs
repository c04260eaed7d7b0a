//! `pg_globals graph`: who is a member of what.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;

use super::connection;
use super::exit::Exit;
use super::file::{self, Whole};
use super::input::InputOptions;
use super::named_platform::PlatformChoice;
use super::options::shown;
use crate::connect::Environment;
use crate::name::Name;
use crate::read::Source;
use crate::report::{Graph, GraphForm, GraphReport, Place};

/// Show who is a member of what.
///
/// Of a dump or a server: roles as boxes, memberships with their options as arrows, and all ways to the
/// rights of an administrator in red.
#[derive(Args, Debug)]
#[command(after_help = "Example: pg_globals graph globals.sql -o roles.svg\n\n\
    Exit status: 0 when it was written; 2 for trouble.")]
#[allow(clippy::doc_markdown, reason = "these comments are the help, which is no Markdown")]
pub(super) struct GraphCommand {
    /// A dump, - for standard input, or a connection (postgresql://… or "key=value …").
    source: String,

    /// Only what this role is a member of, and who is a member of it.
    #[arg(long, value_name = "NAME", help_heading = "What is shown")]
    role: Option<String>,

    #[command(flatten)]
    input: InputOptions,

    /// What is written: text, json, svg, dot or mermaid [default: text, or what -o ends in].
    #[arg(long, value_enum, hide_possible_values = true, help_heading = "Output")]
    format: Option<GraphFormat>,

    /// Write to a file [default: standard output].
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum GraphFormat {
    /// Lines for people.
    Text,
    /// For programs.
    Json,
    /// A picture.
    Svg,
    /// For Graphviz.
    Dot,
    /// For Mermaid.
    Mermaid,
}

impl GraphCommand {
    pub(super) fn run(&self) -> Result<Exit> {
        let path = self.output.as_deref().filter(|path| *path != Path::new("-"));
        file::refuse_overlaps(&[&self.source], &[("-o", path)])?;
        let named = self.input.platform()?;
        let mut output = path.map(|path| Whole::create("-o", path, file::SHARED)).transpose()?;
        let environment = Environment::from_process();
        let read = self.input.read("the source", &self.source, &environment, false);
        let input = connection::block_on(read)?;
        let platform = named.as_ref().map(PlatformChoice::get).or(input.platform);
        let graph = match &self.role {
            None => Graph::of(&input.globals, platform, None),
            Some(name) => {
                let name = Name::new(name);
                let Some(graph) = Graph::around(&input.globals, platform, &name) else {
                    bail!("--role: {} has no role {name}; case counts", shown(&self.source));
                };
                graph
            }
        };
        let text = match self.form(path) {
            Some(form) => graph.render(form),
            None => json(&GraphReport::of(&graph, place(&input)))?,
        };
        if let Some(mut file) = output.take() {
            file.fill(|to| to.write_all(text.as_bytes()))?;
            file.finish()?;
        } else {
            file::to_stdout(std::io::stdout().write_all(text.as_bytes()))?;
        }
        Ok(Exit::Done)
    }

    /// How it is drawn or told; none is JSON.
    fn form(&self, path: Option<&Path>) -> Option<GraphForm> {
        let ending = path.and_then(Path::extension).map(|it| it.to_string_lossy().to_lowercase());
        let format = self.format.unwrap_or(match ending.as_deref() {
            Some("json") => GraphFormat::Json,
            Some("svg") => GraphFormat::Svg,
            Some("dot" | "gv") => GraphFormat::Dot,
            Some("mmd" | "mermaid") => GraphFormat::Mermaid,
            _ => GraphFormat::Text,
        });
        match format {
            GraphFormat::Text => Some(GraphForm::Text),
            GraphFormat::Json => None,
            GraphFormat::Svg => Some(GraphForm::Svg),
            GraphFormat::Dot => Some(GraphForm::Dot),
            GraphFormat::Mermaid => Some(GraphForm::Mermaid),
        }
    }
}

/// Where the roles are from.
fn place(input: &Source) -> Place {
    let user = input.live.as_ref().map(|live| live.answers.user.as_str().to_owned());
    Place {
        name: shown(&input.name),
        platform: input.platform.map(|platform| platform.name().to_owned()),
        server_version: input.server_version.clone(),
        user,
    }
}

fn json(report: &GraphReport) -> Result<String> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    Ok(text)
}
