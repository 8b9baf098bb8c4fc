// SPDX-License-Identifier: GPL-3.0-or-later
// The trace to look into, drawn by dygraphs, which stands before this in the same script. The page says by
// hash that nothing else may run; without it all but this part is there.
(() => {
  const data = JSON.parse(document.getElementById("trace-data").textContent);
  const part = document.querySelector(".zoom"), box = document.getElementById("zoom");
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const end = data.low.length * data.bin, margin = 0.4;
  const rows = data.low.map((low, i) => {
    const a = low * data.step, b = data.high[i] * data.step;
    return [(i + 0.5) * data.bin, [a, (a + b) / 2, b]];
  });
  const clock = s => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
  const look = () => ({ colors: [colour("--trace")], axisLineColor: colour("--line"), gridLineColor: colour("--line"),
    rangeSelectorPlotFillColor: colour("--trace"), rangeSelectorPlotStrokeColor: colour("--trace") });
  part.hidden = false;
  const graph = new Dygraph(box, rows, Object.assign(look(), {
    customBars: true, labels: ["s", "trace"], ylabel: data.unit, legend: "never", fillAlpha: 0.75, strokeWidth: 0.6,
    showRangeSelector: true, rangeSelectorHeight: 34, rangeSelectorAlpha: 0.35, highlightCircleSize: 0, labelsKMB: false,
    axes: { x: { axisLabelFormatter: (s, gran, opts, g) => {
      const [from, to] = g.xAxisRange();
      return to - from > 20 ? clock(s) : `${s.toFixed(to - from > 2 ? 1 : 2)} s`;
    }, axisLabelWidth: 60 }, y: { axisLabelWidth: 44 } },
    underlayCallback: (canvas, area, g) => {
      canvas.strokeStyle = colour("--twitch");
      canvas.globalAlpha = 0.7;
      for (const onset of data.twitches) {
        const x = Math.round(g.toDomXCoord(onset)) + 0.5;
        if (x < area.x || x > area.x + area.w) continue;
        canvas.beginPath();
        canvas.moveTo(x, area.y);
        canvas.lineTo(x, area.y + area.h);
        canvas.stroke();
      }
      canvas.globalAlpha = 1;
    },
  }));
  let at = -1;
  const show = (from, to) => graph.updateOptions({ dateWindow: [Math.max(0, from), Math.min(end, to)] });
  document.querySelectorAll("[data-go]").forEach(button => {
    button.onclick = () => {
      const by = Number(button.dataset.go), count = data.twitches.length;
      if (by === 0 || count === 0) {
        at = -1;
        show(0, end);
      } else {
        at = at < 0 ? (by > 0 ? 0 : count - 1) : (at + by + count) % count;
        show(data.twitches[at] - margin, data.twitches[at] + 2 * margin);
      }
      document.getElementById("zoom-at").textContent = at < 0 ? "" : `twitch ${at + 1} of ${count}, at ${data.twitches[at].toFixed(3)} s`;
    };
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => graph.updateOptions(look()));
})();
