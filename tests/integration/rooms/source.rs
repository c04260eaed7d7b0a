//! What a file of Rust declares, imports and names: as much of the language as this takes.

use std::collections::{BTreeMap, BTreeSet};

/// A path as it is written: `super`, `name`, `Name`.
pub type Written = Vec<String>;

/// What a file says about modules. What only tests see is left out.
#[derive(Default)]
pub struct Source {
    /// Files that only tests see: `#[cfg(test)] mod tests;`.
    pub of_tests: BTreeSet<String>,
    /// What is imported: its name here, and where it is.
    pub imports: Vec<Import>,
    /// Paths outside of imports.
    pub paths: BTreeSet<Written>,
    /// Words that stand alone.
    pub words: BTreeSet<String>,
}

/// One name of a `use`.
pub struct Import {
    /// What it is called here; `_` for a trait without name, `*` for everything.
    pub name: String,
    /// Where it is.
    pub path: Written,
    /// Whether others are to find it here.
    pub is_public: bool,
}

impl Source {
    /// Reads a file.
    pub fn read(text: &str) -> Self {
        let tokens = tokens(text);
        let mut source = Self::default();
        let mut at = 0;
        while at < tokens.len() {
            at = source.take(&tokens, at);
        }
        source
    }

    /// By their names here, what is imported.
    pub fn names(&self) -> BTreeMap<&str, &Import> {
        self.imports.iter().map(|import| (import.name.as_str(), import)).collect()
    }

    /// Takes what begins at a token, and says where the next one is.
    fn take(&mut self, tokens: &[Token], at: usize) -> usize {
        let word = match &tokens[at] {
            Token::Sign('#') => {
                let end = behind_attribute(tokens, at);
                if !is_of_tests(&tokens[at..end]) {
                    return end;
                }
                return self.skip(tokens, end);
            }
            Token::Word(word) => word,
            _ => return at + 1,
        };
        let before = at.checked_sub(1).map(|before| &tokens[before]);
        match (word.as_str(), tokens.get(at + 1)) {
            ("use", Some(Token::Word(_) | Token::Sign('{'))) => {
                let is_public = matches!(before, Some(Token::Sign(')')))
                    || matches!(before, Some(Token::Word(word)) if word == "pub");
                self.tree(tokens, at + 1, &[], is_public)
            }
            // What a module is called is no use of it.
            ("mod", Some(Token::Word(_))) => at + 2,
            // Nor is how far it is seen: `pub(in crate::connect)`.
            ("in", _) if before == Some(&Token::Sign('(')) => {
                let length = tokens[at..].iter().position(|token| *token == Token::Sign(')'));
                at + length.unwrap_or(1)
            }
            (_, Some(Token::Colons)) if before != Some(&Token::Colons) => {
                let mut path = vec![word.clone()];
                let mut at = at + 1;
                while let (Some(Token::Colons), Some(Token::Word(next))) =
                    (tokens.get(at), tokens.get(at + 1))
                {
                    path.push(next.clone());
                    at += 2;
                }
                self.paths.insert(path);
                at
            }
            _ => {
                self.words.insert(word.clone());
                at + 1
            }
        }
    }

    /// Takes a tree of imports, up to the sign that ends it.
    fn tree(&mut self, tokens: &[Token], at: usize, above: &[String], is_public: bool) -> usize {
        let mut path = above.to_vec();
        let mut at = at;
        loop {
            match &tokens[at] {
                Token::Word(word) if word == "as" => {
                    let Token::Word(name) = &tokens[at + 1] else { panic!("`as` without a name") };
                    self.import(name, path, is_public);
                    return at + 2;
                }
                Token::Word(word) => path.push(word.clone()),
                Token::Colons => {}
                Token::Sign('*') => {
                    self.import("*", path, is_public);
                    return at + 1;
                }
                Token::Sign('{') => {
                    at += 1;
                    while tokens[at] != Token::Sign('}') {
                        at = self.tree(tokens, at, &path, is_public);
                        if tokens[at] == Token::Sign(',') {
                            at += 1;
                        }
                    }
                    return at + 1;
                }
                Token::Sign(_) => {
                    // `{self}` is what stands before it.
                    if path.last().is_some_and(|word| word == "self") && path.len() > 1 {
                        path.pop();
                    }
                    if let Some(name) = path.last().cloned() {
                        self.import(&name, path, is_public);
                    }
                    return at;
                }
            }
            at += 1;
        }
    }

    fn import(&mut self, name: &str, path: Written, is_public: bool) {
        self.imports.push(Import { name: name.to_owned(), path, is_public });
    }

    /// Passes over an item that only tests see.
    fn skip(&mut self, tokens: &[Token], at: usize) -> usize {
        let mut at = at;
        while tokens[at] == Token::Sign('#') {
            at = behind_attribute(tokens, at);
        }
        let end = tokens[at..].iter().position(|token| matches!(token, Token::Sign(';' | '{')));
        let end = at + end.unwrap_or_default();
        let head = &tokens[at..end];
        if let [.., Token::Word(word), Token::Word(name)] = head
            && word == "mod"
            && tokens[end] == Token::Sign(';')
        {
            self.of_tests.insert(name.clone());
        }
        let is_import =
            head.iter().any(|token| matches!(token, Token::Word(word) if word == "use"));
        let mut depth = 0;
        loop {
            match tokens[at] {
                Token::Sign('(' | '[' | '{') => depth += 1,
                Token::Sign(')' | ']') => depth -= 1,
                Token::Sign('}') => {
                    depth -= 1;
                    if depth == 0 && !is_import {
                        return at + 1;
                    }
                }
                Token::Sign(';') if depth == 0 => return at + 1,
                _ => {}
            }
            at += 1;
        }
    }
}

/// Where the attribute ends that begins here.
fn behind_attribute(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0;
    for (number, token) in tokens.iter().enumerate().skip(at) {
        match token {
            Token::Sign('[') => depth += 1,
            Token::Sign(']') => {
                depth -= 1;
                if depth == 0 {
                    return number + 1;
                }
            }
            _ => {}
        }
    }
    tokens.len()
}

/// `#[cfg(test)]`, `#[cfg(all(test, …))]`.
fn is_of_tests(attribute: &[Token]) -> bool {
    let has = |wanted: &str| {
        attribute.iter().any(|token| matches!(token, Token::Word(word) if word == wanted))
    };
    has("cfg") && has("test") && !has("not")
}

#[derive(PartialEq, Eq, Debug)]
enum Token {
    /// A name, a keyword or a number.
    Word(String),
    /// `::`
    Colons,
    /// Anything else, apart from literals, lifetimes and comments.
    Sign(char),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix("//") {
            rest = behind.find('\n').map_or("", |end| &behind[end..]);
        } else if rest.starts_with("/*") {
            rest = rest.split_once("*/").map_or("", |(_, behind)| behind);
        } else if let Some(behind) = rest.strip_prefix("::") {
            tokens.push(Token::Colons);
            rest = behind;
        } else if c == '"' {
            rest = behind_text(rest);
        } else if let Some(behind) = rest.strip_prefix('\'') {
            rest = behind_quote(behind);
        } else if c.is_alphanumeric() || c == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            let hashes = behind.len() - behind.trim_start_matches('#').len();
            if matches!(word, "r" | "br" | "cr") && behind[hashes..].starts_with('"') {
                let end = format!("\"{}", "#".repeat(hashes));
                let inside = &behind[hashes + 1..];
                rest = inside.split_once(&*end).map_or("", |(_, behind)| behind);
            } else {
                // The `b` of a text is a word like any other.
                tokens.push(Token::Word(word.to_owned()));
                rest = behind;
            }
        } else {
            if !c.is_whitespace() {
                tokens.push(Token::Sign(c));
            }
            rest = &rest[c.len_utf8()..];
        }
    }
    tokens
}

/// What comes behind a text in double quotes.
fn behind_text(text: &str) -> &str {
    let mut characters = text.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => _ = characters.next(),
            '"' => return &text[at + 1..],
            _ => {}
        }
    }
    ""
}

/// What comes behind a character or the sign of a lifetime, whose quote has been taken.
fn behind_quote(text: &str) -> &str {
    let mut characters = text.chars();
    match characters.next() {
        Some('\\') => {
            characters.next();
            characters.as_str().split_once('\'').map_or("", |(_, behind)| behind)
        }
        Some(_) => characters.as_str().strip_prefix('\'').unwrap_or(text),
        None => "",
    }
}
