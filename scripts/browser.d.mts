/** Path of an installed browser with Chromium's engine, or null. */
export function findBrowser(): string | null;
/** As findBrowser, installing Debian's chromium where that is possible; throws with the mend otherwise. */
export function ensureBrowser(): string;
