//! Differences that are meant: they are counted, and are none any more.

use super::difference::{Change, Comparison, Difference};
use super::gather::{Outcome, Verified};
use super::globals::{Arrived, is_power};
use super::object::Object;
use crate::finding::Subject;
use crate::glob::Glob;
use crate::name::Name;
use crate::plan;
use crate::subject::{Grantee, Target};

/// The patterns, and how many differences each has accepted.
pub struct Accepting<'a>(Vec<(&'a Glob, usize)>);

impl<'a> Accepting<'a> {
    /// Nothing is accepted yet.
    pub fn new(patterns: &'a [Glob]) -> Self {
        Self(patterns.iter().map(|pattern| (pattern, 0)).collect())
    }

    /// Takes what is accepted out of what was found. A pattern is compared with the names as reports
    /// have them: of the role that lost, gained, or is to own something, or whose default privileges they are, of the object, with its schema
    /// and with its class, and of the database where the difference is the database's own.
    pub fn take(&mut self, arrived: &mut Arrived, verified: &mut Vec<Verified>) {
        verified.retain(|one| {
            let name = one.name.as_str();
            !matches!(one.outcome, Outcome::Missing)
                || !self.accepts(&[name.to_owned(), format!("database {}", one.name)])
        });
        for one in verified.iter_mut() {
            let name = &one.name;
            let Outcome::Compared { comparison, properties, .. } = &mut one.outcome else {
                continue;
            };
            let Comparison { differences, missing, .. } = &mut **comparison;
            differences.retain(|it| !self.accepts(&words_of(it)));
            missing.retain(|object| !self.accepts(&words_of_object(object)));
            properties
                .retain(|_| !self.accepts(&[name.as_str().to_owned(), format!("database {name}")]));
        }
        arrived.missing.retain(|change| !self.accepts(&words_of_subject(&change.object())));
        // Of what is more than on the source only powers count.
        arrived.extra.retain(|change| {
            !is_power(change) || !self.accepts(&words_of_subject(&change.object()))
        });
        arrived.findings.retain(|finding| {
            *finding.about != plan::OUTSIDER || !self.accepts(&words_of_subject(&finding.object))
        });
        arrived.without_password.retain(|role| !self.accepts(&[role.as_str().to_owned()]));
    }

    /// How many differences each pattern has accepted.
    pub fn counts(&self) -> impl Iterator<Item = (&'a Glob, usize)> + '_ {
        self.0.iter().copied()
    }

    /// Whether one of the patterns matches one of these; that one counts it.
    fn accepts(&mut self, words: &[String]) -> bool {
        let matching =
            self.0.iter_mut().find(|(glob, _)| words.iter().any(|word| glob.matches(word)));
        let is_accepted = matching.is_some();
        if let Some((_, count)) = matching {
            *count += 1;
        }
        is_accepted
    }
}

fn words_of_object(object: &Object) -> Vec<String> {
    vec![object.to_string(), object.with_class()]
}

fn words_of(difference: &Difference) -> Vec<String> {
    let mut words = words_of_object(&difference.object);
    if difference.object.class.defaults_on().is_some() {
        // Whose default privileges they are.
        words.push(difference.object.name.as_str().to_owned());
    }
    match &difference.change {
        Change::Owner { to, .. } => words.push(to.as_str().to_owned()),
        Change::Lost { grantee, .. } | Change::Gained { grantee, .. } => {
            words.push(word(grantee));
        }
        _ => {}
    }
    words
}

fn word(grantee: &Grantee) -> String {
    match grantee {
        Grantee::Public => "PUBLIC".to_owned(),
        Grantee::Role(role) => role.as_str().to_owned(),
    }
}

/// The role that has less or more; of a membership its member.
fn words_of_subject(subject: &Subject) -> Vec<String> {
    let role = |name: &Name| vec![name.as_str().to_owned()];
    match subject {
        Subject::Role(name)
        | Subject::Membership { member: name, .. }
        | Subject::Setting { role: Some(name), .. }
        | Subject::Comment(Target::Role(name)) => role(name),
        Subject::Parameter { grantee: Some(grantee), .. } => vec![word(grantee)],
        other => vec![other.to_string()],
    }
}
