//! Room for the data.

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "storage",
    codes: &[],
    title: "the target's storage is at least 1.25 times the size of the source's databases",
    explanation: "Microsoft recommends storage of 1.25 times the data: indexes are built anew, and \
                  the write-ahead log grows while data is loaded. The sizes are those of the \
                  databases that are to be migrated, as far as the connected role may see them; \
                  the target's storage comes from --azure-server. Storage that grows by itself may \
                  do so too slowly for the load, and that is a warning. It can be made larger at \
                  any time, and never smaller.",
    looked_at: "pg_database_size() of the source, and storage of az postgres flexible-server show",
    online: false,
};

const GIB: u64 = 1 << 30;

/// Sizes are looked up file by file, which can take a while: a question of its own, in each database
/// that is wanted.
const SIZE: Question = Question {
    name: "size of the database",
    of: Of::SourceDatabases,
    sql: |_| Some("SELECT pg_database_size(current_database()) AS bytes"),
};

/// What the target's databases take. A database that one may not connect to has no size for others
/// (`calculate_database_size` in `src/backend/utils/adt/dbsize.c`).
const TAKEN: Question = Question {
    name: "sizes of the target's databases",
    of: Of::Target,
    sql: |_| {
        Some(
            "SELECT d.datname, CASE WHEN has_database_privilege(d.oid, 'CONNECT') \
             THEN pg_database_size(d.oid) END AS bytes FROM pg_database d",
        )
    },
};

/// The largest size there is, in GiB: the last but a little less than a power of two.
const LARGEST: u64 = 32_767;

/// The same of a Premium SSD v2.
const LARGEST_V2: u64 = 65_536;

pub(super) struct Storage;

impl Check for Storage {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&SIZE, &TAKEN]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        cx.source.catalog()?;
        let size =
            |database: &Database| database.rows(&SIZE).ok()?.first()?.number("bytes").ok()?;
        let wanted: Vec<Option<u64>> = cx.source.databases.values().map(size).collect();
        if wanted.iter().all(Option::is_none) {
            out.unknown(if wanted.is_empty() {
                "no database is to be migrated"
            } else {
                "the size of no database could be seen"
            });
            return Ok(());
        }
        let bytes = wanted.iter().flatten().fold(0_u64, |sum, size| sum.saturating_add(*size));
        let hidden = wanted.iter().filter(|size| size.is_none()).count();
        let what = format!("{} of {}", count(wanted.len(), "database"), shown(bytes));
        let what = match hidden {
            0 => what,
            hidden => format!("{what}, without {hidden} whose size could not be seen"),
        };
        let server = cx.azure.server.as_ref();
        let Some(storage) = server.and_then(|server| server.storage) else {
            out.unknown(format!("{what}; the target's storage is not in its catalogs"))
                .remedy(Azure::wanted_above());
            return Ok(());
        };
        let is_v2 = server.is_some_and(|server| server.is_storage_v2);
        if storage == 0 && is_v2 {
            out.unknown(format!("{what}; the JSON shows no size of the target's disk"))
                .remedy(cx.azure.command("show", "--query storage"));
            return Ok(());
        }
        // What stays there needs its room, too; what is replaced goes first.
        let taken = taken(cx).unwrap_or_default();
        let what = match taken {
            0 => what,
            taken => format!("{what}, and {} of others on the target", shown(taken)),
        };
        let needed = (bytes.saturating_mul(5) / 4).saturating_add(taken);
        if needed <= storage.saturating_mul(GIB) {
            let found = format!("{what}; {storage} GiB on the target");
            if hidden == 0 {
                out.succeeded(found);
            } else {
                out.warning(found)
                    .remedy("connect to the source as a role that may connect to all of them");
            }
            return Ok(());
        }
        let least = needed.div_ceil(GIB);
        let found = format!(
            "{what}; {storage} GiB on the target, and 1.25 times the databases with what is there are {}",
            shown(needed)
        );
        let Some(size) = (if is_v2 { offered_v2(least) } else { offered(least) }) else {
            out.failed(found).remedy(format!(
                "no size is enough: the largest is {} GiB; migrate fewer databases to this server",
                if is_v2 { LARGEST_V2 } else { LARGEST }
            ));
            return Ok(());
        };
        let remedy = cx.azure.command("update", &format!("--storage-size {size}"));
        if server.and_then(|server| server.storage_grows) == Some(true) {
            out.warning(format!("{found}; it grows by itself, which can be slower than the load"))
                .remedy(remedy);
        } else {
            out.failed(found).remedy(remedy);
        }
        Ok(())
    }
}

/// The size that can be ordered, if any can: powers of two from 32 GiB on, up to the largest.
fn offered(least: u64) -> Option<u64> {
    (least <= LARGEST).then(|| least.max(32).next_power_of_two().min(LARGEST))
}

/// The same of a Premium SSD v2, which has any size.
fn offered_v2(least: u64) -> Option<u64> {
    (least <= LARGEST_V2).then_some(least.max(32))
}

/// What the databases of the target take that are not replaced.
fn taken(cx: &Context) -> Result<u64, Unseen> {
    let mut taken = 0_u64;
    for row in cx.target.rows(&TAKEN)? {
        if !cx.source.databases.contains_key(&row.name("datname")?) {
            taken = taken.saturating_add(row.number("bytes")?.unwrap_or(0));
        }
    }
    Ok(taken)
}

/// A size as people write it.
fn shown(bytes: u64) -> String {
    const UNITS: [(&str, u32); 4] = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)];
    match UNITS.iter().find(|(_, bits)| bytes >> bits > 0) {
        // One digit is enough.
        Some((unit, bits)) => {
            let tenths = (u128::from(bytes) * 10) >> bits;
            format!("{}.{} {unit}", tenths / 10, tenths % 10)
        }
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_shown_in_their_unit() {
        let all = [0, 1023, 1024, 7_900_000, 5 * GIB + GIB / 2, 3 << 40];
        let texts = all.map(shown);
        assert_eq!(texts, ["0 bytes", "1023 bytes", "1.0 KiB", "7.5 MiB", "5.5 GiB", "3.0 TiB"]);
        let sizes = [1, 32, 33, 700, 16_385, 32_767, 32_768].map(offered);
        let expected = [32, 32, 64, 1024, 32_767, 32_767].map(Some);
        assert_eq!(sizes[..6], expected);
        assert_eq!(sizes[6], None);
    }
}
