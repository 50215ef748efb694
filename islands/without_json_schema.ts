import type { Plugin } from "esbuild";

/**
 * zod makes JSON Schema of its schemas, which only the server asks for, and which no bundler finds out: a tenth of the
 * page's own code. Here those methods are there and throw.
 */
export const WITHOUT_JSON_SCHEMA: Plugin = {
  name: "without JSON Schema",
  setup({ onLoad }) {
    onLoad({ filter: /zod\/v4\/core\/(to-json-schema|json-schema-processors)\.js$/ }, async ({ path }) => {
      const source = await Deno.readTextFile(path);
      const names = [...source.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name!);
      const renamed = [...source.matchAll(/^export \{ \w+ as (\w+) \}/gm)].map(([, name]) => name!);
      const none = `() => { throw new Error("The page makes no JSON Schema") }`;
      // A schema is made with two such methods.
      const made = names.filter((name) => /^create.*Method$/.test(name));
      const lines = names.map((name) => `export const ${name} = ${made.includes(name) ? `() => ${none}` : none};`);
      return {
        contents: [...lines, ...renamed.map((name) => `const _${name} = ${none}; export { _${name} as ${name} };`)]
          .join("\n"),
        loader: "js",
      };
    });
  },
};
