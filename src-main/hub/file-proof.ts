import type { FileProof } from '../../src-shared/contract/hub.ts';
import type { HubFile } from '../../src-shared/hub/download-record.ts';

/** By what a file will be proven whole. */
export const proofOf = ({ sha256, gitSha1 }: HubFile): FileProof => (sha256 !== null ? 'sha256' : gitSha1 !== null ? 'git' : 'size');
