//! What the session does: who grants, and in which time zone dates are read.

use super::collector::Collector;
use super::kept::Kept;
use super::refusal::{Result, refuse};
use crate::globals::zone::Zone;
use crate::name::Name;
use crate::sql::{Session, SettingValue};

impl Collector {
    pub(super) fn session(&mut self, session: &Session<'_>) -> Result<Kept> {
        match session {
            Session::Authorization(role) => {
                self.grantor = role.as_deref().map(Name::new);
            }
            Session::Set { name, .. } if name.eq_ignore_ascii_case("role") => {
                return refuse("SET ROLE: what follows would be done by another role");
            }
            // The server warns, and does nothing.
            Session::Set { local: true, .. } if !self.open => {}
            Session::Set { local, name, value: SettingValue::Values(values) }
                if name.eq_ignore_ascii_case("timezone") =>
            {
                let zone = values.first().map(|text| Zone::of(text)).unwrap_or_default();
                let before = std::mem::replace(&mut self.zone, zone);
                if *local {
                    self.outer_zone.get_or_insert(before);
                } else {
                    self.outer_zone = None;
                }
            }
            Session::Reset(name)
                if name.as_deref().is_none_or(|name| name.eq_ignore_ascii_case("timezone")) =>
            {
                self.zone = Zone::default();
                self.outer_zone = None;
            }
            Session::Begin => self.open = true,
            Session::Commit => {
                self.open = false;
                self.zone = self.outer_zone.take().unwrap_or(self.zone.clone());
            }
            _ => {}
        }
        Ok(Kept::Session)
    }
}
