//! Objects in schemas of others: who is to own something in a schema needs CREATE on it, which the
//! restore grants at its very end.

use std::collections::{BTreeMap, BTreeSet};

use super::ground::Ground;
use crate::attribute::Attribute;
use crate::finding::{Action, Finding, Severity, Subject};
use crate::globals::Globals;
use crate::name::Name;
use crate::platform::predefined::DATABASE_OWNER;
use crate::sanitize::About;
use crate::version::Major;
use crate::words::{few, plural};

pub(super) const ABOUT: About = About {
    name: "schema-owner",
    severity: Severity::Error,
    why: "roles own objects in schemas of other roles: restoring cannot give the objects to them, since \
          privileges on schemas come last",
    explanation: "ALTER … OWNER TO by anybody but a superuser takes a new owner with CREATE on the schema: \
                  `permission denied for schema …`. pg_restore gives each object to its owner when it \
                  creates it, and grants the privileges on schemas at its very end; so the object stays \
                  with the role that restores. Since 15 that is so in the schema public, too: there only \
                  the owner of the database has CREATE at the beginning.\n\n\
                  --for-restore lets the owner of the objects inherit from the owner of the schema for the \
                  time of the restore (INHERIT TRUE, SET FALSE since 16), and FILE takes that back. Where the \
                  schema's owner is carried over, the other role has its rights until then: nobody should \
                  log in as it before. It inherits from no administrator of the target, also where --map-role \
                  makes the schema's owner one: then the objects are given to it after the restore, with the \
                  statements of pg_globals verify --format sql.",
    remedy: "give --for-restore FILE, and run FILE before anybody logs in; else, after the restore: ALTER … OWNER TO …",
};

/// Who would have to inherit from whom, as (role, member).
pub(super) type Pairs<'a> = BTreeMap<(&'a Name, &'a Name), Pair<'a>>;

/// One that would have to inherit.
pub(super) struct Pair<'a> {
    /// Where it owns something in a schema of the other's.
    places: Vec<Place<'a>>,
    /// Why it cannot be granted.
    pub(super) hindrance: Option<Hindrance>,
}

/// Why somebody cannot be let inherit from another for the time of a restore.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Hindrance {
    /// The role is a member of the member.
    Circle,
    /// The member is one already, and does not inherit: taking that back would take the membership.
    Member,
    /// The role administers the target: until FILE is run the member would, too.
    Administrator,
}

/// Where somebody owns something in a schema of another role's.
#[derive(Clone, Copy)]
struct Place<'a> {
    database: &'a Name,
    schema: &'a Name,
    objects: u64,
}

/// Who would have to inherit from whom, as (role, member): both are there then, with these stand-ins, and
/// the member does not inherit from the role anyway.
pub(super) fn pairs<'a>(ground: &Ground<'a>, stand_ins: &BTreeSet<&Name>) -> Pairs<'a> {
    let mut pairs = Pairs::new();
    let Some(source) = ground.source else { return pairs };
    let will_be = |role: &Name| ground.will_be(role) || stand_ins.contains(role);
    let coming = ground.coming_administrators();
    let administers = |role: &Name| ground.is_protected(role) || ground.user() == Some(role);
    let is_fit = |role: &Name| will_be(role) && !administers(role);
    for (database, contents) in ground.read() {
        let owner = source.answers.databases.get(database).map(|it| &it.owner);
        for within in &contents.within {
            let is_public = within.schema.as_str() == "public";
            // Before 15 everybody may create in a new database's public.
            if is_public && ground.major() < Major::new(15) {
                continue;
            }
            let mut role = &within.schema_owner;
            if role.as_str() == DATABASE_OWNER || (is_public && !is_fit(role)) {
                let Some(owner) = owner else { continue };
                role = owner;
            }
            let member = &within.owner;
            let differ = role != member && will_be(role) && is_fit(member);
            if differ && !inherits(ground.desired, member, role) {
                let (schema, objects) = (&within.schema, within.objects);
                let is_member = ground.desired.members_below(role).contains(member);
                // Who inherits from it would administer the target, too.
                let hindrance = if administers(role) || coming.contains(role) {
                    Some(Hindrance::Administrator)
                } else {
                    is_member.then_some(Hindrance::Member)
                };
                let pair = pairs.entry((role, member));
                let pair = pair.or_insert_with(|| Pair { places: Vec::new(), hindrance });
                pair.places.push(Place { database, schema, objects });
            }
        }
    }
    mark_circles(&mut pairs, ground);
    pairs
}

/// No server lets a role be a member of itself, through others either.
fn mark_circles(pairs: &mut Pairs<'_>, ground: &Ground<'_>) {
    let mut members: BTreeMap<&Name, BTreeSet<&Name>> = BTreeMap::new();
    let all = [Some(ground.desired), ground.current].into_iter().flatten();
    for key in all.flat_map(|globals| globals.memberships.keys()) {
        members.entry(&key.role).or_default().insert(&key.member);
    }
    for ((role, member), pair) in pairs.iter_mut().filter(|(_, pair)| pair.hindrance.is_none()) {
        let (mut seen, mut next) = (BTreeSet::new(), vec![*member]);
        while let Some(one) = next.pop() {
            if seen.insert(one) {
                next.extend(members.get(one).into_iter().flatten());
            }
        }
        if seen.contains(role) {
            pair.hindrance = Some(Hindrance::Circle);
        } else {
            members.entry(role).or_default().insert(member);
        }
    }
}

/// Whether a role has the rights of another, through others too.
fn inherits(globals: &Globals, member: &Name, role: &Name) -> bool {
    let (mut seen, mut next) = (BTreeSet::new(), vec![member]);
    while let Some(one) = next.pop() {
        if !seen.insert(one) {
            continue;
        }
        let usual = globals.roles.get(one).is_none_or(|one| one.has(Attribute::Inherit));
        let inherited = globals
            .memberships
            .iter()
            .filter(|(key, it)| key.member == *one && it.inherit.map_or(usual, |fact| fact.value));
        next.extend(inherited.map(|(key, _)| &key.role));
    }
    seen.contains(role)
}

/// The same, without what is in these databases.
pub(super) fn beside<'a>(pairs: &Pairs<'a>, restored: &BTreeSet<Name>) -> Pairs<'a> {
    let pairs = pairs.iter().filter_map(|(key, pair)| {
        let places = pair.places.iter().filter(|it| !restored.contains(it.database));
        let places: Vec<_> = places.copied().collect();
        let pair = Pair { places, hindrance: pair.hindrance };
        (!pair.places.is_empty()).then_some((*key, pair))
    });
    pairs.collect()
}

/// What is to be said of them.
pub(super) fn findings(
    pairs: &Pairs<'_>,
    for_restore: bool,
    present: &BTreeSet<(&Name, &Name)>,
) -> Vec<Finding> {
    let finding = |((role, member), pair): (&(&Name, &Name), &Pair<'_>)| {
        let places = &pair.places;
        let objects = places.iter().fold(0_u64, |sum, place| sum.saturating_add(place.objects));
        let schemas: BTreeSet<_> = places.iter().map(|place| place.schema.to_string()).collect();
        let databases: BTreeSet<_> =
            places.iter().map(|place| place.database.to_string()).collect();
        let schemas: Vec<_> = schemas.into_iter().collect();
        let databases: Vec<_> = databases.into_iter().collect();
        let owned = format!(
            "owns {} in schema {} of {}",
            plural(objects, "object"),
            few(&schemas),
            few(&databases)
        );
        let object = Subject::Role((*member).clone());
        if let Some(hindrance) = pair.hindrance {
            let why = match hindrance {
                Hindrance::Circle => format!("cannot inherit from {role}, which is a member of it"),
                Hindrance::Member => format!("is a member of {role} that does not inherit from it"),
                Hindrance::Administrator => {
                    format!("shall not inherit from {role}, which administers the target")
                }
            };
            let message =
                format!("{owned}, and {why}: after the restore, ALTER … OWNER TO {member}");
            return ABOUT.finding(object, Action::Dropped, message);
        }
        if for_restore || present.contains(&(*role, *member)) {
            let message = format!("{owned}: until FILE is run it inherits from {role}");
            let warning = ABOUT.finding(object, Action::Kept, message);
            return warning.matters(Severity::Warning);
        }
        let message = format!("{owned}, where only {role} may create until the restore has ended");
        ABOUT.finding(object, Action::Dropped, message)
    };
    pairs.iter().map(finding).collect()
}
