/**
 * A message as JSON text. What JSON would silently change is refused with a TypeError that names the field: bytes belong
 * on a media address, and a NaN that turns into null would surface far from where it was made.
 */
export function encodeJson(message: unknown): string {
  return JSON.stringify(message, function check(this: unknown, key: string, value: unknown) {
    // `this[key]` is the field before its toJSON, which would hide a Node Buffer.
    const field = (this as Record<string, unknown>)[key];
    if (ArrayBuffer.isView(field) || field instanceof ArrayBuffer) {
      throw new TypeError(`field "${key}" holds bytes (${field.constructor.name}); hand over an asset id and fetch it by its media address`);
    }
    if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`field "${key}" is ${value}, which JSON cannot carry`);
    if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') {
      throw new TypeError(`field "${key}" is a ${typeof value}, which JSON cannot carry`);
    }
    if (field instanceof Map || field instanceof Set) throw new TypeError(`field "${key}" is a ${field.constructor.name}, which JSON cannot carry`);
    return value;
  });
}

/** Undefined for text that is not JSON: the receiver ignores it as it ignores any malformed message. */
export function decodeJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
