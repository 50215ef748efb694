import { importsOf, INNER_ORDER, ROOT, sourcesOf } from "../tests/support/import_graph.ts";

/** Rooms by row, the top row first: a room imports only from rooms below it. */
const ROWS = [["routes", "demo"], ["server", "islands", "builder"], ["concurrency", "contract"]] as const;

const WIDTH_PX = 1000;
const LINE_PX = 17;
const BOX_WIDTH_PX = 290;
const GAP_PX = 60;

interface Box {
  readonly room: string;
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly lines: readonly string[];
}

/** Draws the rooms, the folders within them from top to bottom, and the imports between rooms, as SVG. */
export async function drawRooms(): Promise<string> {
  const boxes = new Map<string, Box>();
  const imports = new Set<string>();
  let y = 20;
  for (const rooms of ROWS) {
    const row = await Promise.all(rooms.map(async (room, i) => {
      const sources = await sourcesOf(room);
      for (const source of sources) await addImports(room, source, imports);
      const found = new Set(sources.map(({ pathname }) => folderOf(room, pathname)));
      const folders = INNER_ORDER[room]?.toReversed() ?? [...found].sort();
      const lines = folders.map((folder) => folder || "(files)");
      const x = (WIDTH_PX - rooms.length * BOX_WIDTH_PX - (rooms.length - 1) * 30) / 2 + i * (BOX_WIDTH_PX + 30);
      return { room, x, y, height: 34 + lines.length * LINE_PX, lines };
    }));
    row.forEach((box) => boxes.set(box.room, box));
    y += Math.max(...row.map(({ height }) => height)) + GAP_PX;
  }
  const arrows = [...imports].sort().map((key) => arrow(boxes, key));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH_PX} ${y - GAP_PX + 20}" ` +
    `font-family="system-ui, sans-serif" font-size="13">\n` +
    `<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">` +
    `<path d="M0 0L8 4L0 8z" fill="#6b7280"/></marker></defs>\n` +
    `<rect width="100%" height="100%" fill="#fff"/>\n${arrows.join("\n")}\n` +
    `${[...boxes.values()].map(draw).join("\n")}\n</svg>\n`;
}

function folderOf(room: string, pathname: string): string {
  return pathname.slice(`${ROOT.pathname}${room}/`.length).split("/").slice(0, -1).join("/");
}

async function addImports(room: string, source: URL, imports: Set<string>): Promise<void> {
  for (const { pathname } of await importsOf(source)) {
    const other = pathname.slice(ROOT.pathname.length).split("/")[0]!;
    if (other !== room && other !== "node_modules") imports.add(`${room} ${other}`);
  }
}

function arrow(boxes: ReadonlyMap<string, Box>, key: string): string {
  const [from, to] = key.split(" ").map((room) => boxes.get(room)!) as [Box, Box];
  const [x1, y1] = [from.x + BOX_WIDTH_PX / 2, from.y + from.height];
  const [x2, y2] = [to.x + BOX_WIDTH_PX / 2, to.y];
  return `<path d="M${x1} ${y1}C${x1} ${y1 + 40} ${x2} ${y2 - 40} ${x2} ${y2}" fill="none" stroke="#6b7280" ` +
    `marker-end="url(#head)"/>`;
}

function draw({ room, x, y, height, lines }: Box): string {
  const texts = lines.map((line, i) => `<text x="${x + 14}" y="${y + 42 + i * LINE_PX}" fill="#374151">${line}</text>`);
  return `<rect x="${x}" y="${y}" width="${BOX_WIDTH_PX}" height="${height}" rx="6" fill="#f3f6fa" stroke="#9aa6b6"/>` +
    `<text x="${x + 14}" y="${y + 22}" font-weight="700" fill="#111827">${room}/</text>${texts.join("")}`;
}

if (import.meta.main) await Deno.writeTextFile(new URL("images/rooms.svg", import.meta.url), await drawRooms());
