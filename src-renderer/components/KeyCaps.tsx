import Box from '@mui/material/Box';
import { shortcutParts } from '../editor/shortcut.ts';

const IS_MAC = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** A combination in words, as its key caps read. */
export const keyWords = (shortcut: string): string => shortcutParts(shortcut, IS_MAC).join(' ');

/** A label followed by the keys that do the same. */
export function KeyCaps({ label, shortcut }: { label?: string; shortcut?: string | undefined }) {
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}>
      {label}
      {shortcut === undefined ? null : (
        <Box component="span" sx={{ display: 'inline-flex', gap: 0.75 }}>
          {shortcutParts(shortcut, IS_MAC).map((part) => (
            <Box key={part} component="kbd" sx={{ font: 'inherit', fontSize: 10.5, lineHeight: '16px', minWidth: 16, px: 1, textAlign: 'center', borderRadius: 1, border: 1, borderColor: 'divider', color: 'text.secondary', bgcolor: 'studio.well' }}>
              {part}
            </Box>
          ))}
        </Box>
      )}
    </Box>
  );
}
