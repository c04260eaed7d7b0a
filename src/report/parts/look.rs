//! Colours.

use anstyle::{AnsiColor, Style};

use crate::finding::Severity;

/// How a severity looks.
pub(in crate::report) fn severity_style(severity: Severity, colours: bool) -> Style {
    let colour = match severity {
        _ if !colours => return Style::new(),
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info => AnsiColor::Cyan,
    };
    colour.on_default().bold()
}

/// How a name looks.
pub(in crate::report) const fn bold(colours: bool) -> Style {
    if colours { Style::new().bold() } else { Style::new() }
}
