//! The versions of both servers.

use crate::check::prelude::*;
use crate::read::live::LiveError;

static ABOUT: About = About {
    name: "source-version",
    codes: &["603400"],
    title: "the source is PostgreSQL 9.5 or later, and no newer than the target",
    explanation: "The migration service takes PostgreSQL 9.5 and later, and never goes to an older \
                  major version: nothing promises that an older server loads what a newer pg_dump \
                  writes. Both versions are those that the servers tell of themselves. The \
                  target's major version cannot be lowered or raised while data is moved, so \
                  create it with the source's or a later one, and with one that Azure supports for \
                  some time yet. A source that is older than 9.5 is \
                  not read any further; restore a dump of it into a later version, and migrate \
                  that.",
    looked_at: "server_version of both servers",
    online: false,
};

/// When Azure's standard support of a version ends, in seconds since 1970 and in words, by its page on
/// version policy and by endoflife.date (2026-08).
const RETIRED: [(u32, i64, &str); 4] = [
    (11, 0, "before April 2026"),
    (12, 0, "before April 2026"),
    (13, 0, "before April 2026"),
    (14, 1_796_947_200, "on 2026-12-11"),
];

pub(super) struct SourceVersion;

impl Check for SourceVersion {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let source = match &cx.source.server {
            Ok(server) => &server.live.answers,
            // It tells its version, and nothing else.
            Err(Unreached::Read(why @ LiveError::TooOld(_))) => {
                out.failed(why.to_string()).looked_at("server_version of the source").remedy(
                    "upgrade the source, or restore a dump of it into a server of a later version",
                );
                return Ok(());
            }
            Err(_) => return cx.source.server().map(drop),
        };
        let version = &source.version;
        told(cx, source.major, out);
        let Ok(target) = cx.target.server() else {
            out.succeeded(format!("{version} on the source: 9.5 or later"))
                .looked_at("server_version of the source");
            out.unknown("the target could not be read: it must be no older than the source")
                .looked_at("server_version of the target");
            return Ok(());
        };
        let is_azure = target.live.platform.is_some_and(|it| it.name() == "azure");
        let target = &target.live.answers;
        let retired = RETIRED.iter().find(|(major, ..)| Major::new(*major) == target.major);
        if let Some((major, end, when)) = retired.filter(|_| is_azure) {
            let (verb, days) = if cx.choices.now < *end { ("ends", 90) } else { ("has ended", 0) };
            if cx.choices.now + days * 86_400 >= *end {
                out.warning(format!(
                    "Azure's standard support of version {major}, the target's, {verb} {when}"
                ))
                .no_code()
                .looked_at("server_version of the target")
                .remedy("create the target with a later version, while it is empty");
            }
        }
        if target.major < source.major {
            out.failed(format!(
                "{version} on the source, {} on the target: a migration cannot go to an older major \
                 version",
                target.version
            ))
            .no_code()
            .remedy(format!("create the target with version {} or later", source.major));
        } else {
            let found = format!("{version} on the source, {} on the target", target.version);
            out.succeeded(found);
        }
        Ok(())
    }
}

/// What `aws` says of the source that is not as it should be.
fn told(cx: &Context, live: Major, out: &mut Outcomes<'_>) {
    let (instance, cluster) = (cx.aws.instance.as_ref(), cx.aws.cluster.as_ref());
    let one = |of_instance: Option<&String>, of_cluster: Option<&String>| {
        of_instance.or(of_cluster).cloned()
    };
    let version = one(
        instance.and_then(|it| it.version.as_ref()),
        cluster.and_then(|it| it.version.as_ref()),
    );
    // `15.4`, `16.8-limitless`, `9.6.24`.
    let is_of = |version: &String| {
        let live = live.to_string();
        version
            .strip_prefix(&live)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    if let Some(version) = version.filter(|version| !is_of(version)) {
        out.failed(format!(
            "EngineVersion {version} in what aws writes, and {live} on the connection"
        ))
        .no_code()
        .looked_at("aws rds describe-db-instances, server_version of the source")
        .remedy("see that both are of the same server");
    }
    // The cluster's state says more than that of one of its instances.
    let status = cluster.and_then(|it| it.status.clone());
    let status = status.or_else(|| instance?.status.clone());
    if let Some(status) = status.filter(|status| status != "available") {
        out.warning(format!("the source's status is {status}, and not available"))
            .no_code()
            .looked_at("aws rds describe-db-clusters, describe-db-instances")
            .remedy("wait until it is, before data is moved");
    }
}
