import { useEffect, useState } from 'react';

/** `value` once it has stayed the same for `ms` milliseconds; the last one that did until then. Compared by identity. */
export function useSettled<T extends string | number | boolean | null>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    if (settled === value) return undefined;
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [settled, value, ms]);
  return settled;
}
