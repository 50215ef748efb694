import { type ReadonlySignal, signal } from "@preact/signals";
import type { SeriesAnswer } from "../../../contract/api.ts";
import { fetchSeries } from "../requests/api.ts";
import type { GeoPoint } from "./camera.ts";
import { messageOf } from "../requests/describe_error.ts";
import type { Pane } from "./pane.ts";

/** State of the series at the pinned point. */
export type MeteogramState =
  | { readonly status: "loading" }
  | { readonly status: "ready"; readonly answer: SeriesAnswer }
  | { readonly status: "failed"; readonly reason: string };

/** All hours of a run at one point: the variable on the map, and those that describe how the weather feels. */
export class Meteogram {
  readonly #state = signal<MeteogramState | null>(null);
  #turn = 0;
  #point: GeoPoint | null = null;

  /** State of the series. Null when nothing is pinned. */
  get state(): ReadonlySignal<MeteogramState | null> {
    return this.#state;
  }

  /** Loads the series of a pane's run at a point. A shown series of the same point stays until the answer arrives. */
  async load(pane: Pane, point: GeoPoint): Promise<void> {
    const turn = ++this.#turn;
    // A series of another point must not stand under this point's coordinates.
    const isSamePoint = this.#point?.latDeg === point.latDeg && this.#point.lonDeg === point.lonDeg;
    if (!isSamePoint || this.#state.peek()?.status !== "ready") this.#state.value = { status: "loading" };
    this.#point = point;
    try {
      const answer = await fetchSeries(pane.model.peek().id, pane.run.peek().run, variablesOf(pane), point);
      if (turn === this.#turn) this.#state.value = { status: "ready", answer };
    } catch (error) {
      if (turn === this.#turn) this.#state.value = { status: "failed", reason: messageOf(error) };
    }
  }

  clear(): void {
    this.#turn++;
    this.#state.value = null;
  }
}

/** Returns the variable on the map, and one each of temperature, wind and precipitation if the model has them. */
function variablesOf(pane: Pane): string[] {
  const variables = pane.variables.peek();
  const firstOf = (group: string, units?: string) =>
    variables.find((variable) => variable.group === group && (units === undefined || variable.units === units))?.id;
  const others = [firstOf("Temperature"), firstOf("Wind"), firstOf("Precipitation", "in")];
  return [...new Set<string>([pane.variable.peek(), ...others.filter((id) => id !== undefined)])];
}
