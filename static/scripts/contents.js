// Marks the section that is being read in the table of contents.
(() => {
  "use strict";
  const links = new Map();
  for (const link of document.querySelectorAll(".contents a")) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  if (!links.size) return;
  let current;
  const mark = () => {
    const line = innerHeight / 4;
    const passed = [...links.keys()].filter(heading => heading.getBoundingClientRect().top < line);
    const atEnd = scrollY > 0 && innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const next = links.get(atEnd ? [...links.keys()].at(-1) : passed.at(-1));
    if (next === current) return;
    current?.removeAttribute("aria-current");
    next?.setAttribute("aria-current", "true");
    current = next;
    const box = next?.closest(".contents");
    if (box && box.scrollHeight > box.clientHeight) {
      box.scrollTop += next.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 2;
    }
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; mark(); });
  }, { passive: true });
  mark();
})();
