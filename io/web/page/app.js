// SPDX-License-Identifier: GPL-3.0-or-later
// The live page: wires the line to the program, the traces, the figures, the keys.
import { Book } from "./book.js";
import { Channels } from "./channels.js";
import { Figures } from "./figures.js";
import { Film } from "./film.js";
import { Guide } from "./guide.js";
import { Link } from "./link.js";
import { Marks } from "./marks.js";
import { drawRest, LaidOver, Spectrum } from "./panels.js";
import { LTR, STAGE, VERSION } from "./protocol.js";
import { ROW_STEPS, Scope } from "./scope.js";
import { clock, Volts } from "./units.js";

const $ = id => document.getElementById(id);
const book = new Book();
const link = new Link(hearing(), up);
const answered = () => link.isOpen && !ended.text; // behind the end nobody cuts columns any more
const scope = new Scope($("stage"), line => answered() && link.send(line), book);
const figures = new Figures(book);
const guide = new Guide();
const laidOver = new LaidOver();
const spectrum = new Spectrum();
const film = new Film();
const channels = new Channels($("channels"), focusOn);
const marks = new Marks(line => link.command(line), tell);
let hello = null, state = null, volts = null, lastState = 0;
figures.undo = () => marks.send("undo");
window.myo = { book, scope, link, film }; // for the tests

function hearing() {
  return {
    hello: greet,
    trace: m => { scope.take(m); book.at((m.first + m.columns) * m.width); },
    event: happened,
    mark: m => book.mark(m),
    gap: m => book.gap(m),
    state: take,
    meter: metered,
    spectrum: m => spectrum.take(m),
    guide: m => guide.take(m),
    relax: m => drawRest(m, hello.rate, clock),
    warning: m => tell(m.channel < hello.channels.length ? `${hello.channels[m.channel]}: ${m.text}` : m.text),
    twitch: m => laidOver.take(m),
    picture: m => film.take(m),
    end: ended,
  };
}

function greet(m) {
  if (m.protocol !== VERSION) {
    location.reload();
    return;
  }
  ended.text = undefined;
  marks.end(false);
  hello = m;
  volts = new Volts(m.fullScale);
  book.clear();
  laidOver.shapes = [];
  film.start();
  film.rate = m.rate;
  $("source").textContent = m.device || "myotwitch";
  $("file").textContent = m.recording ? `→ ${m.recording.split("/").pop()}` : "not recorded";
  $("sentence").textContent = m.sentence;
  $("mute").hidden = !m.sound;
  $("rows-step").hidden = m.channels.length < 2;
  scope.start(m, volts, scope.rows ?? Math.min(m.channels.length, 8));
  figures.start(m, volts);
  relabel();
}

// The first look is fitted to the noise when it is known, and once more when it has settled; a choice
// by hand stays.
const SETTLED = 80; // meters, 4 s
let known = 0;
function metered(m) {
  scope.meters.take(m.meters);
  book.at(m.meters[0].frame);
  if (scope.fitted || !m.meters.some(meter => meter.floor > 0)) return;
  known++;
  if (known === 1 || known === SETTLED) {
    scope.fit();
    relabel();
  }
  scope.fitted = known >= SETTLED;
}

function happened(m) {
  const before = book.events.get(m.id)?.stage, event = book.event(m);
  const fresh = (book.now - event.onset) / hello.rate < 2;
  if (event.type === LTR && fresh && event.stage !== STAGE.withdrawn && event.stage !== before) figures.arrived(event);
}

function take(m) {
  state = m;
  lastState = performance.now();
  book.at(m.frame);
  marks.draw(m);
  $("phase").hidden = !m.phase;
  $("phase").textContent = m.phase;
  $("mute").setAttribute("aria-pressed", String(m.muted));
  $("mute").textContent = m.muted ? "Sound off" : "Sound on";
  $("total").textContent = `${m.twitches} in this session`;
  drawRecording();
}

function drawRecording() {
  const chip = $("recording"), lost = !link.isOpen && !ended.text;
  chip.className = lost ? "chip lost" : state?.recording && !ended.text ? "chip on" : "chip";
  chip.textContent = lost ? "no line to the program" : ended.text ?? (!state ? "connecting"
    : state.recording ? `Recording ${clock(state.recorded)}` : `${hello?.live ? "Live" : "Replay"} ${clock(state.frame / hello.rate)}`);
}

function ended(m) {
  ended.text = m.lost ? "Device lost" : "Ended";
  const kept = hello?.recording ? `It is recorded in ${hello.recording}.` : "It was not recorded.";
  marks.end(true);
  tell(`${m.text ? `${ended.text}: ${m.text}` : "The session has ended."} ${kept}`);
  drawRecording();
}

function up(open) {
  if (ended.text) return;
  if (!open) tell("No line to the program; the page tries again. What is being recorded there does not depend on this page.");
  else if ($("notice").textContent.startsWith("No line")) $("notice").hidden = true;
  drawRecording();
}

function tell(text) {
  $("notice").firstElementChild.textContent = text;
  $("notice").hidden = false;
}

function relabel() {
  $("time").textContent = scope.timeText();
  $("gain").textContent = scope.gainText();
  const most = hello.channels.length;
  $("rows").textContent = scope.rows === most ? `all ${most}` : `${scope.rows} of ${most}`;
  document.querySelectorAll("[data-do^=page]").forEach(b => { b.hidden = scope.rows === hello.channels.length; });
  $("mode").textContent = scope.scroll ? "Scroll" : "Sweep";
  $("mode").setAttribute("aria-pressed", String(scope.scroll));
  $("raw").textContent = scope.raw ? "Raw" : `≥ ${Math.round(hello.measure[0])} Hz`;
  $("raw").setAttribute("aria-pressed", String(scope.raw));
  $("freeze").setAttribute("aria-pressed", String(scope.frozen));
  $("freeze").textContent = scope.frozen ? "Frozen" : "Freeze";
  $("stage").classList.toggle("frozen", scope.frozen);
  $("look").hidden = !scope.frozen;
  $("rms-of").textContent = hello.channels.length > 1 ? hello.channels[scope.focus] : "";
  channels.lay(hello.channels, scope.channels(), $("stage").clientHeight);
}

// The next of a list of steps in a direction.
function step(list, value, by) {
  const at = list.findIndex(v => v >= value * 0.999);
  return list[Math.max(0, Math.min(list.length - 1, (at < 0 ? list.length - 1 : at) + by))];
}

function focusOn(channel) {
  scope.focus = channel;
  scope.request();
  spectrum.newest = null;
  link.command(`channel ${channel}`);
  relabel();
}

function rows(by) {
  const most = hello.channels.length, list = [...ROW_STEPS.filter(n => n < most), most];
  scope.rows = step(list, scope.rows, by);
  scope.firstRow = Math.min(scope.firstRow, most - scope.rows);
  scope.request();
}

function page(by) {
  scope.firstRow = Math.max(0, Math.min(hello.channels.length - scope.rows, scope.firstRow + by * scope.rows));
  scope.request();
}

const does = {
  "time-": () => { scope.perDiv = step(scope.timeSteps(), scope.perDiv, -1); scope.request(); },
  "time+": () => { scope.perDiv = step(scope.timeSteps(), scope.perDiv, 1); scope.request(); },
  "gain-": () => { scope.fitted = true; scope.gain = step(volts.steps, scope.gain, -1); scope.full = true; },
  "gain+": () => { scope.fitted = true; scope.gain = step(volts.steps, scope.gain, 1); scope.full = true; },
  "rows-": () => rows(-1),
  "rows+": () => rows(1),
  "page-": () => page(-1),
  "page+": () => page(1),
  "look-": () => scope.look(-0.5),
  "look+": () => scope.look(0.5),
  raw: () => { scope.raw = !scope.raw; scope.request(); },
  mode: () => { scope.scroll = !scope.scroll; scope.full = true; },
  freeze: () => scope.freeze(!scope.frozen),
};

// What needs no new columns, and so no line to the program.
const ALONE = ["gain-", "gain+", "mode"];

function act(name) {
  if (!hello || !(answered() || ALONE.includes(name))) return;
  does[name]();
  relabel();
}

document.querySelectorAll("[data-do]").forEach(b => { b.onclick = () => act(b.dataset.do); });
$("mode").onclick = () => act("mode");
$("raw").onclick = () => act("raw");
$("freeze").onclick = () => act("freeze");
$("thaw").onclick = () => act("freeze");
$("mute").onclick = () => marks.send(state?.muted ? "unmute" : "mute");
// A button that was tapped or clicked gives the focus up, so that Space freezes and does not press it
// again; by keyboard the focus stays.
document.addEventListener("click", e => { if (e.detail > 0) e.target.closest?.("button")?.blur(); }, true);
document.querySelectorAll("[data-close]").forEach(b => { b.onclick = () => b.closest("dialog").close(""); });
$("notice").lastElementChild.onclick = () => { $("notice").hidden = true; };

// How close the names stand depends on the room that notices and signs leave.
new ResizeObserver(() => { if (hello) relabel(); }).observe($("stage"));

// Dragging a frozen picture looks around in time.
let grip = null;
$("stage").onpointerdown = e => { if (scope.frozen && e.target.tagName === "CANVAS") grip = e.clientX; };
window.onpointermove = e => {
  if (grip === null) return;
  scope.look((grip - e.clientX) / $("stage").clientWidth);
  grip = e.clientX;
};
window.onpointerup = window.onpointercancel = () => { grip = null; };

// --- light and dark --------------------------------------------------------------------------
const dark = matchMedia("(prefers-color-scheme: dark)");
function theme() {
  const chosen = localStorage.getItem("myotwitch.theme") ?? "auto";
  document.documentElement.dataset.theme = chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen;
  $("theme").textContent = { auto: "Light/dark: auto", light: "Light", dark: "Dark" }[chosen];
  if (hello) scope.colours();
  laidOver.stale = spectrum.stale = film.stale = true;
}
$("theme").onclick = () => {
  const order = ["auto", "light", "dark"], now = localStorage.getItem("myotwitch.theme") ?? "auto";
  localStorage.setItem("myotwitch.theme", order[(order.indexOf(now) + 1) % 3]);
  theme();
};
dark.onchange = theme;
theme();

// --- keys ------------------------------------------------------------------------------------
const KEYS = [
  ["1", "a new insertion"], ["2 – 9", "markers"], ["Shift 1 – 8", "phases"],
  ["0", "a sign to stop"],
  ["Backspace", "undo the last mark; with Shift: redo"],
  ["Space", "freeze and go live; the recording goes on"], ["← →", "shorter, longer time per division; frozen: look around"],
  ["↑ ↓", "larger, smaller trace"], ["Page Up, Down", "channels before and after"],
  ["w", "sweep or scroll"], ["f", "high-pass for the display, or as recorded"], ["t", "note"], ["a", "sound off and on"], ["?", "this list"],
];

function list(id, rowsOf) {
  $(id).replaceChildren(...rowsOf.flatMap(([key, text]) => {
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = key;
    dd.textContent = text;
    return [dt, dd];
  }));
}

function help() {
  list("keys", KEYS);
  const known = (value, unit) => (value > 0 ? `${value.toFixed(1)} ${unit}` : "not known");
  list("facts", !hello ? [] : [
    ["Version", hello.version], ["Rate", `${hello.rate} Hz, ${hello.channels.length} channels`],
    ["Detector looks at", `${hello.detect[0]} to ${hello.detect[1]} Hz`],
    ["Sizes are of", `${hello.measure[0]} to ${hello.measure[1]} Hz`],
    ["Full scale", hello.fullScale > 0 ? `${hello.fullScale} µV` : "not calibrated: sizes are parts of full scale"],
    ["Look back", `${Math.floor(hello.lookback)} s`],
    ["Onset to first word, p95", known(state?.detectorP95, "ms")],
    ["Block; device's latency", `${known(state?.block, "ms")}; ${known(state?.deviceLatency, "ms")}`],
    ["Frames lost", String(state?.lost ?? 0)],
    ["Room on disk", state?.diskLeft >= 0 ? clock(state.diskLeft) : "not known"],
  ]);
  $("help-dialog").showModal();
  $("help-dialog").scrollTop = 0; // the button that gets the focus stands at its end
}
$("help").onclick = help;
$("end-recording").onclick = () => {
  $("help-dialog").close();
  $("end-dialog").returnValue = "";
  $("end-dialog").showModal();
};
$("end-dialog").onclose = () => { if ($("end-dialog").returnValue === "yes") marks.send("stop yes"); };

const byKey = {
  ArrowLeft: () => act(scope.frozen ? "look-" : "time-"),
  ArrowRight: () => act(scope.frozen ? "look+" : "time+"),
  ArrowUp: () => act("gain-"),
  ArrowDown: () => act("gain+"),
  PageUp: () => act("page-"),
  PageDown: () => act("page+"),
  " ": () => act("freeze"),
  w: () => act("mode"),
  f: () => act("raw"),
  t: () => marks.note(),
  a: () => { if (!$("mute").hidden) $("mute").click(); },
  "?": help,
};

window.onkeydown = e => {
  if (e.target.tagName === "INPUT" || document.querySelector("dialog[open]")) return;
  if (e.key === "Backspace") marks.send(e.shiftKey ? "redo" : "undo", $("undo"));
  // A button in focus is pressed; that of a dialog which has just closed has the focus for one frame more.
  else if (e.key === " " && e.target.tagName === "BUTTON" && !e.target.closest("dialog")) return;
  else if (!e.repeat && marks.key(e)) { /* done */ }
  else if (byKey[e.key] && !e.ctrlKey && !e.altKey && !e.metaKey) byKey[e.key]();
  else return;
  e.preventDefault();
};

// --- one screen frame ------------------------------------------------------------------------
function frame() {
  if (hello) {
    scope.draw();
    figures.draw(scope.meters, scope.focus);
    guide.draw(book.now, hello.rate);
    channels.draw(scope.meters, scope.focus);
    laidOver.draw(hello, volts, scope.colour);
    film.draw(book.now, hello.rate);
    spectrum.draw(hello, hello.channels[scope.focus], scope.colour);
    if (scope.frozen) {
      const end = scope.newest / hello.rate, ago = Math.max(0, (book.now - scope.newest) / hello.rate);
      $("where").textContent = `${clock(end)}, ${ago.toFixed(1)} s ago. ${state?.recording ? "Recording" : "The signal"} goes on.`;
    }
    if (performance.now() - lastState > 3000 && !ended.text) drawRecording();
  }
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);
