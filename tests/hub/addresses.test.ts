import { describe, expect, it } from 'vitest';
import { coveredBytes, joinRanges, missingPieces } from '../../src-main/hub/byte-ranges.ts';
import { chooseFiles } from '../../src-main/hub/choose-files.ts';
import { followRedirect, mayCarryToken, nearnessOf, parseHubAddress, writeHubAddress } from '../../src-main/hub/hub-address.ts';
import { parseRetryAfter } from '../../src-main/hub/setback.ts';
import { TransferSpeed } from '../../src-main/hub/transfer-speed.ts';

describe('addresses', () => {
  it.each([['https://hub.example/', 'https://hub.example'], ['http://localhost:8080', 'http://localhost:8080'], ['http://192.168.1.4/mirror/', 'http://192.168.1.4/mirror'], [' https://hub.example/a ', 'https://hub.example/a']])('are read: %s', (text, written) => {
    expect(writeHubAddress(parseHubAddress(text))).toBe(written);
  });

  it.each(['http://hub.example', 'ftp://hub.example', 'hub.example', 'https://me:secret@hub.example', 'https://hub.example/?a=1', 'file:///etc', ''])('are refused: %s', (text) => {
    expect(() => parseHubAddress(text)).toThrow(/An address looks like https:\/\/huggingface\.co/);
  });

  it('are told apart by how near they are, whatever they are written like', () => {
    expect(['127.0.0.1', '0x7f000001', '2130706433', '[::1]', '[::ffff:127.0.0.1]', 'a.localhost'].map((host) => nearnessOf(new URL(`http://${host}/`).hostname))).toEqual([2, 2, 2, 2, 2, 2]);
    expect(['10.1.2.3', '169.254.169.254', '[fd00::1]', 'nas.local', 'nas'].map((host) => nearnessOf(new URL(`http://${host}/`).hostname))).toEqual([1, 1, 1, 1, 1]);
    expect(nearnessOf('hub.example')).toBe(0);
  });
});

describe('redirects', () => {
  const web = new URL('https://hub.example/x');
  it.each(['http://127.0.0.1/', 'https://127.0.0.1/', 'https://169.254.169.254/latest', 'https://[::ffff:10.0.0.1]/', 'https://printer.local/', 'http://other.example/', 'file:///etc/passwd', 'javascript:alert(1)', 'https://a:b@other.example/'])('from the web are not followed to %s', (to) => {
    expect(() => followRedirect(web, to, web)).toThrow(/redirect that is not followed/);
  });

  it('are followed to other hosts and relative places, without the token', () => {
    expect(followRedirect(web, 'https://store.example/y?sig=1', web).href).toBe('https://store.example/y?sig=1');
    expect(followRedirect(web, '/z', web).href).toBe('https://hub.example/z');
    expect([mayCarryToken(new URL('https://hub.example/z'), web.origin), mayCarryToken(new URL('https://store.example/'), web.origin), mayCarryToken(new URL('https://hub.example:444/'), web.origin)]).toEqual([true, false, false]);
    expect([mayCarryToken(new URL('http://192.168.1.4/'), 'http://192.168.1.4'), mayCarryToken(new URL('http://127.0.0.1:1/'), 'http://127.0.0.1:1')]).toEqual([false, true]);
  });
});

describe('ranges', () => {
  it('are joined, counted and completed in pieces', () => {
    const ranges = [{ start: 30, end: 40 }, { start: 0, end: 10 }, { start: 10, end: 12 }, { start: 35, end: 50 }];
    expect(joinRanges(ranges)).toEqual([{ start: 0, end: 12 }, { start: 30, end: 50 }]);
    expect(coveredBytes(ranges)).toBe(32);
    expect(missingPieces(ranges, 60, 10)).toEqual([{ start: 12, end: 22 }, { start: 22, end: 30 }, { start: 50, end: 60 }]);
    expect(missingPieces([], 0, 10)).toEqual([]);
  });
});

describe('what is chosen', () => {
  const files = (...paths: string[]) => paths.map((path) => ({ path, sizeBytes: 1, sha256: null, gitSha1: null }));
  const chosen = (precision: 'fp16' | 'full', withoutText: boolean, ...paths: string[]) => chooseFiles(files(...paths), precision, withoutText).wanted.map(({ path }) => path);
  const unet = ['unet/config.json', 'unet/diffusion_pytorch_model.bin', 'unet/diffusion_pytorch_model.fp16.bin', 'unet/diffusion_pytorch_model.safetensors', 'unet/diffusion_pytorch_model.fp16.safetensors', 'unet/diffusion_flax_model.msgpack'];

  it('is one form of the weights', () => {
    expect(chosen('full', false, ...unet)).toEqual(['unet/config.json', 'unet/diffusion_pytorch_model.safetensors']);
    expect(chosen('fp16', false, ...unet)).toEqual(['unet/config.json', 'unet/diffusion_pytorch_model.fp16.safetensors']);
    expect(chosen('fp16', false, ...unet.slice(0, 2))).toEqual(['unet/config.json', 'unet/diffusion_pytorch_model.bin']);
  });

  it('is an index with all of its shards, in either way of naming variants', () => {
    const shards = ['text_encoder/config.json', 'text_encoder/model.safetensors.index.fp16.json', 'text_encoder/model.fp16-00001-of-00002.safetensors', 'text_encoder/model.fp16-00002-of-00002.safetensors', 'text_encoder/pytorch_model.bin'];
    expect(chosen('fp16', false, ...shards)).toEqual(shards.slice(0, 4));
    expect(chosen('full', false, ...shards)).toEqual(['text_encoder/config.json', 'text_encoder/pytorch_model.bin']);
    expect(chosen('full', true, ...shards, 'tokenizer/spiece.model', ...unet.slice(0, 2))).toEqual(unet.slice(0, 2));
  });

  it('is what reads of a network alone, at the root', () => {
    const t5 = ['config.json', 'spiece.model', 'tokenizer_config.json', 'pytorch_model.bin', 'tf_model.h5', 'README.md'];
    expect(chosen('full', false, ...t5)).toEqual(t5.slice(0, 4));
    expect(chosen('full', false, 'config.json', 'diffusion_pytorch_model.bin', 'diffusion_pytorch_model.safetensors')).toEqual(['config.json', 'diffusion_pytorch_model.safetensors']);
    // In a pipeline the root has no network of its own.
    expect(chooseFiles(files('config.json', ...unet), 'full', false).withoutWeights).toEqual([]);
  });

  it('says which network has no weights that can be read', () => {
    expect(chooseFiles(files('config.json', 'weights.ckpt'), 'full', false).withoutWeights).toEqual(['']);
    expect(chooseFiles(files('unet/config.json', 'unet/weights.ckpt'), 'full', false).withoutWeights).toEqual(['unet']);
  });
});

describe('time', () => {
  it('that a server asks for is read as seconds or as a date, and bounded', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(['7', 'Thu, 01 Jan 2026 00:00:30 GMT', '999999999', 'soon', null].map((header) => parseRetryAfter(header, now))).toEqual([7_000, 30_000, 900_000, null, null]);
  });

  it('left is told only once two seconds were seen, and not while nothing comes', () => {
    let now = 0;
    const speed = new TransferSpeed(() => now);
    speed.add(1_000);
    now = 1_000;
    expect([speed.bytesPerSecond(), speed.remainingMs(10)]).toEqual([null, null]);
    now = 2_000;
    speed.add(3_000);
    expect([speed.bytesPerSecond(), speed.remainingMs(4_000)]).toEqual([2_000, 2_000]);
    now = 20_000;
    expect([speed.bytesPerSecond(), speed.remainingMs(4_000)]).toEqual([0, null]);
  });
});
