//! What a target accepts from its administrator.

use std::collections::BTreeSet;

use super::answer::{Answer, Predefined, SettingAnswer};
use super::answers::{Answers, GrantOptions, Protection};
use super::data::{RoleKind, Rule};
use super::definition::{OwnRole, Platform};
use super::settings::{self, SettingKind};
use super::{attributes, predefined};
use crate::attribute::Attribute;
use crate::name::Name;
use crate::secret::VerifierKind;
use crate::version::Major;

/// From this version on, the names of roles, databases and tablespaces have no line breaks.
const NO_LINE_BREAKS: Major = Major::new(19);

/// What a server of one major version on one platform accepts from its administrator: as far as
/// that is known without asking it, and narrowed by what it answers, where it was asked.
#[derive(Clone, Copy, Debug)]
pub struct Rights<'a> {
    platform: &'a Platform,
    major: Major,
    answers: Option<&'a Answers>,
    shown: Option<&'a BTreeSet<Name>>,
}

impl<'a> Rights<'a> {
    /// What is known about the platform and PostgreSQL's rules of that version.
    pub const fn offline(platform: &'a Platform, major: Major) -> Self {
        Self { platform, major, answers: None, shown: None }
    }

    /// What the connected role may do on that very server. What it answers counts; where it cannot
    /// be asked, the stricter of what PostgreSQL and the platform's data say.
    #[must_use]
    pub const fn narrowed_by(self, answers: &'a Answers) -> Self {
        Self { answers: Some(answers), major: answers.major, ..self }
    }

    /// Where there is a dump of the target: of its platform's own roles it has these.
    #[must_use]
    pub const fn showing(self, roles: &'a BTreeSet<Name>) -> Self {
        Self { shown: Some(roles), ..self }
    }

    /// What the server has answered, where it was asked.
    pub const fn answers(&self) -> Option<&'a Answers> {
        self.answers
    }

    /// Whether nothing is refused to whoever replays: a superuser.
    pub fn is_superuser(&self) -> bool {
        self.answers.map_or(self.platform.data.admin.superuser, Answers::is_superuser)
    }

    /// Why a role of the target is never touched.
    pub fn protection(&self, role: &str) -> Option<&'a Protection> {
        self.answers?.protected.get(role)
    }

    /// Whether the target has this role for sure, although the source does not bring it.
    pub fn has_role(&self, role: &str) -> bool {
        self.answers.is_some_and(|answers| {
            answers.roles.contains(role) && !answers.stand_ins.contains(role)
        })
    }

    /// Whether the target has this tablespace for sure, although the source does not bring it.
    pub fn has_tablespace(&self, name: &str) -> bool {
        self.answers.is_some_and(|answers| answers.tablespaces.contains(name))
    }

    /// Whether the target lists this setting for sure.
    pub fn has_setting(&self, name: &str) -> bool {
        self.answers.is_some_and(|answers| answers.context(name).is_some())
    }

    /// Whether a role that the target has is known to have no password there.
    pub fn lacks_password(&self, role: &str) -> bool {
        self.answers.is_some_and(|answers| answers.without_password.contains(role))
    }

    /// Whether the target does not show if a role has a password there.
    pub fn hides_password(&self, role: &str) -> bool {
        self.answers.is_some_and(|answers| answers.hides_password(role))
    }

    /// The target's version.
    pub const fn major(&self) -> Major {
        self.major
    }

    /// The target's platform.
    pub const fn platform(&self) -> &'a Platform {
        self.platform
    }

    /// May the administrator give `attribute` in `CREATE ROLE`?
    pub fn attribute(&self, attribute: Attribute) -> Answer<'a> {
        let data = &self.platform.data;
        let rule = Rule::find(&data.attribute, self.major, |name| name.0 == attribute);
        let rule = rule.map(Rule::answer);
        let Some(answers) = self.answers else {
            let admin = &data.admin;
            let has = || admin.attributes.iter().any(|own| own.0 == attribute);
            return rule.unwrap_or_else(|| {
                attributes::vanilla(admin.superuser, has(), attribute, self.major)
            });
        };
        let has = answers.attributes.contains(&attribute);
        let own = attributes::vanilla(answers.is_superuser(), has, attribute, self.major);
        match rule {
            // No catalog shows what a platform's own build refuses.
            Some(Answer::No(why)) if own.is_yes() && !answers.is_superuser() => {
                Answer::Unconfirmed(why)
            }
            _ => own,
        }
    }

    /// May a role be created with this name? Names are compared as they are stored.
    pub fn role_name(&self, name: &str) -> Answer<'a> {
        if name.starts_with(predefined::PREFIX) {
            return Answer::no("names that begin with pg_ are reserved");
        }
        // IsReservedName and the grammar's RoleSpec: "public" and "none", quoted or not.
        if matches!(name, "public" | "none") {
            return Answer::no("the name is reserved");
        }
        if let Some(why) = self.line_breaks(name) {
            return Answer::no(why);
        }
        let rules = &self.platform.data.role_name;
        Rule::find(rules, self.major, |glob| glob.matches(name)).map_or(Answer::Yes, Rule::answer)
    }

    /// Why the name of a role, database or tablespace is refused for a line break in it.
    pub fn line_breaks(&self, name: &str) -> Option<&'static str> {
        let refused = self.major >= NO_LINE_BREAKS && name.contains(['\n', '\r']);
        refused.then_some("since 19 no name may have a line break")
    }

    /// Is `role` predefined, does the target have it, and may the administrator grant it?
    pub fn predefined(&self, role: &str) -> Predefined<'a> {
        if !role.starts_with(predefined::PREFIX) {
            return Predefined::NotPredefined;
        }
        let data = &self.platform.data;
        if let Some(answers) = self.answers {
            if !answers.predefined.contains(role) {
                return Predefined::Unknown { since: predefined::since(role) };
            }
            let found = Rule::find(&data.predefined, self.major, |name| name == role);
            return Predefined::Known(match role {
                "pg_database_owner" => Answer::no(predefined::NO_MEMBERS),
                _ => self.may_grant(role, found.map(Rule::answer), answers),
            });
        }
        // A rule about a role says, too, that the platform has it: some bring later ones back.
        if let Some(rule) = Rule::find(&data.predefined, self.major, |name| name == role) {
            return Predefined::Known(rule.answer());
        }
        match predefined::since(role) {
            Some(since) if since <= self.major => {
                Predefined::Known(predefined::vanilla(data.admin.superuser, role, self.major))
            }
            since => Predefined::Unknown { since },
        }
    }

    /// The platform's own role of this name, which is never touched: where the target was asked, only
    /// if it is there. Who its bootstrap superuser is, it says itself.
    pub fn platform_role(&self, name: &str) -> Option<&'a OwnRole> {
        let own = self.platform.role(name).filter(|own| !own.data().former)?;
        let Some(answers) = self.answers else {
            return self.shown.is_none_or(|roles| roles.contains(name)).then_some(own);
        };
        let is_bootstrap = own.kind() == RoleKind::Admin && self.platform.admin_is_superuser();
        (answers.roles.contains(name) && !is_bootstrap).then_some(own)
    }

    /// May the connected role grant one of the server's own roles? Since 16 the catalogs tell; before,
    /// CREATEROLE is enough to PostgreSQL, and a platform that refuses it all the same does not show it.
    fn may_grant(&self, role: &str, stated: Option<Answer<'a>>, answers: &Answers) -> Answer<'a> {
        let user = &answers.user;
        if answers.is_superuser() || answers.admin_on.contains(role) {
            return Answer::Yes;
        }
        if !answers.may_grant(role) {
            return Answer::No(if self.major < Major::new(16) {
                format!("{user} has neither CREATEROLE nor the ADMIN option on it").into()
            } else {
                format!("{user} lacks the ADMIN option on it").into()
            });
        }
        match stated {
            Some(Answer::No(why)) => Answer::No(
                format!(
                    "not tried, by what is documented of {}: {why}; before 16 a server does not tell",
                    self.platform.name()
                )
                .into(),
            ),
            _ => Answer::Yes,
        }
    }

    /// May the administrator grant this role of the platform's own? None if the platform has no
    /// role of that name. Nobody may grant anything to such a role.
    pub fn own_role(&self, role: &str) -> Option<Answer<'a>> {
        let grant = self.platform_role(role)?.data().grant.as_ref();
        if let Some(answers) = self.answers {
            return Some(self.may_grant(role, grant.map(super::data::Verdict::answer), answers));
        }
        Some(grant.map_or_else(
            || Answer::unconfirmed("nothing says that the administrator may grant it"),
            super::data::Verdict::answer,
        ))
    }

    /// Does `ALTER ROLE other SET name = …` succeed?
    pub fn setting(&self, name: &str) -> SettingAnswer<'a> {
        let name = settings::folded(name);
        let data = &self.platform.data;
        // Where there is a server, it lists the setting, and each one is tried.
        let rule = Rule::find(&data.setting, self.major, |glob| glob.0.matches(&name));
        match rule.filter(|_| self.answers.is_none()).map(Rule::answer) {
            Some(Answer::Yes) => SettingAnswer::Allowed,
            Some(Answer::No(why)) => SettingAnswer::Denied(why),
            Some(Answer::Unconfirmed(why)) => SettingAnswer::Unconfirmed(why),
            None => self.vanilla_setting(&name),
        }
    }

    /// PostgreSQL's own rules about a setting, whose name is in lower case.
    fn vanilla_setting(&self, name: &str) -> SettingAnswer<'a> {
        let superuser = self.is_superuser();
        if let Some(answers) = self.answers {
            match answers.context(name) {
                Some(context) if context.allows(answers.may_set(name)) => {
                    return SettingAnswer::Allowed;
                }
                Some(context) => return SettingAnswer::Refused { context },
                None if name.contains('.') && answers.may_set(name) => {
                    return SettingAnswer::Allowed;
                }
                None => {}
            }
        }
        let setting = settings::find(name);
        let here = setting.and_then(|s| Some((s, s.in_version(self.major)?)));
        // A live server lists what everybody may set; it hides some others, and libraries come late.
        let hidden = |setting: &settings::Setting, span: &settings::Span| {
            let unlisted = settings::UNLISTED.contains(&name);
            unlisted || setting.module.is_some() || !span.context.allows(false)
        };
        let here = here.filter(|(setting, span)| self.answers.is_none() || hidden(setting, span));
        if let Some((setting, span)) = here {
            return match setting.module {
                _ if span.context.allows(superuser) && (superuser || setting.module.is_none()) => {
                    SettingAnswer::Allowed
                }
                // The session that sends it loads the library before.
                Some("plpgsql") if self.answers.is_some_and(|answers| answers.loads_plpgsql) => {
                    if span.context.allows(false) {
                        SettingAnswer::Allowed
                    } else {
                        SettingAnswer::Refused { context: span.context }
                    }
                }
                Some(module) => SettingAnswer::Module { module, context: span.context },
                None => SettingAnswer::Refused { context: span.context },
            };
        }
        if name.contains('.') {
            if self.major >= Major::new(14) && !settings::is_custom_name(name) {
                SettingAnswer::Malformed
            } else if superuser {
                SettingAnswer::Allowed
            } else if let Some(module) =
                settings::module_of(name).filter(|_| self.answers.is_none())
            {
                let why = format!(
                    "a setting of {module}, and whether a role may have it there is not known"
                );
                SettingAnswer::Unconfirmed(why.into())
            } else {
                SettingAnswer::Placeholder
            }
        } else {
            SettingAnswer::Unknown {
                since: setting.and_then(|setting| setting.since(self.major)),
                until: setting.and_then(|setting| setting.until(self.major)),
            }
        }
    }

    /// How values of a setting are written, if the target's version is known to have it.
    pub fn setting_kind(&self, name: &str) -> Option<SettingKind> {
        let setting = settings::find(&settings::folded(name))?;
        Some(setting.in_version(self.major)?.kind)
    }

    /// What a setting takes, if the server surely refuses this value for it.
    pub fn refused_value(&self, name: &str, value: &str) -> Option<String> {
        let setting = settings::find(&settings::folded(name))?;
        // A library that is not loaded checks nothing.
        if setting.module.is_some_and(|module| module != "plpgsql") {
            return None;
        }
        setting.in_version(self.major)?.values.refuse(value, self.major)
    }

    /// May the administrator create tablespaces?
    pub fn tablespaces(&self) -> Answer<'a> {
        let data = &self.platform.data;
        let stated = data.tablespaces.as_ref().map(super::data::Verdict::answer);
        match (self.answers, stated) {
            (Some(answers), _) if answers.is_superuser() => Answer::Yes,
            // What a platform documents it gives to its administrators; each is tried by itself.
            (Some(answers), Some(Answer::Yes))
                if self.platform.admin_role().is_some_and(|admin| answers.is_member(admin)) =>
            {
                Answer::Yes
            }
            (Some(answers), _) => {
                Answer::No(format!("{} is no superuser, and may create none", answers.user).into())
            }
            (None, Some(answer)) => answer,
            (None, None) if data.admin.superuser => Answer::Yes,
            (None, None) => Answer::no("only a superuser may create tablespaces"),
        }
    }

    /// May the administrator grant privileges on configuration parameters? Where the target was asked,
    /// [`grant_options`](Self::grant_options) says on which.
    pub fn parameter_privileges(&self) -> Answer<'a> {
        let data = &self.platform.data;
        if self.major < Major::new(15) {
            return Answer::no("parameter privileges exist since 15");
        }
        match &data.parameter_privileges {
            _ if self.answers.is_some() => Answer::Yes,
            Some(verdict) => verdict.answer(),
            None if data.admin.superuser => Answer::Yes,
            None => Answer::no("only a superuser may grant them"),
        }
    }

    /// Which privileges on this parameter the connected role may grant, where the target was asked.
    pub fn grant_options(&self, parameter: &str) -> Option<GrantOptions> {
        Some(self.answers?.grant_options(parameter))
    }

    /// May the administrator set security labels of this provider?
    pub fn label_provider(&self, provider: &str) -> Answer<'a> {
        let data = &self.platform.data;
        match Rule::find(&data.label, self.major, |name| name == provider) {
            // Each is tried.
            _ if self.answers.is_some() => Answer::Yes,
            Some(rule) => rule.answer(),
            // A superuser sets any label, but a library must provide for it.
            None if data.admin.superuser => {
                Answer::unconfirmed("the server must have loaded the provider")
            }
            None => Answer::no("the platform has no such provider"),
        }
    }

    /// Is a `PASSWORD` literal of this kind stored as it was meant?
    pub fn verifier(&self, kind: VerifierKind) -> Answer<'a> {
        if kind == VerifierKind::Malformed {
            return Answer::no("the server would take it for a plaintext password");
        }
        let rules = &self.platform.data.verifier;
        let rule = Rule::find(rules, self.major, |name| name.0 == kind).map(Rule::answer);
        if self.answers.is_some() { asked(rule) } else { rule.unwrap_or(Answer::Yes) }
    }

    /// What to know about a verifier that is accepted.
    pub fn verifier_note(&self, kind: VerifierKind) -> Option<&'a str> {
        let rules = &self.platform.data.verifier;
        let rule = Rule::find(rules, self.major, |name| name.0 == kind)?;
        rule.answer().is_yes().then_some(rule.why())
    }

    /// Do grants take `INHERIT` and `SET` options?
    pub fn membership_options(&self) -> bool {
        self.major >= Major::new(16)
    }
}

/// What the platform's data says, where the server has nothing against it: what is not confirmed is
/// tried.
fn asked(rule: Option<Answer<'_>>) -> Answer<'_> {
    match rule {
        Some(Answer::No(why)) => Answer::No(why),
        _ => Answer::Yes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::{Context, List, SettingType};

    fn rights(platform: &str, major: u32) -> Rights<'static> {
        Rights::offline(Platform::builtin(platform).unwrap(), Major::new(major))
    }

    /// `yes`, `no` or `?`.
    fn word(answer: &Answer<'_>) -> &'static str {
        match answer {
            Answer::Yes => "yes",
            Answer::No(_) => "no",
            Answer::Unconfirmed(_) => "?",
        }
    }

    #[test]
    fn attributes_by_version() {
        use Attribute::{BypassRls, CreateDb, CreateRole, Inherit, Login, Replication, Superuser};
        let cases = [
            ("azure", 15, BypassRls, "no"),
            ("azure", 16, BypassRls, "?"),
            ("azure", 15, Replication, "?"),
            ("azure", 16, Replication, "?"),
            ("azure", 15, CreateDb, "yes"),
            ("azure", 16, CreateDb, "yes"),
            ("azure", 16, Superuser, "no"),
            ("azure", 16, CreateRole, "yes"),
            ("azure", 16, Login, "yes"),
            ("azure", 16, Inherit, "yes"),
            ("rds", 15, Replication, "no"),
            ("rds", 17, BypassRls, "no"),
            ("neon", 15, CreateDb, "yes"),
            ("neon", 16, CreateDb, "?"),
            ("cloudsql", 14, Replication, "yes"),
            ("postgres", 12, Superuser, "yes"),
            ("postgres", 12, BypassRls, "yes"),
        ];
        for (platform, major, attribute, expected) in cases {
            let answer = rights(platform, major).attribute(attribute);
            assert_eq!(word(&answer), expected, "{platform} {major} {attribute}: {answer:?}");
        }
    }

    #[test]
    fn predefined_roles_by_version() {
        let cases = [
            ("azure", 16, "pg_monitor", "yes"),
            ("azure", 13, "pg_monitor", "yes"),
            ("azure", 16, "pg_signal_backend", "yes"),
            ("azure", 15, "pg_write_all_data", "yes"),
            ("azure", 16, "pg_write_all_data", "?"),
            ("azure", 17, "pg_write_all_data", "?"),
            ("azure", 15, "pg_read_server_files", "no"),
            ("azure", 18, "pg_read_server_files", "no"),
            ("azure", 17, "pg_maintain", "?"),
            ("azure", 16, "pg_maintain", "since 17"),
            ("azure", 13, "pg_read_all_data", "since 14"),
            // Azure has it before PostgreSQL does.
            ("azure", 16, "pg_signal_autovacuum_worker", "?"),
            ("azure", 18, "pg_signal_autovacuum_worker", "?"),
            ("rds", 16, "pg_signal_autovacuum_worker", "since 18"),
            ("rds", 17, "pg_maintain", "yes"),
            ("rds", 16, "pg_create_subscription", "?"),
            ("rds", 15, "pg_read_server_files", "?"),
            ("postgres", 16, "pg_execute_server_program", "yes"),
            ("postgres", 16, "pg_database_owner", "no"),
            ("azure", 14, "pg_database_owner", "no"),
            ("azure", 18, "pg_made_up", "never"),
            ("azure", 18, "pgbouncer", "ordinary"),
        ];
        for (platform, major, role, expected) in cases {
            let answer = match rights(platform, major).predefined(role) {
                Predefined::NotPredefined => "ordinary".to_owned(),
                Predefined::Unknown { since: Some(since) } => format!("since {since}"),
                Predefined::Unknown { since: None } => "never".to_owned(),
                Predefined::Known(answer) => word(&answer).to_owned(),
            };
            assert_eq!(answer, expected, "{platform} {major} {role}");
        }
    }

    #[test]
    fn settings_by_version() {
        let refused = |context| SettingAnswer::Refused { context };
        let unknown = |since: Option<u32>, until: Option<u32>| SettingAnswer::Unknown {
            since: since.map(Major::new),
            until: until.map(Major::new),
        };
        let cases = [
            ("azure", 16, "work_mem", SettingAnswer::Allowed),
            ("azure", 16, "WORK_MEM", SettingAnswer::Allowed),
            ("azure", 16, "timezone", SettingAnswer::Allowed),
            ("azure", 16, "search_path", SettingAnswer::Allowed),
            ("azure", 16, "role", SettingAnswer::Allowed),
            ("azure", 16, "log_statement", refused(Context::Superuser)),
            ("azure", 16, "session_replication_role", refused(Context::Superuser)),
            ("azure", 16, "log_connections", refused(Context::SuperuserBackend)),
            ("azure", 16, "shared_buffers", refused(Context::Postmaster)),
            ("azure", 16, "autovacuum", refused(Context::Sighup)),
            ("azure", 16, "is_superuser", refused(Context::Internal)),
            ("azure", 16, "transaction_timeout", unknown(Some(17), None)),
            ("azure", 17, "transaction_timeout", SettingAnswer::Allowed),
            ("azure", 14, "operator_precedence_warning", unknown(None, Some(13))),
            ("azure", 13, "operator_precedence_warning", SettingAnswer::Allowed),
            ("azure", 12, "default_with_oids", SettingAnswer::Allowed),
            ("azure", 16, "made_up", unknown(None, None)),
            ("azure", 16, "myapp.user", SettingAnswer::Placeholder),
            ("azure", 16, "rds.foo", SettingAnswer::Placeholder),
            ("azure", 13, "bad-name.x", SettingAnswer::Placeholder),
            ("azure", 14, "bad-name.x", SettingAnswer::Malformed),
            (
                "azure",
                16,
                "plpgsql.extra_warnings",
                SettingAnswer::Module { module: "plpgsql", context: Context::User },
            ),
            (
                "azure",
                16,
                "auto_explain.log_min_duration",
                SettingAnswer::Module { module: "auto_explain", context: Context::Superuser },
            ),
            ("postgres", 16, "log_statement", SettingAnswer::Allowed),
            ("postgres", 16, "myapp.user", SettingAnswer::Allowed),
            ("postgres", 16, "auto_explain.log_min_duration", SettingAnswer::Allowed),
            ("postgres", 16, "shared_buffers", refused(Context::Postmaster)),
            ("postgres", 16, "bad-name.x", SettingAnswer::Malformed),
        ];
        for (platform, major, name, expected) in cases {
            assert_eq!(
                rights(platform, major).setting(name),
                expected,
                "{platform} {major} {name}"
            );
        }
        assert!(matches!(
            rights("azure", 17).setting("synchronous_commit"),
            SettingAnswer::Unconfirmed(_)
        ));
        assert!(matches!(
            rights("azure", 17).setting("Anon.transparent_dynamic_masking"),
            SettingAnswer::Denied(_)
        ));
    }

    #[test]
    fn kinds_of_settings() {
        use List::{No, Plain, Quoted};
        use SettingType::{Bool, Enum, Integer, String};
        let cases = [
            (16, "search_path", Some((String, Quoted))),
            (16, "Search_Path", Some((String, Quoted))),
            (16, "temp_tablespaces", Some((String, Quoted))),
            (16, "local_preload_libraries", Some((String, Quoted))),
            (13, "unix_socket_directories", Some((String, No))),
            (14, "unix_socket_directories", Some((String, Quoted))),
            (16, "DateStyle", Some((String, Plain))),
            (16, "application_name", Some((String, No))),
            (16, "work_mem", Some((Integer, No))),
            (14, "wal_compression", Some((Bool, No))),
            (15, "wal_compression", Some((Enum, No))),
            (16, "transaction_timeout", None),
            (99, "search_path", Some((String, Quoted))),
        ];
        for (major, name, expected) in cases {
            let kind = rights("postgres", major).setting_kind(name);
            assert_eq!(kind.map(|kind| (kind.vartype, kind.list)), expected, "{major} {name}");
        }
    }

    #[test]
    fn the_rest_of_a_cluster() {
        let azure = rights("azure", 16);
        assert_eq!(word(&azure.tablespaces()), "no");
        assert_eq!(word(&azure.parameter_privileges()), "?");
        assert_eq!(word(&rights("azure", 14).parameter_privileges()), "no");
        assert_eq!(word(&azure.label_provider("pgaadauth")), "?");
        assert_eq!(word(&azure.label_provider("anon")), "no");
        assert_eq!(word(&rights("rds", 16).tablespaces()), "yes");
        assert_eq!(word(&rights("postgres", 14).tablespaces()), "yes");
        assert_eq!(word(&rights("postgres", 14).parameter_privileges()), "no");
        assert_eq!(word(&rights("postgres", 15).parameter_privileges()), "yes");
        assert!(!rights("azure", 15).membership_options() && azure.membership_options());
    }

    #[test]
    fn verifiers() {
        let azure = rights("azure", 16);
        assert_eq!(word(&azure.verifier(VerifierKind::ScramSha256)), "yes");
        assert_eq!(word(&azure.verifier(VerifierKind::Md5)), "yes");
        assert!(azure.verifier_note(VerifierKind::Md5).unwrap().contains("accepted_password"));
        assert_eq!(word(&azure.verifier(VerifierKind::Malformed)), "no");
        assert_eq!(word(&rights("postgres", 16).verifier(VerifierKind::Malformed)), "no");
        assert_eq!(word(&rights("neon", 16).verifier(VerifierKind::ScramSha256)), "no");
        assert_eq!(word(&rights("supabase", 16).verifier(VerifierKind::ScramSha256)), "?");
        assert_eq!(rights("neon", 16).verifier_note(VerifierKind::ScramSha256), None);
    }

    #[test]
    fn own_and_reserved_roles() {
        let azure = rights("azure", 16);
        assert_eq!(azure.own_role("azure_pg_admin").as_ref().map(word), Some("yes"));
        assert_eq!(azure.own_role("replication").as_ref().map(word), Some("no"));
        assert_eq!(azure.own_role("azuresu").as_ref().map(word), Some("?"));
        assert_eq!(azure.own_role("app"), None);
        for (name, expected) in [
            ("pg_app", "no"),
            ("PG_app", "yes"),
            ("public", "no"),
            ("none", "no"),
            ("Public", "yes"),
            ("admin", "yes"),
            ("current_user", "yes"),
        ] {
            assert_eq!(word(&azure.role_name(name)), expected, "{name}");
        }
    }
}
