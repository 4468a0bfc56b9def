import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';

/** What a region says while it has nothing: one line, one reason, at most a few things to do. */
export function EmptyState({ icon, title, body, children }: { icon?: ReactNode; title: string; body?: string; children?: ReactNode }) {
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', alignItems: 'center', justifyContent: 'center', textAlign: 'center', gap: 2, p: 5, minHeight: 140, color: 'text.secondary', '& > svg': { fontSize: 28, opacity: 0.55 } }}>
      {icon}
      <Typography variant="h3" sx={{ color: 'text.primary' }}>{title}</Typography>
      {body === undefined ? null : <Typography variant="body2" sx={{ maxWidth: 300, textWrap: 'balance' }}>{body}</Typography>}
      {children}
    </Box>
  );
}
