import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { nativeTest } from "../../tests/support/collect_garbage.ts";
import { copyBytes, copyString, cString, gdal, NULL } from "./library.ts";
import { SYMBOLS } from "./symbols.ts";

/**
 * Calls of each symbol with values that a wrong type would damage, as the loader checks names but not types: negative
 * and large integers, fractions, addresses above 2^32, text beyond ASCII. The table's type requires an entry for each
 * symbol.
 */

const EMPTY = new Uint8Array();
const { symbols: c } = gdal();
const text = (address: bigint) => copyString(address);

/** Creates a 3 × 2 dataset in memory with `bands` bands of GDAL type `type`, and closes it after `use`. */
function withDataset(bands: number, type: number, use: (dataset: bigint) => void): void {
  const dataset = c.GDALCreate(c.GDALGetDriverByName(cString("MEM")), cString("näme"), 3, 2, bands, type, NULL);
  assert.notEqual(dataset, NULL);
  try {
    use(dataset);
  } finally {
    c.GDALClose(dataset);
  }
}

function withReference(definition: string, use: (reference: bigint) => void): void {
  const reference = c.OSRNewSpatialReference(EMPTY);
  try {
    assert.equal(c.OSRSetFromUserInput(reference, cString(definition)), 0);
    use(reference);
  } finally {
    c.OSRDestroySpatialReference(reference);
  }
}

function withTransformation(from: string, to: string, use: (transformation: bigint) => void): void {
  withReference(from, (source) => {
    c.OSRSetAxisMappingStrategy(source, 0); // x is east
    withReference(to, (target) => {
      const transformation = c.OCTNewCoordinateTransformation(source, target);
      use(transformation);
      c.OCTDestroyCoordinateTransformation(transformation);
    });
  });
}

function withList(entries: Record<string, string>, use: (list: bigint) => void): void {
  let list = NULL;
  for (const [name, value] of Object.entries(entries)) list = c.CSLSetNameValue(list, cString(name), cString(value));
  use(list);
  c.CSLDestroy(list);
}

function describesBand(): void {
  withDataset(1, BYTE, (dataset) => {
    const band = c.GDALGetRasterBand(dataset, 1);
    c.GDALSetDescription(band, cString("2 m Temperatür"));
    assert.equal(text(c.GDALGetDescription(band)), "2 m Temperatür");
    assert.equal(text(c.GDALGetDescription(dataset)), "näme");
  });
}

function hasUnits(): void {
  withDataset(1, FLOAT32, (dataset) => {
    const band = c.GDALGetRasterBand(dataset, 1);
    assert.equal(text(c.GDALGetRasterUnitType(band)), "");
    assert.equal(c.GDALSetRasterUnitType(band, cString("°F")), 0);
    assert.equal(text(c.GDALGetRasterUnitType(band)), "°F");
  });
}

const FLOAT32 = 6;
const BYTE = 1;
const READ = 0;
const WRITE = 1;

const writeBand = (dataset: bigint, values: Float32Array<ArrayBuffer>) =>
  c.GDALRasterIO(c.GDALGetRasterBand(dataset, 1), WRITE, 0, 0, 3, 2, values, 3, 2, FLOAT32, 4, 12);

const EXERCISES: Readonly<Record<keyof typeof SYMBOLS, () => void>> = {
  GDALVersionInfo: () => assert.match(text(c.GDALVersionInfo(cString("RELEASE_NAME"))), /^3\.[0-9]+\.[0-9]+/),
  GDALAllRegister: () => {
    c.GDALAllRegister(); // Workers rely on a second call being harmless
    assert.notEqual(c.GDALGetDriverByName(cString("GRIB")), NULL);
  },
  GDALGetDriverByName: () => {
    assert.equal(c.GDALGetDriverByName(cString("no such driver")), NULL);
    assert.notEqual(c.GDALGetDriverByName(cString("COG")), NULL);
  },
  CPLSetConfigOption: () => {
    c.CPLSetConfigOption(cString("TWF_TEST"), cString("Temperatur in °F"));
    assert.equal(text(c.CPLGetConfigOption(cString("TWF_TEST"), EMPTY)), "Temperatur in °F");
  },
  CPLGetConfigOption: () =>
    assert.equal(text(c.CPLGetConfigOption(cString("TWF_NONE"), cString("dèfault"))), "dèfault"),

  CPLZLibInflate: () => {
    const text = new TextEncoder().encode("a".repeat(1000));
    const deflated = new Uint8Array(deflateSync(text));
    const size = BigInt(deflated.length);
    const [inflated, length] = [new Uint8Array(2000), new BigUint64Array(1)];
    assert.notEqual(c.CPLZLibInflate(deflated, size, inflated, 2000n, length), NULL);
    assert.deepEqual(inflated.subarray(0, Number(length[0])), text);
    assert.equal(c.CPLZLibInflate(deflated, size, inflated, 999n, length), NULL); // no room
  },

  CPLErrorReset: () => {
    c.GDALOpenEx(cString("/nowhere"), 0x42, NULL, NULL, NULL);
    c.CPLErrorReset();
    assert.equal(text(c.CPLGetLastErrorMsg()), "");
  },
  CPLGetLastErrorType: () => {
    c.CPLErrorReset();
    assert.equal(c.CPLGetLastErrorType(), 0);
    c.GDALOpenEx(cString("/nowhere"), 0x42, NULL, NULL, NULL);
    assert.equal(c.CPLGetLastErrorType(), 3);
  },
  CPLGetLastErrorNo: () => {
    c.GDALOpenEx(cString("/nowhere"), 0x42, NULL, NULL, NULL);
    assert.equal(c.CPLGetLastErrorNo(), 4); // CPLE_OpenFailed
  },
  CPLGetLastErrorMsg: () => {
    c.GDALOpenEx(cString("/nowhere/ñandú"), 0x42, NULL, NULL, NULL);
    assert.match(text(c.CPLGetLastErrorMsg()), /ñandú/);
  },

  CSLSetNameValue: () =>
    withList({ KEY: "wért", B: "2" }, (list) => assert.equal(text(c.CSLGetField(list, 0)), "KEY=wért")),
  CSLAddString: () => {
    const list = c.CSLAddString(c.CSLAddString(NULL, cString("eins")), cString("zwéi"));
    assert.equal(c.CSLCount(list), 2);
    assert.equal(text(c.CSLGetField(list, 1)), "zwéi");
    c.CSLDestroy(list);
  },
  CSLCount: () => {
    assert.equal(c.CSLCount(NULL), 0);
    withList(
      Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`K${i}`, "v"])),
      (list) => assert.equal(c.CSLCount(list), 300),
    );
  },
  CSLGetField: () => withList({ A: "1", B: "2" }, (list) => assert.equal(text(c.CSLGetField(list, 1)), "B=2")),
  CSLDestroy: () => c.CSLDestroy(NULL),
  VSIFree: () => {
    withReference("EPSG:3857", (reference) => {
      const out = new BigUint64Array(1);
      c.OSRExportToWkt(reference, out);
      assert.ok(out[0]! > 0xffff_ffffn, "an address above 2^32 survives");
      c.VSIFree(out[0]!);
    });
  },

  VSIFOpenL: () => assert.equal(c.VSIFOpenL(cString("/vsimem/none"), cString("rb")), NULL),
  VSIFWriteL: () => {
    const file = c.VSIFOpenL(cString("/vsimem/wrïte"), cString("wb"));
    assert.equal(c.VSIFWriteL(Uint8Array.of(1, 2, 254, 255), 2n, 2n, file), 2n);
    assert.equal(c.VSIFCloseL(file), 0);
    c.VSIUnlink(cString("/vsimem/wrïte"));
  },
  VSIFCloseL: () => {
    const file = c.VSIFOpenL(cString("/vsimem/close"), cString("wb"));
    assert.equal(c.VSIFCloseL(file), 0);
    c.VSIUnlink(cString("/vsimem/close"));
  },
  VSIGetMemFileBuffer: () => {
    const file = c.VSIFOpenL(cString("/vsimem/get"), cString("wb"));
    c.VSIFWriteL(new Uint8Array(70_000).fill(0xab), 1n, 70_000n, file);
    c.VSIFCloseL(file);
    const length = new BigUint64Array(1);
    const address = c.VSIGetMemFileBuffer(cString("/vsimem/get"), length, 0);
    assert.equal(length[0], 70_000n);
    assert.deepEqual([...copyBytes(address, 70_000).subarray(69_998)], [0xab, 0xab]);
    c.VSIUnlink(cString("/vsimem/get"));
  },
  VSIUnlink: () => assert.equal(c.VSIUnlink(cString("/vsimem/none")), -1),

  GDALOpenEx: () => {
    // Only the call is checked: 0x42 is below 0x80000000, where a signed type would damage the flags.
    assert.equal(c.GDALOpenEx(cString("/nowhere"), 0x42, NULL, NULL, NULL), NULL);
  },
  GDALClose: () => withDataset(1, BYTE, (dataset) => assert.ok(dataset > 0xffff_ffffn)),
  GDALCreate: () => withDataset(4, BYTE, (dataset) => assert.equal(c.GDALGetRasterCount(dataset), 4)),
  GDALCreateCopy: () => {
    withDataset(1, FLOAT32, (dataset) => {
      withList({ COMPRESS: "DEFLATE" }, (options) => {
        const driver = c.GDALGetDriverByName(cString("GTiff"));
        const copy = c.GDALCreateCopy(driver, cString("/vsimem/copy.tif"), dataset, 1, options, NULL, NULL);
        assert.equal(text(c.GDALGetMetadataItem(copy, cString("COMPRESSION"), cString("IMAGE_STRUCTURE"))), "DEFLATE");
        c.GDALClose(copy);
        c.VSIUnlink(cString("/vsimem/copy.tif"));
      });
    });
  },
  GDALGetDatasetDriver: () =>
    withDataset(
      1,
      BYTE,
      (dataset) => assert.equal(c.GDALGetDatasetDriver(dataset), c.GDALGetDriverByName(cString("MEM"))),
    ),
  GDALGetDriverShortName: () =>
    assert.equal(text(c.GDALGetDriverShortName(c.GDALGetDriverByName(cString("GTiff")))), "GTiff"),
  GDALGetRasterXSize: () => withDataset(1, BYTE, (dataset) => assert.equal(c.GDALGetRasterXSize(dataset), 3)),
  GDALGetRasterYSize: () => withDataset(1, BYTE, (dataset) => assert.equal(c.GDALGetRasterYSize(dataset), 2)),
  GDALGetRasterCount: () => withDataset(3, BYTE, (dataset) => assert.equal(c.GDALGetRasterCount(dataset), 3)),
  GDALGetGeoTransform: () =>
    withDataset(1, BYTE, (dataset) => assert.equal(c.GDALGetGeoTransform(dataset, new Float64Array(6)), 3)),
  GDALSetGeoTransform: () => {
    withDataset(1, BYTE, (dataset) => {
      const transform = Float64Array.of(-14928000.125, 3000.0625, 0, 6984000.25, 0, -2999.9375);
      assert.equal(c.GDALSetGeoTransform(dataset, transform), 0);
      const back = new Float64Array(6);
      assert.equal(c.GDALGetGeoTransform(dataset, back), 0);
      assert.deepEqual(back, transform);
    });
  },
  GDALGetSpatialRef: () => withDataset(1, BYTE, (dataset) => assert.equal(c.GDALGetSpatialRef(dataset), NULL)),
  GDALSetSpatialRef: () => {
    withDataset(1, BYTE, (dataset) => {
      withReference("EPSG:3857", (reference) => {
        assert.equal(c.GDALSetSpatialRef(dataset, reference), 0);
        assert.equal(c.OSRIsSame(c.GDALGetSpatialRef(dataset), reference), 1);
      });
    });
  },
  GDALGetMetadataItem: () =>
    withDataset(1, BYTE, (dataset) => assert.equal(c.GDALGetMetadataItem(dataset, cString("NO"), cString("")), NULL)),
  GDALGetMetadata: () => {
    withDataset(1, BYTE, (dataset) => {
      c.GDALSetMetadataItem(dataset, cString("A"), cString("1"), cString("dömain"));
      assert.equal(c.CSLCount(c.GDALGetMetadata(dataset, cString("dömain"))), 1);
    });
  },
  GDALSetMetadataItem: () => {
    withDataset(1, BYTE, (dataset) => {
      assert.equal(c.GDALSetMetadataItem(dataset, cString("UNITS"), cString("°F"), cString("")), 0);
      assert.equal(text(c.GDALGetMetadataItem(dataset, cString("UNITS"), cString(""))), "°F");
    });
  },
  GDALSetDescription: () => describesBand(),
  GDALGetDescription: () => describesBand(),
  GDALDatasetRasterIO: () => {
    withDataset(4, BYTE, (dataset) => {
      const pixels = Uint8Array.from({ length: 24 }, (_, i) => 255 - i);
      const bands = Int32Array.of(1, 2, 3, 4);
      assert.equal(c.GDALDatasetRasterIO(dataset, WRITE, 0, 0, 3, 2, pixels, 3, 2, BYTE, 4, bands, 4, 12, 1), 0);
      const second = new Uint8Array(6);
      c.GDALRasterIO(c.GDALGetRasterBand(dataset, 2), READ, 0, 0, 3, 2, second, 3, 2, BYTE, 1, 3);
      assert.deepEqual([...second], [254, 250, 246, 242, 238, 234]);
    });
  },
  GDALBuildOverviews: () => {
    withDataset(1, BYTE, (dataset) => {
      assert.equal(c.GDALBuildOverviews(dataset, cString("NONE"), 1, Int32Array.of(2), 0, EMPTY, NULL, NULL), 0);
      assert.equal(c.GDALGetOverviewCount(c.GDALGetRasterBand(dataset, 1)), 1);
    });
  },

  GDALGetRasterBand: () => withDataset(1, BYTE, (dataset) => assert.equal(c.GDALGetRasterBand(dataset, -1), NULL)),
  GDALGetRasterDataType: () =>
    withDataset(
      1,
      FLOAT32,
      (dataset) => assert.equal(c.GDALGetRasterDataType(c.GDALGetRasterBand(dataset, 1)), FLOAT32),
    ),
  GDALGetDataTypeName: () => assert.equal(text(c.GDALGetDataTypeName(7)), "Float64"),
  GDALGetBlockSize: () => {
    withDataset(1, BYTE, (dataset) => {
      const width = new Int32Array(1);
      const height = new Int32Array(1);
      c.GDALGetBlockSize(c.GDALGetRasterBand(dataset, 1), width, height);
      assert.deepEqual([width[0], height[0]], [3, 1]);
    });
  },
  GDALGetRasterBandXSize: () =>
    withDataset(1, BYTE, (dataset) => assert.equal(c.GDALGetRasterBandXSize(c.GDALGetRasterBand(dataset, 1)), 3)),
  GDALGetRasterBandYSize: () =>
    withDataset(1, BYTE, (dataset) => assert.equal(c.GDALGetRasterBandYSize(c.GDALGetRasterBand(dataset, 1)), 2)),
  GDALGetRasterNoDataValue: () => {
    withDataset(1, FLOAT32, (dataset) => {
      const isSet = Int32Array.of(7);
      c.GDALGetRasterNoDataValue(c.GDALGetRasterBand(dataset, 1), isSet);
      assert.equal(isSet[0], 0);
    });
  },
  GDALSetRasterNoDataValue: () => {
    withDataset(1, FLOAT32, (dataset) => {
      const band = c.GDALGetRasterBand(dataset, 1);
      const isSet = new Int32Array(1);
      for (const value of [-999.25, 0, NaN, 9.96921e36]) {
        assert.equal(c.GDALSetRasterNoDataValue(band, value), 0);
        assert.equal(c.GDALGetRasterNoDataValue(band, isSet), value);
        assert.equal(isSet[0], 1);
      }
    });
  },
  GDALSetRasterUnitType: () => hasUnits(),
  GDALGetRasterUnitType: () => hasUnits(),
  GDALGetRasterColorInterpretation: () =>
    withDataset(
      1,
      BYTE,
      (dataset) => assert.equal(c.GDALGetRasterColorInterpretation(c.GDALGetRasterBand(dataset, 1)), 0),
    ),
  GDALSetRasterColorInterpretation: () => {
    withDataset(1, BYTE, (dataset) => {
      const band = c.GDALGetRasterBand(dataset, 1);
      assert.equal(c.GDALSetRasterColorInterpretation(band, 6), 0);
      assert.equal(c.GDALGetRasterColorInterpretation(band), 6);
    });
  },
  GDALGetOverviewCount: () =>
    withDataset(1, BYTE, (dataset) => assert.equal(c.GDALGetOverviewCount(c.GDALGetRasterBand(dataset, 1)), 0)),
  GDALGetOverview: () =>
    withDataset(1, BYTE, (dataset) => assert.equal(c.GDALGetOverview(c.GDALGetRasterBand(dataset, 1), 5), NULL)),
  GDALRasterIO: () => {
    withDataset(1, FLOAT32, (dataset) => {
      const values = Float32Array.of(-0, NaN, 1.5, -1e30, 16777217, 3.25);
      assert.equal(writeBand(dataset, values), 0);
      const lastCell = new Float32Array(1);
      assert.equal(c.GDALRasterIO(c.GDALGetRasterBand(dataset, 1), READ, 2, 1, 1, 1, lastCell, 1, 1, FLOAT32, 4, 4), 0);
      assert.equal(lastCell[0], 3.25);
      const back = new Float32Array(6);
      c.GDALRasterIO(c.GDALGetRasterBand(dataset, 1), READ, 0, 0, 3, 2, back, 3, 2, FLOAT32, 4, 12);
      assert.deepEqual(back, values);
    });
  },

  OSRNewSpatialReference: () => withReference("EPSG:4326", (reference) => assert.notEqual(reference, NULL)),
  OSRSetFromUserInput: () => {
    const reference = c.OSRNewSpatialReference(EMPTY);
    assert.notEqual(c.OSRSetFromUserInput(reference, cString("EPSG:99999999")), 0);
    c.OSRDestroySpatialReference(reference);
  },
  OSRExportToWkt: () => {
    withReference("EPSG:3857", (reference) => {
      const out = new BigUint64Array(1);
      assert.equal(c.OSRExportToWkt(reference, out), 0);
      assert.match(text(out[0]!), /Pseudo-Mercator/);
      c.VSIFree(out[0]!);
    });
  },
  OSRExportToProj4: () => {
    withReference("+proj=lcc +lat_1=38.5 +lat_2=38.5 +lat_0=38.5 +lon_0=-97.5 +R=6371229 +units=m", (reference) => {
      const out = new BigUint64Array(1);
      assert.equal(c.OSRExportToProj4(reference, out), 0);
      assert.match(text(out[0]!), /\+R=6371229/);
      c.VSIFree(out[0]!);
    });
  },
  OSRClone: () => {
    withReference("EPSG:3857", (reference) => {
      const copy = c.OSRClone(reference);
      assert.notEqual(copy, reference);
      assert.equal(c.OSRIsSame(copy, reference), 1);
      c.OSRDestroySpatialReference(copy);
    });
  },
  OSRIsSame: () =>
    withReference("EPSG:3857", (a) => withReference("EPSG:4326", (b) => assert.equal(c.OSRIsSame(a, b), 0))),
  OSRSetAxisMappingStrategy: () => {
    withReference("EPSG:4326", (a) => {
      withReference("EPSG:4326", (b) => {
        c.OSRSetAxisMappingStrategy(a, 0); // x is east
        c.OSRSetAxisMappingStrategy(b, 1); // the authority's order: latitude first
        assert.equal(c.OSRIsSame(a, b), 0);
      });
    });
  },
  OSRDestroySpatialReference: () => c.OSRDestroySpatialReference(NULL),

  OCTNewCoordinateTransformation: () =>
    withTransformation("EPSG:4326", "EPSG:3857", (transformation) => assert.notEqual(transformation, NULL)),
  OCTTransform: () =>
    withTransformation("EPSG:4326", "EPSG:3857", (transformation) => {
      const x = Float64Array.of(180, -97.5);
      const y = Float64Array.of(0, 38.5);
      assert.equal(c.OCTTransform(transformation, 2, x, y, new Float64Array(2)), 1);
      assert.ok(Math.abs(x[0]! - 20037508.342789244) < 1e-6, String(x[0]));
      assert.ok(Math.abs(y[1]! - 4650301.836738959) < 1e-6, String(y[1]));
    }),
  OCTDestroyCoordinateTransformation: () => c.OCTDestroyCoordinateTransformation(NULL),

  strnlen: () => {
    const address = c.GDALVersionInfo(cString("RELEASE_NAME"));
    assert.equal(c.strnlen(address, 2n), 2n);
    assert.equal(c.strnlen(address, 1n << 20n), BigInt(gdal().version.length));
  },
  memcpy: () => assert.equal(new TextDecoder().decode(copyBytes(c.GDALVersionInfo(cString("RELEASE_NAME")), 2)), "3."),
};

for (const [name, exercise] of Object.entries(EXERCISES)) {
  nativeTest(`${name}() has the types of its prototype`, exercise);
}
