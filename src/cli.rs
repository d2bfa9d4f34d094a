//! The command line.
#![allow(clippy::disallowed_methods, reason = "the command line is part of the shell")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, CommandFactory as _, Parser, Subcommand};
use serde_json::json;

use crate::diagnostic::{self, Severity};
use crate::pipeline::memo::Memo;
use crate::pipeline::progress::Progress as _;
use crate::pipeline::{self, Build, Content, Inputs, Options, Workshop};
use crate::shell::disk::{self, Failure};
use crate::shell::meter::Meter;
use crate::shell::output::{self, Draft, Written};
use crate::shell::report::{self, Format, Message};
use crate::shell::{has_colour, run_code, serve, starter};

/// Turns a folder of Markdown into a documentation site, mathematics and charts included.
#[derive(Debug, Parser)]
#[command(name = "piecewise", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// How everything is said: for people, or as one JSON object a line.
    #[arg(long, global = true, value_enum, default_value = "text", value_name = "FORMAT")]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Builds the site.
    Build(BuildArguments),
    /// Finds every mistake that `build` would find, and writes nothing.
    Check(CheckArguments),
    /// Shows the site in a browser and follows every change.
    Serve(ServeArguments),
    /// Makes a small site to begin with.
    Init {
        /// The folder; it may have other files in it.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Makes an article.
    New {
        /// Its file in the content folder, such as `notes/gelu`.
        path: PathBuf,
        /// The site's folder.
        #[arg(long, default_value = ".", value_name = "DIR")]
        root: PathBuf,
        /// Marks it as a draft, which `build` leaves out.
        #[arg(long)]
        draft: bool,
    },
    /// Prints completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Prints the manual page, of the program or of a command.
    Man {
        /// The command.
        command: Option<String>,
    },
}

#[derive(Debug, Args)]
struct Unpublished {
    /// Takes articles marked as drafts too.
    #[arg(long)]
    drafts: bool,
    /// Takes articles dated in the future too.
    #[arg(long)]
    future: bool,
}

#[derive(Debug, Args)]
struct ServeArguments {
    /// The site's folder, with `content/` or Markdown files in it.
    #[arg(long, default_value = ".", value_name = "DIR")]
    root: PathBuf,
    /// The port, or the next free one; 0 takes any.
    #[arg(long, default_value_t = 8000, value_name = "N")]
    port: u16,
    /// Opens the browser.
    #[arg(long)]
    open: bool,
    #[command(flatten)]
    unpublished: Unpublished,
    /// Says how long each stage took.
    #[arg(long)]
    timings: bool,
    /// Number of threads [default: one for each processor].
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

#[derive(Debug, Args)]
struct BuildArguments {
    #[command(flatten)]
    common: Common,
    /// Writes the site in spite of mistakes, each shown where it stands; the exit code stays 1.
    #[arg(long)]
    keep_going: bool,
}

#[derive(Debug, Args)]
struct CheckArguments {
    #[command(flatten)]
    common: Common,
    /// Runs the listings that say `check="relu = relu"`, and compares them with the functions.
    #[arg(long)]
    run_code: bool,
    /// Asks other hosts whether the pages are there that articles link to.
    #[arg(long)]
    external: bool,
    /// Where it is noted what other hosts have [default: `.piecewise` in the site's folder].
    #[arg(long, value_name = "DIR", requires = "external")]
    link_cache: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Common {
    /// The site's folder, with `content/` or Markdown files in it.
    #[arg(long, default_value = ".", value_name = "DIR")]
    root: PathBuf,
    /// Where the site goes [default: `site` in the site's folder].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Where the site will be published, instead of `base_url` in site.toml.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    #[command(flatten)]
    unpublished: Unpublished,
    /// Warnings fail the build.
    #[arg(long)]
    strict: bool,
    /// Number of threads [default: one for each processor].
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Says how long each stage took.
    #[arg(long)]
    timings: bool,
}

/// Exit code for mistakes that an author has to mend.
const MISTAKES: u8 = 1;
/// Exit code for trouble with the machine or the command line.
const TROUBLE: u8 = 2;

/// Runs the program: 0 when all is well, 1 when an author has mistakes to mend, 2 for trouble.
#[must_use]
pub fn run() -> ExitCode {
    let Cli { command, format } = Cli::parse();
    let result = match command {
        Command::Build(BuildArguments { common, keep_going }) => {
            let effect = if keep_going { Effect::WriteAnyway } else { Effect::Write };
            on_pool(common.threads, || build(&common, effect, &Asked::default(), format))
        }
        Command::Check(CheckArguments { common, run_code, external, link_cache }) => {
            let folder = link_cache.unwrap_or_else(|| common.root.join(".piecewise"));
            let asked = Asked { run_code, links: external.then_some(folder) };
            on_pool(common.threads, || build(&common, Effect::None, &asked, format))
        }
        Command::Serve(arguments) => serve(arguments, format),
        Command::Init { folder } => init(&folder, format),
        Command::New { path, root, draft } => {
            let written = starter::article(&root, &path, jiff::ZonedDateTime::now().date(), draft);
            written.map(|file| {
                tell(&wrote(&file), format);
                ExitCode::SUCCESS
            })
        }
        Command::Completions { shell } => Ok(completions(shell)),
        Command::Man { command } => Ok(manual(command.as_deref())),
    };
    result.unwrap_or_else(|failure| {
        tell(&Message::failure(&failure), format);
        ExitCode::from(TROUBLE)
    })
}

/// What to do with a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// Write it if it is good.
    Write,
    /// Write it also with mistakes.
    WriteAnyway,
    /// Say what is to be said.
    None,
}

/// What `check` does only if it is asked to.
#[derive(Debug, Default)]
struct Asked {
    /// Runs listings.
    run_code: bool,
    /// Asks other hosts about links; the folder for what they have.
    links: Option<PathBuf>,
}

fn build(common: &Common, effect: Effect, asked: &Asked, format: Format) -> Result<ExitCode, Failure> {
    let start = Instant::now();
    let out = common.out.clone().unwrap_or_else(|| common.root.join("site"));
    let Unpublished { drafts, future } = common.unpublished;
    let options = Options { base_url: common.base_url.clone(), drafts, until: last_day(future), serving: false };
    if effect != Effect::None {
        output::recover(&out)?;
    }
    let meter = Meter::new(common.timings);
    meter.stage("reading", 0);
    let inputs = disk::read(&common.root, &out, options)?;
    let workshop = Workshop { memo: &Memo::default(), progress: &meter };
    let prepared = pipeline::prepare(&inputs, workshop);
    // What is known not to be written, or to be looked at only, need not be kept.
    let is_wanted = effect == Effect::WriteAnyway || (effect == Effect::Write && !prepared.has_errors());
    let draft = is_wanted.then(|| Draft::begin(&out));
    let keep = |path: &str, html: Vec<u8>| match &draft {
        Some(Ok(draft)) => draft.keep(path, html),
        _ => Content::text(String::new()),
    };
    let mut build = prepared.finish(&inputs.sources, workshop.progress, &keep);
    if asked.run_code {
        build.diagnostics.extend(run_code::run(&build.trials));
    }
    let elsewhere = asked.links.as_ref().map(|folder| try_elsewhere(&mut build, folder, &meter)).transpose()?;
    diagnostic::sort(&mut build.diagnostics, &inputs.sources);
    meter.clear();
    print_diagnostics(&build, &inputs, format);
    if let (Some(migration), Effect::None) = (&build.migration, effect) {
        print(&report::migration(migration, format));
    }
    if let Some(report) = elsewhere {
        print(&report.render(format));
    }
    let failed = build.has_errors() || (common.strict && !build.diagnostics.is_empty());
    let mut written = None;
    if let Some(draft) = draft.filter(|_| effect == Effect::WriteAnyway || !failed) {
        meter.stage("writing", 0);
        written = Some(draft?.finish(&build.output)?);
    }
    let timings = meter.finish();
    tell(&summary(&build, written, failed, effect, &out, start), format);
    if let Some(timings) = timings {
        tell(&timings, format);
    }
    Ok(if failed { ExitCode::from(MISTAKES) } else { ExitCode::SUCCESS })
}

/// Adds what other hosts say about links.
#[cfg(feature = "external")]
fn try_elsewhere(build: &mut Build, folder: &Path, meter: &Meter) -> Result<Message, Failure> {
    let (found, report) = crate::shell::elsewhere::check(&build.elsewhere, folder, meter)?;
    build.diagnostics.extend(found);
    Ok(report.message())
}

#[cfg(not(feature = "external"))]
fn try_elsewhere(_: &mut Build, folder: &Path, _: &Meter) -> Result<Message, Failure> {
    Err(Failure::new("this program was built without `external`, so nothing can be noted in", folder))
}

/// The last line: what was built, or why it was not.
fn summary(
    build: &Build,
    written: Option<Written>,
    failed: bool,
    effect: Effect,
    out: &Path,
    start: Instant,
) -> Message {
    let (counts, seconds) = (build.counts, start.elapsed().as_secs_f64());
    let count = |severity| build.diagnostics.iter().filter(|d| d.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let json = json!({ "summary": {
        "out": written.map(|_| out.display().to_string()),
        "failed": failed,
        "errors": errors,
        "warnings": warnings,
        "pages": counts.pages,
        "formulas": counts.formulas,
        "distinct_formulas": counts.distinct_formulas,
        "charts": counts.charts,
        "bytes": written.map(|written| written.bytes),
        "files_written": written.map(|written| written.changed),
        "files_removed": written.map(|written| written.removed),
        "seconds": seconds,
    }});
    if failed {
        return Message::new(verdict(errors, warnings, effect), json);
    }
    let done = written.map_or_else(|| "checked".to_owned(), |_| format!("built {}", out.display()));
    let size = written.map(|written| format!(" {}", in_bytes(written.bytes))).unwrap_or_default();
    let text = format!(
        "{done}: {}, {} ({} distinct), {},{size} in {seconds:.2} s",
        plural(counts.pages, "page"),
        plural(counts.formulas, "formula"),
        counts.distinct_formulas,
        plural(counts.charts, "chart"),
    );
    Message::new(text, json)
}

fn serve(arguments: ServeArguments, format: Format) -> Result<ExitCode, Failure> {
    let ServeArguments { root, port, open, unpublished: Unpublished { drafts, future }, timings, threads } = arguments;
    let options = Options { base_url: None, drafts, until: last_day(future), serving: true };
    let settings = serve::Settings { out: root.join("site"), root, port, open, options, timings, format };
    on_pool(threads, || serve::run(&settings, say))?;
    Ok(ExitCode::SUCCESS)
}

/// Today where the author is, unless the future is to be built too.
fn last_day(future: bool) -> Option<jiff::civil::Date> {
    (!future).then(|| jiff::ZonedDateTime::now().date())
}

fn init(folder: &Path, format: Format) -> Result<ExitCode, Failure> {
    for file in starter::site(folder)? {
        tell(&wrote(&file), format);
    }
    if format == Format::Text {
        say(&format!("now run: piecewise serve --root {} --open", folder.display()));
    }
    Ok(ExitCode::SUCCESS)
}

fn wrote(file: &Path) -> Message {
    // With one kind of separator, where there are two.
    let file = file.components().collect::<PathBuf>().display().to_string();
    Message::new(format!("wrote {file}"), json!({ "wrote": file }))
}

fn completions(shell: clap_complete::Shell) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "piecewise", &mut script);
    print(&String::from_utf8_lossy(&script));
    ExitCode::SUCCESS
}

fn manual(command: Option<&str>) -> ExitCode {
    let mut program = Cli::command();
    program.build();
    let wanted = match command {
        None => Some(program),
        Some(name) => program.find_subcommand(name).cloned(),
    };
    let Some(wanted) = wanted else {
        say(&format!("error: there is no command `{}`", command.unwrap_or_default()));
        return ExitCode::from(TROUBLE);
    };
    let mut page = Vec::new();
    // Writing to memory does not fail.
    let _ = clap_mangen::Man::new(wanted).render(&mut page);
    print(&String::from_utf8_lossy(&page));
    ExitCode::SUCCESS
}

/// `345.6 kB`.
fn in_bytes(bytes: u64) -> String {
    if bytes < 1_000_000 { format!("{:.1} kB", bytes as f64 / 1e3) } else { format!("{:.1} MB", bytes as f64 / 1e6) }
}

/// Runs the core on threads whose stacks are deep enough for nested formulas.
fn on_pool<T: Send>(threads: Option<usize>, work: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).stack_size(8 << 20).build();
    match pool {
        Ok(pool) => pool.install(work),
        // A machine that gives no threads still has this one.
        Err(_) => work(),
    }
}

fn print_diagnostics(build: &Build, inputs: &Inputs, format: Format) {
    let text = report::render(&build.diagnostics, &inputs.sources, format, has_colour());
    if !text.is_empty() {
        say(&text);
    }
}

fn verdict(errors: usize, warnings: usize, effect: Effect) -> String {
    let mut found = Vec::new();
    if errors > 0 {
        found.push(plural(errors, "error"));
    }
    if warnings > 0 {
        found.push(plural(warnings, "warning"));
    }
    let untouched = match effect {
        Effect::Write => "; the site was not touched",
        Effect::WriteAnyway => "; the site was written with them",
        Effect::None => "",
    };
    format!("{}{untouched}", found.join(", "))
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// What a program may read goes to standard output.
fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn tell(message: &Message, format: Format) {
    say(&message.render(format));
}

/// Messages go to standard error; a closed pipe is nobody's mistake.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
