import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** Holds what docs/GLOSSARY.md and CONTRIBUTING.md say of comments: what a newcomer must read twice comes back easily. */

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const ROOMS = ["bench", "builder", "concurrency", "contract", "demo", "islands", "routes", "server", "tests"];

/** A doc comment begins with a verb in the third person or a noun phrase, never with one of these. */
const OPENING = new RegExp(
  "^(What|Of|Who|Whose|Those|As|Where|How|When|With|Without|From|By|For|To|It|They|There|Which|Why|If|That|This)\\b",
);

/** Words of this project's early comments, and what to write instead. */
const PRIVATE_WORDS: Readonly<Record<string, string>> = {
  anew: "again",
  somebody: "a client, a reader, a caller",
  nobody: "no client, no caller",
  whoever: "a client that, a caller that",
  "as far as": "null when …, where …",
  "so many": "the number",
  "on its way": "pending, in flight",
  "on their way": "pending, in flight",
  "drawn ahead": "prefetched",
  "fetched ahead": "prefetched",
  "look-ahead": "prefetch",
  "in one go": "at once",
  "for ever": "forever, permanently",
  "made up": "synthetic",
  "made-up": "synthetic",
  "held against": "compared with",
  "to be had": "available",
  "the world's square": "normalized Web Mercator, 0 to 1",
  "of ours": "own",
  "who asks": "the caller, the client",
};
const PRIVATE = new RegExp(`\\b(${Object.keys(PRIVATE_WORDS).join("|")})\\b`, "i");

interface Comment {
  readonly at: string;
  readonly text: string;
  readonly isDoc: boolean;
}

/** The comments of a source, of which strings and regular expressions may hold something that looks like one. */
function commentsOf(path: string, source: string): Comment[] {
  const lineOf = (index: number) => source.slice(0, index).split("\n").length;
  const found: Comment[] = [];
  for (const match of source.matchAll(/^[ \t]*\/\*\*([\s\S]*?)\*\//gm)) {
    const text = match[1]!.replace(/\n\s*\* ?/g, " ").trim();
    found.push({ at: `${path}:${lineOf(match.index)}`, text, isDoc: true });
  }
  for (const match of source.matchAll(/(?:^|[;{},)] *)[ \t]*\/\/ (.*)$/gm)) {
    found.push({ at: `${path}:${lineOf(match.index)}`, text: match[1]!, isDoc: false });
  }
  return found;
}

async function* sourcesBelow(folder: string): AsyncIterable<string> {
  for await (const { name, isDirectory } of Deno.readDir(ROOT + folder)) {
    if (isDirectory) {
      if (name !== "node_modules") yield* sourcesBelow(`${folder}/${name}`);
    } else if (/\.tsx?$/.test(name)) yield `${folder}/${name}`;
  }
}

Deno.test("comments begin with a verb or a noun, and use the words of the field", async () => {
  const wrong: string[] = [];
  let comments = 0;
  for (const room of ROOMS) {
    for await (const path of sourcesBelow(room)) {
      if (path === "tests/wording_test.ts") continue; // it has them as examples
      for (const { at, text, isDoc } of commentsOf(path, await Deno.readTextFile(ROOT + path))) {
        comments++;
        const opening = isDoc ? OPENING.exec(text)?.[1] : undefined;
        if (opening) wrong.push(`${at} begins with "${opening}": name the thing, or say what it does`);
        const word = PRIVATE.exec(text)?.[1]?.toLowerCase();
        if (word) wrong.push(`${at} says "${word}": write ${PRIVATE_WORDS[word]}`);
      }
    }
  }
  assert.ok(comments > 3000, `${comments} comments were read`);
  assert.deepEqual(wrong, []);
});

Deno.test("commentsOf() finds comments, and none in strings", () => {
  const source = [
    "/** Reads a file. */",
    'const url = "https://example.org/ // no comment";',
    "  /**",
    "   * What is left,",
    "   * on two lines.",
    "   */",
    "let a = 1; // anew",
  ].join("\n");
  assert.deepEqual(commentsOf("x.ts", source).map(({ at, text }) => [at, text]), [
    ["x.ts:1", "Reads a file."],
    ["x.ts:3", "What is left, on two lines."],
    ["x.ts:7", "anew"],
  ]);
});
