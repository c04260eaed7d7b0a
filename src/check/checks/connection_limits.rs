//! Whether as many can connect to the target as to the source.

use crate::attribute::Attribute;
use crate::check::prelude::*;

static ABOUT: About = About {
    name: "connection-limits",
    codes: &[],
    title: "as many connections fit on the target as the source has, and as each of its roles and databases may have",
    explanation: "When all connections are taken, a server says `sorry, too many clients already`, \
                  and it keeps some of them for superusers and for the platform. The check \
                  compares what is left on both sides, how many are connected to the source now, \
                  and which CONNECTION LIMIT of a role or database the target alone has no room \
                  for. That limits add up to more than the server has is usual, and no harm. \
                  max_connections takes a restart; a pooler in front of the server may be the \
                  better way.",
    looked_at: "max_connections of both servers",
    online: false,
};

/// Sessions of clients, this one left out. Whoever may not see what kind another one is counts it.
const CONNECTIONS: Question = Question {
    name: "connections now",
    of: Of::Source,
    sql: |major| {
        Some(if major >= Major::new(10) {
            "SELECT count(*) AS total FROM pg_stat_activity WHERE coalesce(backend_type, 'client backend') = \
             'client backend' AND datid IS NOT NULL AND pid <> pg_backend_pid()"
        } else {
            "SELECT count(*) AS total FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        })
    },
};

pub(super) struct ConnectionLimits;

impl Check for ConnectionLimits {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&CONNECTIONS]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let source = Room::of(&cx.source)?;
        let target = Room::of(&cx.target)?;
        room(cx, &source, &target, out)?;
        limits(cx, &source, &target, out)
    }
}

/// How many connections a server has room for.
struct Room {
    all: i64,
    /// Kept for superusers and, since 16, for a few others.
    reserved: i64,
}

impl Room {
    fn of(side: &Side) -> Result<Self, Unseen> {
        let settings = side.settings()?;
        let number = |name: &str| settings.get(name).and_then(Setting::number);
        let all = number("max_connections");
        let all = all.ok_or_else(|| Unseen(format!("{} shows no max_connections", side.word)))?;
        let platforms = [
            "superuser_reserved_connections",
            "reserved_connections",
            "rds.rds_superuser_reserved_connections",
        ];
        let reserved = platforms.into_iter().filter_map(number).fold(0, i64::saturating_add);
        Ok(Self { all, reserved })
    }

    const fn usable(&self) -> i64 {
        self.all.saturating_sub(self.reserved)
    }
}

/// The room, and what of it is in use.
fn room(cx: &Context, source: &Room, target: &Room, out: &mut Outcomes<'_>) -> Verdict {
    const LOOKED_AT: &str = "max_connections of both servers, pg_stat_activity of the source";
    let both = format!(
        "room for {} on the source ({} reserved), for {} on the target ({} reserved)",
        source.all, source.reserved, target.all, target.reserved
    );
    let Ok(rows) = cx.source.rows(&CONNECTIONS) else {
        out.unknown(format!("{both}; how many are connected to the source could not be seen"))
            .looked_at(LOOKED_AT);
        return Ok(());
    };
    let now = rows.first().map(|row| row.number::<i64>("total")).transpose()?;
    let now = now.flatten().unwrap_or_default();
    let both = format!("{both}, {now} connected to the source now");
    let set = set(cx, source, target);
    if now > target.usable() {
        out.failed(both).looked_at(LOOKED_AT).remedy(set);
    } else if target.usable() < source.usable() {
        out.warning(both).looked_at(LOOKED_AT).remedy(set);
    } else {
        out.succeeded(both).looked_at(LOOKED_AT);
    }
    Ok(())
}

/// Which roles and databases may have more than there is room for, one of them by itself. Limits that
/// only add up to more are usual, and no harm.
fn limits(cx: &Context, source: &Room, target: &Room, out: &mut Outcomes<'_>) -> Verdict {
    let live = &cx.source.server()?.live;
    let roles =
        live.globals.roles.iter().filter(|(name, role)| {
            role.has(Attribute::Login) && !cx.source.is_platforms_role(name)
        });
    let roles = roles.filter_map(|(name, role)| {
        Some((format!("role {name}"), i64::from(role.connection_limit?.value)))
    });
    let databases = cx.source.catalog()?.into_iter();
    let databases = databases.filter(|(name, _)| cx.source.databases.contains_key(name));
    let databases =
        databases.map(|(name, entry)| (format!("database {name}"), entry.connection_limit));
    let (here, there) = (source.usable(), target.usable());
    let mut beyond: Vec<(String, i64)> = roles.chain(databases).collect();
    // What the source has no room for either is no loss.
    beyond.retain(|(_, limit)| *limit > there && *limit <= here);
    if beyond.is_empty() {
        return Ok(());
    }
    beyond.sort_by_key(|(_, limit)| -limit);
    let shown: Vec<_> = beyond.iter().map(|(name, limit)| format!("{name} {limit}")).collect();
    out.warning(format!(
        "a CONNECTION LIMIT for which the target has no room, which has {there}: {}",
        list(&shown, NAMED)
    ))
    .looked_at("rolconnlimit and datconnlimit of the source, max_connections of the target")
    .remedy(set(cx, source, target));
    Ok(())
}

/// What gives the target as much room as the source has.
fn set(cx: &Context, source: &Room, target: &Room) -> String {
    let needed = source.usable().saturating_add(target.reserved);
    format!(
        "{}, and then, since it takes effect with a restart only: {}; or let clients come through \
         PgBouncer (pgbouncer.enabled)",
        cx.azure.set_parameter("max_connections", &needed.to_string()),
        cx.azure.command("restart", "")
    )
}
