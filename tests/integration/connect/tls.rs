//! TLS on a real server, checked as psql checks it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use pg_globals::connect::{Environment, Parameters};
use tempfile::TempDir;

use super::{ask, parameters, psql, reload};
use crate::support::cluster::Cluster;
use crate::support::process::{command, give_to_server_user, succeed};

/// Certificates of all kinds, and a server that can be given any of them.
struct Server {
    cluster: Cluster,
    files: TempDir,
}

const ENCRYPTED: &str = "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

impl Server {
    fn start(major: u32) -> Self {
        let files = tempfile::Builder::new().prefix("pg_globals.tls.").tempdir_in("/tmp").unwrap();
        give_to_server_user(files.path());
        let path = files.path().to_owned();
        authority(&path, "ca");
        authority(&path, "other");
        issue(&path, "localhost", "ca", "/CN=x", Some("DNS:localhost"), &["-days", "9"]);
        issue(&path, "address", "ca", "/CN=x", Some("IP:127.0.0.1"), &["-days", "9"]);
        issue(&path, "elsewhere", "ca", "/CN=x", Some("DNS:db.example.com"), &["-days", "9"]);
        issue(&path, "common", "ca", "/CN=localhost", None, &["-days", "9"]);
        issue(&path, "common-elsewhere", "ca", "/CN=db.example.com", None, &["-days", "9"]);
        // A negative number of days makes openssl sign what has expired.
        issue(&path, "expired", "ca", "/CN=x", Some("DNS:localhost"), &["-days", "-1"]);
        issue(&path, "app", "ca", "/CN=app", None, &["-days", "9"]);
        issue(&path, "stranger", "other", "/CN=app", None, &["-days", "9"]);
        // As PostgreSQL's documentation makes it (18.9.5).
        openssl(
            &path,
            &[
                "req",
                "-new",
                "-x509",
                "-days",
                "9",
                "-nodes",
                "-text",
                "-out",
                "self.crt",
                "-keyout",
                "self.key",
                "-subj",
                "/CN=localhost",
            ],
        );
        install(&path, "localhost");
        let file = |name: &str| path.join(name).to_str().unwrap().to_owned();
        let settings = [
            ("ssl", "on".to_owned()),
            ("ssl_cert_file", file("server.crt")),
            ("ssl_key_file", file("server.key")),
            ("ssl_ca_file", file("ca.crt")),
        ];
        let settings: Vec<_> = settings.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let cluster = Cluster::start_with(major, "postgres", &settings);
        cluster.sql("postgres", "postgres", "CREATE ROLE app LOGIN PASSWORD 'p'");
        Self { cluster, files }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    fn use_certificate(&self, name: &str) {
        install(self.files.path(), name);
        reload(&self.cluster);
    }

    fn rules(&self, rules: &str) {
        let path = self.cluster.socket().join("hba");
        fs::write(path, format!("local all all trust\n{rules}")).unwrap();
        reload(&self.cluster);
    }

    fn string(&self, host: &str, more: &str) -> String {
        format!("host={host} port={} user=app password=p dbname=postgres {more}", self.cluster.port)
    }

    /// Whether the connection is encrypted, or why there is none, here and as psql sees it.
    fn both(&self, string: &str) -> (Result<String, String>, Option<String>) {
        let environment = Environment::from_pairs([]).with_user("app").with_home(self.files.path());
        let ours = match Parameters::parse(string, &environment) {
            Ok(parameters) => ask(&parameters, ENCRYPTED),
            Err(error) => Err(error.to_string()),
        };
        let mut psql = psql();
        psql.env("HOME", self.files.path())
            .args(["-X", "-At", "-w", "-d", string, "-c", ENCRYPTED]);
        let output = psql.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap().trim_end().to_owned();
        let ours = ours.map_err(|text| text.replace(&self.cluster.port.to_string(), "PORT"));
        let ours = ours.map_err(|text| text.replace(self.files.path().to_str().unwrap(), "DIR"));
        (ours, output.status.success().then_some(text))
    }
}

fn openssl(directory: &Path, arguments: &[&str]) {
    succeed(command("openssl", directory).args(arguments));
}

fn authority(directory: &Path, name: &str) {
    let (key, crt, subject) = (format!("{name}.key"), format!("{name}.crt"), format!("/CN={name}"));
    openssl(
        directory,
        &[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "9",
            "-subj",
            &subject,
            "-keyout",
            &key,
            "-out",
            &crt,
        ],
    );
}

fn issue(
    directory: &Path,
    name: &str,
    issuer: &str,
    subject: &str,
    alternative: Option<&str>,
    days: &[&str],
) {
    let [key, request, crt] = ["key", "csr", "crt"].map(|end| format!("{name}.{end}"));
    let [ca, ca_key] = ["crt", "key"].map(|end| format!("{issuer}.{end}"));
    let alternative = alternative.map(|names| format!("subjectAltName={names}"));
    let mut arguments = vec![
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        subject,
        "-keyout",
        &key,
        "-out",
        &request,
    ];
    if let Some(alternative) = &alternative {
        arguments.extend(["-addext", alternative]);
    }
    openssl(directory, &arguments);
    let extensions = directory.join("extensions");
    fs::write(&extensions, alternative.unwrap_or_else(|| "basicConstraints=CA:FALSE".to_owned()))
        .unwrap();
    let mut arguments = vec![
        "x509",
        "-req",
        "-in",
        &request,
        "-CA",
        &ca,
        "-CAkey",
        &ca_key,
        "-CAcreateserial",
        "-out",
        &crt,
        "-extfile",
        "extensions",
    ];
    arguments.extend(days);
    openssl(directory, &arguments);
}

fn install(directory: &Path, name: &str) {
    for end in ["crt", "key"] {
        let to = directory.join(format!("server.{end}"));
        fs::copy(directory.join(format!("{name}.{end}")), &to).unwrap();
        fs::set_permissions(&to, fs::Permissions::from_mode(0o600)).unwrap();
        give_to_server_user(&to);
    }
    // The server's user reads it.
    fs::set_permissions(directory.join("ca.crt"), fs::Permissions::from_mode(0o644)).unwrap();
}

const CERTIFICATES: [&str; 7] =
    ["localhost", "address", "elsewhere", "common", "common-elsewhere", "expired", "self"];
const MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

#[test]
fn certificates_are_checked_as_psql_does() {
    let server = Server::start(18);
    let mut table = String::new();
    for certificate in CERTIFICATES {
        server.use_certificate(certificate);
        for root in ["none", "ca", "other", "self"] {
            for mode in MODES {
                let root_file = server.file(&format!("{root}.crt"));
                let more = format!("sslmode={mode} sslrootcert={}", root_file.display());
                let (ours, theirs) = server.both(&server.string("localhost", &more));
                assert_eq!(
                    ours.as_ref().ok(),
                    theirs.as_ref(),
                    "{certificate} {root} {mode}: {ours:?}"
                );
                if let (Err(error), "verify-full") = (ours, mode) {
                    let error = match error.split_once("expired on ") {
                        Some((start, date)) => {
                            assert!(date.ends_with('Z'), "{date}");
                            format!("{start}expired on DATE")
                        }
                        None => error,
                    };
                    table += &format!("{certificate} {root}: {error}\n");
                }
            }
        }
    }
    insta::assert_snapshot!(table);
    // An address is a name too.
    for (certificate, host) in
        [("address", "127.0.0.1"), ("localhost", "127.0.0.1"), ("address", "localhost")]
    {
        server.use_certificate(certificate);
        let more = format!("sslmode=verify-full sslrootcert={}", server.file("ca.crt").display());
        let (ours, theirs) = server.both(&server.string(host, &more));
        assert_eq!(ours.ok(), theirs, "{certificate} {host}");
    }
    server.use_certificate("elsewhere");
    let more = format!(
        "hostaddr=127.0.0.1 sslmode=verify-full sslrootcert={} channel_binding=require",
        server.file("ca.crt").display()
    );
    server.rules("host all all all scram-sha-256\n");
    let (ours, theirs) = server.both(&server.string("db.example.com", &more));
    assert_eq!((ours, theirs), (Ok("true".to_owned()), Some("true".to_owned())));
}

#[test]
fn the_servers_rules_are_met_as_psql_does() {
    let server = Server::start(17);
    let rules = [
        "hostssl all all all md5\n",
        "hostnossl all all all md5\n",
        "host all all all reject\n",
        "hostssl all all all cert\n",
        "hostssl all all all md5 clientcert=verify-ca\n",
    ];
    let mut table = String::new();
    for rule in rules {
        server.rules(rule);
        for mode in MODES {
            if mode.starts_with("verify") {
                continue;
            }
            for certificate in ["none", "app", "stranger"] {
                let files = ["crt", "key"].map(|end| server.file(&format!("{certificate}.{end}")));
                let more = format!(
                    "sslmode={mode} sslcert={} sslkey={}",
                    files[0].display(),
                    files[1].display()
                );
                let (ours, theirs) = server.both(&server.string("127.0.0.1", &more));
                assert_eq!(
                    ours.as_ref().ok(),
                    theirs.as_ref(),
                    "{rule}{mode} {certificate}: {ours:?}"
                );
                if let Err(error) = ours {
                    table += &format!("{} {mode} {certificate}: {error}\n", rule.trim_end());
                }
            }
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn tls_is_never_used_on_sockets_and_can_begin_at_once() {
    let server = Server::start(17);
    let ca = server.file("ca.crt");
    for mode in MODES {
        let socket = server.cluster.socket().to_str().unwrap();
        let string = server.string(socket, &format!("sslmode={mode} sslrootcert={}", ca.display()));
        assert_eq!(ask(&parameters(&string, &[]), ENCRYPTED), Ok("false".to_owned()), "{mode}");
    }
    let more = "sslmode=require sslnegotiation=direct ssl_max_protocol_version=TLSv1.2";
    let direct = parameters(&server.string("localhost", more), &[]);
    let version = "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert_eq!(ask(&direct, version), Ok("TLSv1.2".to_owned()));

    let plain = Cluster::start(17);
    let string = format!("host=127.0.0.1 port={} user=postgres sslmode=require", plain.port);
    assert_eq!(
        ask(&parameters(&string, &[]), ENCRYPTED),
        Err(format!(
            "127.0.0.1:{}: the server does not support TLS, but sslmode requires it; \
             sslmode=disable goes without",
            plain.port
        ))
    );
}
