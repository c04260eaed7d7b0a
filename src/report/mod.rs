//! What users read: a document per command, as text, Markdown and JSON, and mistakes with the line that they are in.

mod check;
mod convert;
mod copy;
mod describe;
mod diff;
mod document;
mod explain;
mod graph;
mod mistake;
mod page;
mod parts;
mod plan_difference;
mod platforms;
mod schema;
mod selected;
mod unified;
mod verify;

pub use check::CheckReport;
pub use convert::{ConvertReport, Source, Statements, Target};
pub use copy::{CopyReport, CopyState, Outstanding, PlannedChange, PlannedStatements};
pub use describe::Action;
pub use diff::{DiffReport, Side};
pub use document::{Document, Form, Look};
pub use explain::{ExplainedCheck, ExplainedRule, Explanations};
pub use graph::{Carried, Graph, GraphForm, GraphMembership, GraphReport, GraphRole, RoleKind};
pub use mistake::render_all as render_mistakes;
pub use page::{Found, RoleState, Run, State, plan_in_page};
pub use parts::places::Place;
pub use plan_difference::write as write_plan_difference;
pub use platforms::{PlatformDescription, PlatformEntry, PlatformList};
pub use schema::Schema;
pub use selected::{Selected, SelectedRole};
pub use unified::write as write_unified;
pub use verify::{
    AcceptedReport, AdministratorReport, DatabaseReport, DatabaseState, Direction, GlobalsReport,
    LeftBehindReport, MembershipReport, NotCarried, ObjectReport, OutstandingReport, OwnerReport,
    Parts as VerifyParts, PrivilegeReport, PropertyReport, RoleReport, RowSecurityReport,
    VerifyReport,
};

/// The version of the reports' JSON: it grows when something that was there changes or goes.
pub const FORMAT_VERSION: u32 = 1;
