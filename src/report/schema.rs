//! The JSON schemas of the documents: `schemas/`, which the program carries with it, and which is written from the
//! types.

/// What the JSON of one document looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Schema {
    /// The command whose document it is; `platform` is that of `platforms NAME`.
    pub name: &'static str,
    /// What the document says.
    pub title: &'static str,
    /// The schema, in JSON.
    pub text: &'static str,
}

impl Schema {
    /// All of them, in the order of the commands.
    pub const ALL: [Self; 9] = [
        Self {
            name: "convert",
            title: "what became of a dump",
            text: include_str!("../../schemas/report.json"),
        },
        Self {
            name: "copy",
            title: "what a copy changes, or has changed",
            text: include_str!("../../schemas/copy.json"),
        },
        Self {
            name: "diff",
            title: "what differs between two sides",
            text: include_str!("../../schemas/diff.json"),
        },
        Self {
            name: "check",
            title: "what was checked before a migration",
            text: include_str!("../../schemas/check.json"),
        },
        Self {
            name: "verify",
            title: "what roles lost or gained in databases",
            text: include_str!("../../schemas/verify.json"),
        },
        Self {
            name: "graph",
            title: "who is a member of what",
            text: include_str!("../../schemas/graph.json"),
        },
        Self {
            name: "explain",
            title: "what findings and checks mean",
            text: include_str!("../../schemas/explain.json"),
        },
        Self {
            name: "platforms",
            title: "which platforms are known",
            text: include_str!("../../schemas/platforms.json"),
        },
        Self {
            name: "platform",
            title: "one platform, as printed by platforms NAME",
            text: include_str!("../../schemas/platform.json"),
        },
    ];

    /// The one of a document.
    pub fn named(name: &str) -> Option<&'static Self> {
        const ALL: &[Schema] = &Schema::ALL;
        ALL.iter().find(|schema| schema.name == name)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::{env, fs};

    use super::Schema;
    use crate::report::{
        CheckReport, ConvertReport, CopyReport, DiffReport, Explanations, GraphReport,
        PlatformDescription, PlatformList, VerifyReport,
    };

    /// `PG_GLOBALS_MAKE_SCHEMA=1 cargo test --lib schema` writes them anew.
    #[test]
    fn the_schemas_are_those_of_the_types() {
        let of_types = [
            ("convert", "report.json", schemars::schema_for!(ConvertReport)),
            ("copy", "copy.json", schemars::schema_for!(CopyReport)),
            ("diff", "diff.json", schemars::schema_for!(DiffReport)),
            ("check", "check.json", schemars::schema_for!(CheckReport)),
            ("verify", "verify.json", schemars::schema_for!(VerifyReport)),
            ("graph", "graph.json", schemars::schema_for!(GraphReport)),
            ("explain", "explain.json", schemars::schema_for!(Explanations)),
            ("platforms", "platforms.json", schemars::schema_for!(PlatformList)),
            ("platform", "platform.json", schemars::schema_for!(PlatformDescription)),
        ];
        assert_eq!(of_types.each_ref().map(|it| it.0), Schema::ALL.map(|schema| schema.name));
        for (name, file, schema) in of_types {
            let mut text = serde_json::to_string_pretty(&schema).unwrap();
            text.push('\n');
            if env::var_os("PG_GLOBALS_MAKE_SCHEMA").is_some() {
                let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
                fs::write(directory.join(file), text).unwrap();
                continue;
            }
            assert!(
                Schema::named(name).unwrap().text == text,
                "schemas/{file} is not that of the types any more: see whether the format's version must \
                 grow, then PG_GLOBALS_MAKE_SCHEMA=1 cargo test --lib schema"
            );
        }
    }
}
