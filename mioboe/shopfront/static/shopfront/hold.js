// "Hold to buy": on a touch screen the button is held for a second; a tap buys nothing. A mouse buys with a press, as no
// pocket has one; a keyboard, a switch or a screen reader sends the form as it is, and the shop asks on a page of its own.

const HOLD_MS = 1000;

for (const form of document.querySelectorAll("form[data-hold]")) {
  const button = form.querySelector("[data-hold-button]");
  const sure = form.querySelector("input[name=sure]");
  const words = document.querySelector("[data-hold-words]");
  let began = 0;
  let frame = 0;
  let wasTouch = false;

  const stop = () => {
    cancelAnimationFrame(frame);
    began = 0;
    button.style.setProperty("--held", 0);
  };

  const turn = (now) => {
    const held = Math.min((now - began) / HOLD_MS, 1);
    button.style.setProperty("--held", held);
    if (held < 1) {
      frame = requestAnimationFrame(turn);
    } else {
      stop();
      sure.value = "held";
      form.requestSubmit(button);
    }
  };

  button.addEventListener("pointerdown", (event) => {
    wasTouch = event.pointerType !== "mouse";
    button.classList.toggle("hold-touch", wasTouch);
    if (!wasTouch || form.dataset.sent) return;
    sure.value = "";
    began = performance.now();
    frame = requestAnimationFrame(turn);
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) button.addEventListener(name, stop);
  button.addEventListener("contextmenu", (event) => wasTouch && event.preventDefault());

  // A click of a key or of a screen reader has no finger before it: detail is 0.
  button.addEventListener("click", (event) => {
    if (event.detail === 0) {
      sure.value = "";
    } else if (wasTouch) {
      event.preventDefault();
      if (words && !form.dataset.sent) words.textContent = words.dataset.again ?? words.textContent;
    } else {
      sure.value = "mouse";
    }
    wasTouch = false;
  });
}
