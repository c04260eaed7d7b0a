//! What is approved: the plan as it is signed, and its fingerprint.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::outcome::{Plan, delta};
use super::step::Step;
use crate::globals::Change;
use crate::name::Name;
use crate::platform::Answers;
use crate::scram;
use crate::secret::Secret;

/// What is hashed first: another number where other things are hashed, or in another order.
const FORM: &str = "pg_globals plan 1";

/// How many iterations a guess at the passwords costs that a fingerprint covers. md5 verifiers, and those
/// that are made here from passwords, have no random salt: whoever has the fingerprint and knows all else
/// of the plan could try words.
const ITERATIONS: u32 = 1 << 16;

/// What a plan changes on which server, for people to approve: no password and no verifier is in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approval {
    /// A digest of all of it, and of the passwords: 24 letters and digits in groups of four.
    pub fingerprint: String,
    /// The server: its `system_identifier`, or its address where it does not tell that.
    pub server: String,
    /// Who changes it, and becomes the grantor of what is granted.
    pub user: Name,
    /// The statements that are sent, in their order.
    pub statements: Vec<String>,
    /// The statements that would give back what is there now.
    pub undo: Vec<String>,
}

impl Plan {
    /// The plan to be approved, on the server that has given these answers, and is reached at `address`. Of
    /// `generated` passwords, which are new in every run, it only says so.
    pub fn approval(
        &self,
        answers: &Answers,
        address: &str,
        generated: &BTreeMap<Name, Secret>,
    ) -> Approval {
        let server = match &answers.identity {
            Some((identifier, _)) => format!("system_identifier {identifier}"),
            None => address.to_owned(),
        };
        let inverse: Vec<Change> = self.changes.iter().filter_map(Change::inverse).collect();
        let undo = delta(&inverse, answers);
        let undo = undo.statements().into_iter().map(Step::of);
        Approval::of(server, answers.user.clone(), self.steps(answers), undo, generated)
    }
}

impl Approval {
    fn of(
        server: String,
        user: Name,
        steps: impl IntoIterator<Item = Step>,
        undo: impl IntoIterator<Item = Step>,
        generated: &BTreeMap<Name, Secret>,
    ) -> Self {
        let mut secrets = Vec::new();
        let is_generated = |role: &str| generated.contains_key(role).then_some("generated");
        let steps = steps.into_iter();
        let statements =
            steps.map(|step| step.shown(is_generated, |secret| secrets.push(secret))).collect();
        let undo = undo.into_iter();
        let undo = undo.map(|step| step.shown(|_| None, |secret| secrets.push(secret))).collect();
        let mut approval = Self { fingerprint: String::new(), server, user, statements, undo };
        approval.fingerprint = approval.digest(&secrets);
        approval
    }

    /// Nothing is done.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    fn digest(&self, secrets: &[Secret]) -> String {
        let mut all = Sha256::new();
        add(&mut all, &[FORM, &self.server, self.user.as_str()]);
        add(&mut all, &self.statements);
        add(&mut all, &self.undo);
        if !secrets.is_empty() {
            // All of them together: who guesses at one has to know the others.
            let mut digest = Sha256::new();
            add(&mut digest, &secrets.iter().map(Secret::expose).collect::<Vec<_>>());
            let digest: [u8; 32] = digest.finalize().into();
            all.update(&scram::iterated(&digest, self.server.as_bytes(), ITERATIONS)[..]);
        }
        letters(&all.finalize())
    }
}

/// Adds texts such that no other texts give the same.
fn add<T: AsRef<str>>(digest: &mut Sha256, texts: &[T]) {
    digest.update((texts.len() as u64).to_be_bytes());
    for text in texts {
        let text = text.as_ref();
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
}

/// What a fingerprint is written with: no letter looks like a digit.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// How many letters it has, of five bits each: as many as keep two plans with one fingerprint out of reach.
const LENGTH: usize = 24;

fn letters(digest: &[u8]) -> String {
    let mut out = String::with_capacity(LENGTH + LENGTH / 4);
    let (mut bits, mut count) = (0_u32, 0);
    let mut bytes = digest.iter();
    for at in 0..LENGTH {
        if count < 5 {
            bits = (bits << 8) | u32::from(bytes.next().copied().unwrap_or_default());
            count += 8;
        }
        count -= 5;
        if at > 0 && at % 4 == 0 {
            out.push('-');
        }
        out.push(char::from(LETTERS[(bits >> count) as usize & 31]));
    }
    out
}

/// A fingerprint as it is written here, whatever the case and with or without dashes; none where it is none.
pub fn fingerprint(text: &str) -> Option<String> {
    let plain: String = text.trim().chars().filter(|c| *c != '-').collect();
    let plain = plain.to_ascii_lowercase();
    let is_letter = |c: u8| LETTERS.contains(&c);
    if plain.len() != LENGTH || !plain.bytes().all(is_letter) {
        return None;
    }
    let groups: Vec<_> = (0..LENGTH).step_by(4).map(|at| &plain[at..at + 4]).collect();
    Some(groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute::Attribute;
    use crate::globals::script::Delta;
    use crate::globals::{Fact, Origin, Password, Role};
    use crate::version::Major;

    fn approval(statements: &[&str]) -> Approval {
        Approval {
            fingerprint: String::new(),
            server: "system_identifier 1".to_owned(),
            user: Name::new("admin"),
            statements: statements.iter().map(|&it| it.to_owned()).collect(),
            undo: Vec::new(),
        }
    }

    #[test]
    fn whatever_is_different_makes_another_fingerprint() {
        let [a, b] = ["md50123456789abcdef0123456789abcdef", "secret"].map(Secret::new);
        let one = approval(&["CREATE ROLE a", "CREATE ROLE b"]);
        let elsewhere = Approval { server: "system_identifier 2".to_owned(), ..one.clone() };
        let by_another = Approval { user: Name::new("other"), ..one.clone() };
        let undone = Approval { undo: vec!["DROP ROLE a".to_owned()], ..one.clone() };
        let all = [
            one.digest(&[]),
            one.digest(std::slice::from_ref(&a)),
            one.digest(std::slice::from_ref(&b)),
            one.digest(&[a.clone(), b.clone()]),
            one.digest(&[b, a.clone()]),
            elsewhere.digest(&[]),
            elsewhere.digest(&[a]),
            by_another.digest(&[]),
            undone.digest(&[]),
            approval(&["CREATE ROLE b", "CREATE ROLE a"]).digest(&[]),
            approval(&["CREATE ROLE aCREATE ROLE b"]).digest(&[]),
            approval(&[]).digest(&[]),
        ];
        for (at, digest) in all.iter().enumerate() {
            assert!(!all[..at].contains(digest), "{all:?}");
            assert_eq!(fingerprint(digest).as_deref(), Some(digest.as_str()));
        }
        assert_eq!(one.digest(&[]), one.clone().digest(&[]));
    }

    #[test]
    fn fingerprints_are_read_as_people_write_them() {
        assert_eq!(letters(&[0; 32]), "0000-0000-0000-0000-0000-0000");
        assert_eq!(letters(&[0xff; 32]), "zzzz-zzzz-zzzz-zzzz-zzzz-zzzz");
        assert_eq!(&letters(&[0b0000_1000, 0b0100_0010, 0, 0, 0, 0, 0, 0, 0, 0])[..4], "1110");
        let written = "7k3f-9m2q-x4tz-0c8d-1abc-0000";
        let read = |text: &str| fingerprint(text);
        assert_eq!(read(written).as_deref(), Some(written));
        assert_eq!(read(&written.to_ascii_uppercase().replace('-', "")).as_deref(), Some(written));
        for other in
            ["plan.json", "", "7k3f-9m2q-x4tz-0c8d-1abc-000", "7k3f-9m2q-x4tz-0c8d-1abc-000l"]
        {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_shown_holds_no_verifier() {
        let scram = format!("SCRAM-SHA-256$4096:c2FsdA==${0}:{0}", "A".repeat(43) + "=");
        let mut role = Role::default();
        role.set(Attribute::Login, Some(Fact::new(true, Origin::LIVE)));
        let secret = |text: &str| Password::Is(Fact::new(Secret::new(text), Origin::LIVE));
        let create =
            |name: &str| Change::CreateRole { name: Name::new(name), role: Box::new(role.clone()) };
        let password = |name: &str, from: Password, to: &str| Change::Password {
            role: Name::new(name),
            from,
            to: secret(to),
        };
        let none = || Password::None(Fact::default());
        let changes = |to: &str| {
            vec![
                create("new"),
                password("new", none(), &scram),
                password("old", secret("md50123456789abcdef0123456789abcdef"), to),
                create("made"),
                password("made", none(), "random"),
            ]
        };
        let steps = |changes: &[Change]| -> Vec<Step> {
            let delta = Delta::of(changes, Major::new(16));
            delta.statements().into_iter().map(Step::of).collect()
        };
        let approval = |to: &str, random: &str| {
            let changes = changes(to);
            let inverse: Vec<_> = changes.iter().filter_map(Change::inverse).collect();
            let generated = BTreeMap::from([(Name::new("made"), Secret::new(random))]);
            let user = Name::new("admin");
            Approval::of("db".to_owned(), user, steps(&changes), steps(&inverse), &generated)
        };
        let shown = approval("plain", "random");
        assert_eq!(
            shown.statements,
            [
                "CREATE ROLE made WITH LOGIN PASSWORD '*** (generated)'",
                "CREATE ROLE new WITH LOGIN PASSWORD '*** (SCRAM-SHA-256)'",
                "ALTER ROLE old WITH PASSWORD '*** (plaintext)'",
            ]
        );
        assert_eq!(
            shown.undo,
            [
                "ALTER ROLE old WITH PASSWORD '*** (md5)'",
                "DROP ROLE IF EXISTS made",
                "DROP ROLE IF EXISTS new"
            ]
        );
        let other = approval("other", "another");
        assert_eq!((&shown.statements, &shown.undo), (&other.statements, &other.undo));
        assert_ne!(shown.fingerprint, other.fingerprint);
        assert_eq!(shown, approval("plain", "another"));
    }
}
