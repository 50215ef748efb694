import { createHash } from "node:crypto";
import type { FrameId } from "../../contract/identity.ts";
import { modelGeometry } from "../../contract/models.ts";
import { artifactPath } from "../../contract/paths.ts";
import { sidecarSchema } from "../../contract/sidecar.ts";
import { stripIndexBytes } from "../../contract/strip_index.ts";

/** Makes a published frame one of before value COGs had an index of strips. */
export async function makeOlder(dataRoot: string, frame: FrameId): Promise<void> {
  const [path, sidecarPath] = (["values", "sidecar"] as const)
    .map((kind) => `${dataRoot}/${artifactPath("published", frame, kind)}`) as [string, string];
  const bytes = (await Deno.readFile(path)).slice(0, -stripIndexBytes(modelGeometry(frame.model)!.grids.value));
  const sidecar = sidecarSchema.parse(JSON.parse(await Deno.readTextFile(sidecarPath)));
  Object.assign(sidecar.artifacts.values, {
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  });
  await Deno.writeFile(path, bytes);
  await Deno.writeTextFile(sidecarPath, JSON.stringify(sidecar));
}
