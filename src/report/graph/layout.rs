//! Where boxes and arrows go.

use dugong::graphlib::{Graph as Layered, GraphOptions};
use dugong::{EdgeLabel, GraphLabel, LabelPos, NodeLabel, RankDir};

use super::model::Graph;

/// A point on the picture, in its units, from the upper left.
pub(super) type Point = (f64, f64);

/// Where everything is.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The size of the picture.
    pub(super) size: Point,
    /// The middle of each box.
    pub(super) boxes: Vec<Point>,
    /// The corners of each arrow, and the middle of what is written on it.
    pub(super) arrows: Vec<(Vec<Point>, Point)>,
}

/// Space between the picture and its border.
const MARGIN: f64 = 16.0;

/// Lays out boxes of these sizes, and arrows with labels of these.
pub(super) fn layout(graph: &Graph, boxes: &[Point], labels: &[Point]) -> Layout {
    let options = GraphOptions { directed: true, multigraph: false, compound: false };
    let mut layered: Layered<NodeLabel, EdgeLabel, GraphLabel> = Layered::new(options);
    layered.set_graph(GraphLabel {
        rankdir: RankDir::LR,
        nodesep: 14.0,
        edgesep: 10.0,
        ranksep: 36.0,
        marginx: MARGIN,
        marginy: MARGIN,
        ..GraphLabel::default()
    });
    let id = |at: usize| format!("n{at}");
    for (at, (width, height)) in boxes.iter().enumerate() {
        let label = NodeLabel { width: *width, height: *height, ..NodeLabel::default() };
        layered.set_node(id(at), label);
    }
    for (arrow, (width, height)) in graph.arrows.iter().zip(labels) {
        let label = EdgeLabel {
            width: *width,
            height: *height,
            labelpos: LabelPos::C,
            weight: 1.0,
            ..EdgeLabel::default()
        };
        layered.set_edge_with_label(id(arrow.from), id(arrow.to), label);
    }
    if dugong::layout(&mut layered).is_err() {
        return in_a_column(graph, boxes);
    }
    let mut layout = Layout::default();
    for (at, (width, height)) in boxes.iter().enumerate() {
        let label = layered.node(&id(at));
        let point = |of: fn(&NodeLabel) -> Option<f64>| label.and_then(of).unwrap_or_default();
        let middle = (point(|it| it.x), point(|it| it.y));
        layout.size.0 = layout.size.0.max(middle.0 + width / 2.0 + MARGIN);
        layout.size.1 = layout.size.1.max(middle.1 + height / 2.0 + MARGIN);
        layout.boxes.push(middle);
    }
    for (arrow, size) in graph.arrows.iter().zip(labels) {
        let label = layered.edge(&id(arrow.from), &id(arrow.to), None);
        // From the right of one box to the left of the other, by where there is room between others.
        let within = label.map_or(&[][..], |it| match it.points.as_slice() {
            [_, within @ .., _] => within,
            _ => &[],
        });
        let side = |at: usize, sign: f64| {
            let ((x, y), (width, _)) = (layout.boxes[at], boxes[at]);
            (x + sign * width / 2.0, y)
        };
        let mut points = vec![side(arrow.from, 1.0)];
        points.extend(within.iter().map(|it| (it.x, it.y)));
        points.push(side(arrow.to, -1.0));
        let middle = label.and_then(|it| Some((it.x?, it.y?))).unwrap_or_default();
        for (x, y) in &points {
            layout.size.0 = layout.size.0.max(x + MARGIN);
            layout.size.1 = layout.size.1.max(y + MARGIN);
        }
        layout.size.0 = layout.size.0.max(middle.0 + size.0 / 2.0 + MARGIN);
        layout.arrows.push((points, middle));
    }
    layout
}

/// Without any art: a box below the other.
fn in_a_column(graph: &Graph, boxes: &[Point]) -> Layout {
    let mut layout = Layout::default();
    let mut y = MARGIN;
    for (width, height) in boxes {
        layout.boxes.push((MARGIN + width / 2.0, y + height / 2.0));
        layout.size.0 = layout.size.0.max(width + 2.0 * MARGIN);
        y += height + MARGIN;
    }
    layout.size.1 = y;
    for arrow in &graph.arrows {
        let (from, to) = (layout.boxes[arrow.from], layout.boxes[arrow.to]);
        let middle = (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1));
        layout.arrows.push((vec![from, to], middle));
    }
    layout
}
