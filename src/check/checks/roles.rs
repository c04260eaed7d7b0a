//! Roles: what copy would do.

use std::collections::BTreeSet;

use crate::attribute::Attribute;
use crate::check::answer::Unseen;
use crate::check::context::{Context, Verdict};
use crate::check::outcome::Outcomes;
use crate::check::words::{count, some};
use crate::check::{About, Check};
use crate::finding::Severity;
use crate::globals::{Change, Globals, Ledger, Password, Role};
use crate::name::Name;
use crate::plan::{self, Desired, Plan, plan};
use crate::platform::{Platform, Rights};
use crate::read::live::Live;
use crate::sanitize::{self, Choices, Sanitized, sanitize};

static ABOUT: About = About {
    name: "roles",
    codes: &[],
    title: "roles and memberships are on the target, or what copying them would do",
    explanation: "The migration service does not bring roles, and restoring a database without \
                  them is an error for each owner and each grant: `role \"…\" does not exist`. So \
                  they come first, with pg_globals copy. The check reads both servers as copy \
                  does, applies the same rules, and tells what copy would do, which login roles \
                  would arrive without a password, and which superusers of the source are none on \
                  the target. pg_globals copy --dry-run tries all of it on the target and rolls it \
                  back.",
    looked_at: "the globals of both servers",
    online: false,
};

/// Where passwords are.
const VERIFIERS: &str = "pg_authid of the source, and the roles of the target";

pub(super) struct Roles;

impl Check for Roles {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let source = &cx.source.server()?.live;
        let target = &cx.target.server()?.live;
        let platform = target.platform.or_else(|| Platform::builtin("azure"));
        let platform = platform.ok_or_else(|| Unseen("there is no platform azure".to_owned()))?;
        let choices = Choices { now: cx.now, ..Choices::default() };
        let rights = Rights::offline(platform, target.answers.major).narrowed_by(&target.answers);
        let origin = sanitize::Source {
            platform: source.platform,
            major: Some(source.answers.major),
            verifier_kinds: Some(&source.verifier_kinds),
        };
        let globals = source.globals.clone();
        let sanitized = sanitize(globals, Ledger::default(), Vec::new(), rights, origin, &choices)
            .map_err(|error| Unseen(error.to_string()))?;
        let desired = Desired {
            source: Some(source),
            globals: &sanitized.globals,
            unspecified: &sanitized.unspecified,
            ledger: &sanitized.ledger,
        };
        let options = plan::Options { now: cx.now, ..plan::Options::default() };
        let plan = plan(&target.globals, &desired, &target.answers, platform, &options);
        changes(&plan, out);
        passwords(source, target, &sanitized.globals, out);
        superusers(&source.globals, &sanitized.globals, platform, out);
        findings(&sanitized, &plan, out);
        Ok(())
    }
}

/// What is on the target, and what remains.
fn changes(plan: &Plan, out: &mut Outcomes<'_>) {
    if let Some(obstacle) = plan.obstacles.first() {
        out.failed(format!("copy cannot start: {}", obstacle.message))
            .remedy("pg_globals copy SOURCE TARGET --dry-run lists all of it, with the ways out");
        return;
    }
    if plan.changes.is_empty() {
        out.succeeded("everything that the target takes is there: copy has nothing to do");
        return;
    }
    let new = plan.changes.iter().filter(|it| matches!(it, Change::CreateRole { .. })).count();
    let found = format!(
        "{} to create, {} in all until the target has what the source has",
        count(new, "role"),
        count(plan.changes.len(), "change"),
    );
    out.failed(found)
        .remedy("pg_globals copy SOURCE TARGET: the migration service does not bring roles");
}

/// Who cannot log in afterwards.
fn passwords(source: &Live, target: &Live, sanitized: &Globals, out: &mut Outcomes<'_>) {
    // They have none on the source's platform either; copy names them.
    let elsewhere: BTreeSet<&Name> = source
        .globals
        .memberships
        .keys()
        .filter(|key| {
            source
                .platform
                .is_some_and(|it| it.external_authentication(key.role.as_str()).is_some())
        })
        .map(|key| &key.member)
        .collect();
    let reads_verifiers = source.answers.reads_verifiers;
    let has_none = |role: &Role| matches!(role.password, Password::None(_));
    let without = sanitized.roles.iter().filter(|(name, role)| {
        // Behind a closed pg_authid, one that is on the target may have got its password there.
        role.has(Attribute::Login)
            && !matches!(role.password, Password::Is(_))
            && !elsewhere.contains(name)
            && (reads_verifiers || target.globals.roles.get(*name).is_none_or(has_none))
    });
    let without: Vec<&Name> = without.map(|(name, _)| name).collect();
    let are_there = without.iter().all(|name| target.globals.roles.contains_key(*name));
    if without.is_empty() {
        let found = if reads_verifiers {
            "every login role has a password to bring"
        } else if !target.answers.reads_verifiers {
            out.unknown(
                "pg_authid is closed on both sides: whether the login roles have passwords on the \
                 target cannot be seen",
            )
            .looked_at(VERIFIERS)
            .remedy("log in as one of them");
            return;
        } else {
            "pg_authid is closed on the source, and every login role is on the target, with a password"
        };
        out.succeeded(found).looked_at(VERIFIERS);
    } else if reads_verifiers {
        let roles = count(without.len(), "login role");
        out.warning(format!("{roles} without a password: {}", some(&without, without.len())))
            .looked_at(VERIFIERS)
            .remedy("where they log in with one after the migration: ALTER ROLE … PASSWORD");
    } else {
        out.warning(format!(
            "pg_authid is closed on the source: {} {}: {}",
            count(without.len(), "login role"),
            if are_there {
                "without a password on the target"
            } else {
                "would arrive without a password"
            },
            some(&without, without.len())
        ))
        .looked_at(VERIFIERS)
        .remedy(
            "pg_globals copy --passwords generate --password-file FILE, or --passwords-from where \
             they are known",
        );
    }
}

/// Superusers are none on the target.
fn superusers(source: &Globals, sanitized: &Globals, platform: &Platform, out: &mut Outcomes<'_>) {
    if platform.admin_is_superuser() {
        return;
    }
    let lose = source.roles.iter().filter(|(name, role)| {
        role.has(Attribute::Superuser) && sanitized.roles.contains_key(*name)
    });
    let lose: Vec<&Name> = lose.map(|(name, _)| name).collect();
    if !lose.is_empty() {
        out.warning(format!(
            "{} of the source {} on the target: {}",
            count(lose.len(), "superuser"),
            if lose.len() == 1 { "is none" } else { "are none" },
            some(&lose, lose.len())
        ))
        .looked_at("pg_roles of the source")
        .remedy(
            "where they shall administer the target: pg_globals copy --map-role \
                 SUPERUSER=azure_pg_admin",
        );
    }
}

/// What else copy would say.
fn findings(sanitized: &Sanitized, plan: &Plan, out: &mut Outcomes<'_>) {
    let of = |severity: Severity| {
        let all = sanitized.findings.iter().chain(plan.all_findings());
        all.filter(|finding| finding.severity == severity).count()
    };
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    if errors + warnings > 0 {
        out.warning(format!(
            "copy has {} and {} about single roles, memberships and settings",
            count(errors, "error"),
            count(warnings, "warning")
        ))
        .remedy("pg_globals copy SOURCE TARGET --dry-run shows them");
    }
}
