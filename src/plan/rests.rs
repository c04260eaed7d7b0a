//! Grants that rest on others.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use foldhash::{HashMap, HashSet};

use crate::globals::{
    Change, Globals, Grantee, MembershipKey, Parameter, ParameterKey, SettingName,
};
use crate::name::Name;

/// Grants that rest on others, and what becomes of grants.
pub(super) struct Rests<'a> {
    /// What a grantor has granted of a role: (role, grantor).
    pub(super) memberships: HashMap<(&'a Name, &'a Name), Vec<&'a MembershipKey>>,
    /// The same of a parameter: (parameter, grantor).
    pub(super) parameters:
        HashMap<(&'a SettingName, &'a Name), Vec<(&'a ParameterKey, &'a Parameter)>>,
    /// Memberships that are to go altogether.
    pub(super) gone: HashSet<&'a MembershipKey>,
    /// What is to be left of privileges on parameters.
    pub(super) left: BTreeMap<&'a ParameterKey, Option<&'a Parameter>>,
    /// Privileges on tablespaces that are to go altogether: (tablespace, grantee, grantor).
    pub(super) tablespaces: HashSet<(&'a Name, &'a Grantee, Option<&'a Name>)>,
    /// What rests on whom and stays, as far as that was asked: a chain of grants is gone through once.
    asked: RefCell<HashMap<What, Asked>>,
}

/// By holder.
type Asked = HashMap<Name, Option<Rc<str>>>;

/// What is granted: a role, or one of the privileges on a parameter.
type What = (&'static str, Name);

impl<'a> Rests<'a> {
    pub(super) fn of(current: &'a Globals, changes: &'a [Change]) -> Self {
        let mut rests = Self {
            memberships: HashMap::default(),
            parameters: HashMap::default(),
            gone: HashSet::default(),
            left: BTreeMap::new(),
            tablespaces: HashSet::default(),
            asked: RefCell::default(),
        };
        for key in current.memberships.keys() {
            if let Some(grantor) = &key.grantor {
                rests.memberships.entry((&key.role, grantor)).or_default().push(key);
            }
        }
        for (key, it) in &current.parameters {
            if let Some(grantor) = &key.grantor {
                rests.parameters.entry((&key.parameter, grantor)).or_default().push((key, it));
            }
        }
        for change in changes {
            match change {
                Change::Membership { key, to: None, .. } => {
                    rests.gone.insert(key);
                }
                Change::Parameter { key, from: Some(from), to } if takes(from, to.as_ref()) => {
                    rests.left.insert(key, to.as_ref());
                }
                Change::TablespaceGrant { name, grantee, grantor, to: None, .. } => {
                    rests.tablespaces.insert((name, grantee, grantor.as_ref()));
                }
                _ => {}
            }
        }
        rests
    }

    /// What stays and rests on the holder's right to grant, through others too. `next` gives those who
    /// lose theirs with it, or says what stays.
    pub(super) fn on(
        &self,
        what: What,
        holder: &Name,
        next: impl Fn(&Name) -> Result<Vec<Name>, String>,
    ) -> Option<String> {
        let mut asked = self.asked.borrow_mut();
        let asked = asked.entry(what).or_default();
        let mut open: Vec<(Name, Vec<Name>)> = Vec::new();
        let mut entering = Some(holder.clone());
        loop {
            if let Some(holder) = entering.take() {
                let stays = match asked.get(&holder) {
                    Some(known) => known.clone(),
                    None => match next(&holder) {
                        Ok(losing) => {
                            asked.insert(holder.clone(), None);
                            open.push((holder, losing));
                            None
                        }
                        Err(stays) => Some(Rc::from(stays)),
                    },
                };
                if let Some(stays) = stays {
                    let above = open.into_iter().map(|(holder, _)| (holder, Some(stays.clone())));
                    asked.extend(above);
                    return Some(stays.to_string());
                }
            }
            let (_, losing) = open.last_mut()?;
            entering = losing.pop();
            if entering.is_none() {
                open.pop();
            }
        }
    }
}

/// Whether something is taken away.
pub(super) fn takes(from: &Parameter, to: Option<&Parameter>) -> bool {
    to.is_none_or(|to| from.has_beyond(to))
}
