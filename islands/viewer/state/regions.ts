import * as z from "zod";
import { regionsSchema } from "../../../contract/regions.ts";
import { REGIONS_URL } from "../../../contract/urls.ts";
import type { Viewer } from "./viewer.ts";

/** Where the browser keeps the regions that the server told last. */
const KEY = "twf-v3/regions";
const TIMEOUT_MS = 10_000;

const keptSchema = z.object({ etag: z.string(), regions: regionsSchema });

/**
 * Takes the regions that the browser keeps, and those of the server where they are others by now.
 * @throws TypeError without network: then those of the page stay
 */
export async function refreshRegions(viewer: Viewer): Promise<void> {
  const kept = readKept();
  const response = await fetch(REGIONS_URL, {
    headers: kept ? { "if-none-match": kept.etag } : {},
    cache: "no-store", // the conditional request is ours, and a 304 comes to us
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status === 304 && kept) {
    viewer.regions.value = kept.regions;
    return;
  }
  if (!response.ok) return;
  const regions = regionsSchema.parse(await response.json());
  viewer.regions.value = regions;
  const etag = response.headers.get("etag");
  if (etag) localStorage.setItem(KEY, JSON.stringify({ etag, regions }));
}

/** What is kept, unless another version of the page kept it. */
function readKept(): z.infer<typeof keptSchema> | null {
  const text = localStorage.getItem(KEY);
  if (text === null) return null;
  try {
    return keptSchema.parse(JSON.parse(text));
  } catch {
    localStorage.removeItem(KEY);
    return null;
  }
}
