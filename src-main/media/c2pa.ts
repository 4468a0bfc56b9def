/**
 * Content Credentials (C2PA) by way of `c2patool`, where a creator has it installed. It is looked for when it is needed and never
 * shipped; and it never signs without the creator's own key, because one that many share says nothing about anyone.
 */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { constants } from 'node:fs';
import { access, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { SigningKeys } from '../../src-shared/export/signing.ts';
import { run } from './run.ts';

/** The tool that was found. */
export interface C2paTool {
  readonly binary: string;
  readonly version: string;
}

/** How much of a work the models made: all of it, a part, nothing. */
export type Generated = 'all' | 'some' | 'none';

const SOURCE_TYPES: Readonly<Record<Generated, string>> = { all: 'trainedAlgorithmicMedia', some: 'compositeWithTrainedAlgorithmicMedia', none: 'composite' };

/** Looks for `c2patool` on PATH; null when there is none that answers. */
export async function findC2paTool(searchPath = process.env['PATH'] ?? ''): Promise<C2paTool | null> {
  for (const folder of searchPath.split(path.delimiter).filter((each) => path.isAbsolute(each))) {
    const binary = path.join(folder, process.platform === 'win32' ? 'c2patool.exe' : 'c2patool');
    try {
      await access(binary, constants.X_OK);
      const answer = (await run(binary, ['--version'], { purpose: 'tell its version', timeoutMs: 10_000 })).toString('utf8');
      const version = /^c2patool (\S+)/.exec(answer)?.[1];
      if (version !== undefined) return { binary, version };
    } catch {
      // Another folder may have one that works.
    }
  }
  return null;
}

const CURVES: Readonly<Record<string, string>> = { prime256v1: 'es256', secp384r1: 'es384', secp521r1: 'es512' };

/** C2PA's name for the signatures of a key; null for keys that it does not take. */
function algorithmOf(key: KeyObject): string | null {
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519';
  if (key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'rsa-pss') return 'ps256';
  return key.asymmetricKeyType === 'ec' ? (CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? null) : null;
}

/** Reads certificate and key and checks that they belong together; INVALID_INPUT says which of them is wrong, and how to mend it. */
export async function checkSigningKeys({ certificate, privateKey }: SigningKeys): Promise<{ readonly algorithm: string; readonly signer: string }> {
  const refuse = (message: string, cause?: unknown): StudioError => new StudioError('INVALID_INPUT', message, { cause });
  const read = async (file: string, what: string): Promise<Buffer> => {
    if (!path.isAbsolute(file)) throw refuse(`${file} is not a whole path. Give the ${what} from the top of the disk.`);
    return readFile(file).catch((error: unknown) => {
      throw refuse(`The ${what} ${file} cannot be read. Check the path.`, error);
    });
  };
  const [chain, secret] = [await read(certificate, 'certificate'), await read(privateKey, 'private key')];
  let [own, key]: [X509Certificate | null, KeyObject | null] = [null, null];
  try {
    own = new X509Certificate(chain);
  } catch (error) {
    throw refuse(`${certificate} holds no certificate. Choose a PEM file that begins with your own.`, error);
  }
  try {
    key = createPrivateKey(secret);
  } catch (error) {
    throw refuse(`${privateKey} holds no private key that can be read. Choose a PEM file without a passphrase.`, error);
  }
  if (!own.checkPrivateKey(key)) throw refuse('The private key does not belong to the certificate. Choose the pair that was made together.');
  if (Date.parse(own.validTo) < Date.now()) throw refuse(`The certificate ran out on ${own.validTo}. Choose one that is valid.`);
  const algorithm = algorithmOf(key);
  if (algorithm === null) throw refuse('C2PA does not take keys of this kind. Use an EC key (P-256, P-384, P-521), RSA or Ed25519.');
  return { algorithm, signer: /^(?:CN|O)=(.+)$/m.exec(own.subject)?.[1] ?? own.subject.replaceAll('\n', ', ') };
}

/** What is claimed of a file: who wrote it, under which name, and how much of it models made. */
export function manifestOf({ keys, algorithm, title, version, generated }: { readonly keys: SigningKeys; readonly algorithm: string; readonly title: string; readonly version: string; readonly generated: Generated }): object {
  return {
    alg: algorithm, sign_cert: keys.certificate, private_key: keys.privateKey, title,
    claim_generator_info: [{ name: 'Motif Studio', version }],
    assertions: [{ label: 'c2pa.actions.v2', data: { actions: [{ action: 'c2pa.created', digitalSourceType: `http://cv.iptc.org/newscodes/digitalsourcetype/${SOURCE_TYPES[generated]}`, softwareAgent: { name: 'Motif Studio', version } }] } }],
  };
}

/** A finished file to be signed. `output` has the same ending. */
export interface SignRequest {
  readonly input: string;
  readonly output: string;
  readonly keys: SigningKeys;
  readonly title: string;
  readonly version: string;
  readonly generated: Generated;
  /** A folder for the manifest on its way; it names the key's file, never the key. */
  readonly scratch: string;
  readonly signal?: AbortSignal;
}

/** Writes a signed copy of a file. */
export async function signFile(tool: C2paTool | null, request: SignRequest): Promise<void> {
  const { input, output, keys, title, scratch, signal } = request;
  if (tool === null) throw new StudioError('CAPABILITY_UNAVAILABLE', 'There is no c2patool on this machine to sign with. Install it, or export without signing.');
  const { algorithm } = await checkSigningKeys(keys);
  const manifest = path.join(scratch, 'c2pa-manifest.json');
  await writeFile(manifest, JSON.stringify(manifestOf({ ...request, algorithm })), { mode: 0o600 });
  try {
    await run(tool.binary, [input, '--manifest', manifest, '--output', output, '--force'], { purpose: `sign ${title}`, timeoutMs: 60 * 60_000, signal });
  } catch (error) {
    if (!StudioError.is(error, 'FFMPEG_FAILED')) throw error;
    const lines = error.details['stderr'];
    const last = Array.isArray(lines) ? (lines.at(-1) ?? '') : '';
    throw new StudioError('INVALID_INPUT', `c2patool could not sign ${title}${last === '' ? '' : `: ${last}`}. Check that your certificate is one for signing (C2PA asks for the e-mail or document signing purpose), or export without signing.`, { details: error.details, cause: error });
  }
  await access(output).catch((error: unknown) => {
    throw new StudioError('INVALID_INPUT', `c2patool wrote no signed file for ${title}. Update it, or export without signing.`, { cause: error });
  });
}
