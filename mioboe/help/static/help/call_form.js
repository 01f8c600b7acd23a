// Small comforts of the form that asks for a call; it works without them.
// Not deferred: what it shows is there before anything is painted.
{
  // A country is found by typing part of its name or its code; what does not fit is taken out of the list meanwhile.
  for (const box of document.querySelectorAll("[data-finds]")) {
    const list = document.getElementById(box.dataset.finds);
    const all = [...list.querySelectorAll("option")].map((option) => [option, option.parentElement]);
    box.hidden = false;
    box.addEventListener("input", () => {
      const sought = box.value.normalize("NFKC").trim().toLowerCase();
      const chosen = list.value;
      for (const [option, group] of all) {
        if (option.textContent.toLowerCase().includes(sought) || option.value.toLowerCase() === sought) group.append(option);
        else option.remove();
      }
      const stillThere = [...list.options].some((option) => option.value === chosen);
      list.value = stillThere ? chosen : (list.options[0]?.value ?? "");
      list.dispatchEvent(new Event("change", { bubbles: true }));
    });
    // Sent, or pressed Enter: the box is no part of the form.
    box.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  }

  // Whoever types a number means that one.
  for (const form of document.querySelectorAll("[data-call-form]")) {
    const typed = form.querySelector("input[name=which][value=typed]");
    const number = form.querySelector("input[name=number]");
    if (typed?.type !== "radio") continue;
    number.addEventListener("input", () => number.value && (typed.checked = true));
    form.addEventListener("change", (event) => {
      if (event.target.name === "which" && event.target !== typed) number.value = "";
    });
  }
}
