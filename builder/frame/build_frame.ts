import { createHash } from "node:crypto";
import type { Grid } from "../../contract/grid.ts";
import { cycleTime, type FrameId, isoSeconds, validTime } from "../../contract/identity.ts";
import { modelGeometry } from "../../contract/models.ts";
import { artifactName } from "../../contract/paths.ts";
import { type Artifact, type Sidecar, sidecarSchema } from "../../contract/sidecar.ts";
import { CONTRACT_VERSION } from "../../contract/version.ts";
import { derive } from "../fields/derive.ts";
import type { Field } from "../fields/field.ts";
import { reduceField } from "../fields/reduce.ts";
import { fieldStats } from "../fields/stats.ts";
import { gdal } from "../gdal/library.ts";
import { Dataset } from "../gdal/dataset.ts";
import type { MemoryFile } from "../gdal/memory_file.ts";
import { GateError } from "../gates/gate_error.ts";
import { checkPixels } from "../gates/pixels.ts";
import { checkStructure } from "../gates/structure.ts";
import { type MessageSelector, type Model, selectorName, type Variable } from "../models/model.ts";
import { BadGribError } from "../sources/grib_messages.ts";
import { BUILDER_VERSION } from "../version.ts";
import { drawnPart } from "../style/colorize.ts";
import { BLOCK_SIZE_PX, writeRgbaCog, writeValueCog } from "./cog.ts";
import { warpToGrid } from "./display_field.ts";
import type { FrameInput } from "./frame_input.ts";
import { type DecodedMessage, readMessages } from "./read_message.ts";

/** A frame that passed its gates, in memory. */
export interface BuiltFrame {
  readonly frame: FrameId;
  readonly sidecar: Sidecar;
  readonly rgba: Uint8Array<ArrayBuffer>;
  readonly values: Uint8Array<ArrayBuffer>;
  /** Milliseconds by phase. */
  readonly timingsMs: Readonly<Record<string, number>>;
}

/**
 * From GRIB files to the artifacts of one frame: decode, derive on the source grid, one warp, colours last, gates on
 * what was written. Synchronous native work of about half a second; writes nothing to the disk.
 * @throws BadGribError when the input is not what it should be
 * @throws GateError when the frame must not be shown
 * @throws GdalError
 */
export function buildFrame(frame: FrameId, model: Model, variable: Variable, input: FrameInput): BuiltFrame {
  const geometry = modelGeometry(model.id);
  if (!geometry) throw new RangeError(`Model "${model.id}" has no grids in the contract`);
  const { display: displayGrid, value: valueGrid } = geometry.grids;
  const timer = new PhaseTimer();

  const messages = decodeMessages(frame, model, input);
  timer.done("decode");
  const derived = derive(variable.derivation, (selector) => {
    const wanted = selectorName(selector);
    const found = messages.find((candidate) => selectorName(candidate.selector) === wanted);
    if (!found) throw new BadGribError(`The input lacks ${wanted}, which ${variable.id} is made from`);
    return found.message.field;
  });
  timer.done("derive");
  const display = warpToGrid(derived.field, messages[0]!.message.geometry, displayGrid, variable.kind);
  timer.done("warp");
  const values = reduceField(display, valueGrid.width, valueGrid.height, variable.kind);
  const stats = fieldStats(display);
  if (stats === null) throw new GateError("pixels", "alpha coverage", "no valid pixel", "at least one");
  timer.done("reduce");
  using rgbaFile = writeRgbaCog(drawnPart(display, variable.palette), displayGrid, variable.kind, variable.palette);
  timer.done("rgba");
  using valueFile = writeValueCog(values, valueGrid);
  timer.done("values");
  checkGates(rgbaFile, valueFile, { model, variable, displayGrid, valueGrid });
  timer.done("gates");
  const rgba = rgbaFile.read();
  const valueBytes = valueFile.read();
  const { palette } = variable;
  const sidecar = sidecarSchema.parse({
    contract_version: CONTRACT_VERSION,
    model: frame.model,
    run: frame.run,
    var: frame.var,
    fh: frame.fh,
    valid_time: isoSeconds(validTime(frame.run, frame.fh)),
    name: variable.name,
    group: variable.group,
    units: variable.units,
    kind: variable.kind,
    precision: variable.precision,
    min: palette.min,
    max: palette.max,
    legend: palette.legend,
    ...(palette.labels ? { labels: palette.labels } : {}),
    stats,
    ...(derived.shortcomings.length === 0
      ? { quality: "full" }
      : { quality: "degraded", quality_reasons: [...derived.shortcomings] }),
    source: {
      provider: input.provider,
      url: input.url,
      grib_messages: input.messages.map((message, i) => message.description ?? messages[i]!.message.name),
      bytes: input.bytes,
      reference_time: isoSeconds(cycleTime(frame.run)),
      ...(messages.some(({ message }) => message.isSynthetic) ? { synthetic: true } : {}),
    },
    artifacts: {
      rgba: describe(artifactName(frame.fh, "rgba"), rgba),
      values: describe(artifactName(frame.fh, "values"), valueBytes),
    },
    built_at: isoSeconds(new Date()),
    builder_version: BUILDER_VERSION,
    gdal_version: gdal().version,
  });
  timer.done("describe");
  return { frame, sidecar, rgba, values: valueBytes, timingsMs: timer.timingsMs };
}

/** The input's messages in their order; each file is opened once. */
function decodeMessages(
  { run, fh }: FrameId,
  model: Model,
  { messages }: FrameInput,
): { selector: MessageSelector; message: DecodedMessage }[] {
  const decoded = new Map<MessageSelector, DecodedMessage>();
  for (const [path, ofFile] of Map.groupBy(messages, ({ path }) => path)) {
    const found = readMessages(path, ofFile.map(({ selector }) => ({ selector, run, fh })));
    found.forEach((message, i) => {
      requireModelGrid(message, model, path);
      decoded.set(ofFile[i]!.selector, message);
    });
  }
  return messages.map(({ selector }) => ({ selector, message: decoded.get(selector)! }));
}

function requireModelGrid({ field }: DecodedMessage, { id, sourceGrid }: Model, path: string): void {
  if (field.width === sourceGrid.width && field.height === sourceGrid.height) return;
  throw new BadGribError(
    `Wrong grid: "${path}" is ${field.width} × ${field.height}, and ${id} is ${sourceGrid.width} × ${sourceGrid.height}`,
  );
}

interface GateContext {
  readonly model: Model;
  readonly variable: Variable;
  readonly displayGrid: Grid;
  readonly valueGrid: Grid;
}

/** Both gates look at what was written, read back, and not at what was meant. */
function checkGates(rgbaFile: MemoryFile, valueFile: MemoryFile, context: GateContext): void {
  const { model, variable, displayGrid, valueGrid } = context;
  using picture = Dataset.open(rgbaFile.path, { drivers: ["GTiff"] });
  checkStructure(picture, {
    grid: displayGrid,
    bandCount: 4,
    dataType: "Byte",
    blockSizePx: BLOCK_SIZE_PX,
    colors: ["Red", "Green", "Blue", "Alpha"],
    noData: null,
  });
  using raster = Dataset.open(valueFile.path, { drivers: ["GTiff"] });
  checkStructure(raster, {
    grid: valueGrid,
    bandCount: 1,
    dataType: "Float32",
    blockSizePx: BLOCK_SIZE_PX,
    colors: ["Gray"],
    noData: NaN,
  });
  const pixels = new Uint8Array(displayGrid.width * displayGrid.height * 4);
  picture.readInterleaved(pixels);
  const readBack: Field = {
    width: valueGrid.width,
    height: valueGrid.height,
    values: raster.band(1).read(new Float32Array(valueGrid.width * valueGrid.height)),
  };
  checkPixels(pixels, fieldStats(readBack), {
    kind: variable.kind,
    isSparse: variable.sparse ?? false,
    fillsCoverage: model.fillsCoverage,
    physicalRange: variable.physicalRange ?? widenedEncodingRange(variable),
  });
}

/** The encoding range and a fifth of it on either side. */
function widenedEncodingRange({ palette: { min, max } }: Variable): readonly [number, number] {
  const margin = (max - min) * 0.2;
  return [min - margin, max + margin];
}

function describe(file: string, bytes: Uint8Array): Artifact {
  return { file, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

class PhaseTimer {
  readonly timingsMs: Record<string, number> = {};
  #last = performance.now();

  done(phase: string): void {
    const now = performance.now();
    this.timingsMs[phase] = Math.round((now - this.#last) * 10) / 10;
    this.#last = now;
  }
}
