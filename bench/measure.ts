import { cpuUsage } from "node:process";
import { print } from "../builder/operations/terminal.ts";

/** Cost of a piece of work. CPU time is user and system time of all its threads. */
export interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Returns the value below which `share` of the sorted values lie, by nearest rank; NaN for no values. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? NaN;
}

export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

export function medianCost(costs: readonly Cost[]): Cost {
  return { wallMs: median(costs.map(({ wallMs }) => wallMs)), cpuMs: median(costs.map(({ cpuMs }) => cpuMs)) };
}

/** Runs work in this process and measures the process: nothing else may run in the process meanwhile. */
export async function costOf(work: () => unknown): Promise<Cost> {
  const before = cpuUsage();
  const started = performance.now();
  await work();
  const wallMs = performance.now() - started;
  const { user, system } = cpuUsage(before);
  return { wallMs, cpuMs: (user + system) / 1000 };
}

/**
 * Runs a command to its end and measures it with all its children, with the shell's `time`, which reports milliseconds.
 * @throws Error with the command's output when it fails
 */
export async function costOfCommand(
  command: readonly string[],
  options: { env?: Readonly<Record<string, string>> } = {},
): Promise<Cost> {
  const script = 'TIMEFORMAT="twf-time %R %U %S"; time "$@"';
  const { success, stderr } = await new Deno.Command("bash", {
    args: ["-c", script, "bash", ...command],
    env: { ...options.env, LC_ALL: "C" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stderr);
  const times = /^twf-time ([0-9.]+) ([0-9.]+) ([0-9.]+)$/m.exec(text);
  if (!success || !times) throw new Error(`Failed: ${command.join(" ")}\n${text}`);
  const [real, user, system] = times.slice(1).map((seconds) => Number(seconds) * 1000) as [number, number, number];
  return { wallMs: real, cpuMs: user + system };
}

/** Returns the sum of the costs of steps that run one after the other. */
export function total(costs: readonly Cost[]): Cost {
  return costs.reduce((sum, { wallMs, cpuMs }) => ({ wallMs: sum.wallMs + wallMs, cpuMs: sum.cpuMs + cpuMs }), {
    wallMs: 0,
    cpuMs: 0,
  });
}

/** Prints a Markdown table. */
export function printTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]!.length), 3));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)).join(" | ")} |`;
  const [first, ...others] = cells;
  const rule = `| ${
    widths.map((width, i) => "-".repeat(width - (i === 0 ? 0 : 1)) + (i === 0 ? "" : ":")).join(" | ")
  } |`;
  print(["", line(first!), rule, ...others.map(line), ""].join("\n"));
}

/** Returns a generator of random numbers in [0, 1) that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
