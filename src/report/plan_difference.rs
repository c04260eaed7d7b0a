//! The plan that was approved, and the one of today: what is different.

use std::io;

use similar::{ChangeTag, TextDiff};

use super::copy::PlannedStatements;
use super::parts::escaped::on_one_line;
use crate::words::{one_line, plural};

/// How many lines are shown. Where more is different, another plan altogether was approved.
const MOST: usize = 200;

/// Writes what is different between the approved plan, which stands in a file, and that of today.
///
/// # Errors
/// When it cannot be written.
pub fn write(
    (file, approved): (&str, &PlannedStatements),
    today: &PlannedStatements,
    to: &mut dyn io::Write,
) -> io::Result<()> {
    writeln!(to, "--- {}, approved", one_line(file))?;
    writeln!(to, "+++ the plan as it is now")?;
    let place = |plan: &PlannedStatements| {
        vec![
            format!("server: {}", on_one_line(&plan.server)),
            format!("as {}", on_one_line(&plan.user)),
        ]
    };
    let shown = |lines: &[String]| lines.iter().map(|it| on_one_line(it).into_owned()).collect();
    let parts: [(&str, Vec<String>, Vec<String>); 3] = [
        ("", place(approved), place(today)),
        ("", shown(&approved.statements), shown(&today.statements)),
        (
            "what is there before is different: the statements that would give it back\n",
            shown(&approved.undo),
            shown(&today.undo),
        ),
    ];
    let (mut count, mut different) = (0, false);
    for (at, (title, old, new)) in parts.iter().enumerate() {
        // What gives back follows from what is done.
        if old == new || (at == 2 && different) {
            continue;
        }
        different = true;
        write!(to, "{title}")?;
        let (old, new): (Vec<&str>, Vec<&str>) =
            (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
        for change in TextDiff::from_slices(&old, &new).iter_all_changes() {
            let sign = match change.tag() {
                ChangeTag::Equal => continue,
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            count += 1;
            if count <= MOST {
                writeln!(to, "{sign} {}", change.value())?;
            }
        }
    }
    if count > MOST {
        writeln!(to, "… and {} more", plural(count - MOST, "line"))?;
    }
    if !different {
        writeln!(
            to,
            "the statements are the same: a password is another one, or the report is of another version of \
             pg_globals"
        )?;
    }
    Ok(())
}
