import { type Browser, chromium } from "playwright-core";

/**
 * Features of Chromium that are switched off. Its address bar loads pages of its own, 400 files and 2 s of CPU time for
 * each new page; the others are those of Playwright's list that matter here, since this list replaces it.
 */
const DISABLED_FEATURES = [
  "WebUIOmniboxPopup",
  "WebUIOmniboxAimPopup",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "OptimizationHints",
  "NetworkTimeServiceQuerying",
  "AimEnabled",
  "PreconnectToSearch",
];

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
  `--disable-features=${DISABLED_FEATURES.join()}`,
];

/** Starts the machine's own Chromium, headless. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
}
