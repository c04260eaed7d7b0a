//! Read replicas of the target, which it must not have while data is migrated.

use crate::check::asking::replication::{self, Signs};
use crate::check::azure::Server;
use crate::check::prelude::*;

static ABOUT: About = About {
    name: "read-replicas",
    codes: &[],
    title: "the target has no read replicas until the migration is done",
    explanation: "Microsoft asks for replicas to be created after the migration only: each would \
                  have to follow the whole load. The list is in az postgres flexible-server \
                  replica list, which --azure-replicas brings here; a server that is said to be \
                  Primary need not have any. Without it only those who receive the write-ahead log \
                  can be seen, which proves little. A replica that is deleted for the migration is \
                  created anew, with the command in the line.",
    looked_at: "az postgres flexible-server replica list",
    online: false,
};

pub(super) struct ReadReplicas;

impl Check for ReadReplicas {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&replication::QUESTION]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        if let Some(replicas) = &cx.azure.replicas {
            if replicas.is_empty() {
                let replicas = cx.aws.instance.as_ref().map_or(0, |it| it.replicas);
                match cx.aws.readers + replicas {
                    0 => out.succeeded("the target has no read replicas"),
                    own => out
                        .succeeded(format!(
                            "the target has no read replicas; the source has {}",
                            count(own, "reader")
                        ))
                        .remedy(format!("after the migration: {}", cx.azure.new_replica())),
                };
            }
            for replica in replicas {
                let name = replica.name.as_deref().unwrap_or("a replica without a name");
                out.failed(name).remedy(remedy(cx, replica));
            }
            return Ok(());
        }
        let signs = Signs::of(&cx.target)?;
        let place = "pg_replication_slots and pg_stat_replication of the target, which is indirect";
        let list = cx.azure.wanted_replicas();
        if signs.receivers.is_empty() {
            out.unknown("nothing shows a replica, which does not prove that there is none")
                .looked_at(place)
                .remedy(list);
        } else {
            out.warning(format!("{}: there seems to be a replica", signs.receivers.join(", ")))
                .looked_at(place)
                .remedy(list);
        }
        Ok(())
    }
}

/// How it goes, and how it comes back.
fn remedy(cx: &Context, replica: &Server) -> String {
    format!(
        "{}, and after the migration {}",
        cx.azure.command_about(replica, "delete"),
        cx.azure.create_replica(replica)
    )
}
