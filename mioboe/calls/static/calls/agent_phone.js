// The agent's telephone: takes the call that is offered to her, which makes the customer's ring, and offers the sound.
import { Handset } from "./handset.js";

export class AgentPhone extends Handset {
  begin() {
    super.begin();
    const isHers = this.state === "ringing" || this.state === "talking";
    if (isHers || (this.state === "offered" && this.element.dataset.auto === "1")) {
      this.pickUp();
    }
  }

  pickUp() {
    // A call she has taken already, on a page loaded anew, is only connected again.
    this.open(this.state === "offered" ? "Take" : "", () => this.offer());
  }

  offer() {
    this.connect(crypto.randomUUID());
    this.voice.offer();
  }

  heard(said) {
    if (said.hello && this.stream) {
      if (said.anew && this.voice?.peer.remoteDescription) {
        this.offer();
      } else {
        this.voice?.sayOffer();
      }
    } else if (said.line && said.line === this.voice?.line) {
      this.voice.hear(said);
    }
  }
}
