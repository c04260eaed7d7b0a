//! The graph as a picture.

use std::fmt::Write as _;

use maud::{Markup, PreEscaped, html};
use unicode_width::UnicodeWidthStr as _;

use super::layout::{Layout, Point, layout};
use super::model::{Arrow, Box, Graph, Kind};
use crate::words::{plural, some};

const STYLE: &str = include_str!("style.css");

/// The longest name that is shown whole, in columns.
const LONGEST: usize = 32;

/// How wide a column is, in the two sizes of letters.
const COLUMN: f64 = 7.4;
const SMALL_COLUMN: f64 = 6.2;

/// The height of a box, which holds two lines.
const HEIGHT: f64 = 38.0;

/// The height of what stands on an arrow.
const LABEL: f64 = 14.0;

/// How many roles of a box are named where somebody points at it.
const NAMED: usize = 100;

/// A file of its own.
pub(super) fn file(graph: &Graph) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", element(graph))
}

/// A part of a page.
pub(super) fn element(graph: &Graph) -> String {
    let sizes: Vec<Point> = graph.boxes.iter().map(size).collect();
    let words: Vec<String> = graph.arrows.iter().map(|arrow| arrow.options.words()).collect();
    let labels: Vec<Point> = words.iter().map(|text| label(text)).collect();
    let Layout { size, boxes, arrows } = layout(graph, &sizes, &labels);
    let legend: Vec<Kind> = Kind::ALL
        .into_iter()
        .filter(|kind| graph.boxes.iter().any(|it| it.kind == *kind))
        .collect();
    let bottom = size.1 + LABEL;
    let notes = notes(graph, &legend);
    let lowest = bottom + LABEL * number(notes.len()) + 6.0;
    let widest = notes.iter().map(|it| columns(it) * SMALL_COLUMN + 32.0).fold(size.0, f64::max);
    let markup = html! {
        svg xmlns="http://www.w3.org/2000/svg" class="graph" width=(widest.ceil()) height=(lowest.ceil())
            viewBox={ "0 0 " (widest.ceil()) " " (lowest.ceil()) } role="img" aria-label="memberships of roles" {
            style { (PreEscaped(STYLE)) }
            defs { (head("tip", "tip")) (head("tip-p", "tip powerful")) }
            @for (arrow, (points, _)) in graph.arrows.iter().zip(&arrows) { (self::arrow(arrow, points)) }
            @for ((arrow, text), (_, middle)) in graph.arrows.iter().zip(&words).zip(&arrows) {
                @if !text.is_empty() {
                    @let (width, height) = label(text);
                    rect class="under" x=(round(middle.0 - width / 2.0)) y=(round(middle.1 - height / 2.0))
                        width=(round(width)) height=(round(height)) {}
                    text class={ "on" (marks(arrow.dropped, arrow.powerful)) } x=(round(middle.0)) y=(round(middle.1 + 4.0)) {
                        (text)
                    }
                }
            }
            @for ((it, (x, y)), size) in graph.boxes.iter().zip(&boxes).zip(&sizes) { (self::draw(it, (*x, *y), *size)) }
            @for (at, note) in notes.iter().enumerate() {
                text class="note" x="16" y=(round(bottom + LABEL * number(at))) { (note) }
            }
        }
    };
    markup.into_string()
}

/// The tip of an arrow.
fn head(id: &str, class: &str) -> Markup {
    html! {
        marker id=(id) class=(class) viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto" {
            path d="M0 0 L8 4 L0 8 z" {}
        }
    }
}

fn arrow(arrow: &Arrow, points: &[Point]) -> Markup {
    let mut path = String::new();
    let mut before: Option<Point> = None;
    for (x, y) in points.iter().map(|(x, y)| (round(*x), round(*y))) {
        // Writing to a String cannot fail.
        let _ = match before {
            None => write!(path, "M{x} {y}"),
            // It leaves and arrives level, and climbs between the columns.
            Some((from_x, from_y)) => {
                let middle = round(f64::midpoint(from_x, x));
                write!(path, " C{middle} {from_y} {middle} {y} {x} {y}")
            }
        };
        before = Some((x, y));
    }
    let tip = if arrow.powerful { "url(#tip-p)" } else { "url(#tip)" };
    html! {
        path class={ "arrow" (marks(arrow.dropped, arrow.powerful)) } d=(path) marker-end=(tip) {}
    }
}

fn draw(it: &Box, (x, y): Point, (width, height): Point) -> Markup {
    let round_corner = if it.kind == Kind::Login { "10" } else { "2" };
    let (left, top) = (x - width / 2.0, y - height / 2.0);
    html! {
        g class={ "box " (it.kind.as_str()) (marks(it.dropped, it.powerful)) } {
            title { (some(&it.roles, NAMED, it.roles.len())) ": " (it.words()) }
            @if it.roles.len() > 1 {
                rect x=(round(left + 3.0)) y=(round(top + 3.0)) width=(round(width - 3.0)) height=(round(height - 3.0)) rx=(round_corner) {}
            }
            rect x=(round(left)) y=(round(top)) width=(round(width - stack(it))) height=(round(height - stack(it))) rx=(round_corner) {}
            text class="name" x=(round(x)) y=(round(y - 2.0)) { (shown(&it.title())) }
            text class="kind" x=(round(x)) y=(round(y + 11.0)) { (it.words()) }
        }
    }
}

/// The room for a second box behind the first, which stands for more of them.
fn stack(it: &Box) -> f64 {
    if it.roles.len() > 1 { 3.0 } else { 0.0 }
}

fn marks(dropped: bool, powerful: bool) -> &'static str {
    match (dropped, powerful) {
        (false, false) => "",
        (true, false) => " dropped",
        (false, true) => " powerful",
        (true, true) => " dropped powerful",
    }
}

/// What the picture means.
fn notes(graph: &Graph, legend: &[Kind]) -> Vec<String> {
    let kinds: Vec<_> = legend.iter().map(|kind| kind.as_str()).collect();
    let mut notes = vec![format!(
        "arrows lead from members to what they are members of; boxes: {}",
        kinds.join(", ")
    )];
    let is = |of: fn(&Box) -> bool, arrow: fn(&Arrow) -> bool| {
        graph.boxes.iter().any(of) || graph.arrows.iter().any(arrow)
    };
    if is(|it| it.powerful, |it| it.powerful) {
        notes.push(
            "red: superusers, the platform's role for administrators, and all ways to these"
                .to_owned(),
        );
    }
    if is(|it| it.dropped, |it| it.dropped) {
        notes.push("dashed: not carried over".to_owned());
    }
    if !graph.alone.is_empty() {
        let roles = plural(graph.alone.len(), "role");
        notes.push(format!("not shown: {roles} without memberships"));
    }
    notes
}

fn size(it: &Box) -> Point {
    let name = columns(&shown(&it.title())) * COLUMN;
    let kind = columns(&it.words()) * SMALL_COLUMN;
    (name.max(kind) + 20.0, HEIGHT + stack(it))
}

fn label(text: &str) -> Point {
    if text.is_empty() { (0.0, 0.0) } else { (columns(text) * SMALL_COLUMN + 6.0, LABEL) }
}

/// A name as far as there is room for it; whole where somebody points at it.
fn shown(name: &str) -> String {
    if name.width() <= LONGEST {
        return name.to_owned();
    }
    let mut out = String::new();
    for c in name.chars() {
        if out.width() + 2 > LONGEST {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

fn columns(text: &str) -> f64 {
    number(text.width())
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Tenths are enough.
fn round(length: f64) -> f64 {
    (length * 10.0).round() / 10.0
}
