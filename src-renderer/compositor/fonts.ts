/** The same files that exports are drawn with, in the order in which they are asked for a character. */
const FILES = import.meta.glob('../../assets/fonts/inter-600-*.ttf', { query: '?url', import: 'default', eager: true }) as Readonly<Record<string, string>>;

/** Addresses of fonts by their file names. */
export const fontUrls = (names: readonly string[]): readonly string[] => names.map((name) => {
  const url = FILES[`../../assets/fonts/${name}`];
  if (url === undefined) throw new Error(`${name} is not part of this build.`);
  return new URL(url, document.baseURI).href;
});
