import { aec } from "../../builder/grib/aec/library.ts";
import { gdal } from "../../builder/gdal/library.ts";

/**
 * Opens the libraries before any test: they are never closed, and a test that opened one would be said to leak it. Modules
 * run side by side in threads of one process, and GDAL registers its drivers in one thread at a time: a lock of the
 * operating system's lets one after the other do it.
 */
using lock = Deno.openSync(`${Deno.env.get("TMPDIR") ?? "/tmp"}/twf-v3-open-gdal.lock`, { create: true, write: true });
lock.lockSync(true);
gdal();
aec();
