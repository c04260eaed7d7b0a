//! Ctrl-C, and the signals that ask a program to end.

use std::io::Write as _;

use super::exit::Exit;
use crate::interrupt::{self, Stage};

/// From now on an interrupt leaves nothing behind, and says what it means for the target.
pub(super) fn watch() {
    // Where nobody can listen, the system ends the program as it always did.
    let _ = ctrlc::set_handler(|| {
        let stage = interrupt::clean();
        let red = anstyle::AnsiColor::Red.on_default().bold();
        // The question's line has no end yet.
        let _ = writeln!(anstream::stderr(), "\n{red}error{red:#}: {}", said(stage));
        #[allow(clippy::disallowed_methods, reason = "nobody else can: what is to go has gone")]
        std::process::exit(Exit::Trouble as i32);
    });
}

fn said(stage: Stage) -> &'static str {
    match stage {
        Stage::Before => "interrupted: nothing was done",
        Stage::Sending => {
            "interrupted: the target is as before, since the transaction ends with the connection"
        }
        Stage::Committing => {
            "interrupted while the target committed: whether it was done is unknown; run copy again, \
             which settles it"
        }
        Stage::Done => "interrupted: everything was done, but not verified; run copy again",
    }
}
