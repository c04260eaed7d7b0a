//! Processors and memory of servers.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

use super::azure::Sku;
use super::data;

/// Processors and memory of a server.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Size {
    /// Processors, where they are known.
    pub(super) vcpus: Option<f64>,
    /// Memory in GiB.
    pub(super) memory: f64,
}

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

/// The file says what each of it means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    azure: Azure,
    aws: Aws,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Azure {
    vcores: Vec<u32>,
    series: BTreeMap<String, f64>,
    skus: BTreeMap<String, (f64, f64)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Aws {
    sizes: BTreeMap<String, f64>,
    families: BTreeMap<String, f64>,
    burstable: BTreeMap<String, (f64, f64)>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| data::read(include_str!("data/sizes.toml")));

impl Size {
    /// What the parameters of an Aurora or RDS tell of its instance, where nobody has changed what the
    /// default parameter groups compute from it: `shared_buffers` is in pages of 8 KiB. Measured on five
    /// classes, the memory is 88 to 97 per cent of the nominal.
    pub(super) fn estimated(platform: &str, shared_buffers: i64, workers: i64) -> Option<Self> {
        let pages = f64::from(u32::try_from(shared_buffers).ok()?);
        let bytes = match platform {
            "aurora" => (pages + 50_003.0) * 12_038.0,
            "rds" => pages * 32_768.0,
            _ => return None,
        };
        // Below 8 it says nothing, and a server with less than this has no formula.
        let vcpus = u32::try_from(workers).ok().filter(|workers| *workers > 8);
        let memory = bytes / GIB;
        (memory >= 0.9).then(|| Self { vcpus: vcpus.map(|all| f64::from(all) / 2.0), memory })
    }

    /// What an Azure SKU has: `Standard_D4ds_v5`; as the region's own list says, else by the table.
    pub(super) fn of_sku(sku: &str, offered: Option<&[Sku]>) -> Option<Self> {
        let of_region = offered.iter().flat_map(|all| all.iter());
        if let Some(sku) = of_region.clone().find(|it| it.name.eq_ignore_ascii_case(sku)) {
            return Some(Self::of_offered(sku));
        }
        let name = sku.to_ascii_lowercase();
        let name = name.strip_prefix("standard_").unwrap_or(&name);
        if let Some((vcpus, memory)) = TABLES.azure.skus.get(name) {
            return Some(Self { vcpus: Some(*vcpus), memory: *memory });
        }
        let per_core = TABLES.azure.series.get(name.get(..1)?)?;
        let digits = &name[1..];
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let vcpus = f64::from(digits[..end].parse::<u16>().ok()?);
        Some(Self { vcpus: Some(vcpus), memory: vcpus * per_core })
    }

    fn of_offered(sku: &Sku) -> Self {
        Self { vcpus: Some(sku.vcpus), memory: sku.memory }
    }

    /// What an instance class of AWS has: `db.r6g.2xlarge`. With `.tpc1` it has one thread for each core, so
    /// half of the vCPUs; with `.mem2x`, twice the memory.
    pub(super) fn of_class(class: &str) -> Option<Self> {
        let class = class.to_ascii_lowercase();
        let mut parts = class.strip_prefix("db.")?.split('.');
        let (family, size) = (parts.next()?, parts.next()?);
        if family.starts_with('t') {
            let (vcpus, memory) = TABLES.aws.burstable.get(size)?;
            return Some(Self { vcpus: Some(*vcpus), memory: *memory });
        }
        let times = || size.strip_suffix("xlarge")?.parse::<u16>().ok();
        let nominal = match TABLES.aws.sizes.get(size) {
            Some(vcpus) => *vcpus,
            None => f64::from(times()?) * TABLES.aws.sizes.get("xlarge")?,
        };
        let known = TABLES.aws.families.iter().filter(|(start, _)| family.starts_with(&***start));
        let (_, per_core) = known.max_by_key(|(start, _)| start.len())?;
        let mut it = Self { vcpus: Some(nominal), memory: nominal * per_core };
        for word in parts.flat_map(|part| part.split('-')) {
            match word {
                "tpc1" => it.vcpus = Some(nominal / 2.0),
                "tpc2" => {}
                _ => {
                    let times = word.strip_prefix("mem")?.strip_suffix('x')?;
                    it.memory *= times.parse::<f64>().ok()?;
                }
            }
        }
        Some(it)
    }

    /// What so many units of serverless Aurora are: 2 GiB each, with processors to match.
    pub(super) fn of_capacity(units: f64) -> Self {
        Self { vcpus: None, memory: 2.0 * units }
    }

    /// How much of the other one it is, by what it has least of; what is not known does not count.
    pub(super) fn share_of(&self, other: &Self) -> f64 {
        let memory = self.memory / other.memory;
        let vcpus = self.vcpus.zip(other.vcpus).map(|(one, other)| one / other);
        vcpus.map_or(memory, |vcpus| vcpus.min(memory))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.vcpus {
            Some(vcpus) => write!(f, "{vcpus} vCPUs and {:.0} GiB", self.memory),
            None => write!(f, "{:.0} GiB", self.memory),
        }
    }
}

/// The smallest SKU that is no smaller, with its tier: of those that the region offers, else of the table.
/// Where none is as large, the largest.
pub(super) fn sku_for(size: &Size, offered: Option<&[Sku]>) -> (String, String) {
    let fits = |sku: &&Sku| Size::of_offered(sku).share_of(size) >= 1.0;
    let order = |one: &&Sku, other: &&Sku| {
        let key = |sku: &Sku| [sku.vcpus, sku.memory];
        key(one).partial_cmp(&key(other)).unwrap_or(std::cmp::Ordering::Equal)
    };
    let steady = |sku: &&Sku| sku.tier != "Burstable";
    let of_table = table();
    let of_region: Vec<&Sku> = offered.unwrap_or_default().iter().filter(steady).collect();
    let all = if of_region.is_empty() { of_table.iter().collect() } else { of_region };
    let smallest = all.iter().copied().filter(fits).min_by(order);
    let chosen = smallest.or_else(|| all.iter().copied().max_by(order));
    chosen.map(|sku| (sku.name.clone(), sku.tier.clone())).unwrap_or_default()
}

/// What is offered in most regions.
fn table() -> Vec<Sku> {
    let sku = |(series, tier): (&str, &str), vcores: &u32| {
        let name = format!("Standard_{series}{vcores}ds_v5");
        let size = Size::of_sku(&name, None)?;
        Some(Sku { name, tier: tier.to_owned(), vcpus: size.vcpus?, memory: size.memory })
    };
    let series = [("D", "GeneralPurpose"), ("E", "MemoryOptimized")];
    let all =
        series.into_iter().flat_map(|one| TABLES.azure.vcores.iter().map(move |it| (one, it)));
    all.filter_map(|(series, vcores)| sku(series, vcores)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sku_tells_its_size() {
        let of = |sku: &str| Size::of_sku(sku, None).map(|it| (it.vcpus.unwrap(), it.memory));
        assert_eq!(of("Standard_D4ds_v5"), Some((4.0, 16.0)));
        assert_eq!(of("Standard_E8ds_v5"), Some((8.0, 64.0)));
        assert_eq!(of("Standard_E96ads_v5"), Some((96.0, 672.0)));
        assert_eq!(of("Standard_B2ms"), Some((2.0, 8.0)));
        assert_eq!((of("Standard"), of("x_y"), of(""), of("ß")), (None, None, None, None));
        // The region's own word comes first.
        let own =
            Sku { name: "Standard_E8ds_v5".into(), tier: String::new(), vcpus: 7.0, memory: 60.0 };
        let size = Size::of_sku("standard_e8ds_v5", Some(&[own])).unwrap();
        assert_eq!((size.vcpus, size.memory), (Some(7.0), 60.0));
    }

    /// As the pages of EC2 have them.
    #[test]
    fn a_class_tells_its_size() {
        let of = |class: &str| Size::of_class(class).map(|it| (it.vcpus.unwrap(), it.memory));
        let cases = [
            ("db.r6g.2xlarge", 8.0, 64.0),
            ("db.r8g.48xlarge", 192.0, 1536.0),
            ("db.m5.large", 2.0, 8.0),
            ("db.m6gd.xlarge", 4.0, 16.0),
            ("db.m3.medium", 1.0, 3.75),
            ("db.r4.8xlarge", 32.0, 244.0),
            ("db.c6gd.4xlarge", 16.0, 32.0),
            ("db.x2g.16xlarge", 64.0, 1024.0),
            ("db.x2iedn.32xlarge", 128.0, 4096.0),
            ("db.x1e.32xlarge", 128.0, 3904.0),
            ("db.t4g.medium", 2.0, 4.0),
            ("db.t3.2xlarge", 8.0, 32.0),
            ("db.r5.4xlarge.tpc2.mem2x", 16.0, 256.0),
            ("db.r5b.large.tpc1.mem2x", 1.0, 32.0),
        ];
        for (class, vcpus, memory) in cases {
            assert_eq!(of(class), Some((vcpus, memory)), "{class}");
        }
        for class in ["db.serverless", "db.q5.large", "db.m5.huge", "m5.large", "db.m5", ""] {
            assert_eq!(of(class), None, "{class}");
        }
    }

    /// As db.r6g.2xlarge has it by its default parameter group: 8 vCPUs and 64 GiB.
    #[test]
    fn aurora_tells_its_size() {
        let pages = (64.0 * 0.94 * GIB / 12_038.0 - 50_003.0).round();
        #[expect(clippy::cast_possible_truncation, reason = "a small number")]
        let size = Size::estimated("aurora", pages as i64, 16).unwrap();
        assert_eq!(size.to_string(), "8 vCPUs and 60 GiB");
        let of = |sku: &str| Size::of_sku(sku, None).unwrap().share_of(&size);
        assert!(of("Standard_E8ds_v5") >= 1.0);
        assert!((0.5..1.0).contains(&of("Standard_E4ds_v5")));
        assert!(of("Standard_D4ds_v5") < 0.5);
        // A server with the parameters of a test is no instance.
        assert_eq!(Size::estimated("azure", 100_000, 8), None);
    }

    #[test]
    fn the_smallest_that_is_no_smaller() {
        let size = |vcpus, memory| Size { vcpus, memory };
        let of = |size: Size| sku_for(&size, None);
        let expected = |name: &str, tier: &str| (name.to_owned(), tier.to_owned());
        assert_eq!(of(size(Some(8.0), 64.0)), expected("Standard_E8ds_v5", "MemoryOptimized"));
        assert_eq!(of(size(Some(8.0), 32.0)), expected("Standard_D8ds_v5", "GeneralPurpose"));
        assert_eq!(of(size(None, 15.5)), expected("Standard_E2ds_v5", "MemoryOptimized"));
        assert_eq!(of(size(Some(192.0), 1536.0)), expected("Standard_E96ds_v5", "MemoryOptimized"));
        // Of what the region offers.
        let sku = |name: &str, tier: &str, vcpus, memory| Sku {
            name: name.into(),
            tier: tier.into(),
            vcpus,
            memory,
        };
        let offered = [
            sku("Standard_B20ms", "Burstable", 20.0, 80.0),
            sku("Standard_E20ads_v5", "MemoryOptimized", 20.0, 160.0),
            sku("Standard_E16ads_v5", "MemoryOptimized", 16.0, 128.0),
        ];
        let it = sku_for(&size(Some(8.0), 64.0), Some(&offered));
        assert_eq!(it, expected("Standard_E16ads_v5", "MemoryOptimized"));
    }
}
