import type { Sidecar } from "../../contract/sidecar.ts";
import type { Pane } from "../../islands/viewer/state/pane.ts";
import type { Permalink } from "../../islands/viewer/state/permalink.ts";
import { Viewer, type ViewerProps } from "../../islands/viewer/state/viewer.ts";
import { EXAMPLE_SIDECAR } from "./example_sidecar.ts";
import { settle } from "./fake_clock.ts";
import { BEGINNING, GFS, HRRR, modelOf, RUN_00, RUN_06 } from "./published_answers.ts";

/** Makes the state of a page that shows hour 3 of HRRR's 06Z run and was opened with a link. */
export function viewerOf(link: Permalink = {}, props: Partial<ViewerProps> = {}): Viewer {
  return new Viewer({
    models: [modelOf(HRRR, RUN_06), modelOf(GFS, RUN_00)],
    pane: BEGINNING,
    regions: {
      conus: { label: "Contiguous US", bbox: [-125, 24, -66, 50], defaultCenter: [-96, 38], defaultZoom: 4 },
      pnw: { label: "Pacific Northwest", bbox: [-125, 42, -116, 49], defaultCenter: [-120, 46], defaultZoom: 6 },
    },
    tileSizePx: 512,
    basemap: {},
    basemapStyleUrl: null,
    mapWorker: "map-worker.js",
    eventWorker: "event-worker.js",
    missing: null,
    link,
    ...props,
  });
}

/** Gives a pane a map that paints every frame at once; resolves when it has painted the requested one. */
export async function paintOn({ sync }: Pane, sidecar: Sidecar = EXAMPLE_SIDECAR): Promise<void> {
  sync.attach((frame) => Promise.resolve({ frame, sidecar: { ...sidecar, ...frame }, paint: () => {} }));
  await settle();
}
