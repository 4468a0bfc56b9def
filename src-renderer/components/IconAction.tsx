import IconButton from '@mui/material/IconButton';
import Tooltip from '@mui/material/Tooltip';
import type { SxProps } from '@mui/material/styles';
import type { MouseEvent, ReactNode } from 'react';
import { KeyCaps } from './KeyCaps.tsx';

export interface IconActionProps {
  readonly label: string;
  readonly icon: ReactNode;
  readonly onClick: (event: MouseEvent<HTMLElement>) => void;
  readonly shortcut?: string | undefined;
  readonly disabled?: boolean;
  /** Given for toggles: announced as pressed and drawn in the accent. */
  readonly pressed?: boolean;
  readonly edge?: 'start' | 'end';
  readonly sx?: SxProps;
}

/** A small icon button with its name and shortcut in a tooltip. */
export function IconAction({ label, icon, onClick, shortcut, disabled = false, pressed, edge, sx }: IconActionProps) {
  return (
    <Tooltip title={<KeyCaps label={label} shortcut={shortcut} />} disableInteractive>
      <span>
        <IconButton aria-label={label} aria-pressed={pressed} onClick={onClick} disabled={disabled} edge={edge} sx={{ p: 1.25, color: pressed ? 'primary.light' : 'text.secondary', '&:hover': { color: 'text.primary' }, '& svg': { fontSize: 18 }, ...sx }}>
          {icon}
        </IconButton>
      </span>
    </Tooltip>
  );
}
