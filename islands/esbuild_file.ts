import { createRequire } from "node:module";
import { relative } from "node:path";
import process from "node:process";

/**
 * Prints the path of esbuild's own program, the only program that building the page may run. The path is relative to
 * the project, since a comma in the name of a folder above it cannot be written in a list of programs.
 */
const esbuild = createRequire(import.meta.url).resolve("esbuild");
const file = createRequire(esbuild).resolve(`@esbuild/${process.platform}-${process.arch}/bin/esbuild`);
Deno.stdout.writeSync(new TextEncoder().encode(`./${relative(Deno.cwd(), file)}\n`));
