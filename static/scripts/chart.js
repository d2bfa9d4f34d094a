// Comfort for charts: the values under the pointer, or under the arrow keys, read off the curves as they are drawn; and
// a slider for a letter that moves, over frames that are drawn already.
// A chart is complete without it; a page without charts does not notice it.
(() => {
  "use strict";
  const MINUS = "\u2212";
  const SVG = "http://www.w3.org/2000/svg";

  const numbers = (element, name) => element.dataset[name].split(" ").map(Number);

  // A number with the digits that a step of one pixel can tell apart.
  const format = (value, step) => {
    const digits = Math.max(0, Math.min(15, Math.ceil(-Math.log10(step))));
    const size = Math.abs(value);
    const text = size >= 1e7 || (size > 0 && step < 1e-6)
      ? value.toPrecision(6).replace(/\.?0+(?=e|$)/, "")
      : value.toFixed(digits).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
    return (text === "-0" ? "0" : text).replace("-", MINUS);
  };

  // The vertices of a drawn path, a quarter of a pixel apart; null where the pen is lifted.
  const vertices = (path) => {
    const points = [];
    for (const data of path.getAttribute("d").split(/(?=M)/)) {
      const run = document.createElementNS(SVG, "path");
      run.setAttribute("d", data);
      const length = run.getTotalLength();
      const count = Math.max(1, Math.min(4000, Math.ceil(4 * length)));
      for (let i = 0; i <= count; i += 1) points.push(run.getPointAtLength((length * i) / count));
      points.push(null);
    }
    return points;
  };

  // Ordinates in pixels at which a curve meets a column; where it is steep, the ends of what it covers there.
  const crossings = (points, x) => {
    const rows = [];
    for (let i = 1; i < points.length; i += 1) {
      const [a, b] = [points[i - 1], points[i]];
      if (!a || !b || x < Math.min(a.x, b.x) || Math.max(a.x, b.x) < x) continue;
      rows.push(b.x === a.x ? b.y : a.y + ((x - a.x) / (b.x - a.x)) * (b.y - a.y));
    }
    return rows;
  };

  const prepare = (svg) => {
    const figure = svg.closest("figure") || svg.parentElement;
    const [left, top, width, height] = numbers(svg, "plot");
    const [x0, x1] = numbers(svg, "x");
    const [y0, y1] = numbers(svg, "y");
    const toX = (column) => x0 + ((column - left) / width) * (x1 - x0);
    const toY = (row) => y1 - ((row - top) / height) * (y1 - y0);
    const stepX = (x1 - x0) / width;
    const stepY = (y1 - y0) / height;
    const heads = figure.querySelectorAll(".chart-table thead th");
    const read = (path) => {
      const number = path.dataset.curve;
      const head = figure.querySelector(`th[data-curve="${number}"]`) ?? heads[number];
      return {
        name: head ? head.innerHTML : "",
        style: [...path.classList].find((name) => /^c\d$/.test(name)),
        points: vertices(path),
        dots: [...path.parentNode.querySelectorAll(`:scope > .chart-dot.closed[data-curve="${number}"]`)],
        number: Number(number),
      };
    };
    const known = new Map();
    const seen = () => [...svg.querySelectorAll(":scope > .chart-curve, .now > .chart-curve")].map((path) => {
      if (!known.has(path)) known.set(path, read(path));
      return known.get(path);
    }).sort((a, b) => a.number - b.number);

    const layer = document.createElementNS(SVG, "g");
    const hair = document.createElementNS(SVG, "path");
    hair.setAttribute("class", "chart-hair");
    layer.append(hair);
    svg.append(layer);
    const reading = document.createElement("div");
    reading.className = "chart-reading";
    reading.setAttribute("role", "status");
    (svg.closest(".chart-stage") || svg).after(reading);

    let column = left + width / 2;
    const show = () => {
      column = Math.max(left, Math.min(left + width, column));
      const curves = seen();
      const snapped = curves.flatMap((curve) => curve.dots).map((dot) => Number(dot.getAttribute("cx")))
        .find((x) => Math.abs(x - column) < 3);
      const x = snapped === undefined ? column : snapped;
      hair.setAttribute("d", `M${x} ${top}v${height}`);
      layer.replaceChildren(hair);
      const parts = [`<span><var>x</var> = ${format(toX(x), stepX)}</span>`];
      for (const curve of curves) {
        const dot = curve.dots.find((one) => Number(one.getAttribute("cx")) === x);
        const rows = dot ? [Number(dot.getAttribute("cy"))] : crossings(curve.points, x);
        if (!rows.length) continue;
        const row = rows[Math.floor(rows.length / 2)];
        const mark = document.createElementNS(SVG, "circle");
        mark.setAttribute("class", `chart-mark ${curve.style}`);
        mark.setAttribute("cx", x);
        mark.setAttribute("cy", row);
        mark.setAttribute("r", "4.5");
        layer.append(mark);
        parts.push(`<span class="${curve.style}">${curve.name} = ${format(toY(row), stepY)}</span>`);
      }
      reading.innerHTML = parts.join("");
    };
    const hide = () => {
      layer.replaceChildren();
      reading.replaceChildren();
    };
    const point = (event) => {
      const matrix = svg.getScreenCTM();
      if (!matrix) return;
      column = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse()).x;
      show();
    };
    svg.tabIndex = 0;
    svg.style.touchAction = "pan-y";
    svg.addEventListener("pointermove", point);
    svg.addEventListener("pointerdown", point);
    svg.addEventListener("pointerleave", hide);
    svg.addEventListener("focus", () => svg.matches(":focus-visible") && show());
    svg.addEventListener("blur", hide);
    svg.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? width / 20 : width / 200;
      const moves = { ArrowLeft: -step, ArrowRight: step, Home: -width, End: width };
      if (event.key === "Escape") hide();
      if (!(event.key in moves)) return;
      event.preventDefault();
      column += moves[event.key];
      show();
    });
  };

  const start = (svg) => {
    const once = () => {
      svg.removeEventListener("pointerenter", once);
      svg.removeEventListener("focus", once);
      prepare(svg);
    };
    svg.tabIndex = 0;
    svg.addEventListener("pointerenter", once);
    svg.addEventListener("focus", once);
  };

  const move = (input) => {
    const figure = input.closest("figure");
    const frames = [...figure.querySelectorAll(".chart-frame")];
    const show = () => {
      frames.forEach((frame, index) => frame.classList.toggle("now", index === input.valueAsNumber));
      const { value } = frames[input.valueAsNumber].dataset;
      input.nextElementSibling.value = value;
      input.setAttribute("aria-valuetext", value);
    };
    input.addEventListener("input", show);
    show();
  };

  document.querySelectorAll(".chart-slider input").forEach(move);
  document.querySelectorAll("svg.chart[data-plot]").forEach(start);
})();
