//! A parameter that differs, and what mends it.

use super::groups::GROUPS;
use super::value::for_target;
use crate::check::azure::Parameter;
use crate::check::prelude::*;

/// A parameter that differs.
pub(super) struct Difference<'a> {
    /// In lower case.
    pub(super) name: &'a str,
    /// On the source.
    pub(super) here: &'a Setting,
    /// On the target.
    pub(super) there: &'a Setting,
    /// Whether somebody gave it a value on the source.
    pub(super) by_user: bool,
    /// Whether somebody did on the target.
    pub(super) by_user_there: bool,
}

impl Difference<'_> {
    /// `work_mem is 64MB on the source, 4MB on the target`.
    pub(super) fn shown(&self) -> String {
        let (here, there) = (self.here.shown(), self.there.shown());
        format!("{} is {here} on the source, {there} on the target", self.name())
    }

    /// `work_mem 64MB (there 4MB)`, for lists.
    pub(super) fn brief(&self) -> String {
        format!("{} {} (there {})", self.name(), self.here.shown(), self.there.shown())
    }

    /// The name as PostgreSQL writes it.
    fn name(&self) -> &str {
        let known = GROUPS.applications.iter().find(|known| known.eq_ignore_ascii_case(self.name));
        known.map_or(self.name, String::as_str)
    }

    /// Whether its value depends on the machine.
    pub(super) fn is_of_machine(&self) -> bool {
        GROUPS.is_of_machine(self.name)
    }

    /// Whether only what the servers have by default differs, which the target's version has its
    /// reasons for.
    pub(super) const fn is_of_defaults(&self) -> bool {
        !self.by_user && !self.by_user_there
    }

    /// Whether the source's value is worse than the target's, whoever has chosen it.
    pub(super) fn is_worse(&self) -> bool {
        self.name == "password_encryption" && self.there.value == "scram-sha-256"
    }

    /// What mends it.
    pub(super) fn remedy(&self, cx: &Context) -> String {
        if self.is_worse() {
            return "leave it: passwords become safer, and clients that are too old for SCRAM need a \
                    newer driver"
                .to_owned();
        }
        if let Some(why) = self.read_only(cx) {
            let name = self.name();
            return match &*self.there.context {
                "user" => format!(
                    "{why}; ALTER ROLE … SET {name} or ALTER DATABASE … SET {name} can set it"
                ),
                _ => why,
            };
        }
        let value = for_target(self.here, self.there);
        if let Some(allowed) = self.allowed(cx).filter(|allowed| !is_allowed(allowed, &value)) {
            return format!("{value} is not what the target takes: {allowed}");
        }
        let set = cx.azure.set_parameter(self.name(), &value);
        if self.is_static(cx) {
            let restart = cx.azure.command("restart", "");
            return format!(
                "{set}, and then, since it takes effect with a restart only: {restart}"
            );
        }
        set
    }

    /// What mends it, and when: a load must not be ended by a timeout.
    pub(super) fn remedy_at_its_time(&self, cx: &Context) -> String {
        let remedy = self.remedy(cx);
        if is_command(&remedy) && GROUPS.is_after(self.name) {
            format!("after the migration, and not before: {remedy}")
        } else {
            remedy
        }
    }

    fn told<'c>(&self, cx: &'c Context) -> Option<&'c Parameter> {
        cx.azure.parameters.as_ref()?.get(self.name)
    }

    /// Why nobody can set it on the target, if nobody can.
    fn read_only(&self, cx: &Context) -> Option<String> {
        if self.there.context == "internal" {
            return Some("nobody can set it".to_owned());
        }
        if let Some(told) = self.told(cx)
            && let Some(is_read_only) = told.is_read_only
        {
            return is_read_only.then(|| "az says that it is read-only there".to_owned());
        }
        GROUPS.is_read_only(self.name).then(|| {
            "it is read-only on a flexible server, by the documentation of version 17".to_owned()
        })
    }

    fn is_static(&self, cx: &Context) -> bool {
        let dynamic = self.told(cx).and_then(|told| told.is_dynamic);
        dynamic.map_or(self.there.context == "postmaster", |dynamic| !dynamic)
    }

    fn allowed<'c>(&self, cx: &'c Context) -> Option<&'c str> {
        self.told(cx)?.allowed.as_deref()
    }
}

/// Whether what mends it is a command.
pub(super) fn is_command(remedy: &str) -> bool {
    remedy.starts_with("az postgres ")
}

/// What mends several at once: one command, and what to put in. What differs by default only, or is
/// better as it is, has no command.
pub(super) fn remedy_for_some(cx: &Context, differences: &[&Difference<'_>]) -> String {
    let mut differences = differences.to_vec();
    differences.retain(|it| !it.is_of_defaults() && !it.is_worse());
    match *differences {
        [] => return "nothing, unless applications rely on what the source has".to_owned(),
        [only] => return only.remedy(cx),
        _ => {}
    }
    let (settable, read_only): (Vec<_>, Vec<_>) =
        differences.iter().partition(|difference| difference.read_only(cx).is_none());
    let pair = |it: &&Difference<'_>| format!("{}={}", it.name(), for_target(it.here, it.there));
    let pairs: Vec<String> = settable.into_iter().map(pair).collect();
    let mut parts = Vec::new();
    if !pairs.is_empty() {
        let command = cx.azure.set_parameter("NAME", "VALUE");
        parts.push(format!("where it matters: {command}, with {}", list(&pairs, pairs.len())));
    }
    if !read_only.is_empty() {
        let names: Vec<&str> = read_only.iter().map(|it| it.name()).collect();
        parts.push(format!("read-only there: {}", list(&names, names.len())));
    }
    parts.join("; ")
}

/// Whether a value is one of those that az lists: `25-5000`, or `on,off`. What cannot be understood
/// allows everything.
fn is_allowed(allowed: &str, value: &str) -> bool {
    let range = |text: &str| -> Option<(f64, f64)> {
        // The second number can be negative, and so can the first.
        let at = text.get(1..)?.find('-')? + 1;
        Some((text[..at].parse().ok()?, text[at + 1..].parse().ok()?))
    };
    if let (Some((low, high)), Ok(value)) = (range(allowed), value.parse::<f64>()) {
        return (low..=high).contains(&value);
    }
    // A pattern, as `^[A-Za-z]+$`, or a single word, is no list.
    let is_list = allowed.contains(',') && !allowed.contains(['[', '^', '*', '$']);
    !is_list
        || value.contains(',')
        || allowed.split(',').any(|one| one.trim().eq_ignore_ascii_case(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_az_allows() {
        for (allowed, value, expected) in [
            ("25-5000", "100", true),
            ("25-5000", "6000", false),
            ("-1-2147483647", "-1", true),
            ("-1-2147483647", "-2", false),
            ("0.0-1.0", "0.5", true),
            ("on,off", "on", true),
            ("debug5, debug4,log", "Log", true),
            ("on,off", "maybe", false),
            ("^[a-z,]*$", "anything", true),
            ("[0-9]+", "anything", true),
            ("", "anything", true),
        ] {
            assert_eq!(is_allowed(allowed, value), expected, "{allowed} {value}");
        }
    }
}
