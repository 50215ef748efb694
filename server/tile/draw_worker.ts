/// <reference lib="webworker" />
import { makeBlockCache } from "../cog/block_cache.ts";
import { RgbaCog } from "../cog/rgba_cog.ts";
import { OpenFiles } from "../open_files.ts";
import type { ClearRequest, DrawAnswer, DrawFailure, DrawMemory, DrawRequest, ReadySign } from "./draw_messages.ts";
import { drawTile } from "./draw_tile.ts";

/** Scope of a thread that draws tiles. The Worker's name is the size of its block cache in MB. */
const scope = self as unknown as DedicatedWorkerGlobalScope;
const blocks = makeBlockCache(Number(scope.name));
const pictures = new OpenFiles<RgbaCog>();

scope.onmessage = ({ data }: MessageEvent<DrawRequest | ClearRequest>) => {
  if ("clear" in data) clear();
  else void draw(data);
};

scope.postMessage({ isReady: true } satisfies ReadySign);

async function draw({ id, path, version, tile, sizePx }: DrawRequest): Promise<void> {
  try {
    const picture = await pictures.get(version, () => RgbaCog.open(path, blocks));
    const png = drawTile(picture, tile, sizePx);
    scope.postMessage({ id, png, memory: memory() } satisfies DrawAnswer, [png.buffer]);
  } catch (error) {
    scope.postMessage({ id, failure: failureOf(error), memory: memory() } satisfies DrawAnswer);
  }
}

function clear(): void {
  pictures.clear();
  blocks.clear();
}

function memory(): DrawMemory {
  return { blockBytes: blocks.calculatedSize, openFiles: pictures.size };
}

function failureOf(error: unknown): DrawFailure {
  return {
    isGone: error instanceof Deno.errors.NotFound,
    message: error instanceof Error ? error.message : String(error),
    stack: error instanceof Error ? error.stack ?? "" : "",
  };
}
