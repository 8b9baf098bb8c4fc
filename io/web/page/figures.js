// SPDX-License-Identifier: GPL-3.0-or-later
// The big figures, the list of what happened and the signs to stop. Facts only: what to do next is
// the clinician's to say.
import { SIGNS } from "./marks.js";
import { LTR, STAGE, TYPES } from "./protocol.js";
import { clock, since } from "./units.js";

const $ = id => document.getElementById(id);
const MOST_BARS = 18;
const MOST_LINES = 60;

function say(id, text) {
  const node = $(id);
  if (node.textContent !== text) node.textContent = text;
}

function figure(id, [number, unit]) {
  const node = $(id), key = `${number} ${unit}`;
  if (node.dataset.key === key) return;
  node.dataset.key = key;
  const small = document.createElement("small");
  small.textContent = unit ? ` ${unit}` : "";
  node.replaceChildren(number, small);
}

const median = values => {
  const sorted = [...values].sort((a, b) => a - b), half = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

// How the last size stands to those before it in this insertion.
function trend(sizes) {
  if (sizes.length < 2) return "";
  const last = sizes[sizes.length - 1], usual = median(sizes.slice(-6, -1)), most = Math.max(...sizes);
  const share = `${Math.round(100 * last / most)} % of the largest`;
  if (last === most) return "▲ the largest so far";
  return last < 0.8 * usual ? `▼ ${share}` : last > 1.25 * usual ? `▲ ${share}` : `≈ ${share}`;
}

export class Figures {
  constructor(book) {
    this.book = book;
  }

  start(hello, volts) {
    this.hello = hello;
    this.volts = volts;
    this.version = -1;
  }

  seconds(frame) { return frame / this.hello.rate; }

  // A twitch that has just come: the figure lights up and it is said for those who cannot see it.
  arrived(event) {
    const lead = $("lead"), count = this.book.twitches.length;
    lead.classList.remove("new");
    void lead.offsetWidth; // begins the animation anew
    lead.classList.add("new");
    if (event.stage === STAGE.confirmed) {
      $("say").textContent = `Twitch ${count}, ${this.volts.text(event.peak)}, ${this.hello.channels[event.channel]}`;
    }
  }

  drawTwitches() {
    const twitches = this.book.twitches, insertion = this.book.insertion;
    const sized = twitches.filter(t => t.peak > 0), last = sized[sized.length - 1]; // a first word has no size yet
    say("count", String(twitches.length));
    say("count-name", twitches.length === 1 ? "twitch" : "twitches");
    say("insertion", insertion ? `in insertion ${insertion.label}` : "no insertion marked yet");
    figure("size", last ? this.volts.parts(last.peak) : ["–", ""]);
    say("trend", trend(sized.map(t => t.peak)));
    this.drawBars(twitches.slice(-MOST_BARS));
  }

  drawBars(twitches) {
    const most = Math.max(...twitches.map(t => t.peak));
    $("bars").replaceChildren(...twitches.map(t => {
      const bar = document.createElement("i");
      bar.style.height = `${t.peak > 0 ? Math.max(4, 100 * t.peak / most) : 30}%`;
      bar.classList.toggle("open", t.stage === STAGE.provisional);
      return bar;
    }));
    $("bars").setAttribute("aria-label", most > 0 ? `Sizes: ${twitches.filter(t => t.peak > 0).map(t => this.volts.text(t.peak)).join(", ")}` : "No twitch yet");
  }

  drawLog() {
    const happened = [
      ...[...this.book.events.values()].map(e => ({ frame: e.onset, e })),
      ...[...this.book.marks.values()].map(m => ({ frame: m.frame, m })),
      ...this.book.gaps.map(g => ({ frame: g.frame, g })),
    ].sort((a, b) => b.frame - a.frame).slice(0, MOST_LINES);
    $("log").replaceChildren(...happened.map(item => this.line(item)));
  }

  line({ frame, e, m, g }) {
    const item = document.createElement("li"), what = document.createElement("span"), more = document.createElement("span");
    const time = document.createElement("time");
    time.textContent = clock(this.seconds(frame));
    if (e) {
      what.textContent = TYPES[e.type];
      more.textContent = e.peak > 0 ? this.volts.text(e.peak) : "";
      if (e.type === LTR) item.className = e.stage === STAGE.provisional ? "open" : "ltr";
      if (e.stage === STAGE.withdrawn) item.className = "gone";
    } else if (m) {
      what.textContent = m.title;
      item.className = m.undone ? "gone" : m.stop ? "stop" : "";
      more.textContent = m.undone ? "undone" : "";
    } else {
      what.textContent = `signal lost${g.why ? `: ${g.why}` : ""}`;
      more.textContent = `${this.seconds(g.frames).toFixed(3)} s`;
      item.className = "stop";
    }
    item.append(time, what, more);
    return item;
  }

  drawStops() {
    const stops = this.book.stops, box = $("stopped");
    box.hidden = stops.length === 0;
    if (!stops.length) return;
    const head = document.createElement("strong"), words = document.createElement("p"), more = document.createElement("small");
    head.textContent = "STOP";
    words.textContent = stops.map(m => `${m.title.slice(6)} at ${clock(this.seconds(m.frame))}`).join(" · ");
    const word = SIGNS.find(([sign]) => stops.some(m => m.title.endsWith(sign)))?.[1] ?? "";
    more.textContent = `${word} A person said so; no signal takes it back.`;
    words.append(more);
    box.replaceChildren(head, words);
    if (stops.includes(this.book.newestMark)) {
      const back = document.createElement("button");
      back.textContent = "Set by mistake: undo";
      back.onclick = () => this.undo();
      box.append(back);
    }
  }

  // What changes by itself.
  drawClock(meters, focus) {
    const last = this.book.newestTwitch;
    figure("since", since(last ? this.seconds(this.book.now - last.onset) : NaN));
    const meter = meters?.now?.[focus];
    if (meter) {
      figure("rms", this.volts.parts(meter.rms));
      say("noise", meter.floor > 0 ? `noise ${this.volts.text(meter.floor)}` : "noise not known yet");
    }
  }

  // One screen frame.
  draw(meters, focus) {
    if (!this.hello) return;
    this.drawClock(meters, focus);
    if (this.version === this.book.version) return;
    this.version = this.book.version;
    this.drawTwitches();
    this.drawLog();
    this.drawStops();
  }
}
