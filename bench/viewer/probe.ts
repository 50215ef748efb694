/** A frame that came to the map; times are those of the page, from its navigation on. */
export interface Change {
  readonly frame: string;
  /** When the reader's last key or click before it was. */
  readonly askedMs: number;
  /** When the page said that it shows it. */
  readonly shownMs: number;
  /** When the browser had drawn that: the task after the next animation frame. */
  readonly drawnMs: number;
}

/** What the page presented in one animation frame. */
export interface Sample {
  /** `data-shown-frame`. */
  readonly frame: string;
  readonly validTime: string;
  readonly hour: string;
  readonly legend: string;
  /** Of some places of the map's canvas, as RGB words. */
  readonly pixels: readonly number[];
}

export interface Probe {
  readonly changes: Change[];
  readonly samples: Sample[];
  /** Begins to take samples, or ends it. */
  take(isOn: boolean): void;
}

// deno-lint-ignore no-implicit-declare-namespace-export -- a module may not export from it
declare global {
  interface Window {
    twfProbe: Probe;
  }
}

/**
 * Runs in the page before its own scripts; whatever it needs is inside. Samples are taken in a ResizeObserver, which the
 * browser calls after all callbacks of an animation frame and before it paints: they are what the reader gets to see.
 * @param keepsPicture lets the canvas be read at any time, which costs the page a copy
 */
export function installProbe(keepsPicture: boolean): void {
  /** Rows of the canvas that are looked at, as shares of its height from the top, and how often in a row. */
  const ROWS = [0.3, 0.42, 0.55];
  const EVERY_PX = 24;
  const changes: Change[] = [];
  const samples: Sample[] = [];
  let askedMs = 0;
  for (const type of ["keydown", "click"]) addEventListener(type, (event) => askedMs = event.timeStamp, true);

  let last: string | undefined;
  const map = () => document.querySelector<HTMLElement>(".pane.first .map");
  const notice = () => {
    const frame = map()?.dataset.shownFrame;
    if (frame === undefined || frame === last) return;
    last = frame;
    const [shownMs, asked] = [performance.now(), askedMs];
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => changes.push({ frame, askedMs: asked, shownMs, drawnMs: performance.now() });
      port2.postMessage(null);
    });
  };
  new MutationObserver(notice).observe(document, { subtree: true, attributeFilter: ["data-shown-frame"] });

  let gl: WebGL2RenderingContext | null = null;
  if (keepsPicture) {
    const original = HTMLCanvasElement.prototype.getContext as (kind: string, options?: object) => unknown;
    HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, options?: object) {
      const isMap = kind === "webgl2";
      const context = original.call(this, kind, isMap ? { ...options, preserveDrawingBuffer: true } : options);
      if (isMap) gl = context as WebGL2RenderingContext;
      return context;
    } as typeof HTMLCanvasElement.prototype.getContext;
  }
  const readPixels = () => {
    if (!gl) return [];
    const { drawingBufferWidth: width, drawingBufferHeight: height } = gl;
    const row = new Uint8Array(width * 4);
    return ROWS.flatMap((share) => {
      gl!.readPixels(0, Math.round((1 - share) * height), width, 1, gl!.RGBA, gl!.UNSIGNED_BYTE, row);
      const words: number[] = [];
      for (let x = 0; x < width; x += EVERY_PX) {
        words.push(row[x * 4]! << 16 | row[x * 4 + 1]! << 8 | row[x * 4 + 2]!);
      }
      return words;
    });
  };
  const text = (selector: string) => document.querySelector(selector)?.textContent ?? "";
  const sample = () =>
    samples.push({
      frame: map()?.dataset.shownFrame ?? "",
      validTime: document.querySelector<HTMLTimeElement>(".clock time")?.dateTime ?? "",
      hour: text(".clock .hour"),
      legend: text(".legend h2"),
      pixels: readPixels(),
    });
  let isTaking = false;
  let ticker: HTMLElement | null = null;
  let isTicking = false;
  // Only one of it: two would undo each other's change before anybody observes it.
  const tick = () => {
    isTicking = isTaking;
    if (!isTaking) return;
    ticker!.style.width = ticker!.style.width === "1px" ? "2px" : "1px";
    requestAnimationFrame(tick);
  };
  const take = (isOn: boolean) => {
    if (!ticker) {
      ticker = document.createElement("div");
      ticker.style.cssText = "position:fixed;top:0;left:0;height:1px;width:1px;visibility:hidden";
      document.body.append(ticker);
      new ResizeObserver(() => isTaking && sample()).observe(ticker);
    }
    isTaking = isOn;
    if (isOn && !isTicking) requestAnimationFrame(tick);
    isTicking ||= isOn;
  };
  globalThis.window.twfProbe = { changes, samples, take };
}
