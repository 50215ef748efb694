import { type Browser, chromium } from "playwright-core";

/** Flags for WebGL in software, and against the connections that Chromium makes for itself. */
const FLAGS = [
  "--no-sandbox",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  // Debian turns GPU rasterization on, which is slower in software.
  "--disable-gpu-rasterization",
  "--disable-background-networking",
  "--disable-component-update",
  "--no-first-run",
];

/** Starts the machine's own Chromium, headless. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
}
