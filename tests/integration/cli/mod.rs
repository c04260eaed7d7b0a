//! What users type, and what they get: every output is pinned whole. No server is needed here.

mod bad_input;
mod conversion;
mod encodings;
mod mistakes;
mod options;
mod run;
