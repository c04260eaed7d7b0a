//! What kind of server is wanted.

/// What kind of server is wanted (`target_session_attrs`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TargetSession {
    /// Any that lets us in.
    Any,
    /// One that takes writes by default.
    ReadWrite,
    /// One that does not.
    ReadOnly,
    /// One that is no standby.
    Primary,
    /// One in hot standby.
    Standby,
    /// A standby if any of the hosts is one, else any.
    PreferStandby,
}
