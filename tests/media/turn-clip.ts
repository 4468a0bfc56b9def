/**
 * Writes the display matrix of a camera that was turned a quarter clockwise into the first track header of an MP4, as a phone held upright does.
 * ffmpeg's own options for it differ from version to version. `height` is that of the stored picture in pixels.
 */
export function turnClip(bytes: Buffer, height: number): Buffer {
  const turned = Buffer.from(bytes);
  const matrix = turned.indexOf('tkhd') + 4 + 40;
  [0, 0x10000, 0, -0x10000, 0, 0, height * 0x10000, 0, 0x40000000].forEach((value, index) => turned.writeInt32BE(value, matrix + 4 * index));
  return turned;
}
