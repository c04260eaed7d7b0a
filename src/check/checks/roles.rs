//! Roles: what copy would do.

use std::collections::BTreeSet;

use crate::attribute::Attribute;
use crate::check::prelude::*;
use crate::finding::Severity;
use crate::globals::{Change, Globals, Password};
use crate::plan::{self, Migration, Plan, Provenance};
use crate::platform::Platform;
use crate::read::Contents;
use crate::read::live::Live;
use crate::sanitize::{Choices, Sanitized};

static ABOUT: About = About {
    name: "roles",
    codes: &[],
    title: "roles and memberships are on the target, or what copying them would do",
    explanation: "The migration service does not bring roles, and restoring a database without \
                  them is an error for each owner and each grant: `role \"…\" does not exist`. Nor does the \
                  service bring owners of objects and grants: everything belongs to the role that \
                  migrates, until the ACL entries of a dump are replayed; pg_restore brings both. \
                  Roles come first, with pg_globals copy. The check reads both servers as copy \
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

    fn absent(&self, source: &Live, target: &Live, choices: &Choices) -> BTreeSet<Name> {
        migration(source, target, choices).map(|it| it.absent).unwrap_or_default()
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let source = &cx.source.server()?.live;
        let target = &cx.target.server()?.live;
        let choices = &cx.choices;
        let migration = migration(source, target, choices)?.with_databases(cx.uses.clone());
        let platform = plan::rights(target, platform(target)).platform();
        let sanitized = &migration.sanitized;
        let options = plan::Options { now: choices.now, ..plan::Options::default() };
        let plan = migration.plan(target, &options);
        changes(&plan, out);
        passwords(source, target, &sanitized.globals, choices, out);
        superusers(&source.globals, &sanitized.globals, platform, choices, out);
        owners(&plan, out);
        restoring(&plan, out);
        out.warning(
            "the migration service brings neither the owners of objects nor the grants on them: all of it \
             belongs to the role that migrates",
        )
        .concerns(Method::Service)
        .looked_at("the documentation of Azure")
        .remedy(
            "pg_dump and pg_restore bring them; after the service, replay the entries ACL and DEFAULT ACL of \
             pg_dump -Fc --schema-only (pg_restore --use-list), and see what is lost with pg_globals verify",
        );
        findings(sanitized, &plan, out);
        Ok(())
    }
}

/// The platform that the target is taken for.
fn platform(target: &Live) -> Option<&'static Platform> {
    target.platform.or_else(|| Platform::builtin("azure"))
}

/// What copy would do.
fn migration<'a>(
    source: &'a Live,
    target: &'a Live,
    choices: &'a Choices,
) -> Result<Migration<'a>, Unseen> {
    let rights = plan::rights(target, platform(target));
    let contents = Contents { globals: source.globals.clone(), ..Contents::default() };
    Migration::new(contents, Provenance::from(source), rights, choices)
        .map_err(|error| Unseen(error.to_string()))
}

/// What restoring the databases would lose.
fn restoring(plan: &Plan, out: &mut Outcomes<'_>) {
    const PLACE: &str = "pg_shdepend of the source, and the catalogs of its databases";
    let rules = plan::of_restore();
    for finding in plan.findings.iter().filter(|it| rules.contains(&it.about)) {
        let found = format!("{}: {}", finding.object, finding.message);
        let outcome = match finding.severity {
            Severity::Error => out.failed(found),
            Severity::Warning if finding.about.name == UNREAD => out.unknown(found),
            Severity::Warning => out.warning(found),
            Severity::Info => continue,
        };
        outcome.concerns(Method::PgDump).looked_at(PLACE).remedy(finding.about.remedy);
    }
}

/// The owners to whom the connected role can give nothing.
fn owners(plan: &Plan, out: &mut Outcomes<'_>) {
    let Some(finding) = plan.findings.iter().find(|it| it.about.name == OWNERS) else { return };
    out.failed(format!(
        "{} {}, and pg_restore gives objects to owners that it is a member of only (ALTER … OWNER TO)",
        finding.object, finding.message
    ))
    .concerns(Method::PgDump)
    .looked_at("pg_shdepend of the source, memberships of the target")
    .remedy("pg_globals copy SOURCE TARGET --for-restore FILE, and FILE takes it back after the restore");
}

/// What is said where owners were not granted to the connected role.
const OWNERS: &str = "owners";

/// What is said of databases that could not be read.
const UNREAD: &str = "unread-database";

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
        "{} to create, {} in all{} until the target has what the source has",
        count(new, "role"),
        count(plan.changes.len(), "change"),
        match plan.passwords_of_new_roles() {
            0 => String::new(),
            passwords => format!(", {} of new roles among them,", count(passwords, "password")),
        },
    );
    out.failed(found)
        .remedy("pg_globals copy SOURCE TARGET: the migration service does not bring roles");
}

/// Who cannot log in afterwards.
fn passwords(
    source: &Live,
    target: &Live,
    sanitized: &Globals,
    choices: &Choices,
    out: &mut Outcomes<'_>,
) {
    let way = |role: &Name| source.platform?.external_authentication(role.as_str());
    let memberships = source.globals.memberships.keys();
    let elsewhere = memberships.filter(|key| way(&key.role).is_some());
    let elsewhere = elsewhere.map(|key| choices.rename.get(&key.member).unwrap_or(&key.member));
    let elsewhere: BTreeSet<&Name> = elsewhere.collect();
    let reads_verifiers = source.answers.reads_verifiers;
    let (mut without, mut external, mut unseen) = (Vec::new(), Vec::new(), Vec::new());
    let mut is_there = false;
    for (name, role) in &sanitized.roles {
        if !role.has(Attribute::Login) || matches!(role.password, Password::Is(_)) {
            continue;
        }
        let there = target.globals.roles.get(name).map(|role| &role.password);
        let is_hidden = target.answers.hides_password(name.as_str());
        match there {
            None | Some(Password::None(_)) if elsewhere.contains(name) => external.push(name),
            None | Some(Password::None(_)) => without.push(name),
            // None is brought that could be there.
            Some(_) if is_hidden && matches!(role.password, Password::None(_)) => {
                without.push(name);
            }
            Some(_) if is_hidden => unseen.push(name),
            Some(_) => is_there = true,
        }
    }
    if !external.is_empty() {
        out.warning(format!(
            "{} without a password, which on the source {} by a service of its platform: {}",
            count(external.len(), "login role"),
            if external.len() == 1 { "logs in" } else { "log in" },
            some(&external, external.len())
        ))
        .looked_at(VERIFIERS)
        .remedy("give it a password, or a principal of the target's own identity service");
    }
    if !without.is_empty() {
        let roles = count(without.len(), "login role");
        let names = some(&without, without.len());
        let are_there = without.iter().all(|name| target.globals.roles.contains_key(*name));
        if reads_verifiers {
            out.warning(format!("{roles} without a password: {names}"))
                .looked_at(VERIFIERS)
                .remedy("where they log in with one after the migration: ALTER ROLE … PASSWORD");
        } else {
            let how = if are_there {
                "without a password on the target"
            } else {
                "would arrive without a password"
            };
            out.warning(format!("pg_authid is closed on the source: {roles} {how}: {names}"))
                .looked_at(VERIFIERS)
                .remedy(
                    "pg_globals copy --passwords generate --password-file FILE, or \
                     --passwords-from where they are known",
                );
        }
    }
    if !unseen.is_empty() {
        out.unknown(
            "pg_authid is closed on both sides: whether the login roles have passwords on the \
             target cannot be seen",
        )
        .looked_at(VERIFIERS)
        .remedy("log in as one of them");
    }
    if external.is_empty() && without.is_empty() && unseen.is_empty() {
        let logs_in = sanitized.roles.values().any(|role| role.has(Attribute::Login));
        let found = match (reads_verifiers, is_there) {
            _ if !logs_in => "no login role is to be brought",
            (true, false) => "every login role has a password to bring",
            (true, true) => "every login role has a password, to bring or on the target",
            (false, _) => {
                "pg_authid is closed on the source, and every login role is on the target, with a \
                 password"
            }
        };
        out.succeeded(found).looked_at(VERIFIERS);
    }
}

/// Superusers are none on the target.
fn superusers(
    source: &Globals,
    sanitized: &Globals,
    platform: &Platform,
    choices: &Choices,
    out: &mut Outcomes<'_>,
) {
    if platform.admin_is_superuser() || choices.mapped(Attribute::Superuser).is_some() {
        return;
    }
    let lose = source.roles.iter().filter(|(name, role)| {
        let new_name = choices.rename.get(*name).unwrap_or(name);
        role.has(Attribute::Superuser) && sanitized.roles.contains_key(new_name)
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
    let told = plan.still_true(&sanitized.findings);
    let of = |severity: Severity| {
        let rules = plan::of_restore();
        let all = told.iter().chain(plan.all_findings());
        let others = all.filter(|finding| !rules.contains(&finding.about));
        others.filter(|finding| finding.severity == severity).count()
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
