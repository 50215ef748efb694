import { createRequire } from "node:module";
import { relative } from "node:path";
import process from "node:process";

/**
 * Prints where esbuild's own program is, the only one that building the page may run: seen from the project, since a comma in
 * a folder's name above it cannot be written in a list of programs.
 */
const esbuild = createRequire(import.meta.url).resolve("esbuild");
const file = createRequire(esbuild).resolve(`@esbuild/${process.platform}-${process.arch}/bin/esbuild`);
Deno.stdout.writeSync(new TextEncoder().encode(`./${relative(Deno.cwd(), file)}\n`));
