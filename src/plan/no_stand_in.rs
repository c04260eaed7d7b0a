//! Roles that databases name, that will not be there, and in whose place there can be no stand-in.

use super::ground::Ground;
use crate::finding::Severity;
use crate::name::Name;
use crate::sanitize::About;
use crate::sql::shown_identifier;

pub(super) const ABOUT: About = About {
    name: "no-stand-in",
    severity: Severity::Error,
    why: "databases name a role by a name that the target will not have, and no stand-in can take its place: \
          restoring them says that the role does not exist",
    explanation: "A dump names roles as the source does. Objects of the role then belong to the role that restores, \
                  and every grant on an object that names it is lost, those of other roles included. --for-restore \
                  creates stand-ins for roles that stay behind, but none in two cases.\n\n\
                  A role that --rename renames gets none under its old name: its objects would belong to the \
                  stand-in and not to the role. Copy it without --rename, restore, and rename it then, which an \
                  md5 password does not survive.\n\n\
                  No role can be made whose name the target reserves, such as pg_… or a name of its platform. \
                  What such a role owns and was granted has to be given to another role on the source before \
                  the dump.",
    remedy: "of a role that is renamed: copy it without --rename, restore, run FILE, and then ALTER ROLE … RENAME TO …; of a \
             reserved name: on the source, REASSIGN OWNED BY … TO … and REVOKE what it was granted, before the dump",
};

/// Why there can be none for this role, as a message ends; nothing where there can be one.
pub(super) fn why(role: &Name, ground: &Ground<'_>) -> Option<String> {
    if let Some(name) = ground.renamed.get(role) {
        let [old, new] = [role, name].map(shown_identifier);
        return Some(format!(
            "; copy it without --rename, restore, run FILE, and then: ALTER ROLE {old} RENAME TO {new}, which an md5 \
             password does not survive"
        ));
    }
    let reserved = "; the target reserves the name, so that there can be no stand-in";
    ground.is_reserved(role).then(|| reserved.to_owned())
}
