//! Interface texts: one flat TOML file for each language, `templates/words/ja.toml`.

use std::collections::BTreeMap;

use crate::data::{self, Kind};
use crate::diagnostic::Diagnostic;
use crate::source::{Excerpt, Source};

/// The interface texts of all languages. A key that a language lacks has its English text.
#[derive(Debug, Default, Clone)]
pub struct Words {
    languages: BTreeMap<String, BTreeMap<String, String>>,
}

const ENGLISH: &str = "en";

impl Words {
    /// Reads the files below `words/`; a later file of the same name adds to an earlier one.
    pub(super) fn read(templates: &[(String, Source)], diagnostics: &mut Vec<Diagnostic>) -> Words {
        let mut words = Words::default();
        for (name, source) in templates {
            let Some(language) = name.strip_prefix("words/").and_then(|name| name.strip_suffix(".toml")) else {
                continue;
            };
            match data::toml(&Excerpt::slice(source, 0..source.text.len()), "template") {
                Ok(table) => {
                    let texts = words.languages.entry(language.to_owned()).or_default();
                    for entry in table.entries {
                        match entry.value.kind {
                            Kind::String(text) => drop(texts.insert(entry.key, text)),
                            _ => diagnostics.push(Diagnostic::error(
                                "template",
                                entry.value.span,
                                format!("`{}` must be a string, found {}", entry.key, entry.value.kind_name()),
                            )),
                        }
                    }
                }
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
        let english = words.languages.get(ENGLISH).cloned().unwrap_or_default();
        for texts in words.languages.values_mut() {
            for (key, text) in &english {
                // What a language calls itself is not borrowed from English.
                if key != "language_name" {
                    texts.entry(key.clone()).or_insert_with(|| text.clone());
                }
            }
        }
        words
    }

    /// The texts of a language; English ones for a language without a file.
    #[must_use]
    pub fn of(&self, language: &str) -> &BTreeMap<String, String> {
        const NONE: &BTreeMap<String, String> = &BTreeMap::new();
        let base = language.split('-').next().unwrap_or(language);
        [language, base, ENGLISH].iter().find_map(|tag| self.languages.get(*tag)).unwrap_or(NONE)
    }

    /// What a language calls itself, if its file says so (`language_name`).
    #[must_use]
    pub fn language_name(&self, language: &str) -> Option<String> {
        self.languages.get(language)?.get("language_name").cloned()
    }
}
