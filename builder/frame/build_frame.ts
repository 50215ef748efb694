import type { Grid, ModelGrids } from "../../contract/grid.ts";
import type { FrameId } from "../../contract/identity.ts";
import { type ModelGeometry, modelGeometry } from "../../contract/models.ts";
import type { Sidecar } from "../../contract/sidecar.ts";
import { type FrameContours, traceFrameContours } from "../contours/frame_contours.ts";
import { derive, messagesOf } from "../fields/derive.ts";
import type { Field } from "../fields/field.ts";
import { reduceField } from "../fields/reduce.ts";
import { fieldStats } from "../fields/stats.ts";
import type { DisplayUnit } from "../fields/units.ts";
import { Dataset } from "../gdal/dataset.ts";
import type { MemoryFile } from "../gdal/memory_file.ts";
import { GateError } from "../gates/gate_error.ts";
import { checkPixels, checkReadBack } from "../gates/pixels.ts";
import { checkArtifacts } from "../gates/structure.ts";
import { BadGribError } from "../grib/messages.ts";
import type { DecodedMessage } from "../grib/read_message.ts";
import { type MessageSelector, selectorName } from "../models/message_selector.ts";
import type { Derivation, Model, Variable } from "../models/model.ts";
import { drawnPart } from "../style/colorize.ts";
import { writeRgbaCog, writeValueCog } from "./cog.ts";
import { describeFrame } from "./describe_frame.ts";
import type { FrameInput } from "./frame_input.ts";
import { MessageDecoder } from "./message_decoder.ts";
import { warpField, warpPlanOf } from "./warp_plan.ts";

/** A frame that passed its gates, in memory. */
export interface BuiltFrame {
  readonly frame: FrameId;
  readonly sidecar: Sidecar;
  readonly rgba: Uint8Array<ArrayBuffer>;
  readonly values: Uint8Array<ArrayBuffer>;
  /** GeoJSON, of a variable that asks for lines. */
  readonly contours: Uint8Array<ArrayBuffer> | null;
  /** Milliseconds by phase. */
  readonly timingsMs: Readonly<Record<string, number>>;
}

/**
 * From GRIB files to the artifacts of one frame: decode, derive on the source grid, one warp, colours last, gates on
 * what was written. Synchronous native work of a quarter of a second; writes nothing to the disk.
 * @param decoder shared by the variables of an hour, so that a message is decoded once
 * @throws BadGribError when the input is not what it should be
 * @throws GateError when the frame must not be shown
 * @throws GdalError
 */
export function buildFrame(
  frame: FrameId,
  model: Model,
  variable: Variable,
  input: FrameInput,
  decoder: MessageDecoder = makeDecoder(model, frame),
): BuiltFrame {
  const { grids } = requireGeometry(model);
  const { display: displayGrid, value: valueGrid } = grids;
  const timer = new PhaseTimer();

  const decoded = new Map(input.messages.map((message) => [selectorName(message.selector), decoder.decode(message)]));
  const read = (selector: MessageSelector): DecodedMessage => {
    const message = decoded.get(selectorName(selector));
    if (!message) {
      throw new BadGribError(`The input lacks ${selectorName(selector)}, which ${variable.id} is made from`);
    }
    return message;
  };
  timer.done("decode");
  const derived = derive(variable.derivation, read, { fh: frame.fh, units: variable.units });
  timer.done("derive");
  const { geometry } = read(messagesOf(variable.derivation, frame.fh)[0]!);
  const display = warpField(derived.field, warpPlanOf(derived.field, geometry, displayGrid), variable.kind);
  timer.done("warp");
  const contours = contoursOf(variable, display, (of, units) => {
    const other = derive(of, read, { fh: frame.fh, units }).field;
    return warpField(other, warpPlanOf(other, geometry, displayGrid), "continuous");
  }, displayGrid);
  timer.done("contours");
  const values = reduceField(display, valueGrid.width, valueGrid.height, variable.kind);
  const stats = fieldStats(display);
  if (stats === null) throw new GateError("pixels", "alpha coverage", "no valid pixel", "at least one");
  timer.done("reduce");
  using rgbaFile = writeRgbaCog(drawnPart(display, variable.palette), displayGrid, variable.kind, variable.palette);
  timer.done("rgba");
  using valueFile = writeValueCog(values, valueGrid);
  timer.done("values");
  checkGates(rgbaFile, valueFile, { model, variable, grids, values });
  timer.done("gates");
  const artifacts = { rgba: rgbaFile.read(), values: valueFile.read(), contours: contours?.bytes ?? null };
  const sidecar = describeFrame({
    frame,
    variable,
    input,
    stats,
    derived,
    messages: [...decoded.values()],
    contours: contours?.summary ?? null,
    artifacts,
  });
  timer.done("describe");
  return { frame, sidecar, ...artifacts, timingsMs: timer.timingsMs };
}

/** For the variables of one forecast hour. */
export function makeDecoder(model: Model, hour: Pick<FrameId, "run" | "fh">): MessageDecoder {
  return new MessageDecoder(model, requireGeometry(model).coverage, { run: hour.run, fh: hour.fh });
}

function requireGeometry({ id }: Model): ModelGeometry {
  const geometry = modelGeometry(id);
  if (!geometry) throw new RangeError(`Model "${id}" has no grids in the contract`);
  return geometry;
}

/** Lines of the variable's own field, or of another one on its map. */
function contoursOf(
  { contours = [] }: Variable,
  display: Field,
  warpOther: (derivation: Derivation, units: DisplayUnit) => Field,
  grid: Grid,
): FrameContours | null {
  if (contours.length === 0) return null;
  const jobs = contours.map((spec) => ({
    spec,
    display: spec.of ? warpOther(spec.of.derivation, spec.units) : display,
  }));
  return traceFrameContours(jobs, grid);
}

interface GateContext {
  readonly model: Model;
  readonly variable: Variable;
  readonly grids: ModelGrids;
  /** On the value grid, as they were computed. */
  readonly values: Field;
}

/** Both gates look at what was written, read back, and not at what was meant. */
function checkGates(rgbaFile: MemoryFile, valueFile: MemoryFile, context: GateContext): void {
  const { model, variable, grids, values } = context;
  checkArtifacts(rgbaFile.path, valueFile.path, grids);
  using picture = Dataset.open(rgbaFile.path, { drivers: ["GTiff"] });
  using raster = Dataset.open(valueFile.path, { drivers: ["GTiff"] });
  const { display: displayGrid, value: valueGrid } = grids;
  const pixels = new Uint8Array(displayGrid.width * displayGrid.height * 4);
  picture.readInterleaved(pixels);
  const readBack: Field = {
    width: valueGrid.width,
    height: valueGrid.height,
    values: raster.band(1).read(new Float32Array(valueGrid.width * valueGrid.height)),
  };
  checkReadBack(readBack.values, values.values);
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

class PhaseTimer {
  readonly timingsMs: Record<string, number> = {};
  #last = performance.now();

  done(phase: string): void {
    const now = performance.now();
    this.timingsMs[phase] = Math.round((now - this.#last) * 10) / 10;
    this.#last = now;
  }
}
