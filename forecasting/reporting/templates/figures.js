// Draw each figure of the page from the JSON beside it, in the colours of the reader's light or dark mode.
(function () {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const night = {"#1b2733": "#e6eaee", "#5f6b76": "#9aa7b3", "#e6e9ed": "#2e3843", "#ffffff": "#171d24", "#003a5d": "#bfe3fb",
    "#0072b2": "#4fb3ee", "rgba(0,114,178,": "rgba(79,179,238,"};
  function draw() {
    for (const place of document.querySelectorAll(".figure[data-json]")) {
      let text = document.getElementById(place.dataset.json).textContent;
      if (dark.matches) for (const day in night) text = text.replaceAll(day, night[day]);
      const figure = JSON.parse(text);
      Plotly.react(place, figure.data, figure.layout, {responsive: true, displaylogo: false, displayModeBar: false});
    }
  }
  dark.addEventListener("change", draw);
  draw();
})();
