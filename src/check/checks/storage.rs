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

/// The largest size there is, in GiB: the last but a little less than a power of two.
const LARGEST: u64 = 32_767;

pub(super) struct Storage;

impl Check for Storage {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&SIZE]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        cx.source.catalog()?;
        let size =
            |database: &Database| database.rows(&SIZE).ok()?.first()?.number("bytes").ok()?;
        let wanted: Vec<Option<u64>> = cx.source.databases.values().map(size).collect();
        if !wanted.is_empty() && wanted.iter().all(Option::is_none) {
            out.unknown("the size of no database could be seen");
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
        let needed = bytes.saturating_mul(5) / 4;
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
            "{what}; {storage} GiB on the target, and 1.25 times the databases are {}",
            shown(needed)
        );
        let Some(size) = offered(least) else {
            out.failed(found).remedy(format!(
                "no size is enough: the largest is {LARGEST} GiB; migrate fewer databases to this server"
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
