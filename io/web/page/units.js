// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as people read them: 1-2-5 steps, microvolts or parts of full scale, clock times.

// The 1-2-5 steps from low to high.
export function steps(low, high) {
  const found = [];
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.ceil(Math.log10(high)); decade++) {
    for (const digit of [1, 2, 5]) {
      const value = Number(`${digit}e${decade}`);
      if (value >= low * 0.999 && value <= high * 1.001) found.push(value);
    }
  }
  return found;
}

const short = value => {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 0 : size >= 1 ? 1 : 2);
};

// A division: exact, they are round numbers.
export const timeStep = s => (s < 1 ? `${Math.round(s * 1000)} ms` : `${s} s`);

// Amplitudes of one recording: microvolts where the full scale is known, else percent of it.
export class Volts {
  constructor(fullScale) {
    this.known = fullScale > 0;
    this.factor = this.known ? fullScale : 100;
    this.steps = this.known ? steps(1, 50000) : steps(0.001, 100);
    this.usual = this.known ? 50 : 0.5;
  }
  text(sample) {
    const [number, unit] = this.parts(sample);
    return `${number} ${unit}`;
  }
  parts(sample) {
    if (!Number.isFinite(sample)) return ["–", ""];
    const value = sample * this.factor;
    if (!this.known) return [short(value), "% FS"];
    return Math.abs(value) >= 10000 ? [short(value / 1000), "mV"] : [short(value), "µV"];
  }
  step(value) {
    if (!this.known) return `${value} % FS`;
    return value >= 1000 ? `${value / 1000} mV` : `${value} µV`;
  }
}

const two = n => String(Math.floor(n)).padStart(2, "0");

// 12:34 or 1:02:34
export function clock(s) {
  const t = Math.max(0, s);
  const minutes = `${two((t / 60) % 60)}:${two(t % 60)}`;
  return t >= 3600 ? `${Math.floor(t / 3600)}:${minutes}` : minutes;
}

// A time that has gone by: 3.2 s, 48 s, 2 min, in parts of number and unit.
export function since(s) {
  if (!Number.isFinite(s) || s < 0) return ["–", ""];
  if (s < 10) return [s.toFixed(1), "s"];
  if (s < 100) return [String(Math.floor(s)), "s"];
  return [clock(s), ""];
}
