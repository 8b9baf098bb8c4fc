// SPDX-License-Identifier: GPL-3.0-or-later
// What the server says, as objects: the layout is told in io/web/protocol.h.

export const VERSION = 1;
export const LTR = 0;
export const STAGE = { provisional: 0, confirmed: 1, withdrawn: 2 };
export const TYPES = ["twitch", "single unit", "contraction", "heart beat", "motion", "click", "stimulus",
  "needle movement", "gap", "saturation", "release", "relaxation", "phase", "marker", "check"];
export const REST = { none: 0, baseline: 1, hold: 2, released: 3, after: 4, ready: 5 };
export const FLAG = { saturated: 1, leadOff: 2, armed: 4, hum: 8, zero: 16, blanked: 32, active: 64 };

class Reader {
  constructor(buffer) {
    this.view = new DataView(buffer);
    this.at = 1;
  }
  skip(bytes) { this.at += bytes; return this; }
  u8() { return this.view.getUint8(this.at++); }
  u16() { const v = this.view.getUint16(this.at, true); this.at += 2; return v; }
  u32() { const v = this.view.getUint32(this.at, true); this.at += 4; return v; }
  f32() { const v = this.view.getFloat32(this.at, true); this.at += 4; return v; }
  f64() { const v = this.view.getFloat64(this.at, true); this.at += 8; return v; }
  text() {
    const bytes = new Uint8Array(this.view.buffer, this.at + 2, this.u16());
    this.at += bytes.length;
    return new TextDecoder().decode(bytes);
  }
  floats(count) {
    const values = new Float32Array(this.view.buffer, this.at, count);
    this.at += 4 * count;
    return values;
  }
  bytes(count) {
    const values = new Uint8Array(this.view.buffer, this.at, count);
    this.at += count;
    return values;
  }
}

const read = {
  1: r => {
    const m = { name: "hello", protocol: r.u8(), live: r.u8() === 1, sound: r.u8() === 1 };
    const channels = r.u32();
    Object.assign(m, { rate: r.f64(), fullScale: r.f64(), detect: [r.f64(), r.f64()],
      measure: [r.f64(), r.f64()], lookback: r.f64(), device: r.text(), recording: r.text(), version: r.text(),
      sentence: r.text() });
    m.channels = Array.from({ length: channels }, () => {
      const number = r.u32();
      return r.text() || `channel ${number}`;
    });
    return m;
  },
  2: r => {
    const m = { name: "trace", values: r.u8(), channels: r.u16(), view: r.u32(), width: r.u32(),
      columns: r.u32(), first: r.f64() };
    m.data = r.floats(m.channels * m.columns * m.values);
    return m;
  },
  3: r => {
    const m = { name: "event", type: r.u8(), stage: r.u8() };
    r.skip(1);
    return Object.assign(m, { channel: r.u32(), channels: r.u32(), id: r.f64(), onset: r.f64(), offset: r.f64(),
      reported: r.f64(), confirmed: r.f64(), peak: r.f32(), snr: r.f32(), confidence: r.f32(), reasons: r.u32() });
  },
  4: r => ({ name: "mark", undone: r.u8() === 1, frame: r.skip(2).f64(), id: r.f64(), kind: r.text(),
    label: r.text() }),
  5: r => ({ name: "gap", frame: r.skip(3).f64(), frames: r.f64(), why: r.text() }),
  6: r => ({ name: "state", recording: r.u8() === 1, muted: r.u8() === 1, frame: r.skip(1).f64(),
    twitches: r.f64(), twitchesInsertion: r.f64(), insertion: r.f64(), recorded: r.f64(), diskLeft: r.f64(),
    block: r.f64(), deviceLatency: r.f64(), detectorP95: r.f64(), lost: r.f64(), dropped: r.f64(),
    heard: r.f64(), phase: r.text() }),
  7: r => ({ name: "meter", meters: Array.from({ length: r.skip(1).u16() }, () => ({ frame: r.f64(), rms: r.f32(),
    envelope: r.f32(), threshold: r.f32(), floor: r.f32(), peak: r.f32(), humHz: r.f32(), hum: r.f32(),
    flags: r.u32() })) }),
  8: r => {
    const m = { name: "spectrum", valid: r.u8() === 1, channel: r.skip(2).u32() };
    const bins = r.u32();
    return Object.assign(m, { frame: r.f64(), binHz: r.f32(), mean: r.f32(), median: r.f32(), db: r.floats(bins) });
  },
  9: r => ({ name: "relax", state: r.u8(), channel: r.skip(2).u32(), frame: r.f64(), release: r.f64(), ratio: r.f32(), low: r.f32(),
    high: r.f32(), level: r.f32() }),
  10: r => ({ name: "warning", channel: r.skip(3).u32(), text: r.text() }),
  11: r => ({ name: "reply", id: r.skip(3).u32(), text: r.text() }),
  12: r => {
    const m = { name: "twitch", channel: r.skip(3).u32(), id: r.f64(), onset: r.f64(), width: r.u32(),
      before: r.u32(), columns: r.u32() };
    m.data = r.floats(m.columns * (m.width > 1 ? 2 : 1));
    return m;
  },
  14: r => {
    const count = r.u8(), m = { name: "guide", since: r.skip(2).f64(), least: r.f32(), most: r.f32(), step: r.text() };
    return Object.assign(m, { words: Array.from({ length: count }, () => ({ severity: r.u32(), rule: r.text(), text: r.text() })) });
  },
  15: r => {
    const m = { name: "picture", twitch: r.skip(3).u32(), number: r.u32(), count: r.u32(), width: r.u32(), height: r.u32(),
      columns: r.u32(), rows: r.u32(), left: r.f32(), top: r.f32(), step: r.f32(), mmPerPx: r.f32(), frame: r.f64(), onset: r.f64(),
      x: r.f32(), y: r.f32(), size: r.f32() };
    m.moved = r.floats(2 * m.columns * m.rows);
    m.grey = r.bytes(m.width * m.height);
    return m;
  },
  13: r => ({ name: "end", lost: r.u8() === 1, frames: r.skip(2).f64(), text: r.text() }),
};

// An unknown kind comes from a later server: null.
export function decode(buffer) {
  const reader = new Reader(buffer);
  const how = read[reader.view.getUint8(0)];
  return how ? how(reader) : null;
}
