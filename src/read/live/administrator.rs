//! What a server is to its administrator, whoever is connected.

use super::answers::{admin_on, attributes, member_of, parameters, protected};
use super::members::{Members, protect_members};
use super::server::Live;
use crate::attribute::Attribute;
use crate::name::Name;
use crate::platform::{Answers, Platform};

impl Live {
    /// Takes it for a server of this platform, whatever its roles show: nobody who administers it is
    /// touched.
    pub fn assume(&mut self, platform: &Platform) {
        if let Some(group) = platform.admin_role() {
            let members = Members::of(&self.globals);
            protect_members(&members, &Name::new(group), &mut self.answers.protected);
        }
    }

    /// The answers that the platform's administrator would get, whoever is connected: the first member
    /// of its administrator role that can make roles. Where there is none, those of the connected role.
    pub fn as_administrator(&self, platform: &Platform) -> Answers {
        let globals = &self.globals;
        let members =
            platform.admin_role().map(|group| Members::of(globals).below(&Name::new(group)));
        let members = members.unwrap_or_default();
        let is_administrator = |name: &&Name| {
            let role = globals.roles.get(*name);
            role.is_some_and(|role| {
                role.has(Attribute::CreateRole) && !role.has(Attribute::Superuser)
            })
        };
        let mut answers = self.answers.clone();
        let administrator = members.iter().find(is_administrator);
        let Some(user) = administrator.filter(|_| !members.contains(&answers.user)) else {
            return answers;
        };
        answers.attributes = attributes(globals, user);
        answers.admin_on = admin_on(globals, user, answers.major);
        answers.member_of = member_of(globals, user, answers.major);
        (answers.settable, answers.grantable) = parameters(globals, user, answers.major);
        let users = [user, user];
        let bootstrap = answers.bootstrap.as_ref();
        answers.protected = protected(globals, Some(platform), false, bootstrap, users);
        for database in answers.databases.values_mut() {
            database.may_alter = database.owner == *user;
        }
        answers.user = user.clone();
        answers.session_user = user.clone();
        answers
    }
}
