//! What the benchmarks need: dumps of any size, and what a program takes to go through them.

pub mod generate;
pub mod measure;
