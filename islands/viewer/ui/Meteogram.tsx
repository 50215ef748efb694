import { useEffect } from "preact/hooks";
import { effect } from "@preact/signals";
import type { SeriesAnswer } from "../../../contract/api.ts";
import type { Sidecar } from "../../../contract/sidecar.ts";
import type { Viewer } from "../state/viewer.ts";
import { formatPoint, formatTime, formatUnits, formatValue } from "../format.ts";
import { Icon } from "./icons.tsx";

type Series = SeriesAnswer["series"][number];
type Point = Series["values"][number];

const WIDTH = 420;
const ROW_HEIGHT = 74;
const LEFT = 40;
const RIGHT = 10;
const TOP = 18;
const BOTTOM = 8;
const AXIS_HEIGHT = 18;

/** All hours at the pinned point: the variable on the map, and those that describe how the weather feels. */
export function Meteogram({ viewer }: { viewer: Viewer }) {
  const { first, pin } = viewer;
  // Another point, run or variable, or another number of hours, needs another series.
  useEffect(() =>
    effect(() => {
      const point = pin.value;
      void [first.run.value.run, first.variable.value, first.frames.value.length];
      if (point) void viewer.meteogram.load(first, point);
    }), []);
  const state = viewer.meteogram.state.value;
  const point = pin.value;
  if (!point || !state) return null;
  return (
    <section class="meteogram" aria-label="All hours at the pinned point">
      <header>
        <h2>{formatPoint(point)}</h2>
        <button type="button" class="key" aria-label="Remove the pin" onClick={() => viewer.pinTo(null)}>
          <Icon name="close" />
        </button>
      </header>
      {state.status === "loading" && <p>loading…</p>}
      {state.status === "failed" && <p role="alert">The series could not be loaded: {state.reason}</p>}
      {state.status === "ready" && <Chart viewer={viewer} answer={state.answer} />}
    </section>
  );
}

function Chart({ viewer, answer }: { viewer: Viewer; answer: SeriesAnswer }) {
  const { first } = viewer;
  const { valid_time: shown } = first.sync.sidecar.value;
  const rows = answer.series.filter(({ values }) => values.some(({ value }) => value !== null));
  if (rows.length === 0) return <p>There are no values at this point.</p>;
  const times = rows.flatMap(({ values }) => values.map(({ valid_time: time }) => Date.parse(time)));
  const begin = Math.min(...times);
  const end = Math.max(...times, begin + 1);
  const x = (time: string | number) =>
    LEFT + (new Date(time).getTime() - begin) / (end - begin) * (WIDTH - LEFT - RIGHT);
  const height = rows.length * ROW_HEIGHT + AXIS_HEIGHT;
  const cursor = x(shown);
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="img"
      aria-label={rows.map((series) => describe(series)).join("; ")}
      onClick={(event) => {
        const { left, width } = event.currentTarget.getBoundingClientRect();
        const at = (event.clientX - left) / width * WIDTH;
        viewer.playback.pause();
        first.selectTime(begin + (at - LEFT) / (WIDTH - LEFT - RIGHT) * (end - begin));
      }}
    >
      {rows.map((series, i) => (
        <g key={series.var} transform={`translate(0 ${i * ROW_HEIGHT})`}>
          <Row series={series} shown={shown} x={x} colorOf={colorsOf(first.sync.sidecar.value, series.var)} />
        </g>
      ))}
      <HourAxis begin={begin} end={end} x={x} y={height - 4} />
      {rows.map(({ var: id }, i) => (
        <line
          key={id}
          class="cursor"
          x1={cursor}
          x2={cursor}
          y1={i * ROW_HEIGHT + TOP - 2}
          y2={(i + 1) * ROW_HEIGHT - BOTTOM}
        />
      ))}
    </svg>
  );
}

/** Whether amounts never fall and are therefore sums since a beginning, not the amounts of each hour. */
function isRunningSum(values: readonly number[]): boolean {
  return values.length > 2 && values.at(-1)! > values[0]! &&
    values.every((value, i) => i === 0 || value >= values[i - 1]!);
}

type Scale = (time: string | number) => number;

interface RowProps {
  readonly series: Series;
  readonly shown: string;
  readonly x: Scale;
  readonly colorOf: ColorOf;
}

function Row({ series, shown, x, colorOf }: RowProps) {
  const known = series.values.filter((point): point is Point & { value: number } => point.value !== null);
  // The axis of amounts begins at 0; the axis of other values uses the full height.
  const isAmount = series.units === "in";
  const numbers = known.map(({ value }) => value);
  const least = isAmount ? 0 : Math.min(...numbers);
  const most = Math.max(...numbers, least + (isAmount ? 0.1 : 1));
  const y = (value: number) => ROW_HEIGHT - BOTTOM - (value - least) / (most - least) * (ROW_HEIGHT - TOP - BOTTOM);
  const hasBars = isAmount && !isRunningSum(numbers);
  const current = series.values.find(({ valid_time: time }) => time === shown);
  const hasWords = series.kind === "discrete" && known.some(({ label }) => label !== undefined);
  return (
    <>
      <text class="name" x={LEFT} y={11}>
        {series.name}
        {!hasWords && series.units && `, ${formatUnits(series.units)}`}
      </text>
      <text class="now" x={WIDTH - RIGHT} y={11} text-anchor="end">{words(current, series.units)}</text>
      {!hasWords && (
        <>
          <text class="scale" x={LEFT - 5} y={y(most) + 4} text-anchor="end">{short(most)}</text>
          <text class="scale" x={LEFT - 5} y={y(least) + 3} text-anchor="end">{short(least)}</text>
        </>
      )}
      <line class="base" x1={LEFT} x2={WIDTH - RIGHT} y1={y(least)} y2={y(least)} />
      {hasBars
        ? known.map(({ value, valid_time: time }) => (
          <rect
            key={time}
            class="bar"
            x={x(time) - 2}
            width={4}
            y={y(value)}
            height={Math.max(0, y(least) - y(value))}
          />
        ))
        : hasWords
        ? known.map(({ value, label, valid_time: time }) => (
          <Kind key={time} x={x(time)} value={value} label={label ?? ""} colorOf={colorOf} />
        ))
        : <path class="line" d={path(series.values, x, y)} />}
      {current && current.value !== null && !hasWords && !hasBars && (
        <circle class="point" cx={x(shown)} cy={y(current.value)} r={3.5} />
      )}
    </>
  );
}

/** The colour of a value that has a label, or null when the legend on the map is of another variable. */
type ColorOf = (label: string) => string | null;

function colorsOf({ var: id, legend }: Sidecar, wanted: string): ColorOf {
  if (id !== wanted || legend.type !== "segmented") return () => null;
  return (label) => {
    const [kind, amount = ""] = label.split(", ");
    const segment = legend.segments.find((each) => each.label === kind);
    return segment?.stops.findLast(([from]) => from <= parseFloat(amount))?.[1] ?? null;
  };
}

/** An hour of a variable whose values have labels: its colour, and the label's first letter. */
function Kind({ x, value, label, colorOf }: { x: number; value: number; label: string; colorOf: ColorOf }) {
  if (value === 0) return <line class="base" x1={x - 2} x2={x + 2} y1={KIND_Y} y2={KIND_Y} />;
  const color = colorOf(label);
  return (
    <>
      <rect class="kind" style={color ? { fill: color } : {}} x={x - 4} width={8} y={TOP + 4} height={26} />
      <text class="scale" x={x} y={TOP + 42} text-anchor="middle">{label[0]}</text>
    </>
  );
}

const KIND_Y = TOP + 30;

/** Returns a path through the values, with gaps where values are missing. */
function path(values: readonly Point[], x: Scale, y: (value: number) => number): string {
  let isPenDown = false;
  return values.map(({ value, valid_time: time }) => {
    if (value === null) {
      isPenDown = false;
      return "";
    }
    const command = isPenDown ? "L" : "M";
    isPenDown = true;
    return `${command}${x(time).toFixed(1)} ${y(value).toFixed(1)}`;
  }).join("");
}

function HourAxis({ begin, end, x, y }: { begin: number; end: number; x: Scale; y: number }) {
  const hours = (end - begin) / 3_600_000;
  const every = [1, 3, 6, 12, 24, 48].find((step) => hours / step <= 8) ?? 72;
  const times: Date[] = [];
  const at = new Date(begin);
  at.setMinutes(0, 0, 0);
  for (; at.getTime() <= end; at.setHours(at.getHours() + 1)) {
    const isMark = every >= 24
      ? at.getHours() === 0 && Math.round(at.getTime() / 86_400_000) % (every / 24) === 0
      : at.getHours() % every === 0;
    if (isMark && at.getTime() >= begin) times.push(new Date(at));
  }
  return (
    <>
      {times.map((time) => (
        <text key={time.getTime()} class="scale" x={Math.min(x(time.getTime()), WIDTH - 16)} y={y} text-anchor="middle">
          {time.getHours() === 0
            ? `${time.toLocaleDateString("en-US", { weekday: "short" })} ${time.getDate()}`
            : time.toLocaleTimeString("en-US", { hour: "numeric" })}
        </text>
      ))}
    </>
  );
}

function words(point: Point | undefined, units: string): string {
  if (!point || point.value === null) return "–";
  return point.label ?? `${short(point.value)} ${formatUnits(units)}`;
}

function short(value: number): string {
  return formatValue(value, Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) < 1 ? 2 : 1);
}

function describe({ name, units, values }: Series): string {
  const known = values.filter((point) => point.value !== null) as (Point & { value: number })[];
  if (known.length === 0) return `${name}: no values`;
  const least = known.reduce((a, b) => b.value < a.value ? b : a);
  const most = known.reduce((a, b) => b.value > a.value ? b : a);
  return `${name}: lowest ${words(least, units)} on ${formatTime(least.valid_time, undefined)}, ` +
    `highest ${words(most, units)} on ${formatTime(most.valid_time, undefined)}`;
}
