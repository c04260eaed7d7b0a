//! The values of `VALID UNTIL`.

use std::fmt;

use super::zone::Zone;

/// A point in time as a dump writes it. Two are the same when they mean the same moment.
#[derive(Clone, Debug)]
pub struct Timestamp {
    text: Box<str>,
    moment: Moment,
}

/// When it is: in microseconds since 1970, UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Moment {
    Past,
    At(i128),
    Never,
}

impl Timestamp {
    /// Reads ISO text: what `datestyle` ISO prints, and its shorter forms. Without a zone, UTC is
    /// assumed, and stated from then on: the server would take its session's. None for everything else:
    /// other styles are ambiguous (`01/02/2030`, `IST`).
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_in(text, &Zone::Unsaid)
    }

    /// Likewise, in a session whose time zone was set; none also where that is not known.
    pub fn parse_in(text: &str, zone: &Zone) -> Option<Self> {
        if !matches!(zone, Zone::Unsaid)
            && let Some(local) = microseconds(text.trim())
            && !has_zone(text)
        {
            let ahead = zone.ahead(i64::try_from(local.div_euclid(1_000_000)).ok()?)?;
            let moment = Moment::At(local - i128::from(ahead) * 1_000_000);
            return Some(Self { text: "".into(), moment }.in_utc());
        }
        let moment = match text.trim() {
            t if t.eq_ignore_ascii_case("infinity") => Moment::Never,
            t if t.eq_ignore_ascii_case("-infinity") => Moment::Past,
            t => Moment::At(microseconds(t)?),
        };
        let text = match moment {
            Moment::At(_) if !has_zone(text) => with_zone(text.trim()).into(),
            _ => text.into(),
        };
        Some(Self { text, moment })
    }

    /// Whether the text is a point in time that only a zone tells.
    pub fn needs_zone(text: &str) -> bool {
        microseconds(text.trim()).is_some() && !has_zone(text)
    }

    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The same moment, written as a server in UTC writes it.
    #[must_use]
    pub fn in_utc(&self) -> Self {
        let text = match self.moment {
            Moment::At(microseconds) => in_utc(microseconds).into(),
            Moment::Never => "infinity".into(),
            Moment::Past => "-infinity".into(),
        };
        Self { text, moment: self.moment }
    }

    /// Whether it means that there is no end.
    pub fn is_infinite(&self) -> bool {
        self.moment == Moment::Never
    }

    /// Whether it lies before `now`, in seconds since 1970.
    pub fn is_before(&self, now: i64) -> bool {
        self.moment < Moment::At(i128::from(now) * 1_000_000)
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.moment == other.moment
    }
}

impl Eq for Timestamp {}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The time of day, behind the date; and the era behind both.
fn parts(text: &str) -> (&str, &str, &str) {
    let end = text.len() - 3;
    let era = [" BC", " AD"].into_iter().find(|era| text.ends_with(era));
    let (text, era) = if era.is_some() { text.split_at(end) } else { (text, "") };
    let (date, time) = text.split_at(text.find([' ', 'T', 't']).unwrap_or(text.len()));
    (date, time, era)
}

fn has_zone(text: &str) -> bool {
    parts(text.trim()).1.contains(['+', '-', 'Z', 'z'])
}

fn with_zone(text: &str) -> String {
    let (date, time, era) = parts(text);
    let time = if time.trim().is_empty() { " 00:00:00" } else { time.trim_end() };
    format!("{date}{time}+00{era}")
}

/// `YYYY-MM-DD[( |T)HH:MM[:SS[.ffffff]]][Z|±HH[[:]MM[[:]SS]]][ BC]`
fn microseconds(text: &str) -> Option<i128> {
    let (text, bc) = match text.strip_suffix(" BC") {
        Some(text) => (text, true),
        None => (text.strip_suffix(" AD").unwrap_or(text), false),
    };
    let end = text.find([' ', 'T', 't']).unwrap_or(text.len());
    let (date, time) = (&text[..end], text.get(end + 1..).unwrap_or(""));
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some()
        || !(4..=6).contains(&year.len())
        || month.len() != 2
        || day.len() != 2
    {
        return None;
    }
    let (year, month, day) = (number(year)?, number(month)?, number(day)?);
    let year = if bc { 1 - year } else { year };
    if !(1..=12).contains(&month)
        || !(1..=31).contains(&day)
        || (!bc && year == 0)
        || year > 294_276
    {
        return None;
    }
    let next_month = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    let month_ends = days_since_1970(next_month.0, next_month.1, 1);
    if days_since_1970(year, month, day) >= month_ends {
        return None;
    }
    let zone_at = time.find(['+', '-', 'Z', 'z']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone_at);
    let clock = clock.trim_end();
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut seconds = 0;
    if !clock.is_empty() {
        let fields: Vec<i64> = clock.split(':').map(two_digits).collect::<Option<_>>()?;
        let (h, m, s) = match fields[..] {
            [h, m] => (h, m, 0),
            [h, m, s] => (h, m, s),
            _ => return None,
        };
        if h > 24 || m > 59 || s > 60 {
            return None;
        }
        seconds = h * 3600 + m * 60 + s;
    }
    let micros = match fraction.len() {
        0 => 0,
        digits @ 1..=6 => number(fraction)? * 10_i64.pow(6 - u32::try_from(digits).ok()?),
        _ => return None,
    };
    let offset = match zone {
        "" | "Z" | "z" => 0,
        zone => {
            let digits: String = zone[1..].chars().filter(|&c| c != ':').collect();
            let field = |at: usize| digits.get(at..at + 2).map_or(Some(0), two_digits);
            if !matches!(digits.len(), 2 | 4 | 6) {
                return None;
            }
            let offset = field(0)? * 3600 + field(2)? * 60 + field(4)?;
            if zone.starts_with('-') { -offset } else { offset }
        }
    };
    let days = days_since_1970(year, month, day);
    Some(i128::from(days * 86_400 + seconds - offset) * 1_000_000 + i128::from(micros))
}

fn number(text: &str) -> Option<i64> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn two_digits(text: &str) -> Option<i64> {
    number(text).filter(|_| text.len() == 2)
}

/// Days in the proleptic Gregorian calendar; a year begins in March, so that the leap day is last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// `YYYY-MM-DD HH:MM:SS[.ffffff]+00[ BC]`
fn in_utc(microseconds: i128) -> String {
    let (seconds, micros) =
        (microseconds.div_euclid(1_000_000), microseconds.rem_euclid(1_000_000));
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(days);
    let (year, era) = if year < 1 { (1 - year, " BC") } else { (year, "") };
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
    let fraction = fraction.trim_end_matches('0');
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{fraction}+00{era}")
}

/// A moment in seconds since 1970: `2026-11-28 08:00:00+00`.
pub fn moment(seconds: i64) -> String {
    in_utc(i128::from(seconds) * 1_000_000)
}

/// Year, month and day: the inverse of [`days_since_1970`].
fn date(days: i128) -> (i128, i128, i128) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let leap_days = day_of_era / 1_460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (year_of_era * 365 + year_of_era / 4 - year_of_era / 100);
    // From March.
    let months = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months + 2) / 5 + 1;
    let month = if months < 10 { months + 3 } else { months - 9 };
    (era * 400 + year_of_era + i128::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_utc_it_is_the_same_moment() {
        for (text, expected) in [
            ("2030-01-01 02:00:00+02", "2030-01-01 00:00:00+00"),
            ("2029-12-31 18:29:59.5-05:30", "2029-12-31 23:59:59.5+00"),
            ("2000-02-29T12:00Z", "2000-02-29 12:00:00+00"),
            ("1900-03-01 00:30:00.000001+01", "1900-02-28 23:30:00.000001+00"),
            ("1969-12-31", "1969-12-31 00:00:00+00"),
            ("0001-01-01 00:00:00+01", "0001-12-31 23:00:00+00 BC"),
            ("0005-02-29 00:00:00+00 BC", "0005-02-29 00:00:00+00 BC"),
            ("294276-12-31 23:59:59+00", "294276-12-31 23:59:59+00"),
            ("INFINITY", "infinity"),
            ("-infinity", "-infinity"),
        ] {
            let moment = Timestamp::parse(text).unwrap();
            assert_eq!(moment.in_utc().as_str(), expected);
            assert_eq!(Timestamp::parse(expected).unwrap(), moment, "{text}");
        }
        for day in (-1_000_000..3_000_000).step_by(97) {
            let (year, month, _) = date(day);
            let (y, m, d) = date(day + 1);
            let next = if d == 1 {
                (year + i128::from(month == 12), month % 12 + 1)
            } else {
                (year, month)
            };
            assert_eq!((y, m), next, "{day}");
            let shown = date(day);
            let [y, m, d] = [shown.0, shown.1, shown.2].map(|it| i64::try_from(it).unwrap());
            assert_eq!(i128::from(days_since_1970(y, m, d)), day);
        }
    }

    #[test]
    fn reads_what_iso_prints() {
        let seconds = |text: &str| match Timestamp::parse(text)?.moment {
            Moment::At(micros) => Some(micros / 1_000_000),
            _ => None,
        };
        assert_eq!(seconds("1970-01-01 00:00:00+00"), Some(0));
        assert_eq!(seconds("2029-12-31 22:00:00+00"), Some(1_893_448_800));
        assert_eq!(seconds("2030-01-01 03:30:00+05:30"), Some(1_893_448_800));
        assert_eq!(seconds("2030-01-01"), Some(1_893_456_000));
        assert_eq!(seconds("2000-02-29T12:00Z"), Some(951_825_600));
        assert_eq!(seconds("0044-03-15 12:00:00+00 BC"), Some(-63_517_780_800));
        assert_eq!(seconds("294276-12-31 23:59:59+00"), Some(9_224_318_015_999));
        assert!(Timestamp::parse("infinity").unwrap().is_infinite());
        assert!(Timestamp::parse("-infinity").unwrap().is_before(i64::MIN));
    }

    #[test]
    fn a_zone_that_is_missing_is_stated() {
        for (text, expected) in [
            ("2030-01-01", "2030-01-01 00:00:00+00"),
            (" 2030-01-01T12:30 ", "2030-01-01T12:30+00"),
            ("0044-03-15 12:00:00 BC", "0044-03-15 12:00:00+00 BC"),
            ("0044-03-15 BC", "0044-03-15 00:00:00+00 BC"),
            ("2030-01-01 00:00:00-07", "2030-01-01 00:00:00-07"),
            ("2030-01-01 00:00:00Z", "2030-01-01 00:00:00Z"),
            ("infinity", "infinity"),
        ] {
            let parsed = Timestamp::parse(text).unwrap();
            assert_eq!(parsed.as_str(), expected);
            assert_eq!(Timestamp::parse(expected).unwrap(), parsed);
        }
    }

    #[test]
    fn refuses_what_is_ambiguous_or_no_date() {
        for text in [
            "01/01/2030 03:30:00 IST",
            "01.01.2030",
            "Tue 01 Jan 03:30:00 2030 IST",
            "tomorrow",
            "",
            "2030-13-01",
            "2030-1-1",
            "2030-01-01 25:00:00",
            "2030-01-01 03:30:00 IST",
            "30-01-01",
            "2030-02-29",
            "2030-04-31",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_same_moment_is_equal_however_it_is_written() {
        let parse = |text| Timestamp::parse(text).unwrap();
        assert_eq!(parse("2030-01-01 00:00:00+00"), parse("2030-01-01 02:00:00+02"));
        assert_ne!(parse("2030-01-01 00:00:00+00"), parse("2030-01-01 00:00:00.000001+00"));
    }
}
