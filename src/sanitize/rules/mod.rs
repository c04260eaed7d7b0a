//! The rules, one a file. Adding one is a file and its lines here.

mod all_setting;
mod attribute;
mod bypassrls;
mod client_encoding;
mod collision;
mod createdb;
mod createrole;
mod createrole_power;
mod database_setting;
mod dropped_role;
mod empty_search_path;
mod expired;
mod external_authentication;
mod frozen;
mod generated_password;
mod global_setting;
mod grant_option;
mod grantor;
mod library_setting;
mod lookalike;
mod malformed_verifier;
mod map_role;
mod masked_password;
mod membership_cycle;
mod membership_option;
mod no_password;
mod omitted_password;
mod parameter;
mod passwords_from;
mod plain_password;
mod plaintext_password;
mod platform_name;
mod platform_role;
mod predefined_role;
mod protected_role;
mod rename;
mod replication;
mod reserved_name;
mod role_setting;
mod security_label;
mod selection;
mod setting;
mod skip;
mod source_setting;
mod superuser;
mod tablespace;
mod tablespace_setting;
mod template_name;
mod unknown_role;
mod verifier;

pub(super) use createrole_power::createrole_power;
pub(super) use grant_option::found_parameters;
pub(super) use grantor::{reroot, unite};
pub(super) use map_role::{map_role, unsay_refused};
pub(super) use membership_cycle::break_cycles;
pub(super) use membership_option::stop_inheriting;
pub(super) use parameter::unite_parameters;
pub(super) use passwords_from::passwords_from;
pub(super) use rename::rename;
pub(super) use selection::{state_inherit, unused_patterns};

use super::rule::{MembershipRule, ParameterRule, RoleRule, SettingRule, TablespaceRule};
use crate::finding::About;

/// The rules about roles, in the order in which they look at each.
pub(super) static ROLE: [&dyn RoleRule; 25] = [
    &selection::Selection,
    &platform_role::PlatformRole,
    &lookalike::Lookalike,
    &reserved_name::ReservedName,
    &protected_role::ProtectedRole,
    &collision::Collision,
    &platform_name::PlatformName,
    &template_name::TemplateName,
    &superuser::Superuser,
    &replication::Replication,
    &bypassrls::BypassRls,
    &createdb::CreateDb,
    &createrole::CreateRole,
    &omitted_password::OmittedPassword,
    &malformed_verifier::MalformedVerifier,
    &masked_password::MaskedPassword,
    &plaintext_password::PlaintextPassword,
    &verifier::Verifier,
    &external_authentication::ExternalAuthentication,
    &generated_password::GeneratedPassword,
    &no_password::NoPassword,
    &expired::Expired,
    &frozen::Frozen,
    &skip::Skip,
    &security_label::SecurityLabel,
];

/// The rules about tablespaces.
pub(super) static TABLESPACE: [&dyn TablespaceRule; 5] = [
    &selection::Selection,
    &skip::Skip,
    &tablespace::Tablespace,
    &grant_option::GrantOption,
    &security_label::SecurityLabel,
];

/// The rules about settings.
pub(super) static SETTING: [&dyn SettingRule; 14] = [
    &selection::Selection,
    &skip::Skip,
    &dropped_role::DroppedRole,
    &source_setting::SourceSetting,
    &library_setting::LibrarySetting,
    &global_setting::GlobalSetting,
    &setting::Setting,
    &role_setting::RoleSetting,
    &tablespace_setting::TablespaceSetting,
    &all_setting::AllSetting,
    &client_encoding::ClientEncoding,
    &empty_search_path::EmptySearchPath,
    &frozen::Frozen,
    &database_setting::DatabaseSetting,
];

/// The rules about memberships that say which stay.
pub(super) static MEMBERSHIP: [&dyn MembershipRule; 6] = [
    &skip::Skip,
    &external_authentication::ExternalAuthentication,
    &dropped_role::DroppedRole,
    &unknown_role::UnknownRole,
    &protected_role::ProtectedRole,
    &predefined_role::PredefinedRole,
];

/// The rules about the options and grantors of those.
pub(super) static MEMBERSHIP_OPTION: [&dyn MembershipRule; 2] =
    [&membership_option::MembershipOption, &grantor::Grantor];

/// The rules about privileges on parameters.
pub(super) static PARAMETER: [&dyn ParameterRule; 3] =
    [&selection::Selection, &skip::Skip, &parameter::Parameter];

/// What is said about every rule, in the order in which they look.
pub fn all() -> impl Iterator<Item = &'static About> {
    const ABOUTS: [&About; 61] = [
        &selection::ABOUT,
        &selection::UNUSED,
        &rename::ABOUT,
        &rename::MD5,
        &map_role::ABOUT,
        &skip::ABOUT,
        &platform_role::ABOUT,
        &lookalike::ABOUT,
        &reserved_name::ABOUT,
        &protected_role::ABOUT,
        &collision::ABOUT,
        &platform_name::ABOUT,
        &template_name::ABOUT,
        &superuser::ABOUT,
        &replication::ABOUT,
        &bypassrls::ABOUT,
        &createdb::ABOUT,
        &createrole::ABOUT,
        &createrole::WIDER,
        &createrole_power::ABOUT,
        &omitted_password::ABOUT,
        &passwords_from::ABOUT,
        &passwords_from::UNUSED,
        &generated_password::ABOUT,
        &plain_password::ABOUT,
        &no_password::ABOUT,
        &no_password::UNSEEN,
        &no_password::KEPT,
        &malformed_verifier::ABOUT,
        &masked_password::ABOUT,
        &plaintext_password::ABOUT,
        &verifier::MD5,
        &verifier::SCRAM,
        &expired::ABOUT,
        &expired::SOON,
        &frozen::ABOUT,
        &external_authentication::ABOUT,
        &dropped_role::ABOUT,
        &unknown_role::ABOUT,
        &predefined_role::ABOUT,
        &membership_cycle::ABOUT,
        &grantor::ABOUT,
        &grantor::UNITED,
        &membership_option::ABOUT,
        &membership_option::WIDENED,
        &setting::ABOUT,
        &setting::VALUE,
        &source_setting::ABOUT,
        &global_setting::ABOUT,
        &all_setting::ABOUT,
        &all_setting::ALLOWED,
        &library_setting::ABOUT,
        &database_setting::ABOUT,
        &role_setting::ABOUT,
        &tablespace_setting::ABOUT,
        &client_encoding::ABOUT,
        &empty_search_path::ABOUT,
        &parameter::ABOUT,
        &tablespace::ABOUT,
        &grant_option::ABOUT,
        &security_label::ABOUT,
    ];
    ABOUTS.into_iter()
}

/// What plans ask for.
pub use expired::{ABOUT as EXPIRED, SOON as EXPIRES_SOON};
pub use external_authentication::ABOUT as EXTERNAL_AUTHENTICATION;
pub use frozen::ABOUT as FROZEN;
pub use platform_role::ABOUT as PLATFORM_ROLE;
pub use protected_role::ABOUT as PROTECTED_ROLE;
pub use selection::{ABOUT as SELECTION, UNUSED as UNUSED_PATTERN};
pub use verifier::MD5 as MD5_VERIFIER;
