import { createHash } from "node:crypto";
import { cycleTime, type ForecastHour, type FrameId, isoSeconds, type RunId, validTime } from "../contract/identity.ts";
import { type Latest, type Manifest, type ManifestFrame, manifestSchema } from "../contract/manifest.ts";
import { artifactName, artifactPath, latestPath, locate, manifestPath, rootsBelow } from "../contract/paths.ts";
import { runDirectory, variableDirectory } from "../contract/paths.ts";
import { type Sidecar, sidecarSchema } from "../contract/sidecar.ts";
import { writeJsonAtomically } from "../builder/disk/atomic_write.ts";
import { readFrameSidecar } from "../builder/publish/frame_sidecar.ts";

/**
 * Many runs from a few frames: their COGs are hard links, so that hundreds of frames take the disk and the minutes of the
 * few. For a server they are different frames: each has a sidecar of its own, with a hash of its own.
 */

/** Publishes a run of so many hours, from frames that are published, and shows it to readers first. */
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
    (_, fh): FrameId => ({ model, run, var: variable, fh: fh as ForecastHour }),
  );
  await Deno.mkdir(locate(roots, variableDirectory("published", frames[0]!)), { recursive: true });
  const listed: ManifestFrame[] = [];
  for (const frame of frames) {
    const source = sources[frame.fh % sources.length]!;
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
    listed.push({ fh: frame.fh, valid_time: isoSeconds(validTime(run, frame.fh)), v });
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

/** Takes a run away as retention does: from the manifests first, then from the disk. */
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
    fh: frame.fh,
    valid_time: isoSeconds(validTime(frame.run, frame.fh)),
    artifacts: {
      rgba: { ...rgba, file: artifactName(frame.fh, "rgba"), sha256: hash("rgba") },
      values: { ...values, file: artifactName(frame.fh, "values"), sha256: hash("values") },
    },
  };
}
