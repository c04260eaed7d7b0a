//! Law 5: all or nothing, whatever fails.

mod plan;

mod concurrency;
mod crash;
mod cuts;
mod hostile;
mod interrupt;
mod locks;
mod others;
mod statements;
mod waits;
