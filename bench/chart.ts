/** The result of a benchmark as a picture: for each workload a group of bars, CPU microseconds of the proxy for a request. */

export interface ChartGroup {
  readonly title: string;
  readonly bars: readonly { readonly name: string; readonly label: string; readonly cpuUs: number }[];
}

const COLOURS = new Map([
  ["nginx", "#7a8794"],
  ["bare", "#b8c0c8"],
  ["plain", "#2f6f9f"],
  ["doors", "#174a6e"],
  ["plain-node", "#e0a458"],
  ["doors-node", "#b5702a"],
]);
const WIDTH = 860;
const LEFT = 290;
const BAR = 16;
const STEP = 20;
const SCALE_WIDTH = WIDTH - LEFT - 90;

export function chart(groups: readonly ChartGroup[], caption: string): string {
  const lines: string[] = [];
  let y = 34;
  for (const { title, bars } of groups) {
    // Each group has a scale of its own: a stream of 200 chunks is not a small answer.
    const most = Math.max(...bars.map((bar) => bar.cpuUs));
    y += 26;
    lines.push(text(12, y, title, "font-weight='bold'"));
    for (const { name, label, cpuUs } of bars) {
      y += STEP;
      const width = Math.max(1, (cpuUs / most) * SCALE_WIDTH);
      lines.push(text(LEFT - 8, y + 12, label, "text-anchor='end'"));
      const colour = COLOURS.get(name) ?? "#999";
      lines.push(`<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" fill="${colour}"/>`);
      lines.push(text(LEFT + width + 6, y + 12, `${cpuUs.toFixed(0)} us`));
    }
    y += STEP;
  }
  const height = y + 14;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"`,
    ' font-family="system-ui, sans-serif" font-size="12" fill="#222">',
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    text(12, 24, caption, "font-size='13'"),
    ...lines,
    "</svg>\n",
  ].join("\n");
}

function text(x: number, y: number, content: string, attributes = ""): string {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x.toFixed(1)}" y="${y}" ${attributes}>${escaped}</text>`;
}
