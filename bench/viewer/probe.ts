/** A frame that was shown on the map; times are the page's, in ms after its navigation. */
export interface Change {
  readonly frame: string;
  /** Time of the reader's last key press or click before the frame. */
  readonly askedMs: number;
  /** Time at which the page reported that it shows the frame. */
  readonly shownMs: number;
  /** Time at which the browser had drawn the frame: the task after the next animation frame. */
  readonly drawnMs: number;
}

/** The contents of the page in one animation frame. */
export interface Sample {
  /** `data-shown-frame`. */
  readonly frame: string;
  readonly validTime: string;
  readonly hour: string;
  readonly legend: string;
  /** Colours at some places of the map's canvas, as RGB words. */
  readonly pixels: readonly number[];
}

export interface Probe {
  readonly changes: Change[];
  readonly samples: Sample[];
  /** Starts or stops taking samples. */
  take(isOn: boolean): void;
}

// deno-lint-ignore no-implicit-declare-namespace-export -- a module may not export from it
declare global {
  interface Window {
    twfProbe: Probe;
  }
}

/**
 * Installs the probe; runs in the page before its own scripts, so everything it needs is inside this function. Samples
 * are taken in a ResizeObserver, which the browser calls after all callbacks of an animation frame and before it
 * paints: samples are what the reader sees.
 * @param keepsPicture lets the canvas be read at any time, which costs the page a copy
 */
export function installProbe(keepsPicture: boolean): void {
  /**
   * Rows of the canvas that are read, as shares of its height from the top, and the distance between places in a row.
   */
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
  // Only one ticker may run: two would undo each other's change before the observer sees it.
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
