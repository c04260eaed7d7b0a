//! What a user should know before the connection is used.

use std::fmt;
use std::path::PathBuf;

/// Something that a user should know, although the connection can be tried.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Warning {
    /// A password in an argument is seen in the list of processes, and in the shell's history.
    PasswordInArgument,
    /// Others than its owner may read this password file; it is not used, as libpq does not.
    PassfileIsOpen(PathBuf),
    /// What is named as password file is a directory or a device.
    PassfileIsNoFile(PathBuf),
    /// The file of root certificates is not there, so that the server's is not checked.
    NoRootCertificate(PathBuf),
    /// libpq would look at these revoked certificates; they are not looked at here.
    RevocationListIgnored(PathBuf),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PasswordInArgument => f.write_str(
                "the password in the connection string shows in the process list; set PGPASSWORD, \
                 or write it to ~/.pgpass (mode 0600)",
            ),
            Self::PassfileIsOpen(path) => {
                let path = path.display();
                write!(
                    f,
                    "password file {path} is not used, since others may read it; chmod 600 {path}"
                )
            }
            Self::PassfileIsNoFile(path) => {
                write!(f, "password file {} is not used: it is no plain file", path.display())
            }
            Self::NoRootCertificate(path) => write!(
                f,
                "the server's certificate is not checked: root certificate file {} does not exist",
                path.display()
            ),
            Self::RevocationListIgnored(path) => {
                write!(f, "{} is ignored: revoked certificates are not recognised", path.display())
            }
        }
    }
}
