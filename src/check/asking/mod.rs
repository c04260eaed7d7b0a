//! What is asked of the servers, and what they answer.

pub(super) mod answer;
pub(super) mod catalog;
pub(super) mod gather;
pub(super) mod link;
pub(super) mod question;
pub(super) mod replication;
pub(super) mod settings;
pub(super) mod sql;
pub(super) mod unreached;
