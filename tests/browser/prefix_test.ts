import assert from "node:assert/strict";
import { publishedRoot, RUN } from "../support/published_root.ts";
import { startServer } from "../support/server_process.ts";
import { browserTest, DESKTOP, shownHour, SLIDER, visit } from "./visit.ts";

/** The page below a path of a host whose proxy removes the path: the server does not know of the path. */
browserTest("the page below a path of a host", async (t, browser) => {
  await using root = await publishedRoot([0, 1], ["tmp2m"]);
  await using server = await startServer(root.dataRoot);
  const proxy = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    if (!pathname.startsWith("/weather/")) return new Response("not here", { status: 404 });
    const { method, body } = request;
    const headers = { "content-type": request.headers.get("content-type") ?? "" };
    return fetch(server.origin + pathname.slice("/weather".length) + search, { method, body, headers });
  });
  const site = { origin: `http://127.0.0.1:${proxy.addr.port}/weather` };

  await t.step("the page works in full, with events, and requests nothing outside that path", async () => {
    await using visited = await visit(browser, site, DESKTOP);
    const { page, paths, faults } = visited;
    await page.locator(SLIDER).focus();
    await page.keyboard.press("End");
    await shownHour(page, 1);
    const sampled = page.waitForResponse((response) => response.url().includes("/api/v3/sample?"));
    await page.mouse.move(700, 400);
    assert.equal((await sampled).status(), 200);
    assert.ok(paths.includes(`/weather/api/v3/hrrr/${RUN}/tmp2m/1`), paths.join("\n"));
    assert.ok(paths.some((path) => path.startsWith(`/weather/tiles/v3/hrrr/${RUN}/tmp2m/1/`)));
    assert.equal(new URL(page.url()).pathname, "/weather/models-v3");
    const metrics = await (await fetch(`${server.origin}/metrics`)).text();
    assert.match(metrics, /^twf_server_event_streams 1$/m);
    assert.deepEqual(faults, []);
  });
  await proxy.shutdown();
});
