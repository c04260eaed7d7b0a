//! Whether the target keeps temporary files on its local disk.

use crate::check::context::{Context, Verdict};
use crate::check::outcome::Outcomes;
use crate::check::question::{Of, Question};
use crate::check::{About, Check};
use crate::version::Major;

const NAME: &str = "azure.enable_temp_tablespaces_on_local_ssd";

static ABOUT: About = About {
    name: "local-temporary",
    codes: &[],
    title: "the target keeps no temporary tablespace on its local disk during the migration",
    looked_at: NAME,
    online: true,
};

const SETTING: Question = Question {
    name: NAME,
    of: Of::Target,
    sql: |major| {
        (major > Major::OLDEST)
            .then_some("SELECT current_setting('azure.enable_temp_tablespaces_on_local_ssd', true)")
    },
};

pub(super) struct LocalTemporary;

impl Check for LocalTemporary {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&SETTING]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let live = cx.target.rows(&SETTING).ok().and_then(|rows| rows.first()?.get(0));
        let told = cx.azure.parameters.as_ref().and_then(|all| all.get(NAME)?.value.as_deref());
        let off = cx.azure.set_parameter(NAME, "off");
        match live.filter(|value| !value.is_empty()).or(told) {
            Some(value) if value.eq_ignore_ascii_case("off") => {
                out.succeeded("it is off");
            }
            Some(value) => {
                out.warning(format!(
                    "it is {value}: it has to be off until the migration has ended"
                ))
                .remedy(off);
            }
            None => {
                out.unknown("the target does not tell it, and no --azure-parameters does")
                    .remedy(format!("see that it is off: {off}"));
            }
        }
        Ok(())
    }
}
