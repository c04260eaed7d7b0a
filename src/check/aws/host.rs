//! What the name of a host on RDS tells.

/// A host on RDS.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Host {
    /// The first part of its name.
    pub(super) name: String,
    /// The region: `eu-west-1`.
    pub(super) region: String,
    /// What it leads to.
    pub(super) kind: Kind,
}

/// What a host leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A cluster of this name.
    Cluster,
    /// Some instances of a cluster of whichever name.
    Custom,
    /// An instance of this name.
    Instance,
}

impl Host {
    /// Of `NAME.cluster-ID.REGION.rds.amazonaws.com`, `NAME.ID.REGION.rds.amazonaws.com`, or
    /// `….rds.REGION.amazonaws.com.cn`. The names of proxies tell nothing of what is behind them.
    pub(super) fn of(host: &str) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        let parts: Vec<&str> = host.trim_end_matches('.').split('.').collect();
        let ([name, id, region, "rds", "amazonaws", "com"]
        | [name, id, "rds", region, "amazonaws", "com", "cn"]) = *parts
        else {
            return None;
        };
        let kind = match id.split_once('-') {
            Some(("proxy", _)) => return None,
            Some(("cluster", rest)) if rest.starts_with("custom-") => Kind::Custom,
            Some(("cluster", _)) => Kind::Cluster,
            _ => Kind::Instance,
        };
        Some(Self { name: name.to_owned(), region: region.to_owned(), kind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_tells_what_it_leads_to() {
        let of = |host: &str| Host::of(host).map(|it| (it.name, it.region, it.kind));
        let some =
            |name: &str, region: &str, kind| Some((name.to_owned(), region.to_owned(), kind));
        assert_eq!(
            of("Shop.cluster-abc.eu-west-1.rds.amazonaws.com"),
            some("shop", "eu-west-1", Kind::Cluster)
        );
        assert_eq!(
            of("shop.cluster-ro-abc.eu-west-1.rds.amazonaws.com."),
            some("shop", "eu-west-1", Kind::Cluster)
        );
        assert_eq!(
            of("any.cluster-custom-abc.eu-west-1.rds.amazonaws.com"),
            some("any", "eu-west-1", Kind::Custom)
        );
        assert_eq!(
            of("one.abc.rds.cn-north-1.amazonaws.com.cn"),
            some("one", "cn-north-1", Kind::Instance)
        );
        let others = ["p.proxy-abc.eu-west-1.rds.amazonaws.com", "10.0.0.1", "db.example.com", ""];
        assert_eq!(others.map(of), [const { None }; 4]);
    }
}
