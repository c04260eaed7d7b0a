//! What is on a page, whatever it is written as.

use super::run::Run;

/// What is on a page. All of it is text as it was read: what writes it escapes it.
#[derive(Debug)]
pub(in crate::report) struct Page<'a> {
    /// What the command is about.
    pub(in crate::report) title: &'static str,
    /// The answer, in one line.
    pub(in crate::report) verdict: String,
    /// Whether that is good.
    pub(in crate::report) tone: Tone,
    /// When and how the command was run.
    pub(in crate::report) run: &'a Run,
    /// What it was about: a word, and what is to be known.
    pub(in crate::report) facts: Vec<(String, String)>,
    /// All else.
    pub(in crate::report) sections: Vec<Section>,
    /// What programs read of it, as JSON.
    pub(in crate::report) plan: Option<String>,
}

/// Whether something is as it should be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::report) enum Tone {
    /// It is.
    Good,
    /// Somebody should look.
    Fair,
    /// It is not.
    Bad,
}

/// A part of a page.
#[derive(Debug, Default)]
pub(in crate::report) struct Section {
    /// Its heading.
    pub(in crate::report) title: String,
    /// What is in it.
    pub(in crate::report) blocks: Vec<Block>,
}

/// What stands below a heading.
#[derive(Debug)]
pub(in crate::report) enum Block {
    /// A heading of its own, and whether that is good.
    Heading(String, Option<Tone>),
    /// A paragraph.
    Text(String),
    /// Lines.
    List(Vec<String>),
    /// What is to be done, each with what it is about.
    ToDo(Vec<ToDo>),
    /// Cells below the titles of their columns.
    Table(Vec<&'static str>, Vec<Vec<Cell>>),
    /// A picture as SVG, and what it shows in words for Mermaid.
    Picture(String, String),
    /// Statements, and what they are: shown where somebody asks for them.
    Statements(String, Vec<String>),
}

/// What stands in a table: its lines.
#[derive(Debug, Default)]
pub(in crate::report) struct Cell(pub(super) Vec<String>);

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self(vec![text])
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self(vec![text.to_owned()])
    }
}

impl From<Vec<String>> for Cell {
    fn from(lines: Vec<String>) -> Self {
        Self(lines)
    }
}

/// A row of a table.
pub(in crate::report) fn row<const N: usize>(cells: [Cell; N]) -> Vec<Cell> {
    cells.into()
}

/// Something to be done by hand.
#[derive(Debug)]
pub(in crate::report) struct ToDo {
    /// The rule or the check.
    pub(in crate::report) about: &'static str,
    /// What to do.
    pub(in crate::report) what: String,
    /// With what.
    pub(in crate::report) objects: Vec<String>,
}

impl Section {
    pub(in crate::report) fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), blocks: Vec::new() }
    }

    /// With this, too.
    #[must_use]
    pub(in crate::report) fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// One table.
    pub(in crate::report) fn table(
        title: impl Into<String>,
        columns: &[&'static str],
        rows: Vec<Vec<Cell>>,
    ) -> Option<Self> {
        let table = Block::Table(columns.to_vec(), rows);
        let is_empty = matches!(&table, Block::Table(_, rows) if rows.is_empty());
        (!is_empty).then(|| Self::new(title).with(table))
    }
}

impl Page<'_> {
    /// What stands above everything else, in this order.
    pub(super) fn head(&self) -> Vec<(&str, String)> {
        let run = self.run;
        let own = [
            ("date", run.date()),
            ("program", Run::program()),
            ("command", run.command_line.clone()),
        ];
        let own = own.into_iter().filter(|(_, text)| !text.is_empty());
        own.chain(self.facts.iter().map(|(word, text)| (word.as_str(), text.clone()))).collect()
    }
}
