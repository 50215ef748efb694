/** Number of features after which the noise repeats, in both directions. */
const PERIOD = 64;
const TEXELS_PER_FEATURE = 16;
const SIZE = PERIOD * TEXELS_PER_FEATURE;
const MASK = SIZE - 1;
const OCTAVES = 3;
/** Factor that brings the sum of the octaves to about −1 to 1. */
const GAIN = 1.35;

const TILE = makeTile();

/**
 * Returns smooth noise, seldom beyond −1 to 1, with features about 1 wide and finer ones on top; always the same at the
 * same place. The values are looked up in a tile that is summed once.
 */
export function noise(x: number, y: number): number {
  const column = x * TEXELS_PER_FEATURE;
  const row = y * TEXELS_PER_FEATURE;
  const left = Math.floor(column);
  const top = Math.floor(row);
  const u = column - left;
  const v = row - top;
  const upper = (top & MASK) * SIZE;
  const lower = ((top + 1) & MASK) * SIZE;
  const west = left & MASK;
  const east = (left + 1) & MASK;
  const above = TILE[upper + west]! * (1 - u) + TILE[upper + east]! * u;
  const below = TILE[lower + west]! * (1 - u) + TILE[lower + east]! * u;
  return above * (1 - v) + below * v;
}

function makeTile(): Float32Array {
  const tile = new Float32Array(SIZE * SIZE);
  for (let octave = 0; octave < OCTAVES; octave++) {
    const period = PERIOD << octave;
    const gradients = makeGradients(period, octave);
    const step = period / SIZE;
    const gain = GAIN / 2 ** octave;
    for (let row = 0, i = 0; row < SIZE; row++) {
      for (let column = 0; column < SIZE; column++, i++) {
        tile[i] = tile[i]! + gain * gradientNoise(gradients, period, column * step, row * step);
      }
    }
  }
  return tile;
}

/** Makes a direction for each point of a lattice: x and y in turn. */
function makeGradients(period: number, seed: number): Float32Array {
  const gradients = new Float32Array(period * period * 2);
  for (let i = 0; i < period * period; i++) {
    const angle = hash(i, seed) * 2 * Math.PI;
    gradients[2 * i] = Math.cos(angle);
    gradients[2 * i + 1] = Math.sin(angle);
  }
  return gradients;
}

/** Computes gradient noise. @see Perlin 2002, doi:10.1145/566654.566636 */
function gradientNoise(gradients: Float32Array, period: number, x: number, y: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const dx = x - column;
  const dy = y - row;
  const slope = (right: number, down: number) => {
    const at = 2 * (((row + down) % period) * period + (column + right) % period);
    return gradients[at]! * (dx - right) + gradients[at + 1]! * (dy - down);
  };
  const u = fade(dx);
  const v = fade(dy);
  const above = slope(0, 0) * (1 - u) + slope(1, 0) * u;
  const below = slope(0, 1) * (1 - u) + slope(1, 1) * u;
  return above * (1 - v) + below * v;
}

function fade(t: number): number {
  return t * t * t * (t * (t * 6 - 15) + 10);
}

/** Returns a pseudo-random number from 0 to 1. */
function hash(index: number, seed: number): number {
  let bits = Math.imul(index + 1, 0x27d4eb2d) ^ Math.imul(seed + 1, 0x165667b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
  return ((bits ^ (bits >>> 15)) >>> 0) / 0x1_0000_0000;
}
