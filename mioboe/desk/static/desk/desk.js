// What an agent has ticked stays ticked when the screen refreshes under her hands.
let ticked = null;

const boxes = () => [...document.querySelectorAll("input[type=checkbox][name=remedy]")];

document.addEventListener("htmx:beforeSwap", (event) => {
  const isOwnPost = event.detail.requestConfig?.verb === "post";
  // What was ticked at first was meant for before the press: who had one item cancelled does not mean the whole order, too.
  if (isOwnPost) for (const box of boxes()) box.checked = false;
  ticked = isOwnPost ? null : new Map(boxes().map((box) => [box.value, box.checked]));
});
document.addEventListener("htmx:afterSwap", () => {
  for (const box of boxes()) if (ticked?.has(box.value)) box.checked = ticked.get(box.value);
});
