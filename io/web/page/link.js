// SPDX-License-Identifier: GPL-3.0-or-later
// The line to the program: comes back by itself when it breaks, and carries commands there and
// answers back.
import { decode } from "./protocol.js";

const AGAIN_MS = 1000;

export class Link {
  // hear[name](message) for every message; up(true or false) when the line comes and goes.
  constructor(hear, up) {
    this.hear = hear;
    this.up = up;
    this.asked = new Map();
    this.number = 0;
    this.open();
  }

  open() {
    this.socket = new WebSocket(`ws://${location.host}/ws`, "myotwitch");
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => this.up(true);
    this.socket.onmessage = e => this.take(e.data);
    this.socket.onclose = () => {
      this.up(false);
      this.asked.forEach(answer => answer("error: the program does not answer"));
      this.asked.clear();
      setTimeout(() => this.open(), AGAIN_MS);
    };
  }

  take(data) {
    const message = decode(data);
    if (message?.name === "reply") {
      this.asked.get(message.id)?.(message.text);
      this.asked.delete(message.id);
    } else if (message) {
      this.hear[message.name]?.(message);
    }
  }

  get isOpen() { return this.socket.readyState === WebSocket.OPEN; }

  // Whether it went.
  send(line) {
    if (this.isOpen) this.socket.send(line);
    return this.isOpen;
  }

  // One command of the desk; resolves with "ok ..." or "error: ...".
  command(line) {
    return new Promise(answer => {
      if (!this.isOpen) {
        answer("error: the program does not answer");
        return;
      }
      this.asked.set(++this.number, answer);
      this.socket.send(`do ${this.number} ${line}`);
    });
  }
}
