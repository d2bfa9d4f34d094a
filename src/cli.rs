//! The command line.
#![allow(clippy::disallowed_methods, reason = "the command line is part of the shell")]

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, Parser, Subcommand};

use crate::diagnostic::Severity;
use crate::pipeline::{self, Build, Inputs, Options};
use crate::shell::disk::{self, Failure};
use crate::shell::report::{self, Format};

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
    Check(Common),
}

#[derive(Debug, Args)]
struct BuildArguments {
    #[command(flatten)]
    common: Common,
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
    /// Builds articles marked as drafts too.
    #[arg(long)]
    drafts: bool,
    /// Warnings fail the build.
    #[arg(long)]
    strict: bool,
    /// How mistakes are printed.
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    format: Format,
    /// Number of threads [default: one for each processor].
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

/// Exit code for mistakes that an author has to mend.
const MISTAKES: u8 = 1;
/// Exit code for trouble with the machine or the command line.
const TROUBLE: u8 = 2;

/// Runs the program: 0 when all is well, 1 when an author has mistakes to mend, 2 for trouble.
#[must_use]
pub fn run() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Build(arguments) => build(&arguments.common, Effect::Write),
        Command::Check(common) => build(&common, Effect::None),
    };
    result.unwrap_or_else(|failure| {
        say(&format!("error: {failure}"));
        ExitCode::from(TROUBLE)
    })
}

/// What to do with a good build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Write,
    None,
}

fn build(common: &Common, effect: Effect) -> Result<ExitCode, Failure> {
    let start = Instant::now();
    let out = common.out.clone().unwrap_or_else(|| common.root.join("site"));
    let options = Options { base_url: common.base_url.clone(), drafts: common.drafts };
    let inputs = disk::read(&common.root, &out, options)?;
    let build = on_pool(common.threads, || pipeline::build(&inputs));
    print_diagnostics(&build, &inputs, common.format);
    if build.has_errors() || (common.strict && !build.diagnostics.is_empty()) {
        say(&verdict(&build, effect));
        return Ok(ExitCode::from(MISTAKES));
    }
    if effect == Effect::Write {
        disk::write(&build.output, &out)?;
    }
    let counts = build.counts;
    let done = if effect == Effect::Write { format!("built {}", out.display()) } else { "checked".to_owned() };
    say(&format!(
        "{done}: {}, {} ({} distinct), {}, in {:.2} s",
        plural(counts.pages, "page"),
        plural(counts.formulas, "formula"),
        counts.distinct_formulas,
        plural(counts.charts, "chart"),
        start.elapsed().as_secs_f64()
    ));
    Ok(ExitCode::SUCCESS)
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
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let text = report::render(&build.diagnostics, &inputs.sources, format, colour);
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
    let untouched = if effect == Effect::Write { "; the site was not touched" } else { "" };
    format!("{}{untouched}", found.join(", "))
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Messages go to standard error; a closed pipe is nobody's mistake.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
