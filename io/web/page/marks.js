// SPDX-License-Identifier: GPL-3.0-or-later
// Marks, phases, notes, stop signs: buttons and number keys that send the desk's command lines.

const $ = id => document.getElementById(id);
const KEPT = "myotwitch.markers";

// Keys 2 to 9; 1 is a new insertion, 0 the stop sign. The names can be changed and stay in this
// browser.
const USUAL = ["familiar pain", "twitch felt", "twitch seen", "needle moved", "needle out", "patient moved",
  "cough or talk", "pain eased"];
// Steps of a needling session, as the technique model names them; Shift and 1 to 8.
export const PHASES = ["inspect", "baseline", "palpate", "needle", "compress", "stretch", "recheck", "aftercare"];
// Signs that people see; the second line is the technique model's word on them (X01, X02).
export const SIGNS = [
  ["sharp, shooting or electric pain", "Stop at once: may be a nerve, not a knot."],
  ["swelling, colour or warmth", "Do not press: rest and professional evaluation."],
  ["patient asks to stop", "The patient decides."],
  ["other sign", "What it is can be told in a note."],
];

// What event lines keep of a note, in bytes: the 63 of a mark without "note: ". A longer one goes in several.
const NOTE_BYTES = 57;

function pieces(words) {
  const bytes = text => new TextEncoder().encode(text).length;
  const list = [];
  let piece = "";
  for (const letter of words) {
    if (bytes(piece + letter) > NOTE_BYTES) {
      const space = letter === " " ? piece.length : piece.lastIndexOf(" ");
      list.push(space > 0 ? piece.slice(0, space) : piece);
      piece = space > 0 ? piece.slice(space + 1) : "";
    }
    piece = (piece + letter).trimStart();
  }
  return [...list, piece].filter(text => text);
}

function names() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT));
    if (Array.isArray(kept) && kept.length === USUAL.length) return kept.map(String);
  } catch { /* what was kept is damaged: the usual names */ }
  return [...USUAL];
}

export class Marks {
  // command(line) resolves with the answer; tell(text) shows a refusal.
  constructor(command, tell) {
    this.command = command;
    this.tell = tell;
    this.names = names();
    this.over = false;
    this.lay();
    $("insert").onclick = () => this.insert();
    $("undo").onclick = () => this.send("undo", $("undo"));
    $("note").onclick = () => this.note();
    $("stop-sign").onclick = () => $("stop-dialog").showModal();
    document.querySelectorAll("[data-rest]").forEach(b => { b.onclick = () => this.send(b.dataset.rest, b); });
  }

  lay() {
    $("markers").replaceChildren(...this.names.map((name, i) => this.button(`${i + 2}`, name, () => this.mark(i))));
    this.phases = PHASES.map((name, i) => this.button(`⇧${i + 1}`, name, () => this.phase(i)));
    for (const button of this.phases) {
      button.setAttribute("role", "radio");
      button.setAttribute("aria-checked", "false");
    }
    $("phases").replaceChildren(...this.phases);
    $("stop-signs").replaceChildren(...SIGNS.map(([sign, word]) => {
      const button = document.createElement("button"), small = document.createElement("small");
      button.className = "stop";
      small.textContent = word;
      button.append(sign, small);
      button.value = "ok";
      button.onclick = () => this.send(`mark stop-sign ${sign}`);
      return button;
    }));
    $("names").replaceChildren(...this.names.map((name, i) => {
      const label = document.createElement("label"), input = document.createElement("input");
      input.value = name;
      input.maxLength = 40;
      input.onchange = () => this.rename(i, input.value.trim() || USUAL[i]);
      label.append(`${i + 2}`, input);
      return label;
    }));
  }

  button(key, name, act) {
    const button = document.createElement("button"), kbd = document.createElement("kbd");
    kbd.textContent = key;
    button.append(kbd, name);
    button.onclick = act;
    return button;
  }

  rename(i, name) {
    this.names[i] = name;
    localStorage.setItem(KEPT, JSON.stringify(this.names));
    this.lay();
    this.end(this.over);
  }

  async send(line, button) {
    if (this.over) return;
    const answer = await this.command(line);
    if (!answer.startsWith("ok")) this.tell(answer.replace(/^error: /, ""));
    else if (button) {
      button.classList.remove("hit");
      void button.offsetWidth; // begins the animation anew
      button.classList.add("hit");
    }
  }

  insert() { this.send("insertion next", $("insert")); }
  mark(i) { this.send(`mark ${this.names[i]}`, $("markers").children[i]); }
  phase(i) { this.send(`phase ${PHASES[i]}`); }

  note() {
    if (this.over) return;
    const dialog = $("note-dialog"), text = $("note-text");
    text.value = "";
    dialog.onclose = () => {
      const words = text.value.replace(/[\x00-\x1f\x7f]/g, " ").trim();
      if (dialog.returnValue === "ok") pieces(words).forEach(piece => this.send(`note ${piece}`));
    };
    dialog.returnValue = "";
    dialog.showModal();
    text.focus();
  }

  // Behind the end nothing can be marked, and no window stays open that asks for it.
  end(over) {
    this.over = over;
    document.querySelectorAll(".marks button, .rest-keys button").forEach(b => { b.disabled = over; });
    if (over) ["note-dialog", "stop-dialog"].forEach(id => $(id).close(""));
  }

  draw(state) {
    this.phases.forEach((button, i) => button.setAttribute("aria-checked", String(PHASES[i] === state.phase)));
  }

  // Number keys; true when it was one.
  key(event) {
    if (this.over) return false;
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
    if (digit === undefined || event.ctrlKey || event.altKey || event.metaKey) return false;
    const n = Number(digit);
    if (event.shiftKey) {
      if (n >= 1 && n <= PHASES.length) this.phase(n - 1);
    } else if (n === 0) $("stop-dialog").showModal();
    else if (n === 1) this.insert();
    else this.mark(n - 2);
    return true;
  }
}
