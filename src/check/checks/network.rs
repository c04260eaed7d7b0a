//! How both servers are reached from here, and what that says of the service's own way.

use std::net::IpAddr;

use super::service_validation;
use crate::check::prelude::*;
use crate::globals::{Password, Role};
use crate::read::live::LiveError;
use crate::secret::VerifierKind;

static ABOUT: About = About {
    name: "network",
    codes: &["603000", "603001", "603100"],
    title: "both servers can be reached from here, with TLS and a password; what can be seen of the way between them",
    explanation: "The way that is tried is the one from this machine, while the migration service \
                  comes from Azure's network. Its codes are 603000 for a server that cannot be \
                  reached, 603001 for TLS that fails, and 603100 for a login that is refused. It \
                  knows sslmode prefer and require only, and it cannot go from a private address \
                  to a target with public access. The target's own side, private or public access \
                  and whether passwords are taken at all, is in az postgres flexible-server show, \
                  which --azure-server brings here.\n\n\
                  Which verifiers the target accepts is looked at too, since a role whose kind is \
                  not in azure.accepted_password_auth_method cannot log in.",
    looked_at: "the connections from here",
    online: false,
};

/// `current_setting()` may be asked for what there is not since 9.6.
const ENCRYPTION: Question = Question {
    name: "encryption of the connection",
    of: Of::Both,
    sql: |major| {
        Some(if major == Major::OLDEST {
            "SELECT s.ssl, s.version, NULL AS requires, NULL AS rds_forces, NULL AS accepts \
             FROM pg_stat_ssl s WHERE s.pid = pg_backend_pid()"
        } else {
            "SELECT s.ssl, s.version, current_setting('require_secure_transport', true) AS requires, \
             current_setting('rds.force_ssl', true) AS rds_forces, \
             current_setting('azure.accepted_password_auth_method', true) AS accepts \
             FROM pg_stat_ssl s WHERE s.pid = pg_backend_pid()"
        })
    },
};

pub(super) struct Network;

impl Check for Network {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&ENCRYPTION]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        for side in [&cx.source, &cx.target] {
            reached(side, out);
        }
        for side in [&cx.source, &cx.target] {
            if side.server().is_ok()
                && let Err(unseen) = encryption(side, out)
            {
                out.unknown(unseen.to_string());
            }
        }
        if cx.target.server().is_ok()
            && let Err(unseen) = passwords(cx, out)
        {
            out.unknown(unseen.to_string());
        }
        access(cx, out);
        combination(cx, out);
        if cx.aws.instance.as_ref().and_then(|it| it.is_public) == Some(false) {
            out.warning(
                "the source is not publicly accessible: the migration service reaches it only through a \
                 network that is connected to the source's",
            )
            .concerns(Method::Service)
            .looked_at("PubliclyAccessible of aws rds describe-db-instances")
            .remedy(
                "connect both networks (VPN, ExpressRoute), and give the target private access; pg_dump needs \
                 the way from its own machine only",
            );
        }
        match service_validation::has_connected(cx) {
            Some(true) => {
                out.succeeded("the migration service has connected to both servers and logged in")
                    .concerns(Method::Service)
                    .looked_at("az postgres flexible-server migration show");
                return Ok(());
            }
            // It says so itself.
            Some(false) => return Ok(()),
            None => {}
        }
        out.unknown(BETWEEN)
            .concerns(Method::Service)
            .looked_at("the validation of the migration service, which alone tries it")
            .remedy(format!(
                "let the service try it: give --migration-json migration.json, fill in its passwords, and then \
                 {}",
                cx.azure.validate("migration.json")
            ));
        Ok(())
    }
}

/// Whether it answers, where, and how fast.
fn reached(side: &Side, out: &mut Outcomes<'_>) {
    let server = match &side.server {
        Ok(server) => server,
        Err(why) => {
            out.failed(format!("{}: {why}", side.word)).code(why.code()).remedy(match (why, why.code()) {
                (Unreached::Read(LiveError::TooOld(_)), _) => "see source-version",
                (Unreached::Read(_) | Unreached::Late(_), _) => {
                    "see what keeps it busy, or holds locks on its catalogs: pg_stat_activity, pg_locks"
                }
                (_, "603100") => "give the right password: PGPASSWORD, or ~/.pgpass",
                (_, "603001") => "see to the certificates, or choose another sslmode",
                _ => "see that the server runs, and that its firewall lets this machine in",
            });
            return;
        }
    };
    let link = &server.link;
    let addresses: Vec<_> = link.addresses.iter().map(ToString::to_string).collect();
    let place = if link.address.is_none() {
        "through a socket".to_owned()
    } else {
        format!("at {}", addresses.join(", "))
    };
    let within = match link.round_trip.as_millis() {
        0 => "less than 1 ms".to_owned(),
        milliseconds => format!("{milliseconds} ms"),
    };
    out.succeeded(format!("{} answers {place}, in {within}", side.word)).code("603000");
}

/// Whether TLS is used, and whether it has to be.
fn encryption(side: &Side, out: &mut Outcomes<'_>) -> Verdict {
    let rows = side.rows(&ENCRYPTION)?;
    let Some(row) = rows.first() else {
        out.unknown(format!("{} does not tell whether the connection is encrypted", side.word));
        return Ok(());
    };
    let on = |value: Option<&str>| value.map(|it| matches!(it, "on" | "1" | "true"));
    let required = on(row.get("requires")?).or(on(row.get("rds_forces")?));
    let rule = match required {
        Some(true) => "which it requires",
        Some(false) => "which it does not require",
        None => "and it does not tell whether it requires that",
    };
    let place = "pg_stat_ssl, require_secure_transport and rds.force_ssl";
    if row.flag("ssl")? {
        let version = row.get("version")?.unwrap_or("TLS");
        out.succeeded(format!("{} is connected to with {version}, {rule}", side.word))
            .code("603001")
            .looked_at(place);
    } else if side.server()?.link.address.is_none() {
        out.unknown(format!("{} is connected to through a socket, without TLS", side.word))
            .concerns(Method::Service)
            .code("603001")
            .looked_at(place)
            .remedy("connect over the network, as the migration service will");
    } else {
        out.warning(format!(
            "{} is connected to without TLS; the migration service has prefer and require only",
            side.word
        ))
        .concerns(Method::Service)
        .code("603001")
        .looked_at(place)
        .remedy("switch TLS on there, and connect with sslmode=require");
    }
    Ok(())
}

/// Whether roles can log in with the verifiers that they have.
fn passwords(cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
    const ACCEPTED: &str = "azure.accepted_password_auth_method";
    let row = cx.target.rows(&ENCRYPTION)?.first();
    let live = row.map(|row| row.get("accepts")).transpose()?.flatten();
    let json = cx.azure.parameters.as_ref().and_then(|all| all.get(ACCEPTED));
    let accepted = live.or_else(|| json?.value.as_deref());
    let target = cx.target.setting("password_encryption")?.map(|it| it.value).unwrap_or_default();
    let Some(accepted) = accepted else {
        out.unknown(format!(
            "new passwords become {target} on the target; it does not tell which verifiers it accepts"
        ))
        .looked_at(format!("password_encryption and {ACCEPTED}"));
        return Ok(());
    };
    let found = format!("new passwords become {target} on the target, which accepts {accepted}");
    let takes_md5 = accepted.split(',').any(|method| method.trim() == "md5");
    let md5 = if takes_md5 { None } else { md5_roles(cx) };
    let outcome = match md5 {
        Some(who) => out
            .warning(format!("{found}: {who} cannot log in"))
            .remedy(cx.azure.set_parameter(ACCEPTED, &format!("md5,{accepted}"))),
        None => out.succeeded(found),
    };
    outcome.looked_at(format!(
        "password_encryption and {ACCEPTED} of the target, verifiers of the source"
    ));
    Ok(())
}

/// Who has an md5 verifier on the source, as far as that can be seen.
fn md5_roles(cx: &Context) -> Option<String> {
    let live = &cx.source.server().ok()?.live;
    let is_md5 = |role: &Role| matches!(&role.password, Password::Is(it) if it.value.kind() == VerifierKind::Md5);
    let seen = live.globals.roles.values().filter(|role| is_md5(role)).count();
    let told = live.verifier_kinds.values().filter(|kind| *kind == "md5").count();
    if live.answers.reads_verifiers || !live.verifier_kinds.is_empty() {
        let roles = seen.max(told);
        return (roles > 0).then(|| format!("{} with an md5 verifier", count(roles, "role")));
    }
    // Before 14 it was a truth value.
    let encryption = cx.source.setting("password_encryption").ok()??.value;
    let may_be = matches!(encryption.as_str(), "md5" | "on");
    may_be.then(|| "roles with an md5 verifier, which are usual on the source,".to_owned())
}

/// What is said in every run, since nobody can see it from here.
const BETWEEN: &str = "the way between the source and the target is the migration service's, and cannot \
    be seen from here";

/// Public or private, as the JSON tells.
fn access(cx: &Context, out: &mut Outcomes<'_>) {
    const SHOW: &str = "network and authConfig of az postgres flexible-server show";
    let Some(server) = &cx.azure.server else {
        out.unknown("firewall and private access of the target are not in its catalogs")
            .looked_at(SHOW)
            .remedy(Azure::wanted_above());
        return;
    };
    let endpoints = server.private_endpoints.unwrap_or(0);
    let way = match (&server.subnet, server.public_access) {
        (Some(_), _) => "private access, in a virtual network".to_owned(),
        (None, Some(true)) if endpoints > 0 => {
            format!("public access, and {endpoints} private endpoints")
        }
        (None, Some(true)) => {
            "public access; which addresses its firewall lets in is not in this JSON".to_owned()
        }
        (None, Some(false)) => format!("no public access, and {endpoints} private endpoints"),
        (None, None) => {
            out.unknown("the JSON tells nothing of the target's network").looked_at(SHOW);
            return;
        }
    };
    let no_way = server.subnet.is_none() && server.public_access == Some(false) && endpoints == 0;
    if no_way {
        out.failed(format!("{way}: nothing can reach it"))
            .looked_at(SHOW)
            .remedy("give it a private endpoint, or public access");
    } else {
        let is_private = server.subnet.is_some() || server.public_access == Some(false);
        let runtime = if is_private {
            "; a private target needs a runtime server, and port 5432 open on the way"
        } else {
            ""
        };
        out.succeeded(format!("{way}{runtime}")).looked_at(SHOW);
    }
    if server.passwords == Some(false) {
        out.failed("passwords are not taken, only tokens of Microsoft Entra ID")
            .looked_at(SHOW)
            .remedy(cx.azure.command("update", "--password-auth Enabled"));
    }
}

/// The one combination that the service does not support, as far as it can be told.
fn combination(cx: &Context, out: &mut Outcomes<'_>) {
    let place = "the address of the source, and network of az postgres flexible-server show";
    let source = cx.source.server().ok().map(|server| &server.link.addresses);
    let is_private = source.is_some_and(|all| !all.is_empty() && all.iter().all(private));
    let public_only = cx.azure.server.as_ref().is_some_and(|server| {
        server.subnet.is_none()
            && server.public_access == Some(true)
            && server.private_endpoints.unwrap_or(0) == 0
    });
    if is_private && public_only {
        out.warning(
            "the source has a private address, and the target public access only: the migration \
             service supports every other combination, but not this one",
        )
        .concerns(Method::Service)
        .looked_at(place)
        .remedy("give the target private access, or the source a public address");
    }
}

/// Whether an address is of a private network. One of this very machine tells nothing.
fn private(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private(),
        IpAddr::V6(address) => address.is_unique_local(),
    }
}
