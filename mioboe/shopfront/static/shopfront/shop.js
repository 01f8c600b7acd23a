// The shop's comforts; every page works without them.

// "/" goes to the search box, unless somebody is writing.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.querySelector("[data-search]");
  if (box === null) return;
  event.preventDefault();
  box.focus();
  box.select();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-sends]")) event.target.form.requestSubmit();
});

// The time to order by counts down; when it has passed, the page asks what is promised now. The server's clock counts: how
// wrong the viewer's is shows in the moment at which the server wrote the page.
const errors = new WeakMap();
const errorOf = (counter) => {
  if (!errors.has(counter)) errors.set(counter, Date.now() - Date.parse(counter.dataset.now));
  return errors.get(counter);
};
const tick = () => {
  for (const counter of document.querySelectorAll("[data-counts-down]:not([data-over])")) {
    const left = Math.ceil((Date.parse(counter.dataset.countsDown) + errorOf(counter) - Date.now()) / 1000);
    if (left <= 0) {
      counter.dataset.over = "yes";
      counter.hidden = true;
      counter.closest("[data-promise]")?.dispatchEvent(new CustomEvent("cut-off-over"));
      continue;
    }
    const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
    const { hours: h, minutes: min, seconds: s } = counter.dataset;
    counter.querySelector(".number").textContent =
      hours >= 1 ? `${hours} ${h} ${minutes} ${min}` : `${minutes} ${min} ${String(seconds).padStart(2, "0")} ${s}`;
    counter.hidden = hours >= 24;
  }
};
if (document.querySelector("[data-promise], [data-waits]")) {
  tick();
  setInterval(tick, 1000);
}
