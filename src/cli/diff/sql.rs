//! The statements that make the right side like the left, as copy would send them.

use std::fmt::Write as _;

use anyhow::{Result, anyhow};

use super::{Diff, Ignore};
use crate::cli::input::Input;
use crate::cli::options::{self, PlatformChoice};
use crate::finding::Action;
use crate::globals::script::Phase;
use crate::plan::{self, Desired, Existing, plan};
use crate::platform::{Platform, Rights};
use crate::report::one_line;
use crate::sanitize::{Choices, Skip, sanitize};

/// The script, and whether there is nothing to do.
pub(super) fn script(diff: &Diff, mut left: Input, right: &Input) -> Result<(String, bool)> {
    let live = right.live.as_ref().ok_or_else(|| anyhow!("the right side is no server"))?;
    let platform = live.platform.or_else(|| Platform::builtin("postgres"));
    let platform = platform.ok_or_else(|| anyhow!("there is no platform postgres"))?;
    let rights = Rights::offline(platform, live.answers.major).narrowed_by(&live.answers);
    let named = diff.input.platform()?;
    let now = options::now();
    let hides_databases = !left.shows_settings().0;
    let (globals, ledger, findings) = left.take();
    let source = left.source(named.as_ref().map(PlatformChoice::get));
    let choices = Choices::default();
    let mut sanitized = sanitize(globals, ledger, findings, rights, source, &choices)?;
    sanitized.unspecified.databases = hides_databases;
    let desired = Desired {
        source: None,
        globals: &sanitized.globals,
        unspecified: &sanitized.unspecified,
        ledger: &sanitized.ledger,
    };
    let skip = |ignore: &Ignore| match ignore {
        Ignore::Comments => Some(Skip::Comments),
        Ignore::Settings => Some(Skip::Settings),
        Ignore::Memberships => Some(Skip::Memberships),
        Ignore::Parameters => Some(Skip::Parameters),
        Ignore::Tablespaces => Some(Skip::Tablespaces),
        Ignore::SecurityLabels => Some(Skip::SecurityLabels),
        Ignore::Passwords | Ignore::Attribute(_) => None,
    };
    let plan_options = plan::Options {
        existing: if diff.replace { Existing::Replace } else { Existing::Merge },
        allow_freeze: false,
        resend: false,
        can_own: false,
        skip: diff.ignore.iter().filter_map(skip).collect(),
        now,
    };
    let mut plan = plan(&right.globals, &desired, &live.answers, platform, &plan_options);
    plan.changes.retain(|change| !diff.ignore.iter().any(|it| it.covers(change)));
    let mut out = format!(
        "-- Makes {} like {}, by pg_globals {}.\n-- For that server only: replay it there with psql -f, as {}.\n",
        one_line(&right.name),
        one_line(&left.name),
        env!("CARGO_PKG_VERSION"),
        one_line(live.answers.user.as_str()),
    );
    let all = sanitized.findings.iter().chain(plan.all_findings());
    for finding in all.filter(|it| it.action == Action::Dropped) {
        let _ = writeln!(
            out,
            "-- not in it: {}: {}",
            one_line(&finding.object.name),
            one_line(&finding.message)
        );
    }
    out.push_str(
        "\n\\set ON_ERROR_STOP on\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\
         SET default_transaction_read_only = off;\nBEGIN;\n",
    );
    if live.answers.major >= crate::version::Major::new(16) {
        out.push_str("SET LOCAL createrole_self_grant = '';\n");
    }
    let steps = plan.steps(&live.answers);
    let (inside, outside): (Vec<_>, Vec<_>) =
        steps.iter().partition(|step| step.phase != Phase::Tablespaces);
    for step in inside {
        let _ = writeln!(out, "{};", step.statement());
    }
    out.push_str("COMMIT;\n");
    for step in outside {
        let _ = writeln!(out, "{};", step.statement());
    }
    let equal = plan.is_empty() && plan.obstacles.is_empty() && plan.refused.is_empty();
    Ok((out, equal && plan.withheld.is_empty()))
}
