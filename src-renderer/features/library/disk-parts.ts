import type { DiskUse } from '../../../src-shared/contract/library.ts';

/** A purpose that bytes on disk have, in the order and colour in which it is shown. */
export interface DiskPart {
  readonly name: keyof DiskUse;
  readonly colour: string;
}

const PARTS: readonly DiskPart[] = [
  { name: 'imported', colour: 'info.main' }, { name: 'generated', colour: 'primary.main' }, { name: 'intermediates', colour: 'warning.main' },
  { name: 'motions', colour: 'success.main' }, { name: 'previews', colour: 'secondary.main' }, { name: 'trash', colour: 'error.main' }, { name: 'other', colour: 'text.disabled' },
];

/** What there is of it, and the sum; `always` are parts to name even when there is none. */
export function diskParts(use: DiskUse, always: readonly (keyof DiskUse)[] = []): { readonly parts: readonly DiskPart[]; readonly total: number } {
  const parts = PARTS.filter(({ name }) => use[name] > 0 || always.includes(name));
  return { parts, total: parts.reduce((sum, { name }) => sum + use[name], 0) };
}
