// What both sides' telephones have in common: buttons, states, the microphone, the counts.
import { Voice } from "./voice.js";

const OVER = new Set(["ended", "missed", "cancelled"]);
const MOST_UNSAID = 100;

export class Handset {
  constructor(element, line) {
    this.element = element;
    this.line = line;
    this.unsaid = [];
    this.topic = element.dataset.topic;
    this.key = `mioboe.${this.topic}`;
    element.addEventListener("click", (event) => this.pressed(event.target.closest("[data-press]")));
    element.addEventListener("live", ({ detail }) => detail.topic === this.topic && this.news(detail.news));
    element.addEventListener("live-said", ({ detail }) => detail.topic === this.topic && !this.isOver && this.heard(detail.said));
    element.addEventListener("live-on", () => this.hearing());
  }

  /** Once, when the telephone is on the page. */
  begin() {
    this.follow(this.state);
    if (this.line.isHearing()) {
      this.hearing();
    }
  }

  get state() {
    return this.element.dataset.state;
  }

  // Whether the page, loaded anew, is the one that had the call.
  get hadCall() {
    return sessionStorage.getItem(this.key) !== null;
  }

  pressed(button) {
    const what = button?.dataset.press;
    if (what === "mute") {
      this.mute(button);
    } else if (what === "sound") {
      this.trouble("sound", false);
      this.voice?.play();
    } else if (what === "hang_up" || what === "decline") {
      this.hangUp();
    } else if (what) {
      this.pickUp();
    }
  }

  /** Opens the microphone, tells the server by `verb`, then calls `connect`. One press at a time. */
  async open(verb, connect) {
    if (this.isOpening || this.isOver) {
      return;
    }
    this.isOpening = true;
    this.buttons("take", "answer").forEach((button) => (button.disabled = true));
    try {
      this.stream ??= await this.microphone();
      if (this.stream && !this.isOver && (!verb || (await this.posted(verb)))) {
        sessionStorage.setItem(this.key, "here");
        connect();
      } else {
        this.letGoOfMicrophone();
      }
    } finally {
      this.isOpening = false;
      this.buttons("take", "answer").forEach((button) => (button.disabled = false));
    }
  }

  async microphone() {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      this.trouble("microphone", false);
      return stream;
    } catch (error) {
      // Refused, or there is none; also where the page came over plain http.
      console.warn("microphone", error);
      this.trouble("microphone", true);
      return undefined;
    }
  }

  /** Whether the server took it. 409: somebody was faster, or the call is over. */
  async posted(verb, facts = {}) {
    const { csrf } = this.element.dataset;
    try {
      const answer = await fetch(this.element.dataset[`url${verb}`], {
        method: "POST",
        headers: { "X-CSRFToken": csrf },
        body: new URLSearchParams(facts),
      });
      this.trouble("server", !answer.ok && answer.status !== 409);
      if (answer.status === 409) {
        this.moved();
      }
      return answer.ok;
    } catch (error) {
      console.warn("server", error);
      this.trouble("server", true);
      return false;
    }
  }

  connect(line) {
    this.voice?.close();
    this.voice = new Voice({
      line,
      stream: this.stream,
      iceServers: JSON.parse(this.element.dataset.iceServers || "[]").map((server) =>
        typeof server === "string" ? { urls: server } : server,
      ),
      say: (message) => this.say(message),
      onCount: (counts) => this.counted(counts),
      onPath: (isThere) => this.trouble("path", !isThere),
      onBlocked: () => this.trouble("sound", true),
    });
  }

  say(message) {
    if (!this.line.say(message) && this.unsaid.length < MOST_UNSAID) {
      this.unsaid.push(message);
    }
  }

  // The page hears, at first or again: what could not be said before is said now.
  hearing() {
    this.unsaid.splice(0).forEach((message) => this.say(message));
  }

  news({ state }) {
    if (state) {
      this.follow(state);
    }
  }

  follow(state) {
    this.element.dataset.state = state;
    for (const part of this.element.querySelectorAll("[data-when]")) {
      part.hidden = !part.dataset.when.split(" ").includes(state);
    }
    if (OVER.has(state)) {
      this.end();
    } else if (state === "talking") {
      this.startClock();
    }
  }

  startClock() {
    const since = Number(this.element.dataset.since) * 1000 || Date.now();
    const shown = this.element.querySelector("[data-clock]");
    this.ticking ??= setInterval(() => {
      const seconds = Math.max(0, Math.floor((Date.now() - since) / 1000));
      shown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }, 500);
  }

  counted({ sent, received }) {
    this.element.dataset.packetsSent = sent;
    this.element.dataset.packetsReceived = received;
    if (sent > 0 && received > 0 && !this.element.dataset.audio) {
      this.element.dataset.audio = "both-ways";
      this.posted("Audio", { sent, received });
    }
  }

  mute(button) {
    const isMuted = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(isMuted));
    this.stream?.getAudioTracks().forEach((track) => (track.enabled = !isMuted));
  }

  async hangUp() {
    // The sound ends at once, whatever the server's answer.
    this.quiet();
    await this.posted("Hangup");
  }

  // The call went on without this telephone: answered on another one, or over.
  moved() {
    this.quiet();
    this.trouble("moved", true);
  }

  buttons(...names) {
    return names.flatMap((name) => [...this.element.querySelectorAll(`[data-press="${name}"]`)]);
  }

  trouble(name, isThere) {
    for (const part of this.element.querySelectorAll(`[data-trouble="${name}"]`)) {
      part.hidden = !isThere;
    }
  }

  letGoOfMicrophone() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = undefined;
  }

  quiet() {
    this.voice?.close();
    this.voice = undefined;
    this.letGoOfMicrophone();
  }

  /** For good: the call is over, or the telephone was taken off the page. May be called twice. */
  end() {
    this.isOver = true;
    clearInterval(this.ticking);
    if (OVER.has(this.state)) {
      sessionStorage.removeItem(this.key);
    }
    this.quiet();
  }
}
