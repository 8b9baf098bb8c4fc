// SPDX-License-Identifier: GPL-3.0-or-later
// The detector's envelope and threshold of every channel, 20 times a second, as far back as the
// traces go.

const ROUND_S = 0.05;

export class Meters {
  // A page that comes back after a broken line keeps what the one before had.
  constructor(channels, lookback, old) {
    if (old?.channels === channels) return old;
    this.channels = channels;
    this.size = Math.ceil(lookback / ROUND_S);
    this.frame = new Float64Array(this.size);
    this.values = new Float32Array(this.size * channels * 2);
    this.rounds = 0;
    this.newest = 0;
  }

  take(meters) {
    const at = this.rounds++ % this.size;
    this.newest = this.frame[at] = meters[0].frame;
    meters.forEach((meter, channel) => {
      const to = 2 * (at * this.channels + channel);
      this.values[to] = meter.envelope;
      this.values[to + 1] = meter.threshold;
    });
    this.now = meters;
  }

  // Number of the first round at or after a frame.
  find(frame) {
    let low = Math.max(0, this.rounds - this.size), high = this.rounds;
    while (low < high) {
      const mid = Math.floor((low + high) / 2);
      if (this.frame[mid % this.size] < frame) low = mid + 1;
      else high = mid;
    }
    return low;
  }

  // The round that covers a frame, from one at or before it.
  later(index, frame) {
    while (index < this.rounds && this.frame[index % this.size] < frame) index++;
    return index;
  }

  envelope(index, channel) { return this.value(index, channel, 0); }
  threshold(index, channel) { return this.value(index, channel, 1); }

  value(index, channel, which) {
    return index < this.rounds ? this.values[2 * ((index % this.size) * this.channels + channel) + which] : NaN;
  }
}
