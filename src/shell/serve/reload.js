// Added to pages by `serve`: loads the page again when the site has changed, at the same place, and shows mistakes over
// the last good page. Tabs in the background do not listen, since a browser keeps few connections to one host.
(() => {
  "use strict";
  const version = document.currentScript.dataset.version;
  const place = `piecewise-scroll:${location.pathname}`;
  let events = null, panel = null;

  const scrolled = sessionStorage.getItem(place);
  if (scrolled !== null) {
    sessionStorage.removeItem(place);
    const restore = () => scrollTo({ top: Number(scrolled), behavior: "instant" });
    restore();
    addEventListener("load", restore, { once: true });
  }

  const reload = () => {
    sessionStorage.setItem(place, String(scrollY));
    location.reload();
  };

  const show = mistakes => {
    panel?.remove();
    panel = null;
    if (!mistakes) return;
    panel = document.createElement("piecewise-mistakes");
    const inside = panel.attachShadow({ mode: "open" });
    inside.innerHTML = `<style>
      :host { all: initial; position: fixed; inset: auto 0 0 0; z-index: 2147483647; color-scheme: light dark; }
      section { box-sizing: border-box; max-height: 60vh; overflow: auto; padding: 12px 16px 16px;
        background: light-dark(#fff6f5, #2b1414); color: light-dark(#3b0d0a, #ffe9e7);
        border-top: 4px solid #d3322a; font: 14px/1.5 ui-monospace, monospace; }
      header { display: flex; justify-content: space-between; align-items: center; font-weight: bold; }
      pre { margin: 8px 0 0; white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; }
      button { font: inherit; padding: 2px 12px; cursor: pointer; }
    </style><section role="alert"><header><span>The build has mistakes</span><button type="button">Hide</button></header><pre></pre></section>`;
    inside.querySelector("pre").textContent = mistakes;
    inside.querySelector("button").addEventListener("click", () => panel?.remove());
    document.documentElement.append(panel);
  };

  const listen = () => {
    if (events || document.hidden) return;
    events = new EventSource("/.piecewise/events");
    events.onmessage = event => {
      const now = JSON.parse(event.data);
      if (now.version === version) show(now.mistakes);
      else reload();
    };
  };
  const pause = () => {
    events?.close();
    events = null;
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? pause() : listen()));
  addEventListener("pagehide", pause);
  addEventListener("pageshow", listen);
  addEventListener("keydown", event => { if (event.key === "Escape") panel?.remove(); });
  listen();
})();
