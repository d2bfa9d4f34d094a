//! KaTeX itself: one context for the whole process, a fresh `Settings` for each formula, and the repairs.
//!
//! Some builders of the engine are wrapped because they set something other than KaTeX 0.18.5 does; `deviations` has a
//! test for each that fails when the engine has mended it and the wrapper can go.

use std::sync::{Arc, LazyLock, OnceLock};

use katex::define_environment::{EnvContext, EnvHandler};
use katex::define_function::HtmlBuilder;
use katex::dom_tree::{DomSpan, HtmlDomNode};
use katex::macros::builtins::BUILTIN_MACROS;
use katex::macros::{MacroDefinition, MacroExpansion};
use katex::options::Options;
use katex::parser::parse_node::{NodeType, ParseNode, ParseNodeOrdGroup};
use katex::types::{CssProperty, Mode, ParseErrorKind};
use katex::{KatexContext, ParseError, Settings, TrustSetting};

use super::rewrite::{LINK, ROW};

/// The em sizes of `\tiny` to `\Huge`, in units of `\normalsize`.
pub(super) const SIZES: [f64; 11] = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.44, 1.728, 2.074, 2.488];

static CONTEXT: LazyLock<KatexContext> = LazyLock::new(context);

/// The engine's own builders, which ours call.
static STOCK: OnceLock<[HtmlBuilder; 3]> = OnceLock::new();

/// The engine's own handler of `alignat`, which ours calls.
static STOCK_COLUMNS: OnceLock<EnvHandler> = OnceLock::new();

fn context() -> KatexContext {
    let mut context = KatexContext::default();
    let wrapped: [(NodeType, HtmlBuilder); 3] =
        [(NodeType::Sqrt, square_root), (NodeType::LeftRight, left_right), (NodeType::Genfrac, fraction)];
    let stock = wrapped.map(|(node, builder)| context.html_group_builders.insert(node, builder).unwrap_or(builder));
    // Only the first context sets it; there is only one.
    let _ = STOCK.set(stock);
    for name in ["alignat", "alignat*", "alignedat"] {
        if let Some(environment) = context.environments.get_mut(name) {
            let _ = STOCK_COLUMNS.set(environment.handler);
            let mut limited = katex::define_environment::EnvSpec::clone(environment);
            limited.handler = limited_columns;
            *environment = Arc::new(limited);
        }
    }
    context
}

/// The engine makes as many columns as `alignat` is told to have, even a thousand million.
fn limited_columns(
    context: EnvContext,
    arguments: Vec<ParseNode>,
    options: Vec<Option<ParseNode>>,
) -> Result<ParseNode, ParseError> {
    let digits = match arguments.first() {
        Some(ParseNode::OrdGroup(group)) => group.body.len(),
        _ => 1,
    };
    if digits > 2 {
        return Err(ParseError::new(ParseErrorKind::InvalidNumberOfColumns));
    }
    let handler = STOCK_COLUMNS.get().expect("set with the context, before any environment can be read");
    handler(context, arguments, options)
}

fn stock(which: usize) -> HtmlBuilder {
    STOCK.get().expect("the context sets the stock builders before any of them can run")[which]
}

/// Typesets a formula; `shown` goes into the annotation.
pub(super) fn typeset(
    tex: &str,
    shown: &str,
    display: bool,
    macros: &[(String, MacroExpansion)],
) -> Result<DomSpan, ParseError> {
    let definitions =
        macros.iter().map(|(name, body)| (name.clone(), MacroDefinition::Expansion(body.clone()))).collect();
    let settings = Settings::builder().display_mode(display).macros(definitions).trust(trust()).build();
    let tree = katex::parse(&CONTEXT, tex, &settings)?;
    katex::build_tree::build_tree(&CONTEXT, &tree, shown, &settings)
}

/// The width of a letter in em; `None` for one that the font does not have.
pub(super) fn letter_width(letter: char, font: &str) -> Option<f64> {
    let metrics = katex::font_metrics::get_character_metrics(&CONTEXT, letter, font, Mode::Math).ok()?;
    metrics.map(|metrics| metrics.width).filter(|width| *width > 0.0)
}

/// Only what the rewriter wrote is trusted: places to land on and links between formulas.
fn trust() -> TrustSetting {
    static TRUST: LazyLock<TrustSetting> = LazyLock::new(|| {
        TrustSetting::Function(Arc::new(|context: &mut katex::TrustContext| {
            let ours =
                |value: &Option<String>, prefix: &str| value.as_ref().is_some_and(|text| text.starts_with(prefix));
            Some(match context.command.as_str() {
                "\\htmlId" => ours(&context.id, ROW),
                "\\href" => ours(&context.url, LINK),
                _ => false,
            })
        }))
    });
    TRUST.clone()
}

/// Reads the body of a macro into the engine's tokens.
pub(super) fn expansion(body: &str, arguments: usize) -> Option<MacroExpansion> {
    let settings = Settings::default();
    let mut lexer = katex::lexer::Lexer::new(Arc::from(body), &settings);
    let mut tokens = Vec::new();
    loop {
        let token = lexer.lex().ok()?;
        if token.text() == "EOF" {
            break;
        }
        tokens.push(token);
    }
    tokens.reverse();
    Some(MacroExpansion { tokens, num_args: arguments, ..MacroExpansion::default() })
}

/// Whether the engine knows a command.
pub(super) fn is_known(name: &str) -> bool {
    CONTEXT.functions.contains_key(name)
        || BUILTIN_MACROS.contains_key(name)
        || CONTEXT.symbols.contains(Mode::Math, name)
        || CONTEXT.symbols.contains(Mode::Text, name)
        || katex::macro_expander::IMPLICIT_COMMANDS.contains(name)
}

/// How many levels the engine recurses into the argument of a command; 0 when it takes none.
pub(super) fn levels(name: &str) -> u32 {
    if let Some(function) = CONTEXT.functions.get(name) {
        return u32::from(function.num_args > 0);
    }
    // The engine's own macros put groups of their own around their arguments.
    match BUILTIN_MACROS.get(name) {
        Some(MacroDefinition::StaticStr(body)) if !body.contains("#1") => 0,
        Some(_) => 2,
        None => 0,
    }
}

/// How many arguments in braces a command of the engine takes.
pub(super) fn arguments(name: &str) -> usize {
    if let Some(function) = CONTEXT.functions.get(name) {
        return function.num_args;
    }
    match BUILTIN_MACROS.get(name) {
        Some(MacroDefinition::StaticStr(body)) => (1..=9).rev().find(|n| body.contains(&format!("#{n}"))).unwrap_or(0),
        _ => 0,
    }
    .max(usize::from(name == "\\operatorname"))
}

/// All commands that the engine knows, sorted: candidates for "did you mean".
pub(super) fn commands() -> &'static [String] {
    static COMMANDS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let functions = CONTEXT.functions.keys().map(String::as_str);
        let macros = BUILTIN_MACROS.keys().copied();
        let mut names: Vec<String> = functions.chain(macros).chain(SYMBOLS).map(str::to_owned).collect();
        names.retain(|name| name.starts_with('\\') && !name.contains('@') && name.len() > 2);
        names.sort();
        names.dedup();
        names
    });
    &COMMANDS
}

/// All environments that the engine knows, sorted.
pub(super) fn environments() -> &'static [String] {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut names: Vec<String> = CONTEXT.environments.keys().cloned().collect();
        names.extend(["eqnarray", "eqnarray*", "multline", "multline*", "flalign", "flalign*"].map(str::to_owned));
        names.sort();
        names
    });
    &NAMES
}

/// Common symbols: the engine does not list the names of its symbols.
const SYMBOLS: [&str; 90] = [
    "\\alpha",
    "\\beta",
    "\\gamma",
    "\\delta",
    "\\epsilon",
    "\\varepsilon",
    "\\zeta",
    "\\eta",
    "\\theta",
    "\\vartheta",
    "\\iota",
    "\\kappa",
    "\\lambda",
    "\\mu",
    "\\nu",
    "\\xi",
    "\\pi",
    "\\varpi",
    "\\rho",
    "\\varrho",
    "\\sigma",
    "\\varsigma",
    "\\tau",
    "\\upsilon",
    "\\phi",
    "\\varphi",
    "\\chi",
    "\\psi",
    "\\omega",
    "\\Gamma",
    "\\Delta",
    "\\Theta",
    "\\Lambda",
    "\\Xi",
    "\\Pi",
    "\\Sigma",
    "\\Upsilon",
    "\\Phi",
    "\\Psi",
    "\\Omega",
    "\\infty",
    "\\partial",
    "\\nabla",
    "\\forall",
    "\\exists",
    "\\emptyset",
    "\\varnothing",
    "\\in",
    "\\ni",
    "\\subset",
    "\\subseteq",
    "\\supset",
    "\\supseteq",
    "\\cup",
    "\\cap",
    "\\setminus",
    "\\times",
    "\\cdot",
    "\\div",
    "\\pm",
    "\\mp",
    "\\leq",
    "\\geq",
    "\\neq",
    "\\equiv",
    "\\approx",
    "\\sim",
    "\\simeq",
    "\\cong",
    "\\propto",
    "\\to",
    "\\mapsto",
    "\\rightarrow",
    "\\leftarrow",
    "\\Rightarrow",
    "\\Leftarrow",
    "\\leftrightarrow",
    "\\Leftrightarrow",
    "\\ldots",
    "\\cdots",
    "\\vdots",
    "\\ddots",
    "\\ell",
    "\\hbar",
    "\\langle",
    "\\rangle",
    "\\perp",
    "\\parallel",
    "\\circ",
    "\\quad",
];

/// `\sqrt n`: the engine gives room for the radical only to an argument that is a group, so a lone symbol gets one.
fn square_root(node: &ParseNode, options: &Options, context: &KatexContext) -> Result<HtmlDomNode, ParseError> {
    if let ParseNode::Sqrt(root) = node
        && matches!(root.body, ParseNode::MathOrd(_) | ParseNode::TextOrd(_) | ParseNode::Atom(_))
    {
        let mut root = root.clone();
        let body = vec![root.body.clone()];
        root.body = ParseNode::OrdGroup(ParseNodeOrdGroup { mode: root.mode, loc: None, body, semisimple: None });
        return stock(0)(&ParseNode::Sqrt(root), options, context);
    }
    stock(0)(node, options, context)
}

/// `\left…\right` in scripts: see [`recentre`].
fn left_right(node: &ParseNode, options: &Options, context: &KatexContext) -> Result<HtmlDomNode, ParseError> {
    let mut built = stock(1)(node, options, context)?;
    if let HtmlDomNode::DomSpan(span) = &mut built {
        recentre_all(span, options);
    }
    Ok(built)
}

/// `\binom` in scripts: the delimiters stand one level down, beside the fraction.
fn fraction(node: &ParseNode, options: &Options, context: &KatexContext) -> Result<HtmlDomNode, ParseError> {
    let delimited =
        matches!(node, ParseNode::Genfrac(group) if group.left_delim.is_some() || group.right_delim.is_some());
    let mut built = stock(2)(node, options, context)?;
    if delimited && let HtmlDomNode::DomSpan(span) = &mut built {
        recentre_all(span, options);
        for child in &mut span.children {
            if let HtmlDomNode::DomSpan(inner) = child {
                recentre_all(inner, options);
            }
        }
    }
    Ok(built)
}

fn recentre_all(span: &mut DomSpan, options: &Options) {
    let mut moved = false;
    for child in &mut span.children {
        if let HtmlDomNode::DomSpan(delimiter) = child {
            moved |= recentre(delimiter, options);
        }
    }
    if moved {
        span.height = span.children.iter().map(HtmlDomNode::height).fold(0.0, f64::max);
        span.depth = span.children.iter().map(HtmlDomNode::depth).fold(0.0, f64::max);
    }
}

/// A small delimiter is centred on the axis of its own size; the engine takes the axis of text size. Returns whether
/// the delimiter was one that had to be moved.
fn recentre(delimiter: &mut DomSpan, options: &Options) -> bool {
    let small =
        delimiter.classes.contains("delimcenter") && matches!(delimiter.children.as_slice(), [HtmlDomNode::Symbol(_)]);
    if !small {
        return false;
    }
    let own = delimiter.classes.iter().find_map(|class| class.strip_prefix("size")?.parse::<usize>().ok());
    let own = own.and_then(|size| SIZES.get(size.checked_sub(1)?)).copied().unwrap_or(options.size_multiplier);
    let axis = options.font_metrics().axis_height;
    let wrong = (1.0 - options.size_multiplier) * axis;
    let right = (1.0 - options.size_multiplier / own) * axis;
    delimiter.height += wrong - right;
    delimiter.depth -= wrong - right;
    delimiter.style.insert(CssProperty::Top, katex::units::make_em(right));
    true
}
