/**
 * Compares the engine with numbers recorded from official code.
 *
 *   npm run parity -- FOLDER
 *
 * FOLDER has `case.safetensors` (inputs, outputs, and for UNets noise, losses and gradients) and a network: `unet/`, `vae/` or
 * `text_encoder/` as diffusers lays them out, or `config.json` beside the case. It may have `trace.safetensors` (a guided run).
 * Prints one JSON object; what the folder does not have is null. Exit code 1 when a bound is broken or the folder cannot be used.
 */
import { StudioError } from '../src-shared/errors/studio-error.ts';
import { checkCase } from './parity/check-case.ts';
import { isWithinBounds } from './parity/report.ts';

try {
  const [folder, ...rest] = process.argv.slice(2);
  if (folder === undefined || rest.length > 0 || folder.startsWith('-')) throw new StudioError('INVALID_INPUT', 'Usage: npm run parity -- FOLDER');
  const result = await checkCase(folder);
  process.stdout.write(`${JSON.stringify(result.report)}\n`);
  if (!isWithinBounds(result)) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${StudioError.from(error).message}\n`);
  process.exitCode = 1;
}
