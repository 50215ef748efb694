import { type FrameId, isoSeconds, validTime } from "../../contract/identity.ts";
import { compareLeads, type FrameText, type Lead, leadFields, leadOf } from "../../contract/lead.ts";
import {
  type DroppedFrame,
  type Manifest,
  type ManifestFailure,
  manifestSchema,
  type ManifestVariable,
  manifestVariable,
} from "../../contract/manifest.ts";
import { CONTRACT_VERSION } from "../../contract/version.ts";
import { type Model, variableLeads } from "../models/model.ts";
import { findVariable } from "../models/registry.ts";
import type { FrameSidecar } from "./frame_sidecar.ts";

/**
 * Edits of a manifest. No function changes a manifest in place: each returns the next manifest, which its schema has
 * passed.
 */

/** Returns the manifest of a run without any published frame. */
export function emptyManifest({ model, run }: Pick<FrameId, "model" | "run">): Manifest {
  return {
    contract_version: CONTRACT_VERSION,
    model,
    run,
    complete: false,
    variables: {},
    last_updated: isoSeconds(new Date()),
  };
}

/** Returns the manifest with a time until which retention keeps the run. A later time that is already set stays. */
export function keptUntil(manifest: Manifest, until: Date | undefined): Manifest {
  if (until === undefined || until.getTime() <= Date.parse(manifest.keep_until ?? "1970-01-01T00:00:00Z")) {
    return manifest;
  }
  return { ...manifest, keep_until: isoSeconds(until) };
}

/**
 * Returns the manifest with one more frame, as its sidecar describes it. The frame leaves the list of failed frames.
 */
export function withFrame(manifest: Manifest, model: Model, frame: FrameId, found: FrameSidecar): Manifest {
  const { sidecar, version } = found;
  const known = manifestVariable(manifest, frame.var);
  const frames = [
    ...(known?.frames ?? []),
    {
      ...leadFields(frame.lead),
      valid_time: isoSeconds(validTime(frame.run, frame.lead)),
      v: version,
      ...(sidecar.quality === "full" ? {} : { quality: sidecar.quality, quality_reasons: sidecar.quality_reasons }),
    },
  ].sort(byLead);
  const failed = (known?.failed ?? []).filter((failure) => leadOf(failure) !== frame.lead);
  const dropped = (known?.dropped ?? []).filter((each) => leadOf(each) !== frame.lead);
  const { name, group, kind, units } = sidecar;
  const entry: ManifestVariable = {
    ...emptyEntry(model, frame),
    name,
    group,
    kind,
    units,
    available_frames: frames.length,
    frames,
    ...(failed.length > 0 ? { failed } : {}),
    ...(dropped.length > 0 ? { dropped } : {}),
  };
  const variables = inTableOrder({ ...manifest.variables, [frame.var]: entry }, model);
  return manifestSchema.parse({
    ...manifest,
    ...(sidecar.source.synthetic ? { synthetic: true } : {}),
    variables,
    complete: model.variables.every(({ id }) => {
      const variable = variables[id];
      return variable !== undefined && variable.available_frames === variable.expected_frames;
    }),
    last_updated: isoSeconds(new Date()),
  });
}

/** Returns the manifest with a frame added to those that failed for good. */
export function withFailure(
  manifest: Manifest,
  model: Model,
  frame: FrameId,
  { attempts, reason }: Pick<ManifestFailure, "attempts" | "reason">,
): Manifest {
  const known = manifestVariable(manifest, frame.var);
  const others = (known?.failed ?? []).filter((failure) => leadOf(failure) !== frame.lead);
  const entry: ManifestVariable = {
    ...(known ?? emptyEntry(model, frame)),
    failed: [...others, { ...leadFields(frame.lead), attempts, reason }].sort(byLead),
  };
  return manifestSchema.parse({
    ...manifest,
    variables: inTableOrder({ ...manifest.variables, [frame.var]: entry }, model),
    last_updated: isoSeconds(new Date()),
  });
}

/**
 * Returns the manifest without some of its frames.
 * @param served the dropped frames of which files are still served for a while
 */
export function withoutFrames(
  manifest: Manifest,
  dropped: readonly FrameId[],
  served: readonly FrameId[] = [],
): Manifest {
  const last_updated = isoSeconds(new Date());
  const isOneOf = (frames: readonly FrameId[], id: string, lead: Lead) =>
    frames.some((frame) => frame.var === id && frame.lead === lead);
  const variables = Object.fromEntries(
    Object.entries(manifest.variables).map(([id, variable]) => {
      const frames = variable.frames.filter((frame) => !isOneOf(dropped, id, leadOf(frame)));
      const added = variable.frames.filter((frame) => isOneOf(served, id, leadOf(frame)))
        .map(({ frame, fh, valid_time, v }): DroppedFrame => ({ frame, fh, valid_time, v, dropped_at: last_updated }));
      const entry = { ...variable, frames, available_frames: frames.length };
      return [id, added.length === 0 ? entry : { ...entry, dropped: [...(variable.dropped ?? []), ...added] }];
    }),
  );
  return manifestSchema.parse({ ...manifest, variables, complete: false, last_updated });
}

/** Returns the manifest without those dropped frames that are no longer served. */
export function withoutDropped(manifest: Manifest, isOver: (dropped: DroppedFrame) => boolean): Manifest {
  const variables = Object.fromEntries(
    Object.entries(manifest.variables).map(([id, { dropped = [], ...variable }]) => {
      const left = dropped.filter((each) => !isOver(each));
      return [id, left.length === 0 ? variable : { ...variable, dropped: left }];
    }),
  );
  return manifestSchema.parse({ ...manifest, variables });
}

/** The entry of a variable without any published frame. */
function emptyEntry(model: Model, frame: FrameId): ManifestVariable {
  const variable = findVariable(model, frame.var);
  const { name, group, kind, units } = variable;
  const expected = variableLeads(model, variable, frame.run).length;
  return { name, group, kind, units, expected_frames: expected, available_frames: 0, frames: [] };
}

/**
 * Sorts variables into the order of the model's table, in which readers see them. Variables that the table no longer
 * has come last.
 */
function inTableOrder(variables: Manifest["variables"], model: Model): Manifest["variables"] {
  const place = (id: string) => (model.variables.findIndex((variable) => variable.id === id) + 1) || Infinity;
  return Object.fromEntries(
    Object.entries(variables).sort(([a], [b]) => place(a) - place(b)),
  ) as Manifest["variables"];
}

function byLead(a: { readonly frame: FrameText }, b: { readonly frame: FrameText }): number {
  return compareLeads(leadOf(a), leadOf(b));
}
