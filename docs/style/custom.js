// What the theme leaves out for readers without a mouse or a screen: levels of headings, and a way into what scrolls.
addEventListener("load", () => {
  for (const heading of document.querySelectorAll("p.caption[role=heading]")) heading.setAttribute("aria-level", "3");
  for (const box of document.querySelectorAll("pre, table.docutils, div.cell_output, div.equation")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
});
// A fold that is closed would be missing on paper
addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details")) fold.open = true;
});
