//! A place in the text of a function, and what stands there.

use super::mention::{Kind, Mention, Mentions, Operand, Path};
use super::scope::Frame;
use crate::sql::{Token, tokens};

/// A text, and where in it one is.
pub(super) struct Reader<'a> {
    /// All of them.
    pub(super) tokens: Vec<Token<'a>>,
    /// The next.
    pub(super) at: usize,
    /// The parentheses that are open, the innermost last.
    pub(super) frames: Vec<Frame>,
    /// Tables that the text creates itself.
    pub(super) created: Vec<String>,
    /// Whether variables are declared here.
    pub(super) is_declaring: bool,
    /// Whether it is PL/pgSQL.
    pub(super) is_plpgsql: bool,
    /// Texts that are executed, and whether each is a whole statement.
    pub(super) fragments: Vec<(String, bool)>,
    /// Whether texts are executed that stand elsewhere.
    pub(super) is_dynamic: bool,
    /// What was found.
    pub(super) out: Mentions,
}

impl<'a> Reader<'a> {
    /// At the beginning of a text.
    pub(super) fn new(text: &'a str, is_plpgsql: bool) -> Self {
        Self {
            tokens: tokens(text),
            at: 0,
            frames: vec![Frame::default()],
            created: Vec::new(),
            is_declaring: false,
            is_plpgsql,
            fragments: Vec::new(),
            is_dynamic: false,
            out: Mentions::default(),
        }
    }

    pub(super) fn operand_before(&self) -> Option<Operand> {
        let before = self.at.checked_sub(1)?;
        match &self.tokens[before] {
            Token::Parameter(number) => Some(Operand::Parameter(*number)),
            Token::Word(name) | Token::Quoted(name) => {
                let mut start = before;
                while start >= 2 && self.tokens[start - 1] == Token::Sign('.') {
                    start -= 2;
                }
                let name = name.clone().into_owned();
                if start >= 1 && self.tokens[start - 1] == Token::Cast {
                    return Some(Operand::Cast(self.path_at(start)?.0));
                }
                Some(Operand::Named(name))
            }
            _ => None,
        }
    }

    pub(super) fn operand_behind(&self) -> Option<Operand> {
        self.operand_at(self.at + 1).and_then(|(operand, _)| operand)
    }

    /// What the first two arguments of a call are, at its parenthesis, as far as each is a single operand.
    pub(super) fn arguments(&self) -> [Option<Operand>; 2] {
        let ends = |end: usize, signs: &[char]| matches!(self.tokens.get(end), Some(Token::Sign(sign)) if signs.contains(sign));
        let Some((first, end)) = self.operand_at(self.at + 1) else { return [None, None] };
        if ends(end, &[')']) {
            return [first, None];
        }
        if !ends(end, &[',']) {
            return [None, None];
        }
        let second = self.operand_at(end + 1).filter(|(_, end)| ends(*end, &[',', ')']));
        [first, second.and_then(|(second, _)| second)]
    }

    /// What stands at a place, where it is known or a literal, and where it ends.
    fn operand_at(&self, start: usize) -> Option<(Option<Operand>, usize)> {
        let (named, end) = match self.tokens.get(start)? {
            Token::Parameter(number) => (Some(Operand::Parameter(*number)), start + 1),
            Token::Literal(_) | Token::Number => (None, start + 1),
            Token::Word(_) | Token::Quoted(_) => {
                let mut end = start + 1;
                while self.tokens.get(end) == Some(&Token::Sign('.')) {
                    end += 2;
                }
                let name = match self.tokens.get(end - 1)? {
                    Token::Word(name) | Token::Quoted(name) => name.clone().into_owned(),
                    _ => return None,
                };
                if self.tokens.get(end) == Some(&Token::Sign('(')) {
                    return None;
                }
                (Some(Operand::Named(name)), end)
            }
            _ => return None,
        };
        if self.tokens.get(end) == Some(&Token::Cast) {
            let (path, end) = self.path_at(end + 1)?;
            return Some((Some(Operand::Cast(path)), end));
        }
        Some((named, end))
    }

    /// A type, where there is one.
    pub(super) fn type_here(&mut self) -> Option<Path> {
        if self.word_at(Some(self.at)) == "setof" {
            self.at += 1;
        }
        let path = self.path()?;
        if self.tokens.get(self.at) == Some(&Token::Operator("%")) {
            self.percent_type(path.clone());
        } else {
            self.mention(Kind::Type, path.clone());
        }
        Some(path)
    }

    /// `a.b%TYPE` and `a%ROWTYPE`, at their percent sign.
    pub(super) fn percent_type(&mut self, path: Path) {
        match self.word_at(Some(self.at + 1)) {
            "rowtype" => self.mention(Kind::Relation, path),
            // A table and a column; a schema is the first of three, and a variable stands alone.
            "type" if path.schema.is_some() => {
                let written = self.at >= 5
                    && self.tokens[self.at - 2] == Token::Sign('.')
                    && self.tokens[self.at - 4] == Token::Sign('.');
                if !written && let Some(table) = path.schema {
                    let is_variable = self.out.variables.contains_key(&table);
                    if !is_variable {
                        self.mention(Kind::Relation, Path { schema: None, name: table });
                    }
                }
            }
            _ => return,
        }
        self.at += 2;
    }

    /// What a literal of a type names.
    pub(super) fn literal_of(&mut self, path: &Path, value: &str) {
        if path.schema.as_deref().is_some_and(|schema| schema != "pg_catalog") {
            return;
        }
        let kind = match &*path.name {
            "regclass" => Kind::Relation,
            "regtype" => Kind::Type,
            "regproc" | "regprocedure" => Kind::Function,
            "regconfig" => Kind::Configuration,
            "regdictionary" => Kind::Dictionary,
            "regcollation" => Kind::Collation,
            _ => return,
        };
        let value = value.split('(').next().unwrap_or_default();
        self.named_by(kind, value);
    }

    /// The name that a literal is.
    pub(super) fn named_by(&mut self, kind: Kind, value: &str) {
        let tokens = tokens(value);
        let name = |token: &Token<'_>| match token {
            Token::Word(name) | Token::Quoted(name) => Some(name.clone().into_owned()),
            _ => None,
        };
        let path = match &*tokens {
            [one] => name(one).map(|name| Path { schema: None, name }),
            [one, Token::Sign('.'), other] => {
                name(other).map(|other| Path { schema: name(one), name: other })
            }
            _ => None,
        };
        if let Some(path) = path {
            self.mention(kind, path);
        }
    }

    pub(super) fn relation(&mut self, path: Path) {
        let is_ours = path.schema.is_none()
            && (self.created.contains(&path.name)
                || self.frames.iter().any(|frame| frame.expressions.contains(&path.name)));
        if !is_ours {
            self.mention(Kind::Relation, path);
            if let Some(last) = self.out.all.last_mut() {
                last.is_read = true;
            }
        }
    }

    /// `(a, b mood)`, at its parenthesis: names of columns, and perhaps their types.
    pub(super) fn columns(&mut self) {
        self.at += 1;
        loop {
            if self.path().is_none() {
                break;
            }
            self.type_here();
            // A modifier of the type, brackets.
            let mut depth = 0_usize;
            while let Some(token) = self.tokens.get(self.at) {
                match token {
                    Token::Sign('(') => depth += 1,
                    Token::Sign(')') if depth > 0 => depth -= 1,
                    Token::Sign(',' | ')' | ';') if depth == 0 => break,
                    _ => {}
                }
                self.at += 1;
            }
            if self.tokens.get(self.at) != Some(&Token::Sign(',')) {
                break;
            }
            self.at += 1;
        }
        if self.tokens.get(self.at) == Some(&Token::Sign(')')) {
            self.at += 1;
        }
    }

    /// From here on there is another `search_path`.
    pub(super) fn sets_path(&mut self) {
        self.out.sets_path.get_or_insert(self.out.all.len());
    }

    pub(super) fn mention(&mut self, kind: Kind, path: Path) {
        self.out.all.push(Mention {
            kind,
            path,
            is_certain: true,
            is_read: false,
            operands: [None, None],
        });
    }

    /// `name` or `schema.name`; of more parts the last two.
    pub(super) fn path(&mut self) -> Option<Path> {
        let (path, end) = self.path_at(self.at)?;
        self.at = end;
        Some(path)
    }

    pub(super) fn path_at(&self, start: usize) -> Option<(Path, usize)> {
        let mut at = start;
        let mut parts = Vec::new();
        loop {
            match self.tokens.get(at) {
                Some(Token::Word(name) | Token::Quoted(name)) => {
                    parts.push(name.clone().into_owned());
                }
                _ if parts.is_empty() => return None,
                _ => return Some((of_parts(parts)?, at)),
            }
            at += 1;
            if self.tokens.get(at) != Some(&Token::Sign('.')) {
                return Some((of_parts(parts)?, at));
            }
            at += 1;
        }
    }

    pub(super) fn word_at(&self, at: Option<usize>) -> &str {
        match at.and_then(|at| self.tokens.get(at)) {
            Some(Token::Word(word)) => word,
            _ => "",
        }
    }

    pub(super) fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// `IS [NOT] DISTINCT FROM`.
    pub(super) fn is_distinct_from(&self) -> bool {
        let before = |many: usize| self.word_at(self.at.checked_sub(many));
        before(1) == "distinct" && matches!(before(2), "is" | "not")
    }

    /// `FETCH` and `MOVE` from a cursor, which begin a statement.
    pub(super) fn is_fetch(&self) -> bool {
        let begins = |at: usize| match at.checked_sub(1).map(|before| &self.tokens[before]) {
            None | Some(Token::Sign(';')) => true,
            Some(Token::Word(word)) => matches!(&**word, "begin" | "then" | "else" | "loop"),
            _ => false,
        };
        let is_verb = |at: &usize| matches!(self.word_at(Some(*at)), "fetch" | "move");
        (self.at.saturating_sub(4)..self.at).any(|at| is_verb(&at) && begins(at))
    }
}

fn of_parts(mut parts: Vec<String>) -> Option<Path> {
    let name = parts.pop()?;
    Some(Path { schema: parts.pop(), name })
}

/// `SET [LOCAL | SESSION] search_path`.
pub(super) fn is_path_set(tokens: &[Token<'_>]) -> bool {
    let words = tokens.iter().skip(1).take(2);
    words
        .take_while(|token| matches!(token, Token::Word(_)))
        .any(|token| matches!(token, Token::Word(word) if &**word == "search_path"))
}
