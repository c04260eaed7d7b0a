//! What is known at a place of a text: of each parenthesis that is open, and of the statement.

/// The statement that the words of a place belong to, as far as they mean something else then.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Verb {
    /// Another one.
    #[default]
    Other,
    /// `DELETE`, whose `USING` has items as `FROM` has.
    Delete,
    /// `MERGE`, the same.
    Merge,
}

/// A parenthesis, or the statement around them all.
#[derive(Clone, Default, Debug)]
pub(super) struct Frame {
    /// Whether a comma separates items of `FROM`.
    pub(super) is_from: bool,
    /// Whether a relation is next.
    pub(super) expects: bool,
    /// Whether that is one that is written to, behind which columns may stand in parentheses.
    pub(super) is_target: bool,
    /// Whether it is an item of `FROM` itself, which may be given a name.
    pub(super) is_item: bool,
    /// Whether it is that of `CAST`.
    pub(super) is_cast: bool,
    /// Whether its `FROM` is none of a query.
    pub(super) has_from_inside: bool,
    /// Whether what `WITH` names here can name itself.
    pub(super) is_recursive: bool,
    /// What the query in it is called by `WITH`.
    pub(super) expression: Option<String>,
    /// What `WITH` has named so far.
    pub(super) expressions: Vec<String>,
    /// The statement.
    pub(super) verb: Verb,
}
