// SPDX-License-Identifier: GPL-3.0-or-later
// The traces: rows of channels as columns of least and largest sample, with the detector's envelope
// and threshold on them. Only new columns are drawn; all of it only when the look changes.
import { Flags } from "./flags.js";
import { Meters } from "./meters.js";
import { steps, timeStep } from "./units.js";

const DIVISIONS = 10; // across; as an oscilloscope has
const GAP_PX = 14; // empty stretch ahead of the sweep
const MOST_PX = 2400;

export const TIME_STEPS = steps(0.01, 10);
export const ROW_STEPS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256];

const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export class Scope {
  // ask(line) sends a line to the server and says whether it went; book has the events and marks.
  constructor(stage, ask, book) {
    this.stage = stage;
    this.ask = ask;
    this.canvas = Object.fromEntries(["grid", "trace", "flags"].map(id => [id, document.getElementById(id)]));
    this.at = { trace: this.canvas.trace.getContext("2d"), grid: this.canvas.grid.getContext("2d") };
    this.flags = new Flags(this, book);
    this.book = book;
    this.viewId = 0;
    this.perDiv = 0.5;
    this.scroll = false;
    this.raw = false; // as recorded, without the high-pass
    this.firstRow = 0;
    this.focus = 0;
    this.end = -1; // frame that a frozen picture ends with
    this.frames = 0; // screen frames that drew something new
    new ResizeObserver(() => this.resize()).observe(stage);
  }

  start(hello, volts, rows) {
    this.hello = hello;
    this.volts = volts;
    this.rows = Math.min(rows, hello.channels.length);
    this.gain = this.gain ?? volts.usual;
    this.meters = new Meters(hello.channels.length, hello.lookback, this.meters);
    this.colours();
    this.resize();
  }

  colours() {
    this.colour = Object.fromEntries(["trace", "envelope", "threshold", "twitch", "soft", "line", "grid", "ink", "paper",
      "wash", "stop", "edge"].map(name => [name, css(`--${name}`)]));
    this.full = true;
  }

  // Time steps whose screen the server can look back over.
  timeSteps() {
    return TIME_STEPS.filter(s => s * DIVISIONS <= this.hello.lookback);
  }

  channels() {
    return Array.from({ length: this.rows }, (_, i) => this.firstRow + i);
  }

  resize() {
    const box = this.stage.getBoundingClientRect();
    this.dpr = Math.min(window.devicePixelRatio || 1, 2);
    this.w = Math.max(1, Math.round(box.width * this.dpr));
    this.h = Math.max(1, Math.round(box.height * this.dpr));
    for (const canvas of Object.values(this.canvas)) {
      canvas.width = this.w;
      canvas.height = this.h;
    }
    if (this.hello) this.request();
  }

  // Asks for what is to be seen; what was there is drawn until it comes. Where nobody answers, it stays.
  request() {
    const span = this.perDiv * DIVISIONS * this.hello.rate;
    const width = Math.max(1, Math.round(span / Math.min(this.w, MOST_PX))), count = Math.max(1, Math.round(span / width));
    this.full = true;
    if (!this.ask(`view ${this.viewId + 1} ${width} ${count} ${Math.round(this.end)} ${this.raw ? 0 : Math.round(this.hello.measure[0])} ${this.focus} ${this.channels()}`)) return;
    this.viewId++;
    this.width = width;
    this.count = count;
    this.low = new Float32Array(this.rows * this.count).fill(NaN);
    this.high = this.width > 1 ? new Float32Array(this.rows * this.count).fill(NaN) : this.low;
    this.last = this.drawn = null;
  }

  slot(column) {
    return ((column % this.count) + this.count) % this.count;
  }

  // A size per division that shows noise as a thin line and a twitch of 20 dB within the row, once
  // the noise is known; until one is chosen by hand. True when it was.
  fit() {
    const known = this.channels().map(c => this.meters.now[c].floor).filter(f => f > 0).sort((a, b) => a - b);
    if (!known.length) return false;
    const usual = known[Math.floor(known.length / 2)] * this.volts.factor * 8;
    this.gain = this.volts.steps.find(s => s >= usual) ?? this.gain;
    this.full = true;
    return true;
  }

  take(m) {
    if (m.view !== this.viewId) return;
    for (let row = 0; row < m.channels; row++) {
      for (let i = 0; i < m.columns; i++) {
        const to = row * this.count + this.slot(m.first + i);
        const from = (row * m.columns + i) * m.values;
        this.low[to] = m.data[from];
        this.high[to] = m.data[from + m.values - 1];
      }
    }
    if (this.last === null || m.first !== this.last) this.full = true;
    this.last = m.first + m.columns;
    if (this.drawn === null) this.drawn = m.first;
  }

  get frozen() { return this.end >= 0; }

  // The newest frame that is on the screen.
  get newest() {
    if (this.frozen) return this.end;
    return this.last === null ? this.book.now : this.last * this.width;
  }

  freeze(on) {
    this.end = on ? this.newest : -1;
    this.request();
  }

  // Looks further back or later by a share of the screen.
  look(share) {
    const most = this.book.now, span = this.count * this.width;
    const least = Math.max(span, most - (this.hello.lookback - 2) * this.hello.rate);
    this.end = Math.min(most, Math.max(least, this.end + share * span));
    this.request();
  }

  x(column) {
    const p = this.w / this.count;
    return this.scroll || this.frozen ? this.w - (this.last - column) * p : this.slot(column) * p;
  }

  // Left edge and width of a column in whole pixels, so that neighbours neither overlap nor part.
  pixels(column) {
    const p = this.w / this.count, at = this.x(column), x = Math.floor(at + 1e-6);
    return [x, Math.max(1, Math.floor(at + p + 1e-6) - x)];
  }

  get rowHeight() { return this.h / this.rows; }
  get divisionHeight() { return this.rowHeight / (this.rowHeight > 56 * this.dpr ? 4 : 2); }
  get scale() { return this.divisionHeight * this.volts.factor / this.gain; }

  // Draws a vertical stretch of a column inside its row.
  bar(ctx, row, x, width, top, bottom) {
    const h = this.rowHeight, y0 = row * h, y1 = y0 + h;
    const from = Math.max(y0, Math.min(y1 - this.dpr, top)), to = Math.min(y1, Math.max(from + this.dpr, bottom));
    ctx.fillRect(x, from, width, to - from);
  }

  drawTraces(from, to) {
    const ctx = this.at.trace;
    ctx.fillStyle = this.colour.trace;
    for (let row = 0; row < this.rows; row++) {
      const mid = (row + 0.5) * this.rowHeight, base = row * this.count;
      for (let column = from; column < to; column++) {
        const at = base + this.slot(column), before = base + this.slot(column - 1);
        let low = this.low[at], high = this.high[at];
        if (low !== low) continue;
        if (column > this.last - this.count) { // joined to the column before
          if (this.high[before] < low) low = this.high[before];
          if (this.low[before] > high) high = this.low[before];
        }
        const [x, wide] = this.pixels(column);
        this.bar(ctx, row, x, wide, mid - high * this.scale, mid - low * this.scale);
      }
    }
  }

  // Envelope and threshold of the detector, RMS, above the zero line.
  drawMeters(from, to) {
    const ctx = this.at.trace, p = this.w / this.count, thick = 2 * this.dpr;
    const dash = Math.max(1, Math.round(6 * this.dpr / p));
    for (let row = 0; row < this.rows; row++) {
      const mid = (row + 0.5) * this.rowHeight, channel = this.firstRow + row;
      let index = this.meters.find(from * this.width), before = NaN;
      for (let column = from; column < to; column++) {
        index = this.meters.later(index, (column + 1) * this.width);
        const envelope = this.meters.envelope(index, channel), threshold = this.meters.threshold(index, channel);
        const [x, wide] = this.pixels(column);
        if (threshold > 0 && Math.floor(column / dash) % 2 === 0) {
          ctx.fillStyle = this.colour.threshold;
          this.bar(ctx, row, x, wide, mid - threshold * this.scale, mid - threshold * this.scale + thick);
        }
        if (envelope > 0) {
          const y = mid - envelope * this.scale, y0 = before > 0 ? mid - before * this.scale : y;
          ctx.fillStyle = this.colour.envelope;
          this.bar(ctx, row, x, wide, Math.min(y, y0), Math.max(y, y0) + thick);
        }
        before = envelope;
      }
    }
  }

  drawGrid() {
    const ctx = this.at.grid, rows = this.rows, h = this.rowHeight;
    ctx.clearRect(0, 0, this.w, this.h);
    ctx.fillStyle = this.colour.grid;
    for (let i = 1; i < DIVISIONS; i++) ctx.fillRect(Math.round(i * this.w / DIVISIONS), 0, this.dpr, this.h);
    for (let row = 0; row < rows; row++) {
      const mid = (row + 0.5) * h;
      if (this.divisionHeight > 14 * this.dpr) {
        for (let d = 1; (d + 0.01) * this.divisionHeight < h / 2; d++) {
          ctx.fillRect(0, Math.round(mid - d * this.divisionHeight), this.w, this.dpr);
          ctx.fillRect(0, Math.round(mid + d * this.divisionHeight), this.w, this.dpr);
        }
      }
      ctx.fillStyle = this.colour.line;
      if (h > 12 * this.dpr) ctx.fillRect(0, Math.round(mid), this.w, this.dpr);
      if (row > 0 && h > 30 * this.dpr) ctx.fillRect(0, Math.round(row * h), this.w, this.dpr);
      ctx.fillStyle = this.colour.grid;
    }
  }

  drawAll() {
    const ctx = this.at.trace, gap = Math.ceil(GAP_PX * this.dpr / (this.w / this.count));
    this.drawGrid();
    ctx.clearRect(0, 0, this.w, this.h);
    const from = this.last - this.count + (this.scroll || this.frozen ? 0 : gap);
    this.drawTraces(from, this.last);
    this.drawMeters(from, this.last);
    this.metered = this.last;
    this.carry = 0;
  }

  // Room for the columns from..to: ahead of the sweep it is wiped, in scroll all moves left.
  makeRoom(from, to) {
    const ctx = this.at.trace, p = this.w / this.count;
    if (this.scroll) {
      const move = (to - from) * p + this.carry, whole = Math.floor(move);
      this.carry = move - whole;
      ctx.globalCompositeOperation = "copy";
      ctx.drawImage(this.canvas.trace, -whole, 0);
      ctx.globalCompositeOperation = "source-over";
      return;
    }
    const gap = Math.ceil(GAP_PX * this.dpr / p);
    for (let at = from, end = to + gap; at < end;) {
      const slot = this.slot(at), run = Math.min(end - at, this.count - slot);
      ctx.clearRect(slot * p, 0, run * p + this.dpr, this.h);
      at += run;
    }
  }

  // One screen frame.
  draw() {
    if (!this.hello || this.last === null) return;
    const fresh = this.last - this.drawn;
    if (this.full || fresh >= this.count) this.drawAll();
    else if (fresh > 0 && !this.frozen) {
      this.makeRoom(this.drawn, this.last);
      this.drawTraces(this.drawn, this.last);
      const known = Math.min(this.last, Math.floor(this.meters.newest / this.width));
      if (known > this.metered) {
        this.drawMeters(Math.max(this.metered, this.last - this.count), known);
        this.metered = known;
      }
    }
    if (fresh > 0 || this.full) this.frames++;
    this.flags.draw(fresh > 0 || this.full);
    this.drawn = this.last;
    this.full = false;
  }

  timeText() { return `${timeStep(this.perDiv)}/div`; }
  gainText() { return `${this.volts.step(this.gain)}/div`; }
}
