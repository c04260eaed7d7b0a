//! What was answered.

use std::fmt;
use std::sync::Arc;

use tokio_postgres::Client;

use super::question::Question;
use crate::connect::{self, AnswerError, Query};
use crate::name::Name;
use crate::read::live::alone;

/// Why something could not be seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unseen(pub(in crate::check) String);

impl fmt::Display for Unseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The rows of one question, or why there are none.
pub type Answer = Result<Vec<Row>, Unseen>;

/// One row; every value is text, and read by what its column is called in the query. A column that
/// the query does not have is an error.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    values: Vec<Option<String>>,
    columns: Arc<Columns>,
}

/// What was asked, and what the server calls the columns of the answer.
#[derive(PartialEq, Eq, Debug)]
struct Columns {
    question: &'static str,
    names: Vec<String>,
}

impl Row {
    /// A value that may be NULL.
    pub(in crate::check) fn get(&self, column: &str) -> Result<Option<&str>, Unseen> {
        let at = self.columns.names.iter().position(|name| name == column);
        let value = at.and_then(|at| self.values.get(at));
        let value = value.ok_or_else(|| self.unfit(column, "there is no such column"))?;
        Ok(value.as_deref())
    }

    /// A name.
    ///
    /// # Errors
    /// When it is NULL, or none that a server stores.
    pub(in crate::check) fn name(&self, column: &str) -> Result<Name, Unseen> {
        connect::name(self.text(column)?).map_err(|what| self.unfit(column, &what))
    }

    /// A name that may be NULL.
    ///
    /// # Errors
    /// When it is none that a server stores.
    pub(in crate::check) fn name_or_null(&self, column: &str) -> Result<Option<Name>, Unseen> {
        self.get(column)?.map(|_| self.name(column)).transpose()
    }

    /// A value; NULL is empty.
    pub(in crate::check) fn text(&self, column: &str) -> Result<&str, Unseen> {
        Ok(self.get(column)?.unwrap_or_default())
    }

    /// A truth value; NULL is false.
    pub(in crate::check) fn flag(&self, column: &str) -> Result<bool, Unseen> {
        Ok(self.get(column)? == Some("t"))
    }

    /// A number, where it is one.
    pub(in crate::check) fn number<T: std::str::FromStr>(
        &self,
        column: &str,
    ) -> Result<Option<T>, Unseen> {
        Ok(self.get(column)?.and_then(|value| value.parse().ok()))
    }

    fn unfit(&self, column: &str, what: &str) -> Unseen {
        let question = self.columns.question;
        Unseen(format!("the answer is not PostgreSQL's: {question}, column {column}: {what}"))
    }
}

/// It takes its time from nobody, and waits for nobody.
const LIMITS: [&str; 2] = ["SET LOCAL statement_timeout = '20s'", "SET LOCAL lock_timeout = '2s'"];

/// Asks one question in a transaction of its own, so that its failure is nobody else's.
pub(in crate::check) async fn ask(client: &Client, question: &Question, sql: &str) -> Answer {
    let query = Query { name: question.name, sql };
    let results = alone(client, LIMITS, &[query]).await;
    let results = results.map_err(|error| Unseen(error.to_string()))?;
    let rows = results.into_iter().next().unwrap_or_default();
    let names = rows.first().map(|row| (0..row.len()).map(|it| row.column(it)).collect());
    let columns = Columns { question: question.name, names: names.unwrap_or_default() };
    let columns = Arc::new(columns);
    let value = |value: Option<&str>| value.map(str::to_owned);
    let row = |row: connect::Row| {
        let values = (0..row.len()).map(|column| row.get(column).map(value));
        let values = values.collect::<Result<_, _>>();
        let values = values.map_err(|unfit| Unseen(AnswerError::from(unfit).to_string()))?;
        Ok(Row { values, columns: Arc::clone(&columns) })
    };
    rows.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_by_name() {
        let row = |values: [Option<&str>; 2]| Row {
            values: values.map(|value| value.map(str::to_owned)).into(),
            columns: Arc::new(Columns {
                question: "things",
                names: ["name", "size"].map(str::to_owned).into(),
            }),
        };
        let one = row([Some("a"), Some("12")]);
        assert_eq!(one.name("name"), Ok(Name::new("a")));
        assert_eq!(one.number::<i32>("size"), Ok(Some(12)));
        assert_eq!((one.flag("size"), one.number::<u8>("name")), (Ok(false), Ok(None)));
        let absent = "the answer is not PostgreSQL's: things, column nam: there is no such column";
        assert_eq!(one.text("nam"), Err(Unseen(absent.to_owned())));
        let null = row([None, None]);
        assert_eq!((null.text("name"), null.flag("size")), (Ok(""), Ok(false)));
        assert_eq!((null.get("size"), null.name_or_null("name")), (Ok(None), Ok(None)));
        let what = "the answer is not PostgreSQL's: things, column name: a name of no length";
        assert_eq!(null.name("name"), Err(Unseen(what.to_owned())));
    }
}
