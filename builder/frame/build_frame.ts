import type { Grid } from "../../contract/grid.ts";
import type { FrameId } from "../../contract/identity.ts";
import { attributionOf, type ModelGeometry, modelGeometry } from "../../contract/models.ts";
import type { Sidecar, Stats } from "../../contract/sidecar.ts";
import { type ContourJob, type FrameContours, traceFrameContours } from "../contours/frame_contours.ts";
import { clampToFloor } from "../derive/clamp.ts";
import { derive, type Derived, messagesOf } from "../derive/derive.ts";
import type { Field } from "../field/field.ts";
import { roundingOf } from "../derive/round.ts";
import { fieldStats } from "../derive/stats.ts";
import type { DisplayUnit } from "../field/units.ts";
import type { Band } from "../gdal/band.ts";
import { Dataset } from "../gdal/dataset.ts";
import { MemoryFile } from "../gdal/memory_file.ts";
import { GateError } from "../gates/gate_error.ts";
import { checkPlaces } from "../gates/blocks.ts";
import { checkPixels } from "../gates/pixels.ts";
import { checkPictureSamples, checkValueSamples } from "../gates/samples.ts";
import { checkArtifacts } from "../gates/structure.ts";
import { checkRange, checkReach, checkSpikes } from "../gates/values.ts";
import { BadGribError } from "../grib/messages.ts";
import type { DecodedMessage } from "../grib/read_message.ts";
import { type MessageSelector, selectorName } from "../grib/message_selector.ts";
import type { ContourSpec, Model, Variable } from "../models/model.ts";
import { classShares } from "../style/class_shares.ts";
import { type Palette, type Rgb, rgbOf } from "../style/palette.ts";
import { countNumbers, paletteColors, paletteNumber, TRANSPARENT } from "../style/palette_numbers.ts";
import type { AssembledCog } from "../cog/assemble_cog.ts";
import { cogDescription } from "../cog/cog_description.ts";
import { writeRgbaCog } from "../cog/rgba_cog.ts";
import { writeValueCog } from "../cog/value_cog.ts";
import { describeFrame } from "./describe_frame.ts";
import type { FrameArtifacts } from "./frame_artifacts.ts";
import type { FrameInput } from "./frame_input.ts";
import { wantedName } from "../sources/fetch_messages.ts";
import { frameTiles } from "./frame_tiles.ts";
import { frameWind } from "./frame_wind.ts";
import { MessageDecoder } from "./message_decoder.ts";
import { framePyramid, type PyramidLevel } from "./pyramid.ts";
import { warpField, warpPlanOf } from "./warp_plan.ts";

/** A frame that passed its gates, in memory. */
export interface BuiltFrame {
  readonly frame: FrameId;
  readonly sidecar: Sidecar;
  readonly artifacts: FrameArtifacts;
  /** Durations by phase, in ms. */
  readonly timingsMs: Readonly<Record<string, number>>;
}

/**
 * Builds the artifacts of one frame from GRIB files: decodes the messages, derives values on the source grid, warps
 * once, colours last, and checks the written files with the gates. The work is synchronous code of a quarter to half a
 * second for a frame of HRRR; it writes nothing to the disk.
 * @param decoder shared by the variables of an hour, so that a message is decoded once
 * @throws BadGribError when the input is damaged or not the expected one
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
  const contractModel = requireGeometry(model);
  const { grid } = contractModel;
  const timer = new PhaseTimer();

  const messages = input.messages.map((message) => ({ ...message, decoded: decoder.decode(message) }));
  const nameOf = (selector: MessageSelector) => wantedName({ product: selector.product ?? variable.product, selector });
  const decoded = new Map(messages.map(({ selector, decoded }) => [nameOf(selector), decoded]));
  const read = (selector: MessageSelector): DecodedMessage => {
    const message = decoded.get(nameOf(selector));
    if (!message) {
      throw new BadGribError(`The input has no message ${selectorName(selector)}, which ${variable.id} needs`);
    }
    return message;
  };
  timer.done("decode");
  const derived = withinRange(
    derive(variable.derivation, read, { lead: frame.lead, units: variable.units }),
    physicalRangeOf(variable),
  );
  if (variable.maxSpike !== undefined) checkSpikes(derived.field, variable.maxSpike);
  timer.done("derive");
  const { geometry } = read(messagesOf(variable.derivation, frame.lead)[0]!);
  const plan = warpPlanOf(derived.field, geometry, grid);
  checkReach(plan.reachedShare, model.reachedShare);
  const display = warpField(derived.field, plan, variable.kind);
  const measured = requirePhysical(display, physicalRangeOf(variable), derived.tolerance);
  timer.done("warp");
  const contours = contoursOf(variable, { display, range: measured }, ({ derivation, physicalRange }, units) => {
    const other = withinRange(derive(derivation, read, { lead: frame.lead, units }), physicalRange);
    const warped = warpField(other.field, warpPlanOf(other.field, geometry, grid), "continuous");
    return { display: warped, range: requirePhysical(warped, physicalRange, other.tolerance) };
  }, grid);
  timer.done("contours");
  const wind = frameWind(variable.derivation, read, contractModel);
  timer.done("wind");
  const rounding = roundingOf(variable.precision);
  const pyramid = framePyramid(display, grid, { kind: variable.kind, palette: variable.palette, rounding });
  const full = pyramid[0]!;
  const stats = fieldStats(full.values)!; // the measured field has a value
  timer.done("pyramid");
  const isSynthetic = [...decoded.values()].some((message) => message.isSynthetic);
  const description = cogDescription(frame, variable, contractModel, isSynthetic);
  const colors = paletteColors(variable.palette);
  const pictures = pyramid.map(({ picture }) => picture);
  const rgba = writeRgbaCog(pictures, colors, grid, description);
  timer.done("rgba");
  const values = writeValueCog(pyramid.map(({ values }) => values), grid, description);
  timer.done("values");
  const tiles = frameTiles(contractModel, pictures, colors, {
    name: variable.name,
    attribution: attributionOf(contractModel, isSynthetic),
  });
  timer.done("tiles");
  const { tolerance } = derived;
  const uses = countNumbers(full.picture, colors.length);
  checkGates({ rgba, values }, { model, variable, grid, pyramid, stats, tolerance, colors, uses });
  timer.done("gates");
  const artifacts = {
    rgba: rgba.bytes,
    values: values.bytes,
    tiles,
    contours: contours?.bytes ?? null,
    wind: wind?.bytes ?? null,
  };
  const sidecar = describeFrame({
    frame,
    variable,
    input,
    stats: variable.kind === "continuous" ? stats : {
      valid_fraction: stats.valid_fraction,
      classes: classShares(
        uses,
        variable.palette,
        Math.round(stats.valid_fraction * full.values.values.length),
      ),
    },
    rounding,
    derived,
    messages,
    contours: contours?.summary ?? null,
    wind: wind?.summary ?? null,
    artifacts,
  });
  timer.done("describe");
  return { frame, sidecar, artifacts, timingsMs: timer.timingsMs };
}

/** Makes the decoder for the variables of one forecast hour. */
export function makeDecoder(model: Model, hour: Pick<FrameId, "run" | "lead">): MessageDecoder {
  return new MessageDecoder(model, requireGeometry(model).coverage, { run: hour.run, lead: hour.lead });
}

function requireGeometry({ id }: Model): ModelGeometry {
  const geometry = modelGeometry(id);
  if (!geometry) throw new RangeError(`Model "${id}" has no grids in the contract`);
  return geometry;
}

interface WithTolerance extends Derived {
  /** Largest error of a value from packing and float32. */
  readonly tolerance: number;
}

/** Bound of float32's rounding error, as a share of the largest value of a range. */
const FLOAT_SHARE = 1e-6;

/** Raises values that packing has put below the smallest possible value to that value, and counts them. */
function withinRange(derived: Derived, [low, high]: readonly [number, number]): WithTolerance {
  const tolerance = derived.resolution + FLOAT_SHARE * Math.max(Math.abs(low), Math.abs(high));
  const { field, clampedCells } = clampToFloor(derived.field, low, tolerance);
  if (clampedCells === 0) return { ...derived, tolerance };
  const before = derived.diagnostics.clamped_cells ?? 0;
  return {
    ...derived,
    field,
    diagnostics: { ...derived.diagnostics, clamped_cells: before + clampedCells },
    tolerance,
  };
}

/**
 * Returns statistics of the values to be drawn. @throws GateError when none is valid, or one is physically impossible
 */
function requirePhysical(display: Field, range: readonly [number, number], tolerance: number): Stats {
  const stats = fieldStats(display);
  if (stats === null) throw new GateError("values", "value coverage", "no valid value", "at least one");
  checkRange(stats, range, tolerance);
  return stats;
}

/**
 * Returns the colours of the smallest and the largest value that is drawn, or null when none is. They follow from the
 * values, so that a picture that lost its colours does not pass as one of weather without differences.
 */
function endColors(
  { min, max }: Stats,
  palette: Palette,
  colors: Uint32Array,
  uses: Uint32Array,
): readonly [Rgb, Rgb] | null {
  const highest = paletteNumber(max, palette);
  if (highest === TRANSPARENT) return null;
  const smallest = paletteNumber(min, palette);
  // Where the smallest value is not drawn, statistics do not tell which one is the first that is.
  const lowest = smallest === TRANSPARENT
    ? uses.findIndex((pixels, number) => number !== TRANSPARENT && pixels > 0)
    : smallest;
  return [rgbOf(colors[lowest] ?? colors[highest]!), rgbOf(colors[highest]!)];
}

/** Traces the contours of the variable's own field, or of another field on its map. */
function contoursOf(
  { contours = [] }: Variable,
  own: Omit<ContourJob, "spec">,
  warpOther: (of: NonNullable<ContourSpec["of"]>, units: DisplayUnit) => Omit<ContourJob, "spec">,
  grid: Grid,
): FrameContours | null {
  if (contours.length === 0) return null;
  const jobs = contours.map((spec) => ({ spec, ...(spec.of ? warpOther(spec.of, spec.units) : own) }));
  return traceFrameContours(jobs, grid);
}

interface GateContext {
  readonly model: Model;
  readonly variable: Variable;
  readonly grid: Grid;
  /** The images, as they were computed: the full one first. */
  readonly pyramid: readonly PyramidLevel[];
  /** Statistics of the full image's values. */
  readonly stats: Stats;
  readonly tolerance: number;
  /** RGBA words by palette number. */
  readonly colors: Uint32Array<ArrayBuffer>;
  /** Number of pixels of the full image with each palette number. */
  readonly uses: Uint32Array;
}

/**
 * Checks the written files: their structure, each block where GDAL looks for it, and samples as GDAL reads them. What is
 * left are checks of the pixels and values that these have shown to be in the files.
 */
function checkGates(
  { rgba, values }: { readonly rgba: AssembledCog; readonly values: AssembledCog },
  { model, variable, grid, pyramid, stats, tolerance, colors, uses }: GateContext,
): void {
  using rgbaFile = MemoryFile.of(rgba.bytes, "tif");
  using valueFile = MemoryFile.of(values.bytes, "tif");
  checkArtifacts(rgbaFile.path, valueFile.path, { rgba: grid, values: grid });
  using picture = Dataset.open(rgbaFile.path, { drivers: ["GTiff"] });
  using raster = Dataset.open(valueFile.path, { drivers: ["GTiff"] });
  const channels = picture.bands().map(levelsOf);
  const valueLevels = levelsOf(raster.band(1));
  checkPlaces(channels[0]!, rgba.bytes, rgba.blocks);
  checkPlaces(valueLevels, values.bytes, values.blocks);
  checkPictureSamples(
    pyramid.map((_, level) => channels.map((levels) => levels[level]!)),
    pyramid.map(({ picture }) => picture),
    colors,
  );
  checkValueSamples(valueLevels, pyramid.map(({ values }) => values));
  checkPixels(uses, colors, stats, {
    isSparse: variable.sparse ?? false,
    reachedShare: model.reachedShare,
    physicalRange: physicalRangeOf(variable),
    tolerance: tolerance + roundingOf(variable.precision),
    endColors: endColors(stats, variable.palette, colors, uses),
  });
}

/** Returns a band and its overviews, the finest first. */
function levelsOf(band: Band): Band[] {
  return [band, ...Array.from({ length: band.overviewCount }, (_, i) => band.overview(i))];
}

/** Returns the physically possible values; by default the encoding range and a fifth of it on either side. */
function physicalRangeOf({ physicalRange, palette: { min, max } }: Variable): readonly [number, number] {
  const margin = (max - min) * 0.2;
  return physicalRange ?? [min - margin, max + margin];
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
