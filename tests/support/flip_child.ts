import { buildFrame } from "../../builder/frame/build_frame.ts";
import { localInput } from "../../builder/frame/frame_input.ts";
import { gdal } from "../../builder/gdal/library.ts";
import { decodeField } from "../../builder/grib/decode_field.ts";
import { fieldHeaders } from "../../builder/grib/field_header.ts";
import { findModel, findVariable } from "../../builder/models/registry.ts";
import { frame as frameNamed } from "./identity.ts";

/**
 * Builds a frame of one real message again and again, with one random bit of the message flipped each time. The builds
 * run in their own process, so that the system reports its peak memory, and a crash is noticed. The process prints one
 * JSON line for each flip, and one at the end with its peak memory.
 */

/** Result of one flip. */
export interface FlipResult {
  readonly bit: number;
  readonly ms: number;
  /** The error's name and message; null for a frame that would be published. */
  readonly refused: readonly [name: string, message: string] | null;
  /** Cells of the message whose value has changed, in the order of the message; null for a frame that is refused. */
  readonly changed: { readonly count: number; readonly first: number; readonly last: number } | null;
}

export interface FlipSummary {
  /** Build time of the frame with no bit flipped. */
  readonly rightMs: number;
  readonly cells: number;
  readonly width: number;
  readonly mostBytes: number;
}

const [file, varId, hour, count, firstSeed] = Deno.args as [string, string, string, string, string];
const frame = frameNamed(`hrrr/20260129_17z/${varId}/${hour}`);
const model = findModel(frame.model);
const variable = findVariable(model, frame.var);
const original = Deno.readFileSync(file);
const right = valuesOf(original);
const path = `${Deno.makeTempDirSync({ prefix: "twf-test-" })}/message.grib2`;

gdal();
Deno.writeFileSync(path, original);
const beganRight = performance.now();
buildFrame(frame, model, variable, await localInput([path], variable, frame));
const rightMs = performance.now() - beganRight;
let seed = Number(firstSeed);
for (let i = 0; i < Number(count); i++) {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  const bit = Math.floor(seed / 2 ** 32 * original.length * 8);
  const bytes = original.slice();
  bytes[bit >> 3]! ^= 0x80 >> (bit & 7);
  Deno.writeFileSync(path, bytes);
  const began = performance.now();
  let refused: FlipResult["refused"] = null;
  try {
    buildFrame(frame, model, variable, await localInput([path], variable, frame));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    refused = [error.name, error.message];
  }
  const ms = performance.now() - began;
  print({ bit, ms, refused, changed: refused ? null : changesOf(valuesOf(bytes)) });
}
Deno.removeSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
print({
  rightMs,
  cells: right.length,
  width: fieldHeaders(original, "the message")[0]!.grid.width,
  mostBytes: Number(/VmHWM:\s+([0-9]+) kB/.exec(Deno.readTextFileSync("/proc/self/status"))![1]) * 1024,
});

function valuesOf(bytes: Uint8Array<ArrayBuffer>): Float32Array {
  return decodeField(bytes, fieldHeaders(bytes, "the message")[0]!, "the message").values;
}

function changesOf(values: Float32Array): FlipResult["changed"] {
  let [count, first, last] = [0, -1, -1];
  for (let i = 0; i < values.length; i++) {
    if (Object.is(values[i], right[i])) continue;
    if (count++ === 0) first = i;
    last = i;
  }
  return { count, first, last };
}

function print(line: FlipResult | FlipSummary): void {
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(line) + "\n"));
}
