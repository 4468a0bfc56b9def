import Box from '@mui/material/Box';
import { useColorScheme } from '@mui/material/styles';
import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { drawRuler, type RulerColors, type RulerView } from './draw-ruler.ts';
import { RULER_HEIGHT } from './lanes.ts';
import { axisStyle, placeStyle, spanStyle } from './span-style.ts';

export interface RulerProps extends RulerView {
  readonly markIn: number | null;
  readonly markOut: number | null;
}

/** Changes when what the ruler is drawn with changes from outside: the theme, fonts that came late, another screen. */
function useDrawingVersion(): { readonly version: string; readonly ratio: number } {
  const { colorScheme } = useColorScheme();
  const [changes, setChanges] = useState(0);
  const ratio = globalThis.devicePixelRatio;
  useEffect(() => {
    const again = (): void => setChanges((before) => before + 1);
    const screen = matchMedia(`(resolution: ${ratio}dppx)`);
    // The attribute that colours hang on is set behind this component's own effects.
    const theme = new MutationObserver(again);
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    screen.addEventListener('change', again);
    document.fonts.addEventListener('loadingdone', again);
    return () => {
      theme.disconnect();
      screen.removeEventListener('change', again);
      document.fonts.removeEventListener('loadingdone', again);
    };
  }, [ratio]);
  return { version: `${colorScheme} ${changes}`, ratio };
}

/** Time above the lanes, with the marked range. Drawn on a canvas: hundreds of ticks change on every step of a zoom. */
export const Ruler = memo(function Ruler({ frameRate, pixelsPerFrame, from, to, markIn, markOut }: RulerProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const colors = useRef<{ readonly version: string; readonly colors: RulerColors } | null>(null);
  const { version, ratio } = useDrawingVersion();
  const width = Math.ceil((to - from) * pixelsPerFrame);
  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    // Asking for colours makes the browser settle all styles, so it is done once.
    if (colors.current?.version !== version) {
      const styles = getComputedStyle(element);
      const read = (name: string): string => styles.getPropertyValue(`--mui-palette-${name}`);
      colors.current = { version, colors: { minor: read('divider'), major: read('text-disabled'), words: read('text-secondary') } };
    }
    const [wide, high] = [Math.ceil(width * ratio), Math.ceil(RULER_HEIGHT * ratio)];
    if (element.width !== wide) element.width = wide;
    if (element.height !== high) element.height = high;
    drawRuler(context, ratio, { frameRate, pixelsPerFrame, from, to }, colors.current.colors);
  }, [frameRate, pixelsPerFrame, from, to, width, ratio, version]);
  const hasRange = markIn !== null || markOut !== null;
  const start = markIn ?? 0;
  const end = markOut === null ? to : markOut + 1;
  return (
    <Box sx={{ position: 'relative', height: RULER_HEIGHT, borderBottom: 1, borderColor: 'studio.line', overflow: 'hidden', cursor: 'default' }}>
      <div className="axis" style={axisStyle(pixelsPerFrame)}>
        {hasRange ? <Box data-testid="marked-range" sx={{ position: 'absolute', bottom: 0, top: 0, bgcolor: 'primary.main', opacity: 0.22 }} style={spanStyle(start, end - start)} /> : null}
        <canvas ref={canvas} className="ruler" aria-hidden style={{ ...placeStyle(from), width: width, height: RULER_HEIGHT }} />
      </div>
    </Box>
  );
});
