//! Processors and memory of servers.

use std::fmt;

/// Processors and memory of a server.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Size {
    /// Processors, where they are known.
    pub(super) vcpus: Option<f64>,
    /// Memory in GiB.
    pub(super) memory: f64,
}

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

/// The sizes of the series D and E that are offered, in vCores.
const VCORES: [u32; 8] = [2, 4, 8, 16, 32, 48, 64, 96];

/// Burstable SKUs: vCores, and GiB of memory
/// (<https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-compute>).
const BURSTABLE: [(&str, f64, f64); 8] = [
    ("b1ms", 1.0, 2.0),
    ("b2s", 2.0, 4.0),
    ("b2ms", 2.0, 8.0),
    ("b4ms", 4.0, 16.0),
    ("b8ms", 8.0, 32.0),
    ("b12ms", 12.0, 48.0),
    ("b16ms", 16.0, 64.0),
    ("b20ms", 20.0, 80.0),
];

/// SKUs of the series E with less than 8 GiB for each vCore, from the same page.
const LESS: [(&str, f64); 6] = [
    ("e64s_v3", 432.0),
    ("e64ds_v4", 432.0),
    ("e96ds_v5", 672.0),
    ("e96ads_v5", 672.0),
    ("e96ds_v6", 768.0),
    ("e192ds_v6", 1832.0),
];

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

    /// What an Azure SKU has: `Standard_D4ds_v5`.
    pub(super) fn of_sku(sku: &str) -> Option<Self> {
        let name = sku.to_ascii_lowercase();
        let name = name.strip_prefix("standard_").unwrap_or(&name);
        if let Some((_, vcpus, memory)) = BURSTABLE.iter().find(|(known, ..)| *known == name) {
            return Some(Self { vcpus: Some(*vcpus), memory: *memory });
        }
        let per_core = match name.bytes().next()? {
            b'd' => 4.0,
            b'e' => 8.0,
            _ => return None,
        };
        let digits = &name[1..];
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let vcpus = f64::from(digits[..end].parse::<u16>().ok()?);
        let less = LESS.iter().find(|(known, _)| *known == name);
        Some(Self { vcpus: Some(vcpus), memory: less.map_or(vcpus * per_core, |(_, it)| *it) })
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

/// The smallest SKU that is no smaller, with its tier.
pub(super) fn sku_for(size: &Size) -> (String, &'static str) {
    let vcpus = size.vcpus.unwrap_or(0.0);
    // An estimate is a little below what the class is called.
    let fits = |vcores: u32, per_core: f64| {
        f64::from(vcores) >= vcpus && f64::from(vcores) * per_core >= size.memory
    };
    let smallest = |per_core: f64| VCORES.into_iter().find(|vcores| fits(*vcores, per_core));
    match (smallest(4.0), smallest(8.0)) {
        (Some(general), Some(memory)) if general <= memory => {
            (format!("Standard_D{general}ds_v5"), "GeneralPurpose")
        }
        (_, memory) => {
            (format!("Standard_E{}ds_v5", memory.unwrap_or(VCORES[7])), "MemoryOptimized")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sku_tells_its_size() {
        let of = |sku: &str| Size::of_sku(sku).map(|it| (it.vcpus.unwrap(), it.memory));
        assert_eq!(of("Standard_D4ds_v5"), Some((4.0, 16.0)));
        assert_eq!(of("Standard_E8ds_v5"), Some((8.0, 64.0)));
        assert_eq!(of("Standard_E96ads_v5"), Some((96.0, 672.0)));
        assert_eq!(of("Standard_B2ms"), Some((2.0, 8.0)));
        assert_eq!((of("Standard"), of("x_y"), of("")), (None, None, None));
    }

    /// As db.r6g.2xlarge has it by its default parameter group: 8 vCPUs and 64 GiB.
    #[test]
    fn aurora_tells_its_size() {
        let pages = (64.0 * 0.94 * GIB / 12_038.0 - 50_003.0).round();
        #[expect(clippy::cast_possible_truncation, reason = "a small number")]
        let size = Size::estimated("aurora", pages as i64, 16).unwrap();
        assert_eq!(size.to_string(), "8 vCPUs and 60 GiB");
        assert_eq!(sku_for(&size), ("Standard_E8ds_v5".to_owned(), "MemoryOptimized"));
        let of = |sku: &str| Size::of_sku(sku).unwrap().share_of(&size);
        assert!(of("Standard_E8ds_v5") >= 1.0);
        assert!((0.5..1.0).contains(&of("Standard_E4ds_v5")));
        assert!(of("Standard_D4ds_v5") < 0.5);
        // A server with the parameters of a test is no instance.
        assert_eq!(Size::estimated("azure", 100_000, 8), None);
        let small = Size { vcpus: None, memory: 15.5 };
        assert_eq!(sku_for(&small).0, "Standard_E2ds_v5");
    }
}
