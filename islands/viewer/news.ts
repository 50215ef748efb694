import { EVENT_SCHEMAS, type EventData, type EventName } from "../../contract/events.ts";
import { EVENTS_URL } from "../../contract/urls.ts";
import { fetchRuns } from "./api.ts";
import type { ViewerState } from "./state.ts";

/** How often the state is asked for while no stream of events can be had. */
const POLL_MS = 30_000;

/**
 * Keeps the page's hours and its notice of a newer run in step with what is published. A page that nobody sees follows
 * nothing: a browser opens no more than six connections to a server that has no HTTP/2.
 * @returns a function that ends it
 */
export function followNews(state: ViewerState): () => void {
  let events: EventSource | null = null;

  const refresh = () => {
    const asked = [
      state.refreshFrames(),
      fetchRuns(state.props.model.id).then(({ latest_run: latest }) => state.setLatestRun(latest)),
    ];
    // What cannot be asked for now is asked for again; the page goes on with what it has, and says so.
    void Promise.allSettled(asked).then((results) => {
      state.setStaleReason(results.find((result) => result.status === "rejected")?.reason ?? null);
    });
  };

  function open(): EventSource {
    const source = new EventSource(EVENTS_URL);
    // Nothing is repeated of what was told while nobody listened.
    source.addEventListener("open", refresh);
    source.addEventListener("error", refresh);
    on(source, "frames", ({ model, run, var: variable }) => {
      const { frame } = state;
      if (model === frame.value.model && run === frame.value.run && variable === frame.value.var) refresh();
    });
    on(source, "latest", ({ model, run }) => {
      if (model === state.props.model.id) state.setLatestRun(run);
    });
    return source;
  }

  const follow = () => {
    events?.close();
    events = document.visibilityState === "visible" ? open() : null;
  };
  document.addEventListener("visibilitychange", follow);
  follow();
  const poll = setInterval(() => {
    if (events && events.readyState !== EventSource.OPEN) refresh();
  }, POLL_MS);

  return () => {
    document.removeEventListener("visibilitychange", follow);
    clearInterval(poll);
    events?.close();
  };
}

function on<Name extends EventName>(source: EventSource, name: Name, told: (data: EventData<Name>) => void): void {
  source.addEventListener(name, ({ data }: MessageEvent<string>) => {
    told(EVENT_SCHEMAS[name].parse(JSON.parse(data)) as EventData<Name>);
  });
}
