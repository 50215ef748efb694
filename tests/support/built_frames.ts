import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { FrameId } from "../../contract/identity.ts";
import { leadText } from "../../contract/lead.ts";
import {
  ARTIFACT_SUFFIX,
  type ArtifactKind,
  artifactName,
  artifactPath,
  type DataRoots,
  locate,
  rootsBelow,
} from "../../contract/paths.ts";
import { entryNames, removeTree } from "../../builder/disk/folders.ts";
import type { BuiltFrame } from "../../builder/frame/build_frame.ts";
import { gdal } from "../../builder/gdal/library.ts";
import { stageFrame } from "../../builder/publish/stage_frame.ts";

/**
 * A cache of frames that many tests build: each is built once, as long as none of its sources changes.
 * Building them took half of the tests' time.
 */

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = `${ROOT}.twf/tests/frames`;
const KINDS = Object.keys(ARTIFACT_SUFFIX) as ArtifactKind[];

let fingerprint: Promise<string> | null = null;

/**
 * Stages a frame from the cache, or builds it now.
 * @param what name of the input that the frame's bytes depend on, besides the frame's identity
 */
export async function stageBuilt(
  roots: DataRoots,
  frame: FrameId,
  what: string,
  build: () => Promise<BuiltFrame>,
): Promise<void> {
  const folder = `${FOLDER}/${await (fingerprint ??= fingerprintOfSources())}`;
  const kept = `${folder}/${frame.model}-${frame.run}-${frame.var}-${leadText(frame.lead)}-${what}`;
  if ((await entryNames(kept)).length === 0) await keepBuilt(kept, await build());
  const staged = locate(roots, artifactPath("staging", frame, "sidecar"));
  await Deno.mkdir(staged.slice(0, staged.lastIndexOf("/")), { recursive: true });
  const names = await entryNames(kept);
  for (const kind of KINDS) {
    const name = artifactName(frame.lead, kind);
    if (names.includes(name)) {
      await Deno.copyFile(`${kept}/${name}`, locate(roots, artifactPath("staging", frame, kind)));
    }
  }
}

/** Puts a frame into the cache, whole or not at all: other processes use the cache at the same time. */
async function keepBuilt(kept: string, built: BuiltFrame): Promise<void> {
  const own = `${FOLDER}/.${crypto.randomUUID()}`;
  await stageFrame(rootsBelow(own), built);
  const sidecar = locate(rootsBelow(own), artifactPath("staging", built.frame, "sidecar"));
  await Deno.mkdir(kept.slice(0, kept.lastIndexOf("/")), { recursive: true });
  try {
    await Deno.rename(sidecar.slice(0, sidecar.lastIndexOf("/")), kept);
  } catch (error) {
    if (!/os error (17|39|66)/.test(String(error))) throw error; // another process was first
  }
  await removeTree(own);
}

/** Returns a fingerprint of everything that frames are made with. Cached frames of other fingerprints are removed. */
async function fingerprintOfSources(): Promise<string> {
  const hash = createHash("sha256").update(gdal().version);
  for (const path of ["deno.lock", ...(await Promise.all(["builder", "contract", "demo"].map(sourcesUnder))).flat()]) {
    hash.update(path).update(await Deno.readFile(ROOT + path));
  }
  const own = hash.digest("hex").slice(0, 16);
  for (const name of await entryNames(FOLDER)) {
    if (name !== own && !name.startsWith(".")) await removeTree(`${FOLDER}/${name}`);
  }
  return own;
}

async function sourcesUnder(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(ROOT + folder)) {
    if (isDirectory) paths.push(...await sourcesUnder(`${folder}/${name}`));
    else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) paths.push(`${folder}/${name}`);
  }
  return paths.sort();
}
