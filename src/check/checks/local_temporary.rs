//! Whether the target keeps temporary files on its local disk.

use crate::check::prelude::*;

const NAME: &str = "azure.enable_temp_tablespaces_on_local_ssd";

static ABOUT: About = About {
    name: "local-temporary",
    codes: &[],
    title: "the target keeps no temporary tablespace on its local disk during the migration",
    explanation: "Microsoft asks for azure.enable_temp_tablespaces_on_local_ssd to be off while an \
                  online migration runs. The parameter keeps temporary files on a disk of the \
                  machine, which is lost when the server moves to another one. It takes effect \
                  without a restart, and can be on again when the migration has ended. Where \
                  neither the target nor --azure-parameters tells it, the check says Unknown.",
    looked_at: NAME,
    online: true,
};

const SETTING: Question = Question {
    name: NAME,
    of: Of::Target,
    sql: |major| {
        (major > Major::OLDEST).then_some(
            "SELECT current_setting('azure.enable_temp_tablespaces_on_local_ssd', true) AS value",
        )
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
        let told = cx.azure.parameters.as_ref().and_then(|all| all.get(NAME)?.value.as_deref());
        let live = cx.target.rows_unless_told(told.is_some(), &SETTING);
        let live = live.and_then(|rows| rows.first()?.get("value").ok()?);
        let off = cx.azure.set_parameter(NAME, "off");
        match live.filter(|value| !value.is_empty()).or(told) {
            Some(value) if value.eq_ignore_ascii_case("off") => {
                out.succeeded("the temporary tablespace on the local disk is off");
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
