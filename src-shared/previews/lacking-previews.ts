import type { Asset } from '../contract/assets.ts';

/** Which previews a file of the library should have and has not yet. */
export const lackingPreviews = ({ kind, filmstrip, hasAudio, hasWaveform }: Pick<Asset, 'kind' | 'filmstrip' | 'hasAudio' | 'hasWaveform'>): { readonly filmstrip: boolean; readonly waveform: boolean } => ({
  filmstrip: kind === 'video' && filmstrip === null, waveform: (kind === 'audio' || (kind === 'video' && hasAudio)) && !hasWaveform,
});
