import { createHash } from "node:crypto";
import { cycleTime, type FrameId, isoSeconds, validTime } from "../../contract/identity.ts";
import { leadFields } from "../../contract/lead.ts";
import { type ArtifactKind, artifactName } from "../../contract/paths.ts";
import {
  type Artifact,
  type ContourSummary,
  type Receipt,
  type Sidecar,
  sidecarSchema,
} from "../../contract/sidecar.ts";
import { CONTRACT_VERSION } from "../../contract/version.ts";
import type { Derived } from "../derive/derive.ts";
import { gdal } from "../gdal/library.ts";
import type { DecodedMessage } from "../grib/read_message.ts";
import type { Variable } from "../models/model.ts";
import { BUILDER_VERSION } from "../version.ts";
import { filesOf, type FrameArtifacts } from "./frame_artifacts.ts";
import type { FrameInput } from "./frame_input.ts";

/** The data that a sidecar is made from, known once a frame's artifacts are made. */
export interface FrameFacts {
  readonly frame: FrameId;
  readonly variable: Variable;
  readonly input: FrameInput;
  readonly stats: Sidecar["stats"];
  readonly rounding: number;
  readonly derived: Derived;
  readonly messages: readonly { readonly decoded: DecodedMessage; readonly receipt: Receipt | null }[];
  readonly contours: Readonly<Record<string, ContourSummary>> | null;
  readonly wind: Sidecar["wind"] | null;
  readonly artifacts: FrameArtifacts;
}

/** Makes the sidecar: everything a reader needs to know of the frame. */
export function describeFrame(
  { frame, variable, input, stats, rounding, derived, messages, contours, wind, artifacts }: FrameFacts,
): Sidecar {
  const { palette } = variable;
  return sidecarSchema.parse({
    contract_version: CONTRACT_VERSION,
    model: frame.model,
    run: frame.run,
    var: frame.var,
    ...leadFields(frame.lead),
    valid_time: isoSeconds(validTime(frame.run, frame.lead)),
    name: variable.name,
    group: variable.group,
    units: variable.units,
    kind: variable.kind,
    precision: variable.precision,
    min: palette.min,
    max: palette.max,
    legend: palette.legend,
    palette: palette.type === "smooth"
      ? { type: palette.type, min: palette.min, max: palette.max, count: palette.colors.length }
      : { type: palette.type, edges: [...palette.edges] },
    rounding,
    ...(palette.labels ? { labels: palette.labels } : {}),
    ...(palette.undrawn ? { undrawn: palette.undrawn } : {}),
    ...(derived.windowHours === null ? {} : { window_hours: derived.windowHours }),
    stats,
    ...(derived.qualityReasons.length === 0
      ? { quality: "full" }
      : { quality: "degraded", quality_reasons: [...derived.qualityReasons] }),
    ...(Object.keys(derived.diagnostics).length > 0 ? { measures: derived.diagnostics } : {}),
    ...(contours ? { contours } : {}),
    ...(wind ? { wind } : {}),
    source: {
      provider: input.provider,
      url: input.url,
      grib_messages: messages.map(({ decoded }) => decoded.name),
      messages: messages.map(({ decoded: { name, origin }, receipt }) => ({
        name,
        ...receipt,
        centre: origin.centre,
        sub_centre: origin.subCentre,
        process: origin.process,
        production_status: origin.productionStatus,
        data_type: origin.dataType,
      })),
      bytes: input.bytes,
      reference_time: isoSeconds(cycleTime(frame.run)),
      ...(messages.some(({ decoded }) => decoded.isSynthetic) ? { synthetic: true } : {}),
    },
    artifacts: Object.fromEntries(filesOf(artifacts).map(([kind, bytes]) => [kind, describe(frame, kind, bytes)])),
    built_at: isoSeconds(new Date()),
    builder_version: BUILDER_VERSION,
    gdal_version: gdal().version,
  });
}

function describe({ lead }: FrameId, kind: ArtifactKind, bytes: Uint8Array): Artifact {
  return {
    file: artifactName(lead, kind),
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
}
