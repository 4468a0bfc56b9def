import { createTheme } from '@mui/material/styles';

const FONT = '"Inter Variable", system-ui, sans-serif';
const LINE = 'var(--mui-palette-divider)';
const RAISED = 'var(--mui-palette-studio-raised)';
/** The accent as the colour of words. */
const ACCENT_WORDS = 'var(--mui-palette-primary-light)';

/** Shades that MUI has no name for; read as `theme.vars.palette.studio.*`. */
interface StudioShades {
  /** Behind everything. */
  readonly desk: string;
  /** Panels. */
  readonly panel: string;
  /** Fields and wells inside panels. */
  readonly well: string;
  /** Hovered or raised surfaces. */
  readonly raised: string;
  /** Hairlines between regions. */
  readonly line: string;
  /** Body of a prompt event and its border. */
  readonly event: string;
  readonly eventLine: string;
  /** Behind the picture. */
  readonly stage: string;
  readonly playhead: string;
}

declare module '@mui/material/styles' {
  interface Palette {
    studio: StudioShades;
  }
  interface PaletteOptions {
    studio?: StudioShades;
  }
  interface TypeBackground {
    studio?: string;
  }
}

/** One calm theme, dark by default: greys, one accent, small type, tight spacing. Words keep a contrast of 4.5 to what is behind them. */
export const studioTheme = createTheme({
  cssVariables: { colorSchemeSelector: 'data-theme' },
  defaultColorScheme: 'dark',
  colorSchemes: {
    dark: {
      palette: {
        primary: { main: '#5a66ea', light: '#a8b0ff', dark: '#4b57d6', contrastText: '#ffffff' },
        error: { main: '#f47f88' },
        warning: { main: '#e2a03f' },
        success: { main: '#3fb984' },
        background: { default: '#0e0f11', paper: '#1d1f23' },
        text: { primary: '#e8e9ec', secondary: '#9b9fa8', disabled: '#888c95' },
        divider: '#282b30',
        studio: {
          desk: '#0e0f11', panel: '#16181b', well: '#101214', raised: '#22252a', line: '#26292e',
          event: '#272c52', eventLine: '#4d57b8', stage: '#08090a', playhead: '#ff6b5e',
        },
      },
    },
    light: {
      palette: {
        primary: { main: '#4f5bd5', light: '#3f4abf', dark: '#3f4abf', contrastText: '#ffffff' },
        error: { main: '#b92a37' },
        warning: { main: '#8a5607' },
        success: { main: '#17744a' },
        background: { default: '#e9eaed', paper: '#ffffff' },
        text: { primary: '#1b1d21', secondary: '#5a5f69', disabled: '#666b75' },
        divider: '#d9dbe0',
        studio: {
          desk: '#e2e4e8', panel: '#f6f7f8', well: '#ffffff', raised: '#eceef1', line: '#d9dbe0',
          event: '#dfe2ff', eventLine: '#8d96ee', stage: '#1a1b1e', playhead: '#d93a2b',
        },
      },
    },
  },
  shape: { borderRadius: 6 },
  spacing: 4,
  transitions: { duration: { enteringScreen: 140, leavingScreen: 100 } },
  typography: {
    fontFamily: FONT,
    fontSize: 13,
    htmlFontSize: 16,
    h1: { fontSize: 30, fontWeight: 650, letterSpacing: '-0.022em', lineHeight: 1.15 },
    h2: { fontSize: 15, fontWeight: 600, letterSpacing: '-0.01em' },
    h3: { fontSize: 13, fontWeight: 600 },
    body1: { fontSize: 13, lineHeight: 1.5 },
    body2: { fontSize: 12, lineHeight: 1.45 },
    caption: { fontSize: 11, lineHeight: 1.4 },
    overline: { fontSize: 11, fontWeight: 600, letterSpacing: '0.02em', textTransform: 'none', lineHeight: 1.4 },
    button: { fontSize: 12.5, fontWeight: 550, textTransform: 'none', letterSpacing: 0 },
  },
  components: {
    MuiCssBaseline: {
      styleOverrides: {
        'html, body, #root': { height: '100%' },
        body: { overflow: 'hidden', textRendering: 'geometricPrecision' },
        '*::-webkit-scrollbar': { width: 10, height: 10 },
        '*::-webkit-scrollbar-thumb': { background: 'var(--mui-palette-studio-raised)', borderRadius: 8, border: '2px solid transparent', backgroundClip: 'padding-box' },
        '*::-webkit-scrollbar-corner': { background: 'transparent' },
        ':focus-visible': { outline: '2px solid var(--mui-palette-primary-light)', outlineOffset: 1 },
        // Signs of work go on, calmly: what turns in no time at all would flicker.
        '@media (prefers-reduced-motion: reduce)': {
          '*, *::before, *::after': { transitionDuration: '0.01ms !important' },
          '*:not([class*=Progress]):not([class*=Skeleton])': { animationDuration: '0.01ms !important', animationIterationCount: '1 !important' },
          '.MuiLinearProgress-indeterminate > span': { animation: 'none !important', left: 0, right: 0, width: 'auto', opacity: 0.6 },
        },
      },
    },
    // Browsers give buttons a font of their own.
    MuiButtonBase: { defaultProps: { disableRipple: true }, styleOverrides: { root: { fontFamily: 'inherit' } } },
    MuiButton: {
      defaultProps: { size: 'small', disableElevation: true },
      styleOverrides: { root: { borderRadius: 6, minHeight: 30, paddingInline: 12, '&.MuiButton-colorPrimary:not(.MuiButton-contained):not(.Mui-disabled)': { color: ACCENT_WORDS }, '&.MuiButton-outlined.MuiButton-colorInherit': { borderColor: LINE, '&:hover': { background: RAISED } } }, sizeLarge: { minHeight: 44, paddingInline: 22, fontSize: 14.5, borderRadius: 8 } },
    },
    MuiIconButton: { defaultProps: { size: 'small' }, styleOverrides: { root: { borderRadius: 6, color: 'inherit', '&:hover': { background: RAISED } } } },
    MuiTooltip: { defaultProps: { enterDelay: 500, arrow: false }, styleOverrides: { tooltip: { fontSize: 11.5, fontWeight: 450, background: 'var(--mui-palette-studio-raised)', color: 'var(--mui-palette-text-primary)', border: '1px solid var(--mui-palette-divider)' } } },
    MuiPaper: { styleOverrides: { root: { backgroundImage: 'none' } } },
    MuiDialog: { styleOverrides: { paper: { border: '1px solid var(--mui-palette-divider)', borderRadius: 10 } } },
    MuiDialogTitle: { styleOverrides: { root: { fontSize: 15, fontWeight: 600, padding: '16px 20px 8px' } } },
    MuiDialogContent: { styleOverrides: { root: { padding: '8px 20px' } } },
    MuiDialogActions: { styleOverrides: { root: { padding: '12px 20px 16px' } } },
    MuiMenu: { defaultProps: { transitionDuration: 120 }, styleOverrides: { paper: { border: '1px solid var(--mui-palette-divider)' }, list: { paddingBlock: 4 } } },
    MuiMenuItem: { styleOverrides: { root: { fontSize: 12.5, minHeight: 30, paddingBlock: 4 } } },
    MuiTextField: { defaultProps: { size: 'small', fullWidth: true } },
    // Names stand above their fields, always at the same place; nothing floats.
    MuiInputLabel: {
      defaultProps: { shrink: true },
      styleOverrides: { root: { position: 'static', transform: 'none', maxWidth: 'none', marginBottom: 4, fontSize: 12, fontWeight: 500, lineHeight: 1.4, pointerEvents: 'auto', color: 'var(--mui-palette-text-secondary)', '&.Mui-focused': { color: 'var(--mui-palette-text-secondary)' } } },
    },
    MuiOutlinedInput: {
      defaultProps: { notched: false },
      styleOverrides: {
        root: {
          background: 'var(--mui-palette-studio-well)', fontSize: 13, minHeight: 32, '&.MuiInputBase-multiline': { padding: '6px 10px' }, '&.MuiInputBase-multiline .MuiInputBase-input': { padding: 0 },
          '&:hover:not(.Mui-focused):not(.Mui-error):not(.Mui-disabled) .MuiOutlinedInput-notchedOutline': { borderColor: 'var(--mui-palette-text-disabled)' },
          '&.Mui-focused .MuiOutlinedInput-notchedOutline': { borderWidth: 1, boxShadow: '0 0 0 1px var(--mui-palette-primary-main)' },
        },
        input: { paddingBlock: 6 },
        notchedOutline: { borderColor: LINE, top: 0, '& legend': { display: 'none' } },
      },
    },
    MuiFormHelperText: { styleOverrides: { root: { marginInline: 0, marginTop: 4, fontSize: 11.5, lineHeight: 1.4 } } },
    MuiTabs: { styleOverrides: { root: { minHeight: 36 }, indicator: { height: 2 } } },
    MuiTab: { styleOverrides: { root: { minHeight: 36, minWidth: 0, padding: '0 12px', fontSize: 12.5, '&.Mui-selected': { color: 'var(--mui-palette-primary-light)' } } } },
    MuiChip: { styleOverrides: { root: { borderRadius: 6, fontSize: 11.5 }, sizeSmall: { height: 22 }, outlined: { '&:not([class*=olorPrimary]):not([class*=olorSuccess]):not([class*=olorWarning]):not([class*=olorError])': { borderColor: LINE } } } },
    MuiToggleButton: {
      styleOverrides: {
        root: {
          textTransform: 'none', color: 'var(--mui-palette-text-secondary)', padding: '5px 8px', fontSize: 12, borderColor: LINE,
          '&.Mui-selected, &.Mui-selected:hover': { background: 'var(--mui-palette-studio-event)', color: 'var(--mui-palette-text-primary)', borderColor: 'var(--mui-palette-studio-eventLine)' },
        },
      },
    },
    MuiLinearProgress: { styleOverrides: { root: { height: 3, borderRadius: 2, background: 'var(--mui-palette-studio-raised)' } } },
  },
});
