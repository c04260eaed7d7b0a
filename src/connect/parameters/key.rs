//! Every parameter that libpq knows, its variable, and what becomes of it here.

/// A parameter (`PQconninfoOptions` in libpq's `fe-connect.c`, version 18).
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) variable: Option<&'static str>,
    support: Support,
}

enum Support {
    /// It has its effect, or can have none.
    Taken,
    /// Only these values, and the empty one.
    Only(&'static [&'static str], &'static str),
    /// No value but the empty one, because of this.
    Not(&'static str),
}

use Support::{Not, Only, Taken};

const GSS: &str = "there is no GSSAPI in this program";
const OAUTH: &str = "there is no OAuth in this program; give the token as the password";
const CRL: &str = "revocation lists are not looked at";
const KEYS_OF_SCRAM: &str = "give the password";

const fn key(name: &'static str, variable: &'static str, support: Support) -> Key {
    Key { name, variable: Some(variable), support }
}

const fn bare(name: &'static str, support: Support) -> Key {
    Key { name, variable: None, support }
}

pub(super) const KEYS: &[Key] = &[
    key("service", "PGSERVICE", Taken),
    key("servicefile", "PGSERVICEFILE", Taken),
    key("user", "PGUSER", Taken),
    key("password", "PGPASSWORD", Taken),
    key("passfile", "PGPASSFILE", Taken),
    key("channel_binding", "PGCHANNELBINDING", Taken),
    key("connect_timeout", "PGCONNECT_TIMEOUT", Taken),
    key("dbname", "PGDATABASE", Taken),
    key("host", "PGHOST", Taken),
    key("hostaddr", "PGHOSTADDR", Taken),
    key("port", "PGPORT", Taken),
    // What is read and written is always UTF-8.
    key("client_encoding", "PGCLIENTENCODING", Taken),
    key("options", "PGOPTIONS", Taken),
    key("application_name", "PGAPPNAME", Taken),
    bare("fallback_application_name", Taken),
    bare("keepalives", Taken),
    bare("keepalives_idle", Taken),
    bare("keepalives_interval", Taken),
    bare("keepalives_count", Taken),
    bare("tcp_user_timeout", Taken),
    key("sslmode", "PGSSLMODE", Taken),
    key("sslnegotiation", "PGSSLNEGOTIATION", Taken),
    // libpq ignores it since 14.
    key("sslcompression", "PGSSLCOMPRESSION", Taken),
    key("sslcert", "PGSSLCERT", Taken),
    key("sslkey", "PGSSLKEY", Taken),
    key("sslcertmode", "PGSSLCERTMODE", Only(&["allow", "disable"], "give sslcert and sslkey")),
    bare("sslpassword", Not("give an sslkey that is not encrypted")),
    key("sslrootcert", "PGSSLROOTCERT", Taken),
    key("sslcrl", "PGSSLCRL", Not(CRL)),
    key("sslcrldir", "PGSSLCRLDIR", Not(CRL)),
    key("sslsni", "PGSSLSNI", Taken),
    key("requirepeer", "PGREQUIREPEER", Not("the socket's owner is not looked at")),
    key("require_auth", "PGREQUIREAUTH", Not("use channel_binding=require or sslmode=verify-full")),
    key("min_protocol_version", "PGMINPROTOCOLVERSION", Only(&["3.0"], "the protocol is 3.0")),
    key("max_protocol_version", "PGMAXPROTOCOLVERSION", Taken),
    key("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION", Taken),
    key("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION", Taken),
    key("gssencmode", "PGGSSENCMODE", Only(&["prefer", "disable"], GSS)),
    key("krbsrvname", "PGKRBSRVNAME", Not(GSS)),
    key("gsslib", "PGGSSLIB", Not(GSS)),
    key("gssdelegation", "PGGSSDELEGATION", Only(&["0"], GSS)),
    bare("replication", Only(&["false", "off", "no", "0"], "roles are not read that way")),
    key("target_session_attrs", "PGTARGETSESSIONATTRS", Taken),
    key("load_balance_hosts", "PGLOADBALANCEHOSTS", Taken),
    bare("scram_client_key", Not(KEYS_OF_SCRAM)),
    bare("scram_server_key", Not(KEYS_OF_SCRAM)),
    bare("sslkeylogfile", Not("it would let others read the connection")),
    bare("oauth_issuer", Not(OAUTH)),
    bare("oauth_client_id", Not(OAUTH)),
    bare("oauth_client_secret", Not(OAUTH)),
    bare("oauth_scope", Not(OAUTH)),
];

/// The parameter of this name.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

impl Key {
    /// What of it this program cannot do, with the value where other values are taken; and why not, or
    /// what to do instead.
    pub(super) fn refuses(&self, value: &str) -> Option<(String, &'static str)> {
        match self.support {
            Taken => None,
            _ if value.is_empty() => None,
            Only(values, _) if values.contains(&value) => None,
            Only(_, why) => Some((format!("{}={value}", self.name), why)),
            Not(why) => Some((self.name.to_owned(), why)),
        }
    }
}
