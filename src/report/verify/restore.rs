//! What a restore has left behind: what is to be taken back, what belongs to stand-ins, and what
//! administrators have gained and keep.

use std::fmt::{self, Write as _};

use super::parts::{AdministratorReport, MembershipReport, StandInReport, VerifyReport};
use super::words::{some, what};
use crate::name::Name;
use crate::words::{and, plural, visible};

/// How many objects of a stand-in have a line of their own.
const SHOWN: usize = 10;

/// Says all of it, in lines.
pub(super) fn write(report: &VerifyReport, out: &mut String) -> fmt::Result {
    administrators(&report.administrators, out)?;
    to_take_back(report, out)
}

/// What administrators have gained, which no take-back removes.
fn administrators(all: &[AdministratorReport], out: &mut String) -> fmt::Result {
    if all.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "gained by administrators of the target through the migration, and not taken back by FILE:"
    )?;
    for AdministratorReport { role, memberships, privileges } in all {
        for chunk in memberships.chunk_by(MembershipReport::is_like) {
            let names: Vec<_> = chunk.iter().map(|it| &it.role).collect();
            let MembershipReport { options, granted_by, .. } = &chunk[0];
            let by = granted_by.as_ref().map(|by| format!(", granted by {by}")).unwrap_or_default();
            let roles = plural(names.len(), "role");
            if chunk[0].admin_only {
                writeln!(
                    out,
                    "  {role}: the ADMIN option on {roles} ({}){by} when they were created: it can make itself a member of \
                     each with GRANT",
                    some(&names)
                )?;
            } else {
                let with =
                    if options.is_empty() { String::new() } else { format!(" WITH {options}") };
                writeln!(out, "  {role}: membership in {roles} ({}){with}{by}", some(&names))?;
            }
        }
        for it in privileges {
            writeln!(out, "  {role}: in {}, {}", it.database, what(it, SHOWN))?;
        }
    }
    Ok(())
}

/// What was made for the restore only, and what FILE will not be able to drop.
fn to_take_back(report: &VerifyReport, out: &mut String) -> fmt::Result {
    let outstanding = &report.outstanding;
    let mut parts = Vec::new();
    let user = report.target.user.as_deref().map(|user| Name::new(user).to_string());
    let user = user.as_deref().unwrap_or("the connected role");
    if !outstanding.owners.is_empty() {
        let owners = plural(outstanding.owners.len(), "owner");
        parts.push(format!("{user} is a member of {owners} ({})", some(&outstanding.owners)));
    }
    if !outstanding.stand_ins.is_empty() {
        let count = outstanding.stand_ins.len();
        let verb = if count == 1 { "stand-in exists" } else { "stand-ins exist" };
        let names = some(&outstanding.stand_ins);
        let joined = match outstanding.joined.len() {
            0 => String::new(),
            1 if count == 1 => format!("; {user} as a member of it"),
            all if all == count => format!("; {user} as a member of each"),
            _ => format!("; {user} as a member of {}", some(&outstanding.joined)),
        };
        parts.push(format!("{count} {verb} ({names}{joined})"));
    }
    match outstanding.inheriting.as_slice() {
        [] => {}
        [role] => parts.push(format!("{role} inherits from the owner of a schema")),
        roles => {
            parts.push(format!(
                "{} roles inherit from owners of schemas ({})",
                roles.len(),
                some(roles)
            ));
        }
    }
    if parts.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "still to be taken back: {}: after the restore, psql -f FILE, the file that --for-restore has written, or REVOKE and DROP ROLE by hand",
        and(&parts)
    )?;
    for chunk in outstanding.owned.chunk_by(|one, next| one.role == next.role) {
        for StandInReport { role, database, object, remedy } in chunk.iter().take(SHOWN) {
            let (noun, name) = (object.class.nouns().0, &object.name);
            let remedy = visible(remedy);
            writeln!(
                out,
                "  in {database}: {noun} {name} belongs to the stand-in {role}: {remedy}"
            )?;
        }
        if let Some(more @ 1..) = chunk.len().checked_sub(SHOWN) {
            let objects = plural(more, "more object");
            writeln!(
                out,
                "  {objects} of the stand-in {}: --format json lists all",
                chunk[0].role
            )?;
        }
    }
    if !outstanding.owned.is_empty() {
        writeln!(
            out,
            "  FILE drops no stand-in that owns something: give these objects to roles first, as {user}; ALTER … OWNER TO takes a \
             member of both roles"
        )?;
    }
    // Owners and stand-ins are granted together, and owners are revoked although stand-ins stay.
    if outstanding.owners.is_empty() && !outstanding.stand_ins.is_empty() {
        writeln!(
            out,
            "  where FILE has been run and stopped, or has left something: its NOTICE, WARNING or ERROR names the object or \
             role; mend that, and run it again as {user}; pg_globals copy --for-restore with a new name writes it anew"
        )?;
    }
    Ok(())
}
