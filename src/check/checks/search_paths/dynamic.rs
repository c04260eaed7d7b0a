//! Statements that PL/pgSQL makes as it runs, as far as their texts stand in the function.

use super::mention::{Kind, Mention};
use super::reader::Reader;
use crate::sql::Token;

/// What a piece of a statement may be that is a name and nothing else.
pub(super) fn piece(text: &str) -> Vec<Mention> {
    let mut reader = Reader::new(text, false);
    for kind in [Kind::Relation, Kind::Function, Kind::Type] {
        reader.named_by(kind, text);
    }
    reader.out.all
}

impl Reader<'_> {
    /// `EXECUTE` of text: a literal alone is a statement, pieces of one may be anything.
    pub(super) fn execute(&mut self) {
        self.at += 1;
        let rest = &self.tokens[self.at..];
        let end = rest.iter().position(|token| match token {
            Token::Sign(';') => true,
            Token::Word(word) => matches!(&**word, "into" | "using" | "loop"),
            _ => false,
        });
        let rest = &rest[..end.unwrap_or(rest.len())];
        let is_whole = rest.len() == 1;
        // A variable may hold any text that stands elsewhere.
        self.is_dynamic |= rest
            .iter()
            .any(|token| matches!(token, Token::Word(_) | Token::Quoted(_) | Token::Parameter(_)));
        let literals = rest.iter().filter_map(|token| match token {
            Token::Literal(value) => Some(value.clone().into_owned()),
            _ => None,
        });
        let literals = literals.map(|literal| (literal, is_whole)).collect::<Vec<_>>();
        self.fragments.extend(literals);
    }

    /// Where a variable is executed, texts elsewhere are pieces of what may be executed; those of RAISE are not.
    pub(super) fn take_all_texts(&mut self) {
        if !self.is_dynamic {
            return;
        }
        let statements = self.tokens.split(|token| *token == Token::Sign(';'));
        for statement in statements {
            let is_told = |token: &Token<'_>| matches!(token, Token::Word(word) if matches!(&**word, "raise" | "execute"));
            let end = statement.iter().position(is_told).unwrap_or(statement.len());
            for token in &statement[..end] {
                // A name alone is that of anything.
                if let Token::Literal(value) = token
                    && value.contains(' ')
                {
                    self.fragments.push((value.clone().into_owned(), false));
                }
            }
        }
    }
}
