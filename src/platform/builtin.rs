//! The platforms that come with the program.

use std::borrow::Cow;
use std::sync::LazyLock;

use foldhash::HashSet;

use super::definition::Platform;

macro_rules! files {
    ($($name:literal)*) => {
        &[$((concat!($name, ".toml"), include_str!(concat!("data/", $name, ".toml")))),*]
    };
}

const FILES: &[(&str, &str)] = files! {
    "azure"
    "aurora"
    "rds"
    "cloudsql"
    "alloydb"
    "supabase"
    "neon"
    "aiven"
    "digitalocean"
    "timescale"
    "postgres"
};

// A test reads each of them: none is left out here.
static ALL: LazyLock<Vec<Platform>> = LazyLock::new(|| {
    let read = |&(file, text): &(&str, &'static str)| Platform::read(Cow::Borrowed(text), file);
    FILES.iter().map(read).filter_map(Result::ok).collect()
});

impl Platform {
    /// All platforms that come with the program.
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// The one that users call `name`.
    pub fn builtin(name: &str) -> Option<&'static Self> {
        Self::all().iter().find(|platform| platform.name() == name)
    }

    /// Those that one of these roles [shows](Self::is_shown_by).
    pub fn shown_by<'a>(roles: impl Iterator<Item = &'a str>) -> Vec<&'static Self> {
        // Who has a role of which name, which hardly any role has.
        let own = Self::all().iter().flat_map(Self::role_names).collect::<HashSet<_>>();
        let families = |role: &str| Self::all().iter().any(|it| it.has_family_of(role));
        let roles: Vec<_> = roles.filter(|role| own.contains(role) || families(role)).collect();
        let shows = |it: &&Self| roles.iter().any(|role| it.is_shown_by(role));
        Self::all().iter().filter(shows).collect()
    }

    /// A server of one's own, where PostgreSQL's rules hold and no others.
    #[expect(clippy::expect_used, reason = "it is part of the program, and a test reads it")]
    #[expect(clippy::missing_panics_doc, reason = "it never does")]
    pub fn own() -> &'static Self {
        Self::builtin("postgres").expect("the platform postgres")
    }

    /// The platform that a cluster is on, by the superusers and tablespaces that it has.
    ///
    /// Only the platform's superuser decides: a role of its name that is none has come with somebody's
    /// dump. Where several platforms share it, one that its tablespaces show comes before one that needs
    /// none.
    pub fn recognise(
        may_be_superuser: impl Fn(&str) -> bool,
        has_tablespace: impl Fn(&str) -> bool,
    ) -> Option<&'static Self> {
        let any = |names: &[String], is_there: &dyn Fn(&str) -> bool| {
            names.iter().any(|name| is_there(name))
        };
        Self::all()
            .iter()
            .filter(|platform| any(&platform.data.recognised_by, &may_be_superuser))
            .filter_map(|platform| match platform.data.recognised_by_tablespace.as_slice() {
                [] => Some((0, platform)),
                names => any(names, &has_tablespace).then_some((1, platform)),
            })
            .max_by_key(|(signs, _)| *signs)
            .map(|(_, platform)| platform)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::{Ownership, RoleKind};

    fn recognised(roles: &[&str], tablespaces: &[&str]) -> Option<&'static str> {
        Platform::recognise(|name| roles.contains(&name), |name| tablespaces.contains(&name))
            .map(Platform::name)
    }

    #[test]
    fn every_file_is_read() {
        for (file, text) in FILES {
            let platform =
                Platform::from_toml(text, file).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(format!("{}.toml", platform.name()), *file);
            assert!(!platform.title().is_empty());
        }
        assert_eq!(Platform::all().len(), FILES.len());
        assert!(Platform::builtin("azure").is_some() && Platform::builtin("Azure").is_none());
    }

    #[test]
    fn what_recognises_a_platform_is_its_own() {
        for platform in Platform::all() {
            for name in &platform.data.recognised_by {
                assert!(platform.owns(name).is_some(), "{}: {name}", platform.name());
            }
            for name in &platform.data.recognised_by_tablespace {
                assert!(platform.owns_tablespace(name), "{}: {name}", platform.name());
            }
            if let Some(group) = platform.admin_role() {
                let role = platform.role(group).map(crate::platform::OwnRole::kind);
                assert_eq!(role, Some(RoleKind::Group), "{}: {group}", platform.name());
            }
        }
    }

    #[test]
    fn the_superuser_tells_the_platform() {
        let cases: &[(&[&str], &[&str], Option<&str>)] = &[
            (&["azuresu", "azure_pg_admin", "app"], &["temptblspace"], Some("azure")),
            (&["azure_superuser"], &[], Some("azure")),
            (&["rdsadmin", "rds_superuser", "postgres"], &[], Some("aurora")),
            (&["rdsadmin", "rds_superuser"], &["rds_temp_tablespace"], Some("rds")),
            (&["cloudsqladmin", "cloudsqlsuperuser", "postgres"], &[], Some("cloudsql")),
            (&["alloydbadmin"], &[], Some("alloydb")),
            (&["alloydbsuperuser"], &[], None),
            (&["supabase_admin", "postgres", "anon"], &[], Some("supabase")),
            (&["cloud_admin", "neon_superuser"], &[], Some("neon")),
            (&["_dodb", "doadmin", "postgres"], &[], Some("digitalocean")),
            (&["rds_x", "rds_superuser"], &["rds_temp_tablespace"], None),
            (&["azure_pg_admin", "replication"], &[], None),
            (&["anon", "authenticated", "service_role"], &[], None),
            (&["avnadmin", "doadmin", "tsdbadmin", "neondb_owner"], &[], None),
            (&["postgres", "app"], &[], None),
            (&[], &[], None),
        ];
        for (roles, tablespaces, expected) in cases {
            assert_eq!(recognised(roles, tablespaces), *expected, "{roles:?}");
        }
    }

    #[test]
    fn names_that_look_like_the_platforms_are_told_from_its_own() {
        let aurora = Platform::builtin("aurora").unwrap();
        assert!(matches!(aurora.owns("rds_iam"), Some(Ownership::Exact(_))));
        assert!(matches!(aurora.owns("rds_master"), Some(Ownership::Pattern("rds_*"))));
        for name in ["rds", "RDS_x", "my_rds_x", "postgres", "app"] {
            assert!(aurora.owns(name).is_none(), "{name}");
        }
        for (platform, admin) in [
            ("aiven", "avnadmin"),
            ("digitalocean", "doadmin"),
            ("neon", "neondb_owner"),
            ("timescale", "tsdbadmin"),
            ("cloudsql", "postgres"),
        ] {
            assert!(Platform::builtin(platform).unwrap().owns(admin).is_none(), "{admin}");
        }
    }

    #[test]
    fn external_authentication_and_settings_of_aws() {
        for platform in ["aurora", "rds"].map(|name| Platform::builtin(name).unwrap()) {
            assert!(platform.external_authentication("rds_iam").is_some());
            assert!(platform.external_authentication("rds_superuser").is_none());
            assert!(platform.owns_setting("RDS.force_ssl"));
            assert!(platform.owns_setting("apg_enable_x"));
            assert!(!platform.owns_setting("work_mem") && !platform.owns_setting("myrds.x"));
        }
    }
}
