//! What an HTML parser makes of a page.

use std::collections::BTreeSet;

use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// What is in a page.
#[derive(Default)]
pub struct Html {
    /// The elements that there are.
    pub elements: BTreeSet<String>,
    /// All text that is seen, elements apart.
    pub text: Vec<String>,
    /// The texts of headings, in their order.
    pub titles: Vec<String>,
    /// The content of scripts.
    pub scripts: Vec<String>,
    /// All attributes: element, name, value.
    attributes: Vec<(String, String, String)>,
}

impl Html {
    /// Parses it: nothing in it may be wrong.
    #[track_caller]
    pub fn read(text: &str) -> Self {
        let dom: RcDom = parse_document(RcDom::default(), ParseOpts::default()).one(text);
        let errors = dom.errors.borrow();
        assert!(errors.is_empty(), "{errors:?}");
        let mut html = Self::default();
        html.add(&dom.document);
        html
    }

    fn add(&mut self, node: &Handle) {
        match &node.data {
            NodeData::Element { name, attrs, .. } => {
                let element = name.local.to_string();
                for it in attrs.borrow().iter() {
                    let (name, value) = (it.name.local.to_string(), it.value.to_string());
                    self.attributes.push((element.clone(), name, value));
                }
                if element == "script" || element == "style" {
                    let text: Vec<_> = node.children.borrow().iter().map(text).collect();
                    if element == "script" {
                        self.scripts.push(text.concat());
                    }
                    self.elements.insert(element);
                    return;
                }
                if element == "h2" {
                    self.titles.extend(node.children.borrow().iter().map(text));
                }
                self.elements.insert(element);
            }
            NodeData::Text { contents } => self.text.push(contents.borrow().to_string()),
            NodeData::Comment { .. } | NodeData::ProcessingInstruction { .. } => {
                panic!("nothing of the kind is written")
            }
            NodeData::Document | NodeData::Doctype { .. } => {}
        }
        for child in node.children.borrow().iter() {
            self.add(child);
        }
    }

    /// It is whole by itself, nothing in it is done or fetched that is not ours, and nothing is hidden.
    #[track_caller]
    pub fn is_safe(&self) {
        for (element, name, value) in &self.attributes {
            assert!(!name.starts_with("on"), "{element} {name}={value}");
            let leads_elsewhere =
                ["href", "src", "action", "data", "srcset", "xlink:href", "style"];
            if leads_elsewhere.contains(&name.as_str()) {
                assert!(value.starts_with('#'), "{element} {name}={value}");
            }
        }
        let known = [
            "a",
            "b",
            "body",
            "br",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
            "g",
            "h1",
            "h2",
            "h3",
            "head",
            "html",
            "input",
            "label",
            "li",
            "meta",
            "nav",
            "p",
            "pre",
            "script",
            "section",
            "style",
            "summary",
            "table",
            "tbody",
            "td",
            "th",
            "thead",
            "title",
            "tr",
            "ul",
            "figure",
            "figcaption",
            "svg",
            "rect",
            "path",
            "text",
            "tspan",
            "defs",
            "marker",
            "desc",
        ];
        let unknown: Vec<_> =
            self.elements.iter().filter(|it| !known.contains(&it.as_str())).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        let is_hidden =
            |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{200b}\u{2066}".contains(c);
        let hidden: Vec<_> = self.text.iter().filter(|text| text.contains(is_hidden)).collect();
        assert!(hidden.is_empty(), "{hidden:?}");
        let run: Vec<_> = self.scripts.iter().filter(|it| !it.starts_with('{')).collect();
        assert_eq!(run.len(), 1, "{run:?}");
    }

    /// Whether this is seen as it stands here.
    pub fn shows(&self, text: &str) -> bool {
        self.text.iter().any(|it| it.contains(text))
    }
}

fn text(node: &Handle) -> String {
    match &node.data {
        NodeData::Text { contents } => contents.borrow().to_string(),
        _ => String::new(),
    }
}
