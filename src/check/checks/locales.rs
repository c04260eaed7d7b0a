//! Encodings and locales of the databases.

use crate::check::prelude::*;
use crate::sql::push_literal;

static ABOUT: About = About {
    name: "locales",
    codes: &["603401"],
    title: "the target has the locales of the databases, for their encodings",
    explanation: "CREATE DATABASE with a locale that the server lacks ends with `invalid \
                  LC_COLLATE locale name: \"…\"`, and a database's encoding and locale cannot be \
                  changed afterwards. What a server has is in its pg_collation, so the check looks \
                  there, for the database's encoding. Names of one locale differ between systems, \
                  such as en_US.UTF-8 and en_US.utf8, and are taken for the same. Another locale \
                  works, but text is sorted otherwise, and indexes and unique constraints follow \
                  that.",
    looked_at: "pg_database of the source, pg_collation of the target",
    online: false,
};

/// What the target's server has brought with it. The provider is there since 10; where it is not
/// the C library, the locale stands elsewhere since 15, and is called otherwise since 17.
pub(super) const AVAILABLE: Question = Question {
    name: "collations of the server",
    of: Of::Target,
    sql: |major| {
        Some(if major >= Major::new(17) {
            "SELECT collname, collprovider AS provider, pg_encoding_to_char(collencoding) AS encoding, \
             coalesce(collcollate, colllocale) AS locale FROM pg_collation \
             WHERE collnamespace = 'pg_catalog'::regnamespace"
        } else if major >= Major::new(15) {
            "SELECT collname, collprovider AS provider, pg_encoding_to_char(collencoding) AS encoding, \
             coalesce(collcollate, colliculocale) AS locale FROM pg_collation \
             WHERE collnamespace = 'pg_catalog'::regnamespace"
        } else if major >= Major::new(10) {
            "SELECT collname, collprovider AS provider, pg_encoding_to_char(collencoding) AS encoding, \
             collcollate AS locale \
             FROM pg_collation WHERE collnamespace = 'pg_catalog'::regnamespace"
        } else {
            "SELECT collname, 'c' AS provider, pg_encoding_to_char(collencoding) AS encoding, \
             collcollate AS locale \
             FROM pg_collation WHERE collnamespace = 'pg_catalog'::regnamespace"
        })
    },
};

/// A collation of the target.
pub(super) struct Collation<'a> {
    pub(super) name: &'a str,
    provider: char,
    /// Empty where it is of any.
    encoding: &'a str,
    locale: &'a str,
}

impl<'a> Collation<'a> {
    /// The collations of a server.
    pub(super) fn all(rows: &'a [Row]) -> Result<Vec<Self>, Unseen> {
        rows.iter().map(Self::from_row).collect()
    }

    fn from_row(row: &'a Row) -> Result<Self, Unseen> {
        Ok(Self {
            name: row.text("collname")?,
            provider: row.text("provider")?.chars().next().unwrap_or('c'),
            encoding: row.text("encoding")?,
            locale: row.text("locale")?,
        })
    }

    pub(super) fn is_for(&self, encoding: &str) -> bool {
        self.encoding.is_empty() || self.encoding == encoding
    }
}

pub(super) struct Locales;

impl Check for Locales {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&AVAILABLE]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let (all, there) = (cx.source.catalog()?, cx.target.catalog()?);
        let major = cx.target.server()?.live.answers.major;
        let collations = Collation::all(cx.target.rows(&AVAILABLE)?)?;
        cx.each_database(out, "", |name, _, out| {
            let Some(entry) = all.get(name) else { return Ok(()) };
            if entry.encoding == "SQL_ASCII" {
                out.warning(
                    "the encoding is SQL_ASCII: nobody knows which encoding its bytes are of, and a database \
                     of another encoding refuses those that it does not take",
                )
                .looked_at("pg_database of the source")
                .remedy(format!(
                    "create it there in the same encoding before the restore, without --create: {}",
                    create(name, "SQL_ASCII", "LC_COLLATE 'C' LC_CTYPE 'C'")
                ));
            }
            let missing = missing(entry, major, &collations, &cx.target);
            match there.get(name) {
                Some(other) => {
                    let may_drop = other.is_own && !cx.target.is_built_in(name);
                    compared(name, (entry, other), missing.is_empty(), may_drop, out);
                }
                None if missing.is_empty() => {
                    out.succeeded(format!("the target has {}", described(entry)));
                }
                None => {
                    for missing in missing {
                        out.failed(missing).remedy(format!(
                            "create it there with what pg_collation of the target has, and restore \
                             into it; text may then be sorted otherwise: {}",
                            create(name, &entry.encoding, "LC_COLLATE '…' LC_CTYPE '…'")
                        ));
                    }
                }
            }
            Ok(())
        })
    }
}

/// Whether the C library of the target has it for that encoding: by the collations that its server
/// found there, or by a database that has it.
fn libc(locale: &str, encoding: &str, collations: &[Collation<'_>], target: &Side) -> bool {
    if matches!(locale, "C" | "POSIX") {
        return true;
    }
    let wanted = normal(locale);
    let mut found = collations.iter().filter(|it| it.provider == 'c' && it.is_for(encoding));
    found.any(|it| normal(it.locale) == wanted)
        || target.catalog().is_ok_and(|all| {
            let mut alike = all.values().filter(|it| it.encoding == encoding);
            alike.any(|it| normal(&it.collate) == wanted)
        })
}

/// The C library takes `en_US.UTF-8` and `en_US.utf8` for the same.
fn normal(locale: &str) -> String {
    let Some((language, rest)) = locale.split_once('.') else { return locale.to_owned() };
    let (codeset, modifier) = rest.split_once('@').unwrap_or((rest, ""));
    let codeset: String = codeset.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{language}.{}@{modifier}", codeset.to_ascii_lowercase())
}

/// `UTF8, LC_COLLATE en_US.utf8, LC_CTYPE C`.
fn described(entry: &Entry) -> String {
    let provider = match entry.provider {
        'c' => "",
        'i' => "ICU ",
        'b' => "builtin ",
        _ => "another provider's ",
    };
    let locale = match &entry.locale {
        Some(locale) => format!("locale {locale}"),
        None if entry.collate == entry.ctype => format!("locale {}", entry.collate),
        None => format!("LC_COLLATE {}, LC_CTYPE {}", entry.collate, entry.ctype),
    };
    shown(&format!("{provider}{locale} for {}", entry.encoding))
}

/// What the target does not have of a database's locale.
fn missing(
    entry: &Entry,
    major: Major,
    collations: &[Collation<'_>],
    target: &Side,
) -> Vec<String> {
    let Entry { encoding, .. } = entry;
    if entry.provider == 'c' {
        let mut wanted = vec![("LC_COLLATE", &entry.collate)];
        if entry.ctype != entry.collate {
            wanted.push(("LC_CTYPE", &entry.ctype));
        }
        wanted.retain(|(_, locale)| !libc(locale, encoding, collations, target));
        let missing = wanted.into_iter().map(|(what, locale)| {
            shown(&format!("the target has no locale {locale} for {encoding} ({what})"))
        });
        return missing.collect();
    }
    other_provider(entry, major, collations).into_iter().collect()
}

fn other_provider(entry: &Entry, major: Major, collations: &[Collation<'_>]) -> Option<String> {
    let locale = entry.locale.as_deref().unwrap_or_default();
    let (word, since) = if entry.provider == 'i' { ("ICU", 15) } else { ("builtin", 17) };
    if major < Major::new(since) {
        return Some(format!("databases have the provider {word} since {since} only"));
    }
    let has = if entry.provider == 'b' {
        matches!(locale, "C" | "C.UTF-8") || major >= Major::new(18)
    } else {
        let language = locale.split(['-', '_', '@']).next().unwrap_or_default();
        let of = |it: &Collation<'_>| it.locale.split('-').next() == Some(language);
        // The root locale.
        let root = matches!(language, "" | "und");
        let mut icu = collations.iter().filter(|it| it.provider == 'i');
        icu.any(|it| root || of(it))
    };
    (!has).then(|| format!("the target does not have {}", described(entry)))
}

/// The target's database of that name stays as it is when something is restored into it.
fn compared(
    name: &Name,
    (entry, other): (&Entry, &Entry),
    available: bool,
    may_drop: bool,
    out: &mut Outcomes<'_>,
) {
    const PLACE: &str = "pg_database of both servers";
    let key = |it: &Entry| {
        let locale = (normal(&it.collate), normal(&it.ctype), it.locale.clone());
        (it.provider, it.encoding.clone(), locale)
    };
    if key(entry) == key(other) {
        let found = format!("the target's has the same: {}", described(other));
        out.succeeded(found).looked_at(PLACE);
        return;
    }
    let found = format!("the target's has {}, and not {}", described(other), described(entry));
    let outcome = out.warning(found).looked_at(PLACE);
    if available && !may_drop {
        outcome.remedy(
            "the connected role cannot replace it: migrate this database into another one, or let its \
             owner create it again",
        );
    } else if available {
        outcome.remedy(format!(
            "while it is empty, on the target: DROP DATABASE {}; {}",
            identifier(name),
            create(name, &entry.encoding, &options(entry))
        ));
    } else {
        outcome.remedy("the target does not have that: see that text may be sorted otherwise");
    }
}

fn create(name: &Name, encoding: &str, options: &str) -> String {
    let name = identifier(name);
    format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' {options}")
}

/// The options of CREATE DATABASE for a locale.
fn options(entry: &Entry) -> String {
    let literal = |text: &str| {
        let mut out = String::new();
        push_literal(text, &mut out);
        out
    };
    let locale = match (entry.provider, &entry.locale) {
        ('i', Some(locale)) => format!(" LOCALE_PROVIDER icu ICU_LOCALE {}", literal(locale)),
        ('b', Some(locale)) => {
            format!(" LOCALE_PROVIDER builtin BUILTIN_LOCALE {}", literal(locale))
        }
        _ => String::new(),
    };
    let (collate, ctype) = (literal(&entry.collate), literal(&entry.ctype));
    format!("LC_COLLATE {collate} LC_CTYPE {ctype}{locale}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_codeset_are_one() {
        assert_eq!(normal("en_US.UTF-8"), normal("en_US.utf8"));
        assert_eq!(normal("de_DE.ISO-8859-15@euro"), normal("de_DE.iso885915@euro"));
        assert_ne!(normal("de_DE.utf8@euro"), normal("de_DE.utf8"));
        assert_ne!(normal("en_US"), normal("en_US.utf8"));
    }

    #[test]
    fn providers() {
        let entry = |provider, locale: &str| Entry {
            is_invalid: false,
            owner: Name::new("o"),
            encoding: "UTF8".to_owned(),
            collate: "C".to_owned(),
            ctype: "C".to_owned(),
            provider,
            locale: Some(locale.to_owned()),
            connection_limit: -1,
            allows_connections: true,
            is_template: false,
            may_connect: true,
            acl: None,
            is_own: true,
        };
        let german = Collation { name: "de-x-icu", provider: 'i', encoding: "", locale: "de" };
        let collations = [german];
        let missing = |entry: &Entry, major| other_provider(entry, Major::new(major), &collations);
        assert_eq!(missing(&entry('i', "de-AT"), 16), None);
        assert_eq!(missing(&entry('i', "und"), 16), None);
        let found = missing(&entry('i', "tlh"), 16);
        assert_eq!(found.as_deref(), Some("the target does not have ICU locale tlh for UTF8"));
        let found = missing(&entry('i', "de-AT"), 14);
        assert_eq!(found.as_deref(), Some("databases have the provider ICU since 15 only"));
        assert_eq!(missing(&entry('b', "C.UTF-8"), 17), None);
        let found = missing(&entry('b', "PG_UNICODE_FAST"), 17);
        assert_eq!(
            found.as_deref(),
            Some("the target does not have builtin locale PG_UNICODE_FAST for UTF8")
        );
        let found = missing(&entry('b', "C.UTF-8"), 16);
        assert_eq!(found.as_deref(), Some("databases have the provider builtin since 17 only"));
    }
}
