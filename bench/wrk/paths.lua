-- Asks for the paths of a file in turn, over and over, and tells how long the answers took:
--   wrk -t1 -c32 -d30s --timeout 10s -s bench/wrk/paths.lua http://127.0.0.1:8200 -- PATHS_FILE
-- The last line is for programs: requests, µs, bytes, p50, p95 and p99 in µs, and failed, broken and late answers.

local requests, at = {}, 0

function init(args)
  for path in io.lines(args[1]) do requests[#requests + 1] = wrk.format("GET", path) end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  for _, p in ipairs({ 50, 90, 95, 99, 99.9 }) do
    io.write(string.format("p%g %.2f ms\n", p, latency:percentile(p) / 1000))
  end
  io.write(string.format("max %.2f ms\n", latency.max / 1000))
  local errors = summary.errors
  io.write(string.format("twf %d %d %d %d %d %d %d %d %d\n", summary.requests, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(95), latency:percentile(99),
    errors.status, errors.read + errors.connect + errors.write, errors.timeout))
end
