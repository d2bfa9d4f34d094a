//! What authors know from packages of LaTeX and the engine does not have, with what says the same here.

/// For a command: what to write instead.
pub(super) fn command(name: &str) -> Option<&'static str> {
    let name = name.strip_prefix('\\')?;
    let found = COMMANDS.iter().find(|(names, _)| names.split(' ').any(|known| known == name))?;
    Some(found.1)
}

/// For an environment: what to write instead.
pub(super) fn environment(name: &str) -> Option<&'static str> {
    let found = ENVIRONMENTS.iter().find(|(names, _)| names.split(' ').any(|known| known == name))?;
    Some(found.1)
}

const COMMANDS: &[(&str, &str)] = &[
    ("* < - + = . / ? @", "it needs no backslash in a formula"),
    ("ce cf pu", r"chemistry is written by hand: `\mathrm{H_2O}`"),
    ("SI si unit qty num ang", r"units are written by hand: `3\,\mathrm{m/s}`"),
    ("norm", r"write `\lVert x \rVert`, or define `\norm`"),
    ("abs", r"write `\lvert x \rvert`, or define `\abs`"),
    ("dv pdv dd", r"write `\frac{\mathrm{d}y}{\mathrm{d}x}`, or define it"),
    ("mathbbm mathds", r"write `\mathbb{1}` or `\mathbf{1}`"),
    ("require usepackage", "packages cannot be loaded; what there is is always there"),
    ("cases matrix pmatrix", r"write `\begin{cases} … \end{cases}`, or `matrix`, `pmatrix`"),
    ("eqalign displaylines", r"write `\begin{aligned} … \end{aligned}`"),
    ("intertext shortintertext", r"end the formula, or put `\text{…}` on a row of its own"),
    ("cite footnote", "close the formula first: this belongs to the text around it"),
    ("unicode", "write the character itself"),
    ("vspace", r"between rows, `\\[1em]` gives more room"),
    ("newenvironment renewenvironment", "only commands can be defined"),
    ("textsc", r"write `\text{…}`"),
    ("slashed", r"write `\not`"),
    ("ensuremath", "it is mathematics already: leave it out"),
    ("hfill hfil", r"write `\quad`"),
    ("argmin argmax", r"write `\operatorname*{arg\,max}`, or define it"),
];

const ENVIRONMENTS: &[(&str, &str)] = &[
    ("tikzpicture tikzcd picture pgfpicture", "pictures are no formulas: show an image, or a chart"),
    ("tabular table", "write a table of Markdown, or `array`"),
    ("itemize enumerate description", "write a list of Markdown"),
    ("theorem lemma proof definition corollary remark example proposition", "write it as text: `!!! theorem`"),
    ("dmath dmath*", r"write `aligned`, with `\\` where lines break"),
    ("IEEEeqnarray IEEEeqnarray*", "write `align`"),
    ("figure center quote verbatim", "close the formula first: this belongs to the text around it"),
    ("subequations", r"write `align`, with `\tag{1a}` on its rows"),
    ("algorithm algorithmic", "write a listing"),
    ("math displaymath", "the signs around the formula say that already"),
];
