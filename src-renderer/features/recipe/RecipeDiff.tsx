import Box from '@mui/material/Box';
import { t } from '../../i18n/text.ts';
import type { RecipeRow } from './recipe-rows.ts';

/** What the file says beside what is here; lines that differ are marked in words and in colour. */
export function RecipeDiff({ rows }: { readonly rows: readonly RecipeRow[] }) {
  const cell = { p: 1.25, verticalAlign: 'top', textAlign: 'left', fontWeight: 'inherit', overflowWrap: 'anywhere', userSelect: 'text', borderTop: 1, borderColor: 'studio.line' } as const;
  return (
    <Box component="table" aria-label={t('recipe.comparison')} sx={{ width: 1, borderCollapse: 'collapse', tableLayout: 'fixed', fontSize: 12.5 }}>
      <Box component="thead" sx={{ color: 'text.secondary', fontSize: 11 }}>
        <tr>
          <Box component="td" sx={{ ...cell, border: 0, width: '24%' }} />
          <Box component="th" scope="col" sx={{ ...cell, border: 0 }}>{t('recipe.there')}</Box>
          <Box component="th" scope="col" sx={{ ...cell, border: 0 }}>{t('recipe.here')}</Box>
        </tr>
      </Box>
      <tbody>
        {rows.map(({ label, there, here, differs, isMissing }, index) => (
          <Box key={`${label}-${index}`} component="tr" data-differs={differs} data-missing={isMissing} sx={{ bgcolor: isMissing ? 'rgba(255, 120, 120, 0.10)' : differs ? 'rgba(110, 120, 255, 0.10)' : 'transparent' }}>
            <Box component="th" scope="row" sx={{ ...cell, color: 'text.secondary' }}>{label}</Box>
            <Box component="td" sx={{ ...cell, fontWeight: differs ? 600 : 400 }}>{there}</Box>
            <Box component="td" sx={{ ...cell, color: isMissing ? 'error.main' : differs ? 'text.primary' : 'text.secondary' }}>{here === null ? '–' : differs || isMissing ? here : t('recipe.same')}</Box>
          </Box>
        ))}
      </tbody>
    </Box>
  );
}
