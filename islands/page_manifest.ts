import * as z from "zod";

/** The built page's files, by purpose. */
export const pageManifestSchema = z.object({
  boot: z.string(),
  styles: z.array(z.string()),
  /** The script of each island, by the island's name. */
  islands: z.record(z.string(), z.string()),
  /**
   * Scripts that the page needs at once or soon, with their imports: requested one after the other they would arrive
   * late.
   */
  preloads: z.array(z.string()),
  mapWorker: z.string(),
  /** The worker that has the event stream of all windows. */
  eventWorker: z.string(),
  /** The icon in a browser's tab. */
  icon: z.string(),
  /** GeoJSON by layer: land, borders, states, counties, places. */
  basemap: z.record(z.string(), z.string()),
});
export type PageManifest = z.infer<typeof pageManifestSchema>;
