//! High availability of the target, which has to be off while data is migrated.

use crate::check::asking::replication::{self, Signs};
use crate::check::prelude::*;

static ABOUT: About = About {
    name: "high-availability",
    codes: &[],
    title: "high availability of the target is off until the migration is done",
    explanation: "Microsoft asks for high availability to be off until the migration is done: the \
                  standby would have to follow the whole load. The mode is in az postgres \
                  flexible-server show, which --azure-server brings here. Without that only signs \
                  can be seen, a slot that is called azure_standby and who receives the \
                  write-ahead log. They come from a single sample and prove nothing when they are \
                  missing, so the check then says Unknown. Switch it on again afterwards; the \
                  command is in the line.",
    looked_at: "highAvailability of az postgres flexible-server show",
    online: false,
};

pub(super) struct HighAvailability;

impl Check for HighAvailability {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&replication::QUESTION]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        // az has no --high-availability since May 2026.
        let update = |how: &str| cx.azure.command("update", &format!("--zonal-resiliency {how}"));
        let mode = cx.azure.server.as_ref().and_then(|it| it.high_availability.as_deref());
        let state = cx.azure.server.as_ref().and_then(|it| it.high_availability_state.as_deref());
        match mode {
            Some("Disabled") if state.is_some_and(|state| state != "NotEnabled") => {
                let state = state.unwrap_or_default();
                out.warning(format!("mode Disabled, and state {state}: it is not off yet"))
                    .remedy("wait until az shows the state NotEnabled");
                return Ok(());
            }
            Some("Disabled") => {
                let off = "high availability is off (mode Disabled)";
                let cluster = cx.aws.cluster.as_ref();
                let has = |it: Option<bool>| it == Some(true);
                if has(cluster.and_then(|it| it.multi_az))
                    || has(cx.aws.instance.as_ref().and_then(|it| it.multi_az))
                {
                    out.succeeded(format!("{off}; the source has it (MultiAZ)"))
                        .remedy(format!("after the migration: {}", update("Enabled")));
                } else {
                    out.succeeded(off);
                }
                return Ok(());
            }
            Some(mode) => {
                out.failed(format!("mode {mode}")).remedy(format!(
                    "{}, and after the migration {}",
                    update("Disabled"),
                    update(if mode == "SameZone" {
                        "Enabled --allow-same-zone"
                    } else {
                        "Enabled"
                    })
                ));
                return Ok(());
            }
            None => {}
        }
        let signs = Signs::of(&cx.target)?;
        let place = "pg_replication_slots and pg_stat_replication of the target, which is indirect";
        if signs.standbys.is_empty() {
            let unseen =
                out.unknown("nothing shows a standby, which does not prove that there is none");
            unseen.looked_at(place);
            if cx.azure.server.is_some() {
                let show = cx.azure.command("show", "--query highAvailability.mode");
                unseen.remedy(format!("the JSON tells nothing of it: {show}"));
            } else {
                unseen.remedy(Azure::wanted_above());
            }
        } else {
            out.warning(format!("{}: high availability seems to be on", signs.standbys.join(", ")))
                .looked_at(place)
                .remedy(format!(
                    "{}, and after the migration {}",
                    update("Disabled"),
                    update("Enabled")
                ));
        }
        Ok(())
    }
}
