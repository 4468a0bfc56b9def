import { withCaseFolder } from './case-folder.ts';
import { checkAutoencoderCase, checkTextCase } from './network-cases.ts';
import type { CaseResult } from './report.ts';
import { checkUnetCase } from './unet-case.ts';

/** Compares the engine with what a folder recorded. */
export function checkCase(folder: string): Promise<CaseResult> {
  return withCaseFolder(folder, (found) => {
    switch (found.kind) {
      case 'unet': return checkUnetCase(found);
      case 'autoencoder': return checkAutoencoderCase(found);
      case 't5':
      case 'clip': return checkTextCase(found);
    }
  });
}
