//! Who is a member of what: as a picture, for other programs that draw, and in words.

mod json;
mod layout;
mod model;
mod svg;
mod text;

pub use json::{GraphMembership, GraphReport, GraphRole};
pub use model::{Carried, Graph, Kind as RoleKind};

use super::page::{Block, Section};

/// What a graph is written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GraphForm {
    /// Lines for people.
    Text,
    /// A picture.
    Svg,
    /// For Graphviz.
    Dot,
    /// For Mermaid, which is drawn where Markdown is shown.
    Mermaid,
}

impl Graph {
    /// The graph in this form.
    pub fn render(&self, form: GraphForm) -> String {
        match form {
            GraphForm::Text => text::text(self),
            GraphForm::Svg => svg::file(self),
            GraphForm::Dot => text::dot(self),
            GraphForm::Mermaid => text::mermaid(self),
        }
    }

    /// The picture as a part of a page; none where there is nothing to draw.
    pub(super) fn section(&self) -> Option<Section> {
        let picture = || Block::Picture(svg::element(self), text::mermaid(self));
        (!self.is_empty()).then(|| Section::new("Who is a member of what").with(picture()))
    }
}
