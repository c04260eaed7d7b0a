//! Where the globals come from.

use std::collections::BTreeMap;

use crate::globals::collect::Era;
use crate::name::Name;
use crate::platform::Platform;

/// Where the globals come from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Source<'a> {
    /// The platform, if it is known.
    pub platform: Option<&'a Platform>,
    /// Which servers they are from, if it is known.
    pub era: Option<Era>,
    /// Which kind of verifier roles have, where the verifiers themselves cannot be read.
    pub verifier_kinds: Option<&'a BTreeMap<Name, String>>,
}

impl<'a> From<Option<&'a Platform>> for Source<'a> {
    fn from(platform: Option<&'a Platform>) -> Self {
        Self { platform, ..Self::default() }
    }
}
