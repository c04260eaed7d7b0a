//! Options about what goes and in which form, which all commands that sanitize share.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Arg, Args, ValueEnum as _};

use super::databases::ForDatabases;
use super::options;
use super::selection::Selection;
use super::{file, secret_file};
use crate::globals::changes::Part;
use crate::name::Name;
use crate::read::{PasswordSource, read_passwords};
use crate::sanitize::{Choices, Passwords};
use crate::secret::Secret;

#[derive(Args, Debug)]
#[allow(clippy::doc_markdown, reason = "these comments are the help, which is no Markdown")]
pub(super) struct Choosing {
    #[command(flatten)]
    selection: Selection,

    #[command(flatten)]
    pub(super) databases: ForDatabases,

    /// Leave out comments, settings, memberships or other kinds.
    ///
    /// KIND is comments, settings, memberships, parameters, tablespaces or security-labels. Repeatable.
    #[arg(
        long,
        value_name = "KIND",
        value_parser = options::skipped(),
        hide_possible_values = true,
        hide_short_help = true,
        help_heading = "What goes"
    )]
    skip: Vec<Part>,

    /// Let a role of the target stand for one of the source or SUPERUSER.
    ///
    /// Repeatable.
    #[arg(long, hide_short_help = true, value_name = "SOURCE=TARGET", value_parser = options::pair, help_heading = "What goes")]
    map_role: Vec<(Name, Name)>,

    /// Let memberships and CREATEROLE widen on targets before 16.
    ///
    /// They know neither INHERIT FALSE nor SET FALSE, and CREATEROLE administers every role there.
    /// Without this such a membership is left out, and CREATEROLE too.
    #[arg(long, hide_short_help = true, help_heading = "What goes")]
    widen: bool,

    /// Send what is set for all roles, the administrator included.
    ///
    /// ALTER ROLE ALL SET and ALTER DATABASE SET: without this they are left out.
    #[arg(long, hide_short_help = true, help_heading = "What goes")]
    allow_all_settings: bool,

    /// Keep, omit, generate, resend or generate,resend.
    #[arg(
        long,
        value_name = "WHAT",
        value_enum,
        value_delimiter = ',',
        default_value = "keep",
        hide_possible_values = true,
        help_heading = "Passwords"
    )]
    passwords: Vec<PasswordChoice>,

    /// Where generated passwords go; those of an earlier run are used again.
    ///
    /// A line for each role, in the format of pgbouncer's userlist.txt.
    #[arg(long, value_name = "FILE", help_heading = "Passwords")]
    pub(super) password_file: Option<PathBuf>,

    /// Take what the source lacks from a pgbouncer userlist.txt, or a dump.
    #[arg(long, hide_short_help = true, value_name = "FILE", help_heading = "Passwords")]
    pub(super) passwords_from: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum PasswordChoice {
    /// Carry verifiers over as they are.
    Keep,
    /// Leave them out.
    Omit,
    /// Make new passwords where the old are unknown; needs --password-file.
    Generate,
    /// Send verifiers to roles that exist, too, where they cannot be compared, or are md5 and the target's are not;
    /// with generate, new passwords as well.
    Resend,
}

/// The option of a command that sends nothing: a script has all of them anyway.
pub(super) fn without_resend(passwords: Arg) -> Arg {
    let all = PasswordChoice::value_variants().iter();
    let offered = all.filter(|choice| **choice != PasswordChoice::Resend);
    let names = offered.filter_map(PasswordChoice::to_possible_value);
    let parser =
        PossibleValuesParser::new(names).try_map(|name| PasswordChoice::from_str(&name, false));
    passwords.help("Keep, omit or generate").value_parser(parser)
}

impl Choosing {
    /// What the user wants; the files that passwords come from are read.
    pub(super) fn choices(&self) -> Result<Choices> {
        let passwords = if self.does(PasswordChoice::Generate) {
            Passwords::Generate { earlier: self.earlier_passwords()?, replace: self.resends() }
        } else if self.does(PasswordChoice::Omit) {
            Passwords::Omit
        } else {
            Passwords::Keep
        };
        let passwords_from = match self.passwords_from.as_deref() {
            Some(path) => {
                read_passwords(file::open(path)?).with_context(|| options::shown(path))?.1
            }
            None => BTreeMap::new(),
        };
        Ok(Choices {
            map_role: options::pairs("--map-role", &self.map_role)?,
            passwords,
            passwords_from,
            skip: self.skip(),
            widen: self.widen,
            allow_all_settings: self.allow_all_settings,
            ..self.selection.choices()?
        })
    }

    /// Refuses options that do not go together.
    pub(super) fn refuse_overlaps(&self, source: &str) -> Result<()> {
        if !self.does(PasswordChoice::Generate) && self.password_file.is_some() {
            bail!("--password-file goes with --passwords generate only");
        }
        if self.does(PasswordChoice::Omit) && self.passwords.len() > 1 {
            bail!("--passwords omit does not go with another");
        }
        if self.does(PasswordChoice::Omit) && self.passwords_from.is_some() {
            bail!("--passwords-from does not go with --passwords omit");
        }
        if source == "-" && self.passwords_from.as_deref() == Some("-") {
            bail!("--passwords-from -: the dump comes from standard input already");
        }
        if self.password_file.as_deref() == Some(Path::new("-")) {
            bail!("--password-file -: new passwords are kept in a file; name one");
        }
        Ok(())
    }

    fn does(&self, choice: PasswordChoice) -> bool {
        self.passwords.contains(&choice)
    }

    /// Whether passwords are sent again that the target may have.
    pub(super) fn resends(&self) -> bool {
        self.does(PasswordChoice::Resend)
    }

    /// What is left out.
    pub(super) fn skip(&self) -> Vec<Part> {
        self.skip.clone()
    }

    /// The passwords that an earlier run has made.
    fn earlier_passwords(&self) -> Result<BTreeMap<Name, Secret>> {
        let Some(path) = &self.password_file else {
            bail!("--passwords generate needs --password-file FILE for the new passwords");
        };
        let Some(bytes) = secret_file::read("--password-file", path)? else {
            file::refuse_missing_directory("--password-file", path)?;
            return Ok(BTreeMap::new());
        };
        let path = path.to_string_lossy();
        match read_passwords(bytes.as_slice()).with_context(|| path.clone().into_owned())? {
            (PasswordSource::Userlist, mut passwords) => {
                passwords.retain(|_, password| !password.expose().is_empty());
                Ok(passwords)
            }
            (PasswordSource::Dump, _) => bail!("--password-file {path}: this is a dump"),
        }
    }

    /// The lines for the password file that it does not have yet; none where there are none.
    pub(super) fn password_lines(
        &self,
        generated: &BTreeMap<Name, Secret>,
        choices: &Choices,
    ) -> Option<(&Path, zeroize::Zeroizing<String>)> {
        let (Some(path), Passwords::Generate { earlier, .. }) =
            (&self.password_file, &choices.passwords)
        else {
            return None;
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
            return None;
        }
        Some((path, lines))
    }
}
