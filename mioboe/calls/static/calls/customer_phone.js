// The customer's telephone: rings, is answered or declined, and answers the agent's offer of sound.
import { Handset } from "./handset.js";
import { RingTone } from "./ring_tone.js";

// Candidates kept for an offer that is not taken yet.
const MOST_KEPT = 60;

export class CustomerPhone extends Handset {
  tone = new RingTone();
  offered = null;

  begin() {
    super.begin();
    if (this.state === "talking" && this.hadCall) {
      this.trouble("moved", false);
      this.open("", () => this.talk(true));
    }
  }

  follow(state) {
    super.follow(state);
    if (state === "ringing" && !this.isOpening) {
      this.tone.start();
    } else {
      this.tone.stop();
    }
    if (state === "talking" && !this.isHere && !this.isOpening && !this.hadCall) {
      this.moved();
    }
  }

  hearing() {
    super.hearing();
    if (this.state === "ringing" || this.isHere) {
      this.say({ hello: true, anew: false });
    }
  }

  pickUp() {
    this.tone.stop();
    this.open("Answer", () => this.talk(false));
  }

  talk(isAnew) {
    this.isHere = true;
    // The server's news of the same thing may come a moment later.
    this.follow("talking");
    if (isAnew) {
      this.say({ hello: true, anew: true });
    } else if (this.offered) {
      this.accept();
    }
  }

  accept() {
    const { line, offer, candidates } = this.offered;
    this.connect(line);
    this.voice.hear({ offer });
    candidates.forEach((candidate) => this.voice.hear({ candidate }));
  }

  heard(said) {
    if (!said.line) {
      return;
    }
    if (said.line === this.voice?.line) {
      this.voice.hear(said);
    } else if (said.offer) {
      // A new line: the agent's page was loaded anew, or this is the first.
      const known = this.offered?.line === said.line ? this.offered.candidates : [];
      this.offered = { line: said.line, offer: said.offer, candidates: known };
      if (this.isHere && this.stream) {
        this.accept();
      }
    } else if (said.candidate && said.line === this.offered?.line && this.offered.candidates.length < MOST_KEPT) {
      this.offered.candidates.push(said.candidate);
    }
  }

  // Answered elsewhere: nothing to press here.
  moved() {
    this.tone.stop();
    super.moved();
    this.element.querySelectorAll("[data-press]").forEach((button) => (button.hidden = true));
  }

  quiet() {
    this.tone.stop();
    super.quiet();
  }
}
