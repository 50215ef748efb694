import { createHash } from "node:crypto";
import type { FrameId } from "../../contract/identity.ts";
import { manifestSchema } from "../../contract/manifest.ts";
import { modelGeometry } from "../../contract/models.ts";
import { artifactPath, manifestPath } from "../../contract/paths.ts";
import { sidecarSchema } from "../../contract/sidecar.ts";
import { rowIndexBytes } from "./value_cog_file.ts";

/** Rewrites a published frame as it was before value COGs had a row index. */
export async function makeOlder(dataRoot: string, frame: FrameId): Promise<void> {
  const [path, sidecarPath] = (["values", "sidecar"] as const)
    .map((kind) => `${dataRoot}/${artifactPath("published", frame, kind)}`) as [string, string];
  const bytes = (await Deno.readFile(path)).slice(0, -rowIndexBytes(modelGeometry(frame.model)!.grid));
  const sidecar = sidecarSchema.parse(JSON.parse(await Deno.readTextFile(sidecarPath)));
  Object.assign(sidecar.artifacts.values, {
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  });
  await Deno.writeFile(path, bytes);
  await Deno.writeTextFile(sidecarPath, JSON.stringify(sidecar));
  await makeManifestOlder(dataRoot, frame);
}

/** Rewrites a manifest as it was before manifests contained the versions of their frames. */
export async function makeManifestOlder(
  dataRoot: string,
  { model, run }: Omit<FrameId, "var" | "lead">,
): Promise<void> {
  const path = `${dataRoot}/${manifestPath(model, run)}`;
  const manifest = manifestSchema.parse(JSON.parse(await Deno.readTextFile(path)));
  for (const { frames } of Object.values(manifest.variables)) frames.forEach((frame) => delete frame.v);
  await Deno.writeTextFile(path, JSON.stringify(manifest));
}
