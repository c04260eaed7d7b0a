//! Whether the source can be followed while it is migrated.

use crate::check::prelude::*;
use crate::platform::{Platform, State};

static ABOUT: About = About {
    name: "logical-replication",
    codes: &["603107", "603105", "603106"],
    title: "the source's changes can be followed: wal_level, slots and senders",
    explanation: "The online migration follows the source's changes by logical decoding, with one \
                  slot and one sender for each database. wal_level must be logical (code 603107), \
                  with free slots (603105) and enough senders (603106); on AWS the parameter \
                  rds.logical_replication sets the level, and all of them take a restart. \
                  wal_sender_timeout ends a connection that does not keep up, and Aurora's default \
                  is 30 seconds. From 10 on the output plugin is pgoutput, which is part of the \
                  server.",
    looked_at: "pg_settings of the source",
    online: true,
};

/// Creating a slot waits for every transaction that is older and writes.
const OLD: Question = Question {
    name: "transactions that slots wait for",
    of: Of::Source,
    sql: |_| {
        Some(
            "SELECT (SELECT count(*) FROM pg_prepared_xacts) AS prepared, \
             (SELECT count(*) FROM pg_stat_activity a WHERE a.backend_xid IS NOT NULL \
             AND a.pid <> pg_backend_pid() AND a.xact_start < now() - '5 min'::interval) AS long",
        )
    },
};

/// Those that are idle may be left over.
const SLOTS: Question = Question {
    name: "replication slots",
    of: Of::Source,
    sql: |_| {
        Some(
            "SELECT count(*) AS used, \
             count(*) FILTER (WHERE NOT active AND slot_type = 'logical') AS idle, \
             (SELECT count(*) FROM pg_stat_replication) AS sending FROM pg_replication_slots",
        )
    },
};

pub(super) struct LogicalReplication;

impl Check for LogicalReplication {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&SLOTS, &OLD]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let server = &cx.source.server()?.live;
        if server.answers.state == State::Standby {
            standby(server.answers.major, out);
            return Ok(());
        }
        let remedy = Remedies { platform: server.platform };
        let settings = cx.source.settings()?;
        level(settings.get("wal_level"), &remedy, out);
        let number = |name: &str| settings.get(name).and_then(Setting::number).unwrap_or(0);
        let slots = number("max_replication_slots");
        slots_and_senders(cx, slots, number("max_wal_senders"), &remedy, out)?;
        timeout(settings.get("wal_sender_timeout"), &remedy, out);
        old(cx, out)?;
        let plugin = if server.answers.major >= Major::new(10) {
            "pgoutput, which the server brings with it"
        } else {
            "test_decoding, since pgoutput is there since 10 only"
        };
        out.succeeded(format!("the output plugin is {plugin}"))
            .looked_at("server_version of the source");
        Ok(())
    }
}

/// A standby's own changes can be followed since 16, but nothing can be created on it, and what the
/// service follows is a publication.
fn standby(major: Major, out: &mut Outcomes<'_>) {
    let found = if major < Major::new(16) {
        "the source is a standby, where `logical decoding cannot be used while in recovery` before 16"
    } else {
        "the source is a standby, which takes no writes: the publication that is followed cannot be \
         created on it"
    };
    out.failed(found)
        .looked_at("pg_is_in_recovery() of the source")
        .remedy("give the primary as the source; a standby serves the offline migration well");
}

/// Where parameters are changed.
struct Remedies {
    platform: Option<&'static Platform>,
}

impl Remedies {
    fn is_aws(&self) -> bool {
        self.platform.is_some_and(|it| matches!(it.name(), "aurora" | "rds"))
    }

    /// Whether the source is a server of one's own, with a superuser.
    fn is_own(&self) -> bool {
        self.platform.is_none_or(Platform::admin_is_superuser)
    }

    fn set(&self, name: &str, value: &str) -> String {
        if self.is_aws() {
            format!("set {name} = {value} in the parameter group, then reboot")
        } else if self.is_own() {
            format!("as a superuser: ALTER SYSTEM SET {name} = {value}; then restart the source")
        } else {
            format!("set {name} = {value} where the platform keeps server parameters, then restart")
        }
    }

    fn level(&self) -> String {
        match self.platform.map(Platform::name) {
            Some("aurora") => {
                "set rds.logical_replication = 1 in the DB cluster's parameter group, then reboot"
                    .to_owned()
            }
            Some("rds") => {
                "set rds.logical_replication = 1 in the DB instance's parameter group, then reboot"
                    .to_owned()
            }
            Some("cloudsql") => {
                "set the flag cloudsql.logical_decoding = on, which restarts the instance"
                    .to_owned()
            }
            _ => self.set("wal_level", "logical"),
        }
    }

    fn timeout(&self) -> String {
        if self.is_own() {
            "for the migration, as a superuser: ALTER SYSTEM SET wal_sender_timeout = 0; SELECT \
             pg_reload_conf()"
                .to_owned()
        } else if self.is_aws() {
            "set wal_sender_timeout = 0 in the parameter group for the migration".to_owned()
        } else {
            "set wal_sender_timeout = 0 where the platform keeps server parameters, for the migration"
                .to_owned()
        }
    }
}

fn level(setting: Option<&Setting>, remedies: &Remedies, out: &mut Outcomes<'_>) {
    let value = setting.map(|setting| setting.value.as_str()).unwrap_or_default();
    if value == "logical" {
        out.succeeded("wal_level is logical").code("603107");
        return;
    }
    out.failed(format!("wal_level is {value}, and not logical"))
        .code("603107")
        .remedy(remedies.level());
}

/// The migration takes a slot and a sender for each database.
fn slots_and_senders(
    cx: &Context,
    slots: i64,
    senders: i64,
    remedies: &Remedies,
    out: &mut Outcomes<'_>,
) -> Verdict {
    let row = cx.source.rows(&SLOTS)?.first();
    let number =
        |column| Ok(row.map(|row| row.number::<i64>(column)).transpose()?.flatten().unwrap_or(0));
    let (used, idle, sending) = (number("used")?, number("idle")?, number("sending")?);
    let databases = cx.source.databases.len();
    let needed = i64::try_from(databases).unwrap_or(i64::MAX);
    let place = "pg_replication_slots and pg_stat_replication of the source";
    let free = slots.saturating_sub(used);
    let of = format!("{free} of {slots} replication slots are free");
    let databases = count(databases, "database");
    if free < needed {
        let drop = if idle > 0 {
            format!(
                "drop the {idle} logical that nobody uses, where they are left over: SELECT \
                 pg_drop_replication_slot('…'); or "
            )
        } else {
            String::new()
        };
        let more = remedies.set("max_replication_slots", &used.saturating_add(needed).to_string());
        out.failed(format!("{of}, for {databases}"))
            .code("603105")
            .looked_at(place)
            .remedy(format!("{drop}{more}"));
    } else {
        out.succeeded(format!("{of}, for {databases}")).code("603105").looked_at(place);
    }
    // As many as there are slots, once these are enough.
    let slots = slots.max(used.saturating_add(needed));
    let wanted = slots.max(sending.saturating_add(needed));
    if senders < wanted {
        let why = if senders < slots {
            format!("fewer than the {slots} replication slots")
        } else {
            format!("and {sending} are in use, for {databases}")
        };
        out.failed(format!("max_wal_senders is {senders}, {why}"))
            .code("603106")
            .looked_at(place)
            .remedy(remedies.set("max_wal_senders", &wanted.to_string()));
    } else {
        out.succeeded(format!("max_wal_senders is {senders}, {sending} of them in use"))
            .code("603106")
            .looked_at(place);
    }
    Ok(())
}

/// What a slot would wait for.
fn old(cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
    const PLACE: &str = "pg_prepared_xacts and pg_stat_activity of the source";
    let Some(row) = cx.source.rows(&OLD)?.first() else { return Ok(()) };
    let number = |column| Ok(row.number::<usize>(column)?.unwrap_or(0));
    let (prepared, long) = (number("prepared")?, number("long")?);
    if prepared > 0 {
        out.failed(format!(
            "{}, for whose end creating a replication slot waits",
            count(prepared, "prepared transaction")
        ))
        .looked_at(PLACE)
        .remedy(
            "SELECT gid, owner, database FROM pg_prepared_xacts; then in that database COMMIT PREPARED \
             '…' or ROLLBACK PREPARED '…'",
        );
    }
    if long > 0 {
        out.warning(format!(
            "{} that writes is older than 5 minutes, and creating a replication slot waits for its end",
            count(long, "transaction")
        ))
        .looked_at(PLACE)
        .remedy("let them end first: SELECT pid, usename, xact_start FROM pg_stat_activity WHERE backend_xid IS NOT NULL");
    }
    Ok(())
}

/// 0 is never. The server's own default is a minute.
fn timeout(setting: Option<&Setting>, remedies: &Remedies, out: &mut Outcomes<'_>) {
    const DEFAULT: i64 = 60_000;
    let Some(setting) = setting else { return };
    let shown = setting.shown();
    if setting.number().is_some_and(|value| (1..DEFAULT).contains(&value)) {
        out.warning(format!(
            "wal_sender_timeout is {shown}: the source ends a replication that does not keep up"
        ))
        .remedy(remedies.timeout());
    } else {
        out.succeeded(format!("wal_sender_timeout is {shown}"));
    }
}
