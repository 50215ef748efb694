import { useMemo } from "preact/hooks";
import type { Frame } from "../state/selection.ts";
import { SPEEDS } from "../state/playback.ts";
import { nights } from "../state/sun.ts";
import type { Viewer } from "../state/viewer.ts";
import { formatTime, formatUtcClock } from "../format.ts";
import { useIsHydrated } from "./hooks.ts";
import { Icon, type IconName } from "./icons.tsx";
import { leadOf, leadWords } from "../../../contract/lead.ts";

/** The hours of the run: painted frame, requested frame, loaded frames and playback. */
export function TimeBar({ viewer }: { viewer: Viewer }) {
  const { first, playback } = viewer;
  const frames = first.frames.value;
  const index = first.index.value;
  const isPlaying = playback.isPlaying.value;
  const last = frames.length - 1;
  return (
    <section class="timebar" aria-label="Time" aria-busy={first.isBusy.value}>
      <Clock viewer={viewer} />
      <div class="transport">
        <Key label="First hour" icon="first" isOptional isOff={index === 0} act={() => viewer.step(-frames.length)} />
        <Key label="Previous hour" icon="back" isOff={index === 0} act={() => viewer.step(-1)} />
        <button
          type="button"
          class="key play"
          aria-label={isPlaying ? "Pause" : "Play"}
          disabled={frames.length < 2}
          onClick={() => playback.toggle()}
        >
          <Icon name={isPlaying ? "pause" : "play"} />
        </button>
        <Key label="Next hour" icon="forward" isOff={index === last} act={() => viewer.step(1)} />
        <Key label="Last hour" icon="last" isOptional isOff={index === last} act={() => viewer.step(frames.length)} />
      </div>
      <Timeline viewer={viewer} />
      <Speed viewer={viewer} />
    </section>
  );
}

interface KeyProps {
  readonly label: string;
  readonly icon: IconName;
  /** Whether a phone works without this key. */
  readonly isOptional?: boolean;
  readonly isOff: boolean;
  act(): void;
}

function Key({ label, icon, isOptional = false, isOff, act }: KeyProps) {
  return (
    <button type="button" class={isOptional ? "key optional" : "key"} aria-label={label} disabled={isOff} onClick={act}>
      <Icon name={icon} />
    </button>
  );
}

/** The painted frame's valid time, in the reader's time zone and in UTC. */
function Clock({ viewer: { first } }: { viewer: Viewer }) {
  const { valid_time: validTime, frame: shown } = first.sync.sidecar.value;
  const isHydrated = useIsHydrated();
  return (
    <div class="clock">
      <time dateTime={validTime}>{formatTime(validTime, isHydrated ? undefined : "UTC")}</time>
      <span class="utc">{isHydrated && formatUtcClock(validTime)}</span>
      <span class="loading" hidden={!first.isBusy.value}>loading…</span>
      <span class="hour">+{leadWords(leadOf({ frame: shown }))}</span>
    </div>
  );
}

/** A slider that is linear in valid time, over loaded frames, nights and days. */
function Timeline({ viewer }: { viewer: Viewer }) {
  const { first, playback } = viewer;
  const frames = first.frames.value;
  const index = first.index.value;
  const begin = Date.parse(frames[0]!.valid_time);
  const end = Date.parse(frames.at(-1)!.valid_time);
  const share = (timeMs: number) => end === begin ? 0 : (timeMs - begin) / (end - begin);
  const chosen = frames[index]!;
  return (
    <div class="timeline" style={{ "--share": String(share(Date.parse(chosen.valid_time))) }}>
      <div class="track" aria-hidden="true">
        <Nights viewer={viewer} begin={begin} end={end} share={share} />
        <Stock frames={frames} there={viewer.preloaders.buffered.value} share={share} />
        <i class="done" />
        {frames.length <= 120 && frames.map(({ frame, valid_time: time }, i) => (
          <i
            key={frame}
            class={playback.skipped.value.has(i) ? "tick skipped" : "tick"}
            style={{ left: percent(share(Date.parse(time))) }}
          />
        ))}
      </div>
      <input
        type="range"
        min={0}
        max={Math.max(1, (end - begin) / MINUTE_MS)}
        step={1}
        value={(Date.parse(chosen.valid_time) - begin) / MINUTE_MS}
        disabled={frames.length < 2}
        aria-label="Valid time"
        aria-valuetext={`${formatTime(chosen.valid_time, "UTC")}, forecast hour ${chosen.frame}`}
        onInput={(event) => {
          playback.pause();
          first.selectTime(begin + Number(event.currentTarget.value) * MINUTE_MS);
          // The thumb snaps to the frames.
          const snapped = first.frames.peek()[first.index.peek()]!;
          event.currentTarget.value = String((Date.parse(snapped.valid_time) - begin) / MINUTE_MS);
        }}
      />
      <Days begin={begin} end={end} share={share} />
    </div>
  );
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

type Share = (timeMs: number) => number;

const percent = (share: number) => `${(share * 100).toFixed(3)}%`;

/** Spans of night in the middle of the view. */
function Nights({ viewer, begin, end, share }: { viewer: Viewer; begin: number; end: number; share: Share }) {
  const camera = viewer.view.camera.value;
  const isHydrated = useIsHydrated();
  const spans = useMemo(
    () => camera && isHydrated ? nights(begin, end, camera.latDeg, camera.lonDeg) : [],
    [begin, end, camera, isHydrated],
  );
  return (
    <>
      {spans.map(({ fromMs, toMs }) => (
        <i
          key={fromMs}
          class="night"
          style={{ left: percent(share(fromMs)), width: percent(share(toMs) - share(fromMs)) }}
        />
      ))}
    </>
  );
}

/** Spans of neighbouring frames that can be shown without the network. */
function Stock(
  { frames, there, share }: { frames: readonly Frame[]; there: ReadonlySet<number>; share: Share },
) {
  const spans: { from: number; to: number }[] = [];
  frames.forEach((_, i) => {
    if (!there.has(i)) return;
    const last = spans.at(-1);
    if (last && last.to === i - 1) last.to = i;
    else spans.push({ from: i, to: i });
  });
  const at = (index: number) => share(Date.parse(frames[index]!.valid_time));
  return (
    <>
      {spans.map(({ from, to }) => (
        <i key={from} class="there" style={{ left: percent(at(from)), width: percent(at(to) - at(from)) }} />
      ))}
    </>
  );
}

const MAX_DAY_LABELS = 10;

/** Labels at the beginnings of days in the reader's time zone, and at every third hour of a short range. */
function Days({ begin, end, share }: { begin: number; end: number; share: Share }) {
  if (!useIsHydrated() || end === begin) return <ol class="days" aria-hidden="true" />;
  const days: Date[] = [];
  const first = new Date(begin);
  const day = new Date(first.getFullYear(), first.getMonth(), first.getDate() + 1);
  for (; day.getTime() <= end; day.setDate(day.getDate() + 1)) days.push(new Date(day));
  const isShort = end - begin <= 24 * HOUR_MS;
  const every = Math.ceil(days.length / MAX_DAY_LABELS);
  const hours: Date[] = [];
  if (isShort) {
    const hour = new Date(begin);
    hour.setMinutes(0, 0, 0);
    for (; hour.getTime() <= end; hour.setHours(hour.getHours() + 1)) {
      if (hour.getHours() % 3 === 0 && hour.getHours() !== 0 && hour.getTime() >= begin) hours.push(new Date(hour));
    }
  }
  return (
    <ol class="days" aria-hidden="true">
      {hours.map((time) => (
        <li key={time.getTime()} class="hour-of-day" style={edge(share(time.getTime()))}>
          {time.toLocaleTimeString("en-US", { hour: "numeric" })}
        </li>
      ))}
      {days.filter((_, i) => i % every === 0).map((time) => (
        <li key={time.getTime()} style={edge(share(time.getTime()))}>
          {time.toLocaleDateString("en-US", { weekday: "short" })} {time.getDate()}
        </li>
      ))}
    </ol>
  );
}

/** Returns the style of a label at its place, but not beyond the ends. */
function edge(share: number): { left: string; translate: string } {
  return { left: percent(share), translate: share < 0.04 ? "0" : share > 0.96 ? "-100%" : "-50%" };
}

function Speed({ viewer: { playback } }: { viewer: Viewer }) {
  const isLoop = playback.mode.value === "loop";
  return (
    <div class="speed">
      <button
        type="button"
        class="key"
        aria-label={isLoop ? "At the end: start again" : "At the end: play backwards"}
        title={isLoop ? "Loop" : "Back and forth"}
        onClick={() => playback.setMode(isLoop ? "bounce" : "loop")}
      >
        <Icon name={isLoop ? "loop" : "bounce"} />
      </button>
      <label>
        <span class="unseen">Hours per second</span>
        <select
          value={String(playback.speed.value)}
          onChange={(event) => playback.setSpeed(Number(event.currentTarget.value))}
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={String(speed)} selected={speed === playback.speed.value}>{speed} fps</option>
          ))}
        </select>
      </label>
    </div>
  );
}
