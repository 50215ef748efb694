import assert from "node:assert/strict";

Deno.test("say() and print() replace control characters that would move the cursor, colour text or reverse its direction", async () => {
  const text = "one \u001b[31mred\u001b[0m\r \u009b2J \u202eright to left\ntwo";
  const module = new URL("./terminal.ts", import.meta.url).href;
  const code = `import { print, say } from "${module}"; const text = ${JSON.stringify(text)}; say(text); print(text);`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: ["eval", "--quiet", code] }).output();
  const shown = "one \ufffd[31mred\ufffd[0m\ufffd \ufffd2J \ufffdright to left\ntwo\n";
  assert.deepEqual([new TextDecoder().decode(stderr), new TextDecoder().decode(stdout)], [shown, shown]);
});
