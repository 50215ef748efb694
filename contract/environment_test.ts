import assert from "node:assert/strict";
import { CONFIGURATION_VARIABLES, ConfigurationError, parseConfiguration } from "./environment.ts";

Deno.test("parseConfiguration() has a default for everything", () => {
  const configuration = parseConfiguration({});
  assert.deepEqual(configuration.roots, {
    data: "./data/v3",
    staging: "./data/v3/staging",
    published: "./data/v3/published",
    manifests: "./data/v3/manifests",
  });
  assert.equal(configuration.publishEnabled, true);
  assert.equal(configuration.port, 8200);
  assert.equal(configuration.host, "127.0.0.1");
  assert.equal(configuration.tileSizePx, 512);
  assert.equal(configuration.keepRuns, 2);
  assert.equal(configuration.gdalLibrary, null);
});

Deno.test("parseConfiguration() treats an empty variable as not set", () => {
  assert.equal(parseConfiguration({ TWF_V3_PORT: "" }).port, 8200);
});

Deno.test("parseConfiguration() names every wrong variable, its value and the accepted values", () => {
  assert.throws(
    () => parseConfiguration({ TWF_V3_PORT: "80000", TWF_V3_TILE_SIZE: "300", TWF_V3_LOG_LEVEL: "loud" }),
    (error: unknown) => {
      assert.ok(error instanceof ConfigurationError);
      assert.match(error.message, /TWF_V3_PORT="80000": expected a whole number from 0 to 65535/);
      assert.match(error.message, /TWF_V3_TILE_SIZE="300": expected 256 or 512/);
      assert.match(error.message, /TWF_V3_LOG_LEVEL="loud": expected debug, info, warn or error/);
      return true;
    },
  );
});

Deno.test("parseConfiguration() refuses a wrong form of each variable that has a form", () => {
  const folders = ["DATA", "STAGING", "PUBLISH", "MANIFEST"].map((name) => `TWF_V3_${name}_ROOT`);
  const free = [...folders, "TWF_V3_HOST", "TWF_V3_APP_NAME", "TWF_V3_ENVIRONMENT"];
  for (const name of CONFIGURATION_VARIABLES.filter((name) => !free.includes(name))) {
    assert.throws(() => parseConfiguration({ [name]: "not, this" }), new RegExp(name), name);
  }
});

Deno.test("parseConfiguration() lets each folder of the data root lie elsewhere", () => {
  const { roots } = parseConfiguration({ TWF_V3_DATA_ROOT: "/srv/v3", TWF_V3_PUBLISH_ROOT: "/mnt/published" });
  assert.deepEqual(roots, {
    data: "/srv/v3",
    staging: "/srv/v3/staging",
    published: "/mnt/published",
    manifests: "/srv/v3/manifests",
  });
});

Deno.test("parseConfiguration() reads separate folders, public URLs, and networks of proxies", () => {
  const { roots } = parseConfiguration({ TWF_V3_STAGING_ROOT: "/fast", TWF_V3_MANIFEST_ROOT: "/safe" });
  assert.deepEqual([roots.staging, roots.manifests], ["/fast", "/safe"]);
  const urls = (text: string) => parseConfiguration({ TWF_V3_PUBLIC_URL: text }).publicUrls;
  assert.deepEqual(urls("https://a.example, http://b.example:8080,https://C.example/weather/maps/"), [
    { origin: "https://a.example", prefix: "" },
    { origin: "http://b.example:8080", prefix: "" },
    { origin: "https://c.example", prefix: "/weather/maps" },
  ]);
  for (
    const wrong of [
      "https://a.example/?q",
      "https://a.example/#a",
      "ftp://a.example",
      "a.example",
      "https://u@a.b",
      "https://a.b/api",
      "https://a.b/tiles/x",
      "https://a.b/models-v3",
      "https://a.b/metrics",
      "https://a.b/internal/x",
      "https://a.b/a//b",
      "https://a.b/<x>",
    ]
  ) {
    assert.throws(() => urls(wrong), /TWF_V3_PUBLIC_URL/, wrong);
  }
  const proxies = (text: string) => parseConfiguration({ TWF_V3_TRUSTED_PROXIES: text }).trustedProxies;
  assert.deepEqual(proxies("10.0.0.5, 172.16.0.0/12,fd00::/8"), [
    { address: "10.0.0.5", family: "ipv4", prefixBits: 32 },
    { address: "172.16.0.0", family: "ipv4", prefixBits: 12 },
    { address: "fd00::", family: "ipv6", prefixBits: 8 },
  ]);
  for (const wrong of ["10.0.0", "10.0.0.0/33", "10.0.0.0/8/8", "proxy.example", "10.0.0.0/", "fd00::/129"]) {
    assert.throws(() => proxies(wrong), /TWF_V3_TRUSTED_PROXIES/, wrong);
  }
});

Deno.test("parseConfiguration() reads lists and paths", () => {
  const configuration = parseConfiguration({
    TWF_V3_SOURCE_PRIORITY: "google,aws",
    TWF_V3_GDAL_LIB: "/opt/libgdal.so",
  });
  assert.deepEqual(configuration.sourcePriority, ["google", "aws"]);
  assert.equal(configuration.gdalLibrary, "/opt/libgdal.so");
});

Deno.test("parseConfiguration() refuses an unknown name and suggests the nearest known one", () => {
  assert.throws(
    () => parseConfiguration({ TWF_V3_PROT: "8300", TWF_V3_KEEP_RUN: "", HOME: "/root" }),
    (error: unknown) =>
      error instanceof ConfigurationError &&
      /unknown variable TWF_V3_PROT: did you mean TWF_V3_PORT\?/.test(error.message) &&
      /unknown variable TWF_V3_KEEP_RUN: did you mean TWF_V3_KEEP_RUNS\?/.test(error.message),
  );
  assert.equal(parseConfiguration({ TWF_V3_LIBGDAL_FILE: "/usr/lib/libgdal.so.32" }).port, 8200);
});
