//! Law 5: all or nothing, whatever fails.

mod plan;

mod answers;
mod concurrency;
mod crash;
mod cuts;
mod hostile;
mod interrupt;
mod locks;
mod logged;
mod others;
mod passwords;
mod statements;
mod waits;
