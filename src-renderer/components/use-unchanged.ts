import { useState } from 'react';

/** The value as it was first seen, as long as nothing in it changes: what is made anew on every edit need not be drawn anew. For small plain data. */
export function useUnchanged<T>(value: T): T {
  const [kept, setKept] = useState(value);
  if (kept === value || JSON.stringify(kept) === JSON.stringify(value)) return kept;
  setKept(value);
  return value;
}
