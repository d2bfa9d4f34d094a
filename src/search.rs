//! Search: an index of small pieces that the browser asks for one by one. The only module that names `pagefind`.
//!
//! Each page becomes a short document of its own, made for the index and never shown ([`text::document`]): its headings
//! with their ids, its text, its code, and a word for each formula. The documents of one language become one index, since
//! words are cut and stemmed differently in each, with a list of the formulas in them ([`index`], [`formulas`]);
//! [`bundle`] puts the indexes of all languages side by side, as the reader's script (`static/scripts/search.js`) expects
//! them.
//!
//! Same pages, same bytes: pagefind names its pieces after their content, packs them without time stamps, and orders by
//! the order in which pages are added.

pub mod formulas;
pub mod text;

use std::collections::BTreeMap;

use pagefind::api::PagefindIndex;
use pagefind::options::PagefindServiceConfig;

use crate::site::{self, SitePath};

/// A page as the index sees it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Page {
    /// The file that a result leads to.
    pub path: SitePath,
    /// What [`text::document`] made of it.
    pub document: String,
}

/// All pages of a language.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Language {
    /// Its pages.
    pub pages: Vec<Page>,
    /// Their formulas ([`formulas::Formulas::list`]).
    pub formulas: String,
}

/// Files of an index by their path in its folder.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The version of pagefind; its script and its WebAssembly are the same whenever this is.
pub const VERSION: &str = "1.6.0";

/// The folder of the index, as a path from the site's root. With the version in its name, files whose names do not change
/// with their content may be cached too: only `pagefind-entry.json` changes, and the script asks for that anew each time.
pub const FOLDER: &str = "search/1.6.0/";

/// The file that lists the languages.
const ENTRY: &str = "pagefind-entry.json";
/// How the names of the lists of formulas begin.
const LIST: &str = "formulas";
/// The program for languages without a stemmer, such as Japanese and Chinese.
const PLAIN_PROGRAM: &str = "wasm.unknown.pagefind";

/// The index of a language, with the list of its formulas. An error is a failure of the indexer, never a mistake of an
/// author.
pub fn index(language: &Language) -> Result<Files, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|error| error.to_string())?;
    runtime
        .block_on(async {
            let mut index = PagefindIndex::new(Some(PagefindServiceConfig::builder().build()))?;
            for page in &language.pages {
                index.add_html_file(None, Some(page.path.clone()), page.document.clone()).await?;
            }
            let files = index.get_files().await?;
            let files = files.into_iter();
            let mut files: Files =
                files.map(|file| (file.filename.to_string_lossy().replace('\\', "/"), file.contents)).collect();
            let list = site::hashed(LIST, language.formulas.as_bytes(), "txt");
            add_list(&mut files, &list)?;
            files.insert(list, language.formulas.clone().into_bytes());
            Ok(files)
        })
        .map_err(|error: Failure| error.to_string())
}

type Failure = Box<dyn std::error::Error>;

/// Says in the entry of a language where the list of its formulas is.
fn add_list(files: &mut Files, list: &str) -> Result<(), serde_json::Error> {
    if let Some(bytes) = files.get_mut(ENTRY) {
        let mut entry: serde_json::Value = serde_json::from_slice(bytes)?;
        for language in entry["languages"].as_object_mut().into_iter().flat_map(serde_json::Map::values_mut) {
            language["formulas"] = list.into();
        }
        *bytes = entry.to_string().into_bytes();
    }
    Ok(())
}

/// The indexes of all languages as one folder, without what only pagefind's own interface needs.
#[must_use]
pub fn bundle(indexes: &[&Files]) -> Files {
    let mut bundle = Files::new();
    let mut entry = serde_json::Value::Null;
    for files in indexes {
        for (name, bytes) in *files {
            if name == ENTRY {
                add_languages(&mut entry, bytes);
            } else if is_needed(name) {
                bundle.entry(name.clone()).or_insert_with(|| bytes.clone());
            }
        }
    }
    let languages = entry["languages"].as_object();
    if languages.is_some_and(|languages| languages.values().all(|language| language["wasm"].is_string())) {
        bundle.remove(PLAIN_PROGRAM);
    }
    bundle.insert(ENTRY.to_owned(), entry.to_string().into_bytes());
    bundle
}

fn add_languages(all: &mut serde_json::Value, entry: &[u8]) {
    let Ok(mut one) = serde_json::from_slice::<serde_json::Value>(entry) else { return };
    if all.is_null() {
        *all = one;
    } else if let (Some(all), Some(one)) = (all["languages"].as_object_mut(), one["languages"].as_object_mut()) {
        all.append(one);
    }
}

fn is_needed(name: &str) -> bool {
    let packed = [".pf_meta", ".pf_index", ".pf_fragment", ".pagefind"];
    packed.iter().any(|ending| name.ends_with(ending)) || name == "pagefind.js" || name.starts_with(LIST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indexed(pages: &[Page]) -> Files {
        index(&Language { pages: pages.to_vec(), formulas: "x\n".to_owned() }).expect("an index")
    }

    fn page(path: &str, language: &str, text: &str) -> Page {
        let document = format!("<html lang=\"{language}\"><body><h1>Title</h1><p>{text}</p></body></html>");
        Page { path: path.to_owned(), document }
    }

    #[test]
    fn languages_lie_side_by_side_and_only_what_is_needed_stays() {
        let english = indexed(&[page("a.html", "en", "words"), page("b.html", "en", "more words")]);
        let japanese = indexed(&[page("c.html", "ja", "活性化関数")]);
        let both = bundle(&[&english, &japanese]);
        let entry: serde_json::Value = serde_json::from_slice(&both[ENTRY]).expect("JSON");
        assert_eq!(entry["version"], VERSION, "the folder is named after the version");
        assert_eq!(entry["languages"]["en"]["page_count"], 2);
        assert_eq!(entry["languages"]["ja"]["page_count"], 1);
        let list = entry["languages"]["ja"]["formulas"].as_str().expect("a list");
        assert_eq!(both[list], b"x\n", "the formulas");
        let program = |name: &str| both.contains_key(name);
        assert!(program("wasm.en.pagefind") && program(PLAIN_PROGRAM) && program("pagefind.js"), "{:?}", both.keys());
        assert!(!both.keys().any(|name| name.contains("-ui") || name.contains("highlight")), "{:?}", both.keys());
        assert!(!bundle(&[&english]).contains_key(PLAIN_PROGRAM), "English has a program of its own");
        assert!(FOLDER.contains(VERSION));
    }

    #[test]
    fn the_same_pages_give_the_same_bytes() {
        let pages: Vec<Page> = (0..50)
            .map(|number| page(&format!("{number}.html"), "en", &format!("word{} café naïve", number * 7)))
            .collect();
        assert_eq!(indexed(&pages), indexed(&pages));
    }

    #[test]
    fn chinese_and_japanese_are_cut_into_words() {
        for (language, text, cut) in [("zh", "激活函数", "激活|函数"), ("ja", "活性化関数", "活性|化|関数")]
        {
            let files = indexed(&[page("a.html", language, text)]);
            let fragment = files.iter().find(|(name, _)| name.ends_with(".pf_fragment")).expect("a fragment").1;
            let text = String::from_utf8_lossy(&unpacked(fragment)).replace('\u{200B}', "|");
            assert!(text.contains(cut), "{text}");
        }
    }

    /// The content of a gzip file.
    fn unpacked(bytes: &[u8]) -> Vec<u8> {
        use std::io::Read as _;
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(bytes).read_to_end(&mut text).expect("gzip");
        text
    }
}
