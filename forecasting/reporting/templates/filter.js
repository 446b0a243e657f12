// The index of many scenarios has a box that leaves those whose names hold the words in it.
(function () {
  const box = document.getElementById("filter");
  if (!box) return;
  box.addEventListener("input", () => {
    const words = box.value.toLowerCase().split(/\s+/);
    for (const card of document.querySelectorAll(".card")) {
      const text = (decodeURIComponent(card.getAttribute("href") || "") + " " + card.dataset.scenario).toLowerCase();
      const found = words.every((word) => text.includes(word));
      if (card.closest(".many")) card.style.display = found ? "" : "none";
      else card.style.visibility = found ? "" : "hidden";
    }
  });
})();
