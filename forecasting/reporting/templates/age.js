// How old a count is, and which series are overdue, on the day on which the page is opened.
(() => {
  const words = document.getElementById("said"), said = words ? JSON.parse(words.textContent) : {}, say = (message) => said[message] || message;
  const today = Date.now();
  const daysSince = (date) => (today - Date.parse(date)) / 86400000;
  for (const place of document.querySelectorAll("[data-counted]")) {
    const months = Math.round(daysSince(place.dataset.counted) / 30.44);
    if (months < 1) continue;
    const age = document.createElement("span");
    age.className = months > 12 ? "age old" : "age";
    const { lang } = document.documentElement;
    age.textContent = ` That count is ${months} ${months === 1 ? "month" : "months"} old.`;
    if (lang !== "en") {
      const counted = place.lastChild; // its period stands after the brackets
      counted.textContent = counted.textContent.replace(/\.$/, "");
      age.textContent = ` (${new Intl.RelativeTimeFormat(lang).format(-months, "month")}).`;
    }
    place.append(age);
  }
  const state = (last, next) => {
    const late = daysSince(next) / Math.max(daysSince(last) - daysSince(next), 1);
    if (late > 3) return say("may have ended");
    return say(late > 0 ? "due" : "not yet");
  };
  for (const table of document.querySelectorAll("table.fc-due")) {
    table.tHead.rows[0].append(Object.assign(document.createElement("th"), { textContent: say("today") }));
    for (const row of table.tBodies[0].rows) {
      const [last, next] = [...row.cells].slice(-2).map((cell) => cell.textContent.slice(-10));
      row.insertCell().textContent = state(last, next);
    }
  }
})();
