//! Whether the target is a flexible server, and ready.

use crate::check::prelude::*;
use crate::platform::State;

static ABOUT: About = About {
    name: "target-server",
    codes: &[],
    title: "the target is a flexible server, ready, and takes writes",
    explanation: "A flexible server is recognised by its own roles and settings. It must be a \
                  primary that takes writes: a replica answers every write with `cannot execute … \
                  in a read-only transaction`. Whether its state is Ready is not in its catalogs; \
                  az postgres flexible-server show has it, and --azure-server FILE brings that \
                  here. Where the version in that file is not the one of the connection, the two \
                  are about different servers.",
    looked_at: "roles and settings of the target",
    online: false,
};

pub(super) struct TargetServer;

impl Check for TargetServer {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        live(cx, out);
        json(cx, out);
        Ok(())
    }
}

fn live(cx: &Context, out: &mut Outcomes<'_>) {
    let Ok(server) = cx.target.server() else {
        out.unknown("the target could not be read");
        return;
    };
    if cx.is_one_server() {
        out.failed("the source and the target are the same server")
            .looked_at("pg_control_system() of both servers")
            .remedy("connect the target to the server that was created for this");
    }
    if server.live.answers.state == State::Standby {
        out.failed("the target is a standby, which takes no writes")
            .looked_at("pg_is_in_recovery() of the target")
            .remedy("connect to its primary");
    }
    let read_only = cx.target.setting("default_transaction_read_only").ok().flatten();
    if read_only.is_some_and(|setting| setting.reset.as_deref() == Some("on")) {
        out.failed("default_transaction_read_only is on: the migration's session cannot write")
            .code("603112")
            .looked_at("default_transaction_read_only of the target")
            .remedy(cx.azure.set_parameter("default_transaction_read_only", "off"));
    }
    let role = cx.target.setting("session_replication_role").ok().flatten();
    if let Some(value) = role.and_then(|it| it.reset).filter(|value| value != "origin") {
        out.failed(format!(
            "session_replication_role is {value}: foreign keys and triggers do not see what is loaded, \
             nor what applications write"
        ))
        .looked_at("session_replication_role of the target")
        .remedy(cx.azure.set_parameter("session_replication_role", "origin"));
    }
    match server.live.platform {
        Some(platform) if platform.name() == "azure" => {
            out.succeeded("the target has the roles of a flexible server");
        }
        other => {
            let what = other.map_or("nothing shows a platform", |platform| platform.title());
            out.warning(format!("{what}: it does not look like a flexible server"))
                .remedy("see that the connection leads to the server that was created for this");
        }
    }
}

fn json(cx: &Context, out: &mut Outcomes<'_>) {
    const SHOW: &str = "az postgres flexible-server show";
    let Some(azure) = &cx.azure.server else {
        out.unknown("its state is not in its catalogs")
            .looked_at(SHOW)
            .remedy(cx.azure.wanted_server());
        return;
    };
    match azure.state.as_deref() {
        Some("Ready") => {
            out.succeeded("the target's state is Ready").looked_at(SHOW);
        }
        None => {
            out.unknown("it tells no state").looked_at(SHOW);
        }
        Some(state) => {
            let outcome = out.failed(format!("state {state}, and not Ready")).looked_at(SHOW);
            if state == "Stopped" {
                outcome.remedy(cx.azure.command("start", ""));
            } else {
                outcome.remedy("wait until it is");
            }
        }
    }
    if azure.is_cluster {
        out.failed("it is an elastic cluster, to which the migration service does not migrate")
            .concerns(Method::Service)
            .looked_at(SHOW)
            .remedy("create a flexible server that is no cluster, and migrate to that");
    }
    if let (Some(version), Ok(server)) = (&azure.version, cx.target.server()) {
        let live = server.live.answers.major;
        if *version != live.to_string() {
            out.failed(format!("version {version} there, and {live} on the connection"))
                .looked_at(SHOW)
                .remedy("see that both are of the same server");
        }
    }
    for event in cx.azure.maintenance.iter().flatten() {
        let until = event.deferrable_until.as_ref();
        out.warning(format!(
            "maintenance of the target is {} from {} to {}, which ends its connections",
            if event.status == "InProgress" { "going on" } else { "planned" },
            shown(&event.start),
            shown(&event.end)
        ))
        .looked_at("az postgres flexible-server maintenance-event list")
        .remedy(until.map_or_else(
            || "migrate before or afterwards".to_owned(),
            |until| {
                format!(
                    "migrate before or afterwards, or put it off; that can be done until {}",
                    shown(until)
                )
            },
        ));
    }
    let replica = azure.replication_role.as_deref().filter(|role| role.ends_with("Replica"));
    if let Some(role) = replica {
        out.failed(format!("replication role {role}: it is a replica"))
            .looked_at(SHOW)
            .remedy("migrate to its primary, or promote it first");
    }
}
