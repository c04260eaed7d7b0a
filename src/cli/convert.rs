//! `pg_globals convert`: a dump into a script that a managed target accepts.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, ErrorKind, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use super::file::{self, Whole};
use super::options::{self, PlatformChoice, SkipKind};
use super::{Exit, Format};
use crate::glob::Glob;
use crate::globals::script::Shape;
use crate::name::Name;
use crate::platform::{Platform, Rights};
use crate::read::{self, Failure, PasswordSource, Reading, read_passwords};
use crate::report::{self, FORMAT_VERSION, Look, Report, Statements, Target, Title};
use crate::sanitize::{Choices, Passwords, Sanitized, sanitize};
use crate::secret::Secret;
use crate::version::Major;

/// Convert a globals dump into a script that a managed target accepts.
///
/// Reads what pg_dumpall --globals-only writes (or a whole cluster dump), takes out or rewrites what
/// the target's administrator may not do, and says what it changed and why. The script goes to
/// standard output, the report to standard error.
#[derive(Args, Debug)]
#[command(after_help = "Example: pg_globals convert globals.sql -o azure.sql\n\n\
    Exit status: 0 when the script was written, whatever the findings; 2 for trouble.")]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[allow(clippy::doc_markdown, reason = "these comments are the help, which is no Markdown")]
pub(super) struct Convert {
    /// The dump: a file, or - for standard input.
    source: String,

    /// What the target accepts: a platform's name, or a file like `pg_globals platforms azure` prints.
    #[arg(short, long, value_name = "NAME|FILE", default_value = "azure", help_heading = "Target")]
    platform: String,

    /// The target's major version [default: the newest that the platform offers].
    #[arg(long, value_name = "MAJOR", help_heading = "Target")]
    target_version: Option<Major>,

    /// The platform that the dump comes from [default: recognised by its roles].
    #[arg(long, value_name = "NAME|FILE", help_heading = "Source")]
    source_platform: Option<String>,

    /// List statements that are not understood as dropped, instead of failing.
    #[arg(long, help_heading = "Source")]
    drop_unknown: bool,

    /// Use a dump without its end marker as far as it goes.
    #[arg(long, help_heading = "Source")]
    accept_truncated: bool,

    /// Only roles whose whole name matches; *, ? and [..] are known. Repeatable.
    #[arg(long, value_name = "PATTERN", value_parser = options::glob, help_heading = "What goes")]
    only: Vec<Glob>,

    /// No roles whose name matches. Repeatable.
    #[arg(long, value_name = "PATTERN", value_parser = options::glob, help_heading = "What goes")]
    exclude: Vec<Glob>,

    /// Leave a kind of objects out. Repeatable.
    #[arg(long, value_name = "KIND", value_enum, help_heading = "What goes")]
    skip: Vec<SkipKind>,

    /// Give a role another name. Repeatable.
    #[arg(long, value_name = "OLD=NEW", value_parser = options::pair, help_heading = "What goes")]
    rename: Vec<(Name, Name)>,

    /// Let a role of the target stand for one of the source, or for SUPERUSER. Repeatable.
    #[arg(long, value_name = "SOURCE=TARGET", value_parser = options::pair, help_heading = "What goes")]
    map_role: Vec<(Name, Name)>,

    /// Let memberships become wider where the target cannot say INHERIT FALSE or SET FALSE.
    #[arg(long, help_heading = "What goes")]
    widen: bool,

    /// What to do with passwords.
    #[arg(long, value_name = "WHAT", value_enum, default_value_t, help_heading = "Passwords")]
    passwords: PasswordChoice,

    /// Where generated passwords go, in pgbouncer's format; those of an earlier run are used again.
    #[arg(long, value_name = "FILE", help_heading = "Passwords")]
    password_file: Option<PathBuf>,

    /// Take passwords that the dump lacks from a pgbouncer userlist.txt, or from another dump.
    #[arg(long, value_name = "FILE", help_heading = "Passwords")]
    passwords_from: Option<String>,

    /// Write the script to a file, with mode 0600 [default: standard output].
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,

    /// Write the report to a file as JSON.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    report: Option<PathBuf>,

    /// The format of the report on standard error.
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: Format,

    /// Write guards round roles, so that the script can be run again.
    #[arg(long, help_heading = "Output")]
    if_not_exists: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
enum PasswordChoice {
    /// Carry verifiers over as they are.
    #[default]
    Keep,
    /// Leave them out.
    Omit,
    /// Make new passwords where the old are unknown; needs --password-file.
    Generate,
}

impl Convert {
    pub(super) fn run(&self) -> Result<Exit> {
        let target = PlatformChoice::find(&self.platform)?;
        let target = target.get();
        let major = self.target_version.unwrap_or_else(|| target.newest());
        if !target.offers(major) {
            let offered: Vec<_> = target.majors().iter().map(ToString::to_string).collect();
            bail!("--target-version {major}: {} offers {}", target.name(), offered.join(", "));
        }
        let source = self.source_platform.as_deref().map(PlatformChoice::find).transpose()?;
        self.refuse_overlaps()?;
        let choices = self.choices()?;

        // Opened before the work, so that a bad path is told at once.
        let create = |option, path: Option<&Path>, mode| {
            path.map(|path| Whole::create(option, path, mode)).transpose()
        };
        let output = self.output.as_deref().filter(|path| *path != Path::new("-"));
        let mut output = create("-o", output, file::SECRET)?;
        let mut report_file = create("--report", self.report.as_deref(), file::SHARED)?;

        let reading = self.read()?;
        let source = source.as_ref().map(PlatformChoice::get).or_else(|| recognise(&reading));
        let mut summary = Report {
            format_version: FORMAT_VERSION,
            source: report::Source {
                name: self.source.clone(),
                platform: source.map(|source| source.name().to_owned()),
                server_version: reading.server_version(),
                client_version: reading.client_version(),
            },
            target: Target {
                platform: target.name().to_owned(),
                title: target.title().to_owned(),
                version: major,
            },
            found: (&reading.globals).into(),
            statements: Statements::default(),
            findings: Vec::new(),
        };
        let counts = reading.counts;
        let rights = Rights::offline(target, major);
        let Reading { globals, ledger, findings, .. } = reading;
        let Sanitized { globals, ledger, findings, generated } =
            sanitize(globals, ledger, findings, rights, source, &choices)?;
        summary.statements = Statements::count(&ledger, counts);
        summary.findings = findings;

        let source = shown(&self.source);
        let title = Title { source: &source, platform: target.name() };
        let shape = Shape { major, if_not_exists: self.if_not_exists };
        let write_script = |to: &mut dyn Write| report::write_script(&globals, title, shape, to);
        if let Some(file) = &mut output {
            file.fill(write_script)?;
        }
        if let Some(file) = &mut report_file {
            file.fill(|to| write_json(&summary, to))?;
        }
        self.write_passwords(&generated, &choices)?;
        let to_stdout = output.is_none();
        for file in output.into_iter().chain(report_file) {
            file.finish()?;
        }
        self.say(&summary);
        if to_stdout {
            let mut out = io::stdout().lock();
            match write_script(&mut out).and_then(|()| out.flush()) {
                // Whoever reads it may stop when it has seen enough.
                Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                    return Err(file::failed("standard output", &error));
                }
                _ => {}
            }
        }
        // The process ends now, and takes all at once what would be freed piece by piece.
        std::mem::forget((globals, ledger, summary));
        Ok(Exit::Done)
    }

    fn choices(&self) -> Result<Choices> {
        let passwords = match self.passwords {
            PasswordChoice::Keep => Passwords::Keep,
            PasswordChoice::Omit => Passwords::Omit,
            PasswordChoice::Generate => Passwords::Generate(self.earlier_passwords()?),
        };
        let passwords_from = match self.passwords_from.as_deref() {
            Some(path) => read_passwords(file::open(path)?).with_context(|| shown(path))?.1,
            None => BTreeMap::new(),
        };
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Ok(Choices {
            only: self.only.clone(),
            exclude: self.exclude.clone(),
            rename: options::pairs("--rename", &self.rename)?,
            map_role: options::pairs("--map-role", &self.map_role)?,
            passwords,
            passwords_from,
            skip: self.skip.iter().map(|&kind| kind.into()).collect(),
            widen: self.widen,
            now: i64::try_from(now.as_secs()).unwrap_or(i64::MAX),
        })
    }

    /// The passwords that an earlier run has made.
    fn earlier_passwords(&self) -> Result<BTreeMap<Name, Secret>> {
        let Some(path) = &self.password_file else {
            bail!("--passwords generate needs --password-file FILE for the new passwords");
        };
        let metadata = match std::fs::metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                file::refuse_missing_directory("--password-file", path)?;
                return Ok(BTreeMap::new());
            }
            Err(error) => return Err(file::failed(path.display(), &error)),
            Ok(metadata) => metadata,
        };
        file::refuse_open_secret(path, &metadata)?;
        if metadata.is_file() && metadata.len() == 0 {
            return Ok(BTreeMap::new());
        }
        let path = path.to_string_lossy();
        match read_passwords(file::open(&path)?).with_context(|| path.clone().into_owned())? {
            (PasswordSource::Userlist, passwords) => Ok(passwords),
            (PasswordSource::Dump, _) => bail!("--password-file {path}: this is a dump"),
        }
    }

    /// Refuses options that name one file for two things, or do not go together.
    fn refuse_overlaps(&self) -> Result<()> {
        if self.passwords != PasswordChoice::Generate && self.password_file.is_some() {
            bail!("--password-file goes with --passwords generate only");
        }
        if self.passwords == PasswordChoice::Omit && self.passwords_from.is_some() {
            bail!("--passwords-from does not go with --passwords omit");
        }
        if self.source == "-" && self.passwords_from.as_deref() == Some("-") {
            bail!("--passwords-from -: the dump comes from standard input already");
        }
        let inputs = [Some(&self.source), self.passwords_from.as_ref(), Some(&self.platform)];
        let inputs = inputs.into_iter().flatten().chain(&self.source_platform);
        let mut taken: Vec<_> = inputs
            .map(Path::new)
            .filter(|path| path.is_file())
            .map(|path| (file::Identity::of(path), "an input"))
            .collect();
        let outputs = [
            ("-o", &self.output),
            ("--report", &self.report),
            ("--password-file", &self.password_file),
        ];
        for (option, path) in outputs {
            let Some(path) = path else { continue };
            let identity = file::Identity::of(path);
            if identity.is_some()
                && let Some((_, other)) = taken.iter().find(|(earlier, _)| *earlier == identity)
            {
                bail!("{option} {}: this is {other} already", path.display());
            }
            taken.push((identity, option));
        }
        Ok(())
    }

    /// Reads the dump, and shows the mistakes in it.
    fn read(&self) -> Result<Reading> {
        let options = read::Options {
            drop_unknown: self.drop_unknown,
            accept_truncated: self.accept_truncated,
        };
        let name = shown(&self.source);
        match read::read(file::open(&self.source)?, options) {
            Ok(reading) => Ok(reading),
            Err(failure) => {
                if let Failure::Mistakes { mistakes, more, .. } = &failure {
                    // What cannot be said is no reason to say less of what follows.
                    let text = report::render_mistakes(mistakes, *more, &name);
                    let _ = anstream::stderr().write_all(text.as_bytes());
                    bail!("{name}: nothing was written: {failure}")
                }
                bail!("{name}: {failure}")
            }
        }
    }

    fn write_passwords(&self, generated: &BTreeMap<Name, Secret>, choices: &Choices) -> Result<()> {
        let (Some(path), Passwords::Generate(earlier)) = (&self.password_file, &choices.passwords)
        else {
            return Ok(());
        };
        let quoted = |text: &str| text.replace('"', "\"\"");
        let mut lines = zeroize::Zeroizing::new(String::new());
        for (name, password) in generated {
            if !earlier.contains_key(name) {
                let line = format!("\"{}\" \"{}\"\n", quoted(name.as_str()), password.expose());
                lines.push_str(&line);
            }
        }
        if lines.is_empty() {
            return Ok(());
        }
        // The last line of an edited file may have lost its end.
        let cut =
            std::fs::read(path).is_ok_and(|bytes| !bytes.is_empty() && !bytes.ends_with(b"\n"));
        if cut {
            lines.insert(0, '\n');
        }
        file::append_secret(path, &lines)
    }

    /// The script matters more: it comes whether or not anybody listens to this.
    fn say(&self, summary: &Report) {
        let stderr = io::stderr();
        let colours = anstream::AutoStream::choice(&stderr) != anstream::ColorChoice::Never;
        let look = Look { colours, shorten: stderr.is_terminal() };
        let _ = match self.format {
            Format::Json => write_json(summary, &mut stderr.lock()),
            Format::Text if colours => report::write_text(summary, look, &mut anstream::stderr()),
            // What has no colours need not be searched for them.
            Format::Text => report::write_text(summary, look, &mut stderr.lock()),
        };
    }
}

/// What messages call an input.
fn shown(input: &str) -> String {
    if input == "-" { "standard input".to_owned() } else { input.to_owned() }
}

/// The platform that the dump comes from, by its superuser's name.
fn recognise(reading: &Reading) -> Option<&'static Platform> {
    Platform::recognise(
        |role| reading.globals.roles.contains_key(role),
        |tablespace| reading.globals.tablespaces.contains_key(tablespace),
    )
}

fn write_json(summary: &Report, to: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(to);
    serde_json::to_writer_pretty(&mut out, summary)?;
    out.write_all(b"\n")?;
    out.flush()
}
