//! The time zone of the session that would run a script: what it means where a point in time has none.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

/// The value of `timezone`.
#[derive(Clone, Debug, Default)]
pub enum Zone {
    /// Nothing was said: what is taken for UTC is told as such.
    #[default]
    Unsaid,
    /// It was said, and is known.
    Known(TimeZone),
    /// It was said, and cannot be told here.
    Unknown(String),
}

impl Zone {
    /// What a server makes of the text (`check_timezone` in `src/backend/commands/variable.c`): an
    /// interval, hours east of Greenwich, a name whatever its case, or POSIX's form.
    pub fn of(text: &str) -> Self {
        let zone = if let Some(interval) = interval(text) {
            offset(interval)
        } else if let Ok(hours) = text.trim().parse::<f64>() {
            #[expect(clippy::cast_possible_truncation, reason = "a server cuts fractions as well")]
            offset((hours * 3600.0) as i32)
        } else {
            TimeZone::get(text).or_else(|_| TimeZone::posix(text)).ok()
        };
        zone.map_or_else(|| Self::Unknown(text.to_owned()), Self::Known)
    }

    /// How many seconds a clock there is ahead of UTC when it shows `local`, in seconds since 1970. Where
    /// it does so twice, the second time; where never, as before it was put on (`DetermineTimeZoneOffset`
    /// in `src/backend/utils/adt/datetime.c`).
    pub fn ahead(&self, local: i64) -> Option<i64> {
        match self {
            Self::Unsaid => Some(0),
            Self::Unknown(_) => None,
            Self::Known(zone) => {
                let shown = Offset::UTC.to_datetime(Timestamp::from_second(local).ok()?);
                let moment = zone.to_ambiguous_timestamp(shown).later().ok()?;
                Some(local - moment.as_second())
            }
        }
    }
}

fn offset(seconds: i32) -> Option<TimeZone> {
    Offset::from_seconds(seconds).ok().map(TimeZone::fixed)
}

/// `INTERVAL '[-]HH:MM:SS'`, as a server keeps it and our parser gives it, in seconds.
fn interval(text: &str) -> Option<i32> {
    let (word, rest) = text.split_once(' ')?;
    let inner = rest.trim().strip_prefix('\'')?.strip_suffix('\'')?;
    if !word.eq_ignore_ascii_case("interval") {
        return None;
    }
    let (sign, inner) = inner.strip_prefix('-').map_or((1, inner), |inner| (-1, inner));
    let mut fields = inner.split(':').map(|field| field.parse::<i32>().ok());
    let mut next = || fields.next()?;
    let (hours, minutes, seconds) = (next()?, next()?, next()?);
    Some(sign * (hours.checked_mul(3600)? + minutes * 60 + seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_mean_what_servers_make_of_them() {
        // 2030-07-01 and 2030-01-01, then the hour that there is twice, and the one that is left out.
        let (summer, winter) = (1_909_094_400, 1_893_456_000);
        for (zone, local, ahead) in [
            ("Europe/Berlin", summer, Some(7200)),
            ("europe/berlin", winter, Some(3600)),
            ("Europe/Berlin", 1_919_298_600, Some(3600)),
            ("Europe/Berlin", 1_901_154_600, Some(3600)),
            ("America/St_Johns", winter, Some(-12_600)),
            ("UTC", summer, Some(0)),
            ("-7.5", summer, Some(-27_000)),
            ("3", summer, Some(10_800)),
            ("INTERVAL '-05:30:00'", summer, Some(-19_800)),
            ("interval '02:00:00'", summer, Some(7200)),
            ("<+02>-02", summer, Some(7200)),
            ("CET-1CEST,M3.5.0,M10.5.0/3", summer, Some(7200)),
            ("Middle/Earth", summer, None),
            ("UTC", 400_000_000_000, None),
        ] {
            assert_eq!(Zone::of(zone).ahead(local), ahead, "{zone} {local}");
        }
        assert_eq!(Zone::default().ahead(i64::MAX), Some(0));
    }
}
