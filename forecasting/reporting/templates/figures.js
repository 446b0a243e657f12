// Each figure of the page is drawn from the JSON beside it: as wide as its place, in the colours of the reader's light
// or dark mode, anew for paper before printing. Its title stands in the page, and goes into the file that is kept.
(function () {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const night = {"#1b2733": "#e6eaee", "#5f6b76": "#9aa7b3", "#e6e9ed": "#2e3843", "#ffffff": "#171d24", "#003a5d": "#bfe3fb",
    "#0072b2": "#4fb3ee", "#56b4e9": "#b5dcf5", "rgba(0,114,178,": "rgba(79,179,238,", "#00664a": "#3ccfa4", "rgba(0,102,74,": "rgba(60,207,164,", "#009e73": "#2fc295", "#b3659a": "#d08fbd",
    "#d55e00": "#ff9351", "rgba(213,94,0,": "rgba(255,147,81,", "#a64900": "#ff9351", "#8f3f76": "#d08fbd", "#7d5800": "#e0ad3c", "#1b6a96": "#7cc4ee"};
  const places = [...document.querySelectorAll(".figure[data-json]")];
  const NARROW = 560, PAPER = 660, PHONE = 640;  // pixels; paper is A4 without its margins

  function figureOf(place, night_too) {
    let text = document.getElementById(place.dataset.json).textContent;
    if (night_too) for (const day in night) text = text.replaceAll(day, night[day]);
    return JSON.parse(text);
  }

  function onNarrow(data, layout) {
    for (const trace of data) if (trace.name) trace.name = trace.name.replace(/(.{22,}?) /g, "$1<br>");
    // Names beside lines tell the month alone
    for (const trace of data) if (Array.isArray(trace.text) && /^middle/.test(trace.textposition))
      trace.text = trace.text.map((words) => String(words).replace(/( \S{2})? \d+ (\S+ \d{4}.{0,3})$/, ", $2").replace(/^<b>(\S{8,}) (?=\d)/, "<b>$1<br>").replace(/^([^<]{14,}?) (?=[^<]{8})/, "$1<br>"));
    // Names of rows take as many lines as they need, and all rows the height of the longest
    let lines = 0;
    for (const trace of data) if (trace.orientation === "h" && trace.y) {
      trace.y = trace.y.map((name) => name.replace(/([^<>]{14,}?) (?=\S{4})/g, "$1<br>"));
      lines = Math.max(lines, trace.y.length * Math.max(...trace.y.map((name) => name.split("<br>").length)));
    }
    layout.height = Math.max(layout.height || 450, 150 + 17 * lines);
    layout.font = {size: 11};
    layout.margin = {...layout.margin, l: 4, r: Math.min((layout.margin || {}).r || 12, 128)};
    layout.legend = {...layout.legend, maxheight: 1};  // all of it, without a scroll bar
    const rows = data.filter((trace) => trace.name && trace.showlegend !== false).length;
    layout.height += 22 * Math.max(rows - 1, 0);
    const outside = data.some((trace) => trace.textposition === "outside"), beside = outside || data.some((trace) => trace.textposition === "middle right");
    for (const trace of data) if (trace.textposition === "top left" && !/<b>/.test(trace.text)) trace.textposition = "top center";
    const labelled = data.flatMap((trace) => /^top/.test(trace.textposition) && !/<b>/.test(trace.text) ? trace.x : []).filter(Number.isFinite);
    for (const name in layout) if (/^xaxis/.test(name)) {
      const axis = layout[name];
      // The label of the first point stands beside the numbers of the other axis
      if (axis.range && axis.type !== "log") axis.range = [Math.min(axis.range[0], ...labelled.map((x) => x - 0.16 * (axis.range[1] - axis.range[0]))), axis.range[1]];
      if (!axis.dtick && !axis.tickvals) { axis.nticks = 3; axis.tickangle = 0; }
      if (beside && axis.type === "log" && axis.range) axis.range = [axis.range[0], axis.range[1] + 0.3 * (axis.range[1] - axis.range[0])];
      if (outside && axis.type !== "log" && axis.range && !axis.type) axis.range = [axis.range[0], axis.range[1] + 0.25 * (axis.range[1] - axis.range[0])];
      if (axis.ticktext && axis.type !== "log") {
        axis.tickangle = 0;
        axis.ticktext = axis.ticktext.map((words, at) => at || beside || axis.ticktext.length > 9 ? words.replace(/^20(?=\d\d)/, "’") : words).map((words) => words.replace(/^(\p{Lu})\p{Ll}{2}$/u, "$1"));
        const count = axis.ticktext.length;
        if (count > (beside ? 6 : 9)) axis.ticktext = axis.ticktext.map((words, at) => (count - 1 - at) % 2 ? "" : words);
      }
      if (axis.type === "log" && !axis.tickvals) Object.assign(axis, {dtick: 1, tickangle: 0, tickformat: "~s"});
    }
  }

  // The line at the foot says where the numbers come from, in as many lines as it needs.
  function wrapSource(data, layout, width) {
    const source = (layout.annotations || []).find((words) => words.name === "source");
    if (!source || !source.text) return;
    const names = [...(layout.yaxis || {}).ticktext || [], ...data.flatMap((trace) => [...trace.y || []])].join("<br>").split("<br>");
    const longest = Math.max(...names.filter((name) => /\p{Ll}/u.test(name)).map((name) => name.length), 0);
    const lines = [""], room = width - Math.max(width < NARROW ? 90 : 60, 7 * longest + 16);
    for (const word of source.text.split(" "))
      if ((lines[lines.length - 1] + word).length * 6.3 < room) lines[lines.length - 1] += word + " ";
      else lines.push(word + " ");
    source.text = lines.join("<br>");
    layout.margin.b += 14 * (lines.length - 1);
  }

  // Two figures go on a page, but a row of labels needs its room.
  function paperHeight(place, layout) {
    const rows = ((layout.yaxis || {}).ticktext || []).length;
    if (!place.closest("#brief")) return Math.max(310, 110 + 20 * rows);
    if (!document.body.classList.contains("brief-only")) return 340;
    return place.closest(".second") ? 270 : 420;
  }

  function draw(place, width, night_too) {
    const {data, layout} = figureOf(place, night_too);
    place.hidden = !data.length;  // the title alone says that there is nothing to draw
    if (place.hidden) return;
    delete layout.title;
    layout.margin = {...layout.margin, t: 16};
    layout.width = width;
    // An empty line keeps a label off the lines of a chart where it cannot be moved
    for (const trace of data) if (Array.isArray(trace.text)) trace.text = trace.text.map((words) => String(words).replace(/<br> $/, ""));
    if (width === PAPER || width === PAPER - 40) layout.height = Math.min(layout.height || 450, paperHeight(place, layout));
    if (width < NARROW) onNarrow(data, layout);
    wrapSource(data, layout, width);
    place.style.height = `${layout.height || 450}px`;
    Plotly.react(place, data, layout, {displayModeBar: false, staticPlot: false});
    withoutCollisions(place);
    forCheckers(place);
  }

  // Checkers of contrast read the style of a web page: the colour of a text, and what is painted above it.
  function forCheckers(place) {
    for (const words of place.querySelectorAll("svg text, svg tspan")) words.style.color = getComputedStyle(words).fill;
    for (const toggle of place.querySelectorAll(".legendtoggle")) toggle.parentNode.prepend(toggle);
  }

  // What is folded is drawn when it is opened, as wide as it then is: a page with its folds closed opens in half the time.
  function onScreen(within) {
    for (const place of places) {
      const asked = !within || within.contains(place);
      if (asked && !place.closest("details:not([open])")) draw(place, place.clientWidth || NARROW + 1, dark.matches);
    }
  }

  // Folds open for a link into them, and for paper; what was closed is closed again afterwards.
  const folds = [...document.querySelectorAll("details.fold")], closed = [];
  let printing = false;
  function reveal(name) {
    const target = document.getElementById(decodeURIComponent(name));
    const fold = target && target.closest("details.fold");
    if (fold && !fold.open) { fold.open = true; target.scrollIntoView(); }
  }

  function onPaper() {
    printing = true;
    for (const fold of folds) if (!fold.open) { closed.push(fold); fold.open = true; }
    for (const place of places) draw(place, place.closest(".small") ? PAPER / 2 - 40 : place.closest(".pair") ? PAPER - 40 : PAPER, false);
  }

  // The numbers of a chart, a row a mark; of a shade its two edges.
  function numbersOf(figure) {
    const rows = [["series", "x", "y", "low", "high", "words"]];
    for (const trace of figure.data) {
      const shade = trace.fill === "toself", count = shade ? trace.x.length / 2 : (trace.x || []).length;
      const label = (trace.mode || "").includes("text");  // the numbers of a mark once more
      const bar = [trace.error_y, trace.error_x].find((one) => one && Array.isArray(one.array)), across = bar && bar === trace.error_x;
      if (!label) for (let at = 0; at < count; at++) {
        const middle = (across ? trace.x : trace.y)[at], words = Array.isArray(trace.hovertext) ? trace.hovertext[at] : trace.hovertext || "";
        let low = "", high = "";
        if (shade) [high, low] = [trace.y[at], trace.y[trace.y.length - 1 - at]];
        else if (bar) [low, high] = [middle - bar.arrayminus[at], middle + bar.array[at]];
        rows.push([trace.name || "", trace.x[at], shade ? "" : trace.y[at], low, high, String(words).replace(/<br>/g, "; ").replace(/<[^>]+>/g, "")]);
      }
    }
    return rows.map((row) => row.map((cell) => /[",\n]/.test(cell) ? `"${String(cell).replaceAll('"', '""')}"` : cell).join(",")).join("\n") + "\n";
  }

  // An address of the very figure, or what stands below it where it is printed
  const words = document.getElementById("said"), said = words ? JSON.parse(words.textContent) : {}, say = (message) => said[message] || message;
  function copy(button) {
    const figure = button.closest("figure"), content = figureOf(figure.querySelector(".figure"), false);
    const source = (content.layout.annotations || []).find((words) => words.name === "source"), address = `${location.href.split("#")[0]}#${figure.id}`;
    const quote = `${figure.querySelector("figcaption b").textContent}. ${document.title}, ev-forecasting. ${source && source.text ? source.text + ". " : ""}${say("Free to reproduce with this line; growth is learned from data of the IEA, CC BY 4.0.")} ${address}`;
    const box = Object.assign(document.createElement("textarea"), {value: button.dataset.copy === "link" ? address : quote});
    figure.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
    const label = button.textContent;
    button.textContent = say("copied");
    setTimeout(() => { button.textContent = label; }, 1500);
  }

  async function keep(button) {
    const place = button.closest("figure").querySelector(".figure"), figure = figureOf(place, false), kind = button.dataset.keep;
    const title = figure.layout.title && figure.layout.title.text || "figure", link = document.createElement("a");
    link.download = `${title.replace(/<[^>]+>/g, "").replace(/[^\w]+/g, "-").toLowerCase()}.${kind}`;
    if (kind === "csv") link.href = `data:text/csv;charset=utf-8,${encodeURIComponent(numbersOf(figure))}`;
    else link.href = await picture(figure, kind, 1000, figure.layout.height || 450);
    link.click();
  }

  // A cell of many words is no narrow column where a table is scrolled to the side.
  function giveWordsRoom() {
    for (const cell of document.querySelectorAll("td:not([class])")) if (cell.textContent.length > 24) cell.className = "long";
  }

  // What can be scrolled to the side must be reached by the keyboard, too. A table that is too wide is set smaller first.
  function scrollable() {
    for (const box of document.querySelectorAll(".output, .scroll")) {
      box.classList.remove("wide");
      if (box.scrollWidth > box.clientWidth) box.classList.add("wide");
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; else box.removeAttribute("tabindex");
      const shade = () => box.classList.toggle("more", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
      box.onscroll = shade;
      shade();
    }
  }

  // A number and its percent sign stay on one line.
  function keepTogether() {
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (words.nextNode()) {
      const text = words.currentNode;
      if (/\d %/.test(text.data) && text.parentNode.nodeName !== "SCRIPT") text.data = text.data.replace(/(\d) %/g, "$1\u00a0%");
    }
  }

  // The brief alone takes two pages: the second ends with the chart of charging points.
  if (location.search === "?brief") {
    document.body.classList.add("brief-only");
    const chapter = document.getElementById("charging-points");
    const chart = chapter && chapter.closest("details").querySelector("figure.chart");
    if (chart) { chart.classList.add("second"); document.getElementById("brief").append(chart); }
  }
  let waiting, seen = innerWidth;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { if (innerWidth !== seen) { seen = innerWidth; onScreen(); scrollable(); } }, 120);
  });
  addEventListener("beforeprint", onPaper);
  addEventListener("afterprint", () => { printing = false; for (const fold of closed.splice(0)) fold.open = false; onScreen(); });
  dark.addEventListener("change", () => onScreen());
  document.addEventListener("toggle", (event) => { if (event.target.open && !printing) { onScreen(event.target); scrollable(); } }, true);
  document.addEventListener("click", (event) => { const link = event.target.closest('a[href^="#"]'); if (link) reveal(link.hash.slice(1)); });
  addEventListener("hashchange", () => reveal(location.hash.slice(1)));
  for (const button of document.querySelectorAll("button[data-keep]")) button.addEventListener("click", () => keep(button));
  for (const button of document.querySelectorAll("button[data-copy]")) button.addEventListener("click", () => copy(button));
  for (const contents of document.querySelectorAll("details.contents")) contents.open = innerWidth >= 1180;
  if (innerWidth <= PHONE) for (const fold of folds) fold.open = false;  // answers come first on a phone
  keepTogether();
  giveWordsRoom();
  onScreen();
  scrollable();
  if (location.hash) reveal(location.hash.slice(1));
})();
