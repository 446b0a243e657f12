// What a reader cannot read on the page that is open: text without contrast, and labels of charts that lie on something,
// or tell checkers of contrast other colours than they have.
window.reading = (() => {
  const LARGE = 24, LARGE_BOLD = 18.66;  // pixels, as WCAG 2.1 has them
  const MARK = 1.6;  // contrast with the ground from which on something is a mark; lines of a grid are below
  const CROSSED = 0.05;  // share of a label's box that marks may take: the edge of one, or of a point that it names

  const parts = (words) => (words.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const channel = (part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const light = (colour) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => sum + weight * channel(colour[at] / 255), 0);
  const over = (top, ground) => {
    const alpha = top[3] ?? 1;
    return ground.map((part, at) => alpha * top[at] + (1 - alpha) * part);
  };
  function contrast(one, other) {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  }
  const enough = (style) => {
    const size = parseFloat(style.fontSize);
    return size >= LARGE || (size >= LARGE_BOLD && style.fontWeight >= 700) ? 3 : 4.5;
  };
  const short = (words) => words.trim().replace(/\s+/g, " ").slice(0, 40);
  const visible = (element) => {
    const box = element.getBoundingClientRect();
    return element.checkVisibility({opacityProperty: true, visibilityProperty: true}) && box.width > 0 && box.height > 0;
  };

  // The colours that lie behind an element of the page, the nearest on top
  function groundOf(element) {
    const layers = [];
    for (; element; element = element.parentElement) layers.push(parts(getComputedStyle(element).backgroundColor));
    const canvas = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
    return layers.reverse().reduce((ground, layer) => over(layer, ground), canvas);
  }

  // Text of the page outside of charts
  function paleText() {
    const found = [];
    for (const element of document.querySelectorAll("body, body *")) {
      if (element.closest("script, style, svg") || !visible(element)) continue;
      if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
      const style = getComputedStyle(element), ground = groundOf(element);
      const ratio = contrast(over(parts(style.color), ground), ground);
      if (ratio < enough(style)) found.push(`pale, ${ratio.toFixed(1)}: ${short(element.textContent)}`);
    }
    return found;
  }

  const charts = () => [...document.querySelectorAll(".figure")].filter((place) => place.querySelector(".main-svg") && visible(place));
  const LABELS = "text:not(.hovertext text):not(.modebar text)";
  const labelsOf = (place) => [...place.querySelectorAll(LABELS)].filter((label) => label.textContent.trim() && visible(label));
  const LABEL_CLASSES = ".textpoint, .annotation, .bars";  // what stands within a chart, among its marks

  const linesIn = (label) => label.querySelectorAll("tspan.line").length;
  const LEADING = 3;  // pixels above and below the letters of a line, by which boxes may overlap

  // Labels of one chart that lie on each other or outside of it, lines of one that nearly touch another, and numbers that
  // an axis has lost
  function laidOver(place) {
    const labels = labelsOf(place).map((label) => [short(label.textContent), label.getBoundingClientRect(), linesIn(label) > 1 ? 0 : LEADING]);
    const frame = place.querySelector(".main-svg").getBoundingClientRect(), found = [];
    for (const tick of place.querySelectorAll(".xtick text, .ytick text"))
      if (tick.textContent.trim() && getComputedStyle(tick).visibility === "hidden") found.push(`not on its axis: ${short(tick.textContent)}`);
    labels.forEach(([words, box, leading], at) => {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
        found.push(`outside: ${words}`);
      for (const [other, next, space] of labels.slice(at + 1))
        if (Math.min(box.right, next.right) - Math.max(box.left, next.left) > 1 && Math.min(box.bottom, next.bottom) - Math.max(box.top, next.top) > Math.min(leading, space))
          found.push(`over each other: ${words} | ${other}`);
    });
    return found;
  }

  // One line of a label has a box of its own; between the lines there may be a mark
  const linesOf = (label) => [...label.querySelectorAll("tspan.line")].length ? [...label.querySelectorAll("tspan.line")] : [label];

  // What lies behind the labels of a chart, in a picture of it in which its text is hidden
  async function behind(place, address) {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    const context = canvas.getContext("2d", {willReadFrequently: true});
    context.drawImage(image, 0, 0);
    const frame = place.getBoundingClientRect(), scale = image.width / frame.width, found = [];
    for (const label of labelsOf(place)) {
      const style = getComputedStyle(label), own = parts(style.fill);
      for (const line of linesOf(label)) {
        const box = line.getBoundingClientRect(), inner = 2;
        const left = Math.max(0, Math.round((box.left - frame.left + inner) * scale)), top = Math.max(0, Math.round((box.top - frame.top + inner + 1) * scale));
        const width = Math.min(image.width - left, Math.round((box.width - 2 * inner) * scale)), height = Math.min(image.height - top, Math.round((box.height - 2 * inner - 2) * scale));
        if (width < 1 || height < 1) continue;
        const data = context.getImageData(left, top, width, height).data, counts = new Map();
        for (let at = 0; at < data.length; at += 4) {
          const key = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
          counts.set(key, (counts.get(key) || 0) + 1);
        }
        const colours = [...counts].sort((one, other) => other[1] - one[1]).map(([key, count]) => [[key >> 16, (key >> 8) & 255, key & 255], count]);
        const ground = colours[0][0], words = short(label.textContent);
        const ratio = contrast(over([...own.slice(0, 3), (own[3] ?? 1) * parseFloat(style.fillOpacity)], ground), ground);
        if (ratio < enough(style)) found.push(`pale in a chart, ${ratio.toFixed(1)}: ${words}`);
        const {color, backgroundColor} = getComputedStyle(line), [, , , alpha = 1] = parts(backgroundColor);
        if (alpha < 1 || contrast(parts(backgroundColor), ground) > MARK || contrast(parts(color), own) > 1.01) found.push(`says ${color} on ${backgroundColor}: ${words}`);
        const marks = colours.filter(([colour]) => contrast(colour, ground) > MARK).reduce((sum, [, count]) => sum + count, 0);
        if (label.closest(LABEL_CLASSES) && marks > CROSSED * width * height) found.push(`on a mark, ${(100 * marks / width / height).toFixed(0)} %: ${words}`);
      }
    }
    return found;
  }
  return {paleText, charts, laidOver, behind};
})();
