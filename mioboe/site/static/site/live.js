// Live screens: the page's end of `python -m mioboe live`. No dependencies.
//
// What a page gives:
//   <html data-live-url="ws://…/live">            where the sockets are
//   <main data-live="{% live_token case.ref %}">  any number of these, there from the start or swapped in later; one socket
//                                                 for each different token. Put it outside of what is swapped on news: each
//                                                 new token is a new socket, which refreshes again when it begins to hear.
//   <p data-live-status="lost" hidden>words</p>   shown while news cannot arrive (for more than two seconds);
//   …="old": the page's right has run out, reload it; …="over": the viewer's session has ended. All optional.
//
// What an element with data-live gets; none of these events bubbles:
//   live:<first word of the topic>, and live   something was announced; detail: {topic, news}. Also once when the page begins to
//                                              hear, and after every gap: then detail is {topic: "", news: {}}, as anything may
//                                              have happened in between. So a fragment keeps itself up to date by
//                                              hx-get="…" hx-trigger="live:case from:closest [data-live]"
//   live-on                                    the page hears (again); detail: {topics}
//   live-said                                  another page said something; detail: {topic, said}
//
// For modules: speak(element, topic, say) says something to the other pages; the element's token must allow it.

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const PING_EVERY_MS = 25_000;
const ANSWER_LIMIT_MS = 10_000;
const SHOW_LOSS_AFTER_MS = 2_000;
const [TOKEN_OLD, SESSION_OVER] = [4401, 4403];

const lines = new Map();

class Line {
  constructor(token) {
    this.token = token;
    this.topics = [];
    this.pauseMs = FIRST_PAUSE_MS;
    this.isHeard = false;
    this.open();
  }

  get elements() {
    return document.querySelectorAll(`[data-live="${CSS.escape(this.token)}"]`);
  }

  open() {
    clearTimeout(this.reopening);
    const url = new URL(document.documentElement.dataset.liveUrl);
    url.searchParams.set("token", this.token);
    this.socket = new WebSocket(url);
    this.socket.addEventListener("message", (event) => this.hear(JSON.parse(event.data)));
    this.socket.addEventListener("close", (event) => this.closed(event.code));
    this.awaitAnswer();
  }

  hear(message) {
    clearTimeout(this.answerLimit);
    if (message.live === "on") {
      this.topics = message.topics;
      this.pauseMs = FIRST_PAUSE_MS;
      this.pinging = setInterval(() => this.ping(), PING_EVERY_MS);
      this.hearing();
    } else if (message.live === "again") {
      this.hearing();
    } else if (message.live === "lost") {
      this.lost();
    } else if (message.news) {
      this.tell(["live", prefix(message.topic)], { topic: message.topic, news: message.news });
    } else if (message.said) {
      this.tell(["live-said"], { topic: message.topic, said: message.said });
    }
  }

  hearing() {
    clearTimeout(this.showingLoss);
    this.isHeard = true;
    showStatus("lost", false);
    this.tell(["live-on"], { topics: this.topics });
    this.tell(new Set(["live", ...this.topics.map(prefix)]), { topic: "", news: {} });
  }

  tell(names, detail) {
    for (const element of this.elements) {
      for (const name of names) {
        element.dispatchEvent(new CustomEvent(name, { detail }));
      }
    }
  }

  say(topic, say) {
    if (this.socket.readyState === WebSocket.OPEN && this.isHeard) {
      this.socket.send(JSON.stringify({ to: topic, say }));
      return true;
    }
    return false;
  }

  ping() {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify({ ping: Date.now() }));
      this.awaitAnswer();
    }
  }

  awaitAnswer() {
    clearTimeout(this.answerLimit);
    const { socket } = this;
    this.answerLimit = setTimeout(() => {
      // The close of a dead connection takes its time: it is given up here, whatever comes of it.
      if (socket === this.socket) {
        this.closed(0);
        socket.close();
      }
    }, ANSWER_LIMIT_MS);
  }

  lost() {
    this.isHeard = false;
    clearTimeout(this.showingLoss);
    this.showingLoss = setTimeout(() => showStatus("lost", true), SHOW_LOSS_AFTER_MS);
  }

  closed(code) {
    if (this.socket === null) {
      return;
    }
    this.socket = null;
    clearTimeout(this.answerLimit);
    clearInterval(this.pinging);
    if (code === TOKEN_OLD || code === SESSION_OVER) {
      clearTimeout(this.showingLoss);
      this.isOver = true;
      showStatus("lost", false);
      showStatus(code === TOKEN_OLD ? "old" : "over", true);
      return;
    }
    if (this.isHeard) {
      this.lost();
    }
    // Scattered, so that a restarted server is not met by everybody in one moment.
    this.reopening = setTimeout(() => this.open(), this.pauseMs * (0.5 + Math.random() / 2));
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
  }

  // The machine woke up, or the network is back: look now.
  wake() {
    if (this.isOver) {
      return;
    }
    if (this.socket === null) {
      this.open();
    } else {
      this.ping();
    }
  }

  end() {
    const { socket } = this;
    this.socket = null;
    clearTimeout(this.reopening);
    clearTimeout(this.answerLimit);
    clearTimeout(this.showingLoss);
    clearInterval(this.pinging);
    socket?.close();
  }
}

function prefix(topic) {
  return `live:${topic.split(":", 1)[0]}`;
}

function showStatus(which, isShown) {
  const isStillLost = which === "lost" && !isShown && [...lines.values()].some((line) => !line.isHeard && !line.isOver);
  for (const element of document.querySelectorAll(`[data-live-status="${which}"]`)) {
    element.hidden = !isShown && !isStillLost ? true : element.hidden && !isShown;
  }
}

function look() {
  const wanted = new Set([...document.querySelectorAll("[data-live]")].map((element) => element.dataset.live));
  wanted.delete("");
  for (const [token, line] of lines) {
    if (!wanted.has(token)) {
      line.end();
      lines.delete(token);
    }
  }
  for (const token of wanted) {
    if (!lines.has(token)) {
      lines.set(token, new Line(token));
    }
  }
}

/** Says something to the other pages that hear `topic`. False where it cannot be said now: `live-on` tells when it can. */
export function speak(element, topic, say) {
  const line = lines.get(element.closest("[data-live]")?.dataset.live);
  return line !== undefined && line.socket !== null && line.say(topic, say);
}

/** Whether the element's token hears now. */
export function isHearing(element) {
  return lines.get(element.closest("[data-live]")?.dataset.live)?.isHeard === true;
}

if (document.documentElement.dataset.liveUrl) {
  look();
  new MutationObserver(look).observe(document.documentElement, {
    subtree: true,
    childList: true,
    attributeFilter: ["data-live"],
  });
  const wake = () => lines.forEach((line) => line.wake());
  window.addEventListener("online", wake);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());
}
