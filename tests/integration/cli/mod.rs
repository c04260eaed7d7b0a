//! What users type, and what they get: every output is pinned whole. No server is needed here.

mod anything;
mod bad_input;
mod bounds;
mod cases;
mod conversion;
mod disk;
mod encodings;
mod explain;
mod help;
mod mistakes;
mod options;
mod output;
mod passwords;
mod platforms;
mod report;
mod schema;
mod shell;
