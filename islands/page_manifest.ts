import * as z from "zod";

/** The built page's files, by what they are. */
export const pageManifestSchema = z.object({
  boot: z.string(),
  styles: z.array(z.string()),
  /** The script of each island, by its name. */
  islands: z.record(z.string(), z.string()),
  /** Scripts that the page needs at once or soon, and whatever they import: asked for one after the other they come late. */
  preloads: z.array(z.string()),
  mapWorker: z.string(),
  /** The worker that has the stream of events for all windows. */
  eventWorker: z.string(),
  /** The picture in a browser's tab. */
  icon: z.string(),
  /** GeoJSON by layer: land, borders, states, counties, places. */
  basemap: z.record(z.string(), z.string()),
});
export type PageManifest = z.infer<typeof pageManifestSchema>;
