import { type LoadReport, PERCENTILES } from "./load.ts";

const COLUMNS: readonly (readonly [name: string, of: (report: LoadReport) => string])[] = [
  ["scenario", ({ scenario }) => scenario],
  ["target", ({ target }) => target],
  ["clients", ({ clients }) => String(clients)],
  ["per s", ({ perSecond }) => perSecond.toFixed(0)],
  ...[...PERCENTILES.map((p) => `p${p}`), "max"].map((key) =>
    [`${key} ms`, ({ latencyMs }: LoadReport) => latencyMs[key]!.toFixed(1)] as const
  ),
  ["errors %", ({ errorRate }) => (errorRate * 100).toFixed(2)],
  ["cache hits %", ({ cacheHitShare }) => cacheHitShare === null ? "-" : (cacheHitShare * 100).toFixed(1)],
  ["bytes each", ({ bytesEach }) => bytesEach.toFixed(0)],
];

export const OUTPUTS = ["table", "json", "csv"] as const;
export type Output = typeof OUTPUTS[number];

export function describe(reports: readonly LoadReport[], output: Output): string {
  if (output === "json") return JSON.stringify(reports, null, 2);
  const rows = [COLUMNS.map(([name]) => name), ...reports.map((report) => COLUMNS.map(([, of]) => of(report)))];
  if (output === "csv") {
    return rows.map((row) => row.map((cell) => /[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell).join(","))
      .join("\n");
  }
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row, i) => {
    const line = `| ${
      row.map((cell, column) => column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)).join(" | ")
    } |`;
    return i === 0 ? `${line}\n|${widths.map((width) => "-".repeat(width + 2)).join("|")}|` : line;
  }).join("\n");
}
