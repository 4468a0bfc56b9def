import Box from '@mui/material/Box';
import type { DiskUse } from '../../../src-shared/contract/library.ts';
import { diskParts } from './disk-parts.ts';

/** Shares of what a project takes on disk, side by side. Words beside it say the same. */
export function DiskParts({ use, height = 4 }: { readonly use: DiskUse; readonly height?: number }) {
  const { parts, total } = diskParts(use);
  return (
    <Box aria-hidden sx={{ display: 'flex', height, borderRadius: 1, overflow: 'hidden', bgcolor: 'studio.well', mb: 0.75 }}>
      {parts.map(({ name, colour }) => <Box key={name} sx={{ bgcolor: colour }} style={{ width: `${(use[name] / Math.max(1, total)) * 100}%` }} />)}
    </Box>
  );
}
