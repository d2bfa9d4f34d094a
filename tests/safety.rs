//! The site that was there stays whole whatever happens, and what belongs to others is left alone.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test"
)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::Site;

const PROGRAM: &str = env!("CARGO_BIN_EXE_piecewise");

/// What changes when a file is written: its inode, and the time of the last change of its bytes.
fn stamps(site: &Site, folder: &str) -> BTreeMap<String, (u64, i64, i64)> {
    let stamp = |name: &String| {
        let metadata = fs::metadata(site.path(folder).join(name)).unwrap();
        (metadata.ino(), metadata.mtime(), metadata.mtime_nsec())
    };
    site.files(folder).into_keys().map(|name| (name.clone(), stamp(&name))).collect()
}

/// Names in the site's folder, hidden ones too.
fn names(site: &Site) -> Vec<String> {
    let entries = fs::read_dir(site.path("")).unwrap();
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn what_has_not_changed_is_not_written() {
    let site = Site::new(
        "-- content/a.md --\n# A\n\n$x$\n-- content/b.md --\n# B\n-- content/c d.txt --\ncopied\n-- static/e.txt --\n1\n",
    );
    site.build();
    let folder = fs::metadata(site.path("site")).unwrap();
    let before = stamps(&site, "site");
    site.build();
    assert_eq!(stamps(&site, "site"), before);
    let again = fs::metadata(site.path("site")).unwrap();
    assert_eq!((again.ino(), again.mtime_nsec()), (folder.ino(), folder.mtime_nsec()), "nothing at all was touched");

    site.write("content/b.md", "# B\n\nmore\n");
    site.write("static/e.txt", "2\n");
    fs::remove_file(site.path("content/c d.txt")).unwrap();
    site.build();
    let after = stamps(&site, "site");
    let kept: Vec<&String> = before.keys().filter(|name| after.get(*name) == before.get(*name)).collect();
    // The search index names its pieces after what they hold.
    let changed: Vec<&String> =
        before.keys().filter(|name| !kept.contains(name) && !name.starts_with("search/")).collect();
    assert_eq!(changed, [".piecewise", "b/index.html", "b/index.md", "c d.txt", "e.txt", "llms.txt"]);
    assert!(!site.path("site/c d.txt").exists(), "what is no longer made goes");
}

#[test]
fn what_others_put_into_the_site_stays() {
    let site = Site::new("-- content/a.md --\n# A\n-- content/old/b.md --\n# B\n");
    site.build();
    site.write("site/CNAME", "example.org\n");
    site.write("site/.git/objects/ab/cd", "object");
    fs::create_dir_all(site.path("site/.git/refs/tags")).unwrap();
    symlink("CNAME", site.path("site/link")).unwrap();
    symlink("/nowhere/at/all", site.path("site/dangling")).unwrap();
    site.write("site/old/b/notes.txt", "beside a page that goes");
    site.write("content/a.md", "# A\n\nmore\n");
    fs::remove_dir_all(site.path("content/old")).unwrap();
    site.build();
    assert!(site.read("site/a/index.html").contains("more"));
    assert!(!site.path("site/old/b/index.html").exists());
    assert_eq!(site.read("site/CNAME"), "example.org\n");
    assert_eq!(site.read("site/.git/objects/ab/cd"), "object");
    assert!(site.path("site/.git/refs/tags").is_dir(), "an empty folder");
    assert_eq!(fs::read_link(site.path("site/link")).unwrap().to_string_lossy(), "CNAME");
    assert_eq!(fs::read_link(site.path("site/dangling")).unwrap().to_string_lossy(), "/nowhere/at/all");
    assert_eq!(site.read("site/old/b/notes.txt"), "beside a page that goes");

    // Nor is it written over.
    for path in ["static/CNAME", "static/.well-known", "content/CNAME.md"] {
        let site = Site::new("-- content/a.md --\n# A\n");
        site.build();
        site.write("site/CNAME", "theirs\n");
        site.write(path, "# ours\n");
        let outcome = site.run(&["build"]);
        if path == "static/.well-known" {
            assert_eq!(outcome.code, 0, "hidden files are not part of a site");
        } else {
            assert_eq!(outcome.code, 2, "{path}");
            let message = "error: refusing to write over what this program did not write: `./site/CNAME`\n";
            assert_eq!(outcome.stderr, message, "{path}");
        }
        assert_eq!(site.read("site/CNAME"), "theirs\n");
    }
    let site = Site::new("-- content/a.md --\n# A\n");
    site.build();
    site.write("site/CNAME", "equal\n");
    site.write("static/CNAME", "equal\n");
    site.build();
    site.write("static/CNAME", "now ours\n");
    site.build();
    assert_eq!(site.read("site/CNAME"), "now ours\n", "what was equal became ours");
}

#[test]
fn a_link_to_a_folder_stays_a_link() {
    let site = Site::new("-- content/a.md --\n# A\n");
    fs::create_dir(site.path("public")).unwrap();
    symlink("public", site.path("site")).unwrap();
    site.build();
    site.write("content/a.md", "# A\n\nmore\n");
    site.build();
    assert!(site.path("site").is_symlink());
    assert!(site.read("public/a/index.html").contains("more"));
    assert_eq!(names(&site), ["content", "public", "site"]);
}

/// What each file holds.
type Files = BTreeMap<String, Vec<u8>>;

/// A site of which every file says which version it is, and a way to make it the other version.
fn two_versions() -> (Site, [Files; 2], impl Fn(&Site, usize)) {
    let site = Site::new("-- site.toml --\ntitle = \"T\"\n");
    let make = |site: &Site, version: usize| {
        site.write("content/index.md", format!("# Version {version}\n\n$x_{version}$\n"));
        for file in 0..200 {
            site.write(&format!("static/{}/{file}.txt", file % 20), format!("version {version}\n"));
        }
        // One has what the other lacks.
        let (here, gone) = (format!("content/only-{version}.md"), format!("content/only-{}.md", 1 - version));
        site.write(&here, "# Only\n");
        drop(fs::remove_file(site.path(&gone)));
    };
    let whole = [0, 1].map(|version| {
        make(&site, version);
        site.build();
        site.files("site")
    });
    assert_ne!(whole[0], whole[1]);
    (site, whole, make)
}

#[test]
fn a_process_killed_at_any_moment_leaves_a_whole_site() {
    const KILLS: u32 = 48;
    let (site, whole, make) = two_versions();
    let start = Instant::now();
    make(&site, 0);
    site.build();
    let time = start.elapsed();
    let (page, is_over) = (site.path("site/index.html"), AtomicBool::new(false));
    let is_always_there = cfg!(target_os = "linux");
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut readings = 0;
            while !is_over.load(Ordering::Relaxed) {
                let text = fs::read_to_string(&page);
                assert!(!is_always_there || text.is_ok_and(|text| text.ends_with("</html>\n")), "a page was missing");
                readings += 1;
                thread::sleep(Duration::from_micros(200));
            }
            readings
        });
        let mut found = [0; 2];
        for kill in 0..KILLS {
            make(&site, 1 - kill as usize % 2);
            let mut process =
                Command::new(PROGRAM).arg("build").current_dir(site.path("")).stderr(Stdio::null()).spawn().unwrap();
            thread::sleep(time * kill / KILLS);
            process.kill().unwrap();
            process.wait().unwrap();
            let now = site.files("site");
            let version = whole.iter().position(|whole| *whole == now);
            found[version.unwrap_or_else(|| panic!("a mixture, after {:?}", time * kill / KILLS))] += 1;
        }
        is_over.store(true, Ordering::Relaxed);
        println!("versions found after {KILLS} kills: {found:?}, {} readings", reader.join().unwrap());
    });
    make(&site, 0);
    site.build();
    assert_eq!(site.files("site"), whole[0]);
    assert_eq!(names(&site), ["content", "site", "site.toml", "static"], "what the killed ones left behind is gone");
}

/// Pages are laid aside as they are finished; what is found out later must undo that.
#[test]
fn a_mistake_on_the_last_page_leaves_the_old_site_and_nothing_else() {
    let site = Site::new("-- content/a.md --\n# A\n-- content/b.md --\n# B\n");
    site.build();
    let (before, all) = (stamps(&site, "site"), names(&site));
    for (template, arguments) in
        [("{% if page.title == \"B\" %}{{ nothing.at.all }}{% endif %}", &["build"][..]), ("<p>foot</p>", &["check"])]
    {
        site.write("templates/footer.html", template);
        let outcome = site.run(arguments);
        assert_eq!(outcome.code, i32::from(arguments == ["build"]), "{}", outcome.stderr);
        fs::remove_dir_all(site.path("templates")).unwrap();
        assert_eq!((stamps(&site, "site"), names(&site)), (before.clone(), all.clone()), "{arguments:?}");
    }
    site.write("content/b.md", "# B\n\n[nowhere](c.md)\n");
    assert_eq!(site.run(&["build"]).code, 1);
    assert_eq!((stamps(&site, "site"), names(&site)), (before, all), "a mistake that is known before the pages");
}

#[test]
fn what_a_killed_process_left_is_cleared_up_and_a_site_moved_away_comes_back() {
    let site = Site::new("-- content/a.md --\n# A\n");
    site.build();
    let before = site.files("site");
    // Such a process was killed between moving the old site away and moving the new one there, and others earlier.
    fs::rename(site.path("site"), site.path(".site.old-999999")).unwrap();
    site.write(".site.new-999998/.piecewise", "");
    site.write(".site.new-999998/half.html", "<ht");
    fs::create_dir(site.path(".site.new-999997")).unwrap();
    // Whose folder this is nobody can tell.
    site.write(".site.new-mine/notes.txt", "");
    site.write("content/a.md", "# A\n\n$\\frac{$\n");
    assert_eq!(site.run(&["build"]).code, 1, "the build fails");
    assert_eq!(site.files("site"), before, "but the old site is back");
    assert_eq!(names(&site), [".site.new-mine", "content", "site"]);
}

#[test]
fn a_failed_write_leaves_the_old_site() {
    let (site, whole, make) = two_versions();
    make(&site, 0);
    site.build();
    make(&site, 1);
    site.write("static/z.bin", vec![7; 300_000]);
    // No file may become larger than this, whoever writes it.
    let script = format!("trap '' XFSZ; ulimit -f 400; exec {PROGRAM} build");
    let output = Command::new("sh").args(["-c", &script]).current_dir(site.path("")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("cannot copy") && said.contains("static/z.bin"), "{said}");
    assert_eq!(site.files("site"), whole[0]);
    assert_eq!(names(&site), ["content", "site", "site.toml", "static"]);
}

/// Runs a script as root of a name space of its own, so that it can mount file systems; None where that is forbidden.
fn with_mounts(site: &Site, script: &str) -> Option<String> {
    let unshare = |script: &str| {
        let arguments = ["--map-root-user", "--mount", "sh", "-euc", script];
        Command::new("unshare").args(arguments).env("PIECEWISE", PROGRAM).current_dir(site.path("")).output()
    };
    if !unshare("mount -t tmpfs none /mnt").is_ok_and(|output| output.status.success()) {
        println!("skipped: this system does not let a test mount a file system");
        return None;
    }
    let output = unshare(script).unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned() + &said)
}

#[test]
fn a_full_disk_leaves_the_old_site() {
    let site = Site::new("-- content/a.md --\n# A\n");
    site.write("static/large.bin", vec![1; 200_000]);
    fs::create_dir(site.path("disk")).unwrap();
    let script = "mount -t tmpfs -o size=1m none disk
        $PIECEWISE build --out disk/site; cp -r disk/site before
        head -c 900000 /dev/zero > static/larger.bin
        if $PIECEWISE build --out disk/site; then echo 'it fits'; fi
        diff -r before disk/site && echo 'the old site is whole'; ls -A disk";
    let Some(said) = with_mounts(&site, script) else { return };
    assert!(said.contains("No space left on device") && !said.contains("it fits"), "{said}");
    assert!(said.contains("the old site is whole\nsite\n"), "{said}");
}

#[test]
fn a_mount_point_is_filled_file_by_file() {
    let site = Site::new("-- content/a.md --\n# A\n-- content/b.md --\n# B\n-- static/s/t.txt --\nt\n");
    fs::create_dir(site.path("disk")).unwrap();
    let script = "mount -t tmpfs -o size=4m none disk
        $PIECEWISE build --out disk; echo mine > disk/CNAME
        mkdir disk/.piecewise.new-999999; touch disk/.piecewise.new-999999/.piecewise
        rm -r content/b.md static; printf '# A\\n\\nmore\\n' > content/a.md
        $PIECEWISE build --out disk; grep -q more disk/a/index.html; cat disk/CNAME; ls -A disk
        $PIECEWISE build --out other; rm disk/CNAME; diff -r disk other && echo 'the same site'";
    let Some(said) = with_mounts(&site, script) else { return };
    assert!(said.contains("the same site"), "{said}");
    assert!(said.contains("mine\n.piecewise\n404.html\nCNAME\na\n"), "{said}");
}

#[test]
fn two_files_for_one_path_are_an_error() {
    for (files, message) in [
        ("-- content/a.md --\n# A\n-- content/a/index.md --\n# B\n", "two articles become `a/index.html`"),
        ("-- content/a.md --\n# A\n-- content/a/index.html --\n<p>\n", "`a/index.html`"),
        ("-- content/a.md --\n# A\n-- static/a/index.html --\n<p>\n", "`a/index.html`"),
        ("-- content/x.txt --\n1\n-- content/a.md --\n# A\n-- static/x.txt --\n2\n", "`x.txt`"),
        ("-- content/a.md --\n# A\n-- content/b.md --\n+++\naliases = [\"/a/\"]\n+++\n# B\n", "`/a/`"),
        ("-- content/a.md --\n# A\n-- static/a --\nfile\n", "`a`"),
    ] {
        let site = Site::new(&format!("-- site.toml --\ntitle = \"T\"\n{files}"));
        let outcome = site.run(&["build"]);
        assert_eq!(outcome.code, 1, "{files}{}", outcome.stderr);
        assert!(outcome.stderr.contains(message), "{files}{}", outcome.stderr);
        assert!(!site.path("site").exists());
    }
}

#[test]
fn nothing_leads_out_of_the_site() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.md"), "# Secret\n\nclassified\n").unwrap();
    fs::write(outside.path().join("secret.tex"), "\\newcommand{\\secret}{classified}\n").unwrap();
    let secret = outside.path().join("secret.md");
    let up = "../".repeat(12);
    let path = secret.to_string_lossy();
    let path = path.trim_start_matches('/');
    for (name, text) in [
        (
            "alias",
            format!(
                "+++\naliases = [\"/{up}{path}/\", \"{up}tmp/x.html\", \"/a/%2e%2e/%2e%2e/b/\", \"\\\\..\\\\c\"]\n+++\n# A\n"
            ),
        ),
        ("slug", "+++\nslug = \"../../b\"\npath = \"../b\"\nurl = \"/../b\"\n+++\n# A\n".to_owned()),
        ("link", format!("# A\n\n[s]({up}{path}) [t](/{path}) ![p]({up}{path})\n")),
        ("include", format!("# A\n\n--8<-- \"{up}{path}\"\n\n{{{{#include {up}{path}}}}}\n\n--8<-- \"/{path}\"\n")),
        ("image", format!("+++\nimage = \"{up}{path}\"\n+++\n# A\n")),
    ] {
        let site = Site::new("-- content/index.md --\n# Home\n-- out/keep --\n");
        site.write("content/a.md", &text);
        let config =
            format!("title = \"T\"\nbase_url = \"https://example.org\"\n[math]\nmacro_files = [\"{up}{path}\"]\n");
        site.write("site.toml", config);
        let outcome = site.run(&["build", "--keep-going", "--out", "out/deep/site"]);
        assert!(!outcome.stderr.contains("classified"), "{name}: {}", outcome.stderr);
        let written = site.files("out");
        assert!(written.contains_key("deep/site/index.html"), "{name}: {}", outcome.stderr);
        for (file, bytes) in &written {
            assert!(file == "keep" || file.starts_with("deep/site/"), "{name}: {file}");
            assert!(!String::from_utf8_lossy(bytes).contains("classified"), "{name}: {file}");
        }
        assert_eq!(names(&site), ["content", "out", "site.toml"], "{name}");
    }
    let site = Site::new("-- content/index.md --\n# Home\n");
    symlink(&secret, site.path("content/secret.md")).unwrap();
    symlink(outside.path(), site.path("content/folder")).unwrap();
    symlink(&secret, site.path("content/secret.txt")).unwrap();
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(site.files("site").values().all(|bytes| !String::from_utf8_lossy(bytes).contains("classified")));
    for name in ["content/secret.md", "content/secret.txt", "content/folder"] {
        assert!(outcome.stderr.contains(name), "it is said what is left out: {}", outcome.stderr);
    }
}

#[test]
fn links_in_circles_and_to_nowhere_end() {
    let site = Site::new("-- content/a.md --\n# A\n-- content/sub/b.md --\n# B\n");
    symlink("..", site.path("content/sub/up")).unwrap();
    symlink("self.md", site.path("content/self.md")).unwrap();
    symlink("nowhere.md", site.path("content/dangling.md")).unwrap();
    symlink("../content", site.path("content/sub/again")).unwrap();
    symlink("a.md", site.path("content/same.md")).unwrap();
    symlink("../content", site.path("static")).unwrap();
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let pages: Vec<String> = site.files("site").into_keys().filter(|name| name.ends_with("index.html")).collect();
    assert_eq!(pages, ["a/index.html", "index.html", "same/index.html", "sub/b/index.html"]);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = Site::new("-- content/a.md --\n# A\n-- content/locked.md --\n# B\n");
    fs::set_permissions(site.path("content/locked.md"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(site.path("content/locked.md")).is_ok() {
        println!("skipped: this user can read everything");
        return;
    }
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 2);
    assert_eq!(outcome.stderr, "error: cannot read `./content/locked.md`: Permission denied (os error 13)\n");
}

#[test]
fn a_name_may_have_any_letter() {
    let site = Site::new(
        "-- content/index.md --\n# Home\n\n[a](<with space.md>) [b](関数.md) [c](%E9%96%A2%E6%95%B0.md) [d](100%25.md)\n",
    );
    for name in
        ["with space", "関数", "100%", "a'b\"c", "new\nline", "a#b", "q?x", "back\\slash", "-dash", "é", "e\u{301}"]
    {
        site.write(&format!("content/{name}.md"), format!("# {}\n", name.escape_debug()));
        site.write(&format!("content/{name}.txt"), name);
    }
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let before = stamps(&site, "site");
    assert!(before.contains_key("new\nline.txt") && before.contains_key("関数/index.html"), "{:?}", before.keys());
    site.build();
    assert_eq!(stamps(&site, "site"), before);
    let page = site.read("site/index.html");
    for href in ["with%20space/index.html", "関数/index.html", "100%25/index.html"] {
        assert!(page.contains(&format!("href=\"{href}\"")), "{href}: {page}");
    }
}

#[test]
fn names_that_differ_in_case_only_are_warned_of() {
    let site = Site::new(
        "-- content/relu.md --\n# A\n-- content/ReLU.md --\n# B\n-- static/X.txt --\n1\n-- static/x.txt --\n2\n",
    );
    if site.files("content").len() < 2 {
        println!("skipped: this disk does not know upper from lower case");
        return;
    }
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    for names in ["`ReLU/index.html` and `relu/index.html`", "`X.txt` and `x.txt`"] {
        assert!(outcome.stderr.contains(&format!("{names} differ in upper and lower case only")), "{}", outcome.stderr);
    }
}

#[test]
fn folders_may_be_nested_deep() {
    // The first is short enough to be shown on all pages.
    for levels in [28, 40] {
        let site = Site::new("-- content/index.md --\n# Home\n");
        let mut folder = String::new();
        for level in 1..=levels {
            folder += &format!("level{level}/");
            site.write(&format!("content/{folder}index.md"), format!("# Level {level}\n"));
        }
        site.build();
        let deepest = site.read(&format!("site/{folder}index.html"));
        assert!(deepest.contains(&format!("aria-current=\"page\">Level {levels}</a>")), "{deepest}");
        assert_eq!(site.read("site/404.html").contains(&folder), levels == 28);
    }
}

#[test]
fn the_content_folder_may_be_a_link() {
    let site = Site::new("-- articles/index.md --\n# Home\n\n[more](more.md)\n-- articles/more.md --\n# More\n");
    symlink(site.path("articles"), site.path("content")).unwrap();
    site.build();
    assert!(site.read("site/more/index.html").contains("More"));
}
