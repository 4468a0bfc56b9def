/** A 5x7 pixel font for the labels of contact sheets: one byte a column, lowest bit on top. Other characters show as blanks. */
const GLYPHS: Readonly<Record<string, readonly number[]>> = Object.fromEntries(
  [
    '0 3E5149453E', '1 00427F4000', '2 4261514946', '3 2141454B31', '4 1814127F10', '5 2745454539', '6 3C4A494930', '7 0171090503', '8 3649494936', '9 064949291E',
    'A 7E1111117E', 'B 7F49494936', 'C 3E41414122', 'D 7F4141221C', 'E 7F49494941', 'F 7F09090901', 'G 3E4149497A', 'H 7F0808087F', 'I 00417F4100', 'J 2040413F01',
    'K 7F08142241', 'L 7F40404040', 'M 7F020C027F', 'N 7F0408107F', 'O 3E4141413E', 'P 7F09090906', 'Q 3E4151215E', 'R 7F09192946', 'S 4649494931', 'T 01017F0101',
    'U 3F4040403F', 'V 1F2040201F', 'W 3F4038403F', 'X 6314081463', 'Y 0708700807', 'Z 6151494543', '- 0808080808', '_ 4040404040', '. 0060600000', ': 0036360000',
    ', 0050300000', '/ 2010080402', "' 0000070000", '+ 08083E0808', '= 1414141414', '( 001C224100', ') 0041221C00',
  ].map((line) => [line[0]!, Array.from({ length: 5 }, (_, column) => Number.parseInt(line.slice(2 + column * 2, 4 + column * 2), 16))]),
);

/** Height of a line of text with its margins, in pixels. */
export const LINE_HEIGHT = 11;

/** A strip `[LINE_HEIGHT, width, 3]` with `text` in white on dark grey, cut at the right edge. */
export function drawLabel(text: string, width: number): Uint8Array {
  const strip = new Uint8Array(LINE_HEIGHT * width * 3).fill(32);
  [...text.toUpperCase()].forEach((character, position) => {
    (GLYPHS[character] ?? []).forEach((bits, column) => {
      const x = 3 + position * 6 + column;
      if (x >= width) return;
      for (let y = 0; y < 7; y += 1) {
        if ((bits >> y) & 1) strip.fill(235, ((y + 2) * width + x) * 3, ((y + 2) * width + x) * 3 + 3);
      }
    });
  });
  return strip;
}
