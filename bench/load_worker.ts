/** A load on a server on this machine. */
export interface LoadJob {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Requested in turn, over and over. */
  readonly paths: readonly string[];
  readonly clients: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly latenciesMs: Float64Array;
  readonly bytes: number;
  readonly wallMs: number;
}

const MAX_REQUESTS = 500_000;

interface WorkerScope {
  onmessage: ((event: MessageEvent<LoadJob>) => void) | null;
  postMessage(result: LoadResult): void;
}

const scope = globalThis as unknown as WorkerScope;

if (typeof scope.postMessage === "function") {
  scope.onmessage = async ({ data }) => scope.postMessage(await apply(data));
}

async function apply({ origin, paths, clients, seconds }: LoadJob): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  let bytes = 0;
  let next = 0;
  const started = performance.now();
  const end = started + seconds * 1000;
  const client = async () => {
    while (performance.now() < end && latenciesMs.length < MAX_REQUESTS) {
      const path = paths[next++ % paths.length]!;
      const asked = performance.now();
      const response = await fetch(origin + path);
      const body = await response.arrayBuffer();
      bytes += body.byteLength; // not `+= await`: that would add to the value from before the wait
      latenciesMs.push(performance.now() - asked);
      if (response.status !== 200) throw new Error(`${path} was answered with ${response.status}`);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { latenciesMs: Float64Array.from(latenciesMs), bytes, wallMs: performance.now() - started };
}
