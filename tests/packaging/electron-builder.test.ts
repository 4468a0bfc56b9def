import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** electron-builder's own loader and JSON schema, as `npm run dist` uses them; neither needs the network. */
interface BuilderConfigModule {
  getConfig(projectDir: string, configPath: string, overrides: null): Promise<Record<string, unknown>>;
  validateConfiguration(config: unknown, debugLogger: { isEnabled: boolean; add(): void }): Promise<void>;
}
const fromBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
const builder = fromBuilder('app-builder-lib/out/util/config/config') as BuilderConfigModule;

const load = () => builder.getConfig(root, 'electron-builder.yml', null);
const silent = { isEnabled: false, add: () => undefined };

describe('electron-builder.yml', () => {
  test('is valid by the schema of the installed electron-builder', async () => {
    await builder.validateConfiguration(await load(), silent);
  });

  test('and that schema does refuse a wrong option', async () => {
    await expect(builder.validateConfiguration({ ...(await load()), electronFuses: { runAsNode: 'no' } }, silent)).rejects.toThrow(/runAsNode/);
    await expect(builder.validateConfiguration({ ...(await load()), fusess: {} }, silent)).rejects.toThrow(/fusess/);
  });

  test('packages the three desktops and opens .motif files', async () => {
    const config = await load();
    expect(config).toMatchObject({
      appId: 'app.motifstudio',
      asar: true,
      win: { target: 'nsis' },
      mac: { target: ['dmg', 'zip'] },
      linux: { target: ['AppImage', 'deb'] },
      fileAssociations: [{ ext: 'motif' }],
    });
  });

  test('flips every fuse that lets another program run code as the studio', async () => {
    const { electronFuses } = await load();
    expect(electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
      resetAdHocDarwinSignature: true,
    });
  });

  test('leaves every native library and program outside the archive', async () => {
    const { asarUnpack } = (await load()) as { asarUnpack: string[] };
    for (const place of ['better-sqlite3/prebuilds', 'onnxruntime-node/bin', '@ffmpeg-installer', '@ffprobe-installer']) {
      expect(asarUnpack).toContain(`node_modules/${place}/**`);
      expect(existsSync(path.join(root, 'node_modules', place)), place).toBe(true);
    }
  });

  test('its icon is a square PNG large enough for every desktop', async () => {
    const { icon } = (await load()) as { icon: string };
    const bytes = readFileSync(path.join(root, icon));
    expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1024, 1024]);
  });
});

describe('package.json', () => {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;

  test('pins every package to one version', () => {
    for (const [name, version] of Object.entries({ ...manifest['dependencies'], ...manifest['devDependencies'] })) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  test('lists Electron as a development dependency only, so that the package carries it once', () => {
    expect(manifest['dependencies']).not.toHaveProperty('electron');
    expect(manifest['devDependencies']).toHaveProperty('electron');
  });
});
