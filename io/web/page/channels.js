// SPDX-License-Identifier: GPL-3.0-or-later
// Names and badges beside the traces.
import { FLAG } from "./protocol.js";

// Worst first; the words stand for themselves without colour.
function badges(meter) {
  const on = flag => (meter.flags & flag) !== 0;
  const found = [];
  if (on(FLAG.leadOff)) found.push(["bad", "lead off"]);
  else if (on(FLAG.zero)) found.push(["bad", "no signal"]);
  if (on(FLAG.saturated)) found.push(["bad", "clipped"]);
  if (on(FLAG.hum)) found.push(["warn", `hum ${Math.round(meter.humHz)} Hz`]);
  if (on(FLAG.blanked)) found.push(["wait", "settling"]);
  else if (!on(FLAG.armed)) found.push(["wait", "not armed yet"]);
  return found;
}

export class Channels {
  constructor(list, choose) {
    this.list = list;
    this.choose = choose;
  }

  // One row a channel that is shown.
  lay(names, channels, height) {
    const row = height / channels.length;
    this.list.className = row < 13 ? "dense tiny" : row < 40 ? "dense" : "";
    this.rows = channels.map(channel => {
      const item = document.createElement("li"), button = document.createElement("button");
      button.textContent = names[channel];
      button.onclick = () => this.choose(channel);
      item.append(button);
      return { channel, item, button, key: "" };
    });
    this.list.replaceChildren(...this.rows.map(r => r.item));
  }

  draw(meters, focus) {
    for (const row of this.rows ?? []) {
      row.button.setAttribute("aria-pressed", String(row.channel === focus));
      const found = meters?.now ? badges(meters.now[row.channel]) : [], key = found.join();
      if (row.key === key) continue;
      row.key = key;
      for (const old of [...row.item.children].slice(1)) old.remove(); // the button stays, and with it the focus
      row.item.append(...found.map(([kind, text]) => {
        const badge = document.createElement("span");
        badge.className = `badge ${kind}`;
        badge.textContent = text;
        return badge;
      }));
    }
  }
}
