//! The graph for programs.

use serde::Serialize;

use super::model::{Box, Graph, Kind};
use crate::name::Name;
use crate::report::{FORMAT_VERSION, Place};

/// Who is a member of what.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct GraphReport {
    /// 1 as long as nothing that was there changes or goes.
    pub format_version: u32,
    /// The dump or server.
    pub source: Place,
    /// The roles, by name.
    pub roles: Vec<GraphRole>,
    /// The memberships, by role and member. What several grantors have granted is one.
    pub memberships: Vec<GraphMembership>,
}

/// A role.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct GraphRole {
    /// Its name.
    #[cfg_attr(test, schemars(with = "String"))]
    pub name: Name,
    /// What it is.
    pub kind: Kind,
    /// Whether it has the rights of an administrator, by whatever way: as a superuser, as the platform's role for
    /// administrators, or as a member of one.
    pub administrator: bool,
}

/// A membership.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct GraphMembership {
    /// What is granted.
    #[cfg_attr(test, schemars(with = "String"))]
    pub role: Name,
    /// To whom.
    #[cfg_attr(test, schemars(with = "String"))]
    pub member: Name,
    /// Whether the member may grant it.
    pub admin: bool,
    /// Whether `INHERIT FALSE` was not given; before 16 the member's own attribute decides.
    pub inherit: bool,
    /// Whether `SET FALSE` was not given.
    pub set: bool,
    /// Whether it leads to the rights of an administrator.
    pub administrator: bool,
}

impl GraphReport {
    /// The roles and memberships of a graph, each on its own.
    pub fn of(graph: &Graph, source: Place) -> Self {
        let boxes = || graph.boxes.iter().chain(&graph.alone);
        let role = |it: &Box, name: &Name| GraphRole {
            name: name.clone(),
            kind: it.kind,
            administrator: it.powerful,
        };
        let mut roles: Vec<_> =
            boxes().flat_map(|it| it.roles.iter().map(move |name| role(it, name))).collect();
        // A role that is a member of several is in several boxes of many.
        roles.sort_unstable();
        roles.dedup();
        let mut memberships = Vec::new();
        for arrow in &graph.arrows {
            for (role, member) in graph.pairs(arrow) {
                memberships.push(GraphMembership {
                    role: role.clone(),
                    member: member.clone(),
                    admin: arrow.options.admin,
                    inherit: !arrow.options.no_inherit,
                    set: !arrow.options.no_set,
                    administrator: arrow.powerful,
                });
            }
        }
        memberships.sort_unstable();
        Self { format_version: FORMAT_VERSION, source, roles, memberships }
    }
}
