import { createRequire } from "node:module";
import process from "node:process";

/** Prints where esbuild's own program is, the only one that building the page may run. */
const esbuild = createRequire(import.meta.url).resolve("esbuild");
const file = createRequire(esbuild).resolve(`@esbuild/${process.platform}-${process.arch}/bin/esbuild`);
Deno.stdout.writeSync(new TextEncoder().encode(file + "\n"));
