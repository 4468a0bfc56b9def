import type { PartRole } from '../contract/models.ts';

/** A repository of the Show-1 family that the studio can offer by name. */
export interface KnownRepository {
  readonly repository: string;
  readonly role: PartRole;
  /** Its owner asks for an account and a click on the hub before files are given out. */
  readonly gated: boolean;
  /** Which of the weights a first look should choose. */
  readonly precision: 'fp16' | 'full';
}

/** The published repositories of the cascade, in the order in which its stages run. */
export const KNOWN_REPOSITORIES: readonly KnownRepository[] = [
  { repository: 'showlab/show-1-base', role: 'keyframes', gated: false, precision: 'full' },
  { repository: 'showlab/show-1-interpolation', role: 'interpolation', gated: false, precision: 'full' },
  { repository: 'DeepFloyd/IF-II-L-v1.0', role: 'firstFrame', gated: true, precision: 'fp16' },
  { repository: 'showlab/show-1-sr1', role: 'superResolution1', gated: false, precision: 'full' },
  { repository: 'showlab/show-1-sr2', role: 'superResolution2', gated: false, precision: 'full' },
];
