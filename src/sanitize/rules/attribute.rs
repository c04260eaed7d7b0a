//! What the rules about attributes share.

use crate::attribute::Attribute;
use crate::finding::{Action, Severity, Subject};
use crate::globals::Role;
use crate::name::Name;
use crate::sanitize::{About, Context, Verdict};

/// Takes an attribute away that the target's administrator cannot give. What is left is unstated:
/// the role may have it there all the same.
pub(super) fn strip(
    about: &'static About,
    attribute: Attribute,
    name: &Name,
    role: &mut Role,
    cx: &mut Context<'_>,
) -> Verdict {
    let Some(fact) = role.stated(attribute).filter(|fact| fact.value) else { return Verdict::Keep };
    let answer = cx.rights.attribute(attribute);
    if answer.is_yes() {
        return Verdict::Keep;
    }
    role.set(attribute, None);
    // A mapped attribute is rewritten, and reported as such: there is nothing to do about it.
    let mapped = cx.choices.mapped(attribute).is_some();
    let severity = if mapped { Severity::Info } else { about.severity };
    if !mapped {
        cx.lose([fact.origin]);
    }
    let unconfirmed = match answer {
        crate::platform::Answer::Unconfirmed(why) => {
            format!(": not confirmed for {}, {why}", cx.target())
        }
        _ => String::new(),
    };
    let message = format!("loses {attribute}{unconfirmed}");
    let object = Subject::Role(name.clone());
    cx.report_as(about, severity, Action::Rewritten, object, fact.origin, message);
    Verdict::Keep
}
