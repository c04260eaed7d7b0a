//! The names in the text of a function: where the grammar of SQL, or of PL/pgSQL, takes one for a relation, a
//! type, a function and so on (`src/backend/parser/gram.y`, `src/pl/plpgsql/src/pl_gram.y`).

use super::dynamic::piece;
use super::mention::{Kind, Mentions, Path};
use super::reader::{Reader, is_path_set};
use super::scope::{Frame, Verb};
use crate::sql::{Category, Token, category};

/// Functions whose `FROM` is none of a query.
const FROM_INSIDE: [&str; 5] = ["extract", "overlay", "position", "substring", "trim"];

/// Functions that take the name of a relation as `regclass` or look it up.
const OF_RELATIONS: [&str; 9] = [
    "currval",
    "nextval",
    "pg_get_serial_sequence",
    "pg_indexes_size",
    "pg_relation_size",
    "pg_sequence_last_value",
    "pg_table_size",
    "pg_total_relation_size",
    "setval",
];

/// Functions whose first argument of several is a configuration of text search.
const OF_CONFIGURATIONS: [&str; 8] = [
    "json_to_tsvector",
    "jsonb_to_tsvector",
    "phraseto_tsquery",
    "plainto_tsquery",
    "to_tsquery",
    "to_tsvector",
    "ts_headline",
    "websearch_to_tsquery",
];

/// Functions whose first argument of several is a dictionary of text search.
const OF_DICTIONARIES: [&str; 2] = ["ts_lexize", "unaccent"];

/// Words that do not name an item of FROM, although the grammar would let them.
const NO_ALIAS: [&str; 6] = ["default", "loop", "overriding", "select", "set", "values"];

/// What a parenthesis behind AS begins with that has no columns.
const STARTS: [&str; 10] = [
    "select",
    "with",
    "values",
    "partition",
    "order",
    "rows",
    "range",
    "groups",
    "insert",
    "delete",
];

/// The names in a text.
pub(super) fn read(text: &str, is_plpgsql: bool) -> Mentions {
    let mut reader = Reader::new(text, is_plpgsql);
    reader.run();
    reader.take_all_texts();
    let mut out = reader.out;
    for (fragment, is_whole) in reader.fragments {
        let mut inner = read(&fragment, false);
        if !is_whole {
            inner.all.extend(piece(&fragment));
        }
        if inner.sets_path.is_some() {
            // When that is executed, a text does not tell.
            out.sets_path = Some(0);
        }
        for mut mention in inner.all {
            mention.is_certain &= is_whole;
            out.all.push(mention);
        }
    }
    out
}

impl Reader<'_> {
    fn run(&mut self) {
        while let Some(token) = self.tokens.get(self.at) {
            match token.clone() {
                Token::Sign('(') => self.open(Frame::default()),
                Token::Sign(')') => self.close(),
                Token::Sign(',') => {
                    let frame = self.frame();
                    frame.expects = frame.is_from;
                    self.at += 1;
                }
                Token::Sign(';') => {
                    self.frames = vec![Frame::default()];
                    self.at += 1;
                    self.declaration();
                }
                Token::Cast => self.cast(),
                Token::Operator(name) => self.operator(name),
                Token::Word(word) => self.word(&word),
                Token::Quoted(_) => self.name(),
                _ => self.at += 1,
            }
        }
    }

    fn word(&mut self, word: &str) {
        let before = self.word_at(self.at.checked_sub(1));
        let behind = self.word_at(Some(self.at + 1)).to_owned();
        let is_member = self.at > 0 && self.tokens[self.at - 1] == Token::Sign('.');
        if is_member {
            self.at += 1;
            return;
        }
        match word {
            "from"
                if before == "rows" && self.tokens.get(self.at + 1) == Some(&Token::Sign('(')) =>
            {
                self.at += 1;
                self.frame().expects = false;
                self.open(Frame { is_item: true, ..Frame::default() });
            }
            "from" => {
                let is_query =
                    !self.is_inside_of_call() && !self.is_distinct_from() && !self.is_fetch();
                let frame = self.frame();
                (frame.is_from, frame.expects) = (is_query && frame.verb != Verb::Delete, is_query);
                frame.is_target = frame.verb == Verb::Delete;
                self.at += 1;
            }
            "join" => {
                let frame = self.frame();
                (frame.is_from, frame.expects, frame.is_target) = (true, true, false);
                self.at += 1;
            }
            "into" if matches!(before, "insert" | "merge") => self.target(),
            "truncate" => self.target(),
            "table" if matches!(before, "truncate" | "lock") => self.target(),
            // The command, which is a query.
            "table" if self.is_query_here() => {
                let frame = self.frame();
                (frame.is_from, frame.expects, frame.is_target) = (false, true, false);
                self.at += 1;
            }
            "update"
                if !matches!(before, "for" | "on" | "do" | "key" | "or" | "before" | "after")
                    && !matches!(&*behind, "" | "set" | "of" | "or" | "on")
                    || word == "update"
                        && matches!(self.tokens.get(self.at + 1), Some(Token::Quoted(_))) =>
            {
                self.target();
            }
            "using" if matches!(self.frame().verb, Verb::Delete | Verb::Merge) => {
                let frame = self.frame();
                (frame.is_from, frame.expects, frame.is_target) = (true, true, false);
                self.at += 1;
            }
            "lateral" | "only" if self.frame().expects => self.at += 1,
            "delete" | "merge" => {
                self.frame().verb = if word == "merge" { Verb::Merge } else { Verb::Delete };
                self.at += 1;
            }
            "cast" if self.tokens.get(self.at + 1) == Some(&Token::Sign('(')) => {
                self.at += 1;
                self.open(Frame { is_cast: true, ..Frame::default() });
            }
            "as" if self.frame().is_cast => {
                self.at += 1;
                self.type_here();
            }
            "as" if self.tokens.get(self.at + 1) == Some(&Token::Sign('('))
                && !STARTS.contains(&self.word_at(Some(self.at + 2))) =>
            {
                self.at += 1;
                self.columns();
            }
            "with" if self.table_expression(self.at + 1) => {}
            "collate" => {
                self.at += 1;
                if let Some(path) = self.path() {
                    self.mention(Kind::Collation, path);
                }
            }
            "set" if is_path_set(&self.tokens[self.at..]) => {
                self.sets_path();
                self.at += 1;
            }
            "exception" if self.is_plpgsql && behind == "when" => {
                self.out.catches = true;
                self.at += 1;
            }
            "create" => self.create(),
            "declare" if self.is_plpgsql => {
                self.at += 1;
                self.is_declaring = true;
                self.declaration();
            }
            "execute" if self.is_plpgsql => self.execute(),
            "like" => self.implied("~~"),
            "ilike" => self.implied("~~*"),
            "in" => self.implied("="),
            "between" => self.implied(">="),
            "where" | "group" | "order" | "having" | "limit" | "offset" | "union" | "intersect"
            | "except" | "window" | "returning" | "for" | "set" | "loop" | "then" | "else"
            | "begin" | "select" | "values" | "into" | "when" => {
                let verb = self.frame().verb;
                let frame = self.frame();
                (frame.is_from, frame.expects, frame.is_target) = (false, false, false);
                frame.verb = match word {
                    "select" | "then" | "else" | "begin" | "loop" | "values"
                        if verb != Verb::Merge =>
                    {
                        Verb::Other
                    }
                    _ => verb,
                };
                // FILTER and EXISTS have parentheses of their own; these words are followed by expressions.
                self.at += 1;
            }
            "on" => {
                self.frame().expects = false;
                self.at += 1;
            }
            _ => self.name(),
        }
    }

    /// A name: of an item of FROM where one is expected, else one in an expression.
    fn name(&mut self) {
        let start = self.at;
        let is_bare = matches!(self.tokens[start], Token::Word(_));
        let first = self.word_at(Some(start)).to_owned();
        let (expects, is_target) = (self.frame().expects, self.frame().is_target);
        if expects && first == "rows" && self.word_at(Some(start + 1)) == "from" {
            self.at += 1;
            return;
        }
        // No name of what is in a schema.
        if is_bare && category(&first) == Some(Category::Reserved) {
            self.at += 1;
            return;
        }
        let Some(path) = self.path() else {
            self.at += 1;
            return;
        };
        let is_call = self.tokens.get(self.at) == Some(&Token::Sign('('));
        if expects && (is_target || !is_call) {
            self.frame().expects = false;
            self.relation(path);
            self.alias();
            return;
        }
        let word = category(&path.name).filter(|_| is_bare && path.schema.is_none());
        let is_keyword = word.is_some();
        if is_call {
            self.frame().expects = false;
            let is_syntax = matches!(word, Some(Category::ColumnName | Category::Reserved));
            self.call(&path, is_syntax, expects);
            return;
        }
        match self.tokens.get(self.at) {
            Some(Token::Literal(value)) if !is_keyword => {
                let value = value.clone().into_owned();
                self.literal_of(&path, &value);
                self.mention(Kind::Type, path);
            }
            Some(Token::Operator("%")) => self.percent_type(path),
            _ => {}
        }
    }

    /// A call, at its parenthesis.
    fn call(&mut self, path: &Path, is_syntax: bool, is_item: bool) {
        let name = &*path.name;
        let mut frame = Frame { is_item, ..Frame::default() };
        let is_bare = path.schema.is_none();
        if is_bare && name == "operator" {
            self.qualified_operator();
            return;
        }
        frame.has_from_inside = is_bare && FROM_INSIDE.contains(&name);
        frame.is_cast = is_bare && name == "treat";
        if !is_syntax {
            self.mention(Kind::Function, path.clone());
            let operands = self.arguments();
            if let Some(last) = self.out.all.last_mut() {
                last.operands = operands;
            }
        }
        let argument = match (self.tokens.get(self.at + 1), self.tokens.get(self.at + 2)) {
            (Some(Token::Literal(value)), behind) => {
                Some((value.clone().into_owned(), behind.cloned()))
            }
            _ => None,
        };
        if let Some((value, behind)) = argument {
            let is_one_of_several = behind == Some(Token::Sign(','));
            if name == "set_config" && value.eq_ignore_ascii_case("search_path") {
                self.sets_path();
            } else if OF_RELATIONS.contains(&name) && behind != Some(Token::Cast) {
                self.named_by(Kind::Relation, &value);
            } else if OF_CONFIGURATIONS.contains(&name) && is_one_of_several {
                self.named_by(Kind::Configuration, &value);
            } else if OF_DICTIONARIES.contains(&name) && is_one_of_several {
                self.named_by(Kind::Dictionary, &value);
            }
        }
        self.open(frame);
    }

    /// `OPERATOR(schema.@@)`, at its parenthesis.
    fn qualified_operator(&mut self) {
        self.at += 1;
        let mut schema = None;
        while let Some(token) = self.tokens.get(self.at) {
            match token {
                Token::Word(name) | Token::Quoted(name) => schema = Some(name.clone().into_owned()),
                Token::Operator(name) => {
                    let path = Path { schema: schema.take(), name: (*name).to_owned() };
                    self.mention(Kind::Operator, path);
                }
                Token::Sign('.') => {}
                _ => break,
            }
            self.at += 1;
        }
        if self.tokens.get(self.at) == Some(&Token::Sign(')')) {
            self.at += 1;
        }
    }

    fn operator(&mut self, name: &str) {
        let operands = [self.operand_before(), self.operand_behind()];
        self.at += 1;
        if !matches!(name, ":=" | "=>" | "..") {
            let path = Path { schema: None, name: name.to_owned() };
            self.mention(Kind::Operator, path);
            if let Some(last) = self.out.all.last_mut() {
                last.operands = operands;
            }
        }
    }

    /// A word that stands for an operator, perhaps behind NOT; what is behind it is no single operand.
    fn implied(&mut self, name: &str) {
        let at = self.at;
        if self.word_at(at.checked_sub(1)) == "not" {
            self.at -= 1;
        }
        let before = self.operand_before();
        self.at = at + 1;
        if before.is_some() {
            self.mention(Kind::Operator, Path { schema: None, name: name.to_owned() });
            if let Some(last) = self.out.all.last_mut() {
                last.operands = [before, None];
            }
        }
    }

    /// `::type`.
    fn cast(&mut self) {
        let value = match self.at.checked_sub(1).and_then(|before| self.tokens.get(before)) {
            Some(Token::Literal(value)) => Some(value.clone().into_owned()),
            _ => None,
        };
        self.at += 1;
        if let Some(path) = self.type_here()
            && let Some(value) = value
        {
            self.literal_of(&path, &value);
        }
    }

    /// The name of a table that a statement changes is next.
    fn target(&mut self) {
        self.at += 1;
        let frame = self.frame();
        (frame.is_from, frame.expects, frame.is_target) = (false, true, true);
    }

    /// The name that an item of FROM is given, and its columns.
    fn alias(&mut self) {
        if self.word_at(Some(self.at)) == "with" && self.word_at(Some(self.at + 1)) == "ordinality"
        {
            self.at += 2;
        }
        let has_as = self.word_at(Some(self.at)) == "as";
        self.at += usize::from(has_as);
        match self.tokens.get(self.at) {
            Some(Token::Quoted(_)) => self.at += 1,
            Some(Token::Word(word))
                if category(word) <= Some(Category::ColumnName) && !NO_ALIAS.contains(&&**word) =>
            {
                self.at += 1;
            }
            _ if has_as => {}
            _ => return,
        }
        if self.tokens.get(self.at) == Some(&Token::Sign('(')) {
            self.columns();
        }
    }

    /// `[RECURSIVE] name [(columns)] AS [[NOT] MATERIALIZED] (`, at its first word. Within its own query the name
    /// means a table, unless it is recursive.
    fn table_expression(&mut self, from: usize) -> bool {
        let mut at = from;
        let is_recursive = self.word_at(Some(at)) == "recursive" || self.frame().is_recursive;
        at += usize::from(self.word_at(Some(at)) == "recursive");
        let Some(Token::Word(name) | Token::Quoted(name)) = self.tokens.get(at) else {
            return false;
        };
        let name = name.clone().into_owned();
        at += 1;
        if self.tokens.get(at) == Some(&Token::Sign('(')) {
            let end = self.tokens[at..].iter().position(|token| *token == Token::Sign(')'));
            at += end.map_or(0, |end| end + 1);
        }
        if self.word_at(Some(at)) != "as" {
            return false;
        }
        at += 1;
        while matches!(self.word_at(Some(at)), "not" | "materialized") {
            at += 1;
        }
        if self.tokens.get(at) != Some(&Token::Sign('(')) {
            return false;
        }
        self.frame().is_recursive = is_recursive;
        if is_recursive {
            self.frame().expressions.push(name.clone());
        }
        self.at = at;
        self.open(Frame { expression: Some(name), ..Frame::default() });
        true
    }

    /// `CREATE [TEMP] TABLE [IF NOT EXISTS] name`.
    fn create(&mut self) {
        self.at += 1;
        while matches!(
            self.word_at(Some(self.at)),
            "global"
                | "local"
                | "temp"
                | "temporary"
                | "unlogged"
                | "table"
                | "if"
                | "not"
                | "exists"
                | "view"
        ) {
            self.at += 1;
        }
        if let Some(path) = self.path() {
            self.created.push(path.name);
        }
    }

    /// `name [CONSTANT] type`, or what else stands where variables are declared.
    fn declaration(&mut self) {
        if !self.is_declaring {
            return;
        }
        if self.word_at(Some(self.at)) == "begin" {
            self.is_declaring = false;
            return;
        }
        let Some(Path { schema: None, name }) = self.path() else { return };
        match self.word_at(Some(self.at)) {
            "alias" | "cursor" | "no" | "scroll" => {
                let nothing = Path { schema: None, name: String::new() };
                self.out.variables.insert(name, nothing);
            }
            word => {
                self.at += usize::from(word == "constant");
                if let Some(path) = self.type_here() {
                    self.out.variables.insert(name, path);
                }
            }
        }
    }

    /// A parenthesis. Where an item of FROM is expected, it holds a query or such items.
    fn open(&mut self, mut frame: Frame) {
        let outer = self.frame();
        if outer.expects {
            outer.expects = false;
            (frame.is_from, frame.expects, frame.is_item) = (true, true, true);
        }
        self.frames.push(frame);
        self.at += 1;
    }

    fn close(&mut self) {
        self.at += 1;
        let Some(frame) = self.frames.pop() else { return };
        if let Some(name) = frame.expression {
            self.frame().expressions.push(name);
            if self.tokens.get(self.at) == Some(&Token::Sign(',')) {
                self.table_expression(self.at + 1);
            }
        } else if frame.is_item {
            self.alias();
        }
    }

    /// Whether a query can begin here.
    fn is_query_here(&self) -> bool {
        match self.at.checked_sub(1).map(|before| &self.tokens[before]) {
            None | Some(Token::Sign('(' | ';')) => true,
            Some(Token::Word(word)) => matches!(
                &**word,
                "all"
                    | "as"
                    | "begin"
                    | "distinct"
                    | "else"
                    | "except"
                    | "for"
                    | "in"
                    | "intersect"
                    | "loop"
                    | "query"
                    | "then"
                    | "union"
            ),
            _ => false,
        }
    }

    fn is_inside_of_call(&mut self) -> bool {
        self.frame().has_from_inside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of a text: what each is, and `?` where it is not sure.
    fn names(text: &str) -> String {
        let read = read(text, true);
        let mut names = Vec::new();
        for mention in read.all.iter().filter(|it| it.kind != Kind::Operator) {
            let schema = mention.path.schema.as_ref().map(|schema| format!("{schema}."));
            let sure = if mention.is_certain { "" } else { "?" };
            let (kind, name) = (format!("{:?}", mention.kind), &mention.path.name);
            names.push(format!("{}:{}{name}{sure}", &kind[..1], schema.unwrap_or_default()));
        }
        names.join(" ")
    }

    #[test]
    fn names_are_where_the_grammar_has_them() {
        let cases = [
            (
                "SELECT a FROM b, ONLY c AS x, s.d LEFT JOIN e USING (f) WHERE g",
                "R:b R:c R:s.d R:e",
            ),
            ("SELECT FROM (b JOIN c ON f(d) = 1) x(y), LATERAL g(h) z WHERE i", "R:b R:c F:f F:g"),
            (
                "SELECT FROM ROWS FROM (f(1), g(2)) WITH ORDINALITY AS x(a int, b m), c",
                "F:f F:g T:int T:m R:c",
            ),
            ("WITH a AS (SELECT FROM a), b AS (SELECT FROM a) SELECT FROM b, c", "R:a R:c"),
            ("WITH RECURSIVE a(n) AS (SELECT FROM a) SELECT FROM a; SELECT FROM a", "R:a"),
            ("SELECT extract(year FROM a), trim(both FROM b), substring(c FROM 1)", ""),
            ("SELECT a IS NOT DISTINCT FROM b; FETCH NEXT FROM c INTO d", ""),
            ("INSERT INTO a (b) SELECT c FROM d ON CONFLICT DO UPDATE SET e = f(g)", "R:a R:d F:f"),
            ("UPDATE a SET b = c FROM d, e WHERE f; SELECT 1 FOR UPDATE OF g", "R:a R:d R:e"),
            ("DELETE FROM a USING b, c WHERE d; TRUNCATE TABLE e", "R:a R:b R:c R:e"),
            ("MERGE INTO a USING b ON c WHEN MATCHED THEN UPDATE SET d = e", "R:a R:b"),
            ("CREATE TEMP TABLE a AS SELECT FROM b; SELECT FROM a", "R:b"),
            (
                "DECLARE a b := c(d); e CONSTANT f.g%TYPE; h i%ROWTYPE; BEGIN j := k; END",
                "T:b F:c R:f R:i",
            ),
            ("SELECT a::b[], CAST(c AS d.e), f 'g', h COLLATE i", "T:b T:d.e T:f C:i"),
            (
                "SELECT 'a'::regclass, nextval('b.c'), to_tsvector('d', e), to_tsvector('f')",
                "T:regclass R:a F:nextval R:b.c F:to_tsvector C:d F:to_tsvector",
            ),
            ("EXECUTE 'SELECT FROM a'; EXECUTE 'SELECT FROM b' || c", "R:a R:b?"),
            ("-- FROM a\nRAISE NOTICE 'FROM b' /* FROM c */", "T:notice"),
        ];
        for (text, expected) in cases {
            assert_eq!(names(text), expected, "{text}");
        }
    }

    #[test]
    fn what_a_text_does_to_names() {
        assert!(read("SELECT set_config('Search_Path', a, true)", true).sets_path.is_some());
        assert_eq!(read("PERFORM a(); SET LOCAL search_path TO b", true).sets_path, Some(1));
        assert!(!read("UPDATE a SET search_path = 1 WHERE b", true).catches);
        assert!(read("BEGIN a; EXCEPTION WHEN others THEN b; END", true).catches);
        assert!(!read("RAISE EXCEPTION 'a'", true).catches);
    }

    #[test]
    fn no_text_is_too_broken() {
        for text in [
            "",
            ")",
            "FROM",
            "FROM (",
            "WITH a AS (",
            "::",
            "a.",
            "OPERATOR(",
            "DECLARE",
            "CAST(a AS",
            "EXECUTE",
            "a %",
            "AS (",
            "$1 @",
        ] {
            for is_plpgsql in [true, false] {
                let all = read(text, is_plpgsql).all;
                assert!(
                    all.iter().all(|it| it.kind == Kind::Operator || it.path.name == "a"),
                    "{text}"
                );
            }
        }
    }
}
