//! Roles that look as if they were frozen for the migration.

use crate::attribute::Attribute;
use crate::finding::{Action, Severity, Subject};
use crate::globals::{Password, Role, Setting, SettingKey};
use crate::name::Name;
use crate::sanitize::{About, Context, RoleRule, SettingRule, Verdict};

/// What it says.
pub const ABOUT: About = About {
    name: "frozen",
    severity: Severity::Warning,
    why: "the role is locked on the source (NOLOGIN, limit 0 or read-only), and will be locked on the target, too",
    explanation: "To keep data as it is while it is moved, roles are shut out on the source: \
                  NOLOGIN, CONNECTION LIMIT 0, default_transaction_read_only. A dump that is taken \
                  then shuts them out on the target as well, or lets them only read: `cannot \
                  execute INSERT in a read-only transaction`. What is meant cannot be seen, so the \
                  target gets what the source says.\n\n\
                  For roles that the target has already, copy does not send such a change (finding \
                  freeze), and a script of convert --if-not-exists, which may find them there, has \
                  no such setting without --allow-freeze.",
    remedy: "where that was done for the migration only, take the dump before it, or undo it on the \
             target",
};

pub(super) struct Frozen;

impl RoleRule for Frozen {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        let limit = role.connection_limit.filter(|limit| limit.value == 0);
        let login = role.stated(Attribute::Login).filter(|login| !login.value);
        let (origin, message) = match (limit, login, &role.password) {
            (Some(limit), ..) => (limit.origin, "CONNECTION LIMIT 0"),
            (_, Some(login), Password::Is(_)) => (login.origin, "it has a password, and NOLOGIN"),
            _ => return Verdict::Keep,
        };
        let object = Subject::Role(name.clone());
        cx.report(&ABOUT, Action::Kept, object, origin, message);
        Verdict::Keep
    }
}

impl SettingRule for Frozen {
    fn apply(&self, key: &SettingKey, setting: &mut Setting, cx: &mut Context<'_>) -> Verdict {
        if !key.name.is("default_transaction_read_only") || !setting.value.is_on() {
            return Verdict::Keep;
        }
        let object = key.subject();
        let message = "default_transaction_read_only is on";
        if cx.choices.withhold_freezes {
            let message = format!("{message}; --allow-freeze writes it, also for roles that exist");
            cx.report(&ABOUT, Action::Dropped, object, setting.origin, message);
            return Verdict::Drop;
        }
        cx.report(&ABOUT, Action::Kept, object, setting.origin, message);
        Verdict::Keep
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::Choices;
    use crate::sanitize::testing::{run, run_with};

    #[test]
    fn is_kept_and_said() {
        let text = "CREATE ROLE a CONNECTION LIMIT 0;\nALTER ROLE a SET default_transaction_read_only TO 'TRUE';";
        assert_eq!(
            run(text, "azure 16"),
            "1 warning frozen kept role a: CONNECTION LIMIT 0\n\
             2 warning frozen kept setting a: default_transaction_read_only: default_transaction_read_only is on\n\
             CREATE ROLE a WITH CONNECTION LIMIT 0\nALTER ROLE a SET default_transaction_read_only TO 'TRUE'\n\
             kept 2, rewritten 0, dropped 0"
        );
        let choices = Choices { withhold_freezes: true, ..Choices::default() };
        assert_eq!(
            run_with(text, "azure 16", &choices),
            "1 warning frozen kept role a: CONNECTION LIMIT 0\n\
             2 warning frozen dropped setting a: default_transaction_read_only: default_transaction_read_only is on; \
             --allow-freeze writes it, also for roles that exist\n\
             CREATE ROLE a WITH CONNECTION LIMIT 0\nkept 1, rewritten 0, dropped 1"
        );
    }
}
