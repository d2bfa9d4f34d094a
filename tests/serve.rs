//! The real server over TCP: what it answers, what it refuses, and how it follows what an author does.
//!
//! Nothing here waits for a fixed time. Every expectation is polled until it holds or a generous deadline has passed.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stdout, reason = "a test")]

mod common;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use common::Site;
use common::server::{Answer, DEADLINE, News, Server};

const SITE: &str = "-- site.toml --\ntitle = \"T\"\n-- content/index.md --\n# Home\n\n[a](notes/a.md)\n\
                    -- content/notes/a.md --\n# A\n\n$x^2$\n-- content/pic tür.svg --\n<svg/>\n\
                    -- static/data.json --\n{}\n";

#[test]
fn files_are_answered_as_a_browser_expects() {
    let site = Site::new(SITE);
    site.write("secret.txt", "mine");
    let server = Server::start(&site, &["--port", "0"]);
    let page = server.expect_body("/", "<h1");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert!(page.body.contains("/.piecewise/reload.js"), "{}", page.body);
    let style = page.body.split("href=\"style.").nth(1).unwrap().split('"').next().unwrap();
    for (path, status, kind) in [
        ("/notes/a/", 200, "text/html; charset=utf-8"),
        ("/notes/a/index.html?x=1", 200, "text/html; charset=utf-8"),
        (&*format!("/style.{style}"), 200, "text/css; charset=utf-8"),
        ("/data.json", 200, "application/json"),
        ("/pic%20t%C3%BCr.svg?v=2", 200, "image/svg+xml"),
        ("/nothing/", 404, "text/html; charset=utf-8"),
        ("/../secret.txt", 404, "text/html; charset=utf-8"),
        ("/%2e%2e/secret.txt", 404, "text/html; charset=utf-8"),
        ("/notes/..%2f..%2fsecret.txt", 404, "text/html; charset=utf-8"),
        ("//etc/passwd", 404, "text/html; charset=utf-8"),
        ("/content/index.md", 404, "text/html; charset=utf-8"),
        ("/%ff%00", 404, "text/html; charset=utf-8"),
    ] {
        let answer = server.get(path);
        assert_eq!((answer.status, answer.header("content-type")), (status, Some(kind)), "{path}");
        assert!(!answer.body.contains("mine"), "{path}");
    }
    let moved = server.get("/notes/a?x=1");
    assert_eq!((moved.status, moved.header("location")), (308, Some("/notes/a/?x=1")));
    let head = server.request("HEAD", "/notes/a/");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("content-length").unwrap(), server.get("/notes/a/").body.len().to_string());
    assert_eq!(server.request("POST", "/").status, 405);
    assert_eq!(server.send("nonsense\r\n\r\n").status, 400);
    assert!(!site.path("site").exists(), "nothing is written");
}

#[test]
fn only_this_machine_is_answered() {
    let site = Site::new(SITE);
    let server = Server::start(&site, &["--port", "0"]);
    server.expect_body("/", "<h1");
    let port = server.port;
    for (host, status) in [
        (format!("localhost:{port}"), 200),
        (format!("127.0.0.1:{port}"), 200),
        (format!("example.org:{port}"), 403),
        ("127.0.0.1".to_owned(), 403),
        (format!("127.0.0.1.example.org:{port}"), 403),
        (String::new(), 403),
    ] {
        let answer = server.send(&format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        assert_eq!(answer.status, status, "{host}");
    }
    assert_eq!(server.send("GET / HTTP/1.0\r\n\r\n").status, 403, "no host at all");
}

#[test]
fn a_change_reaches_every_tab() {
    let site = Site::new(SITE);
    let server = Server::start(&site, &["--port", "0"]);
    server.expect_body("/notes/a/", "katex");
    let tabs: Vec<News> = (0..20).map(|_| server.listen()).collect();
    let first = tabs[0].expect("");
    // As editors save: a new file is moved over the old one.
    site.write("content/notes/a.md~", "# A\n\nsaved by an editor\n");
    fs::rename(site.path("content/notes/a.md~"), site.path("content/notes/a.md")).unwrap();
    server.expect_body("/notes/a/", "saved by an editor");
    for tab in &tabs {
        while tab.expect("") == first {}
    }
}

/// Linux counts what it watches for each user; editors and browsers use it up.
#[cfg(target_os = "linux")]
#[test]
fn changes_are_noticed_where_the_kernel_watches_no_more() {
    for limit in ["instances", "watches"] {
        let script = format!("echo 0 > /proc/sys/user/max_inotify_{limit}; exec \"$@\"");
        let unshare = |program: &[&str]| {
            let mut command = Command::new("unshare");
            command.args(["--user", "--map-root-user", "sh", "-euc", &script, "sh"]).args(program);
            command
        };
        if !unshare(&["true"]).output().is_ok_and(|output| output.status.success()) {
            println!("skipped: this system does not let a test lower the number of files that are watched");
            return;
        }
        let site = Site::new(SITE);
        let mut command = unshare(&[env!("CARGO_BIN_EXE_piecewise"), "serve"]);
        let server = Server::start_by(&mut command, &site, &["--port", "0"]);
        server.expect_body("/notes/a/", "katex");
        for (number, word) in ["once", "twice", "four times"].iter().enumerate() {
            site.write("content/notes/a.md", format!("# A\n\nchanged {word}\n"));
            server.expect_body("/notes/a/", &format!("changed {word}"));
            site.write(&format!("content/new{number}.md"), "# New\n\njust come\n");
            server.expect_body(&format!("/new{number}/"), "just come");
        }
    }
}

#[test]
fn idle_connections_keep_nobody_waiting() {
    let site = Site::new(SITE);
    let server = Server::start(&site, &["--port", "0"]);
    server.expect_body("/", "<h1");
    let idle: Vec<TcpStream> = (0..50).map(|_| TcpStream::connect(("127.0.0.1", server.port)).unwrap()).collect();
    assert_eq!(server.get("/notes/a/").status, 200);
    // One connection, two requests.
    let mut stream = &idle[0];
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let request = format!("GET /data.json HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", server.port);
    let last = request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    stream.write_all((request + &last).as_bytes()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
}

#[test]
fn a_mistake_is_shown_over_the_last_good_page() {
    let site = Site::new(SITE);
    let server = Server::start(&site, &["--port", "0"]);
    server.expect_body("/notes/a/", "katex");
    let news = server.listen();
    let good = news.expect("");
    for (file, broken, mended, message) in [
        ("content/notes/a.md", "# A\n\n$\\frac{1}{2$\n", "# A\n\n$x^3$\n", "--> content/notes/a.md:3"),
        ("site.toml", "title = [\n", "title = \"T\"\n", "--> site.toml:"),
        ("templates/footer.html", "<p>{{ page.nothing.at_all }}</p>", "<p>foot</p>", "--> templates/footer.html:1"),
        ("templates/header.html", "{% if %}", "<p>head</p>", "--> templates/header.html:1"),
    ] {
        let before = news_version(&server);
        site.write(file, broken);
        assert_eq!(news.expect(message), before, "the last good site stays: {file}");
        assert!(server.get("/notes/a/").body.contains("katex"), "{file}");
        site.write(file, mended);
        while news.expect("") == before {}
    }
    assert_ne!(news_version(&server), good);
    server.expect_body("/notes/a/", "<p>foot</p>");
}

/// The version that a new tab would hear of.
fn news_version(server: &Server) -> String {
    let event = server.listen().events.recv_timeout(DEADLINE).unwrap();
    event["version"].as_str().unwrap().to_owned()
}

#[test]
fn mistakes_from_the_start_are_shown_too() {
    let site = Site::new("-- content/index.md --\n# A\n\nsee $\\nothing$\n");
    let server = Server::start(&site, &["--port", "0"]);
    server.expect_body("/", "see");
    server.listen().expect("undefined control sequence");
    site.write("content/index.md", "# A\n\nsee nothing\n");
    server.expect_body("/", "see nothing");
    server.listen().expect("");
}

#[test]
fn files_come_and_go() {
    let site = Site::new(SITE);
    let server = Server::start(&site, &["--port", "0"]);
    server.expect_body("/", "<h1");
    let gone = |answer: &Answer| answer.status == 404;
    site.write("content/deep/er/b.md", "# B\n\nnew\n");
    server.expect_body("/deep/er/b/", "new");
    site.write("content/deep/er/c.md", "# C\n\nin a new folder\n");
    server.expect_body("/deep/er/c/", "in a new folder");
    fs::rename(site.path("content/deep"), site.path("content/shallow")).unwrap();
    server.expect_body("/shallow/er/b/", "new");
    server.expect("/deep/er/b/", "renamed", gone);
    site.write("content/shallow/er/b.md", "# B\n\nin the renamed folder\n");
    server.expect_body("/shallow/er/b/", "in the renamed folder");
    fs::remove_file(site.path("content/shallow/er/b.md")).unwrap();
    server.expect("/shallow/er/b/", "deleted", gone);
    site.write("static/data.json", "{\"changed\": 1}");
    server.expect_body("/data.json", "changed");
    site.write("static/styles/own.css", "a { color: rebeccapurple }");
    server.expect("/", "the style sheet", |answer| {
        let style = answer.body.split("href=\"style.").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        server.get(&format!("/style.{style}")).body.contains("rebeccapurple")
    });
    fs::remove_dir_all(site.path("content/shallow")).unwrap();
    server.expect("/shallow/er/c/", "the folder deleted", gone);
}

#[test]
fn a_file_that_was_gone_is_noticed_when_it_comes_back() {
    let site = Site::new(SITE);
    let files = ["content/extra.md", "content/note.txt", "static/more.txt", "templates/footer.html"];
    site.write("content/extra.md", "# Extra\n");
    site.write("content/note.txt", "first");
    site.write("static/more.txt", "first");
    site.write("templates/footer.html", "<footer>first</footer>");
    let server = Server::start(&site, &["--port", "0"]);
    let gone = |answer: &Answer| answer.status == 404;
    server.expect_body("/notes/a/", "<footer>first");
    for (file, address) in files.iter().zip(["/extra/", "/note.txt", "/more.txt", "/"]) {
        let aside = site.path("").parent().unwrap().join(format!("aside-{}", std::process::id()));
        fs::rename(site.path(file), &aside).unwrap();
        match address {
            "/" => server.expect("/", "the footer of the theme", |answer| !answer.body.contains("<footer>first")),
            address => server.expect(address, "taken away", gone),
        };
        fs::rename(&aside, site.path(file)).unwrap();
        match address {
            "/" => server.expect_body("/", "<footer>first"),
            address => server.expect(address, "come back", |answer| answer.status == 200),
        };
    }
    // Two files become one of the same path, and are two again.
    site.write("static/note.txt", "second");
    server.listen().expect("both become");
    fs::remove_file(site.path("static/note.txt")).unwrap();
    server.listen().expect("");
    site.write("content/notes/a.md", "# A\n\nmended\n");
    server.expect_body("/notes/a/", "mended");
}

#[test]
fn the_content_folder_may_vanish_and_come_back() {
    let site = Site::new(SITE);
    let server = Server::start(&site, &["--port", "0"]);
    server.expect_body("/notes/a/", "katex");
    let news = server.listen();
    news.expect("");
    fs::rename(site.path("content"), site.path("elsewhere")).unwrap();
    news.expect("there is no folder");
    assert!(server.get("/notes/a/").body.contains("katex"), "the last good page");
    fs::rename(site.path("elsewhere"), site.path("content")).unwrap();
    news.expect("");
    site.write("content/notes/a.md", "# A\n\nback again\n");
    server.expect_body("/notes/a/", "back again");
}

#[test]
fn a_macro_file_is_watched_wherever_it_lies() {
    for folder in ["tex", ".hidden/tex"] {
        let site = Site::new("-- content/index.md --\n# A\n\n$\\z$\n");
        site.write("site.toml", format!("[math]\nmacro_files = [\"{folder}/macros.tex\"]\n"));
        site.write(&format!("{folder}/macros.tex"), "\\newcommand{\\z}{q}\n");
        let server = Server::start(&site, &["--port", "0"]);
        server.expect_body("/", "<mi>q</mi>");
        site.write(&format!("{folder}/macros.tex"), "\\newcommand{\\z}{w}\n");
        server.expect_body("/", "<mi>w</mi>");
    }
}

/// The folder above the content becomes another one, and edits in it are noticed.
#[test]
fn the_folder_above_the_content_is_watched() {
    let page = |words: &str| format!("# A\n\n{words}\n");
    let site = Site::new("-- mkdocs.yml --\nsite_name: T\ndocs_dir: text/pages\n");
    site.write("text/pages/index.md", page("the first"));
    site.write("other/pages/index.md", page("the second"));
    let server = Server::start(&site, &["--port", "0"]);
    server.expect_body("/", "the first");
    fs::rename(site.path("text"), site.path("before")).unwrap();
    fs::rename(site.path("other"), site.path("text")).unwrap();
    server.expect_body("/", "the second");
    site.write("text/pages/index.md", page("the third"));
    server.expect_body("/", "the third");
}

#[test]
fn the_next_free_port_is_taken() {
    let site = Site::new(SITE);
    let first = Server::start(&site, &["--port", "0"]);
    let taken = first.port.to_string();
    let second = Server::start(&site, &["--port", &taken]);
    assert!(second.port > first.port);
    assert!(
        second.greeting.starts_with(&format!("port {taken} is taken\nserving http://127.0.0.1:")),
        "{}",
        second.greeting
    );
    second.expect_body("/", "<h1");
    first.expect_body("/", "<h1");
}

#[test]
fn a_page_for_what_is_not_there_and_drafts() {
    let site = Site::new(
        "-- content/index.md --\n# A\n-- content/404.md --\n# Lost\n-- content/d.md --\n+++\ndraft = true\n+++\n# Draft\n",
    );
    let server = Server::start(&site, &["--port", "0", "--drafts"]);
    server.expect_body("/d/", "Draft");
    let lost = server.get("/nothing");
    assert_eq!(lost.status, 404);
    assert!(lost.body.contains("Lost"), "{}", lost.body);
}

#[test]
fn anything_may_vanish_and_come_back() {
    let site = Site::new("");
    let files = SITE.replace("-- ", "-- own/") + "-- own/templates/footer.html --\n<p>foot</p>\n";
    for part in files.split("-- own/").skip(1) {
        let (name, text) = part.split_once(" --\n").unwrap();
        site.write(&format!("own/{name}"), text);
    }
    let server = Server::start(&site, &["--port", "0", "--root", "own"]);
    server.expect_body("/", "<title>Home · T</title>");
    let news = server.listen();
    news.expect("");
    let away = |name: &str| fs::rename(site.path(name), site.path("away")).unwrap();
    let back = |name: &str| fs::rename(site.path("away"), site.path(name)).unwrap();
    away("own/site.toml");
    server.expect("/", "without a configuration", |answer| !answer.body.contains("· T</title>"));
    back("own/site.toml");
    server.expect_body("/", "· T</title>");
    away("own/templates");
    server.expect("/", "without templates", |answer| !answer.body.contains("<p>foot</p>"));
    back("own/templates");
    server.expect_body("/", "<p>foot</p>");
    away("own/static");
    server.expect("/data.json", "without static files", |answer| answer.status == 404);
    back("own/static");
    server.expect("/data.json", "with static files", |answer| answer.status == 200);
    away("own");
    news.expect("there is no folder");
    assert!(server.get("/notes/a/").body.contains("katex"), "the last good page");
    back("own");
    news.expect("");
    // All that is still watched.
    site.write("own/content/notes/a.md", "# A\n\nat last\n");
    server.expect_body("/notes/a/", "at last");
    // A file where there was a folder, and a folder where there was a file.
    site.write("own/content/index.md", "# Home\n\nalone\n");
    server.expect_body("/", "alone");
    fs::remove_dir_all(site.path("own/content/notes")).unwrap();
    site.write("own/content/notes", "a file");
    server.expect("/notes/a/", "a file where there was a folder", |answer| answer.status == 404);
    fs::remove_file(site.path("own/content/notes")).unwrap();
    fs::create_dir_all(site.path("own/content/notes/a.md")).unwrap();
    site.write("own/content/notes/a.md/b.md", "# B\n\nin a folder with an odd name\n");
    server.expect_body("/notes/a.md/b/", "in a folder with an odd name");
}

#[test]
#[cfg(unix)]
fn an_interrupt_ends_it_at_once_with_pages_open() {
    let site = Site::new(SITE);
    // Who runs tests in the background may have had them ignore interrupts, and programs inherit that.
    let listening = ["--default-signal=INT", env!("CARGO_BIN_EXE_piecewise"), "serve"];
    let has_option = Command::new("env").args([listening[0], "true"]).status().is_ok_and(|status| status.success());
    let mut server = if has_option {
        Server::start_by(Command::new("env").args(listening), &site, &["--port", "0"])
    } else {
        Server::start(&site, &["--port", "0"])
    };
    server.expect_body("/", "<h1");
    let _tabs: Vec<News> = (0..3).map(|_| server.listen()).collect();
    let interrupt = Command::new("kill").args(["-INT", &server.process.id().to_string()]).status();
    assert!(interrupt.unwrap().success());
    let start = Instant::now();
    while server.process.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_secs(20), "it goes on");
        thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(feature = "search")]
#[test]
fn the_search_index_is_made_unasked_behind_the_pages() {
    let site = Site::new(SITE);
    let server = Server::start(&site, &["--port", "0", "--timings"]);
    let order = |said: &[String]| -> Vec<String> {
        let words =
            said.iter().filter_map(|line| ["ready", "search index"].iter().find(|word| line.starts_with(**word)));
        words.map(ToString::to_string).collect()
    };
    let said = server.hear("search index in", 1);
    assert_eq!(order(&said), ["ready", "search index"], "nobody has asked for a page, let alone for the index");
    let entry = format!("/{}pagefind-entry.json", piecewise::search::FOLDER);
    let before = server.expect_body(&entry, "\"page_count\":2").body;
    site.write("content/notes/a.md", "# A\n\n$y^3$ and words\n");
    let said = server.hear("search index in", 2);
    assert_eq!(order(&said), ["ready", "search index", "ready", "search index"]);
    assert_ne!(server.get(&entry).body, before, "it is that of the new text");
}

#[test]
fn machines_can_read_what_is_said() {
    let site = Site::new("-- content/index.md --\n# A\n\n$\\nothing$\n");
    let server = Server::start(&site, &["--port", "0", "--format", "json"]);
    let greeting: serde_json::Value = serde_json::from_str(&server.greeting).unwrap();
    assert_eq!(greeting["serving"], format!("http://127.0.0.1:{}/", server.port));
    server.listen().expect("error[math]: undefined control sequence");
}
