//! The stylesheet for the engine's markup, made for one site: only rules for classes that its formulas use.
//!
//! The engine leaves to CSS what it cannot say in a style attribute: which font a class means, that a stack (`vlist`)
//! is a table whose rows have no height, how much a change of size is. Those are facts of the markup; the rules here
//! state them in one table, one line a class. A class with no effect is listed too, without a rule, so that a class
//! this table has never heard of (a newer engine, say) is noticed by [`super::stylesheet`] and fails the build.
//!
//! Wide display formulas scroll inside `.katex-display`. A tagged formula is a grid of three columns: free space, the
//! formula, the tag; the free space gives way first. On a narrow screen the tag stays in sight at the right edge, on
//! the colour of the page (`--formula-background` where that is another), and the formula scrolls under it.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use super::engine::SIZES;
use super::fonts::{self, Face, Family};

/// A class of the engine's markup.
pub(super) struct Class {
    pub(super) name: &'static str,
    /// Rules, each `selector{declarations}`, selectors below `.katex`. Empty: the class changes nothing.
    rules: &'static str,
    /// What it means for the font of the text inside.
    pub(super) face: Face,
}

const fn plain(name: &'static str) -> Class {
    Class { name, rules: "", face: Face::KEEP }
}

const fn rule(name: &'static str, rules: &'static str) -> Class {
    Class { name, rules, face: Face::KEEP }
}

/// A class that only sets the font; its rule is derived from the face.
const fn face(name: &'static str, family: Option<Family>, bold: Option<bool>, italic: Option<bool>) -> Class {
    Class { name, rules: "", face: Face { family, bold, italic } }
}

const YES: Option<bool> = Some(true);
const NO: Option<bool> = Some(false);

/// Text in a script that the mathematics fonts lack stands upright in the text's own font, behind `KaTeX_Main` so that
/// the line keeps its height.
const TEXT_FONT: &str = "{font-family:KaTeX_Main,var(--formula-text-font,serif);font-style:normal}";

/// All classes, sorted by name. Font classes keep this order in the stylesheet as well: no two that set the same
/// property meet on one element.
pub(super) const CLASSES: &[Class] = &[
    rule("accent-body", ".accent-body{position:relative}.accent-body:not(.accent-full){width:0}"),
    plain("accent-full"),
    plain("accentunder"),
    plain("allowbreak"),
    face("amsrm", Some(Family::Ams), None, None),
    rule(
        "angl",
        ".angl{box-sizing:border-box;border-top:.049em solid;border-right:.049em solid;margin-right:.03889em}",
    ),
    rule("anglpad", ".anglpad{padding:0 .03889em}"),
    rule("armenian_fallback", TEXT_FONT),
    rule("arraycolsep", ".arraycolsep{display:inline-block}"),
    face("boldsymbol", Some(Family::Math), YES, YES),
    rule("boxpad", ".boxpad{padding:0 .3em}"),
    rule("brace-center", ".brace-center{position:absolute;left:25%;width:50%;overflow:hidden}"),
    rule("brace-left", ".brace-left{position:absolute;left:0;width:25.1%;overflow:hidden}"),
    rule("brace-right", ".brace-right{position:absolute;right:0;width:25.1%;overflow:hidden}"),
    rule("brahmic_fallback", TEXT_FONT),
    rule("cancel-lap", ".cancel-lap{margin:0 -.2em}"),
    rule("cancel-pad", ".cancel-pad{padding:0 .2em}"),
    rule("cd-arrow-pad", ".cd-arrow-pad{padding:0 .55556em 0 .27778em}"),
    rule(
        "cd-label-left",
        ".cd-label-left{display:inline-block;position:absolute;right:calc(50% + .3em);text-align:left}",
    ),
    rule(
        "cd-label-right",
        ".cd-label-right{display:inline-block;position:absolute;left:calc(50% + .3em);text-align:right}",
    ),
    rule("cd-vert-arrow", ".cd-vert-arrow{display:inline-block;position:relative}"),
    rule("cjk_fallback", TEXT_FONT),
    rule("clap", LAP),
    rule("col-align-c", ".col-align-c>.vlist-t{text-align:center}"),
    rule("col-align-l", ".col-align-l>.vlist-t{text-align:left}"),
    rule("col-align-r", ".col-align-r>.vlist-t{text-align:right}"),
    plain("colorbox"),
    rule("cyrillic_fallback", TEXT_FONT),
    rule("delim-size1", ".delim-size1>span{font-family:KaTeX_Size1}"),
    rule("delim-size4", ".delim-size4>span{font-family:KaTeX_Size4}"),
    rule("delimcenter", ".delimcenter{position:relative}"),
    plain("delimsizing"),
    plain("delimsizinginner"),
    plain("enclosing"),
    rule("fbox", BOX),
    rule("fcolorbox", BOX),
    rule("frac-line", ".frac-line{display:inline-block;width:100%;min-height:1px;border-bottom-style:solid}"),
    rule("georgian_fallback", TEXT_FONT),
    rule("halfarrow-left", ".halfarrow-left{position:absolute;left:0;width:50.2%;overflow:hidden}"),
    rule("halfarrow-right", ".halfarrow-right{position:absolute;right:0;width:50.2%;overflow:hidden}"),
    rule("hangul_fallback", TEXT_FONT),
    rule("hide-tail", ".hide-tail{width:100%;position:relative;overflow:hidden}"),
    plain("katex"),
    rule("katex-accent", ".katex-accent>.vlist-t{text-align:center}"),
    rule("katex-base", ".katex-base{position:relative;display:inline-block;white-space:nowrap;width:min-content}"),
    plain("katex-display"),
    plain("katex-fix"),
    rule(
        "katex-hdashline",
        ".katex-hdashline{display:inline-block;width:100%;min-height:1px;border-bottom-style:dashed}",
    ),
    rule("katex-hline", ".katex-hline{display:inline-block;width:100%;min-height:1px;border-bottom-style:solid}"),
    plain("katex-html"),
    plain("katex-inner"),
    plain("katex-mathml"),
    rule("katex-newline", ".katex-html>.katex-newline{display:block}"),
    rule("katex-overlay", ".katex-overlay{display:block}"),
    plain("katex-overline"),
    rule("katex-root", ".sqrt>.katex-root{margin-left:.2777777778em;margin-right:-.5555555556em}"),
    rule("katex-rule", ".katex-rule{display:inline-block;min-height:1px;border:solid 0;position:relative}"),
    plain("katex-sizing"),
    rule("katex-smash", ".katex-smash{display:inline;line-height:0}"),
    rule("katex-sout", ".katex-sout{border-bottom-style:solid;border-bottom-width:.08em}"),
    rule(
        "katex-stretchy",
        ".katex-stretchy{width:100%;display:block;position:relative;overflow:hidden}\
         .katex-stretchy::before,.katex-stretchy::after{content:\"\"}",
    ),
    rule("katex-strut", ".katex-strut{display:inline-block}"),
    rule("katex-tag", TAG),
    rule("katex-thinbox", ".katex-thinbox{display:inline-flex;width:0;max-width:0}"),
    plain("katex-underline"),
    rule("katex-vbox", ".katex-vbox{display:inline-flex;flex-direction:column;align-items:baseline}"),
    face("large-op", Some(Family::Size2), None, None),
    plain("latin_fallback"),
    plain("leftmost"),
    rule("llap", LAP),
    face("mainrm", Some(Family::Main), None, NO),
    face("mathbb", Some(Family::Ams), None, None),
    face("mathbf", Some(Family::Main), YES, None),
    face("mathboldfrak", Some(Family::Fraktur), YES, None),
    face("mathboldsf", Some(Family::SansSerif), YES, None),
    face("mathcal", Some(Family::Caligraphic), None, None),
    face("mathfrak", Some(Family::Fraktur), None, None),
    face("mathit", Some(Family::Main), None, YES),
    face("mathitsf", Some(Family::SansSerif), None, YES),
    face("mathnormal", Some(Family::Math), None, YES),
    face("mathrm", None, None, NO),
    face("mathscr", Some(Family::Script), None, None),
    face("mathsf", Some(Family::SansSerif), None, None),
    face("mathsfit", Some(Family::SansSerif), None, YES),
    face("mathtt", Some(Family::Typewriter), None, None),
    plain("mbin"),
    plain("mclose"),
    rule("mfrac", ".mfrac>span>span{text-align:center}"),
    plain("minner"),
    rule("mml-eqn-num", ""),
    plain("mop"),
    plain("mopen"),
    plain("mord"),
    rule("mover", ".mover{text-align:center}"),
    plain("mpunct"),
    plain("mrel"),
    rule("mspace", ".mspace{display:inline-block}"),
    rule("msupsub", ".msupsub{text-align:left}"),
    plain("mtable"),
    plain("mtight"),
    rule("mtr-glue", ".mtr-glue{width:50%}"),
    plain("mult"),
    rule("munder", ".munder{text-align:center}"),
    plain("nobreak"),
    rule("nulldelimiter", ".nulldelimiter{display:inline-block;width:.12em}"),
    rule("op-limits", ".op-limits>.vlist-t{text-align:center}"),
    rule("op-symbol", ".op-symbol{position:relative}"),
    rule("overline-line", LINE),
    rule("pstrut", ".vlist>span>.pstrut{overflow:hidden;width:0}"),
    plain("rightmost"),
    rule("rlap", LAP),
    face("small-op", Some(Family::Size1), None, None),
    plain("sqrt"),
    rule("stretchy", ""),
    rule("svg-align", ".svg-align{text-align:left}"),
    plain("text"),
    face("textbb", Some(Family::Ams), None, None),
    face("textbf", None, YES, None),
    face("textboldfrak", Some(Family::Fraktur), YES, None),
    face("textboldsf", Some(Family::SansSerif), YES, None),
    face("textfrak", Some(Family::Fraktur), None, None),
    face("textit", None, None, YES),
    face("textitsf", Some(Family::SansSerif), None, YES),
    plain("textmd"),
    face("textrm", Some(Family::Main), None, None),
    face("textscr", Some(Family::Script), None, None),
    face("textsf", Some(Family::SansSerif), None, None),
    face("texttt", Some(Family::Typewriter), None, None),
    plain("textup"),
    rule("underline-line", LINE),
    plain("vcenter"),
    rule("vertical-separator", ".vertical-separator{display:inline-block;min-width:1px}"),
    rule(
        "vlist",
        ".vlist{display:table-cell;vertical-align:bottom;position:relative}\
         .vlist>span{display:block;height:0;position:relative}.vlist>span>span{display:inline-block}",
    ),
    rule("vlist-r", ".vlist-r{display:table-row}"),
    rule("vlist-s", ".vlist-s{display:table-cell;vertical-align:bottom;font-size:1px;width:2px;min-width:2px}"),
    rule("vlist-t", ".vlist-t{display:inline-table;table-layout:fixed;border-collapse:collapse}"),
    rule("vlist-t2", ".vlist-t2{margin-right:-2px}"),
    rule("x-arrow", ".x-arrow{text-align:center}"),
    rule("x-arrow-pad", ".x-arrow-pad{padding:0 .5em}"),
];

const LINE: &str =
    ".overline-line,.katex .underline-line{display:inline-block;width:100%;min-height:1px;border-bottom-style:solid}";
const BOX: &str = ".fbox,.katex .fcolorbox{box-sizing:border-box;border:.04em solid}";
const LAP: &str = ".llap,.katex .rlap,.katex .clap{width:0;position:relative}\
    .llap>.katex-inner,.katex .rlap>.katex-inner,.katex .clap>.katex-inner{position:absolute}\
    .llap>.katex-fix,.katex .rlap>.katex-fix,.katex .clap>.katex-fix{display:inline-block}\
    .llap>.katex-inner{right:0}.rlap>.katex-inner,.katex .clap>.katex-inner{left:0}\
    .clap>.katex-inner>span{margin-left:-50%;margin-right:50%}";
const TAG: &str = ".katex-html.katex-tagged{display:grid;grid-template-columns:minmax(0,1fr) auto minmax(max-content,1fr);align-items:baseline}\
    .katex-tagged>.katex-row{grid-column:2}.katex-tagged>.katex-tag{grid-column:3;text-align:right;margin-left:.4em;padding-left:.6em;position:sticky;right:0;--paper:var(--formula-background,Canvas);background:var(--paper);box-shadow:0 0 0 .4em var(--paper)}";

/// Rules that every site with a formula needs.
const BASE: &str = "\
.katex{font:normal 1.21em KaTeX_Main,\"KaTeX roman\",Times New Roman,serif;line-height:1.2;position:relative;text-indent:0;text-rendering:auto}\
.katex *{border-color:currentColor;box-sizing:content-box}\
.katex .katex-mathml{position:absolute;clip-path:inset(50%);padding:0;border:0;height:1px;width:1px;overflow:hidden}";

/// Rules for display formulas.
const DISPLAY: &str = "\
.katex-display{display:block;margin:1em 0;text-align:center;overflow-x:auto;overflow-y:hidden;padding:2px 0}\
.katex-display>.katex{display:block;text-align:center;white-space:nowrap}\
.katex-display .katex-html{display:block;position:relative}\
@media print{.katex-display{overflow:visible;break-inside:avoid}}";

/// Rules for drawn parts.
const SVG: &str = "\
.katex svg{display:block;position:absolute;width:100%;height:inherit;fill:currentColor;stroke:currentColor;fill-rule:nonzero;\
fill-opacity:1;stroke-width:1;stroke-linecap:butt;stroke-linejoin:miter;stroke-miterlimit:4;stroke-dasharray:none;\
stroke-dashoffset:0;stroke-opacity:1}.katex svg path{stroke:none}";

/// The number of a class in [`CLASSES`].
pub(super) fn class_number(name: &str) -> Option<usize> {
    static NUMBERS: LazyLock<HashMap<&str, usize>> =
        LazyLock::new(|| CLASSES.iter().enumerate().map(|(number, class)| (class.name, number)).collect());
    NUMBERS.get(name).copied()
}

/// Whether a class must be written into the markup: some rule names it.
pub(super) fn is_written(number: usize) -> bool {
    let class = &CLASSES[number];
    !class.rules.is_empty()
        || class.face != Face::KEEP
        || matches!(
            class.name,
            "accent-full"
                | "delimsizing"
                | "katex"
                | "katex-display"
                | "katex-fix"
                | "katex-html"
                | "katex-inner"
                | "katex-mathml"
                | "katex-sizing"
                | "mult"
                | "sqrt"
        )
}

/// Which parts of the stylesheet a site needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Needs {
    classes: [u64; 3],
    /// For each size the sizes that it was changed to, as bits.
    sizes: [u16; 12],
    /// `\big` and friends: the sizes of single delimiters, as bits.
    delimiters: u8,
    pub(super) svg: bool,
    pub(super) display: bool,
}

impl Needs {
    pub(super) fn class(&mut self, number: usize) {
        self.classes[number / 64] |= 1 << (number % 64);
    }

    pub(super) fn size(&mut self, from: usize, to: usize) {
        if let Some(bits) = self.sizes.get_mut(from) {
            *bits |= 1 << to.min(15);
        }
    }

    pub(super) fn delimiter(&mut self, size: usize) {
        self.delimiters |= 1 << size.min(7);
    }

    pub(super) fn merge(&mut self, other: &Needs) {
        self.classes.iter_mut().zip(other.classes).for_each(|(mine, theirs)| *mine |= theirs);
        self.sizes.iter_mut().zip(other.sizes).for_each(|(mine, theirs)| *mine |= theirs);
        self.delimiters |= other.delimiters;
        self.svg |= other.svg;
        self.display |= other.display;
    }

    fn has(&self, number: usize) -> bool {
        self.classes[number / 64] & (1 << (number % 64)) != 0
    }
}

/// The rules that a site needs, without the font faces.
pub(super) fn rules(needs: &Needs) -> String {
    let mut css = BASE.to_owned();
    if needs.display {
        css.push_str(DISPLAY);
    }
    if needs.svg {
        css.push_str(SVG);
    }
    let mut written: Vec<&str> = Vec::new();
    for (_, class) in CLASSES.iter().enumerate().filter(|(number, _)| needs.has(*number)) {
        if class.face != Face::KEEP {
            // An operator's size is a class of its own, but only together with `op-symbol`.
            let op = if class.name.ends_with("-op") { ".op-symbol" } else { "" };
            let _ = write!(css, ".katex {op}.{}{{{}}}", class.name, class.face.declarations());
        } else if class.rules.starts_with('{') {
            let _ = write!(css, ".katex .{}{}", class.name, class.rules);
        } else if !class.rules.is_empty() && !written.contains(&class.rules) {
            written.push(class.rules);
            for rule in class.rules.split_inclusive('}') {
                let _ = write!(css, ".katex {rule}");
            }
        }
    }
    for size in (1..=4).filter(|size| needs.delimiters & (1 << size) != 0) {
        let _ = write!(css, ".katex .delimsizing.size{size}{{font-family:{}}}", fonts::SIZES[size - 1].css());
    }
    sizes(needs, &mut css);
    css
}

/// Changes of size: the ratio of the two.
fn sizes(needs: &Needs, css: &mut String) {
    for (from, &from_em) in SIZES.iter().enumerate() {
        for (to, &to_em) in SIZES.iter().enumerate().filter(|(to, _)| needs.sizes[from + 1] & (1 << (to + 1)) != 0) {
            let ratio = format!("{:.10}", to_em / from_em);
            let ratio = ratio.trim_end_matches('0').trim_end_matches('.').trim_start_matches('0');
            let _ = write!(css, ".katex .katex-sizing.reset-size{}.size{}{{font-size:{ratio}em}}", from + 1, to + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever an author may type, the table knows the classes that come of it.
    #[test]
    fn every_class_that_the_engine_emits_is_in_the_table() {
        let macros = crate::math::Macros::default();
        let mut usage = crate::math::Usage::default();
        let mut set = 0;
        let mut typeset = |tex: &str| {
            let numbers = crate::math::Numbers::default();
            let job = crate::math::Job { tex, display: true, macros: &macros, prelude: "", numbers };
            if let Ok(typeset) = crate::math::typeset(&job) {
                usage.merge(&typeset.usage);
                set += 1;
            }
        };
        let arguments = ["", "{x}", "{x}{y}", "{red}{x}", "{red}{blue}{x}", "{1em}{x}", "[x]{y}", " (", "{x}{y}{z}{w}"];
        for name in crate::math::engine::commands() {
            for given in arguments {
                typeset(&format!("a {name}{given} b"));
            }
            typeset(&format!("\\text{{a {name} x}} x^{{{name}{{x}}{{y}}}}"));
        }
        for name in crate::math::engine::environments() {
            for given in ["", "{cc}", "{2}"] {
                typeset(&format!("\\begin{{{name}}}{given} a & b \\\\ \\hline c & d \\tag{{1}} \\end{{{name}}}"));
                typeset(&format!("\\begin{{{name}}}{given} a & b \\\\ c & d \\end{{{name}}}"));
            }
        }
        assert!(set > 3000, "{set} formulas");
        assert!(usage.unknown.is_empty(), "{:?}", usage.unknown);
    }

    #[test]
    fn classes_are_sorted_and_each_has_one_entry() {
        assert!(CLASSES.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(CLASSES.len() <= 192, "Needs::classes has a bit for each");
    }
}
