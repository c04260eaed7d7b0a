//! A report for people who keep it, or sign it: what is on it, whatever it is written as.

mod embedded;
mod findings;
mod found;
mod html;
mod markdown;
mod part;
mod roles;
mod run;

pub use embedded::plan as plan_in_page;
pub(super) use findings::{reasons, to_do};
pub use found::Found;
pub(super) use html::write as html;
pub(super) use markdown::write as markdown;
pub(super) use part::{Block, Page, Section, ToDo, Tone, row};
pub use roles::{RoleState, State};
pub use run::Run;
