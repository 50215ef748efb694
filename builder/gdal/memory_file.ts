import { callForHandle, callForStatus, copyBytes, cString, gdal, NULL } from "./library.ts";
import { GdalError } from "./errors.ts";

let serial = 0;

/**
 * A file in GDAL's memory file system, removed by `using`. GDAL makes COGs here and the builder writes them to disk, so
 * that the builder sees the failed write when a disk is full, and no incomplete file ever has its final name.
 */
export class MemoryFile implements Disposable {
  readonly path: string;

  constructor(extension: string) {
    serial++;
    this.path = `/vsimem/twf-${serial}-${crypto.randomUUID()}.${extension}`;
  }

  static of(bytes: Uint8Array<ArrayBuffer>, extension: string): MemoryFile {
    const file = new MemoryFile(extension);
    const handle = callForHandle("VSIFOpenL", file.path, (gdal) => gdal.VSIFOpenL(cString(file.path), cString("wb")));
    const written = gdal().symbols.VSIFWriteL(bytes, 1n, BigInt(bytes.length), handle);
    callForStatus("VSIFCloseL", file.path, (gdal) => gdal.VSIFCloseL(handle));
    if (written !== BigInt(bytes.length)) {
      file[Symbol.dispose]();
      throw new GdalError("VSIFWriteL", "failure", 0, `${written} of ${bytes.length} bytes written`, file.path);
    }
    return file;
  }

  /** Returns a copy of the content. @throws GdalError when nothing was written under this name */
  read(): Uint8Array<ArrayBuffer> {
    const length = new BigUint64Array(1);
    const address = gdal().symbols.VSIGetMemFileBuffer(cString(this.path), length, 0);
    if (address === NULL) throw new GdalError("VSIGetMemFileBuffer", "failure", 0, "no such memory file", this.path);
    return copyBytes(address, Number(length[0]));
  }

  [Symbol.dispose](): void {
    gdal().symbols.VSIUnlink(cString(this.path));
  }
}
