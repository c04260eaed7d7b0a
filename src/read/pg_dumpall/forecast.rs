//! How long `pg_dumpall` will take.
//!
//! It asks one thing after the other: two questions for each role, before 15 one more for each
//! setting (counted in the logs of servers for the clients 9.5 to 19).

use std::fmt;
use std::time::Duration;

use super::program::Program;
use crate::globals::Globals;
use crate::version::Major;

/// What a question costs the server itself, measured on one that has nothing else to do.
const PER_QUESTION: Duration = Duration::from_micros(300);

/// To resolve, to connect, to encrypt and to log in with SCRAM.
const LOGIN: u32 = 8;

/// From when on nobody waits for a second reader who has not asked for it.
const LONG: Duration = Duration::from_secs(5);

/// What a program may take that was forecast to take no time.
const LEAST: Duration = Duration::from_mins(2);

/// A forecast.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Forecast {
    duration: Duration,
    round_trip: Duration,
    roles: usize,
}

impl Forecast {
    /// What it takes to dump these globals, where an empty question takes as long as `round_trip`.
    pub fn of(program: &Program, server: Major, globals: &Globals, round_trip: Duration) -> Self {
        let client = program.major();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let roles = globals.roles.len();
        let settings = if client < Major::new(15) {
            globals
                .settings
                .keys()
                .filter(|key| key.role.is_some() && key.database.is_none())
                .count()
        } else {
            0
        };
        let fixed = match client {
            old if old < Major::new(11) => 5,
            new if new >= Major::new(19) => 5,
            _ => 4,
        } + u32::from(server >= Major::new(15));
        let questions = count(roles)
            .saturating_mul(2)
            .saturating_add(count(settings))
            .saturating_add(count(globals.tablespaces.len()))
            .saturating_add(fixed + LOGIN);
        let each = round_trip.saturating_add(PER_QUESTION);
        Self { roles, round_trip, duration: each.saturating_mul(questions) }
    }

    /// How long it will take.
    pub const fn duration(&self) -> Duration {
        self.duration
    }

    /// Whether it takes so long that it is only run where it is asked for.
    pub fn is_long(&self) -> bool {
        self.duration >= LONG
    }

    /// A time limit that it does not reach while anything works.
    pub fn limit(&self) -> Duration {
        self.duration.saturating_mul(4).saturating_add(LEAST)
    }
}

impl fmt::Display for Forecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.duration.as_secs();
        let milliseconds = self.round_trip.as_secs_f64() * 1000.0;
        f.write_str("pg_dumpall will take about ")?;
        match seconds {
            0..2 => f.write_str("a second")?,
            2..120 => write!(f, "{seconds} seconds")?,
            _ => write!(f, "{} minutes", (seconds + 30) / 60)?,
        }
        write!(f, " for {} roles, with {milliseconds:.1} ms to the server and back", self.roles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::globals::{Fact, Origin, Role, SettingKey, SettingName, Value};
    use crate::name::Name;

    #[test]
    fn follows_the_roles_and_the_settings() {
        let mut globals = Globals::default();
        for number in 0..1_001 {
            let name = Name::new(format!("r{number}"));
            globals.roles.insert(name.clone(), Role::default());
            let key =
                SettingKey { database: None, role: Some(name), name: SettingName::new("x.y") };
            globals.settings.insert(key, Fact::new(Value::Text("".into()), Origin::LIVE));
        }
        let of = |program: &str, server, milliseconds| {
            let round_trip = Duration::from_millis(milliseconds);
            Forecast::of(&Program::of(program), Major::new(server), &globals, round_trip)
        };
        // 2,007 questions were counted, and 1,001 more by 14.
        let each = Duration::from_micros(20_300);
        assert_eq!(of("18.6", 18, 20).duration(), each * (2_007 + LOGIN));
        assert_eq!(of("14.3", 14, 20).duration(), each * (2_006 + 1_001 + LOGIN));
        assert_eq!(of("10.3", 10, 20).duration(), each * (2_007 + 1_001 + LOGIN));
        assert_eq!(
            of("18.6", 18, 20).to_string(),
            "pg_dumpall will take about 40 seconds for 1001 roles, with 20.0 ms to the server and back"
        );
        assert_eq!(
            of("18.6", 18, 120).to_string(),
            "pg_dumpall will take about 4 minutes for 1001 roles, with 120.0 ms to the server and back"
        );
        // 2,015 questions of 2.3 and of 2.5 ms.
        let is_long = |tenths| {
            let round_trip = Duration::from_micros(100) * tenths;
            Forecast::of(&Program::of("18.6"), Major::new(18), &globals, round_trip).is_long()
        };
        assert_eq!([is_long(20), is_long(22)], [false, true]);
    }
}
