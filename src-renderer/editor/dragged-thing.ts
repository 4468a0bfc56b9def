/** What a drag carries, as far as it can be known before it is dropped. */
export interface DraggedThing {
  readonly kind: 'video' | 'image' | 'audio' | 'captions' | 'script' | 'other';
  /** What the ghost is called; null while the system keeps the name to itself. */
  readonly name: string | null;
  /** The library's own file; null for files from outside. */
  readonly assetId: string | null;
}

/** The drag that began in this window. The browser hides its data from those it passes over, and they must know what would land. */
let own: DraggedThing | null = null;

/** Called as a drag begins, and with null as it ends. */
export function setDraggedThing(thing: DraggedThing | null): void {
  own = thing;
}

export const draggedThing = (): DraggedThing | null => own;

const EXTENSIONS: readonly (readonly [RegExp, DraggedThing['kind']])[] = [
  [/\.(srt|vtt)$/i, 'captions'],
  [/\.(txt|md)$/i, 'script'],
  [/\.(mp4|mov|mkv|webm|avi|m4v|gif)$/i, 'video'],
  [/\.(png|jpe?g|webp|bmp|tiff?)$/i, 'image'],
  [/\.(wav|mp3|m4a|aac|flac|ogg|opus)$/i, 'audio'],
];

/** What a file is, by its name, else by the type that the system gives it. */
export function kindOfFile(name: string, mimeType: string): DraggedThing['kind'] {
  const known = EXTENSIONS.find(([pattern]) => pattern.test(name))?.[1];
  if (known !== undefined) return known;
  if (mimeType === 'image/gif') return 'video';
  if (/^(application\/x-subrip|text\/vtt|text\/srt)$/.test(mimeType)) return 'captions';
  if (/^text\/(plain|markdown)$/.test(mimeType)) return 'script';
  const [type] = mimeType.split('/');
  return type === 'video' || type === 'image' || type === 'audio' ? type : 'other';
}

/** What a drag of files carries while it hovers: the system tells types but no names. Several count as their first. */
export function thingOfItems(items: Iterable<{ readonly kind: string; readonly type: string }>): DraggedThing {
  for (const item of items) if (item.kind === 'file') return { kind: item.type === '' ? 'captions' : kindOfFile('', item.type), name: null, assetId: null };
  return { kind: 'other', name: null, assetId: null };
}
