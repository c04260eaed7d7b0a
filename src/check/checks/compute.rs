//! The target's size in comparison with the source's.

use crate::check::prelude::*;
use crate::check::size::{self, Size};
use crate::platform::Platform;

static ABOUT: About = About {
    name: "compute",
    codes: &[],
    title: "the target's SKU matches the size of the source",
    explanation: "Microsoft asks for a SKU that matches the source's size. The target's is in az \
                  postgres flexible-server show, which --azure-server brings here; its processors \
                  and memory follow from its name, as the documentation of Azure lists them. \
                  Those of the source are in no catalog. On Aurora and RDS they can be estimated, \
                  since the default parameter groups compute shared_buffers and \
                  max_worker_processes from the instance class: memory within some 12 per cent, \
                  where nobody has changed the formulas. A target below half of the source fails, \
                  one below the source is a warning. Where the source tells nothing, the check is \
                  unknown, and you have to compare. A burstable SKU works by credits that the load \
                  of a migration uses up, and it has neither high availability nor replicas.",
    looked_at: "sku of az postgres flexible-server show, and shared_buffers of the source",
    online: false,
};

pub(super) struct Compute;

impl Check for Compute {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let server = cx.azure.server.as_ref();
        let source = estimate(cx)?;
        let Some(sku) = server.and_then(|server| server.sku.as_deref()) else {
            let wanted = source.map(|source| {
                let (sku, _) = size::sku_for(&source);
                format!("; {source} would be {sku}")
            });
            out.unknown(format!(
                "the target's SKU is not in its catalogs{}",
                wanted.unwrap_or_default()
            ))
            .remedy(Azure::wanted_above());
            return Ok(());
        };
        let tier = server.and_then(|server| server.tier.as_deref()).unwrap_or_default();
        if tier == "Burstable" {
            out.warning(format!(
                "{sku} is burstable: it runs out of credits under the load of a migration"
            ))
            .looked_at("sku of az postgres flexible-server show")
            .remedy(update(cx, &source.unwrap_or(Size { vcpus: Some(4.0), memory: 16.0 })));
        }
        compare(cx, sku, source.as_ref(), out);
        Ok(())
    }
}

/// What the source has, as far as its parameters tell.
fn estimate(cx: &Context) -> Result<Option<Size>, Unseen> {
    let platform = cx.source.server()?.live.platform.map(Platform::name);
    let number = |name: &str| {
        Ok(cx.source.setting(name)?.and_then(|setting| setting.number()).unwrap_or_default())
    };
    let (buffers, workers) = (number("shared_buffers")?, number("max_worker_processes")?);
    Ok(platform.and_then(|platform| Size::estimated(platform, buffers, workers)))
}

fn compare(cx: &Context, sku: &str, source: Option<&Size>, out: &mut Outcomes<'_>) {
    let target = Size::of_sku(sku);
    let Some(target) = target else {
        out.unknown(format!("{sku} is no SKU whose processors and memory are known here"))
            .remedy("compare it with the source yourself");
        return;
    };
    let Some(source) = source else {
        out.unknown(format!(
            "the target is {sku} with {target}; what the source has cannot be seen in its catalogs"
        ))
        .remedy("compare it with the machine or the instance class of the source");
        return;
    };
    let found = format!("the source has {source}, and the target is {sku} with {target}");
    let share = target.share_of(source);
    if share < 0.5 {
        out.failed(format!("{found}: less than half")).remedy(update(cx, source));
    } else if share < 1.0 {
        out.warning(format!("{found}: less than the source")).remedy(update(cx, source));
    } else {
        out.succeeded(found);
    }
}

/// The command for a SKU that matches.
fn update(cx: &Context, size: &Size) -> String {
    let (sku, tier) = size::sku_for(size);
    cx.azure.command("update", &format!("--tier {tier} --sku-name {sku}"))
}
