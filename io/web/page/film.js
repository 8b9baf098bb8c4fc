// SPDX-License-Identifier: GPL-3.0-or-later
// The ultrasound picture: the newest one, or the half second around the last twitch over and over, slowed.
// Arrows show where tissue has gone, drawn longer than it went; a ring marks a twitch's place.
import { Picture } from "./panels.js";
import { since } from "./units.js";

const $ = id => document.getElementById(id);
const SLOWED = 4;
const LOOPS = 3; // then it is live again
const FRESH = 10; // s: an older twitch, told to a page that comes late, waits to be asked for
const PAUSE = 0.15; // of a loop's recorded time, on its last picture
const LONGER = 10; // arrows
const LOOKS_BACK = 0.25; // s: what live arrows show
const LEAST_MM = 0.05, LEAST_PX = 0.4;
const STALE_MS = 2000;
const BEHIND = 1; // s: pictures that come later than that are not live
const INK = "#ffb37a", HALO = "rgb(0 0 0 / .75)", PALE = "#fff";
const still = matchMedia("(prefers-reduced-motion: reduce)");

// The grey bytes as something that a canvas draws.
function develop(picture) {
  const canvas = document.createElement("canvas"), { width, height, grey } = picture;
  canvas.width = width;
  canvas.height = height;
  const ctx = canvas.getContext("2d"), image = ctx.createImageData(width, height), rgba = new Uint32Array(image.data.buffer);
  for (let i = 0; i < grey.length; i++) rgba[i] = 0xff000000 | grey[i] * 0x10101;
  ctx.putImageData(image, 0, 0);
  return canvas;
}

export class Film extends Picture {
  constructor() {
    super("film-picture");
    this.start();
    $("film-live").onclick = () => this.choose("live");
    $("film-twitch").onclick = () => this.choose("twitch");
  }

  // A session begins.
  start() {
    this.recent = []; // live pictures of the last LOOKS_BACK
    this.coming = []; // of a twitch that is being told
    this.clip = null;
    this.shows = "live";
    this.kept = false; // a person chose the twitch: it stays
  }

  take(picture) {
    if (picture.twitch > 0) this.takeClip(picture);
    else this.takeLive(picture);
    if ($("film").hidden) {
      $("film").hidden = false;
      this.canvas.style.setProperty("--shape", picture.width / picture.height);
      document.body.classList.add("has-film");
    }
  }

  takeLive(picture) {
    picture.came = performance.now();
    this.recent = [...this.recent.filter(p => p.frame < picture.frame && p.frame >= picture.frame - LOOKS_BACK * this.rate), picture];
    this.developed = null;
    this.stale ||= this.shows === "live";
  }

  takeClip(picture) {
    if (picture.number === 0) this.coming = [];
    this.coming.push(picture);
    if (this.coming.length < picture.count || picture.number !== picture.count - 1) return;
    this.clip = { pictures: this.coming, developed: [] };
    this.coming = [];
    this.at = null;
    const old = (this.recent.at(-1)?.frame ?? 0) - picture.onset > FRESH * this.rate;
    if (!old || this.kept) this.show("twitch");
    $("film-twitch").disabled = false;
  }

  choose(what) {
    if (what === "twitch" && !this.clip) return;
    this.kept = what === "twitch";
    this.show(what);
  }

  show(what) {
    this.shows = what;
    this.began = performance.now();
    this.stale = true;
    $("film-live").setAttribute("aria-pressed", String(what === "live"));
    $("film-twitch").setAttribute("aria-pressed", String(what === "twitch"));
    $("film-twitch").disabled = !this.clip;
  }

  // Which picture of the clip now; null: it has been shown often enough.
  clipAt() {
    const { pictures } = this.clip, first = pictures[0].frame, last = pictures.at(-1).frame;
    if (still.matches) return this.farthest();
    const length = (last - first) / this.rate * (1 + PAUSE) || 1, gone = (performance.now() - this.began) / 1000 / SLOWED;
    if (!this.kept && gone > LOOPS * length) return null;
    const now = first + (gone % length) * this.rate;
    let at = 0;
    while (at + 1 < pictures.length && pictures[at + 1].frame <= now) at++;
    return at;
  }

  // Where nothing may move by itself: the picture with the longest way.
  farthest() {
    const ways = this.clip.pictures.map(p => this.arrows(p, this.clip.pictures[0]).reduce((m, a) => Math.max(m, a.way), 0));
    return ways.indexOf(Math.max(...ways));
  }

  // One screen frame; now and rate in frames of the recording.
  draw(now, rate) {
    this.rate = rate;
    if ($("film").hidden) return;
    const at = this.shows === "twitch" ? this.clipAt() : null;
    if (this.shows === "twitch" && at === null) this.show("live");
    this.words_(now);
    if (at !== this.at) this.stale = true;
    this.at = at;
    if (!this.stale || !this.begin()) return;
    if (at !== null) this.drawClip(at);
    else if (this.recent.length > 0) this.drawLive();
  }

  words_(now) {
    const latest = this.recent.at(-1), size = this.clip && this.sizeText();
    const late = latest && performance.now() - latest.came > STALE_MS;
    const text = this.shows === "twitch"
      ? `twitch of ${size}, ${since((now - this.clip.pictures[0].onset) / this.rate).join(" ").trim()} ago`
      : late ? "no new picture" : this.behind(latest, now) > BEHIND ? `${since(this.behind(latest, now)).join(" ").trim()} behind` : "live";
    if ($("film-of").textContent === text) return;
    $("film-of").textContent = text;
    this.canvas.setAttribute("aria-label", this.shows === "twitch" ? `Ultrasound around the last twitch, ${size}` : "Ultrasound, the newest picture");
  }

  // By how much a picture is older than the newest of the recording, s: where the machine is too slow to follow them all.
  behind(picture, now) {
    return picture ? (now - picture.frame) / this.rate : 0;
  }

  sizeText() {
    const { size, mmPerPx } = this.clip.pictures[0];
    return mmPerPx > 0 ? `${size.toFixed(2)} mm` : `${size.toFixed(1)} px`;
  }

  drawLive() {
    const picture = this.recent.at(-1);
    this.developed ??= develop(picture);
    this.drawPicture(picture, this.developed, this.recent[0]);
  }

  drawClip(at) {
    const picture = this.clip.pictures[at];
    this.clip.developed[at] ??= develop(picture);
    this.drawPicture(picture, this.clip.developed[at], this.clip.pictures[0]);
  }

  // What has moved since the picture before, in pixels of the picture.
  arrows(picture, before) {
    const found = [], least = picture.mmPerPx > 0 ? LEAST_MM / picture.mmPerPx : LEAST_PX;
    for (let i = 0; i < picture.columns * picture.rows; i++) {
      const dx = picture.moved[2 * i] - before.moved[2 * i], dy = picture.moved[2 * i + 1] - before.moved[2 * i + 1];
      const way = Math.hypot(dx, dy);
      if (way >= least) {
        found.push({ x: picture.left + (i % picture.columns) * picture.step, y: picture.top + Math.floor(i / picture.columns) * picture.step, dx, dy, way });
      }
    }
    return found;
  }

  drawPicture(picture, developed, before) {
    const { ctx, dpr } = this, zoom = Math.min(this.w / picture.width, this.h / picture.height);
    const left = (this.w - zoom * picture.width) / 2, top = (this.h - zoom * picture.height) / 2;
    ctx.imageSmoothingQuality = "high";
    ctx.drawImage(developed, left, top, zoom * picture.width, zoom * picture.height);
    const arrows = this.arrows(picture, before);
    const lines = () => {
      for (const a of arrows) this.arrow(left + zoom * a.x, top + zoom * a.y, LONGER * zoom * a.dx, LONGER * zoom * a.dy);
      if (picture.twitch > 0) {
        ctx.moveTo(left + zoom * picture.x + 16 * dpr, top + zoom * picture.y);
        ctx.arc(left + zoom * picture.x, top + zoom * picture.y, 16 * dpr, 0, 2 * Math.PI);
      }
    };
    this.stroke(lines, HALO, 4);
    this.stroke(lines, INK, 1.8);
    this.scaleBar(picture, left, top, zoom);
    this.canvas.dataset.arrows = String(arrows.length); // for the tests
  }

  stroke(lines, colour, width) {
    this.ctx.beginPath();
    lines();
    this.ctx.strokeStyle = colour;
    this.ctx.lineWidth = width * this.dpr;
    this.ctx.lineCap = "round";
    this.ctx.stroke();
  }

  // From its place: a shaft, and a head of a third of it.
  arrow(x, y, dx, dy) {
    const { ctx } = this, long = Math.hypot(dx, dy), head = Math.min(long / 3, 7 * this.dpr) / long;
    ctx.moveTo(x, y);
    ctx.lineTo(x + dx, y + dy);
    ctx.moveTo(x + dx - head * (dx - 0.6 * dy), y + dy - head * (dy + 0.6 * dx));
    ctx.lineTo(x + dx, y + dy);
    ctx.lineTo(x + dx - head * (dx + 0.6 * dy), y + dy - head * (dy - 0.6 * dx));
  }

  // 5, 10 or 20 mm, whichever is nearest to a fifth of the picture; and how much longer arrows are.
  scaleBar(picture, left, top, zoom) {
    const { ctx, dpr } = this, bottom = top + zoom * picture.height - 9 * dpr, x = left + 9 * dpr;
    const slowed = picture.twitch > 0 && !still.matches && zoom * picture.width > 240 * dpr ? `${SLOWED} × slower, ` : "";
    if (picture.mmPerPx > 0) {
      const fifth = picture.width * picture.mmPerPx / 5, mm = [1, 2, 5, 10, 20, 50].reduce((a, b) => (Math.abs(b - fifth) < Math.abs(a - fifth) ? b : a));
      const line = () => { ctx.moveTo(x, bottom); ctx.lineTo(x + zoom * mm / picture.mmPerPx, bottom); };
      this.stroke(line, HALO, 5);
      this.stroke(line, PALE, 2);
      this.haloed(`${mm} mm`, x, bottom - 4 * dpr, "left");
    }
    this.haloed(`${slowed}arrows ${LONGER} ×`, left + zoom * picture.width - 9 * dpr, bottom + 3 * dpr, "right");
  }

  haloed(text, x, y, align) {
    this.ctx.strokeStyle = HALO;
    this.ctx.lineWidth = 3 * this.dpr;
    this.ctx.lineJoin = "round";
    this.words(text, x, y, PALE, align, true);
  }
}
