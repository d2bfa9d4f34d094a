// Light, dark or as the system has it: the choice is kept, and `head.html` reads it before the page is drawn.
(() => {
  "use strict";
  const select = document.querySelector(".theme select");
  if (!select) return;
  const root = document.documentElement;
  const apply = () => {
    if (select.value) root.dataset.theme = select.value;
    else delete root.dataset.theme;
    // Where nothing may be kept, the choice holds for this page.
    try { localStorage.setItem("theme", select.value); } catch {}
  };
  // The reader may have chosen before this script was there.
  if (select.value) apply();
  else select.value = root.dataset.theme ?? "";
  select.addEventListener("change", apply);
  addEventListener("storage", event => {
    if (event.key !== "theme") return;
    select.value = event.newValue ?? "";
    apply();
  });
})();
