import { type Browser, chromium } from "playwright-core";

/** WebGL in software, and none of the connections Chromium makes for itself. */
const FLAGS = [
  "--no-sandbox",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  // Debian turns it on, and in software it is the slower way.
  "--disable-gpu-rasterization",
  "--disable-background-networking",
  "--disable-component-update",
  "--no-first-run",
];

/** The machine's own Chromium, headless. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
}
