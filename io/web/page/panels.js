// SPDX-License-Identifier: GPL-3.0-or-later
// The side: twitches laid over each other, spectrum, rest against baseline.
import { REST } from "./protocol.js";

const $ = id => document.getElementById(id);
const LAID_OVER = 8;
const TOP_HZ = 500;

// A canvas in its own pixels; draws only when told that something changed.
export class Picture {
  constructor(id) {
    this.canvas = $(id);
    this.ctx = this.canvas.getContext("2d");
    this.stale = true;
    new ResizeObserver(() => { this.stale = true; }).observe(this.canvas);
  }
  begin() {
    this.stale = false;
    this.dpr = Math.min(window.devicePixelRatio || 1, 2);
    this.w = this.canvas.width = Math.round(this.canvas.clientWidth * this.dpr);
    this.h = this.canvas.height = Math.round(this.canvas.clientHeight * this.dpr);
    return this.w > 0 && this.h > 0;
  }
  words(text, x, y, colour, align = "left", haloed = false) {
    this.ctx.font = `${11 * this.dpr}px system-ui, "Noto Sans", "DejaVu Sans", sans-serif`;
    this.ctx.textAlign = align;
    this.ctx.textBaseline = "bottom";
    this.ctx.fillStyle = colour;
    if (haloed) this.ctx.strokeText(text, x, y);
    this.ctx.fillText(text, x, y);
  }
}

export class LaidOver extends Picture {
  constructor() {
    super("over");
    this.shapes = [];
  }

  take(twitch) {
    this.shapes = [...this.shapes.filter(t => t.id !== twitch.id), twitch].slice(-LAID_OVER);
    this.stale = true;
  }

  // What the picture reaches: all of the newest, of the others what is usual. One knock at the needle that fell into
  // an older one would make everything else a line.
  reach() {
    const peaks = this.shapes.map(s => s.data.reduce((most, v) => Math.abs(v) > most ? Math.abs(v) : most, 0));
    const usual = [...peaks].sort((a, b) => a - b)[peaks.length >> 1];
    return Math.max(peaks[peaks.length - 1], Math.min(2 * usual, Math.max(...peaks)));
  }

  draw(hello, volts, colour) {
    if (!this.stale || !this.begin()) return;
    const newest = this.shapes[this.shapes.length - 1];
    const most = newest ? this.reach() : 0;
    $("over-scale").textContent = newest ? `last ${this.shapes.length}, ±${volts.text(most)}` : "";
    const seconds = newest ? newest.columns * newest.width / hello.rate : 0.3;
    const before = newest ? newest.before / newest.columns : 1 / 6;
    this.ctx.strokeStyle = colour.line;
    this.ctx.lineWidth = this.dpr;
    this.ctx.strokeRect(-1, this.h / 2, this.w + 2, 0);
    this.ctx.setLineDash([4 * this.dpr, 4 * this.dpr]);
    this.ctx.strokeRect(before * this.w, -1, 0, this.h + 2);
    this.ctx.setLineDash([]);
    for (const shape of this.shapes) this.shape(shape, most, shape === newest, colour);
    this.words("onset", before * this.w + 4 * this.dpr, this.h - 2, colour.soft);
    this.words(`${Math.round(1000 * seconds * (1 - before))} ms`, this.w - 4 * this.dpr, this.h - 2, colour.soft, "right");
    if (!newest) this.words("none yet", this.w / 2, this.h / 2 - 6, colour.soft, "center");
  }

  shape(shape, most, newest, colour) {
    const { ctx } = this, values = shape.width > 1 ? 2 : 1;
    ctx.beginPath();
    for (let i = 0; i < shape.columns * values; i++) {
      const x = Math.floor(i / values) / shape.columns * this.w;
      const y = this.h / 2 - shape.data[i] / most * (this.h / 2 - 3 * this.dpr);
      if (Number.isFinite(y)) ctx.lineTo(x, y);
    }
    ctx.strokeStyle = newest ? colour.twitch : colour.trace;
    ctx.globalAlpha = newest ? 1 : 0.35;
    ctx.lineWidth = (newest ? 1.6 : 1) * this.dpr;
    ctx.stroke();
    ctx.globalAlpha = 1;
  }
}

export class Spectrum extends Picture {
  constructor() {
    super("spectrum");
  }

  take(spectrum) {
    this.newest = spectrum;
    this.stale = true;
  }

  draw(hello, name, colour) {
    if (!this.stale || !this.begin()) return;
    const { ctx, newest } = this, d = this.dpr;
    for (let hz = 100; hz < TOP_HZ; hz += 100) {
      ctx.fillStyle = colour.grid;
      ctx.fillRect(hz / TOP_HZ * this.w, 0, d, this.h);
      this.words(String(hz), hz / TOP_HZ * this.w + 3 * d, this.h - 2, colour.soft);
    }
    this.words("Hz", this.w - 3 * d, this.h - 2, colour.soft, "right");
    if (!newest) return;
    $("spectrum-of").textContent = newest.valid ? `${name}, median ${Math.round(newest.median)} Hz` : `${name}, at rest`;
    const finite = newest.db.filter(Number.isFinite);
    const top = Math.ceil(Math.max(...finite) / 10) * 10, range = 60;
    ctx.beginPath();
    newest.db.forEach((db, bin) => {
      const y = (top - db) / range * (this.h - 14 * d);
      ctx.lineTo(bin * newest.binHz / TOP_HZ * this.w, Math.max(1, Math.min(this.h - 14 * d, Number.isFinite(y) ? y : this.h)));
    });
    ctx.strokeStyle = colour.trace;
    ctx.lineWidth = 1.3 * d;
    ctx.stroke();
    if (newest.valid) {
      ctx.fillStyle = colour.envelope;
      ctx.fillRect(newest.median / TOP_HZ * this.w - d, 0, 2 * d, this.h - 14 * d);
    }
  }
}

const percent = ratio => `${Math.round(100 * ratio)} %`;

// The ratio with its interval, and in words only what it says.
export function drawRest(m, rate, clock) {
  const known = Number.isFinite(m.ratio), text = $("rest");
  const words = {
    [REST.none]: "No baseline yet: choose the phase Baseline while the muscle is at rest.",
    [REST.baseline]: "Taking the baseline: leave the muscle at rest.",
    [REST.hold]: "Hold: waiting for the muscle to let go.",
    [REST.released]: `Hold: the muscle let go at ${clock(m.release / rate)}.`,
    [REST.after]: "After: taking the level against the baseline.",
    [REST.ready]: "Baseline taken.",
  }[m.state];
  const strong = document.createElement("b");
  strong.textContent = known ? `${percent(m.ratio)} ` : "";
  const range = known && Number.isFinite(m.low) ? `of the baseline (95 %: ${percent(m.low)} to ${percent(m.high)}). ` : known ? "of the baseline. " : "";
  text.replaceChildren(strong, `${range}${words}`);
  $("rest-bar").hidden = !known;
  const place = ratio => `${Math.max(0, Math.min(100, 50 * ratio))}%`; // baseline in the middle
  $("rest-now").style.left = place(m.ratio);
  $("rest-range").style.left = place(Number.isFinite(m.low) ? m.low : m.ratio);
  $("rest-range").style.right = `calc(100% - ${place(Number.isFinite(m.high) ? m.high : m.ratio)})`;
}
