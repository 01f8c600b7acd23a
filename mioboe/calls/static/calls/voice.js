// The sound between an agent's and a customer's browser: one RTCPeerConnection. The agent's side offers, the customer's
// side answers; candidates follow as they are found. `line` names this connection, so that what belongs to an older one
// (of a page that was loaded anew) is let go.
const COUNT_EVERY_MS = 100;
const LOOK_AGAIN_AFTER_MS = 2_000;

export class Voice {
  /**
   * say(message)        carries signalling to the other side
   * onCount({sent, received})  packets of sound so far, ten times a second
   * onPath(isThere)     whether sound finds its way
   * onBlocked()         the browser does not play sound before the page is touched: `play` again then
   */
  constructor({ line, stream, iceServers, say, onCount, onPath, onBlocked }) {
    Object.assign(this, { line, stream, say, onCount, onPath, onBlocked });
    this.waiting = [];
    this.doing = Promise.resolve();
    this.sound = new Audio();
    this.peer = new RTCPeerConnection({ iceServers });
    stream.getTracks().forEach((track) => this.peer.addTrack(track, stream));
    this.peer.addEventListener("icecandidate", ({ candidate }) => candidate && say({ line, candidate: candidate.toJSON() }));
    this.peer.addEventListener("track", ({ track, streams }) => {
      this.sound.srcObject = streams[0] ?? new MediaStream([track]);
      this.play();
    });
    this.peer.addEventListener("connectionstatechange", () => this.pathChanged());
    this.counting = setInterval(() => this.count(), COUNT_EVERY_MS);
  }

  play() {
    this.sound.play().catch((error) => {
      // AbortError: the call ended before its sound began.
      if (error.name === "NotAllowedError") {
        this.onBlocked();
      }
    });
  }

  pathChanged() {
    const state = this.peer.connectionState;
    clearTimeout(this.lookingAgain);
    if (state === "connected") {
      this.onPath(true);
    } else if (state === "disconnected" || state === "failed") {
      this.onPath(false);
      this.lookAgain();
    }
  }

  // A changed network: the side that offers looks for another way, until there is one.
  lookAgain() {
    if (!this.offers) {
      return;
    }
    this.inTurn(() => this.offerAnew());
    this.lookingAgain = setTimeout(() => this.lookAgain(), LOOK_AGAIN_AFTER_MS);
  }

  async offerAnew() {
    // An offer that nobody has answered yet is the other side's to answer first.
    if (this.peer.signalingState === "stable") {
      await this.peer.setLocalDescription(await this.peer.createOffer({ iceRestart: true }));
    }
    this.sayOffer();
  }

  /** The agent's side begins. */
  offer() {
    this.offers = true;
    return this.inTurn(async () => {
      await this.peer.setLocalDescription();
      this.sayOffer();
    });
  }

  /** Says the offer (again), with the candidates found so far: for somebody who has only come now. */
  sayOffer() {
    if (this.peer.signalingState === "have-local-offer") {
      this.say({ line: this.line, offer: this.peer.localDescription.sdp });
    }
  }

  /** Takes what the other side said about this line. */
  hear(message) {
    return this.inTurn(() => this.take(message));
  }

  async take({ offer, answer, candidate }) {
    if (offer && !this.offers) {
      if (this.answeredOffer !== offer) {
        await this.peer.setRemoteDescription({ type: "offer", sdp: offer });
        await this.peer.setLocalDescription();
        this.answeredOffer = offer;
        await this.addWaiting();
      }
      this.say({ line: this.line, answer: this.peer.localDescription.sdp });
    } else if (answer && this.offers && this.peer.signalingState === "have-local-offer") {
      await this.peer.setRemoteDescription({ type: "answer", sdp: answer });
      await this.addWaiting();
    } else if (candidate && this.peer.remoteDescription) {
      await this.peer.addIceCandidate(candidate);
    } else if (candidate) {
      this.waiting.push(candidate);
    }
  }

  async addWaiting() {
    for (const candidate of this.waiting.splice(0)) {
      await this.peer.addIceCandidate(candidate);
    }
  }

  // One step after the other: descriptions and candidates arrive faster than they are taken in.
  inTurn(step) {
    const done = this.doing.then(() => (this.isClosed ? undefined : step()));
    this.doing = done.catch((error) => {
      if (!this.isClosed) {
        console.error("voice", error);
      }
    });
    return this.doing;
  }

  async count() {
    const counts = { sent: 0, received: 0 };
    for (const line of (await this.peer.getStats()).values()) {
      if (line.type === "outbound-rtp" && line.kind === "audio") {
        counts.sent += line.packetsSent;
      } else if (line.type === "inbound-rtp" && line.kind === "audio") {
        counts.received += line.packetsReceived;
      }
    }
    if (!this.isClosed) {
      this.onCount(counts);
    }
  }

  /** The microphone's stream stays open: it belongs to the telephone. May be called twice. */
  close() {
    this.isClosed = true;
    clearInterval(this.counting);
    clearTimeout(this.lookingAgain);
    this.peer.close();
    this.sound.srcObject = null;
  }
}
