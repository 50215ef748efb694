/** Lengths and codes of a prefix code, by symbol. A symbol that is not used has length 0. */
export interface PrefixCode {
  readonly lengths: Uint8Array;
  /** Codes with their first bit lowest, as DEFLATE packs them (RFC 1951, section 3.1.1). */
  readonly codes: Uint16Array;
}

/** Longest code that DEFLATE allows. */
const MAX_CODE_LENGTH = 15;
const MAX_SYMBOLS = 512;

/**
 * Makes a Huffman code whose codes have at most `maxLength` bits. Codes that would be longer are shortened at the cost
 * of the next shorter ones, which is close to the best code of that limit.
 * @param frequencies uses of each symbol, of which there are at most 512
 * @param maxLength at most 15
 */
export function huffmanCode(frequencies: Uint32Array, maxLength: number): PrefixCode {
  return codeOfLengths(codeLengths(frequencies, maxLength));
}

/** Numbers the codes of given lengths by length and symbol (RFC 1951, section 3.2.2). */
export function codeOfLengths(lengths: Uint8Array): PrefixCode {
  const counts = new Uint32Array(MAX_CODE_LENGTH + 1);
  for (const length of lengths) counts[length] = counts[length]! + 1;
  counts[0] = 0;
  const next = new Uint32Array(MAX_CODE_LENGTH + 1);
  for (let length = 1; length <= MAX_CODE_LENGTH; length++) {
    next[length] = (next[length - 1]! + counts[length - 1]!) << 1;
  }
  const codes = Uint16Array.from(lengths, (length) => {
    if (length === 0) return 0;
    const code = next[length]!;
    next[length] = code + 1;
    return reversed(code, length);
  });
  return { lengths, codes };
}

function codeLengths(frequencies: Uint32Array, maxLength: number): Uint8Array {
  const lengths = new Uint8Array(frequencies.length);
  const used = usedSymbols(frequencies);
  if (used.length === 1) lengths[used[0]!] = 1;
  if (used.length < 2) return lengths;
  const counts = lengthCounts(parentsOf(used, frequencies), maxLength);
  // The rarest symbols get the longest codes.
  let next = 0;
  for (let length = maxLength; length > 0; length--) {
    for (let i = 0; i < counts[length]!; i++) lengths[used[next++]!] = length;
  }
  return lengths;
}

/** Returns the symbols that are used, the rarest first. */
function usedSymbols(frequencies: Uint32Array): Uint32Array {
  // Frequency and symbol in one number: typed arrays of numbers are sorted without a call for each comparison.
  const keys = new Float64Array(frequencies.length);
  let count = 0;
  frequencies.forEach((frequency, symbol) => {
    if (frequency > 0) keys[count++] = frequency * MAX_SYMBOLS + symbol;
  });
  return Uint32Array.from(keys.subarray(0, count).sort(), (key) => key % MAX_SYMBOLS);
}

/**
 * Builds Huffman's tree by joining the two rarest nodes again and again. Joined nodes come into being in the order of
 * their frequency, so two queues give the next one without a search.
 * @returns the parent of each inner node, both by order of joining; the last one is the root
 */
function parentsOf(used: Uint32Array, frequencies: Uint32Array): Uint32Array {
  const joins = used.length - 1;
  const sums = new Float64Array(joins);
  const parents = new Uint32Array(joins);
  let leaf = 0;
  let inner = 0;
  for (let join = 0; join < joins; join++) {
    for (let side = 0; side < 2; side++) {
      const isLeaf = leaf < used.length && (inner === join || frequencies[used[leaf]!]! <= sums[inner]!);
      if (isLeaf) sums[join] = sums[join]! + frequencies[used[leaf++]!]!;
      else {
        sums[join] = sums[join]! + sums[inner]!;
        parents[inner++] = join;
      }
    }
  }
  return parents;
}

/** Counts the codes of each length: each inner node, from the root on, turns one code into two that are a bit longer. */
function lengthCounts(parents: Uint32Array, maxLength: number): Uint32Array {
  const depths = new Uint32Array(parents.length);
  const counts = new Uint32Array(maxLength + 1);
  counts[1] = 2;
  for (let node = parents.length - 2; node >= 0; node--) {
    const depth = depths[parents[node]!]! + 1;
    depths[node] = depth;
    let split = Math.min(depth, maxLength);
    if (depth >= maxLength) {
      do split--; while (counts[split] === 0);
    }
    counts[split] = counts[split]! - 1;
    counts[split + 1] = counts[split + 1]! + 2;
  }
  return counts;
}

function reversed(code: number, length: number): number {
  let bits = 0;
  for (let i = 0; i < length; i++) bits |= (code >>> i & 1) << (length - 1 - i);
  return bits;
}
