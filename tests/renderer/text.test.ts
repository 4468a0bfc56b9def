import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import en from '../../assets/locales/en.json' with { type: 'json' };
import { t } from '../../src-renderer/i18n/text.ts';

const root = path.resolve(import.meta.dirname, '../../src-renderer');
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name)).map((name) => readFileSync(path.join(root, name), 'utf8'));
const keys = Object.keys(en);

/** Strings that look like a key of a known group, and `${}` patterns of computed keys, wherever they stand. */
const groups = [...new Set(keys.map((key) => key.split('.')[0]))].join('|');
const written = new Set(sources.flatMap((source) => [...source.matchAll(new RegExp(`'((?:${groups})\\.[A-Za-z0-9.-]+)'`, 'g'))].map((match) => match[1] ?? '')));
const computed = [...new Set(sources.flatMap((source) => [...source.matchAll(/\bt\([^`'),]*`([^`]+)`/g)].map((match) => match[1] ?? '')))].map((pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/\$\{[^}]+\}/g, '[\\w-]+')}$`));

describe('the words of the window', () => {
  it('has every key that is written in the code', () => {
    expect([...written].filter((key) => !(key in en) && !/\.(mp4|tsx?)$/.test(key))).toEqual([]);
    expect(written.size).toBeGreaterThan(100);
  });

  it('has words for every computed key', () => {
    for (const pattern of computed) expect([String(pattern), keys.some((key) => pattern.test(key))]).toEqual([String(pattern), true]);
  });

  it('has no key that nothing uses', () => {
    expect(keys.filter((key) => !written.has(key) && !computed.some((pattern) => pattern.test(key)))).toEqual([]);
  });

  it('has no empty words and keeps them in order', () => {
    expect(Object.entries(en).filter(([, words]) => words.trim() === '')).toEqual([]);
    expect(keys).toEqual(keys.toSorted());
  });

  it('fills placeholders and leaves unknown ones visible', () => {
    expect(t('takes.ofEvent', { count: 3 })).toBe('Takes (3)');
    expect(t('takes.ofEvent')).toBe('Takes ({count})');
  });
});
