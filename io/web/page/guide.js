// SPDX-License-Identifier: GPL-3.0-or-later
// The step that goes on, its time against the technique model's band, and what the rules say of it. It
// stands in a place of its own, beside nothing that warns.
import { clock } from "./units.js";

const $ = id => document.getElementById(id);
const SEVERITIES = ["not assessed", "ok", "info", "note", "warn", "refer", "stop"];
const IDLE = "Choose the phase that begins, and New insertion each time the needle goes in.";
const NONE = { since: -1, least: NaN, most: NaN, step: "", words: [] };

// "30–90 s", "15–20 min".
function bandText({ least, most }) {
  const minutes = least >= 300, unit = minutes ? 60 : 1;
  return `${Math.round(least / unit)}–${Math.round(most / unit)} ${minutes ? "min" : "s"}`;
}

export class Guide {
  constructor() { this.take(NONE); }

  take(guide) {
    this.guide = guide;
    $("guide-words").replaceChildren(...guide.words.map(word => {
      const item = document.createElement("li"), tag = document.createElement("b"), rule = document.createElement("small");
      tag.textContent = SEVERITIES[word.severity] ?? "";
      tag.className = `tag ${tag.textContent}`;
      rule.textContent = word.rule;
      item.append(tag, ` ${word.text} `, rule);
      return item;
    }));
    $("guide-band").hidden = !(guide.most > 0);
    $("guide-step").textContent = guide.step || IDLE;
    $("guide").classList.toggle("idle", !guide.step);
    if (guide.most > 0) {
      // The bar ends a third behind the band, so that "beyond" can be seen.
      this.span = guide.most * 4 / 3;
      $("guide-least").style.left = `${100 * guide.least / this.span}%`;
      $("guide-least").style.width = `${100 * (guide.most - guide.least) / this.span}%`;
    }
  }

  // One screen frame; now in frames.
  draw(now, rate) {
    const { since, least, most } = this.guide, s = since < 0 ? NaN : Math.max(0, (now - since) / rate);
    const where = !(most > 0) ? "" : s < least ? "before" : s > most ? "beyond" : "within";
    const text = Number.isNaN(s) ? "" : most > 0 ? `${clock(s)} of ${bandText(this.guide)}` : clock(s);
    if ($("guide-time").textContent !== text) {
      $("guide-time").textContent = text;
      $("guide").dataset.band = where;
      $("guide-now").style.width = `${Math.min(100, 100 * s / this.span)}%`;
    }
  }
}
