//! The graph in words, and for programs that draw.

use std::fmt::Write as _;

use super::model::{Arrow, Graph, Kind};
use crate::words::{plural, some};

/// How many roles of a box are named.
const NAMED: usize = 100;

/// Each role that has members, with these.
pub(super) fn text(graph: &Graph) -> String {
    let mut out = String::new();
    let mut roles: Vec<usize> = graph.arrows.iter().map(|arrow| arrow.to).collect();
    roles.sort_by_key(|at| graph.boxes[*at].roles.clone());
    roles.dedup();
    // Writing to a String cannot fail.
    for to in roles {
        let it = &graph.boxes[to];
        let _ = writeln!(out, "{} ({}{})", it.title(), it.words(), power(it.powerful));
        for arrow in graph.arrows.iter().filter(|arrow| arrow.to == to) {
            let member = &graph.boxes[arrow.from];
            let names = some(&member.roles, NAMED, member.roles.len());
            let count = match member.roles.len() {
                1 => String::new(),
                count => format!("{}: ", plural(count, "member")),
            };
            let mut words = vec![member.words()];
            words.extend(Some(arrow.options.words()).filter(|it| !it.is_empty()));
            if arrow.dropped {
                words.push("membership left out".to_owned());
            }
            let _ = writeln!(out, "  {count}{names} ({})", words.join("; "));
        }
    }
    if !graph.alone.is_empty() {
        let count = plural(graph.alone.len(), "role");
        let alone: Vec<_> = graph.alone.iter().flat_map(|it| &it.roles).collect();
        let names = some(&alone, NAMED, alone.len());
        let _ = writeln!(out, "without memberships, {count}: {names}");
    }
    out
}

fn power(powerful: bool) -> &'static str {
    if powerful { ", administrator" } else { "" }
}

/// For Graphviz.
pub(super) fn dot(graph: &Graph) -> String {
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let mut out = String::from("digraph memberships {\n  rankdir=LR;\n  node [shape=box];\n");
    // Writing to a String cannot fail.
    for (at, it) in graph.boxes.iter().enumerate() {
        let mut styles = vec![if it.kind == Kind::Login { "rounded" } else { "solid" }];
        if it.dropped {
            styles.push("dashed");
        }
        let color = if it.powerful { ", color=red" } else { "" };
        let _ = writeln!(
            out,
            "  n{at} [label=\"{}\\n{}\", style=\"{}\"{color}];",
            quoted(&it.title()),
            it.words(),
            styles.join(",")
        );
    }
    for Arrow { from, to, options, dropped, powerful } in &graph.arrows {
        let style = if *dropped { ", style=dashed" } else { "" };
        let color = if *powerful { ", color=red" } else { "" };
        let _ = writeln!(out, "  n{from} -> n{to} [label=\"{}\"{style}{color}];", options.words());
    }
    out.push_str("}\n");
    out
}

/// For Mermaid.
pub(super) fn mermaid(graph: &Graph) -> String {
    let mut out = String::from("flowchart LR\n");
    // Writing to a String cannot fail.
    for (at, it) in graph.boxes.iter().enumerate() {
        let (open, close) = if it.kind == Kind::Login { ("(", ")") } else { ("[", "]") };
        let text = format!("{} / {}", it.title(), it.words());
        let _ = writeln!(out, "  n{at}{open}\"{}\"{close}", entities(&text));
        for (is, style) in [(it.dropped, "stroke-dasharray: 5 3"), (it.powerful, "stroke:#b3261e")]
        {
            if is {
                let _ = writeln!(out, "  style n{at} {style}");
            }
        }
    }
    for arrow in &graph.arrows {
        let line = if arrow.dropped { "-.->" } else { "-->" };
        let words = arrow.options.words();
        let label = if words.is_empty() { String::new() } else { format!("|\"{words}\"|") };
        let _ = writeln!(out, "  n{} {line}{label} n{}", arrow.from, arrow.to);
    }
    let red = graph.arrows.iter().enumerate().filter(|(_, arrow)| arrow.powerful);
    let red: Vec<_> = red.map(|(at, _)| at.to_string()).collect();
    if !red.is_empty() {
        let _ = writeln!(out, "  linkStyle {} stroke:#b3261e", red.join(","));
    }
    out
}

/// What means something to Mermaid is written by its number.
fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | ',' | '/') {
            out.push(c);
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}
