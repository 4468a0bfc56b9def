/**
 * Signing as far as the studio does it: whose key, what is claimed, what becomes of the file. `c2patool` itself is a stand-in here that
 * signs the bytes of the file with the key that the manifest names: no machine of this project has had the real one yet.
 */
import { execFileSync } from 'node:child_process';
import { verify, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExportSettings } from '../../src-shared/export/settings.ts';
import { DEFAULT_SEQUENCE } from '../../src-shared/timeline/records/sequence.ts';
import { clipRecord } from '../timeline/sample-document.ts';
import { jobEnd, openTestStudio, writeTestClip, type StudioUnderTest } from './studio-fixture.ts';

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return process.platform !== 'win32';
  } catch {
    return false;
  }
})();

/** What follows the bytes of a file that the stand-in has signed: a mark, the manifest and the signature, as one line. */
const MARK = '\nSTAND-IN ';
const STAND_IN = `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs');
const { sign, createPrivateKey } = require('node:crypto');
const [input, ...rest] = process.argv.slice(2);
if (input === '--version') { console.log('c2patool 0.0.1-stand-in'); process.exit(0); }
const option = (name) => rest[rest.indexOf(name) + 1];
const manifest = JSON.parse(readFileSync(option('--manifest'), 'utf8'));
if (!manifest.private_key || !manifest.sign_cert) { console.error('would use the built-in key'); process.exit(1); }
const bytes = readFileSync(input);
const signature = sign('sha256', bytes, createPrivateKey(readFileSync(manifest.private_key))).toString('base64');
writeFileSync(option('--output'), Buffer.concat([bytes, Buffer.from(${JSON.stringify(MARK)} + JSON.stringify({ manifest, signature }))]));
`;

describe.skipIf(!hasOpenssl)('signing exports', () => {
  const before = process.env['PATH'];
  const folder = mkdtempSync(join(tmpdir(), 'motif-signing-'));
  const at = (name: string): string => join(folder, name);
  let under: StudioUnderTest;
  let projectId: string;

  const certificate = (name: string): { certificate: string; privateKey: string } => {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30', '-subj', `/CN=${name}`, '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)], { stdio: 'ignore' });
    return { certificate: at(`${name}.pem`), privateKey: at(`${name}.key`) };
  };
  const exported = async (name: string, settings: Partial<ExportSettings>) => {
    const { jobs } = await under.client.export.startTimeline({ projectId, settings: ExportSettings.parse({ format: 'mp4-h264', sign: true, ...settings }), path: at(`out/${name}`), clipIds: [] });
    return jobEnd(under.client, projectId, jobs[0]?.jobId ?? '');
  };

  beforeAll(async () => {
    mkdirSync(at('bin'));
    mkdirSync(at('out'));
    under = await openTestStudio();
    projectId = (await under.client.projects.create({ name: 'Signing', path: at('signing.motif') })).id;
    const { jobId } = await under.client.assets.importFile({ projectId, path: await writeTestClip(at('waves.mp4'), { frames: 8 }) });
    const assetId = (await jobEnd(under.client, projectId, jobId)).resultAssetId ?? '';
    const { document } = await under.client.timeline.get({ projectId });
    await under.client.timeline.apply({ projectId, baseRevision: document.revision, label: 'arrange', diff: { added: [clipRecord(1, 0, 8, { assetId, sourceDuration: null, opacity: 0.9 })], removed: [], updated: [{ from: document.records['sequence:main']!, to: { ...DEFAULT_SEQUENCE, width: 64, height: 48 } }] } });
  });
  afterAll(async () => {
    process.env['PATH'] = before;
    await under.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('offers nothing where nothing is installed, and never signs without a key of one\'s own', async () => {
    expect(await under.client.export.signing({})).toEqual({ tool: null, keys: null, signer: null });
    writeFileSync(at('bin/c2patool'), STAND_IN);
    chmodSync(at('bin/c2patool'), 0o755);
    process.env['PATH'] = `${at('bin')}${delimiter}${before ?? ''}`;
    expect(await under.client.export.signing({})).toMatchObject({ tool: '0.0.1-stand-in', keys: null });
    expect(await exported('none.mp4', {})).toMatchObject({ state: 'discarded', error: { message: expect.stringContaining('no certificate to sign with') } });
    expect(readdirSync(at('out'))).toEqual([]);
  }, 60_000);

  it('takes only a certificate and a key that belong together', async () => {
    const [ada, bob] = [certificate('Ada'), certificate('Bob')];
    const set = (keys: { certificate: string; privateKey: string }) => under.client.export.setSigningKeys({ keys });
    await expect(set({ ...ada, privateKey: bob.privateKey })).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('does not belong to the certificate') });
    await expect(set({ ...ada, privateKey: at('nowhere.key') })).rejects.toMatchObject({ message: expect.stringContaining('cannot be read') });
    await expect(set({ certificate: ada.privateKey, privateKey: ada.privateKey })).rejects.toMatchObject({ message: expect.stringContaining('holds no certificate') });
    expect(await set(ada)).toMatchObject({ keys: ada, signer: 'Ada' });
    under = await under.restart();
    expect(await under.client.export.signing({})).toMatchObject({ signer: 'Ada' });
    await under.client.projects.open({ path: at('signing.motif') });
  }, 60_000);

  it('signs with that key, claims what is true, and leaves only the signed file', async () => {
    const job = await exported('film.mp4', {});
    expect([job.state, job.error?.message ?? null]).toEqual(['completed', null]);
    expect(readdirSync(at('out'))).toEqual(['film.mp4']);
    const file = readFileSync(at('out/film.mp4'));
    const cut = file.lastIndexOf(MARK);
    const { manifest, signature } = JSON.parse(file.subarray(cut + MARK.length).toString('utf8')) as { manifest: { alg: string; title: string; assertions: { data: { actions: { digitalSourceType: string }[] } }[] }; signature: string };
    expect(verify('sha256', file.subarray(0, cut), new X509Certificate(readFileSync(at('Ada.pem'))).publicKey, Buffer.from(signature, 'base64'))).toBe(true);
    expect(manifest).toMatchObject({ alg: 'es256', title: 'film.mp4' });
    // An imported clip: nothing of it was generated.
    expect(manifest.assertions[0]?.data.actions[0]?.digitalSourceType).toMatch(/\/composite$/);
    // WebM has no place for it: it is written as ever.
    expect(await exported('film.webm', { format: 'webm-vp9' })).toMatchObject({ state: 'completed' });
    expect(readFileSync(at('out/film.webm')).includes(MARK)).toBe(false);
  }, 60_000);

  it('says what the tool said when it refuses, and leaves nothing', async () => {
    writeFileSync(at('bin/c2patool'), `#!/bin/sh\nif [ "$1" = "--version" ]; then echo "c2patool 9"; exit 0; fi\necho "certificate is not suitable" >&2\nexit 1\n`);
    expect(await exported('refused.mp4', {})).toMatchObject({ state: 'discarded', error: { code: 'INVALID_INPUT', message: expect.stringMatching(/could not sign refused\.mp4.*not suitable.*export without signing/) } });
    expect(existsSync(at('out/refused.mp4'))).toBe(false);
  }, 60_000);
});
