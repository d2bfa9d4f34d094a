//! The command line.
#![allow(clippy::disallowed_methods, reason = "the command line is part of the shell")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, CommandFactory as _, Parser, Subcommand};

use crate::diagnostic::{self, Severity};
use crate::pipeline::memo::Memo;
use crate::pipeline::{self, Build, Inputs, Options, Workshop};
use crate::shell::disk::{self, Failure};
use crate::shell::meter::Meter;
use crate::shell::report::{self, Format};
use crate::shell::{has_colour, run_code, serve, starter};

/// Turns a folder of Markdown into a documentation site, mathematics and charts included.
#[derive(Debug, Parser)]
#[command(name = "piecewise", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
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
    /// How mistakes are printed.
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    format: Format,
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
    let result = match Cli::parse().command {
        Command::Build(arguments) if arguments.keep_going => build(&arguments.common, Effect::WriteAnyway),
        Command::Build(arguments) => build(&arguments.common, Effect::Write),
        Command::Check(CheckArguments { common, run_code }) => build(&common, Effect::None { run_code }),
        Command::Serve(arguments) => serve(arguments),
        Command::Init { folder } => init(&folder),
        Command::New { path, root, draft } => starter::article(&root, &path, jiff::ZonedDateTime::now().date(), draft)
            .map(|file| {
                say(&format!("wrote {}", file.display()));
                ExitCode::SUCCESS
            }),
        Command::Completions { shell } => Ok(completions(shell)),
        Command::Man { command } => Ok(manual(command.as_deref())),
    };
    result.unwrap_or_else(|failure| {
        say(&format!("error: {failure}"));
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
    /// Say what is to be said; listings are run only if asked for.
    None {
        /// Whether they are.
        run_code: bool,
    },
}

fn build(common: &Common, effect: Effect) -> Result<ExitCode, Failure> {
    let start = Instant::now();
    let out = common.out.clone().unwrap_or_else(|| common.root.join("site"));
    let Unpublished { drafts, future } = common.unpublished;
    let options = Options { base_url: common.base_url.clone(), drafts, until: last_day(future), serving: false };
    let inputs = disk::read(&common.root, &out, options)?;
    let meter = Meter::new(common.timings);
    let workshop = Workshop { memo: &Memo::default(), progress: &meter };
    let mut build = on_pool(common.threads, || pipeline::build(&inputs, workshop));
    if effect == (Effect::None { run_code: true }) {
        build.diagnostics.extend(run_code::run(&build.trials));
        diagnostic::sort(&mut build.diagnostics, &inputs.sources);
    }
    let timings = meter.finish();
    print_diagnostics(&build, &inputs, common.format);
    if let Some(migration) = build.migration.as_ref().filter(|_| matches!(effect, Effect::None { .. })) {
        print(&report::migration(migration, common.format));
    }
    let failed = build.has_errors() || (common.strict && !build.diagnostics.is_empty());
    let mut size = String::new();
    if effect == Effect::WriteAnyway || (effect == Effect::Write && !failed) {
        size = format!(" {}", in_bytes(disk::write(&build.output, &out)?));
    }
    if failed {
        say(&verdict(&build, effect));
        return Ok(ExitCode::from(MISTAKES));
    }
    let counts = build.counts;
    let done =
        if matches!(effect, Effect::None { .. }) { "checked".to_owned() } else { format!("built {}", out.display()) };
    say(&format!(
        "{done}: {}, {} ({} distinct), {},{size} in {:.2} s",
        plural(counts.pages, "page"),
        plural(counts.formulas, "formula"),
        counts.distinct_formulas,
        plural(counts.charts, "chart"),
        start.elapsed().as_secs_f64()
    ));
    if let Some(timings) = timings {
        say(&timings);
    }
    Ok(ExitCode::SUCCESS)
}

fn serve(arguments: ServeArguments) -> Result<ExitCode, Failure> {
    let ServeArguments { root, port, open, unpublished: Unpublished { drafts, future }, timings, threads } = arguments;
    let options = Options { base_url: None, drafts, until: last_day(future), serving: true };
    let settings = serve::Settings { out: root.join("site"), root, port, open, options, timings };
    on_pool(threads, || serve::run(&settings, &say))?;
    Ok(ExitCode::SUCCESS)
}

/// Today where the author is, unless the future is to be built too.
fn last_day(future: bool) -> Option<jiff::civil::Date> {
    (!future).then(|| jiff::ZonedDateTime::now().date())
}

fn init(folder: &Path) -> Result<ExitCode, Failure> {
    for file in starter::site(folder)? {
        say(&format!("wrote {}", file.display()));
    }
    say(&format!("now run: piecewise serve --root {} --open", folder.display()));
    Ok(ExitCode::SUCCESS)
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

fn verdict(build: &Build, effect: Effect) -> String {
    let count = |severity| build.diagnostics.iter().filter(|d| d.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
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
        Effect::None { .. } => "",
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

/// Messages go to standard error; a closed pipe is nobody's mistake.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
