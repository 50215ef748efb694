import { aec } from "../../builder/grib/aec/library.ts";
import { gdal } from "../../builder/gdal/library.ts";

/**
 * Opens the native libraries before any test: they are never closed, and a test that opened one would be reported as
 * leaking it. Test modules run in parallel threads of one process, and GDAL must register its drivers in one thread at
 * a time: a lock of the operating system makes the threads take turns.
 */
using lock = Deno.openSync(`${Deno.env.get("TMPDIR") ?? "/tmp"}/twf-v3-open-gdal.lock`, { create: true, write: true });
lock.lockSync(true);
gdal();
aec();
