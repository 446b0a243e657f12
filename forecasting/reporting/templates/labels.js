// What the pages and the pictures that are made of figures share.

// Of labels that lie over each other the first stays: bold ones before others, then the newest, at last the numbers of the axis.
function withoutCollisions(place) {
  const labels = [...place.querySelectorAll(".textpoint text, .annotation-text, .bartext")].reverse();
  labels.sort((one, other) => !!other.querySelector("[style*=bold]") - !!one.querySelector("[style*=bold]"));
  labels.push(...[...place.querySelectorAll(".ytick text")].filter((label) => /^[\d,.]+$/.test(label.textContent)));
  const around = (place.querySelector(".main-svg") || place).getBoundingClientRect(), kept = [], gap = 5;  // pixels
  for (const label of labels) {
    const box = label.getBoundingClientRect();
    const free = box.left >= around.left - 1 && box.right <= around.right + 1
      && !kept.some((other) => box.left < other.right + gap && other.left < box.right + gap && box.top + 2 < other.bottom && other.top + 2 < box.bottom);
    label.style.visibility = free ? "" : "hidden";
    if (free && box.width) kept.push(box);
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
