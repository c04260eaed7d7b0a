//! Whether the source can be followed while it is migrated.

use crate::check::prelude::*;

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
        &[&SLOTS]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let server = &cx.source.server()?.live;
        let managed = server.platform.is_some_and(|it| matches!(it.name(), "aurora" | "rds"));
        let remedy = Remedies { managed };
        let settings = cx.source.settings()?;
        level(settings.get("wal_level"), &remedy, out);
        let number = |name: &str| settings.get(name).and_then(Setting::number).unwrap_or(0);
        let slots = number("max_replication_slots");
        slots_and_senders(cx, slots, number("max_wal_senders"), &remedy, out)?;
        timeout(settings.get("wal_sender_timeout"), &remedy, out);
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

/// Where parameters are changed.
struct Remedies {
    /// In a parameter group.
    managed: bool,
}

impl Remedies {
    fn set(&self, name: &str, value: &str) -> String {
        if self.managed {
            format!("set {name} = {value} in the parameter group, then reboot")
        } else {
            format!("ALTER SYSTEM SET {name} = {value}; then restart the source")
        }
    }
}

fn level(setting: Option<&Setting>, remedies: &Remedies, out: &mut Outcomes<'_>) {
    let value = setting.map(|setting| setting.value.as_str()).unwrap_or_default();
    if value == "logical" {
        out.succeeded("wal_level is logical").code("603107");
        return;
    }
    let remedy = if remedies.managed {
        "set rds.logical_replication = 1 in the DB cluster's parameter group, then reboot"
            .to_owned()
    } else {
        remedies.set("wal_level", "logical")
    };
    out.warning(format!("wal_level is {value}, and not logical")).code("603107").remedy(remedy);
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
        out.warning(format!("{of}, for {databases}"))
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
        out.warning(format!("max_wal_senders is {senders}, {why}"))
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

/// 0 is never. The server's own default is a minute.
fn timeout(setting: Option<&Setting>, remedies: &Remedies, out: &mut Outcomes<'_>) {
    const DEFAULT: i64 = 60_000;
    let Some(setting) = setting else { return };
    let shown = setting.shown();
    if setting.number().is_some_and(|value| (1..DEFAULT).contains(&value)) {
        let remedy = if remedies.managed {
            "set wal_sender_timeout = 0 in the parameter group for the migration".to_owned()
        } else {
            "for the migration: ALTER SYSTEM SET wal_sender_timeout = 0; SELECT pg_reload_conf()"
                .to_owned()
        };
        out.warning(format!(
            "wal_sender_timeout is {shown}: the source ends a replication that does not keep up"
        ))
        .remedy(remedy);
    } else {
        out.succeeded(format!("wal_sender_timeout is {shown}"));
    }
}
