/** A stream of events that a test opens, breaks and fills. */
export class FakeEventSource extends EventTarget {
  static readonly OPEN = 1;
  /** All streams that were opened since the test emptied the list. */
  static readonly opened: FakeEventSource[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(readonly url: string) {
    super();
    FakeEventSource.opened.push(this);
  }

  open(): void {
    this.readyState = FakeEventSource.OPEN;
    this.onopen?.();
  }

  break(): void {
    this.readyState = 0;
    this.onerror?.();
  }

  /** Sends an event. */
  send(name: string, data: string): void {
    this.dispatchEvent(new MessageEvent(name, { data }));
  }

  close(): void {
    this.readyState = 2;
  }
}
