const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * A file name for a title that every desktop accepts: no separators, wildcards, control characters or device names, no dots
 * or spaces at its ends, at most 80 characters.
 */
export function toFileName(title: string, fallback: string): string {
  const plain = title
    // eslint-disable-next-line no-control-regex -- file names must not hold control characters
    .replace(/[<>:"/\\|?*\u0000-\u001f\u007f]+/g, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, 80)
    .replace(/^[. ]+|[. ]+$/g, '');
  return plain === '' || RESERVED.test(plain.split('.')[0] ?? '') ? fallback : plain;
}

/** Endings of files of each kind that projects hold, the usual one first. */
const ENDINGS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'video/mp4': ['mp4', 'mov', 'm4v'], 'video/webm': ['webm', 'mkv'], 'video/x-msvideo': ['avi'], 'video/mp2t': ['ts', 'mts', 'm2ts'], 'video/ogg': ['ogg', 'ogv'],
  'image/gif': ['gif'], 'image/png': ['png'], 'image/jpeg': ['jpg', 'jpeg'], 'image/webp': ['webp'],
  'audio/wav': ['wav'], 'audio/mpeg': ['mp3'], 'audio/flac': ['flac'], 'audio/ogg': ['ogg', 'oga', 'opus'], 'audio/mp4': ['m4a', 'mp4', 'mov'],
  'application/x-safetensors': ['motion.safetensors'],
};

/** The usual ending of a kind of file, without its dot; undefined for kinds that no project holds. */
export const fileEndingOf = (mimeType: string): string | undefined => ENDINGS[mimeType]?.[0];

/** What a file of the library is called outside: its name as far as desktops accept it, with an ending that fits its kind. */
export function assetFileName({ name, mimeType }: { readonly name: string; readonly mimeType: string }): string {
  const base = toFileName(name, 'Clip');
  const endings = ENDINGS[mimeType] ?? [];
  return endings.length === 0 || endings.some((ending) => base.toLowerCase().endsWith(`.${ending}`)) ? base : `${base}.${endings[0]}`;
}
