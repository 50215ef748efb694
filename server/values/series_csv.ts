import type { SeriesAnswer } from "../../contract/api.ts";
import { compareLeads, type FrameText, leadOf } from "../../contract/lead.ts";

/**
 * Formats a series as a table, RFC 4180: a row for each frame that any of the variables has, a column of values for each
 * variable, and a further column of labels for discrete variables that have labels.
 */
export function seriesCsv({ series }: SeriesAnswer): string {
  const columns = series.flatMap(({ var: id, kind, units, values }) => {
    const byFrame = new Map(values.map((value) => [value.frame, value]));
    const column = (name: string, of: "value" | "label") => ({
      name,
      at: (frame: FrameText) => byFrame.get(frame)?.[of],
    });
    const hasLabels = kind === "discrete" && values.some(({ label }) => label !== undefined);
    return [
      column(units === "" ? id : `${id} (${units})`, "value"),
      ...(hasLabels ? [column(`${id} label`, "label")] : []),
    ];
  });
  const times = new Map(
    series.flatMap(({ values }) => values.map(({ frame, valid_time }) => [frame, valid_time] as const)),
  );
  const frames = [...times.keys()].sort((a, b) => compareLeads(leadOf({ frame: a }), leadOf({ frame: b })));
  const rows = frames.map((frame) => [times.get(frame), frame, ...columns.map(({ at }) => at(frame))]);
  const lines = [["valid_time", "fh", ...columns.map(({ name }) => name)], ...rows];
  return lines.map((cells) => cells.map(cell).join(",") + "\r\n").join("");
}

function cell(value: string | number | null | undefined): string {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
