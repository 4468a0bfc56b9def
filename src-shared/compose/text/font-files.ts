/** Files in `assets/fonts` by which words are drawn, in order: Inter Semi Bold, one file per script. */
export const FONT_FILES: readonly string[] = ['latin', 'latin-ext', 'cyrillic', 'cyrillic-ext', 'greek', 'greek-ext', 'vietnamese'].map((script) => `inter-600-${script}.ttf`);
