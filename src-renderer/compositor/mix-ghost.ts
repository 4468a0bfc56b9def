/** How much of a ghost is seen, of 256. */
const GHOST = 82;

/** Lets another frame shine through, tinted; both are little-endian RGBA. `tint` is `#rrggbb`. */
export function mixGhost(pixels: Uint32Array, ghost: Uint32Array, tint: string): void {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(tint.slice(at, at + 2), 16)) as [number, number, number];
  const mixed = (under: number, over: number, by: number, shift: number): number => ((((under >>> shift) & 255) * (256 - GHOST) + ((((over >>> shift) & 255) * by) / 255) * GHOST) >> 8) << shift;
  for (let index = 0; index < pixels.length; index += 1) {
    const [under, over] = [pixels[index]!, ghost[index]!];
    pixels[index] = mixed(under, over, red, 0) | mixed(under, over, green, 8) | mixed(under, over, blue, 16) | 0xff000000;
  }
}
