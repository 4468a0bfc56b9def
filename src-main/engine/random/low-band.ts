/** Cosines of an orthonormal DCT-II over `length` places (Ahmed, Natarajan and Rao 1974): the `count` slowest, [count][length]. */
function slowCosines(length: number, count: number): readonly Float64Array[] {
  return Array.from({ length: count }, (_, wave) => Float64Array.from({ length }, (__, place) => Math.sqrt((wave === 0 ? 1 : 2) / length) * Math.cos((Math.PI * (2 * place + 1) * wave) / (2 * length))));
}

/**
 * The part of frames [planes, height, width] that varies slowly across the picture: waves below `share` of the finest on
 * either axis. An orthogonal projection, so white noise may be taken apart with it and put together from two sources, and stays white noise.
 */
export function lowBand(values: Float32Array, height: number, width: number, share: number): Float32Array {
  const [rows, columns] = [slowCosines(height, Math.max(1, Math.round(height * share))), slowCosines(width, Math.max(1, Math.round(width * share)))];
  const out = new Float32Array(values.length);
  const across = new Float64Array(height * columns.length);
  const area = height * width;
  for (let from = 0; from < values.length; from += area) {
    for (let y = 0; y < height; y += 1) {
      for (const [u, column] of columns.entries()) {
        let sum = 0;
        for (let x = 0; x < width; x += 1) sum += column[x]! * values[from + y * width + x]!;
        across[y * columns.length + u] = sum;
      }
    }
    for (const row of rows) {
      for (const [u, column] of columns.entries()) {
        let weight = 0;
        for (let y = 0; y < height; y += 1) weight += row[y]! * across[y * columns.length + u]!;
        for (let y = 0; y < height; y += 1) {
          const part = weight * row[y]!;
          for (let x = 0; x < width; x += 1) out[from + y * width + x]! += part * column[x]!;
        }
      }
    }
  }
  return out;
}
