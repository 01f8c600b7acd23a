// The sound of a telephone that is called, made on the page. Browsers keep silent until the page was touched once.
const TONE_HZ = 400;
const BEAT_HZ = 16;
const VOLUME = 0.06;
// As in Japan: one second of sound, two of silence (ITU-T E.180, supplement 2).
const [SOUND_S, SILENCE_S] = [1, 2];
const LONGEST_S = 120;

export class RingTone {
  /** Rings for two minutes at most, until `stop`. May be called twice. */
  start() {
    if (this.context) {
      return;
    }
    this.context = new AudioContext();
    const [tone, beat] = [this.oscillator(TONE_HZ), this.oscillator(BEAT_HZ)];
    const [depth, volume] = [this.context.createGain(), this.context.createGain()];
    depth.gain.value = 0.5;
    volume.gain.value = 0;
    beat.connect(depth.gain);
    tone.connect(depth).connect(volume).connect(this.context.destination);
    const now = this.context.currentTime;
    for (let at = now; at < now + LONGEST_S; at += SOUND_S + SILENCE_S) {
      volume.gain.setValueAtTime(VOLUME, at);
      volume.gain.setValueAtTime(0, at + SOUND_S);
    }
  }

  oscillator(frequency) {
    const oscillator = this.context.createOscillator();
    oscillator.frequency.value = frequency;
    oscillator.start();
    return oscillator;
  }

  /** May be called twice. */
  stop() {
    this.context?.close();
    this.context = null;
  }
}
