import type { SeriesAnswer } from "../../contract/api.ts";

/**
 * Formats a series as a table, RFC 4180: a row for each hour that any of the variables has, a column of values for each
 * variable, and a further column of labels for variables that have labels.
 */
export function seriesCsv({ series }: SeriesAnswer): string {
  const columns = series.flatMap(({ var: id, units, values }) => {
    const byHour = new Map(values.map((value) => [value.fh, value]));
    const column = (name: string, of: "value" | "label") => ({ name, at: (fh: Hour) => byHour.get(fh)?.[of] });
    const hasLabels = values.some(({ label }) => label !== undefined);
    return [
      column(units === "" ? id : `${id} (${units})`, "value"),
      ...(hasLabels ? [column(`${id} label`, "label")] : []),
    ];
  });
  const hours = new Map(series.flatMap(({ values }) => values.map(({ fh, valid_time }) => [fh, valid_time] as const)));
  const rows = [...hours].sort(([a], [b]) => a - b).map(([fh, validTime]) => [
    validTime,
    fh,
    ...columns.map(({ at }) => at(fh)),
  ]);
  const lines = [["valid_time", "fh", ...columns.map(({ name }) => name)], ...rows];
  return lines.map((cells) => cells.map(cell).join(",") + "\r\n").join("");
}

type Hour = SeriesAnswer["series"][number]["values"][number]["fh"];

function cell(value: string | number | null | undefined): string {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
