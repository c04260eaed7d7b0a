//! The ledger of what became of each statement that was read: nothing is lost silently.

use super::fact::Origin;

/// What became of a statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// All that it says is in the output, wherever it stands there.
    Kept,
    /// Part of it is.
    Rewritten,
    /// Nothing of it is.
    Dropped,
}

/// Counts, for each statement, the facts that it stated and those that were lost.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    line: u32,
    stated: u32,
    lost: u32,
    changed: bool,
}

impl Ledger {
    /// A new statement, read from `line`.
    pub fn open(&mut self, line: u32) -> Origin {
        self.entries.push(Entry { line, stated: 0, lost: 0, changed: false });
        Origin::statement(self.entries.len() - 1)
    }

    /// How many statements there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The statement stated one more fact.
    pub fn state(&mut self, origin: Origin) {
        if let Some(entry) = self.entry(origin) {
            entry.stated += 1;
        }
    }

    /// One of the facts of the statement will not be in the output.
    pub fn lose(&mut self, origin: Origin) {
        if let Some(entry) = self.entry(origin) {
            entry.lost += 1;
        }
    }

    /// All that the statement says is in the output, after all.
    pub(super) fn keep(&mut self, origin: Origin) {
        if let Some(entry) = self.entry(origin) {
            entry.lost = 0;
        }
    }

    /// One of the facts of the statement will be in the output in another form.
    pub fn change(&mut self, origin: Origin) {
        if let Some(entry) = self.entry(origin) {
            entry.changed = true;
        }
    }

    /// The same of the last statement.
    pub(super) fn change_last(&mut self) {
        if let Some(entry) = self.entries.last_mut() {
            entry.changed = true;
        }
    }

    /// The line of the statement; none for facts from a server.
    pub fn line(&self, origin: Origin) -> Option<u32> {
        self.entries.get(origin.index()?).map(|entry| entry.line)
    }

    /// What became of a statement; none for facts from a server.
    pub fn fate(&self, origin: Origin) -> Option<Fate> {
        self.entries.get(origin.index()?).map(Entry::fate)
    }

    /// What became of each statement, in their order, with its line.
    pub fn fates(&self) -> impl Iterator<Item = (u32, Fate)> {
        self.entries.iter().map(|entry| (entry.line, entry.fate()))
    }

    fn entry(&mut self, origin: Origin) -> Option<&mut Entry> {
        self.entries.get_mut(origin.index()?)
    }
}

impl Entry {
    fn fate(&self) -> Fate {
        debug_assert!(self.lost <= self.stated, "line {}: lost more than it stated", self.line);
        if self.lost == 0 && !self.changed {
            Fate::Kept
        } else if self.lost >= self.stated {
            Fate::Dropped
        } else {
            Fate::Rewritten
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_kept_rewritten_or_dropped() {
        let mut ledger = Ledger::default();
        let [a, b, c, d] = [1, 5, 9, 12].map(|line| ledger.open(line));
        for origin in [a, b, b, c] {
            ledger.state(origin);
        }
        ledger.lose(b);
        ledger.lose(c);
        ledger.state(Origin::LIVE);
        ledger.lose(Origin::LIVE);
        let fates: Vec<_> = ledger.fates().collect();
        assert_eq!(
            fates,
            [(1, Fate::Kept), (5, Fate::Rewritten), (9, Fate::Dropped), (12, Fate::Kept)]
        );
        assert_eq!(ledger.line(d), Some(12));
        assert_eq!(ledger.line(Origin::LIVE), None);
        ledger.change(a);
        assert_eq!(ledger.fates().next(), Some((1, Fate::Rewritten)));
    }
}
