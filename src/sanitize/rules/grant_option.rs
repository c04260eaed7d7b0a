//! Privileges whose grantor can grant them no more.

use foldhash::{HashMap, HashSet};

use super::tablespace;
use crate::finding::{Action, Severity, Subject};
use crate::globals::{Fact, Origin, Parameter, ParameterKey, Tablespace};
use crate::name::Name;
use crate::sanitize::{About, Context, TablespaceRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "grant-option",
    severity: Severity::Info,
    why: "the grantor has the privilege no more, or not with the grant option: whoever replays it becomes the \
          grantor",
    explanation: "A privilege on a parameter or a tablespace is granted by its owner, or by a role that holds \
                  it WITH GRANT OPTION. What such a role has granted goes with its grant option, but stays \
                  where the role was also a member of another that may grant it: afterwards its grantor is one \
                  that may grant nothing. No server takes the grant from it again: `permission denied for \
                  parameter …`, says PostgreSQL, and with it the replay of pg_dumpall's own text ends. So that \
                  the grantee keeps what it has, the grant becomes one of the role that replays.",
    remedy: "",
};

/// A grant of one privilege on one thing.
struct Grant<'a> {
    to: Option<&'a Name>,
    by: Option<&'a Name>,
    /// Whether it may be granted on.
    option: bool,
}

/// Those among the grants of one privilege that nobody gives who can: by their place.
///
/// A server looks at what the grantor itself was granted (`select_best_grantor`); what it would do in the
/// name of a role that it is a member of would be another grant.
fn unfounded(grants: &[Grant<'_>]) -> HashSet<usize> {
    let mut by_grantor: HashMap<&Name, Vec<usize>> = HashMap::default();
    let mut ready = Vec::new();
    for (at, grant) in grants.iter().enumerate() {
        match grant.by {
            Some(by) => by_grantor.entry(by).or_default().push(at),
            None => ready.push(at),
        }
    }
    let options = grants.iter().filter(|grant| grant.option);
    let holders: HashSet<_> = options.filter_map(|grant| grant.to).collect();
    let mut unfounded = HashSet::default();
    by_grantor.retain(|by, grants| {
        let is_holder = holders.contains(by);
        if !is_holder {
            ready.extend(&*grants);
            unfounded.extend(grants.drain(..));
        }
        is_holder
    });
    while let Some(at) = ready.pop() {
        let given = grants[at].to.filter(|_| grants[at].option);
        ready.extend(given.and_then(|holder| by_grantor.remove(holder)).into_iter().flatten());
    }
    // They rest on each other, which no server lets arise.
    unfounded.extend(by_grantor.into_values().flatten());
    unfounded
}

/// Gives the privileges on each parameter grantors that can grant them.
pub(in crate::sanitize) fn found_parameters(
    all: &[(ParameterKey, Parameter)],
    cx: &mut Context<'_>,
) -> Vec<(ParameterKey, Parameter)> {
    let mut founded = Vec::with_capacity(all.len());
    for grants in all.chunk_by(|(one, _), (other, _)| one.parameter == other.parameter) {
        let unfounded = |privilege: fn(&Parameter) -> Option<Fact<bool>>| {
            let (places, grants): (Vec<_>, Vec<_>) = grants
                .iter()
                .enumerate()
                .filter_map(|(at, (key, it))| {
                    let option = privilege(it)?.value;
                    Some((at, Grant { to: key.grantee.role(), by: key.grantor.as_ref(), option }))
                })
                .unzip();
            unfounded(&grants).into_iter().map(|at| places[at]).collect::<HashSet<usize>>()
        };
        let (set, alter_system) = (unfounded(|it| it.set), unfounded(|it| it.alter_system));
        for (at, (key, it)) in grants.iter().enumerate() {
            let lost = Parameter {
                set: it.set.filter(|_| set.contains(&at)),
                alter_system: it.alter_system.filter(|_| alter_system.contains(&at)),
            };
            let kept = it.beyond(&lost);
            if kept != Parameter::default() {
                founded.push((key.clone(), kept));
            }
            let Some(grantor) = key.grantor.as_ref().filter(|_| lost != Parameter::default())
            else {
                continue;
            };
            report(key.subject(), grantor, lost.origins(), cx);
            founded.push((ParameterKey { grantor: None, ..key.clone() }, lost));
        }
    }
    founded
}

pub(super) struct GrantOption;

impl TablespaceRule for GrantOption {
    fn apply(&self, name: &Name, it: &mut Tablespace, cx: &mut Context<'_>) -> Verdict {
        let grants: Vec<_> = it.grants.iter().collect();
        let places: Vec<_> = grants
            .iter()
            .map(|((to, by), option)| Grant {
                to: to.role(),
                by: by.as_ref(),
                option: option.value,
            })
            .collect();
        let unfounded = unfounded(&places);
        if unfounded.is_empty() {
            return Verdict::Keep;
        }
        let mut at = 0;
        let lost = it.grants.extract_if(.., |_, _| {
            at += 1;
            unfounded.contains(&(at - 1))
        });
        for ((to, by), fact) in lost.collect::<Vec<_>>() {
            if let Some(grantor) = &by {
                report(Subject::Tablespace(name.clone()), grantor, [fact.origin], cx);
            }
            tablespace::give(name, it, (to, None), fact, cx);
        }
        Verdict::Keep
    }
}

fn report(
    object: Subject,
    grantor: &Name,
    origins: impl IntoIterator<Item = Origin>,
    cx: &mut Context<'_>,
) {
    let message = format!("was granted by {grantor}, which cannot grant it any more");
    let mut first = None;
    for origin in origins {
        cx.change(origin);
        first.get_or_insert(origin);
    }
    cx.report(&ABOUT, Action::Rewritten, object, first.unwrap_or_default(), message);
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn grantees_keep_what_nobody_could_grant_again() {
        let text = "--\n-- PostgreSQL database cluster dump\n--\nCREATE ROLE a;\nCREATE ROLE b;\nCREATE ROLE c;\n\
                    GRANT ALTER SYSTEM ON PARAMETER work_mem TO a WITH GRANT OPTION;\n\
                    SET SESSION AUTHORIZATION a;\nGRANT ALL ON PARAMETER work_mem TO b WITH GRANT OPTION;\n\
                    SET SESSION AUTHORIZATION b;\nGRANT SET ON PARAMETER work_mem TO c;\n\
                    RESET SESSION AUTHORIZATION;\nCREATE TABLESPACE t LOCATION '/t';\n\
                    SET SESSION AUTHORIZATION b;\nGRANT CREATE ON TABLESPACE t TO c;\n\
                    --\n-- PostgreSQL database cluster dump complete\n--\n";
        let all = run(text, "postgres 16");
        let (_, all) = all.split_once("15 info grant-option").unwrap();
        assert_eq!(
            all,
            " rewritten tablespace t: was granted by b, which cannot grant it any more\n\
             9 info grant-option rewritten parameter work_mem to b: was granted by a, which cannot grant it any more\n\
             CREATE ROLE a\nCREATE ROLE b\nCREATE ROLE c\n\
             GRANT ALTER SYSTEM ON PARAMETER work_mem TO a WITH GRANT OPTION\n\
             GRANT SET ON PARAMETER work_mem TO b WITH GRANT OPTION\n\
             SET SESSION AUTHORIZATION a\n\
             GRANT ALTER SYSTEM ON PARAMETER work_mem TO b WITH GRANT OPTION\n\
             RESET SESSION AUTHORIZATION\nSET SESSION AUTHORIZATION b\n\
             GRANT SET ON PARAMETER work_mem TO c\nRESET SESSION AUTHORIZATION\n\
             CREATE TABLESPACE t LOCATION '/t'\nGRANT CREATE ON TABLESPACE t TO c\n\
             kept 6, rewritten 2, dropped 0"
        );
    }
}
