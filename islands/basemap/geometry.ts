/** A box as west, south, east, north in degrees. */
export type Box = readonly [number, number, number, number];
type Position = readonly number[];

/** Returns the parts of lines inside a box. A line that leaves the box and comes back becomes two. */
export function clipLines(lines: readonly (readonly Position[])[], box: Box): Position[][] {
  const parts: Position[][] = [];
  for (const line of lines) {
    let part: Position[] = [];
    for (const position of line) {
      if (isInside(position, box)) part.push(position);
      else {
        if (part.length > 1) parts.push(part);
        part = [];
      }
    }
    if (part.length > 1) parts.push(part);
  }
  return parts;
}

/** Drops positions that are nearer to the last kept one than their tolerance in degrees; both ends stay. */
export function thinLine(line: readonly Position[], toleranceDeg: (position: Position) => number): Position[] {
  const kept: Position[] = [];
  line.forEach((position, i) => {
    const last = kept.at(-1);
    const isEnd = i === 0 || i === line.length - 1;
    if (isEnd || !last || Math.hypot(position[0]! - last[0]!, position[1]! - last[1]!) >= toleranceDeg(position)) {
      kept.push(position);
    }
  });
  return kept.map(([lon, lat]) => [round(lon!), round(lat!)]);
}

export function isInside([lon, lat]: Position, [west, south, east, north]: Box): boolean {
  return lon! >= west && lon! <= east && lat! >= south && lat! <= north;
}

/** Rounds to three decimals of a degree: about 100 m, much less than the smallest tolerance of a line. */
function round(degrees: number): number {
  return Math.round(degrees * 1000) / 1000;
}
