import { effect } from "@preact/signals";
import type { EventData, EventName } from "../../../contract/events.ts";
import { EVENTS_URL } from "../../../contract/urls.ts";
import { siteUrl } from "../requests/site_url.ts";
import { formatRun } from "../format.ts";
import { EventStream } from "../requests/event_stream.ts";
import { isNetworkError, messageOf } from "../requests/describe_error.ts";
import type { Pane } from "./pane.ts";
import type { Viewer } from "./viewer.ts";

/** Time between two polls while no event stream is available. */
const POLL_MS = 15_000;
/** Delay of a refresh after an event: the frames of an hour arrive together and are fetched once. */
const SETTLE_MS = 300;
/** Delay of a refresh for other variables of the run: only their list shows the difference. */
const OTHERS_MS = 10_000;
/** Delay of a refresh after a frame that failed twice within this time. */
const FAILED_AGAIN_MS = 5000;

/**
 * Keeps the page in step with published data: new hours, new runs, removed runs, and a server that is away for a while.
 * A hidden page follows nothing.
 * @returns a function that ends this
 */
export function followLiveUpdates(viewer: Viewer): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueMs = Infinity;

  const refresh = async () => {
    dueMs = Infinity;
    try {
      const [areThere] = await Promise.all([
        Promise.all(viewer.panes.peek().map((pane) => pane.refresh())),
        viewer.refreshModels(),
      ]);
      viewer.notices.dismiss("stale");
      viewer.panes.peek().forEach((pane, i) => {
        if (areThere[i] === false) leaveRemovedRun(viewer, pane);
        else retryFailed(pane);
      });
      announceNewer(viewer);
    } catch (error) {
      const text = navigator.onLine
        ? "The server cannot be reached; the map shows what was loaded before"
        : "You are offline";
      viewer.notices.notify({ kind: "stale", text, detail: messageOf(error) });
    }
  };
  /** Schedules a refresh. An earlier one stays: endless events would otherwise postpone it forever. */
  const refreshIn = (ms: number) => {
    if (performance.now() + ms >= dueMs) return;
    dueMs = performance.now() + ms;
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), ms);
  };
  const refreshSoon = () => refreshIn(SETTLE_MS);

  const told: { readonly [Name in EventName]: (data: EventData<Name>) => void } = {
    frames: ({ model, run, var: id }) => {
      const panes = viewer.panes.peek().filter((pane) => pane.model.peek().id === model && pane.run.peek().run === run);
      if (panes.length === 0) return;
      refreshIn(panes.some((pane) => pane.variable.peek() === id) ? SETTLE_MS : OTHERS_MS);
    },
    run: refreshSoon,
    latest: refreshSoon,
    removed: refreshSoon,
    missed: refreshSoon,
  };
  const events = new EventStream({
    url: new URL(siteUrl(EVENTS_URL), location.href).href, // a worker has another base address
    names: Object.keys(told),
    workerUrl: viewer.props.eventWorker,
    // Events that were sent while no stream was open are not repeated.
    onState: refreshSoon,
    onEvent: (name, data) => told[name as EventName](JSON.parse(data)),
  });

  const follow = () => {
    if (document.visibilityState === "visible") events.listen();
    else events.leave();
  };
  const reconnect = () => {
    if (document.visibilityState === "visible") events.again();
    refreshSoon();
  };
  const leave = () => events.leave();
  // A page from the browser's back/forward cache is shown in its old state.
  const comeBack = ({ persisted }: PageTransitionEvent) => {
    if (persisted) reconnect();
  };
  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", comeBack);
  addEventListener("online", reconnect);
  addEventListener("offline", refreshSoon);
  follow();
  const poll = setInterval(() => {
    if (document.visibilityState === "visible" && !events.isOpen) reconnect();
  }, POLL_MS);
  // A failed frame also causes a refresh: its run may be gone. A frame that keeps failing causes fewer refreshes.
  let failedMs = -Infinity;
  const stop = effect(() => {
    if (!viewer.panes.value.some(({ sync }) => sync.failure.value)) return;
    refreshIn(performance.now() - failedMs < FAILED_AGAIN_MS ? FAILED_AGAIN_MS : SETTLE_MS);
    failedMs = performance.now();
  });

  return () => {
    stop();
    document.removeEventListener("visibilitychange", follow);
    removeEventListener("pagehide", leave);
    removeEventListener("pageshow", comeBack);
    removeEventListener("online", reconnect);
    removeEventListener("offline", refreshSoon);
    clearInterval(poll);
    clearTimeout(timer);
    events.leave();
  };
}

/** Chooses the newest run, because retention removed the one that is shown. */
function leaveRemovedRun(viewer: Viewer, pane: Pane): void {
  const name = `${pane.model.peek().name} ${formatRun(pane.run.peek().run)}`;
  viewer.notices.notify({ kind: "removed", text: `${name} was removed; the newest run is shown instead` });
  void pane.choose({ run: null });
}

/** Repeats a pane's failed request, now that the server answers. */
function retryFailed(pane: Pane): void {
  const failure = pane.sync.failure.peek();
  const refusal = pane.refusal.peek();
  if (refusal && isTransient(refusal.error)) void pane.choose(refusal.choice);
  else if (failure && isTransient(failure.error)) void pane.sync.request(failure.frame);
}

/** Whether an error is temporary: no network, a timeout, or a server that was starting or too busy. */
function isTransient(error: unknown): boolean {
  const { status, name } = error as { readonly status?: unknown; readonly name?: unknown };
  if (typeof status === "number") return status === 502 || status === 503 || status === 504;
  return isNetworkError(error) || name === "TimeoutError" || name === "AbortError";
}

/** Offers the latest run instead of showing it at once: the reader may be in the middle of a loop. */
function announceNewer(viewer: Viewer): void {
  const { first } = viewer;
  const latest = viewer.models.peek().find(({ id }) => id === first.model.peek().id)?.latest_run;
  if (!latest || latest <= first.run.peek().run) return viewer.notices.dismiss("newer");
  viewer.notices.notify({
    kind: "newer",
    text: `A newer run is available: ${formatRun(latest)}`,
    action: {
      label: "Show it",
      run: () => {
        viewer.notices.dismiss("newer");
        void first.choose({ run: latest });
      },
    },
  });
}
