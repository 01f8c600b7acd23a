// What an agent has ticked stays ticked when the screen refreshes under her hands.
let ticked = null;

const boxes = () => [...document.querySelectorAll("input[type=checkbox][name=remedy]")];

document.addEventListener("htmx:beforeSwap", (event) => {
  const isOwnPost = event.detail.requestConfig?.verb === "post";
  ticked = isOwnPost ? null : new Map(boxes().map((box) => [box.value, box.checked]));
});
document.addEventListener("htmx:afterSwap", () => {
  for (const box of boxes()) if (ticked?.has(box.value)) box.checked = ticked.get(box.value);
});
