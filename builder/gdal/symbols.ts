/**
 * The C functions of libgdal and of the C library that are called, with their prototypes. Pointers are passed as `u64`:
 * NULL is `0n`, an address fits into a table of handles, and neither UnsafePointer nor UnsafePointerView is needed, so
 * that `--allow-ffi` can be limited to the library files. The loader checks names but not types: `symbols_test.ts`
 * calls each function with a value that a wrong type would damage.
 */
export const SYMBOLS = {
  // --- version, drivers, configuration (gdal.h, cpl_conv.h)
  // const char *GDALVersionInfo(const char *pszRequest)
  GDALVersionInfo: { parameters: ["buffer"], result: "u64" },
  // void GDALAllRegister(void)
  GDALAllRegister: { parameters: [], result: "void" },
  // GDALDriverH GDALGetDriverByName(const char *pszName)
  GDALGetDriverByName: { parameters: ["buffer"], result: "u64" },
  // void CPLSetConfigOption(const char *pszKey, const char *pszValue)
  CPLSetConfigOption: { parameters: ["buffer", "buffer"], result: "void" },
  // const char *CPLGetConfigOption(const char *pszKey, const char *pszDefault)
  CPLGetConfigOption: { parameters: ["buffer", "buffer"], result: "u64" },

  // --- errors (cpl_error.h); the last error belongs to the calling thread
  // void CPLErrorReset(void)
  CPLErrorReset: { parameters: [], result: "void" },
  // CPLErr CPLGetLastErrorType(void)
  CPLGetLastErrorType: { parameters: [], result: "i32" },
  // CPLErrorNum CPLGetLastErrorNo(void)
  CPLGetLastErrorNo: { parameters: [], result: "i32" },
  // const char *CPLGetLastErrorMsg(void)
  CPLGetLastErrorMsg: { parameters: [], result: "u64" },

  // --- string lists and memory (cpl_string.h, cpl_vsi.h)
  // char **CSLSetNameValue(char **papszStrList, const char *pszName, const char *pszValue)
  CSLSetNameValue: { parameters: ["u64", "buffer", "buffer"], result: "u64" },
  // char **CSLAddString(char **papszStrList, const char *pszNewString)
  CSLAddString: { parameters: ["u64", "buffer"], result: "u64" },
  // int CSLCount(CSLConstList papszStrList)
  CSLCount: { parameters: ["u64"], result: "i32" },
  // const char *CSLGetField(CSLConstList papszStrList, int iField)
  CSLGetField: { parameters: ["u64", "i32"], result: "u64" },
  // void CSLDestroy(char **papszStrList)
  CSLDestroy: { parameters: ["u64"], result: "void" },
  // void VSIFree(void *pData)
  VSIFree: { parameters: ["u64"], result: "void" },

  // --- files, /vsimem included (cpl_vsi.h)
  // VSILFILE *VSIFOpenL(const char *pszFilename, const char *pszAccess)
  VSIFOpenL: { parameters: ["buffer", "buffer"], result: "u64" },
  // size_t VSIFWriteL(const void *pBuffer, size_t nSize, size_t nCount, VSILFILE *fp)
  VSIFWriteL: { parameters: ["buffer", "usize", "usize", "u64"], result: "usize" },
  // int VSIFCloseL(VSILFILE *fp)
  VSIFCloseL: { parameters: ["u64"], result: "i32" },
  // GByte *VSIGetMemFileBuffer(const char *pszFilename, vsi_l_offset *pnDataLength, int bUnlinkAndSeize)
  VSIGetMemFileBuffer: { parameters: ["buffer", "buffer", "i32"], result: "u64" },
  // int VSIUnlink(const char *pszFilename)
  VSIUnlink: { parameters: ["buffer"], result: "i32" },

  // --- compression (cpl_conv.h)
  // void *CPLZLibInflate(const void *ptr, size_t nBytes, void *outptr, size_t nOutAvailableBytes, size_t *pnOutBytes)
  CPLZLibInflate: { parameters: ["buffer", "usize", "buffer", "usize", "buffer"], result: "u64" },

  // --- datasets (gdal.h)
  // GDALDatasetH GDALOpenEx(const char *pszFilename, unsigned int nOpenFlags, const char *const *papszAllowedDrivers,
  //                         const char *const *papszOpenOptions, const char *const *papszSiblingFiles)
  GDALOpenEx: { parameters: ["buffer", "u32", "u64", "u64", "u64"], result: "u64" },
  // void GDALClose(GDALDatasetH hDS)   [returns CPLErr since 3.7; the last error works for both]
  GDALClose: { parameters: ["u64"], result: "void" },
  // GDALDatasetH GDALCreate(GDALDriverH hDriver, const char *pszName, int nXSize, int nYSize, int nBands,
  //                         GDALDataType eType, CSLConstList papszOptions)
  GDALCreate: { parameters: ["u64", "buffer", "i32", "i32", "i32", "i32", "u64"], result: "u64" },
  // GDALDatasetH GDALCreateCopy(GDALDriverH hDriver, const char *pszName, GDALDatasetH hSrc, int bStrict,
  //                             CSLConstList papszOptions, GDALProgressFunc pfnProgress, void *pProgressData)
  GDALCreateCopy: { parameters: ["u64", "buffer", "u64", "i32", "u64", "u64", "u64"], result: "u64" },
  // GDALDriverH GDALGetDatasetDriver(GDALDatasetH hDataset)
  GDALGetDatasetDriver: { parameters: ["u64"], result: "u64" },
  // const char *GDALGetDriverShortName(GDALDriverH hDriver)
  GDALGetDriverShortName: { parameters: ["u64"], result: "u64" },
  // int GDALGetRasterXSize(GDALDatasetH hDataset)
  GDALGetRasterXSize: { parameters: ["u64"], result: "i32" },
  // int GDALGetRasterYSize(GDALDatasetH hDataset)
  GDALGetRasterYSize: { parameters: ["u64"], result: "i32" },
  // int GDALGetRasterCount(GDALDatasetH hDS)
  GDALGetRasterCount: { parameters: ["u64"], result: "i32" },
  // CPLErr GDALGetGeoTransform(GDALDatasetH hDS, double *padfTransform)
  GDALGetGeoTransform: { parameters: ["u64", "buffer"], result: "i32" },
  // CPLErr GDALSetGeoTransform(GDALDatasetH hDS, double *padfTransform)
  GDALSetGeoTransform: { parameters: ["u64", "buffer"], result: "i32" },
  // OGRSpatialReferenceH GDALGetSpatialRef(GDALDatasetH hDS)   [owned by the dataset]
  GDALGetSpatialRef: { parameters: ["u64"], result: "u64" },
  // CPLErr GDALSetSpatialRef(GDALDatasetH hDS, OGRSpatialReferenceH hSRS)   [copied]
  GDALSetSpatialRef: { parameters: ["u64", "u64"], result: "i32" },
  // const char *GDALGetMetadataItem(GDALMajorObjectH hObject, const char *pszName, const char *pszDomain)
  GDALGetMetadataItem: { parameters: ["u64", "buffer", "buffer"], result: "u64" },
  // char **GDALGetMetadata(GDALMajorObjectH hObject, const char *pszDomain)   [owned by the object]
  GDALGetMetadata: { parameters: ["u64", "buffer"], result: "u64" },
  // CPLErr GDALSetMetadataItem(GDALMajorObjectH hObject, const char *pszName, const char *pszValue,
  //                            const char *pszDomain)
  GDALSetMetadataItem: { parameters: ["u64", "buffer", "buffer", "buffer"], result: "i32" },
  // void GDALSetDescription(GDALMajorObjectH hObject, const char *pszNewDesc)
  GDALSetDescription: { parameters: ["u64", "buffer"], result: "void" },
  // const char *GDALGetDescription(GDALMajorObjectH hObject)
  GDALGetDescription: { parameters: ["u64"], result: "u64" },
  // CPLErr GDALDatasetRasterIO(GDALDatasetH hDS, GDALRWFlag eRWFlag, int nXOff, int nYOff, int nXSize, int nYSize,
  //     void *pData, int nBufXSize, int nBufYSize, GDALDataType eBDataType, int nBandCount, int *panBandMap,
  //     int nPixelSpace, int nLineSpace, int nBandSpace)
  GDALDatasetRasterIO: {
    parameters: [
      "u64",
      "i32",
      "i32",
      "i32",
      "i32",
      "i32",
      "buffer",
      "i32",
      "i32",
      "i32",
      "i32",
      "buffer",
      "i32",
      "i32",
      "i32",
    ],
    result: "i32",
  },
  // CPLErr GDALBuildOverviews(GDALDatasetH hDataset, const char *pszResampling, int nOverviews,
  //     const int *panOverviewList, int nListBands, const int *panBandList, GDALProgressFunc pfnProgress,
  //     void *pProgressData)
  GDALBuildOverviews: {
    parameters: ["u64", "buffer", "i32", "buffer", "i32", "buffer", "u64", "u64"],
    result: "i32",
  },

  // --- bands (gdal.h)
  // GDALRasterBandH GDALGetRasterBand(GDALDatasetH hDS, int nBandId)   [owned by the dataset]
  GDALGetRasterBand: { parameters: ["u64", "i32"], result: "u64" },
  // GDALDataType GDALGetRasterDataType(GDALRasterBandH hBand)
  GDALGetRasterDataType: { parameters: ["u64"], result: "i32" },
  // const char *GDALGetDataTypeName(GDALDataType eDataType)
  GDALGetDataTypeName: { parameters: ["i32"], result: "u64" },
  // void GDALGetBlockSize(GDALRasterBandH hBand, int *pnXSize, int *pnYSize)
  GDALGetBlockSize: { parameters: ["u64", "buffer", "buffer"], result: "void" },
  // int GDALGetRasterBandXSize(GDALRasterBandH hBand)
  GDALGetRasterBandXSize: { parameters: ["u64"], result: "i32" },
  // int GDALGetRasterBandYSize(GDALRasterBandH hBand)
  GDALGetRasterBandYSize: { parameters: ["u64"], result: "i32" },
  // double GDALGetRasterNoDataValue(GDALRasterBandH hBand, int *pbSuccess)
  GDALGetRasterNoDataValue: { parameters: ["u64", "buffer"], result: "f64" },
  // CPLErr GDALSetRasterNoDataValue(GDALRasterBandH hBand, double dfValue)
  GDALSetRasterNoDataValue: { parameters: ["u64", "f64"], result: "i32" },
  // CPLErr GDALSetRasterUnitType(GDALRasterBandH hBand, const char *pszNewValue)
  GDALSetRasterUnitType: { parameters: ["u64", "buffer"], result: "i32" },
  // const char *GDALGetRasterUnitType(GDALRasterBandH hBand)   [owned by the band]
  GDALGetRasterUnitType: { parameters: ["u64"], result: "u64" },
  // GDALColorInterp GDALGetRasterColorInterpretation(GDALRasterBandH hBand)
  GDALGetRasterColorInterpretation: { parameters: ["u64"], result: "i32" },
  // CPLErr GDALSetRasterColorInterpretation(GDALRasterBandH hBand, GDALColorInterp eColorInterp)
  GDALSetRasterColorInterpretation: { parameters: ["u64", "i32"], result: "i32" },
  // int GDALGetOverviewCount(GDALRasterBandH hBand)
  GDALGetOverviewCount: { parameters: ["u64"], result: "i32" },
  // GDALRasterBandH GDALGetOverview(GDALRasterBandH hBand, int i)   [owned by the dataset]
  GDALGetOverview: { parameters: ["u64", "i32"], result: "u64" },
  // CPLErr GDALRasterIO(GDALRasterBandH hRBand, GDALRWFlag eRWFlag, int nDSXOff, int nDSYOff, int nDSXSize,
  //     int nDSYSize, void *pBuffer, int nBXSize, int nBYSize, GDALDataType eBDataType, int nPixelSpace,
  //     int nLineSpace)
  GDALRasterIO: {
    parameters: ["u64", "i32", "i32", "i32", "i32", "i32", "buffer", "i32", "i32", "i32", "i32", "i32"],
    result: "i32",
  },

  // --- spatial references (ogr_srs_api.h)
  // OGRSpatialReferenceH OSRNewSpatialReference(const char *pszWKT)
  OSRNewSpatialReference: { parameters: ["buffer"], result: "u64" },
  // OGRErr OSRSetFromUserInput(OGRSpatialReferenceH hSRS, const char *pszDef)
  OSRSetFromUserInput: { parameters: ["u64", "buffer"], result: "i32" },
  // OGRErr OSRExportToWkt(OGRSpatialReferenceH hSRS, char **ppszResult)   [freed with VSIFree]
  OSRExportToWkt: { parameters: ["u64", "buffer"], result: "i32" },
  // OGRErr OSRExportToProj4(OGRSpatialReferenceH hSRS, char **ppszResult)   [freed with VSIFree]
  OSRExportToProj4: { parameters: ["u64", "buffer"], result: "i32" },
  // OGRSpatialReferenceH OSRClone(OGRSpatialReferenceH hSRS)
  OSRClone: { parameters: ["u64"], result: "u64" },
  // int OSRIsSame(OGRSpatialReferenceH hSRS1, OGRSpatialReferenceH hSRS2)
  OSRIsSame: { parameters: ["u64", "u64"], result: "i32" },
  // void OSRSetAxisMappingStrategy(OGRSpatialReferenceH hSRS, OSRAxisMappingStrategy strategy)
  OSRSetAxisMappingStrategy: { parameters: ["u64", "i32"], result: "void" },
  // void OSRDestroySpatialReference(OGRSpatialReferenceH hSRS)
  OSRDestroySpatialReference: { parameters: ["u64"], result: "void" },

  // OGRCoordinateTransformationH OCTNewCoordinateTransformation(OGRSpatialReferenceH hSourceSRS,
  //                                                             OGRSpatialReferenceH hTargetSRS)
  OCTNewCoordinateTransformation: { parameters: ["u64", "u64"], result: "u64" },
  // int OCTTransform(OGRCoordinateTransformationH hCT, int nCount, double *x, double *y, double *z)
  OCTTransform: { parameters: ["u64", "i32", "buffer", "buffer", "buffer"], result: "i32" },
  // void OCTDestroyCoordinateTransformation(OGRCoordinateTransformationH hCT)
  OCTDestroyCoordinateTransformation: { parameters: ["u64"], result: "void" },

  // --- the C library, found through the same handle (string.h), to copy native memory
  // size_t strnlen(const char *s, size_t maxlen)
  strnlen: { parameters: ["u64", "usize"], result: "usize" },
  // void *memcpy(void *dest, const void *src, size_t n)
  memcpy: { parameters: ["buffer", "u64", "usize"], result: "u64" },
} as const satisfies Deno.ForeignLibraryInterface;

export type GdalSymbols = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];
