//! What will be sent to a target, and what will not: the changes, judged by what the target's
//! answers allow and by what the user allows. One veto a file.

mod after;
mod approval;
mod attribute;
mod circle;
mod compared;
mod database_owner;
mod direction;
mod existing;
mod freeze;
mod ground;
mod hidden_password;
mod implicit;
mod kept_statements;
mod locks;
mod make;
mod migration;
mod missing_admin;
mod missing_database;
mod moot;
mod namesake;
mod needed;
mod newer_source;
mod no_stand_in;
mod options;
mod outcome;
mod outsiders;
mod own_grant;
mod owners;
mod removal;
mod reset;
mod restore;
mod restored;
mod rests;
mod stand_ins;
mod step;
mod still_frozen;
mod through;
mod unverifiable;
mod uses;
mod veto;
mod weaker_verifier;
mod wider;
mod within;

pub use compared::as_compared;
pub use direction::{ABOUT as DIRECTION, direction, is_whole, only_there};
pub use implicit::without_implicit;
pub use locks::of_script as locks_of_script;
pub use migration::{Migration, Provenance, rights};
pub use needed::{needed, needed_of_target};
pub use newer_source::{ABOUT as NEWER_SOURCE, check as newer_source};
pub use outsiders::ABOUT as OUTSIDER;
pub use restore::TakeBack;
pub use stand_ins::{COMMENT as STAND_IN, is_stand_in};
pub use step::Step;
pub use uses::Loss;

pub use after::{REFUSED, remaining, shut_out};
pub use approval::{Approval, fingerprint};
pub use make::{Desired, plan};
pub use options::{Existing, Options};
pub use outcome::{LeftOut, Plan, delta};

use crate::sanitize::About;

/// The wording of everything that plans say.
pub fn abouts() -> impl Iterator<Item = &'static About> {
    let more = [
        &circle::ABOUT,
        &locks::ABOUT,
        &existing::FAIL,
        &unverifiable::ABOUT,
        &hidden_password::ABOUT,
        &wider::ABOUT,
        &after::REFUSED,
        &after::REMAINING,
        &kept_statements::ABOUT,
        &newer_source::ABOUT,
        &direction::ABOUT,
        &owners::ABOUT,
        &owners::DROPPED,
        &no_stand_in::ABOUT,
        &restored::ABOUT,
        &uses::ABOUT,
        &uses::REGRANTED,
        &uses::UNREAD,
        &within::ABOUT,
        &namesake::ABOUT,
        &namesake::TAKEN,
        &through::ABOUT,
        &still_frozen::ABOUT,
        &outsiders::ABOUT,
    ];
    make::VETOES.iter().map(|veto| veto.about()).chain(more)
}

/// The rules that say what restoring the databases would lose.
pub fn of_restore() -> [&'static About; 10] {
    [
        &uses::ABOUT,
        &uses::REGRANTED,
        &uses::UNREAD,
        &owners::DROPPED,
        &no_stand_in::ABOUT,
        &restored::ABOUT,
        &within::ABOUT,
        &namesake::ABOUT,
        &namesake::TAKEN,
        &through::ABOUT,
    ]
}
