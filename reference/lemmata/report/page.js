(() => {
  "use strict";
  const plots = JSON.parse(document.getElementById("plots").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const colours = {
    light: ["#1a5c8c", "#b8540a", "#1d6b57", "#8a3b72", "#7a5500", "#586069", "#b3261e", "#3f51a3", "#4c7a12"],
    dark: ["#7cc0f0", "#f2a65e", "#66cdb0", "#e29bcd", "#e0b84f", "#a3abb3", "#ff8a80", "#a3b1ff", "#b4d96c"],
  };
  const draw = (element, light) => {
    const plot = plots[Number(element.dataset.index)];
    const ink = light ? "#1c2024" : "#e6e8ea";
    const rule = light ? "#dfe2e0" : "#333a40";
    const narrow = element.clientWidth < 520;
    const axis = (title, scale) => ({
      title: { text: title }, type: scale, gridcolor: rule, zerolinecolor: rule, linecolor: rule, automargin: true,
      exponentformat: "power", nticks: narrow ? 5 : 8,
    });
    const data = plot.series.map((series) => ({
      type: "scatter", mode: series.mode, name: series.name, x: series.x, y: series.y,
      text: series.labels.length ? series.labels : undefined,
      hovertemplate: "%{x:.6~g}, %{y:.4~g}" + (series.labels.length ? "<br>%{text}" : ""),
      marker: { size: 6, opacity: 0.8 },
    }));
    Plotly.react(element, data, {
      margin: { l: 10, r: 10, t: 10, b: 10 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: ink, family: "system-ui, sans-serif", size: 12 },
      colorway: light ? colours.light : colours.dark,
      xaxis: axis(plot.x_title, plot.x_scale), yaxis: axis(plot.y_title, plot.y_scale),
      legend: { orientation: "h", y: -0.25, yanchor: "top", font: { size: 11 } }, showlegend: data.length > 1,
      hoverlabel: { font: { family: "system-ui, sans-serif" } },
    }, { responsive: true, displaylogo: false, displayModeBar: narrow ? false : "hover" });
  };
  const drawAll = (light) => document.querySelectorAll(".plot").forEach((element) => draw(element, light));
  drawAll(!dark.matches);
  dark.addEventListener("change", () => drawAll(!dark.matches));
  const opened = [];
  addEventListener("beforeprint", () => {
    drawAll(true);
    document.querySelectorAll("details:not([open]):not(.data)").forEach((d) => { d.open = true; opened.push(d); });
  });
  addEventListener("afterprint", () => {
    drawAll(!dark.matches);
    opened.splice(0).forEach((d) => { d.open = false; });
  });
})();
