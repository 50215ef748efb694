import type { FrameId, ModelId, RunId, VarId } from "../../contract/identity.ts";
import { leadOf, leadText } from "../../contract/lead.ts";
import type { Manifest } from "../../contract/manifest.ts";
import { artifactPath, type DataRoots, locate } from "../../contract/paths.ts";
import { BYTES_PER_GB, freeBytes } from "../disk/free_bytes.ts";
import { BadDocumentError } from "../disk/read_json.ts";
import { Dataset } from "../gdal/dataset.ts";
import type { Band } from "../gdal/band.ts";
import { validationResults } from "../operations/metrics.ts";
import type { PromotionRules } from "./latest_pointer.ts";
import { readManifest } from "./read_manifest.ts";
import { type Finding, frameProblem, framesOf } from "./verify_run.ts";

export interface RunLimits {
  readonly roots: DataRoots;
  /** Bytes that must be free on the disk of published frames. */
  readonly minFreeBytes: number;
}

/**
 * Checks a run before it is promoted. The finding of each check gives the measured value.
 *
 * 1. free disk: the next hours have room;
 * 2. manifest: it parses, and lists no more frames than the cycle has;
 * 3. artifacts: every listed frame has its files, with the size and hash in its sidecar, and they open as COGs on the
 *    model's grids, so bounds agree;
 * 4. picture: of the first frame of every variable, the pixels that tiles of zoom 0 and of zoom 7 are drawn from can be
 *    read, are opaque or transparent and nothing between, and are transparent where there is no value.
 *
 * @returns the findings; none when the run may be shown
 */
export async function validateRun(model: ModelId, run: RunId, { roots, minFreeBytes }: RunLimits): Promise<Finding[]> {
  const free = await freeBytes(roots.published);
  if (free < minFreeBytes) {
    const [has, wanted] = [free, minFreeBytes].map((bytes) => (bytes / BYTES_PER_GB).toFixed(1));
    return [{ frame: null, check: "free disk", problem: `${has} GB are free; at least ${wanted} GB are required` }];
  }
  let manifest: Manifest | null;
  try {
    manifest = await readManifest(roots, model, run);
  } catch (error) {
    if (!(error instanceof BadDocumentError)) throw error;
    return [{ frame: null, check: "manifest", problem: error.message }];
  }
  if (manifest === null) return [{ frame: null, check: "manifest", problem: "there is none" }];
  const findings: Finding[] = [];
  for (const frame of framesOf(manifest)) {
    const problem = await frameProblem(roots, frame);
    if (problem !== null) findings.push({ frame, check: "artifacts", problem });
  }
  for (const frame of firstFrames(manifest)) {
    if (findings.some(({ frame: wrong }) => wrong?.var === frame.var && wrong.lead === frame.lead)) continue;
    const problem = pictureProblem(roots, frame);
    if (problem !== null) findings.push({ frame, check: "picture", problem });
  }
  return findings;
}

/** Returns the first frame of each variable. It stands for the others, which passed the same gates. */
function firstFrames({ model, run, variables }: Manifest): FrameId[] {
  return Object.entries(variables).flatMap(([id, { frames: [first] }]) =>
    first ? [{ model, run, var: id as VarId, lead: leadOf(first) }] : []
  );
}

/** Checks the pixels that tiles are drawn from. @returns the problem, or null */
function pictureProblem(roots: DataRoots, frame: FrameId): string | null {
  using picture = Dataset.open(locate(roots, artifactPath("published", frame, "rgba")), { drivers: ["GTiff"] });
  using raster = Dataset.open(locate(roots, artifactPath("published", frame, "values")), { drivers: ["GTiff"] });
  const full = picture.band(4);
  // A tile of zoom 0 is drawn from the coarsest overview; a tile of zoom 7 from the full resolution, or close to it.
  const levels = { "zoom 0": full.overview(full.overviewCount - 1), "zoom 7": full };
  for (const [zoom, band] of Object.entries(levels)) {
    const between = alphaOf(band).findIndex((alpha) => alpha !== 0 && alpha !== 255);
    if (between !== -1) return `at ${zoom} pixel ${between} is neither opaque nor transparent`;
  }
  const values = raster.band(1).read(new Float32Array(raster.width * raster.height));
  const alpha = alphaOf(full);
  const factor = picture.width / raster.width;
  const centre = Math.floor(factor / 2);
  const wrong = values.findIndex((value, i) => {
    if (!Number.isNaN(value)) return false;
    const [row, column] = [Math.floor(i / raster.width), i % raster.width];
    return alpha[(row * factor + centre) * picture.width + column * factor + centre] !== 0;
  });
  return wrong === -1 ? null : `cell ${wrong} has no value, but its pixel in the RGBA COG is not transparent`;
}

function alphaOf(band: Band): Uint8Array {
  return band.read(new Uint8Array(band.width * band.height));
}

/** Error when a run is not fit to be shown. The message has every finding. */
export class RunRefusedError extends Error {
  override readonly name = "RunRefusedError";

  constructor(findings: readonly Finding[]) {
    super(`The run is not promoted: ${reasonsOf(findings)}`);
  }
}

/** Describes findings in one line. */
export function reasonsOf(findings: readonly Finding[]): string {
  return findings.map(({ frame, check, problem }) =>
    `${check}: ${frame ? `${frame.var} forecast hour ${leadText(frame.lead)}: ` : ""}${problem}`
  ).join("; ");
}

/** Makes the rules of one process: a run that passed its validation is not validated again. */
export function promotionRules(model: ModelId, moveLatest: boolean, limits: RunLimits): PromotionRules {
  const fit = new Set<RunId>();
  return {
    moveLatest,
    validate: async (run) => {
      if (fit.has(run)) return [];
      const findings = await validateRun(model, run, limits);
      for (const { check } of findings) validationResults.inc({ model, check, outcome: "failed" });
      if (findings.length === 0) {
        fit.add(run);
        validationResults.inc({ model, check: "run", outcome: "passed" });
      }
      return findings;
    },
  };
}
