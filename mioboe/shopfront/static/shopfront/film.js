// A film's page: remembers how far it was watched, and stops at once when the right to watch is withdrawn. Without this the
// player plays all the same, from where it was left (the address ends in #t=…).

const SAVE_EVERY_MS = 5_000;

const page = document.querySelector("[data-film]");
const video = page.querySelector("video");
const form = page.querySelector("form");
let farthest = Number(form.elements.farthest.value);
let saved = "";

// The farthest second that was played; jumping ahead is not watching.
function note() {
  if (!video.seeking) farthest = Math.max(farthest, video.currentTime);
}
video.addEventListener("timeupdate", () => video.paused || note());

async function save() {
  form.elements.position.value = video.currentTime.toFixed(1);
  form.elements.farthest.value = farthest.toFixed(1);
  const now = `${form.elements.position.value} ${form.elements.farthest.value}`;
  if (now === saved || video.readyState === 0) return;
  saved = now;
  try {
    // `keepalive`: it arrives although the page is being left.
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true });
    if (answer.status === 403) withdrawn();
  } catch {
    saved = ""; // no network just now: the next one tells it
  }
}

function withdrawn() {
  video.pause();
  video.removeAttribute("src");
  video.load();
  page.querySelector(".screen").hidden = true;
  page.querySelector("[data-withdrawn]").hidden = false;
  clearInterval(saving);
}

const saving = setInterval(() => video.paused || save(), SAVE_EVERY_MS);
video.addEventListener("pause", () => {
  note();
  save();
});
window.addEventListener("pagehide", save);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());

// Something happened to the order: does the right still hold?
page.addEventListener("live:order", async () => {
  try {
    const answer = await fetch(video.getAttribute("src") ?? "", { method: "HEAD" });
    if (answer.status === 403) withdrawn();
  } catch {
    // no network: nothing more arrives of the film either
  }
});
