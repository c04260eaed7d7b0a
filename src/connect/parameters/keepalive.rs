//! How a connection is kept, and how it is found out that nobody is there any more.

use std::time::Duration;

use super::error::ParameterError;
use super::value::Values;

/// TCP keepalives, as libpq sets them.
#[derive(Clone, Copy, Debug)]
pub(in crate::connect) struct Keepalive {
    pub(in crate::connect) on: bool,
    pub(in crate::connect) idle: Option<Duration>,
    pub(in crate::connect) interval: Option<Duration>,
    pub(in crate::connect) count: Option<u32>,
    pub(in crate::connect) user_timeout: Option<Duration>,
}

impl Keepalive {
    pub(super) fn of(values: &Values) -> Result<Self, ParameterError> {
        let number = |key| {
            let number = values.integer(key)?.and_then(|number| u32::try_from(number).ok());
            Ok(number.filter(|number| *number > 0))
        };
        let seconds = |key| Ok(number(key)?.map(|seconds| Duration::from_secs(seconds.into())));
        Ok(Self {
            on: values.integer("keepalives")? != Some(0),
            idle: seconds("keepalives_idle")?,
            interval: seconds("keepalives_interval")?,
            count: number("keepalives_count")?,
            user_timeout: number("tcp_user_timeout")?.map(|ms| Duration::from_millis(ms.into())),
        })
    }
}
