//! A page as one HTML file: no network, and nothing that needs a script to be read.

use std::io;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use super::embedded::PLAN;
use super::part::{Block, Cell, Page, Section, ToDo, Tone};
use super::run::Run;
use crate::report::parts::escaped::on_one_line;
use crate::words::{plural, visible};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("filter.js");

/// From how many objects on they are folded away.
const MANY: usize = 20;

/// Writes it as one HTML file.
///
/// # Errors
/// When it cannot be written.
pub(in crate::report) fn write(page: &Page<'_>, to: &mut dyn io::Write) -> io::Result<()> {
    // Whatever slips in: nothing is fetched, and no other script runs.
    let digest = BASE64_STANDARD.encode(Sha256::digest(SCRIPT));
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; \
         form-action 'none'"
    );
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content=(Run::program());
                title { (page.title) ": " (visible(&page.verdict)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (page.title) }
                p class={ "verdict " (tone(page.tone)) } { (visible(&page.verdict)) }
                dl {
                    @for (word, text) in page.head() {
                        dt { (word) }
                        dd { (visible(&text)) }
                    }
                }
                @if page.sections.len() > 2 {
                    nav {
                        ul {
                            @for (at, section) in page.sections.iter().enumerate() {
                                li { a href={ "#s" (at) } { (section.title) } }
                            }
                        }
                    }
                }
                @for (at, section) in page.sections.iter().enumerate() { (self::section(at, section)) }
                @if let Some(plan) = &page.plan {
                    // In JSON this is the same text; in HTML it could end the element.
                    (PreEscaped(PLAN[0])) (PreEscaped(plan.replace('<', "\\u003c"))) (PreEscaped(PLAN[1]))
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    to.write_all(document.into_string().as_bytes())?;
    to.write_all(b"\n")
}

const fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Fair => "fair",
        Tone::Bad => "bad",
    }
}

fn section(at: usize, section: &Section) -> Markup {
    html! {
        section id={ "s" (at) } {
            h2 { (section.title) }
            @for block in &section.blocks { (self::block(block)) }
        }
    }
}

fn block(block: &Block) -> Markup {
    match block {
        Block::Heading(text, None) => html! { h3 { (visible(text)) } },
        Block::Heading(text, Some(it)) => html! { h3 class=(tone(*it)) { (visible(text)) } },
        Block::Text(text) => html! { p { (visible(text)) } },
        Block::List(lines) => html! {
            ul { @for line in lines { li { (visible(line)) } } }
        },
        Block::ToDo(all) => html! {
            ul class="todo" {
                @for ToDo { about, what, objects } in all {
                    li {
                        label { input type="checkbox"; " " b { (about) } ": " (visible(what)) }
                        (self::objects(objects))
                    }
                }
            }
        },
        Block::Table(columns, rows) => html! {
            div class="table" {
                table {
                    thead { tr { @for column in columns { th scope="col" { (column) } } } }
                    tbody {
                        @for row in rows {
                            tr { @for (cell, column) in row.iter().zip(columns) { (self::cell(cell, column)) } }
                        }
                    }
                }
            }
        },
        // What is drawn has escaped its names.
        Block::Picture(svg, _) => html! { figure { (PreEscaped(svg)) } },
        Block::Statements(title, statements) => html! {
            details {
                summary { (title) }
                pre { @for it in statements { (on_one_line(it)) ";\n" } }
            }
        },
    }
}

/// On narrow screens the title of its column stands with it.
fn cell(cell: &Cell, column: &str) -> Markup {
    html! {
        td data-column=(column) {
            @for (at, line) in cell.0.iter().filter(|line| !line.is_empty()).enumerate() {
                @if at > 0 { br; }
                (visible(line))
            }
        }
    }
}

/// What something is about, by name.
fn objects(objects: &[String]) -> Markup {
    let list = html! { ul class="objects" { @for it in objects { li { (visible(it)) } } } };
    match objects.len() {
        0 => html! {},
        count if count > MANY => html! { details { summary { (plural(count, "object")) } (list) } },
        _ => list,
    }
}
