/**
 * Frames of H.264 that no other frame is decoded from (`nal_ref_idc` 0; ITU-T H.264, 7.4.1): whoever does not want to see them need not decode
 * them, which is about half of the way to a frame in the middle of a group. Other codecs say it less plainly and are decoded whole.
 */
export type IsDisposable = (packet: Uint8Array) => boolean;

const none: IsDisposable = () => false;

/** For packets with the lengths of `description` (an `avcC` box); anything else has no frames that could be left out. */
export function disposableFor(codec: string, description: Uint8Array | null): IsDisposable {
  if (!/^avc[13]/u.test(codec) || description === null || description.length < 5) return none;
  const lengthBytes = (description[4]! & 3) + 1;
  return (packet) => {
    let at = 0;
    let isPicture = false;
    while (at + lengthBytes < packet.length) {
      let length = 0;
      for (let byte = 0; byte < lengthBytes; byte += 1) length = length * 256 + packet[at + byte]!;
      const header = packet[at + lengthBytes]!;
      const type = header & 31;
      if (type >= 1 && type <= 5) {
        if (header >> 5 !== 0) return false;
        isPicture = true;
      }
      at += lengthBytes + length;
    }
    return isPicture;
  };
}
