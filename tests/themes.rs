//! Sites with templates of their own.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::panic, reason = "a test")]

mod common;

use std::fmt::Write as _;

use common::{Site, navigation};

/// More entries than are shown on every page, in three sections, the second of which has a section in it.
fn long_site() -> Site {
    let mut files = "-- content/index.md --\n# Home\n".to_owned();
    for folder in ["a", "b", "b/c", "d"] {
        let _ = write!(files, "-- content/{folder}/index.md --\n# In {folder}\n");
        for page in 0..9 {
            let _ = write!(files, "-- content/{folder}/p{page}.md --\n# Page {page} of {folder} & more\n");
        }
    }
    Site::new(&files)
}

const PAGES: [&str; 6] =
    ["index.html", "a/index.html", "a/p3/index.html", "b/p8/index.html", "b/c/index.html", "b/c/p0/index.html"];

/// A navigation made from the data alone.
const OWN_TREE: &str = "<nav class=\"navigation\"><ul>\
    {% for item in navigation %}{{ <tree item={item} /> }}{% endfor %}</ul></nav>\n\
    {%- component tree(item) %}<li><a href=\"{{ item.href }}\"{% if item.current %} aria-current=\"page\"{% endif %}>\
    {{ item.title_html | safe }}</a>{% if item.children | length > 0 %}<ul>\
    {% for child in item.children %}{{ <tree item={child} /> }}{% endfor %}</ul>{% endif %}</li>\n{% endcomponent tree %}\n";

#[test]
fn the_navigation_as_data_has_the_entries_of_the_navigation_as_markup() {
    let (markup, data) = (long_site(), long_site());
    data.write("templates/navigation.html", OWN_TREE);
    markup.build();
    data.build();
    for page in PAGES {
        let [wanted, found] = [&markup, &data].map(|site| navigation(&site.read(&format!("site/{page}"))));
        assert_eq!(found, wanted, "{page}");
    }
    let inner = navigation(&markup.read("site/b/c/p0/index.html"));
    assert_eq!(inner.lines().count(), 3 + 10 + 9, "{inner}");
    for line in ["[../p1/index.html] Page 1 of b/c &amp; more", "[../../p0/index.html] Page 0 of b &amp; more"] {
        assert!(inner.contains(line), "{inner}");
    }
}

#[test]
fn a_theme_can_show_entries_in_its_own_way() {
    let site = long_site();
    site.write(
        "templates/navigation.html",
        "<nav class=\"navigation\">{{ navigation_html | safe }}</nav>\n{%- component navigation_entry(item, words) %}\
         <b>{{ item.title }}|{{ item.href }}|{{ item.current }}{{ item.active }}</b>\n\
         {%- if item.children_html %}<i>{{ item.children_html | safe }}</i>{% endif %}{% endcomponent navigation_entry %}\n",
    );
    site.build();
    let page = site.read("site/b/c/p0/index.html");
    for part in [
        "<b>In a|../../../a/index.html|falsefalse</b>",
        "<b>In b|../../index.html|falsetrue</b><i>",
        "<i><b>Page 0 of b/c &amp; more|index.html|truefalse</b><b>Page 1 of b/c &amp; more|../p1/index.html|falsefalse</b>",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[test]
fn a_mistake_in_an_entry_is_said_at_its_place() {
    let site = long_site();
    site.write(
        "templates/navigation.html",
        "{{ navigation_html | safe }}\n{%- component navigation_entry(item, words) %}{{ item.nothing.at_all }}\
         {% endcomponent navigation_entry %}\n",
    );
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("--> templates/navigation.html:2:"), "{}", outcome.stderr);
    // Without the component there is nothing to show entries with.
    site.write("templates/navigation.html", "{{ navigation_html | safe }}\n");
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("--> templates/navigation.html:1:4"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("needs the component `navigation_entry`"), "{}", outcome.stderr);
}

#[test]
fn entries_that_lead_elsewhere_stay_as_typed_where_all_else_begins_at_the_root() {
    let site = Site::new(
        "-- site.toml --\nbase_url = \"https://example.org/docs\"\n-- content/navigation.md --\n# Pages\n\n- [A](a.md)\n\
         - [Elsewhere](https://example.com/x)\n- [Data](data.csv)\n-- content/index.md --\n# Home\n-- content/a.md --\n# A\n\
         -- content/data.csv --\n1\n",
    );
    site.build();
    let page = site.read("site/404.html");
    assert_eq!(navigation(&page), "[/docs/a/] A\n[https://example.com/x] Elsewhere\n[/docs/data.csv] Data");
}
