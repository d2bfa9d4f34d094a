//! The mathematics fonts: which face a glyph is set in, and WOFF2 files with the glyphs that a site uses.
//!
//! KaTeX's twenty TrueType fonts come with a crate from the registry and are cut down for each site: without hinting,
//! with the glyphs that the site uses. A file's name carries a hash of its bytes, so it can be cached for ever and two
//! builds of one site give the same names.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use font_subset::Font;

use super::Usage;

/// A family of the mathematics fonts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Family {
    Main,
    Math,
    Ams,
    Caligraphic,
    Fraktur,
    SansSerif,
    Script,
    Size1,
    Size2,
    Size3,
    Size4,
    Typewriter,
}

/// The families of delimiters of sizes 1 to 4.
pub(super) const SIZES: [Family; 4] = [Family::Size1, Family::Size2, Family::Size3, Family::Size4];

impl Family {
    /// Its name in CSS and, with a style, in file names.
    pub(super) fn css(self) -> &'static str {
        match self {
            Family::Main => "KaTeX_Main",
            Family::Math => "KaTeX_Math",
            Family::Ams => "KaTeX_AMS",
            Family::Caligraphic => "KaTeX_Caligraphic",
            Family::Fraktur => "KaTeX_Fraktur",
            Family::SansSerif => "KaTeX_SansSerif",
            Family::Script => "KaTeX_Script",
            Family::Size1 => "KaTeX_Size1",
            Family::Size2 => "KaTeX_Size2",
            Family::Size3 => "KaTeX_Size3",
            Family::Size4 => "KaTeX_Size4",
            Family::Typewriter => "KaTeX_Typewriter",
        }
    }

    /// The styles that exist of it.
    fn styles(self) -> &'static [Style] {
        use Style::{Bold, BoldItalic, Italic, Regular};
        match self {
            Family::Main => &[Regular, Bold, Italic, BoldItalic],
            Family::Math => &[Italic, BoldItalic],
            Family::Caligraphic | Family::Fraktur => &[Regular, Bold],
            Family::SansSerif => &[Regular, Bold, Italic],
            _ => &[Regular],
        }
    }
}

/// A style of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Style {
    Regular,
    Bold,
    Italic,
    BoldItalic,
}

impl Style {
    fn name(self) -> &'static str {
        match self {
            Style::Regular => "Regular",
            Style::Bold => "Bold",
            Style::Italic => "Italic",
            Style::BoldItalic => "BoldItalic",
        }
    }

    fn weight(self) -> u16 {
        if matches!(self, Style::Bold | Style::BoldItalic) { 700 } else { 400 }
    }

    fn slope(self) -> &'static str {
        if matches!(self, Style::Italic | Style::BoldItalic) { "italic" } else { "normal" }
    }
}

/// What a class says about the font of its text; `None` leaves it as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Face {
    pub(super) family: Option<Family>,
    pub(super) bold: Option<bool>,
    pub(super) italic: Option<bool>,
}

impl Face {
    pub(super) const KEEP: Face = Face { family: None, bold: None, italic: None };

    /// The declarations that say it in CSS.
    pub(super) fn declarations(self) -> String {
        let mut parts = Vec::new();
        if let Some(family) = self.family {
            let standing_in = if family == Family::Math { ",\"KaTeX italic\"" } else { "" };
            parts.push(format!("font-family:{}{standing_in}", family.css()));
        }
        if let Some(bold) = self.bold {
            parts.push(format!("font-weight:{}", if bold { "bold" } else { "normal" }));
        }
        if let Some(italic) = self.italic {
            parts.push(format!("font-style:{}", if italic { "italic" } else { "normal" }));
        }
        parts.join(";")
    }
}

/// The font of some text, as classes around it have set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Current {
    family: Family,
    bold: bool,
    italic: bool,
}

impl Current {
    /// What text has that no class changes.
    pub(super) const START: Current = Current { family: Family::Main, bold: false, italic: false };

    pub(super) fn with(self, face: Face) -> Current {
        Current {
            family: face.family.unwrap_or(self.family),
            bold: face.bold.unwrap_or(self.bold),
            italic: face.italic.unwrap_or(self.italic),
        }
    }

    /// The file that a browser takes: slope is matched before weight.
    pub(super) fn file(self) -> FontId {
        let wanted = match (self.bold, self.italic) {
            (false, false) => [Style::Regular, Style::Italic],
            (false, true) => [Style::Italic, Style::Regular],
            (true, false) => [Style::Bold, Style::Regular],
            (true, true) => [Style::BoldItalic, Style::Italic],
        };
        let styles = self.family.styles();
        let style = wanted.into_iter().find(|style| styles.contains(style)).unwrap_or(styles[0]);
        FontId { family: self.family, style }
    }
}

/// One font file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct FontId {
    pub(super) family: Family,
    style: Style,
}

impl FontId {
    /// What the engine calls it, such as `Main-Regular`.
    pub(super) fn engine_name(self) -> String {
        format!("{}-{}", self.family.css().trim_start_matches("KaTeX_"), self.style.name())
    }
}

/// A font file of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FontFile {
    /// Its file name, such as `KaTeX_Main-Regular.4f1c2a9b.woff2`.
    pub name: String,
    /// WOFF2.
    pub bytes: Vec<u8>,
    /// The family name in CSS.
    pub family: &'static str,
    /// 400 or 700.
    pub weight: u16,
    /// `normal` or `italic`.
    pub style: &'static str,
    /// Worth a `<link rel="preload">`: nearly every formula needs it.
    pub preload: bool,
    /// Which font it has glyphs of.
    font: FontId,
}

/// A file of at most so many bytes is worth a preload on every page that needs it: it comes with the style sheet, and
/// no bracket changes its width before the reader's eyes.
const SMALL: usize = 2048;

impl FontFile {
    /// Whether formulas need this file and it is worth a preload for them.
    #[must_use]
    pub fn is_small_and_of(&self, usage: &Usage) -> bool {
        let its_glyphs = (self.font, '\0')..=(self.font, char::MAX);
        !self.preload && self.bytes.len() <= SMALL && usage.glyphs.range(its_glyphs).next().is_some()
    }
}

/// The licence of the fonts, to be shipped beside them.
#[must_use]
pub fn licence() -> String {
    let text = |name| ratex_katex_fonts::ttf_bytes(name).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let notice = "The fonts KaTeX_* in this folder are subsets of the fonts of KaTeX (https://katex.org).\n\n";
    format!("{notice}{}", text("OFL.txt").unwrap_or_default())
}

/// A font file to be made; each can be made on a thread of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FontJob {
    font: FontId,
    characters: BTreeSet<char>,
}

/// The files for the glyphs that a site uses, in a fixed order.
pub(super) fn jobs(glyphs: &BTreeSet<(FontId, char)>) -> Vec<FontJob> {
    let mut wanted: BTreeMap<FontId, BTreeSet<char>> = BTreeMap::new();
    for (font, character) in glyphs {
        wanted.entry(*font).or_default().insert(*character);
    }
    wanted.into_iter().map(|(font, characters)| FontJob { font, characters }).collect()
}

/// A subset; `None` when the font has none of the characters.
pub(super) fn file(FontJob { font, characters }: &FontJob) -> Option<FontFile> {
    let stem = format!("{}-{}", font.family.css(), font.style.name());
    let bytes = ratex_katex_fonts::ttf_bytes(&format!("{stem}.ttf"))?;
    let bare = super::hinting::remove(&bytes);
    let parsed = Font::opentype(bare.as_deref().unwrap_or(&bytes)).ok()?;
    let present: BTreeSet<char> =
        characters.iter().copied().filter(|character| parsed.contains_char(*character)).collect();
    if present.is_empty() {
        return None;
    }
    let bytes = parsed.subset(&present).ok()?.to_woff2();
    let preload = matches!((font.family, font.style), (Family::Main, Style::Regular) | (Family::Math, Style::Italic));
    Some(FontFile {
        name: format!("{stem}.{:08x}.woff2", hash(&bytes)),
        bytes,
        family: font.family.css(),
        weight: font.style.weight(),
        style: font.style.slope(),
        preload,
        font: *font,
    })
}

/// FNV-1a, folded to 32 bits: a name for bytes, not a seal.
fn hash(bytes: &[u8]) -> u32 {
    let full = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    (full >> 32) as u32 ^ full as u32
}

/// Until a font has come, its letters are invisible but take the room that another font gives them. These two faces
/// give the fonts of nearly all letters a stand-in of the same height and, on the average of a formula's letters, the
/// same width, so that the lines do not break elsewhere when the fonts come: Times, or what has its measures, scaled
/// by the ratio of the widths; ascent and descent are those of the KaTeX fonts over that ratio. They stand in for what
/// the KaTeX fonts have, never for what they lack (a no-break space, say), which comes unscaled from Times as ever.
const STAND_INS: &str = "\
@font-face{font-family:\"KaTeX roman\";src:local(\"Times New Roman\"),local(\"Liberation Serif\"),local(\"Tinos\");\
size-adjust:105.9%;ascent-override:85.3%;descent-override:25.7%;line-gap-override:8.5%;unicode-range:U+21-7E}\
@font-face{font-family:\"KaTeX italic\";src:local(\"Times New Roman Italic\"),local(\"Liberation Serif Italic\"),local(\"Tinos Italic\");\
font-style:italic;size-adjust:114.7%;ascent-override:62.5%;descent-override:19%;line-gap-override:7.8%;unicode-range:U+21-7E}";

/// `@font-face` rules; `prefix` is put before each file name.
pub(super) fn faces(files: &[FontFile], prefix: &str) -> String {
    let mut css = STAND_INS.to_owned();
    for file in files {
        let FontFile { name, family, weight, style, .. } = file;
        let _ = write!(
            css,
            "@font-face{{font-family:{family};src:url({prefix}{name}) format(\"woff2\");font-weight:{weight};\
             font-style:{style};font-display:block}}"
        );
    }
    css
}
