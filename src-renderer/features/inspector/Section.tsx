import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';

/** A titled part of the inspector. One whose fields carry their names themselves is `plain`: its title is for those who do not see it. */
export function Section({ title, end, plain = false, children }: { title: string; end?: ReactNode; plain?: boolean; children: ReactNode }) {
  if (plain) return <Box component="section" aria-label={title} sx={{ px: 4, py: 1 }}>{children}</Box>;
  return (
    <Box component="section" aria-label={title} sx={{ px: 4, py: 2 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', minHeight: 22, mb: 1 }}>
        <Typography variant="overline" component="h3" sx={{ color: 'text.secondary' }}>{title}</Typography>
        {end}
      </Box>
      {children}
    </Box>
  );
}

/** Rows of `name: value`. */
export function Facts({ rows }: { rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <Box component="dl" sx={{ m: 0, display: 'grid', gridTemplateColumns: 'auto 1fr', columnGap: 4, rowGap: 1, fontSize: 12 }}>
      {rows.map(([name, value]) => (
        <Box key={name} sx={{ display: 'contents' }}>
          <Box component="dt" sx={{ color: 'text.secondary' }}>{name}</Box>
          <Box component="dd" sx={{ m: 0, textAlign: 'right', overflowWrap: 'anywhere', userSelect: 'text', fontVariantNumeric: 'tabular-nums' }}>{value}</Box>
        </Box>
      ))}
    </Box>
  );
}
