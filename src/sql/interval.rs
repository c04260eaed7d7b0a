//! The interval of `SET TIME ZONE INTERVAL '…'`.

/// Which of its fields count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Range {
    /// All that are written.
    All,
    /// `HOUR`.
    Hour,
    /// `HOUR TO MINUTE`.
    HourToMinute,
    /// `MINUTE`.
    Minute,
}

/// How many seconds it has. None for what is no time of hours, minutes and seconds: the server takes
/// none that has days or months either.
pub(super) fn seconds(text: &str, range: Range) -> Option<i32> {
    let text = text.trim();
    (!text.is_empty()).then_some(())?;
    let seconds = if text.contains(':') {
        let (sign, digits) = signed(text);
        let fields: Vec<i32> = digits.split(':').map(field).collect::<Option<_>>()?;
        let (hours, minutes, seconds) = match fields[..] {
            [hours, minutes] => (hours, minutes, 0),
            [hours, minutes, seconds] => (hours, minutes, seconds),
            _ => return None,
        };
        (minutes < 60 && seconds < 60).then_some(())?;
        sign * (hours * 3600 + minutes * 60 + seconds)
    } else if let Some(bare) = whole(text) {
        // A number alone is of the last field.
        bare.checked_mul(match range {
            Range::All => 1,
            Range::Hour => 3600,
            Range::HourToMinute | Range::Minute => 60,
        })?
    } else {
        let mut words = text.split_ascii_whitespace();
        let mut all = 0_i32;
        while let Some(number) = words.next() {
            let unit = match words.next()?.to_ascii_lowercase().as_str() {
                "h" | "hr" | "hrs" | "hour" | "hours" => 3600,
                "m" | "min" | "mins" | "minute" | "minutes" => 60,
                "s" | "sec" | "secs" | "second" | "seconds" => 1,
                _ => return None,
            };
            all = all.checked_add(whole(number)?.checked_mul(unit)?)?;
        }
        all
    };
    Some(match range {
        Range::All => seconds,
        Range::Hour => seconds / 3600 * 3600,
        Range::HourToMinute | Range::Minute => seconds / 60 * 60,
    })
}

/// The setting's value that a server keeps.
pub(super) fn stored(seconds: i32) -> String {
    let (sign, all) = (if seconds < 0 { "-" } else { "" }, seconds.unsigned_abs());
    format!("INTERVAL '{sign}{:02}:{:02}:{:02}'", all / 3600, all / 60 % 60, all % 60)
}

fn signed(text: &str) -> (i32, &str) {
    match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn whole(text: &str) -> Option<i32> {
    let (sign, digits) = signed(text);
    Some(sign * field(digits)?)
}

/// At most six digits: no zone has more, and nothing here can become too large.
fn field(digits: &str) -> Option<i32> {
    let all = (1..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    all.then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_stored_as_servers_store_them() {
        for (text, range, expected) in [
            ("+02:00", Range::HourToMinute, Some("02:00:00")),
            ("-5:30", Range::All, Some("-05:30:00")),
            ("2", Range::Hour, Some("02:00:00")),
            ("2", Range::Minute, Some("00:02:00")),
            ("90", Range::HourToMinute, Some("01:30:00")),
            ("7200", Range::All, Some("02:00:00")),
            ("-2 hours 30 minutes", Range::All, Some("-01:30:00")),
            ("02:00:30", Range::HourToMinute, Some("02:00:00")),
            ("02:40", Range::Hour, Some("02:00:00")),
            ("1 2:00", Range::All, None),
            ("1 day", Range::All, None),
            ("02:60", Range::All, None),
            ("", Range::All, None),
            ("x", Range::All, None),
            ("9999999", Range::All, None),
        ] {
            let made = seconds(text, range).map(stored);
            let expected = expected.map(|time| format!("INTERVAL '{time}'"));
            assert_eq!(made, expected, "{text}");
        }
    }
}
