//! What a function's text names.

use std::collections::BTreeMap;

/// A kind of what has a name in a schema.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Kind {
    /// Table, view, sequence.
    Relation,
    /// Function, aggregate, procedure.
    Function,
    /// Type or domain. A relation is one of its rows, too.
    Type,
    /// Operator.
    Operator,
    /// Configuration of text search.
    Configuration,
    /// Dictionary of text search.
    Dictionary,
    /// Collation.
    Collation,
}

/// A name, as it is written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Path {
    /// Its schema, where one is written.
    pub(super) schema: Option<String>,
    /// What it is called there.
    pub(super) name: String,
}

/// What stands beside an operator or is given to a function, as far as it tells a type.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Operand {
    /// A column, a parameter or a variable.
    Named(String),
    /// `$1`.
    Parameter(usize),
    /// A cast to this type.
    Cast(Path),
}

/// A name in a text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Mention {
    /// What it must be.
    pub(super) kind: Kind,
    /// What is written.
    pub(super) path: Path,
    /// Whether it is looked up whenever the function runs, as far as a text tells.
    pub(super) is_certain: bool,
    /// Whether rows are read from it, or written to it.
    pub(super) is_read: bool,
    /// What is left and right of an operator; of a function its first two arguments.
    pub(super) operands: [Option<Operand>; 2],
}

/// What a text names.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Mentions {
    /// The names, in their order.
    pub(super) all: Vec<Mention>,
    /// The types of variables.
    pub(super) variables: BTreeMap<String, Path>,
    /// Before which of the names it sets a `search_path` itself.
    pub(super) sets_path: Option<usize>,
    /// Whether it goes on where a statement fails.
    pub(super) catches: bool,
}
