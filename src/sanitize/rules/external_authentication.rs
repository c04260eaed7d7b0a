//! Members of roles that stand for another way of logging in.

use crate::attribute::Attribute;
use crate::finding::{Action, Severity, Subject};
use crate::globals::{Membership, MembershipKey, Password, Role};
use crate::name::Name;
use crate::sanitize::{About, Context, MembershipRule, RoleRule, Verdict};

/// What it says.
pub const ABOUT: About = About {
    name: "external-authentication",
    severity: Severity::Error,
    why: "the role authenticates through the source's platform, which the target does not have",
    explanation: "On AWS, members of rds_iam log in with a token of IAM and members of rds_ad by \
                  Kerberos, and have no password. The membership means nothing on the target and \
                  is left out; where a role is such a member through a group only, the group's \
                  membership goes. The role arrives, and has no way to log in.\n\n\
                  It is information only where --passwords-from gives the role a password, or it \
                  is seen to have one on the target, which it keeps; and a warning where it has \
                  one on the source, which nobody used there.\n\n\
                  On Azure a security label of pgaadauth or pgaadauth-int ties a role to a principal of \
                  Microsoft Entra ID. An Entra administrator of the server sets it for a role that \
                  exists: SECURITY LABEL FOR pgaadauth ON ROLE … IS \
                  'aadauth,oid=…,type=user', with the object id of the principal, and group or \
                  service in the place of user. (pgaadauth_create_principal makes a role and its label, \
                  and refuses a role that exists.) Which principal stands for which role is for you to \
                  say, so none is made; and no password is generated for such a role.",
    remedy: "on Azure let an Entra administrator tie the role to a principal: SECURITY LABEL FOR pgaadauth ON ROLE … IS \
             'aadauth,oid=…,type=user'; elsewhere give it a password, or a login of the target's identity service",
};

pub(super) struct ExternalAuthentication;

/// A role with a label that says how it logs in.
impl RoleRule for ExternalAuthentication {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        let Some(labelled) = cx.labelled.get(name).copied() else { return Verdict::Keep };
        let keeps = |provider: &Name| cx.rights.label_provider(provider.as_str()).is_yes();
        if !role.has(Attribute::Login) || role.labels.keys().any(keeps) {
            return Verdict::Keep;
        }
        let mut message = format!("{name} logs in with {}", labelled.way);
        let mut severity = ABOUT.severity;
        if let Some((less, how)) = password_of(name, role, cx) {
            message = format!("{message}; {how}");
            severity = less;
        }
        let object = Subject::Role(name.clone());
        cx.report_as(&ABOUT, severity, Action::Kept, object, labelled.origin, message);
        Verdict::Keep
    }
}

impl MembershipRule for ExternalAuthentication {
    fn apply(&self, key: &mut MembershipKey, it: &mut Membership, cx: &mut Context<'_>) -> Verdict {
        if !cx.roles.contains_key(&key.member) {
            return Verdict::Keep;
        }
        let there = cx.rights.platform();
        let (way, through) = match (cx.external_way(&key.role), cx.external.get(&key.role)) {
            (Some(_), _) if there.authenticates(key.role.as_str()).is_some() => {
                cx.mapped.insert(key.clone());
                return Verdict::Keep;
            }
            (Some(way), _) => (way, false),
            (None, Some(group)) => {
                let direct = cx.external.get(&key.member).is_some_and(|external| external.direct);
                let logs_in = cx.roles.get(&key.member).is_some_and(|r| r.has(Attribute::Login));
                let taken = there.authenticates(group.role.as_str()).is_some();
                match cx.external_way(&group.role).filter(|_| logs_in && !direct && !taken) {
                    Some(way) => (way, true),
                    None => return Verdict::Keep,
                }
            }
            (None, None) => return Verdict::Keep,
        };
        let object = key.subject();
        let origin = it.granted.origin;
        let mut message = format!("{} logs in with {way}", key.member);
        if through {
            message = format!("{message}, as a member of {}", key.role);
        }
        let severity = match has_password(&key.member, cx) {
            Some((severity, how)) => {
                message = format!("{message}; {how}");
                severity
            }
            None => ABOUT.severity,
        };
        // Of a source whose platform is not known, the role itself is carried over.
        let (action, verdict) = if through || cx.source.is_none() {
            (Action::Kept, Verdict::Keep)
        } else {
            (Action::Dropped, Verdict::Drop)
        };
        cx.report_as(&ABOUT, severity, action, object, origin, message);
        verdict
    }
}

/// What the role can log in with on the target, if anything is known; and how much there is left to do.
fn has_password(name: &Name, cx: &Context<'_>) -> Option<(Severity, &'static str)> {
    password_of(name, cx.roles.get(name)?, cx)
}

fn password_of(name: &Name, role: &Role, cx: &Context<'_>) -> Option<(Severity, &'static str)> {
    match &role.password {
        Password::Is(_) if cx.choices.passwords_from.contains_key(cx.source_name(name)) => {
            Some((Severity::Info, "on the target with its password of --passwords-from"))
        }
        Password::Is(_) => {
            Some((Severity::Warning, "on the target with the password that it has on the source"))
        }
        // A group is asked for its members only.
        _ if !role.has(Attribute::Login) => None,
        Password::Unknown
            if cx.rights.has_role(name.as_str())
                && !cx.rights.hides_password(name.as_str())
                && !cx.rights.lacks_password(name.as_str()) =>
        {
            Some((Severity::Info, "on the target with the password that it has there"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::name::Name;
    use std::collections::BTreeMap;

    use crate::sanitize::testing::{run, run_with};
    use crate::sanitize::{Choices, Passwords};
    use crate::secret::Secret;

    #[test]
    fn a_password_is_a_way_to_log_in() {
        let md5 = format!("md5{}", "0".repeat(32));
        let text = format!(
            "CREATE ROLE rdsadmin SUPERUSER;\nCREATE ROLE rds_iam;\nCREATE ROLE a LOGIN;\n\
             CREATE ROLE b LOGIN PASSWORD '{md5}';\nCREATE ROLE c LOGIN;\nGRANT rds_iam TO a, b, c;"
        );
        let passwords_from = [(Name::new("a"), Secret::new(&md5))].into();
        let rename = [(Name::new("a"), Name::new("z"))].into();
        for choices in [
            Choices { passwords_from, ..Choices::default() },
            Choices {
                passwords_from: [(Name::new("a"), Secret::new("p"))].into(),
                rename,
                ..Choices::default()
            },
        ] {
            let all = run_with(&text, "azure 16", &choices);
            let found: Vec<_> =
                all.split('\n').filter(|line| line.contains(" external-auth")).collect();
            let role = if choices.rename.is_empty() { "a" } else { "z" };
            let mut expected = [
                format!(
                    "6 info external-authentication dropped membership {role} in rds_iam: {role} logs in \
                     with an IAM token of AWS instead of a password; on the target with its password of \
                     --passwords-from"
                ),
                "6 warning external-authentication dropped membership b in rds_iam: b logs in with an IAM \
                 token of AWS instead of a password; on the target with the password that it has on the \
                 source"
                    .to_owned(),
                "6 error external-authentication dropped membership c in rds_iam: c logs in with an IAM \
                 token of AWS instead of a password"
                    .to_owned(),
            ];
            expected[..].sort_by_key(|line| line.split("membership ").nth(1).unwrap().to_owned());
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn no_password_is_missed() {
        let text = "CREATE ROLE rdsadmin SUPERUSER;\nCREATE ROLE rds_iam;\nCREATE ROLE a LOGIN;\nGRANT rds_iam TO a;";
        assert_eq!(
            run(text, "azure 16"),
            "2 info platform-role dropped role rds_iam: aurora's own\n\
             1 info platform-role dropped role rdsadmin: aurora's own\n\
             4 error external-authentication dropped membership a in rds_iam: a logs in with an IAM token of AWS instead of a password\n\
             CREATE ROLE a WITH LOGIN\nkept 1, rewritten 0, dropped 3"
        );
    }

    #[test]
    fn members_of_members_log_in_that_way_too() {
        let text = "CREATE ROLE rdsadmin SUPERUSER;\nCREATE ROLE rds_iam;\nCREATE ROLE staff;\nCREATE ROLE a LOGIN;\n\
                    ALTER ROLE rdsadmin PASSWORD NULL;\nGRANT rds_iam TO staff;\nGRANT staff TO a;";
        assert_eq!(
            run(text, "azure 16"),
            "2 info platform-role dropped role rds_iam: aurora's own\n\
             1 info platform-role dropped role rdsadmin: aurora's own\n\
             5 info platform-role dropped role rdsadmin: aurora's own\n\
             6 error external-authentication dropped membership staff in rds_iam: staff logs in with an IAM token of AWS instead of a password\n\
             7 error external-authentication kept membership a in staff: a logs in with an IAM token of AWS instead of a password, as a member of staff\n\
             CREATE ROLE a WITH LOGIN\nCREATE ROLE staff\nGRANT staff TO a\nkept 3, rewritten 0, dropped 4"
        );
    }

    #[test]
    fn a_label_is_a_way_to_log_in() {
        let text = "CREATE ROLE azuresu SUPERUSER;\nCREATE ROLE a LOGIN;\n\
                    SECURITY LABEL FOR \"pgaadauth-int\" ON ROLE a IS 'type=group,oid=1';\nCREATE ROLE b LOGIN PASSWORD NULL;\n\
                    SECURITY LABEL FOR pgaadauth ON ROLE b IS 'aadauth';";
        let way = "logs in with Microsoft Entra ID instead of a password";
        let passwords = Passwords::Generate { earlier: BTreeMap::default(), replace: false };
        let choices = Choices { passwords, ..Choices::default() };
        for target in ["azure 16", "postgres 16"] {
            let all = run_with(text, target, &choices);
            for line in [
                format!("3 error external-authentication kept role a: a {way}\n"),
                format!("5 error external-authentication kept role b: b {way}\n"),
                "CREATE ROLE a WITH LOGIN\n".to_owned(),
                "CREATE ROLE b WITH LOGIN\n".to_owned(),
            ] {
                assert!(all.contains(&line), "{all}");
            }
            assert!(!all.contains("no such provider") && !all.contains("no-password"), "{all}");
        }
    }

    #[test]
    fn where_the_platforms_superuser_is_cut_out() {
        let text = "CREATE ROLE a LOGIN;\nGRANT rds_iam TO a;\nCREATE ROLE b LOGIN;\nGRANT cloudsqliamuser TO b;";
        let passwords = Passwords::Generate { earlier: BTreeMap::default(), replace: false };
        let all = run_with(text, "azure 16", &Choices { passwords, ..Choices::default() });
        assert!(
            all.contains(
                "2 error external-authentication kept membership a in rds_iam: a logs in with"
            ),
            "{all}"
        );
        assert!(
            all.contains("4 error external-authentication kept membership b in cloudsqliamuser"),
            "{all}"
        );
        assert!(!all.contains("generated-password"), "{all}");
    }

    #[test]
    fn members_of_azure_ad_user_log_in_elsewhere() {
        let text = "CREATE ROLE azure_superuser SUPERUSER;\nCREATE ROLE azure_ad_user;\nCREATE ROLE a LOGIN;\n\
                    GRANT azure_ad_user TO a;";
        assert_eq!(
            run(text, "azure 16"),
            "2 info platform-role dropped role azure_ad_user: azure's own\n\
             1 info platform-role dropped role azure_superuser: azure's own\n\
             4 error external-authentication dropped membership a in azure_ad_user: a logs in with Microsoft Entra \
             ID instead of a password\n\
             CREATE ROLE a WITH LOGIN\nkept 1, rewritten 0, dropped 3"
        );
    }

    #[test]
    fn it_stays_where_the_target_knows_that_way() {
        let text = "CREATE ROLE rdsadmin SUPERUSER;\nCREATE ROLE rds_iam;\nCREATE ROLE rds_ad;\nCREATE ROLE a LOGIN;\n\
                    CREATE ROLE b LOGIN;\nGRANT rds_iam TO a;\nGRANT rds_ad TO b;";
        for target in ["aurora", "rds"] {
            assert_eq!(
                run(text, &format!("{target} 16")),
                "3 info platform-role dropped role rds_ad: aurora's own\n\
                 2 info platform-role dropped role rds_iam: aurora's own\n\
                 1 info platform-role dropped role rdsadmin: aurora's own\n\
                 CREATE ROLE a WITH LOGIN\nCREATE ROLE b WITH LOGIN\nGRANT rds_ad TO b\nGRANT rds_iam TO a\n\
                 kept 4, rewritten 0, dropped 3"
            );
        }
    }
}
