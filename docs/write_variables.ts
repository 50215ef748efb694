import { rootsBelow } from "../contract/paths.ts";
import type { Page } from "playwright-core";
import { type RunId, validTime } from "../contract/identity.ts";
import { leadOfHours, leadSpan } from "../contract/lead.ts";
import { modelGeometry } from "../contract/models.ts";
import { print, say } from "../builder/operations/terminal.ts";
import { SYNTHETIC_PRODUCTS } from "../demo/synthetic_messages.ts";
import { syntheticWeather } from "../demo/weather/synthetic_weather.ts";
import { writeWeatherGrib } from "../demo/write_grib.ts";
import { buildFrame, makeDecoder } from "../builder/frame/build_frame.ts";
import { localInput, wantedMessages } from "../builder/frame/frame_input.ts";
import { hrrr } from "../builder/models/hrrr.ts";
import { selectorName } from "../builder/grib/message_selector.ts";
import type { Model, Variable } from "../builder/models/model.ts";
import { MODELS } from "../builder/models/registry.ts";
import { publishFrame } from "../builder/publish/publish_frame.ts";
import { stageFrame } from "../builder/publish/stage_frame.ts";
import { launchBrowser } from "../tests/support/browser.ts";
import { VISIONS } from "../tests/support/color_vision.ts";
import { familyDifferences, paletteReports } from "../tests/support/palette_report.ts";
import { showing } from "../tests/support/published_root.ts";
import { startServer } from "../tests/support/server_process.ts";

/**
 * Writes docs/variables.md and an image of each variable's frame with its legend, taken from the page over a synthetic
 * hour: `deno task write-variables`.
 */

const RUN = "20260217_06z" as RunId;
const FH = leadOfHours(9);
const PAGE = new URL("variables.md", import.meta.url);
const PICTURES = new URL("images/variables/", import.meta.url);
const VIEW = { width: 1100, height: 680 };
const JPEG_QUALITY = 72;

async function main(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "twf-variables-" });
  try {
    const dataRoot = `${folder}/data`;
    await buildHour(folder, dataRoot);
    await takePictures(dataRoot);
    await Deno.writeTextFile(PAGE, text());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function buildHour(folder: string, dataRoot: string): Promise<void> {
  const weather = syntheticWeather(validTime(RUN, FH));
  const files: string[] = [];
  for (const product of SYNTHETIC_PRODUCTS) {
    const path = `${folder}/${product}.grib2`;
    await Deno.writeFile(path, writeWeatherGrib(weather, RUN, FH, product).grib);
    files.push(path);
  }
  const decoder = makeDecoder(hrrr, { run: RUN, lead: FH });
  for (const variable of hrrr.variables) {
    const frame = { model: hrrr.id, run: RUN, var: variable.id, lead: FH };
    await stageFrame(
      rootsBelow(dataRoot),
      buildFrame(frame, hrrr, variable, await localInput(files, variable, frame), decoder),
    );
    await publishFrame(rootsBelow(dataRoot), hrrr, frame, showing(hrrr, dataRoot));
  }
}

async function takePictures(dataRoot: string): Promise<void> {
  await Deno.mkdir(PICTURES, { recursive: true });
  await using server = await startServer(dataRoot);
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: VIEW });
    for (const { id } of hrrr.variables) {
      await page.goto(`${server.origin}/models-v3?var=${id}&region=conus`);
      await takePicture(page, id);
    }
  } finally {
    await browser.close();
  }
}

/** Takes an image of the map and its legend, once the whole frame is drawn. */
async function takePicture(page: Page, id: string): Promise<void> {
  await page.waitForSelector(`.map[data-shown-var="${id}"]`);
  await page.waitForTimeout(1500); // names and contours are placed after the frame
  await page.screenshot({
    path: new URL(`${id}.jpg`, PICTURES).pathname,
    type: "jpeg",
    quality: JPEG_QUALITY,
  });
  say(id);
}

function text(): string {
  return [
    "# Variables",
    "",
    "Made by `deno task write-variables` from the models' tables: change those, not this page. The pictures are of a",
    "synthetic hour of HRRR; nobody's forecast. ★: a run is shown to readers once the first hours of this one are there.",
    "",
    ...MODELS.flatMap(modelTable),
    "## What each looks like",
    "",
    ...hrrr.variables.flatMap(({ id, name }) => [`### ${name}`, "", `![${name}](images/variables/${id}.jpg)`, ""]),
    ...paletteTables(),
  ].join("\n");
}

function modelTable(model: Model): string[] {
  const { name, description } = modelGeometry(model.id)!;
  const cycles = model.cycles.map(({ utcHours, leads, firstFileMinutes, lastFileMinutes }) => {
    const hours = leads.length === 0
      ? "no hourly files"
      : `hours ${leadSpan(leads).replace(" to ", "–")} (${leads.length}), ` +
        `there ${duration(firstFileMinutes)} to ${duration(lastFileMinutes)} after the cycle`;
    return `- ${utcHours.map((hour) => String(hour).padStart(2, "0")).join(" ")} UTC: ${hours}`;
  });
  const isUnverified = model.feed === "unverified" ? ", **unverified** until `check-model` passed" : "";
  return [
    `## ${name}`,
    "",
    `${description}${isUnverified}. Sources: ${model.sources.map(({ id }) => id).join(", ")}.`,
    "",
    ...cycles,
    "",
    "| id | variable | unit | made from |",
    "| --- | --- | --- | --- |",
    ...model.variables.map(variableRow),
    "",
  ];
}

function variableRow(variable: Variable): string {
  const { id, name, units, derivation, primary } = variable;
  const messages = wantedMessages(variable, leadOfHours(6));
  const from = messages.map(({ selector }) => `\`${selectorName(selector)}\``).join(", ");
  const method = derivation.type === "simple" ? "" : ` (${derivation.type.replaceAll("_", " ")})`;
  return `| \`${id}\` | ${name}${primary ? " ★" : ""} | ${units} | ${from}${method} |`;
}

function duration(minutes: number): string {
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")} h`;
}

/**
 * Returns tables of the distances between colours in ΔE (CIE76); colour-vision deficiencies are simulated with
 * Machado's method at full severity.
 */
function paletteTables(): string[] {
  const cells = (differences: Readonly<Record<string, number>>) =>
    VISIONS.map((vision) => differences[vision]!.toFixed(1)).join(" | ");
  const head = ["| --- | ---: | ---: | ---: | ---: |"];
  return [
    "## How far apart colours are",
    "",
    "The smallest difference between neighbours in a legend, ΔE (CIE76), in normal vision and as simulated for people who",
    "lack one kind of cone (Machado 2009, full severity). A difference of 2 is just seen side by side, one of 5 at once;",
    "`tests/palettes_test.ts` asks for 5 and 3.",
    "",
    `| palette of | ${VISIONS.join(" | ")} |`,
    ...head,
    ...paletteReports().map(({ variable, neighbours }) => `| \`${variable}\` | ${cells(neighbours)} |`),
    "",
    "Types of precipitation at equal intensity, on one map:",
    "",
    `| types | ${VISIONS.join(" | ")} |`,
    ...head,
    ...familyDifferences().map(({ pair, differences }) => `| ${pair} | ${cells(differences)} |`),
    "",
  ];
}

await main();
print(`written: ${PAGE.pathname}`);
