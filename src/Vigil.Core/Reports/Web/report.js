// Draws the page's plots with uPlot. Their numbers stand in the page as JSON; names only ever become text.
(() => {
  "use strict";
  const plots = JSON.parse(document.getElementById("plots").textContent);
  const few = ["#2f81f7", "#e8710a", "#1a9e5c", "#d6336c", "#8957e5", "#0aa2c0", "#b08800", "#c0392b", "#6b7785", "#7a5230"];
  const names = [...new Set(plots.flatMap(p => p.lines.map(l => l.name)))];
  const colour = name => {
    const i = names.indexOf(name);
    return names.length <= few.length ? few[i] : `hsl(${(i * 137.5) % 360} 65% ${i % 2 ? 45 : 58}%)`;
  };
  const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const drawn = [];

  const shown = value => value == null ? "–" : Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3) ? value.toExponential(2) : String(Math.round(value * 1e4) / 1e4);

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  };

  function options(plot, width, isLog) {
    const axis = { stroke: style("--faint"), grid: { stroke: style("--line"), width: 1 }, ticks: { stroke: style("--line"), width: 1 }, font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif" };
    const isEpochs = plot.axis === "epoch";
    return {
      width, height: 300,
      scales: { x: { time: false, range: isEpochs ? (u, least, most) => [least - 0.25, most + 0.25] : undefined }, y: { distr: isLog ? 3 : 1 } },
      axes: [
        { ...axis, label: plot.axis, labelSize: 18, incrs: isEpochs ? [1, 2, 5, 10, 20, 50, 100, 1000] : undefined },
        { ...axis, size: 62, values: (u, ticks) => ticks.map(t => t == null ? "" : shown(t)) },
      ],
      cursor: { focus: { prox: 24 }, drag: { x: true, y: true, uni: 20 } },
      focus: { alpha: 0.25 },
      series: [
        { label: plot.axis, value: (u, v) => v == null ? "–" : String(v) },
        ...plot.lines.map(line => ({
          label: line.is_control ? `${line.name} (control)` : line.name,
          stroke: colour(line.name), width: 1.5, dash: line.is_control ? [7, 5] : undefined,
          points: { show: !line.is_control && line.x.length < 60, size: 5 }, value: (u, v) => shown(v),
        })),
      ],
    };
  }

  // On a logarithmic axis only what is above zero has a place.
  const data = (plot, isLog) => uPlot.join(plot.lines.map(l => [l.x, isLog ? l.y.map(v => v > 0 ? v : null) : l.y]));

  function draw(one) {
    one.chart?.destroy();
    const width = Math.max(240, one.box.clientWidth);
    one.chart = new uPlot(options(one.plot, width, one.log.checked), data(one.plot, one.log.checked), one.box);
  }

  for (const plot of plots) {
    const place = document.querySelector(`.plots[data-part="${plot.part}"]`);
    if (!place) continue;
    const [frame, head, label, log, box] = [element("div", "plot"), element("header", "", ""), element("label"), element("input"), element("div")];
    log.type = "checkbox";
    label.append(log, " log axis");
    head.append(element("span", "", plot.title), label);
    frame.append(head, box);
    place.append(frame);
    const one = { plot, box, log };
    log.addEventListener("change", () => draw(one));
    drawn.push(one);
  }
  // Once all have their places: a plot's width depends on how many stand beside it.
  drawn.forEach(draw);

  let wait = 0;
  const again = () => { clearTimeout(wait); wait = setTimeout(() => drawn.forEach(draw), 150); };
  addEventListener("resize", again);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
})();
