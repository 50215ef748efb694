import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { Page, Route } from "playwright-core";
import { samplesAnswerSchema, seriesAnswerSchema } from "../../contract/api.ts";
import { eventually } from "../support/eventually.ts";
import { publishedRoot, RUN } from "../support/published_root.ts";
import { startServer } from "../support/server_process.ts";
import { browserTest, DESKTOP, PHONE, shownHour, visit } from "./visit.ts";

/** The ends of the temperature legend. */
const LEAST_F = -40;
const MOST_F = 122.5;

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

interface AxeFinding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Returns the findings of axe-core that are serious or critical. */
async function serious(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE }).catch(async () => {
    // The page's content security policy blocks third-party scripts; the debugger can still run one.
    await page.evaluate(await Deno.readTextFile(AXE));
  });
  const findings = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: AxeFinding[] }> } };
    return (await axe.run()).violations;
  });
  return findings.filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}

/** Returns a place where it rains or snows in the first hour, and the label of its value. */
async function firstEcho(origin: string): Promise<{ lat: number; lon: number; label: string }> {
  const points = Array.from(
    { length: 500 },
    (_, i) => ({ lat: 30 + Math.floor(i / 25) * 0.9, lon: -120 + (i % 25) * 2 }),
  );
  const response = await fetch(`${origin}/api/v3/sample`, {
    method: "POST",
    body: JSON.stringify({ model: "hrrr", run: RUN, var: "radar_ptype", fh: 0, points }),
    headers: { "content-type": "application/json" },
  });
  const { labels = [] } = samplesAnswerSchema.parse(await response.json());
  const i = labels.findIndex((label) => label?.endsWith("dBZ"));
  return { ...points[i]!, label: labels[i]! };
}

browserTest("reading values in a browser", async (t, browser) => {
  await using root = await publishedRoot([0, 1, 2], ["tmp2m", "wspd10m", "radar_ptype"]);
  await using server = await startServer(root.dataRoot);

  // Steps that leave the page unchanged share a page: opening a page takes as long as five steps.
  await using visited = await visit(browser, server, DESKTOP);
  const { page } = visited;

  await t.step("the valid time is shown in the reader's zone and in UTC, with run and age", async () => {
    assert.equal(await page.textContent(".clock time"), "Mon 16 Feb, 10:00 PM PST");
    assert.equal(await page.textContent(".utc"), "Tue 06:00 UTC");
    assert.equal(await page.getAttribute(".clock time", "datetime"), "2026-02-17T06:00:00Z");
    assert.match((await page.textContent(".run .age"))!, /^[0-9]+ d old, the next is late$/);
    assert.ok(await page.locator(".night").count() > 0);
    const summary = async () => await page.textContent("#summary");
    await page.waitForFunction(() => document.querySelector("#summary")!.textContent !== "");
    assert.match((await summary())!, /^2 m temperature, HRRR .* run 17 Feb 06Z, valid Mon 16 Feb, 10:00 PM PST/);
  });

  await t.step("the run is named in the tile addresses", () => {
    assert.ok(visited.paths.some((path) => path.startsWith(`/tiles/v3/hrrr/${RUN}/`)));
  });

  await t.step("a gradient's mark stands at the hovered value", async () => {
    await page.mouse.move(800, 400);
    await page.waitForSelector(".hover[data-status=value]");
    const value = parseFloat((await page.textContent(".hover b"))!.replace("−", "-"));
    const left = parseFloat(await page.locator(".mark").evaluate((mark) => (mark as HTMLElement).style.left));
    assert.ok(Math.abs(left - (value - LEAST_F) / (MOST_F - LEAST_F) * 100) < 0.1, `${left} % for ${value}`);
  });

  await t.step("a click shows the series at the point, in step with the map; the pin can be removed", async () => {
    const answered = page.waitForResponse((response) => response.url().includes("/api/v3/series"));
    await page.mouse.click(800, 400);
    const answer = seriesAnswerSchema.parse(await (await answered).json());
    assert.deepEqual(answer.series.map((series) => series.var), ["tmp2m", "wspd10m"]);
    await page.waitForSelector(".chart");
    const now = async () => (await page.locator(".chart .now").first().textContent())!;
    const value = (i: number) => answer.series[0]!.values[i]!.value!;
    const close = (text: string, expected: number) =>
      assert.ok(Math.abs(parseFloat(text.replace("−", "-")) - expected) <= 0.06, `${text} for ${expected}`);
    close(await now(), value(0));
    await page.keyboard.press("End");
    await shownHour(page, 2);
    close(await now(), value(2));
    // A click in the chart selects its hour.
    const box = (await page.locator(".chart").boundingBox())!;
    await page.mouse.click(box.x + box.width * 0.11, box.y + 30);
    await shownHour(page, 0);
    await page.click("button[aria-label='Remove the pin']");
    assert.equal(await page.locator(".meteogram").count(), 0);
    assert.equal(await page.locator(".maplibregl-marker").count(), 0);
    assert.deepEqual(visited.faults, []);
  });

  await t.step("a pin that a key set is in the address, and a reload restores it", async () => {
    await page.keyboard.press("p");
    await page.waitForSelector(".chart");
    await page.waitForURL(/[?&]pin=-?[0-9.]+,-?[0-9.]+(&|$)/);
    await page.reload();
    await page.waitForSelector(".chart");
    assert.deepEqual(visited.faults, []);
  });

  await t.step(
    "values stand under the names of places, with one request for all, and without a request when switched off",
    async () => {
      await using visited = await visit(browser, server, DESKTOP);
      const { page, paths } = visited;
      const asked = () => paths.filter((path) => path === "/api/v3/sample").length;
      await eventually(() => asked() > 0, "the names of places are there");
      // Names are placed one after the other; after that nothing more is requested.
      const settled = async () => {
        for (let before = -1; before !== asked();) {
          before = asked();
          await page.waitForTimeout(1500);
        }
        return asked();
      };
      const first = await settled();
      assert.ok(first >= 1);
      await page.keyboard.press("ArrowRight");
      await shownHour(page, 1);
      const second = await settled();
      assert.ok(second > first);
      await page.keyboard.press("v");
      await page.keyboard.press("End");
      await shownHour(page, 2);
      assert.equal(await settled(), second);
      assert.deepEqual(visited.faults, []);
    },
  );

  await t.step("values that are late never stand over the frame of another hour", async () => {
    const held: Route[] = [];
    let areHeld = false;
    await using visited = await visit(browser, server, DESKTOP, {
      prepare: (page) =>
        page.route("**/api/v3/sample", async (route) => {
          if (areHeld && route.request().postDataJSON().fh === "1") held.push(route);
          else await route.continue();
        }),
    });
    const { page } = visited;
    const areShown = () =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>("canvas.place-values")!;
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true })!;
        copy.drawImage(canvas, 0, 0);
        const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
        return data.some((value) => value > 0);
      });
    const come = () => eventually(areShown, "values stand on the map");
    await come();
    await page.waitForTimeout(1500); // all names are placed
    areHeld = true;
    for (const [key, hour] of [["ArrowRight", 1], ["ArrowLeft", 0], ["ArrowRight", 1]] as const) {
      await page.keyboard.press(key);
      await shownHour(page, hour);
      await page.waitForTimeout(200);
      assert.equal(await areShown(), hour === 0, `at hour ${hour}`);
    }
    assert.equal(held.length, 1, "it is asked for once");
    areHeld = false; // the page has given up this request, and sends it again
    await held[0]!.continue();
    await come();
    assert.deepEqual(visited.faults, []);
  });

  await t.step("the legend of precipitation types names them, and marks the type under the pointer", async () => {
    const echo = await firstEcho(server.origin);
    await using visited = await visit(browser, server, DESKTOP, {
      query: `?var=radar_ptype&at=${echo.lat},${echo.lon},9`,
    });
    const { page } = visited;
    const names = await page.locator(".segments dt").allTextContents();
    assert.deepEqual(names.filter(Boolean), [
      "Rain",
      "Snow",
      "Ice pellets",
      "Freezing rain",
      "Mixed rain and snow",
      "Echo aloft",
    ]);
    const map = (await page.locator(".map").boundingBox())!;
    await page.mouse.move(map.x + map.width / 2, map.y + map.height / 2);
    await page.waitForSelector(".hover[data-status=value]");
    const words = (await page.textContent(".hover"))!;
    assert.equal(words, echo.label);
    assert.equal(await page.textContent(".segments .marked dt"), words.split(",")[0]);
    assert.equal(await page.locator(".segments dd .marked").count(), 1);
    assert.deepEqual(visited.faults, []);
  });

  await t.step("axe-core finds nothing serious, on a desktop and on a phone", async () => {
    for (const viewport of [DESKTOP, PHONE]) {
      await using visited = await visit(browser, server, viewport);
      const { page } = visited;
      assert.deepEqual(await serious(page), [], `${viewport.width} px`);
      await page.click(".origin-switch");
      assert.deepEqual(await serious(page), [], `${viewport.width} px, the origin`);
      await page.keyboard.press("Escape");
      if (viewport === PHONE) await page.click(".sheet-switch");
      await page.click(".picker");
      assert.deepEqual(await serious(page), [], `${viewport.width} px, choosing`);
      await page.keyboard.press("Escape");
      if (viewport === PHONE) continue;
      await page.mouse.click(800, 400);
      await page.waitForSelector(".chart");
      await page.keyboard.press("c");
      await page.waitForSelector(".pane.second .map[data-shown-hour]", { timeout: 20_000 });
      assert.deepEqual(await serious(page), [], "comparing");
    }
  });

  await t.step("on a phone all controls are within reach of a thumb and large enough, and nothing jumps", async () => {
    await using visited = await visit(browser, server, PHONE, { context: { hasTouch: true, isMobile: true } });
    const { page } = visited;
    const map = async () => await page.locator(".map").boundingBox();
    const before = await map();
    await page.tap(".sheet-switch");
    const controls = (await page.locator(".controls").boundingBox())!;
    assert.ok(controls.y > PHONE.height / 2, "the sheet is in the lower half");
    assert.deepEqual(await map(), before);
    const small = await page.locator("button:visible, select:visible, input[type=range]:visible").evaluateAll((all) =>
      all.filter((element) => !element.closest(".maplibregl-map")).map((element) => {
        const { width, height } = element.getBoundingClientRect();
        return { name: element.getAttribute("aria-label") ?? element.textContent, width, height };
      }).filter(({ width, height }) => width < 43.5 || height < 43.5)
    );
    assert.deepEqual(small, []);
    await page.tap(".sheet-switch");
    await page.tap("button[aria-label='Next hour']");
    await shownHour(page, 1);
    await page.touchscreen.tap(200, 300);
    await page.waitForSelector(".hover[data-status=value]");
    await page.waitForSelector(".chart");
    assert.deepEqual(visited.faults, []);
  });
});
