//! The server parameters of both sides, by what a difference means.

mod defaults;
mod difference;
mod groups;
mod value;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::check::prelude::*;
use crate::platform::Platform;
use defaults::Customer;
use difference::Difference;
use groups::{GROUPS, Rule};

static ABOUT: About = About {
    name: "server-parameters",
    codes: &[],
    title: "the target's parameters are as the source's, where a difference matters",
    explanation: "No tool brings server parameters along, and the migration service does not \
                  either. They are compared by what a difference means: what applications notice, \
                  such as TimeZone, search_path or a timeout; what was chosen on the source; and \
                  what only follows from the size of the machine. Parameters of the source's \
                  platform, such as rds.*, and those that Azure manages itself are listed apart \
                  and not compared. On Aurora and RDS every value of the default parameter group \
                  looks chosen; aws rds describe-db-cluster-parameters and describe-db-parameters \
                  (--aws-parameters) tell which a customer has set, and without them the known \
                  defaults are left out. Each line has the command that sets it; some take a restart, \
                  and the check says whether one is pending.",
    looked_at: "pg_settings of both servers",
    online: false,
};

/// What is set for the sessions of the connected role hides what the server has.
const OF_SESSION: Question = Question {
    name: "parameters of the connected role",
    of: Of::Both,
    sql: |_| {
        Some(
            "SELECT DISTINCT lower(split_part(c, '=', 1)) AS name FROM pg_db_role_setting s, \
             unnest(s.setconfig) c WHERE s.setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = \
             session_user)) AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = \
             current_database()))",
        )
    },
};

/// Transactions that wait for their second phase.
const PREPARED: Question = Question {
    name: "prepared transactions",
    of: Of::Source,
    sql: |_| Some("SELECT count(*) AS total FROM pg_prepared_xacts"),
};

/// How many are named where it does not matter much which.
const NAMED: usize = 12;

pub(super) struct ServerParameters;

impl Check for ServerParameters {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&OF_SESSION, &PREPARED]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let (mut source, mut target) = (Parameters::of(&cx.source)?, Parameters::of(&cx.target)?);
        // What a session hides, az may have told.
        let told = |name: &str| cx.azure.parameters.as_ref()?.get(name)?.value.clone();
        target.hidden.retain(|name| {
            let setting = target.all.get_mut(name).zip(told(name));
            setting.map(|(setting, value)| setting.value = value).is_none()
        });
        source.hidden.retain(|name| target.all.contains_key(name) && !GROUPS.is_managed(name));
        target.hidden.retain(|name| source.all.contains_key(name) && !GROUPS.is_managed(name));
        let told = cx.aws.platform().and_then(Platform::builtin);
        let platform = told.or(cx.source.server()?.live.platform);
        let customer = Customer { platform, chosen: cx.aws.chosen.as_ref() };
        let sorted = Sorted::of(customer, &source, &target);
        sorted.tell(cx, out);
        timeouts(cx, &target, out);
        for (side, parameters) in [(&cx.source, &source), (&cx.target, &target)] {
            unseen(side, parameters, out);
        }
        pending(cx, &target, out);
        Ok(())
    }
}

/// The parameters of a server.
struct Parameters {
    /// By their names in lower case; the value is the server's own, not this session's.
    all: BTreeMap<String, Setting>,
    /// Those of which this session cannot tell.
    hidden: BTreeSet<String>,
    /// Whether those are there that not everybody may see.
    complete: bool,
}

impl Parameters {
    fn of(side: &Side) -> Result<Self, Unseen> {
        let mut all = side.settings()?;
        let hidden = side.rows(&OF_SESSION)?.iter().map(|row| Ok(row.text("name")?.to_owned()));
        let mut hidden = hidden.collect::<Result<BTreeSet<_>, Unseen>>()?;
        for (name, setting) in &mut all {
            if setting.source == "client" {
                hidden.insert(name.clone());
            }
            // What this session has set itself goes with it.
            setting.value = setting.reset.clone().unwrap_or_default();
        }
        hidden.retain(|name| all.contains_key(name));
        let complete = all.contains_key("shared_preload_libraries");
        Ok(Self { all, hidden, complete })
    }
}

/// The parameters by what there is to say about them.
#[derive(Default)]
struct Sorted<'a> {
    equal: usize,
    must: Vec<(Difference<'a>, &'static str)>,
    applications: Vec<Difference<'a>>,
    tuning: Vec<Difference<'a>>,
    managed: usize,
    /// Of the source's platform.
    platform: Vec<&'a str>,
    /// On the source only, though somebody gave them a value.
    lost: Vec<String>,
    one_sided: usize,
}

impl<'a> Sorted<'a> {
    fn of(customer: Customer<'_>, source: &'a Parameters, target: &'a Parameters) -> Self {
        let mut sorted = Self::default();
        for (name, here) in &source.all {
            if GROUPS.is_of_a_platform(name)
                || customer.platform.is_some_and(|it| it.owns_setting(name))
            {
                sorted.platform.push(name);
            } else if GROUPS.is_managed(name) {
                sorted.managed += 1;
            } else if let Some(there) = target.all.get(name) {
                if !source.hidden.contains(name) && !target.hidden.contains(name) {
                    sorted.add(customer, name, here, there);
                }
            } else if customer.chose(name, here) {
                sorted.lost.push(format!("{name} = {}", here.shown()));
            } else {
                sorted.one_sided += 1;
            }
        }
        let only_there = target.all.keys().filter(|name| !source.all.contains_key(*name));
        sorted.one_sided += only_there.filter(|name| !GROUPS.is_managed(name)).count();
        // What somebody has chosen comes first.
        sorted.applications.sort_by_key(|difference| !difference.by_user);
        sorted.tuning.sort_by_key(|difference| !difference.by_user);
        sorted
    }

    fn add(
        &mut self,
        customer: Customer<'_>,
        name: &'a str,
        here: &'a Setting,
        there: &'a Setting,
    ) {
        let order = value::compare(name, here, there);
        let must = GROUPS.must(name);
        let is_as_it_must = match must.map(|must| must.rule) {
            Some(Rule::AtLeast) => matches!(order, Some(Ordering::Equal | Ordering::Less)),
            _ => order == Some(Ordering::Equal),
        };
        let difference = Difference {
            name,
            here,
            there,
            by_user: customer.chose(name, here),
            by_user_there: defaults::is_set(there),
        };
        match must {
            _ if is_as_it_must => self.equal += 1,
            Some(must) => self.must.push((difference, &must.why)),
            None if GROUPS.is_seen_by_applications(name) || name.contains('.') => {
                self.applications.push(difference);
            }
            None => self.tuning.push(difference),
        }
    }

    fn tell(&self, cx: &Context, out: &mut Outcomes<'_>) {
        for (difference, why) in &self.must {
            if difference.name == "max_prepared_transactions" && !is_preparing(cx) {
                if difference.by_user {
                    out.warning(format!(
                        "{}: {why}; nobody has prepared one now",
                        difference.shown()
                    ))
                    .looked_at("pg_settings of both servers, pg_prepared_xacts of the source")
                    .remedy(match difference.remedy(cx) {
                        remedy if difference::is_command(&remedy) => {
                            format!("where applications use it: {remedy}")
                        }
                        remedy => remedy,
                    });
                }
                continue;
            }
            out.failed(format!("{}, and must match: {why}", difference.shown()))
                .remedy(difference.remedy(cx));
        }
        let chosen = self.applications.iter().filter(|difference| difference.by_user);
        for difference in chosen {
            out.warning(format!("{}, and applications can notice", difference.shown()))
                .remedy(difference.remedy_at_its_time(cx));
        }
        let defaults: Vec<&Difference<'_>> =
            self.applications.iter().filter(|difference| !difference.by_user).collect();
        if !defaults.is_empty() {
            let shown: Vec<_> = defaults.iter().map(|it| it.brief()).collect();
            out.warning(format!(
                "applications can notice {} by default: {}",
                count(shown.len(), "difference"),
                shown.join(", ")
            ))
            .remedy(difference::remedy_for_some(cx, &defaults));
        }
        self.tell_lost(cx, out);
        self.tell_tuning(cx, out);
        let platform = match self.platform.len() {
            0 => String::new(),
            all => format!(", {all} of the source's platform ({})", list(&self.platform, 3)),
        };
        out.succeeded(format!(
            "{} are as they should be; not compared: {} that the platform manages or other checks \
             look at{platform}, {} that only one side has",
            self.equal, self.managed, self.one_sided
        ));
    }

    fn tell_lost(&self, cx: &Context, out: &mut Outcomes<'_>) {
        if self.lost.is_empty() {
            return;
        }
        let is_complete =
            cx.target.setting("shared_preload_libraries").is_ok_and(|it| it.is_some());
        let there = if is_complete { "not there" } else { "not to be seen" };
        out.warning(format!(
            "set on the source, and {there} on the target: {}",
            list(&self.lost, NAMED)
        ))
        .remedy(
            "nothing, where it went with a version; where it is of a library, preload that on the \
             target",
        );
    }

    /// Tuning is the target's own matter, except for what somebody has chosen.
    fn tell_tuning(&self, cx: &Context, out: &mut Outcomes<'_>) {
        if self.tuning.is_empty() {
            return;
        }
        let shown: Vec<_> = self.tuning.iter().map(Difference::brief).collect();
        let chosen: Vec<&Difference<'_>> =
            self.tuning.iter().filter(|it| it.by_user && !it.is_of_machine()).collect();
        let shown = list(&shown, NAMED);
        let differ = count(self.tuning.len(), "tuning parameter");
        let differ = if self.tuning.len() == 1 {
            format!("{differ} differs")
        } else {
            format!("{differ} differ")
        };
        if chosen.is_empty() {
            out.succeeded(format!("{differ} by default or by the size of the machine: {shown}"));
        } else {
            out.warning(format!("{differ}, {} chosen on the source: {shown}", chosen.len()))
                .remedy(difference::remedy_for_some(cx, &chosen));
        }
    }
}

/// Whether somebody has a prepared transaction; where that cannot be seen, somebody may.
fn is_preparing(cx: &Context) -> bool {
    let rows = cx.source.rows(&PREPARED);
    rows.is_ok_and(|rows| {
        let total = rows.first().and_then(|row| row.number::<i64>("total").ok()?);
        total.unwrap_or(0) > 0
    })
}

/// What ends a long load on the target: `pg_restore` switches these off for itself, the service does not.
fn timeouts(cx: &Context, target: &Parameters, out: &mut Outcomes<'_>) {
    for name in ["statement_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"]
    {
        let Some(setting) = target.all.get(name) else { continue };
        if target.hidden.contains(name) || setting.number().is_none_or(|value| value <= 0) {
            continue;
        }
        out.warning(format!(
            "{name} is {} on the target: it ends a load of the migration service that takes longer; \
             pg_restore switches it off for itself",
            setting.shown()
        ))
        .concerns(Method::Service)
        .looked_at("pg_settings of the target")
        .remedy(format!(
            "{}, and after the migration {}",
            cx.azure.set_parameter(name, "0"),
            cx.azure.set_parameter(name, &setting.value)
        ));
    }
}

/// What this session cannot tell of a side.
fn unseen(side: &Side, parameters: &Parameters, out: &mut Outcomes<'_>) {
    let word = side.word;
    if !parameters.hidden.is_empty() {
        let names: Vec<&String> = parameters.hidden.iter().collect();
        out.unknown(format!(
            "what {word} has for {} is hidden by what is set for the connected role or its database",
            list(&names, NAMED)
        ))
        .remedy(format!("connect to {word} as a role without such settings"));
    }
    if !parameters.complete {
        out.unknown(format!(
            "{word} shows some parameters to members of pg_read_all_settings only"
        ))
        .remedy(format!("connect to {word} as such a member"));
    }
}

/// What waits for a restart of the target.
fn pending(cx: &Context, target: &Parameters, out: &mut Outcomes<'_>) {
    let live = target.all.iter().filter(|(_, setting)| setting.pending_restart);
    let mut names: BTreeSet<&str> = live.map(|(name, _)| name.as_str()).collect();
    let told = cx.azure.parameters.iter().flatten();
    names.extend(
        told.filter(|(_, it)| it.pending_restart == Some(true)).map(|(name, _)| name.as_str()),
    );
    if names.is_empty() {
        return;
    }
    let names: Vec<&str> = names.into_iter().collect();
    out.warning(format!("the target must be restarted for {}", list(&names, NAMED)))
        .looked_at(
            "pg_settings.pending_restart of the target, az postgres flexible-server parameter list",
        )
        .remedy(cx.azure.command("restart", ""));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(all: &[(&str, &str, &str)]) -> Parameters {
        let setting = |value: &str, source: &str| Setting {
            value: value.to_owned(),
            unit: None,
            vartype: "string".to_owned(),
            context: "user".to_owned(),
            source: source.to_owned(),
            boot: Some("boot".to_owned()),
            reset: Some(value.to_owned()),
            pending_restart: false,
        };
        let all =
            all.iter().map(|(name, value, source)| ((*name).to_owned(), setting(value, source)));
        Parameters { all: all.collect(), hidden: BTreeSet::new(), complete: true }
    }

    /// Placeholders stand in no `pg_settings`: only the platform itself has these.
    #[test]
    fn parameters_are_sorted_by_what_they_mean() {
        let source = parameters(&[
            ("apg_enable_x", "on", "configuration file"),
            ("aurora_y", "1", "default"),
            ("rds.force_ssl", "1", "configuration file"),
            ("babelfishpg_tsql.z", "1", "default"),
            ("port", "5432", "command line"),
            ("pgaudit.log", "ddl", "configuration file"),
            ("pgaudit.role", "boot", "default"),
            ("cron.timezone", "GMT", "default"),
            ("random_page_cost", "1.1", "configuration file"),
            ("seq_page_cost", "1", "default"),
            ("sort_mem", "7", "configuration file"),
            ("vacuum_mem", "boot", "configuration file"),
            ("array_nulls", "off", "default"),
        ]);
        let target = parameters(&[
            ("pgaudit.log", "none", "default"),
            ("pgaudit.role", "boot", "default"),
            ("random_page_cost", "4", "default"),
            ("seq_page_cost", "2", "default"),
            ("array_nulls", "on", "default"),
            ("azure.extensions", "", "default"),
            ("io_workers", "3", "default"),
        ]);
        let sorted = Sorted::of(Customer::default(), &source, &target);
        let names = |all: &[Difference<'_>]| -> Vec<(String, bool)> {
            all.iter().map(|it| (it.name.to_owned(), it.by_user)).collect()
        };
        let one = |name: &str, by_user| (name.to_owned(), by_user);
        let platform = ["apg_enable_x", "aurora_y", "babelfishpg_tsql.z", "rds.force_ssl"];
        assert_eq!(sorted.platform, platform);
        assert_eq!(sorted.must.len(), 1);
        assert_eq!(names(&sorted.applications), [one("pgaudit.log", true)]);
        let tuning = [one("random_page_cost", true), one("seq_page_cost", false)];
        assert_eq!(names(&sorted.tuning), tuning);
        assert_eq!(sorted.lost, ["sort_mem = 7"]);
        // vacuum_mem and cron.timezone there, io_workers here.
        assert_eq!((sorted.equal, sorted.managed, sorted.one_sided), (1, 1, 3));
    }
}
