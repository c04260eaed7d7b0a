//! The target's size in comparison with the source's.

use crate::check::prelude::*;
use crate::check::size::{self, Size};
use crate::platform::Platform;

static ABOUT: About = About {
    name: "compute",
    codes: &[],
    title: "the target's SKU matches the size of the source",
    explanation: "Microsoft asks for a SKU that matches the source's size. The target's is in az \
                  postgres flexible-server show (--azure-server); its processors and memory are in \
                  az postgres flexible-server list-skus (--azure-skus), else they follow from its \
                  name, as the documentation of Azure lists them. Those of the source are in no \
                  catalog: aws rds describe-db-instances (--aws-instances) tells its class, whose \
                  name says both; of a serverless one the most that it takes counts. Without it \
                  they are estimated on Aurora and RDS, since the default parameter groups compute \
                  shared_buffers and max_worker_processes from the class: memory within some 12 per \
                  cent, where nobody has changed the formulas. A target below half of the source \
                  fails, one below the source is a warning. Where the source tells nothing, the \
                  check is unknown, and you have to compare. A burstable SKU works by credits that \
                  the load of a migration uses up, and it has neither high availability nor \
                  replicas.",
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
        let source = Source::of(cx)?;
        let offered = cx.azure.skus.as_deref();
        let Some(sku) = server.and_then(|server| server.sku.as_deref()) else {
            let wanted = source.as_ref().map(|source| {
                let (sku, _) = size::sku_for(&source.size, offered);
                format!("; {}: {sku} has as much", source.what)
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
            let size = source.as_ref().map(|source| source.size);
            out.warning(format!(
                "{sku} is burstable: it runs out of credits under the load of a migration"
            ))
            .looked_at("sku of az postgres flexible-server show")
            .remedy(update(cx, &size.unwrap_or(Size { vcpus: Some(4.0), memory: 16.0 })));
        }
        compare(cx, sku, source.as_ref(), out);
        Ok(())
    }
}

/// What the source has, as far as anybody tells.
struct Source {
    size: Size,
    /// `the source has 8 vCPUs and 64 GiB (db.r6g.2xlarge)`.
    what: String,
    /// By what that is known.
    place: &'static str,
}

impl Source {
    /// By its instance class; else as its parameters tell.
    fn of(cx: &Context) -> Result<Option<Self>, Unseen> {
        const CLASS: &str = "aws rds describe-db-instances";
        let (instance, cluster) = (cx.aws.instance.as_ref(), cx.aws.cluster.as_ref());
        let of_instance = instance.and_then(|it| it.class.as_deref());
        let class = of_instance.or_else(|| cluster?.class.as_deref());
        let units = cluster.and_then(|it| it.most_capacity);
        let is_serverless = class.is_none_or(|class| class == "db.serverless");
        if let Some(units) = units.filter(|_| is_serverless) {
            let size = Size::of_capacity(units);
            let what = format!("the source takes up to {size} (serverless, {units} ACU)");
            return Ok(Some(Self { size, what, place: "aws rds describe-db-clusters" }));
        }
        if let Some((class, size)) = class.and_then(|class| Some((class, Size::of_class(class)?))) {
            let what = format!("the source has {size} ({class})");
            return Ok(Some(Self { size, what, place: CLASS }));
        }
        let platform = cx.source.server()?.live.platform.map(Platform::name);
        let number = |name: &str| {
            Ok(cx.source.setting(name)?.and_then(|setting| setting.number()).unwrap_or_default())
        };
        let (buffers, workers) = (number("shared_buffers")?, number("max_worker_processes")?);
        let size = platform.and_then(|platform| Size::estimated(platform, buffers, workers));
        Ok(size.map(|size| Self {
            size,
            what: format!("the source has some {size}, estimated from its shared_buffers"),
            place: "shared_buffers of the source",
        }))
    }
}

fn compare(cx: &Context, sku: &str, source: Option<&Source>, out: &mut Outcomes<'_>) {
    const WANTED: &str = "of Aurora and RDS give --aws, or --aws-instances with what aws rds \
        describe-db-instances writes; else compare it with the machine of the source yourself";
    let class = cx.aws.instance.as_ref().and_then(|it| it.class.as_deref());
    let Some(target) = Size::of_sku(sku, cx.azure.skus.as_deref()) else {
        let list = cx.azure.list_skus();
        out.unknown(format!("{sku} is no SKU whose processors and memory are known here")).remedy(
            format!(
                "give --azure, or --azure-skus skus.json with what this writes: {list} > skus.json"
            ),
        );
        return;
    };
    let Some(source) = source else {
        let found = format!("the target is {sku} with {target}");
        match class {
            Some(class) => out
                .unknown(format!("{found}; the source's class {} is not known here", shown(class)))
                .remedy("compare both yourself"),
            None => out
                .unknown(format!("{found}; what the source has cannot be seen in its catalogs"))
                .remedy(WANTED),
        };
        return;
    };
    let found = format!("{}, and the target is {sku} with {target}", source.what);
    let share = target.share_of(&source.size);
    let outcome = if share < 0.5 {
        out.failed(format!("{found}: less than half")).remedy(update(cx, &source.size))
    } else if share < 1.0 {
        out.warning(format!("{found}: less than the source")).remedy(update(cx, &source.size))
    } else {
        out.succeeded(found)
    };
    outcome.looked_at(format!("{}, sku of az postgres flexible-server show", source.place));
}

/// The command for a SKU that matches.
fn update(cx: &Context, size: &Size) -> String {
    let (sku, tier) = size::sku_for(size, cx.azure.skus.as_deref());
    cx.azure.command("update", &format!("--tier {tier} --sku-name {sku}"))
}
