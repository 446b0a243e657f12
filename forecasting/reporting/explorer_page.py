"""What the explorer says to the browser: how its tables look, and when its figure is to fit its
column.
"""

LOOKS = (
    "<style>.fc-table .amount { text-align: right; } .fc-table :is(td, th) { padding: 0 0.5em; line-height: 1.4; } "
    ".widget-vbox .textpoint text { paint-order: stroke; stroke: white; stroke-width: 3px; }</style>"
)
# A responsive figure looks at its room when the window changes: here it is told once it is drawn,
# and when its column changes.
FITTING = """export default { render({el}) {
  const drawn = setInterval(() => {
    if (!el.closest(".widget-vbox")?.querySelector(".main-svg .trace")) return;
    clearInterval(drawn);
    new ResizeObserver(() => setTimeout(() => dispatchEvent(new Event("resize")), 200)).observe(el);
  }, 100);
} }"""
