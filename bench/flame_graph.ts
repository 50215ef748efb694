import { fileURLToPath } from "node:url";
import { z } from "zod";
import { runMain } from "../builder/cli/run_main.ts";
import { UsageError } from "../builder/cli/usage_error.ts";

const USAGE = "usage: deno run -A bench/flame_graph.ts FILE.cpuprofile FILE.svg [TITLE]";

/** The parts of a V8 CPU profile (`deno run --cpu-prof`) that a flame graph needs. Times are in µs. */
const profileSchema = z.object({
  nodes: z.array(z.object({
    id: z.number(),
    callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
    children: z.array(z.number()).default([]),
  })),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

/** A function, as called by the functions below it in the graph. */
interface Frame {
  readonly name: string;
  /** Source position such as `server/tile/draw_tile.ts:12`; empty for V8's own work. */
  readonly place: string;
  /** Time in the function and in all functions that it called. */
  timeUs: number;
  readonly children: Map<string, Frame>;
}

const WIDTH_PX = 1200;
const ROW_PX = 17;
const HEAD_PX = 46;
const CHARACTER_PX = 6.2;
/** Least width of a box: a narrower box can be neither seen nor pointed at. */
const LEAST_PX = 3;
/** Functions in which the process only waits; their time is left out. */
const WAITING = ["(idle)"];

/** Colours of the boxes by the owner of the code. */
const COLORS: readonly (readonly [RegExp, color: string, whose: string])[] = [
  [/^(server|routes|contract)\//, "#f4a261", "this project"],
  [/^npm /, "#8ab17d", "packages"],
  [/^(ext:|node:|\[)/, "#7fb2d9", "the runtime"],
  [/^$/, "#c9c9c9", "V8: garbage collection, native code"],
];

/**
 * Returns a CPU profile as a flame graph in SVG. The width of a box is the time in a function and in all functions that
 * it called; callers are drawn below the functions that they call. The tooltip of a box gives its function, position
 * and share.
 * @param folder the project's folder; positions are relative to it
 * @throws z.ZodError when the document is not a V8 CPU profile
 */
export function flameGraph(profile: unknown, title: string, folder: string): string {
  const root = tree(profileSchema.parse(profile), folder);
  const depth = depthOf(root, root.timeUs) - 1;
  const heightPx = HEAD_PX + depth * ROW_PX + 8;
  const boxes: string[] = [];
  const draw = (frames: readonly Frame[], fromUs: number, level: number) => {
    let atUs = fromUs;
    for (const frame of frames) {
      const widthPx = frame.timeUs / root.timeUs * WIDTH_PX;
      if (widthPx >= LEAST_PX) {
        boxes.push(
          box(frame, atUs / root.timeUs * WIDTH_PX, heightPx - 4 - (level + 1) * ROW_PX, widthPx, root.timeUs),
        );
        draw(childrenOf(frame), atUs, level + 1);
      }
      atUs += frame.timeUs;
    }
  };
  draw(childrenOf(root), 0, 0);
  const legend = COLORS.map(([, color, whose], i) =>
    `<rect x="${8 + i * 150}" y="26" width="10" height="10" fill="${color}"/><text x="${
      22 + i * 150
    }" y="35">${whose}</text>`
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH_PX} ${heightPx}" font-family="monospace" font-size="10">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="8" y="18" font-size="13">${escaped(title)}</text>`,
    ...legend,
    ...boxes,
    "</svg>",
    "",
  ].join("\n");
}

function tree({ nodes, samples, timeDeltas }: z.infer<typeof profileSchema>, folder: string): Frame {
  const selfUs = new Map<number, number>();
  samples.forEach((id, i) => selfUs.set(id, (selfUs.get(id) ?? 0) + Math.max(0, timeDeltas[i] ?? 0)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const root: Frame = { name: "all", place: "", timeUs: 0, children: new Map() };
  const add = (id: number, parent: Frame): number => {
    const { callFrame: { functionName, url, lineNumber }, children } = byId.get(id)!;
    if (WAITING.includes(functionName)) return 0;
    const place = placeOf(url, lineNumber, folder);
    const key = `${functionName} ${place}`;
    let frame = parent.children.get(key);
    if (!frame) {
      frame = { name: functionName || "(anonymous)", place, timeUs: 0, children: new Map() };
      parent.children.set(key, frame);
    }
    let timeUs = selfUs.get(id) ?? 0;
    for (const child of children) timeUs += add(child, frame);
    frame.timeUs += timeUs;
    return timeUs;
  };
  const [first] = nodes;
  if (first) { for (const child of first.children) root.timeUs += add(child, root); }
  return root;
}

/** Returns the called functions, longest time first: the most expensive function is on the left. */
function childrenOf({ children }: Frame): Frame[] {
  return [...children.values()].sort((a, b) => b.timeUs - a.timeUs);
}

/** Returns the number of levels of boxes that are drawn. */
function depthOf(frame: Frame, allUs: number): number {
  const drawn = childrenOf(frame).filter(({ timeUs }) => timeUs / allUs * WIDTH_PX >= LEAST_PX);
  return 1 + Math.max(0, ...drawn.map((child) => depthOf(child, allUs)));
}

function placeOf(url: string, lineNumber: number, folder: string): string {
  if (url === "") return "";
  const path = url.replace(`file://${folder}`, "");
  const packaged = /node_modules\/(?:\.deno\/[^/]+\/node_modules\/)?((?:@[^/]+\/)?[^/]+)\//.exec(path);
  return packaged ? `npm ${packaged[1]}` : `${path}:${lineNumber + 1}`;
}

function box({ name, place, timeUs }: Frame, xPx: number, yPx: number, widthPx: number, allUs: number): string {
  const color = COLORS.find(([pattern]) => pattern.test(place))?.[1] ?? "#d9b3d9";
  const share = `${(timeUs / allUs * 100).toFixed(1)} %`;
  const room = Math.floor((widthPx - 4) / CHARACTER_PX);
  const label = room < 3 ? "" : name.length > room ? `${name.slice(0, room - 1)}…` : name;
  const text = label && `<text x="${(xPx + 3).toFixed(1)}" y="${yPx + 12}">${escaped(label)}</text>`;
  const size = `x="${xPx.toFixed(1)}" y="${yPx}" width="${widthPx.toFixed(1)}" height="${ROW_PX - 1}"`;
  return `<g><title>${escaped(`${name} ${place}`.trim())}: ${share}</title><rect ${size} fill="${color}"/>${text}</g>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

async function main([profilePath, svgPath, title = profilePath]: readonly string[]): Promise<void> {
  if (profilePath === undefined || svgPath === undefined) {
    throw new UsageError("FILE.cpuprofile and FILE.svg are required");
  }
  const profile = JSON.parse(await Deno.readTextFile(profilePath));
  await Deno.writeTextFile(svgPath, flameGraph(profile, title!, fileURLToPath(new URL("..", import.meta.url))));
}

if (import.meta.main) await runMain(main, USAGE);
