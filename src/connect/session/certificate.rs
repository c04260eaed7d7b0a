//! What a certificate says, where rustls does not tell it.

use rustls::pki_types::{CertificateDer, UnixTime};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::der::asn1::{Ia5StringRef, PrintableStringRef, TeletexStringRef, Utf8StringRef};
use x509_cert::der::oid::db::rfc4519::COMMON_NAME;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::name::Name;

/// A certificate taken apart.
pub(super) struct Contents(Certificate);

impl Contents {
    pub(super) fn of(certificate: &CertificateDer<'_>) -> Option<Self> {
        Certificate::from_der(certificate).ok().map(Self)
    }

    /// Who issued it, as in `CN=ca,O=example`.
    pub(super) fn issuer(&self) -> String {
        self.0.tbs_certificate.issuer.to_string()
    }

    /// The common names of its subject, if it has no names but these. Where there are other names,
    /// these are no names of hosts.
    pub(super) fn common_names(&self) -> Vec<String> {
        let has_others = match self.0.tbs_certificate.get::<SubjectAltName>() {
            Ok(None) => false,
            Ok(Some(_)) | Err(_) => true,
        };
        if has_others { Vec::new() } else { common_names(&self.0.tbs_certificate.subject) }
    }

    /// What is wrong with the time.
    pub(super) fn problem_at(&self, now: UnixTime) -> Option<String> {
        let validity = &self.0.tbs_certificate.validity;
        if validity.not_after.to_unix_duration().as_secs() < now.as_secs() {
            Some(format!("expired on {}", validity.not_after))
        } else if now.as_secs() < validity.not_before.to_unix_duration().as_secs() {
            Some(format!("is not valid before {}", validity.not_before))
        } else {
            None
        }
    }
}

fn common_names(name: &Name) -> Vec<String> {
    let parts = name.0.iter().flat_map(|part| part.0.iter());
    parts
        .filter(|part| part.oid == COMMON_NAME)
        .filter_map(|part| {
            let value = &part.value;
            let text = value.decode_as::<Utf8StringRef<'_>>().map(|text| text.as_str().to_owned());
            text.or_else(|_| value.decode_as::<PrintableStringRef<'_>>().map(|t| t.to_string()))
                .or_else(|_| value.decode_as::<Ia5StringRef<'_>>().map(|t| t.to_string()))
                .or_else(|_| value.decode_as::<TeletexStringRef<'_>>().map(|t| t.to_string()))
                .ok()
        })
        .collect()
}

/// Whether a common name stands for a host: the same but for case, or `*.` and all but the host's
/// first label (`pq_verify_peer_name_matches_certificate_name` in libpq's `fe-secure-common.c`).
pub(super) fn names_host(name: &str, host: &str) -> bool {
    let wild = name.strip_prefix('*').filter(|rest| rest.starts_with('.')).is_some_and(|rest| {
        let label = host.len().checked_sub(rest.len()).and_then(|at| host.split_at_checked(at));
        label.is_some_and(|(label, end)| {
            !label.is_empty() && !label.contains('.') && end.eq_ignore_ascii_case(rest)
        })
    });
    !name.contains('\0') && (wild || name.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_names_stand_for_hosts_as_in_libpq() {
        for (name, host, expected) in [
            ("db.example.com", "DB.example.com", true),
            ("*.example.com", "db.Example.com", true),
            ("*.example.com", "a.b.example.com", false),
            ("*.example.com", "example.com", false),
            ("*.example.com", ".example.com", false),
            ("*", "db", false),
            ("d*.example.com", "db.example.com", false),
            ("example.com", "db.example.com", false),
        ] {
            assert_eq!(names_host(name, host), expected, "{name} {host}");
        }
    }
}
