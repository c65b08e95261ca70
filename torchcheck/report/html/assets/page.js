// Draws the charts, filters the findings. Everything that is read is in the block of data above.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const charts = new Map(); // id of the element -> what makes its plot
  const drawn = new Set();
  const pad = 0.012 * data.steps[1];
  const shownSteps = () => [...(range ?? [data.steps[0] - pad, data.steps[1] + pad])]; // plotly writes into it
  let range = null; // the steps that all charts show; null: all
  let printing = false;

  // Colours

  function themed(value, style) {
    if (typeof value === "string") {
      const name = /^var\((--[\w-]+)\)$/.exec(value);
      return name ? style.getPropertyValue(name[1]).trim() : value;
    }
    if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map((item) => themed(item, style));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, themed(item, style)]));
  }

  function scale(name, style) {
    const colours = [];
    for (let i = 0; ; i++) {
      const colour = style.getPropertyValue(`--${name}-${i}`).trim();
      if (!colour) break;
      colours.push(colour);
    }
    return colours.map((colour, i) => [i / (colours.length - 1), colour]);
  }

  // Charts

  const short = (value) => (value === 0 ? "0" : Number(value.toPrecision(2)).toString());

  function common(style, width) {
    const axis = { gridcolor: style.getPropertyValue("--rule").trim(), zeroline: false, automargin: true };
    return {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: style.getPropertyValue("--quiet").trim() },
      margin: { l: 60, r: 16, t: 12, b: 44 },
      xaxis: { ...axis, title: { text: "step", standoff: 6 }, hoverformat: ",d", nticks: width < 500 ? 5 : 9, range: shownSteps(), autorange: false },
      yaxis: { ...axis, automargin: false },
      showlegend: true,
      legend: { traceorder: "normal", orientation: "h", x: 0, y: 1.02, yanchor: "bottom", font: { size: 12 } },
      hoverlabel: {
        bgcolor: style.getPropertyValue("--surface").trim(),
        bordercolor: style.getPropertyValue("--rule").trim(),
        font: { color: style.getPropertyValue("--text").trim(), size: 12 },
        align: "left",
        namelength: 40,
      },
      dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
      uirevision: "kept",
    };
  }

  function merged(base, more) {
    const made = { ...base };
    for (const [key, value] of Object.entries(more)) {
      const plain = value && typeof value === "object" && !Array.isArray(value);
      made[key] = plain && made[key] && typeof made[key] === "object" ? merged(made[key], value) : value;
    }
    return made;
  }

  function lines(figure, style, width) {
    const layout = merged(common(style, width), themed(figure.layout, style));
    return { data: themed(figure.data, style), layout: { ...layout, height: figure.height } };
  }

  // Names without what all have in common, and without their middle where they are too long.
  function shortened(names, most) {
    let parts = names.map((name) => name.split("."));
    const shared = (index) => parts.every((part) => part.length > 1 && part.at(index) === parts[0].at(index));
    if (names.length > 1) {
      while (shared(0)) parts = parts.map((part) => part.slice(1));
      if (shared(-1)) parts = parts.map((part) => part.slice(0, -1));
    }
    return parts.map((part) => {
      const text = part.join(".").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
      const head = Math.floor(most / 3);
      const cut = text.length > most ? `${text.slice(0, head)}…${text.slice(head + 1 - most)}` : text;
      return cut.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    });
  }

  function heat(figure, style, width) {
    const trace = { ...figure.data[0] };
    const labels = shortened(trace.y, width < 420 ? 14 : 24);
    const every = Math.max(1, Math.ceil((labels.length * 14) / (figure.height - 96)));
    const shown = trace.y.map((_, i) => i).filter((i) => i % every === 0);
    const longest = Math.max(...shown.map((i) => labels[i].length));
    trace.text = trace.z.map((row) =>
      row.map((z) => (z === null ? "" : !figure.log ? `${Math.round(1000 * z) / 10} %` : z < trace.zmin - 0.99 ? "0" : short(10 ** z)))
    );
    trace.colorscale = scale(figure.scale, style);
    trace.colorbar = { ...trace.colorbar, x: 1.01, xpad: 4, ypad: 0, tickfont: { size: 11 } };
    const layout = merged(common(style, width), {
      height: figure.height,
      margin: { l: 14 + longest * 6.6, r: 10, t: 8, b: 44 },
      xaxis: { showgrid: false, nticks: width < 500 ? 4 : 6 },
      yaxis: {
        type: "category", autorange: "reversed", fixedrange: true, showgrid: false, automargin: false,
        tickvals: shown.map((i) => trace.y[i]), ticktext: shown.map((i) => labels[i]), tickfont: { size: 11 },
      },
    });
    return { data: [trace], layout };
  }

  function bands(index, style, width) {
    const traces = [];
    const words = [];
    data.bands.runs.forEach((run, number) => {
      const pair = run.layers[index];
      if (!pair) return;
      const kept = run.steps.map((_, i) => i).filter((i) => pair[0][i] !== null && pair[1][i] !== null);
      const steps = kept.map((i) => run.steps[i]);
      const at = (times) => kept.map((i) => pair[0][i] + times * pair[1][i]);
      const colour = style.getPropertyValue(`--line-${number + 1}`).trim();
      const name = run.label ? `mean · ${run.label}` : "mean";
      const edge = { x: steps, mode: "lines", line: { width: 0 }, hoverinfo: "skip", showlegend: false, type: "scatter" };
      if (number === 0) {
        for (const [times, fill, said] of [[2, "--outer-1", "± 2 deviations"], [1, "--inner-1", "± 1 deviation"]]) {
          traces.push({ ...edge, y: at(-times) });
          traces.push({ ...edge, y: at(times), fill: "tonexty", fillcolor: style.getPropertyValue(fill).trim(), name: said, showlegend: true });
        }
      } else {
        for (const times of [-1, 1]) traces.push({ ...edge, y: at(times), line: { width: 1, color: colour, dash: "dot" } });
      }
      traces.push({
        type: "scatter", mode: steps.length < 3 ? "markers" : "lines", x: steps, y: at(0), name, line: { color: colour, width: 2 },
        customdata: kept.map((i) => short(pair[1][i])), hovertemplate: "%{y:.3g}, deviation %{customdata}",
      });
      const last = kept.at(-1);
      if (kept.length) {
        words.push(`${run.label ? `${run.label}: ` : ""}mean ${short(pair[0][kept[0]])} at first, ${short(pair[0][last])} at the end; ` +
          `deviation ${short(pair[1][kept[0]])} at first, ${short(pair[1][last])} at the end.`);
      }
    });
    byId("bands-said").textContent = words.join(" ");
    const layout = merged(common(style, width), { height: 340, hovermode: "x unified" });
    return { data: traces, layout };
  }

  const config = { displayModeBar: false, responsive: false, doubleClick: "autosize", showTips: false };

  function draw(id) {
    const element = byId(id);
    const width = element.clientWidth;
    if (!width) return;
    const made = charts.get(id)(getComputedStyle(root), width);
    made.layout.width = width;
    const isFirst = !drawn.has(id);
    Plotly.react(element, made.data, made.layout, config);
    element.style.minHeight = "";
    if (!isFirst) return;
    drawn.add(id);
    element.on("plotly_relayout", (change) => follow(id, change));
    element.on("plotly_click", (event) => {
      const anchor = event.points.map((point) => point.customdata).find((name) => /^finding-\d+$/.test(name));
      if (anchor && byId(anchor)) location.hash = anchor;
    });
  }

  const redraw = () => drawn.forEach(draw);

  // Steps

  function follow(id, change) {
    if (change["xaxis.autorange"]) show(null, null);
    else if (change["xaxis.range[0]"] !== undefined) show([change["xaxis.range[0]"], change["xaxis.range[1]"]], id);
  }

  function show(steps, from) {
    if (JSON.stringify(steps) === JSON.stringify(range)) return;
    range = steps;
    drawn.forEach((id) => id !== from && Plotly.relayout(byId(id), { "xaxis.range": shownSteps(), "xaxis.autorange": false }));
    if (!byId("range")) return;
    byId("from").value = steps ? Math.max(0, Math.round(steps[0])) : "";
    byId("to").value = steps ? Math.round(steps[1]) : "";
  }

  function listenToSteps() {
    if (byId("to")) byId("to").placeholder = data.steps[1];
    byId("range")?.addEventListener("submit", (event) => {
      event.preventDefault();
      const low = Number(byId("from").value || 0);
      const high = Number(byId("to").value || NaN);
      if (high > low) show([low, high], null);
    });
    byId("all-steps")?.addEventListener("click", () => show(null, null));
  }

  // Findings

  function listenToFilters() {
    const cards = [...document.querySelectorAll("#cards > .card")];
    const chips = [...document.querySelectorAll(".chip")];
    const text = byId("filter-text");
    if (!text) return () => undefined;
    const words = new Map(cards.map((card) => [card, card.textContent.toLowerCase()]));
    const filter = () => {
      const levels = new Set(chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.dataset.level));
      const wanted = text.value.trim().toLowerCase();
      cards.forEach((card) => {
        card.hidden = !levels.has(card.dataset.level) || !words.get(card).includes(wanted);
      });
      const count = cards.filter((card) => !card.hidden).length;
      byId("filter-told").textContent = count < cards.length ? `${count} of ${cards.length} shown` : "";
    };
    chips.forEach((chip) => chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", chip.getAttribute("aria-pressed") !== "true");
      filter();
    }));
    text.addEventListener("input", filter);
    return () => {
      chips.forEach((chip) => chip.setAttribute("aria-pressed", "true"));
      text.value = "";
      filter();
    };
  }

  const unfilter = listenToFilters();

  // What a link leads to is shown, whatever hides it.
  function reveal() {
    const target = byId(location.hash.slice(1));
    if (!target) return;
    if (target.hidden) unfilter();
    if (target.tagName === "DETAILS") {
      target.open = true;
      target.querySelector("summary").focus({ preventScroll: true });
    }
    if (target.matches(".card")) target.focus({ preventScroll: true });
    target.scrollIntoView();
  }

  // Start

  data.figures.forEach((figure) => {
    const make = figure.kind === "heat" ? heat : lines;
    charts.set(`chart-${figure.id}`, (style, width) => make(figure, style, width));
  });
  if (data.bands) {
    charts.set("chart-bands", (style, width) => bands(Number(byId("layer").value), style, width));
    byId("layer").addEventListener("change", () => draw("chart-bands"));
  }
  listenToSteps();
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) reveal();
  });

  const watcher = new IntersectionObserver(
    (entries) => entries.forEach((entry) => {
      if (!entry.isIntersecting || drawn.has(entry.target.id)) return;
      watcher.unobserve(entry.target);
      draw(entry.target.id);
    }),
    { rootMargin: "300px" }
  );
  // The page can be used while the library that draws, far larger than the rest, is still read.
  addEventListener("DOMContentLoaded", () => charts.forEach((_, id) => watcher.observe(byId(id))));

  let waits = 0;
  let width = innerWidth;
  addEventListener("resize", () => {
    if (printing || innerWidth === width) return;
    width = innerWidth;
    clearTimeout(waits);
    waits = setTimeout(redraw, 120);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  const print = (begins) => {
    printing = begins;
    root.classList.toggle("printing", begins);
    if (begins && window.Plotly) charts.forEach((_, id) => draw(id));
    else redraw();
  };
  addEventListener("beforeprint", () => print(true));
  addEventListener("afterprint", () => print(false));
  if (location.hash) reveal();
})();
