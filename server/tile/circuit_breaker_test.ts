import assert from "node:assert/strict";
import { CircuitBreaker } from "./circuit_breaker.ts";

function watched() {
  const told: string[] = [];
  const breaker = new CircuitBreaker({
    failures: 3,
    openMs: 1000,
    onOpen: (reason) => told.push(`open: ${reason}`),
    onClose: () => told.push("closed"),
  });
  return { breaker, told };
}

Deno.test("CircuitBreaker opens after failures in a row, and a success starts the count again", () => {
  const { breaker, told } = watched();
  breaker.failed("slow", 0, 20);
  breaker.failed("slow", 20, 40);
  breaker.succeeded();
  breaker.failed("slow", 40, 60);
  breaker.failed("slow", 60, 80);
  assert.equal(breaker.isOpen, false);
  assert.equal(breaker.mayAsk(80), true);
  breaker.failed("gone", 80, 100);
  assert.equal(breaker.isOpen, true);
  assert.deepEqual(told, ["open: gone"]);
});

Deno.test("CircuitBreaker counts failures of simultaneous requests as one", () => {
  const { breaker } = watched();
  for (let i = 0; i < 100; i++) breaker.failed("slow", i / 10, 20 + i / 10);
  assert.equal(breaker.isOpen, false);
  breaker.failed("slow", 30, 50);
  breaker.failed("slow", 50, 70);
  assert.equal(breaker.isOpen, true);
});

Deno.test("CircuitBreaker lets one probe through when its time is over, and closes when the probe succeeds", () => {
  const { breaker, told } = watched();
  for (let i = 0; i < 3; i++) breaker.failed("gone", 0, 0);
  assert.equal(breaker.mayAsk(999), false);
  breaker.succeeded(); // a late answer to a request from before
  assert.equal(breaker.isOpen, true);
  assert.equal(breaker.mayAsk(1000), true);
  assert.equal(breaker.mayAsk(1000), false);
  assert.equal(breaker.isOpen, true);
  breaker.succeeded();
  assert.equal(breaker.isOpen, false);
  assert.equal(breaker.mayAsk(1000), true);
  assert.deepEqual(told, ["open: gone", "closed"]);
  breaker.failed("slow", 1000, 1000); // the count has started again
  assert.equal(breaker.isOpen, false);
});

Deno.test("CircuitBreaker stays open for the same time again when the probe fails, and reports it once", () => {
  const { breaker, told } = watched();
  breaker.open("connection lost", 0);
  breaker.open("connection lost", 900); // must not extend the time
  assert.equal(breaker.mayAsk(1000), true);
  breaker.failed("still gone", 1000, 1100);
  assert.equal(breaker.mayAsk(2099), false);
  assert.equal(breaker.mayAsk(2100), true);
  assert.deepEqual(told, ["open: connection lost"]);
});
