//! The target's size in comparison with what can be seen of the source's.

use crate::check::prelude::*;

static ABOUT: About = About {
    name: "compute",
    codes: &[],
    title: "the target's SKU matches the size of the source, as far as that can be seen",
    explanation: "Microsoft asks for a SKU that matches the source's size. Processors and memory \
                  are in no catalog, so what can be compared is max_connections and \
                  shared_buffers, and with --azure-server the SKU's name. A burstable SKU works by \
                  credits that the load of a migration uses up, and it has neither high \
                  availability nor replicas. Which SKU is right for the load can only be judged by \
                  what the source is used for: compare it with the source's instance class.",
    looked_at: "max_connections and shared_buffers of both servers",
    online: false,
};

pub(super) struct Compute;

impl Check for Compute {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let both = |name: &str| -> Result<_, Unseen> {
            Ok((cx.source.setting(name)?, cx.target.setting(name)?))
        };
        let (source, target) = both("max_connections")?;
        let (source_buffers, target_buffers) = both("shared_buffers")?;
        let shown =
            |setting: &Option<Setting>| setting.as_ref().map(Setting::shown).unwrap_or_default();
        let found = format!(
            "max_connections {} and shared_buffers {} on the source, {} and {} on the target; \
             processors and memory are in no catalog",
            shown(&source),
            shown(&source_buffers),
            shown(&target),
            shown(&target_buffers)
        );
        let number = |setting: &Option<Setting>| setting.as_ref().and_then(Setting::number);
        if number(&target) < number(&source) {
            out.warning(format!("{found}; the target takes fewer connections")).remedy(format!(
                "a larger SKU, or {}, which needs a restart, or a pooler",
                cx.azure.set_parameter("max_connections", &shown(&source))
            ));
        } else {
            out.succeeded(found);
        }
        sku(cx, out);
        Ok(())
    }
}

fn sku(cx: &Context, out: &mut Outcomes<'_>) {
    const SKU: &str = "sku of az postgres flexible-server show";
    let server = cx.azure.server.as_ref();
    let Some(sku) = server.and_then(|server| server.sku.as_deref()) else {
        out.unknown("the target's SKU is not in its catalogs")
            .looked_at(SKU)
            .remedy(Azure::wanted_above());
        return;
    };
    let tier = server.and_then(|server| server.tier.as_deref()).unwrap_or_default();
    let cores = cores(sku).map(|cores| format!(", {cores} vCores")).unwrap_or_default();
    let found = format!("{sku} ({tier}){cores}: compare it with the source's instance class");
    if tier == "Burstable" {
        out.warning(format!(
            "{found}; a burstable server runs out of credits under the load of a migration"
        ))
        .looked_at(SKU)
        .remedy(cx.azure.command(
            "update",
            "--tier GeneralPurpose --sku-name Standard_D4ds_v5, or another that fits",
        ));
    } else {
        out.succeeded(found).looked_at(SKU);
    }
}

/// The number in a name such as `Standard_D4ds_v5`.
fn cores(sku: &str) -> Option<u32> {
    let series = sku.split('_').nth(1)?;
    let digits = series.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sku_tells_its_cores() {
        let names = ["Standard_D4ds_v5", "Standard_E96ads_v5", "Standard_B2ms", "Standard", "x_y"];
        assert_eq!(names.map(cores), [Some(4), Some(96), Some(2), None, None]);
    }
}
