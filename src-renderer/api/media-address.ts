import type { Asset } from '../../src-shared/contract/assets.ts';

/** Media addresses of a host; ids are opaque and are encoded all the same. */
const part = encodeURIComponent;

export const assetUrl = (mediaBase: string, projectId: string, assetId: string): string => `${mediaBase}/asset/${part(projectId)}/${part(assetId)}`;

/** Poster of an asset, or null while there is none. */
export const thumbnailUrl = (mediaBase: string, projectId: string, asset: Pick<Asset, 'id' | 'hasThumbnail'>): string | null =>
  asset.hasThumbnail ? `${mediaBase}/thumbnail/${part(projectId)}/${part(asset.id)}` : null;

/** Frames of a clip beside each other, or null while there are none. */
export const filmstripUrl = (mediaBase: string, projectId: string, asset: Pick<Asset, 'id' | 'filmstrip'>): string | null =>
  asset.filmstrip === null ? null : `${mediaBase}/filmstrip/${part(projectId)}/${part(asset.id)}`;

/** The course of a sound as a picture, or null while there is none. */
export const waveformUrl = (mediaBase: string, projectId: string, asset: Pick<Asset, 'id' | 'hasWaveform'>): string | null =>
  asset.hasWaveform ? `${mediaBase}/waveform/${part(projectId)}/${part(asset.id)}` : null;

/** The stand-in of a clip, or null while there is none. */
export const standInUrl = (mediaBase: string, projectId: string, asset: Pick<Asset, 'id' | 'hasProxy'>): string | null =>
  asset.hasProxy ? `${mediaBase}/proxy/${part(projectId)}/${part(asset.id)}` : null;

/** What a card plays of an asset: its stand-in where there is one. */
export const playUrl = (mediaBase: string, projectId: string, asset: Pick<Asset, 'id' | 'hasProxy'>): string =>
  standInUrl(mediaBase, projectId, asset) ?? assetUrl(mediaBase, projectId, asset.id);

export const previewUrl = (mediaBase: string, projectId: string, jobId: string, version: number): string =>
  `${mediaBase}/preview/${part(projectId)}/${part(jobId)}?v=${version}`;

export const uploadUrl = (mediaBase: string, projectId: string, fileName: string): string => `${mediaBase}/upload/${part(projectId)}/${part(fileName)}`;

export const motionUploadUrl = (mediaBase: string, projectId: string, fileName: string): string => `${mediaBase}/upload-motion/${part(projectId)}/${part(fileName)}`;

/** Address that answers with an asset as a file to be saved. */
export const downloadUrl = (mediaBase: string, projectId: string, assetId: string): string => `${mediaBase}/download/${part(projectId)}/${part(assetId)}`;
