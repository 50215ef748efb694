import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { LRUCache } from "lru-cache";
import { type LegendContent, legendSvg } from "./legend_svg.ts";

/** Limit on cached legends: most variables have one legend, and each takes some KB. */
const MAX_LEGENDS = 256;
const FONTS = ["DejaVuSans", "DejaVuSans-Bold"];

/** Legends as PNG, drawn by resvg (a WASM build: no native code) in DejaVu Sans. The last ones are kept in memory. */
export class LegendPictures {
  readonly #drawn = new LRUCache<string, Uint8Array<ArrayBuffer>>({ max: MAX_LEGENDS });
  #fonts: Promise<Uint8Array[]> | null = null;

  async png(content: LegendContent): Promise<Uint8Array<ArrayBuffer>> {
    const svg = legendSvg(content);
    const known = this.#drawn.get(svg);
    if (known) return known;
    this.#fonts ??= loadRenderer();
    const resvg = new Resvg(svg, {
      font: { fontBuffers: await this.#fonts, defaultFontFamily: "DejaVu Sans" },
      fitTo: { mode: "original" },
    });
    const rendered = resvg.render();
    const png = new Uint8Array(rendered.asPng());
    rendered.free();
    resvg.free();
    this.#drawn.set(svg, png);
    return png;
  }
}

/** Starts the renderer, once per process, and reads the fonts. */
async function loadRenderer(): Promise<Uint8Array[]> {
  renderer ??= Deno.readFile(fileOf("@resvg/resvg-wasm/index_bg.wasm")).then((wasm) => initWasm(wasm));
  await renderer;
  return await Promise.all(FONTS.map((name) => Deno.readFile(fileOf(`dejavu-fonts-ttf/ttf/${name}.ttf`))));
}

let renderer: Promise<void> | null = null;

function fileOf(module: string): URL {
  return new URL(import.meta.resolve(module));
}
