import { type DirectoryEntry, encodeDirectory } from "../../contract/pmtiles/directory.ts";
import { HEADER_BYTES, ROOT_END_BYTES } from "../../contract/pmtiles/header.ts";
import { concatenate } from "../concatenate.ts";
import { gzip } from "./gzip.ts";

/** Entries of a leaf directory: about 10 KiB compressed. Twice as many until the root fits. */
const LEAF_ENTRIES = 4096;

/** Compressed directories of an archive. */
export interface Directories {
  readonly root: Uint8Array<ArrayBuffer>;
  /** All leaf directories, one after the other; empty when the root has all entries. */
  readonly leaves: Uint8Array<ArrayBuffer>;
}

/**
 * Encodes the directories of an archive: a root alone where it fits behind the header, otherwise a root of leaf
 * directories.
 * @param entries of tiles, in ascending order
 */
export function encodeDirectories(entries: readonly DirectoryEntry[]): Directories {
  const root = gzip(encodeDirectory(entries));
  if (fitsBehindHeader(root)) return { root, leaves: new Uint8Array() };
  for (let leafEntries = LEAF_ENTRIES;; leafEntries *= 2) {
    const directories = withLeaves(entries, leafEntries);
    if (fitsBehindHeader(directories.root)) return directories;
  }
}

function fitsBehindHeader(root: Uint8Array): boolean {
  return HEADER_BYTES + root.length < ROOT_END_BYTES;
}

function withLeaves(entries: readonly DirectoryEntry[], leafEntries: number): Directories {
  const leaves: Uint8Array[] = [];
  const rootEntries: DirectoryEntry[] = [];
  let offset = 0;
  for (let first = 0; first < entries.length; first += leafEntries) {
    const leaf = gzip(encodeDirectory(entries.slice(first, first + leafEntries)));
    rootEntries.push({ tileNumber: entries[first]!.tileNumber, runLength: 0, offset, length: leaf.length });
    leaves.push(leaf);
    offset += leaf.length;
  }
  return { root: gzip(encodeDirectory(rootEntries)), leaves: concatenate(leaves) };
}
