import type { PartRole } from '../contract/models.ts';

/** A repository of the Show-1 family that the studio can offer by name. */
export interface KnownRepository {
  readonly repository: string;
  readonly role: PartRole;
  /** Its owner asks for an account and a click on the hub before files are given out. */
  readonly gated: boolean;
  /** Which of the weights a first look should choose. */
  readonly precision: 'fp16' | 'full';
  /** It carries the same T5 text encoder as the first stage; that one serves all. */
  readonly sharesText: boolean;
  /** What is downloaded of it, roughly, in bytes; the hub tells exactly. */
  readonly aboutBytes: number;
}

/** The published repositories of the cascade, in the order in which its stages run. */
export const KNOWN_REPOSITORIES: readonly KnownRepository[] = [
  { repository: 'showlab/show-1-base', role: 'keyframes', gated: false, precision: 'full', sharesText: false, aboutBytes: 13.0e9 },
  { repository: 'showlab/show-1-interpolation', role: 'interpolation', gated: false, precision: 'full', sharesText: true, aboutBytes: 3.5e9 },
  { repository: 'DeepFloyd/IF-II-L-v1.0', role: 'firstFrame', gated: true, precision: 'fp16', sharesText: true, aboutBytes: 2.5e9 },
  { repository: 'showlab/show-1-sr1', role: 'superResolution1', gated: false, precision: 'full', sharesText: true, aboutBytes: 1.6e9 },
  { repository: 'showlab/show-1-sr2', role: 'superResolution2', gated: false, precision: 'full', sharesText: false, aboutBytes: 3.7e9 },
];
