//! Search: an index of small pieces that the browser asks for one by one. The only module that names `pagefind`.
//!
//! Each page becomes a short document of its own, made for the index and never shown ([`text::document`]): its headings
//! with their ids, its text, its code, and for each formula the keys under which it can be found ([`key`]). The documents
//! of one language become one index, since words are cut and stemmed differently in each ([`index`]); [`bundle`] puts the
//! indexes of all languages side by side, as the reader's script (`static/scripts/search.js`) expects them.
//!
//! Same pages, same bytes: pagefind names its pieces after their content, packs them without time stamps, and orders by
//! the order in which pages are added.

pub mod key;
pub mod text;

use std::collections::BTreeMap;

use pagefind::api::PagefindIndex;
use pagefind::options::PagefindServiceConfig;

use crate::site::SitePath;

/// A page as the index sees it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Page {
    /// The file that a result leads to.
    pub path: SitePath,
    /// What [`text::document`] made of it.
    pub document: String,
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
/// The program for languages without a stemmer, such as Japanese and Chinese.
const PLAIN_PROGRAM: &str = "wasm.unknown.pagefind";

/// The index of the pages of one language. An error is a failure of the indexer, never a mistake of an author.
pub fn index(pages: &[Page]) -> Result<Files, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|error| error.to_string())?;
    runtime
        .block_on(async {
            let mut index = PagefindIndex::new(Some(PagefindServiceConfig::builder().build()))?;
            for page in pages {
                index.add_html_file(None, Some(page.path.clone()), page.document.clone()).await?;
            }
            let files = index.get_files().await?;
            Ok(files
                .into_iter()
                .map(|file| (file.filename.to_string_lossy().replace('\\', "/"), file.contents))
                .collect())
        })
        .map_err(|error: Failure| error.to_string())
}

type Failure = Box<dyn std::error::Error>;

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
    packed.iter().any(|ending| name.ends_with(ending)) || name == "pagefind.js"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str, language: &str, text: &str) -> Page {
        let document = format!("<html lang=\"{language}\"><body><h1>Title</h1><p>{text}</p></body></html>");
        Page { path: path.to_owned(), document }
    }

    #[test]
    fn languages_lie_side_by_side_and_only_what_is_needed_stays() {
        let english = index(&[page("a.html", "en", "words"), page("b.html", "en", "more words")]).expect("an index");
        let japanese = index(&[page("c.html", "ja", "活性化関数")]).expect("an index");
        let both = bundle(&[&english, &japanese]);
        let entry: serde_json::Value = serde_json::from_slice(&both[ENTRY]).expect("JSON");
        assert_eq!(entry["version"], VERSION, "the folder is named after the version");
        assert_eq!(entry["languages"]["en"]["page_count"], 2);
        assert_eq!(entry["languages"]["ja"]["page_count"], 1);
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
        assert_eq!(index(&pages), index(&pages));
    }

    #[test]
    fn chinese_and_japanese_are_cut_into_words() {
        for (language, text, cut) in [("zh", "激活函数", "激活|函数"), ("ja", "活性化関数", "活性|化|関数")]
        {
            let files = index(&[page("a.html", language, text)]).expect("an index");
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
