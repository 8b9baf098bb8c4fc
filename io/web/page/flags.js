// SPDX-License-Identifier: GPL-3.0-or-later
// Events and marks on the traces. What is provisional is open, what is settled is filled, what was
// withdrawn is struck through.
import { LTR, STAGE, TYPES } from "./protocol.js";

const FOOT = 28; // pixels from below to the words of marks: over the key

export class Flags {
  constructor(scope, book) {
    this.scope = scope;
    this.book = book;
    this.ctx = document.getElementById("flags").getContext("2d");
    this.version = -1;
  }

  draw(moved) {
    const s = this.scope;
    if (this.version === this.book.version && !(moved && (s.scroll || s.frozen || this.shown > 0 || s.full))) return;
    this.version = this.book.version;
    this.ctx.clearRect(0, 0, s.w, s.h);
    this.right = []; // where the last flag of each row ends
    this.shown = 0;
    const newest = s.last * s.width, oldest = newest - s.count * s.width;
    for (const gap of this.book.gaps) this.gap(gap, oldest, newest);
    for (const mark of this.book.marks.values()) if (!mark.undone) this.mark(mark, oldest, newest);
    for (const event of this.book.recent(oldest)) this.event(event, oldest, newest);
    s.stage.dataset.flagged = this.book.newestTwitch?.id ?? "";
  }

  x(frame) { return this.scope.x(frame / this.scope.width); }

  // In the sweep a stretch that wraps at the right edge is cut there.
  span(from, to) {
    const x = this.x(from);
    return [x, Math.max(2 * this.scope.dpr, Math.min(this.scope.w - x, (to - from) / this.scope.width * this.scope.w / this.scope.count))];
  }

  gap(gap, oldest, newest) {
    if (gap.frame + gap.frames < oldest || gap.frame > newest) return;
    const [x, wide] = this.span(Math.max(gap.frame, oldest), gap.frame + gap.frames);
    this.ctx.fillStyle = this.scope.colour.line;
    this.ctx.fillRect(x, 0, wide, this.scope.h);
    this.text("lost", x + 3, this.scope.h - FOOT * this.scope.dpr, this.scope.colour.stop, 11);
    this.shown++;
  }

  mark(mark, oldest, newest) {
    if (mark.frame < oldest || mark.frame > newest) return;
    const { ctx, scope } = this, x = Math.round(this.x(mark.frame));
    const colour = mark.stop ? scope.colour.stop : scope.colour.soft;
    ctx.strokeStyle = colour;
    ctx.lineWidth = (mark.stop ? 3 : 1) * scope.dpr;
    ctx.setLineDash(mark.stop ? [] : [5 * scope.dpr, 4 * scope.dpr]);
    ctx.beginPath();
    ctx.moveTo(x, 0);
    ctx.lineTo(x, scope.h);
    ctx.stroke();
    ctx.setLineDash([]);
    this.text(mark.brief, x + 4 * scope.dpr, scope.h - FOOT * scope.dpr, colour, 12, mark.stop);
    this.shown++;
  }

  event(event, oldest, newest) {
    const row = event.channel - this.scope.firstRow;
    if (event.onset < oldest || event.onset > newest || row < 0 || row >= this.scope.rows) return;
    this.shown++;
    const { ctx, scope } = this, d = scope.dpr, h = scope.rowHeight, top = row * h;
    const twitch = event.type === LTR, gone = event.stage === STAGE.withdrawn, open = event.stage === STAGE.provisional;
    const colour = twitch && !gone ? scope.colour.twitch : scope.colour.soft;
    const [x, wide] = this.span(event.onset, Math.max(event.offset, event.onset + 1));
    if (twitch && !gone) {
      ctx.globalAlpha = open ? 0.1 : 0.18;
      ctx.fillStyle = colour;
      ctx.fillRect(x, top, wide, h);
      ctx.globalAlpha = 1;
    }
    ctx.strokeStyle = colour;
    ctx.lineWidth = (twitch ? 2 : 1) * d;
    ctx.setLineDash(open ? [4 * d, 3 * d] : []);
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, top + h);
    ctx.stroke();
    ctx.setLineDash([]);
    if (h > 22 * d) this.label(event, row, x, twitch, open, gone, colour);
  }

  label(event, row, x, twitch, open, gone, colour) {
    const { ctx, scope } = this, d = scope.dpr, y = row * scope.rowHeight + 11 * d;
    if (!twitch && !gone && x < this.right[row]) return;
    this.triangle(x, y, twitch && !open && !gone, colour);
    const words = gone ? "withdrawn" : twitch && event.peak > 0 ? scope.volts.text(event.peak) : TYPES[event.type];
    const text = open && twitch ? `${words} ?` : words;
    const size = twitch && !gone ? 13 : 11;
    const wide = this.text(text, x + 9 * d, y, colour, size, twitch && !open && !gone);
    if (gone) {
      ctx.fillStyle = colour;
      ctx.fillRect(x - 6 * d, y - 1 * d, wide + 18 * d, 1.5 * d);
    }
    this.right[row] = x + wide + 20 * d;
  }

  triangle(x, y, filled, colour) {
    const { ctx } = this, d = this.scope.dpr;
    ctx.beginPath();
    ctx.moveTo(x - 6 * d, y - 5 * d);
    ctx.lineTo(x + 6 * d, y - 5 * d);
    ctx.lineTo(x, y + 5 * d);
    ctx.closePath();
    ctx.fillStyle = filled ? colour : this.scope.colour.paper;
    ctx.fill();
    ctx.stroke();
  }

  // Words with a border of the paper's colour, inside the right edge; returns their width.
  text(words, x, y, colour, size, bold) {
    const { ctx, scope } = this;
    ctx.font = `${bold ? 650 : 400} ${size * scope.dpr}px system-ui, "Noto Sans", "DejaVu Sans", sans-serif`;
    ctx.textBaseline = "middle";
    const wide = ctx.measureText(words).width, at = Math.min(x, scope.w - wide - 4 * scope.dpr);
    ctx.lineJoin = "round";
    ctx.lineWidth = 3 * scope.dpr;
    ctx.strokeStyle = scope.colour.paper;
    ctx.strokeText(words, at, y);
    ctx.fillStyle = colour;
    ctx.fillText(words, at, y);
    ctx.strokeStyle = colour;
    ctx.lineWidth = scope.dpr;
    return wide;
  }
}
