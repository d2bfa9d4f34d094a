//! What helps an author to begin: `init`, `new`, completions, the manual page, `--timings`.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::panic, clippy::print_stderr, reason = "a test")]

mod common;

use common::Site;

#[test]
fn a_new_site_builds_without_a_warning() {
    let site = Site::new("");
    let outcome = site.run(&["init", "notes"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let mut written: Vec<String> = site.files("notes").into_keys().collect();
    written.retain(|path| !path.starts_with('.'));
    assert_eq!(
        written,
        ["content/articles/absolute_value.md", "content/articles/index.md", "content/index.md", "site.toml"]
    );
    assert_eq!(site.read("notes/.gitignore"), "/site\n");
    let workflow = site.read("notes/.github/workflows/pages.yml");
    assert!(workflow.contains(&format!("--version {} ", env!("CARGO_PKG_VERSION"))), "{workflow}");
    let built = site.run(&["build", "--root", "notes", "--strict"]);
    assert_eq!(built.stderr, "built notes/site: 3 pages, 5 formulas (5 distinct), 1 chart, in TIME\n");
    assert_eq!(built.code, 0);
    let page = site.read("notes/site/articles/absolute_value/index.html");
    assert!(page.contains("<figure class=\"chart\"") && page.contains("class=\"katex\""));
}

#[test]
fn a_new_site_writes_over_nothing() {
    let site = Site::new("-- site.toml --\ntitle = \"mine\"\n");
    let outcome = site.run(&["init", "."]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (2, "error: refusing to write over `./site.toml`\n"));
    assert_eq!(site.files("").len(), 1);
    let site = Site::new("-- README.md --\n# Mine\n");
    assert_eq!(site.run(&["init", "."]).code, 0, "other files are in nobody's way");
    assert_eq!(site.read("README.md"), "# Mine\n");
}

#[test]
fn a_new_article_has_a_title_and_a_date_and_writes_over_nothing() {
    let site = Site::new("-- content/index.md --\n# A\n");
    let outcome = site.run(&["new", "notes/leaky-relu", "--draft"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, "wrote ./content/notes/leaky-relu.md\n"));
    let article = site.read("content/notes/leaky-relu.md");
    let date = article.split("date = ").nth(1).unwrap().lines().next().unwrap();
    assert!(date.parse::<jiff::civil::Date>().is_ok(), "{article}");
    assert_eq!(article, format!("+++\ntitle = \"Leaky relu\"\ndate = {date}\ndraft = true\n+++\n\n"));
    let again = site.run(&["new", "content/notes/leaky-relu.md"]);
    assert_eq!(again.code, 2);
    assert_eq!(again.stderr, "error: refusing to write over `./content/notes/leaky-relu.md`\n");
    for path in ["../outside", "/etc/outside", "content"] {
        let outcome = site.run(&["new", path]);
        assert_eq!(outcome.code, 2, "{path}: {}", outcome.stderr);
    }
    assert_eq!(site.run(&["build", "--drafts", "--strict"]).code, 0);
}

#[test]
fn completions_and_the_manual_page_know_the_commands() {
    let site = Site::new("");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let outcome = site.run(&["completions", shell]);
        assert_eq!(outcome.code, 0);
        assert!(outcome.stdout.contains("base-url") && outcome.stdout.contains("serve"), "{shell}");
    }
    let page = site.run(&["man"]).stdout;
    assert!(page.contains(".TH piecewise 1") && page.contains("piecewise\\-serve(1)"), "{page}");
    let page = site.run(&["man", "serve"]).stdout;
    assert!(page.contains(".TH piecewise-serve 1") && page.contains("\\-\\-port"), "{page}");
    assert_eq!(site.run(&["man", "sevre"]).code, 2);
}

#[test]
fn timings_name_the_stages() {
    let site = Site::new("-- index.md --\n# A\n\n$x$\n");
    let outcome = site.run(&["build", "--timings"]);
    assert_eq!(outcome.code, 0);
    let stages: Vec<&str> = (outcome.stderr.lines().skip(1))
        .filter_map(|line| Some(line.split_once(" ms  ")?.1))
        .filter(|stage| !stage.ends_with("beside the others"))
        .collect();
    let expected = "reading, configuration, articles, links, formulas, fonts, charts, style sheets, pages, writing";
    assert_eq!(stages.join(", "), expected);
    assert!(outcome.stderr.contains(" ms  listings, beside the others\n"), "{}", outcome.stderr);
}

/// A site that takes longer than half a second on one thread of any machine.
fn long_site() -> Site {
    let formulas: String = (0..40_000).map(|n| format!("$\\frac{{x_{{{n}}}}}{{\\sqrt{{{n}}}}}$\n")).collect();
    Site::new(&format!("-- index.md --\n# Long\n\n{formulas}"))
}

#[test]
fn a_long_build_shows_a_bar_on_a_terminal_only() {
    let site = long_site();
    let outcome = site.run(&["build", "--threads", "1"]);
    assert_eq!(outcome.code, 0);
    assert_eq!(outcome.stderr, "built ./site: 1 page, 40000 formulas (40000 distinct), 0 charts, in TIME\n");
    // `script` runs a command on a terminal of its own.
    let command = format!("{} build --threads 1", env!("CARGO_BIN_EXE_piecewise"));
    let run = std::process::Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .current_dir(site.path(""))
        .output();
    let Ok(output) = run else {
        eprintln!("skipped: the program `script` is not installed");
        return;
    };
    let shown = String::from_utf8_lossy(&output.stdout);
    let bar = shown.split("\r\u{1b}[K").find(|part| part.starts_with('['));
    assert!(bar.is_some_and(|bar| bar.contains("] formulas ") && bar.ends_with("/40000")), "{shown:?}");
    assert!(shown.contains("\r\u{1b}[Kbuilt ./site: 1 page"), "the bar is gone at the end: {shown:?}");
}

#[test]
fn every_command_can_be_read_by_machines() {
    let site = Site::new("");
    let lines = |arguments: &[&str]| -> (i32, Vec<serde_json::Value>) {
        let outcome = site.run(&[arguments, &["--format", "json"]].concat());
        let all = outcome.stdout.lines().chain(outcome.stderr.lines());
        (outcome.code, all.map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect())
    };
    let (code, made) = lines(&["init", "notes"]);
    assert_eq!((code, made.len()), (0, 6));
    assert_eq!(made[0]["wrote"], "notes/site.toml");
    let (code, made) = lines(&["new", "b", "--root", "notes"]);
    assert_eq!((code, made[0]["wrote"].as_str()), (0, Some("notes/content/b.md")));
    let (code, said) = lines(&["build", "--root", "notes", "--timings"]);
    let summary = &said[0]["summary"];
    assert_eq!((code, summary["pages"].as_u64(), summary["charts"].as_u64()), (0, Some(4), Some(1)), "{said:?}");
    assert_eq!(summary["failed"], false);
    assert!(summary["bytes"].as_u64() > Some(1000) && summary["files_written"].as_u64() > Some(4), "{summary}");
    assert!(said[1]["timings"].as_array().unwrap().len() > 8, "{said:?}");
    let (_, said) = lines(&["build", "--root", "notes"]);
    assert_eq!(said[0]["summary"]["files_written"], 0, "nothing has changed");
    let (code, said) = lines(&["build", "--root", "nowhere"]);
    assert_eq!((code, said[0]["code"].as_str()), (2, Some("machine")), "{said:?}");
    assert_eq!(said[0]["message"], "there is no folder `nowhere`");
    site.write("notes/content/b.md", "# B\n\n[c](c.md)\n");
    let (code, said) = lines(&["check", "--root", "notes"]);
    assert_eq!((code, said[0]["code"].as_str()), (1, Some("link")), "{said:?}");
    assert_eq!(
        (said[1]["summary"]["errors"].as_u64(), &said[1]["summary"]["out"]),
        (Some(1), &serde_json::Value::Null)
    );
}
