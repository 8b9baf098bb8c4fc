// SPDX-License-Identifier: GPL-3.0-or-later
// What happened so far, as the figures, the list and the flags need it.
import { LTR, STAGE } from "./protocol.js";

const MOST = 8192;
const STOP = "stop-sign";

// Marks as people read them.
function dress(mark) {
  mark.stop = mark.kind === "mark" && mark.label.startsWith(STOP);
  mark.title = mark.stop ? `STOP: ${mark.label.slice(STOP.length).trim()}`
    : mark.kind === "insertion" ? `insertion ${mark.label}`.trim()
    : mark.kind === "phase" ? `phase: ${mark.label}`
    : mark.kind === "ultrasound" ? `▽ ultrasound: ${mark.label}` : mark.label;
  // On the traces; what ultrasound saw is a sentence, which stands in the list.
  mark.brief = mark.kind === "ultrasound" ? "▽" : mark.title;
  return mark;
}

export class Book {
  constructor() {
    this.clear();
  }

  clear() {
    this.events = new Map();
    this.marks = new Map();
    this.gaps = [];
    this.now = 0; // newest frame known of
    this.version = 0; // rises with each change
  }

  at(frame) {
    if (frame > this.now) this.now = frame;
  }

  event(event) {
    const before = this.events.get(event.id);
    if (event.stage === STAGE.withdrawn && before) {
      before.stage = STAGE.withdrawn;
    } else {
      this.events.set(event.id, event);
      if (this.events.size > MOST) this.events.delete(this.events.keys().next().value);
    }
    this.at(event.reported);
    this.version++;
    return this.events.get(event.id);
  }

  mark(mark) {
    this.marks.set(mark.id, dress(mark));
    this.at(mark.frame);
    this.version++;
  }

  gap(gap) {
    this.gaps.push(gap);
    this.version++;
  }

  // Events that begin at or after a frame, and those just before it.
  recent(frame) {
    return [...this.events.values()].filter(e => e.onset >= frame);
  }

  get insertion() {
    let newest = null;
    for (const mark of this.marks.values()) {
      if (mark.kind === "insertion" && !mark.undone && !(newest?.frame > mark.frame)) newest = mark;
    }
    return newest;
  }

  // Twitches of this insertion by onset, what was withdrawn left out.
  get twitches() {
    const from = this.insertion?.frame ?? -1;
    return [...this.events.values()].filter(e => e.type === LTR && e.stage !== STAGE.withdrawn && e.onset >= from)
      .sort((a, b) => a.onset - b.onset);
  }

  get newestTwitch() {
    let newest = null;
    for (const e of this.events.values()) {
      if (e.type === LTR && e.stage !== STAGE.withdrawn && !(newest?.onset > e.onset)) newest = e;
    }
    return newest;
  }

  get stops() {
    return [...this.marks.values()].filter(m => m.stop && !m.undone);
  }

  // The mark that "undo" would take back.
  get newestMark() {
    let newest = null;
    for (const mark of this.marks.values()) if (!mark.undone && !(newest?.id > mark.id)) newest = mark;
    return newest;
  }
}
