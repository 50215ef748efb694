import { frameVersionOf } from "../../contract/frame_version.ts";
import type { FrameId } from "../../contract/identity.ts";
import { leadText } from "../../contract/lead.ts";
import { manifestSchema } from "../../contract/manifest.ts";
import { artifactPath, manifestPath } from "../../contract/paths.ts";
import { type Sidecar, sidecarSchema } from "../../contract/sidecar.ts";

/** Writes the sidecar of a published frame again, and its version in the manifest, so that both agree. */
export async function rewriteSidecar(
  dataRoot: string,
  frame: FrameId,
  change: (sidecar: Sidecar) => void,
): Promise<void> {
  const path = `${dataRoot}/${artifactPath("published", frame, "sidecar")}`;
  const sidecar = sidecarSchema.parse(JSON.parse(await Deno.readTextFile(path)));
  change(sidecar);
  const bytes = new TextEncoder().encode(JSON.stringify(sidecar));
  await Deno.writeFile(path, bytes);
  const listed = `${dataRoot}/${manifestPath(frame.model, frame.run)}`;
  const manifest = manifestSchema.parse(JSON.parse(await Deno.readTextFile(listed)));
  for (const entry of manifest.variables[frame.var]!.frames) {
    if (entry.frame === leadText(frame.lead)) entry.v = await frameVersionOf(bytes);
  }
  await Deno.writeTextFile(listed, JSON.stringify(manifest));
}
