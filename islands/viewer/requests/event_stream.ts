/** A window's request to the worker that has the event stream. */
export interface ToEventWorker {
  /** Kind of the request; `again` opens the stream again even when it is open. */
  readonly kind: "listen" | "leave" | "again";
  readonly url: string;
  readonly names: readonly string[];
}

export type FromEventWorker =
  | { readonly kind: "state"; readonly isOpen: boolean }
  | { readonly kind: "event"; readonly name: string; readonly data: string };

export interface EventStreamOptions {
  /** Address of the server's events. */
  readonly url: string;
  readonly names: readonly string[];
  /** The script of the worker that all windows share. */
  readonly workerUrl: string;
  /** Called when the stream opens or breaks off: events sent meanwhile are not repeated. */
  onState(isOpen: boolean): void;
  onEvent(name: string, data: string): void;
}

/** The server's events, over one connection for all windows of a browser that has shared workers. */
export class EventStream {
  readonly #options: EventStreamOptions;
  readonly #port: MessagePort | null;
  #own: EventSource | null = null;
  #isOpen = false;

  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.#port = typeof SharedWorker === "undefined" ? null : new SharedWorker(options.workerUrl).port;
    if (this.#port) {
      this.#port.onmessage = ({ data }: MessageEvent<FromEventWorker>) => {
        if (data.kind === "event") options.onEvent(data.name, data.data);
        else this.#state(data.isOpen);
      };
    }
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  listen(): void {
    if (this.#port) this.#ask("listen");
    else this.#own ??= this.#open();
  }

  /** Opens the stream again, since a browser waits long before it retries. */
  again(): void {
    if (this.#port) return this.#ask("again");
    this.leave();
    this.listen();
  }

  leave(): void {
    this.#isOpen = false;
    if (this.#port) this.#ask("leave");
    this.#own?.close();
    this.#own = null;
  }

  #ask(kind: ToEventWorker["kind"]): void {
    const { url, names } = this.#options;
    this.#port!.postMessage({ kind, url, names } satisfies ToEventWorker);
  }

  #open(): EventSource {
    const { url, names, onEvent } = this.#options;
    const source = new EventSource(url);
    source.onopen = () => this.#state(true);
    source.onerror = () => this.#state(false);
    for (const name of names) {
      source.addEventListener(name, ({ data }: MessageEvent<string>) => onEvent(name, data));
    }
    return source;
  }

  #state(isOpen: boolean): void {
    this.#isOpen = isOpen;
    this.#options.onState(isOpen);
  }
}
