//! `diff`: what it shows of dumps and servers.

mod dumps;
mod servers;
