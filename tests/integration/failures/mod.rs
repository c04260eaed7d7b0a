//! Law 5: all or nothing, whatever fails.

mod plan;

mod concurrency;
mod crash;
mod cuts;
mod interrupt;
mod locks;
mod statements;
mod waits;
