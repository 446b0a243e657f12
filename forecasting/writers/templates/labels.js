// What the pages and the pictures that are made of figures share.

// Points on the lines, error bars and edges of a chart, which a label must keep off.
function pointsOfMarks(place, marks = ".js-line, .errorbars path, .points path, .shapelayer path") {
  const points = [], step = 4;  // pixels
  for (const path of place.querySelectorAll(marks)) {
    const style = getComputedStyle(path), matrix = path.getScreenCTM();
    const drawn = (style.stroke !== "none" && parseFloat(style.strokeWidth) > 0) || style.fill !== "none";
    if (!drawn || style.opacity === "0" || !matrix || path.closest(".legend")) continue;
    const length = path.getTotalLength();
    for (let at = 0; at <= length; at += step) points.push(path.getPointAtLength(at).matrixTransform(matrix));
  }
  return points;
}

// Each label stands where it belongs or, where something is in its way, as near as there is room; without room it is
// left out. No bar lies between a label and what it names. Bold ones come first, then the newest. They leave the numbers of the axis alone where they can; of the
// others, a number stays or goes.
function withoutCollisions(place) {
  const labels = [...place.querySelectorAll(".textpoint text, .annotation-text, .bartext")].reverse();
  labels.sort((one, other) => !!other.querySelector("[style*=bold]") - !!one.querySelector("[style*=bold]"));
  const ticks = [...place.querySelectorAll(".xtick text, .ytick text")];
  const isAmount = (label) => /^[\d,.\u00a0]+$/.test(label.textContent) && !/^\d{4}$/.test(label.textContent);
  const numbers = ticks.filter(isAmount), years = ticks.filter((label) => label.closest(".xtick") && !isAmount(label));
  const across = numbers.filter((label) => label.closest(".xtick")), upright = numbers.filter((label) => label.closest(".ytick"));
  const around = (place.querySelector(".main-svg") || place).getBoundingClientRect(), gap = 5;  // pixels
  const kept = [], dates = years.map((label) => label.getBoundingClientRect()), axis = numbers.map((label) => label.getBoundingClientRect());
  const apart = (box, other) => box.left >= other.right + gap || other.left >= box.right + gap || box.top + 2 >= other.bottom || other.top + 2 >= box.bottom;
  const marks = pointsOfMarks(place), bars = pointsOfMarks(place, ".errorbars path");
  const holds = (box, point) => point.x > box.left && point.x < box.right && point.y > box.top && point.y < box.bottom;
  const free = (box) => box.left >= around.left - 1 && box.right <= around.right + 1 && box.top >= around.top
    && [...kept, ...dates].every((other) => apart(box, other));
  const clear = (box) => free(box) && !marks.some((point) => holds(box, point));
  for (const label of labels) {
    const movable = label.closest(".textpoint");
    if (movable) label.removeAttribute("transform");
    // Lines of one label stand nearer to each other than to another label
    const box = label.getBoundingClientRect(), air = label.querySelectorAll("tspan.line").length > 1 ? 4 : 0;
    const moves = [[0, 0]], ways = [[0, -1], [-1, -1], [-1, 0], [1, 0], [1, 1], [0, 1], [1, -1]];
    const side = {start: 0, middle: 0.5, end: 1}[getComputedStyle(label).textAnchor], from = {x: box.x + side * box.width, y: side === 0.5 ? box.bottom : box.y + box.height / 2};
    const between = (to) => new DOMRect(Math.min(to.x, from.x), Math.min(to.y, from.y), Math.max(to.right, from.x) - Math.min(to.x, from.x), Math.max(to.bottom, from.y) - Math.min(to.y, from.y));
    // What stands right of a line stays below what stands above it
    if (side === 0) ways.splice(1, 0, [0, 1]);
    if (movable) for (const far of place.clientWidth < 560 ? [4, 8, 16, 24] : [4, 8, 16, 24, 34, 46]) for (const [x, y] of ways) moves.push([x * far, y * far]);
    const isFree = movable ? (box) => clear(box) && !bars.some((point) => holds(between(box), point)) : free, moved = ([x, y]) => new DOMRect(box.x + x, box.y + y - air, box.width, box.height + 2 * air);
    const places = moves.filter((by) => isFree(moved(by)));
    const move = places.find((by) => axis.every((other) => apart(moved(by), other))) || places[0];
    label.style.visibility = move ? "" : "hidden";
    if (!move || !box.width) continue;
    if (move[0] || move[1]) label.setAttribute("transform", `translate(${move})`);
    kept.push(label.getBoundingClientRect());
  }
  // The numbers of two axes have places of their own
  for (const ticks of [across, upright]) {
    const taken = [...kept];
    for (const label of ticks) {
      const box = label.getBoundingClientRect(), stays = taken.every((other) => apart(box, other));
      label.style.visibility = stays ? "" : "hidden";
      if (stays) taken.push(box);
    }
  }
}

// A figure as a picture, its labels as on the page: an address that holds all of it.
async function picture(figure, format, width, height) {
  const place = document.createElement("div");
  place.style.cssText = `position: absolute; left: -5000px; width: ${width}px`;
  document.body.append(place);
  await Plotly.newPlot(place, figure.data, {...figure.layout, width, height}, {staticPlot: true});
  withoutCollisions(place);
  const svg = Plotly.Snapshot.toSVG(place, format);
  place.remove();
  if (format === "svg") return `data:image/svg+xml,${encodeURIComponent(svg)}`;
  return Plotly.Snapshot.svgToImg({format, width, height, scale: 2, svg, canvas: document.createElement("canvas"), promise: true});
}
