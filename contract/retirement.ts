/**
 * Times of a retired run: the lists name it no longer, and its frames are still served to readers whose list is older.
 */

/**
 * Longest lifetime, in seconds, of an answer that names runs or frames: models, runs, manifests, variables, frames,
 * folders of COGs, WMTS capabilities, and TileJSON.
 */
export const LISTING_LIFETIME_S = 60;

/**
 * Caches between server and reader that may each keep a list for its whole lifetime, since not every cache passes on
 * the `Age` of an answer (nginx does not): a reverse proxy, a proxy of the reader's network, and the browser.
 */
const CACHES_IN_A_ROW = 3;

/**
 * Time, in seconds, that a reader may need to request what a list names. It includes the second for which the server
 * shows an earlier state.
 */
const READING_S = 120;

/** Time, in seconds, for which the files of a frame outlast the list that named it last. */
export const GRACE_S = CACHES_IN_A_ROW * LISTING_LIFETIME_S + READING_S;
