//! Tests on the real binary and real servers.
