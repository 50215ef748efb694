import { createHash } from "node:crypto";
import { cycleTime, type FrameId, isoSeconds, type RunId, validTime } from "../contract/identity.ts";
import { leadFields, leadOfHours } from "../contract/lead.ts";
import { type Latest, type Manifest, type ManifestFrame, manifestSchema } from "../contract/manifest.ts";
import { artifactName, artifactPath, latestPath, locate, manifestPath, rootsBelow } from "../contract/paths.ts";
import { runDirectory, variableDirectory } from "../contract/paths.ts";
import { type Sidecar, sidecarSchema } from "../contract/sidecar.ts";
import { writeJsonAtomically } from "../builder/disk/atomic_write.ts";
import { readFrameSidecar } from "../builder/publish/frame_sidecar.ts";

/**
 * Many runs from a few frames: the COGs are hard links, so that hundreds of frames need the disk space and the build
 * time of a few. For a server the frames are different: each has its own sidecar with its own hash.
 */

/** Publishes a run of `hours` hours from frames that are already published, and promotes it. */
export async function linkRun(
  dataRoot: string,
  sources: readonly FrameId[],
  run: RunId,
  hours: number,
): Promise<FrameId[]> {
  const roots = rootsBelow(dataRoot);
  const [{ model, var: variable, run: sourceRun }] = sources as [FrameId];
  const frames = Array.from(
    { length: hours },
    (_, hour): FrameId => ({ model, run, var: variable, lead: leadOfHours(hour) }),
  );
  await Deno.mkdir(locate(roots, variableDirectory("published", frames[0]!)), { recursive: true });
  const listed: ManifestFrame[] = [];
  for (const [i, frame] of frames.entries()) {
    const source = sources[i % sources.length]!;
    for (const kind of ["rgba", "values"] as const) {
      await Deno.link(
        locate(roots, artifactPath("published", source, kind)),
        locate(roots, artifactPath("published", frame, kind)),
      );
    }
    const sidecar = sidecarSchema.parse(
      JSON.parse(await Deno.readTextFile(locate(roots, artifactPath("published", source, "sidecar")))),
    );
    const path = locate(roots, artifactPath("published", frame, "sidecar"));
    await writeJsonAtomically(path, sidecarOf(sidecar, frame));
    const { version: v } = (await readFrameSidecar(path))!;
    listed.push({ ...leadFields(frame.lead), valid_time: isoSeconds(validTime(run, frame.lead)), v });
  }
  const manifest = manifestSchema.parse(
    JSON.parse(await Deno.readTextFile(locate(roots, manifestPath(model, sourceRun)))),
  );
  const own: Manifest = {
    ...manifest,
    run,
    variables: {
      [variable]: {
        ...manifest.variables[variable]!,
        expected_frames: hours,
        available_frames: hours,
        frames: listed,
      },
    },
  };
  await writeJsonAtomically(locate(roots, manifestPath(model, run)), own);
  const latest: Latest = {
    run_id: run,
    cycle_utc: isoSeconds(cycleTime(run)),
    updated_utc: isoSeconds(new Date()),
    source: "linked",
  };
  await writeJsonAtomically(locate(roots, latestPath(model)), latest);
  return frames;
}

/** Removes a run as retention does: first its manifest, then its files. */
export async function unlinkRun(dataRoot: string, { model, run }: FrameId): Promise<void> {
  const roots = rootsBelow(dataRoot);
  await Deno.remove(locate(roots, manifestPath(model, run)));
  await Deno.remove(locate(roots, runDirectory("published", model, run)), { recursive: true });
}

function sidecarOf(sidecar: Sidecar, frame: FrameId): Sidecar {
  const { contours: _lines, artifacts: { rgba, values }, ...rest } = sidecar;
  const hash = (kind: string) => createHash("sha256").update(`${kind} ${JSON.stringify(frame)}`).digest("hex");
  return {
    ...rest,
    run: frame.run,
    ...leadFields(frame.lead),
    valid_time: isoSeconds(validTime(frame.run, frame.lead)),
    artifacts: {
      rgba: { ...rgba, file: artifactName(frame.lead, "rgba"), sha256: hash("rgba") },
      values: { ...values, file: artifactName(frame.lead, "values"), sha256: hash("values") },
    },
  };
}
