//! `copy`: what it prints, and what it does in special cases.

mod text;
