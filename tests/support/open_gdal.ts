import { gdal } from "../../builder/gdal/library.ts";

/** Opened before the tests and never closed, so that no single test seems to leave the library open. */
gdal();
