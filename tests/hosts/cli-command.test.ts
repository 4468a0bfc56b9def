import { describe, expect, it } from 'vitest';
import { commandHelp, nearest, parseCommandLine, requirePositionals, type Command } from '../../src-main/hosts/cli/command.ts';
import { createTerminal, formatDuration, partLine } from '../../src-main/hosts/cli/terminal.ts';
import type { Job } from '../../src-shared/contract/jobs.ts';

const command: Command = {
  name: 'paint', summary: 'Paints.', arguments: 'FILE',
  options: [{ name: 'seed', value: 'N', help: 'the seed' }, { name: 'preset', value: 'NAME', help: 'the preset' }, { name: 'open', help: 'opens it' }],
  run: async () => ({}),
};
const parse = (...argv: string[]) => parseCommandLine(command, argv);

describe('parseCommandLine', () => {
  it('reads options and positionals in any order', () => {
    const input = parse('a.motif', '--seed', '7', '--open', '--preset=draft');
    expect([input.positionals, input.integer('seed', 0, 10), input.on('open'), input.choice('preset', ['draft', 'final'])]).toEqual([['a.motif'], 7, true, 'draft']);
    expect(parse('--', '--seed').positionals).toEqual(['--seed']);
  });

  it.each([
    [['--sed', '7'], 'Unknown option --sed. Did you mean --seed? See: motif paint --help'],
    [['--wibble'], 'Unknown option --wibble. See: motif paint --help'],
    [['-x'], 'Unknown option -x. See: motif paint --help'],
    [['--seed'], '--seed needs a value: --seed N (write --seed=VALUE when it begins with a dash). See: motif paint --help'],
    [['--seed', '--open'], '--seed needs a value: --seed N (write --seed=VALUE when it begins with a dash). See: motif paint --help'],
    [['--open=yes'], '--open takes no value. See: motif paint --help'],
  ])('explains %j', (argv, message) => {
    expect(() => parse(...argv)).toThrow(message);
  });

  it.each(['7.5', '-1', '11', '0x7', '1e3', 'seven', '', ' 7', '99999999999999999999'])('refuses --seed %j, naming the bounds', (given) => {
    expect(() => parse(`--seed=${given}`).integer('seed', 0, 10)).toThrow(`--seed is "${given}": give a whole number from 0 to 10.`);
  });

  it('refuses a word that is not among the choices', () => {
    expect(() => parse('--preset', 'finnal').choice('preset', ['draft', 'final'])).toThrow('--preset is "finnal": choose one of draft, final.');
  });

  it('wants exactly the positionals a command has', () => {
    expect(() => requirePositionals(command, parse(), ['FILE'])).toThrow('FILE is missing. Usage: motif paint FILE');
    expect(() => requirePositionals(command, parse('a', 'b'), ['FILE'])).toThrow('"b" is one argument too many');
    expect(() => requirePositionals(command, parse(''), ['FILE'])).toThrow('FILE is empty.');
    expect(requirePositionals(command, parse('a', 'b'), ['FILE'], true)).toEqual(['a', 'b']);
  });

  it('shows every option in its help', () => {
    const help = commandHelp(command);
    for (const text of ['Paints.', 'Usage: motif paint FILE', '--seed N', '--open', '--json', '--help']) expect(help).toContain(text);
  });

  it('suggests only near names', () => {
    expect([nearest('exprot', ['export', 'import']), nearest('x', ['new']), nearest('delete', ['export'])]).toEqual(['export', null, null]);
  });
});

const job: Job = {
  id: 'job:00000000-0000-0000-0000-000000000000', kind: 'generate', state: 'running', title: 'A fish', createdAt: '', finishedAt: null, attempt: 1,
  parts: [{ name: 'keyframes', state: 'running', step: 5, total: 10, wallMs: null }, { name: 'encode', state: 'waiting', step: 0, total: 1, wallMs: null }],
  elapsedMs: 1000.4, remainingMs: null, previewVersion: 0, promptEventId: null, resultAssetId: null, resultPath: null, error: null,
};

describe('the terminal', () => {
  const record = (options: { json: boolean; isTTY?: boolean }) => {
    const written = { out: '', err: '' };
    const terminal = createTerminal(options.json, {
      stdout: { write: (text) => (written.out += text) },
      stderr: { write: (text) => (written.err += text), isTTY: options.isTTY ?? false, columns: 80 },
    });
    return { terminal, written };
  };

  it('draws a bar per stage and says it is estimating', () => {
    const { terminal, written } = record({ json: false, isTTY: true });
    terminal.progress(job);
    expect(written.err).toContain(`${'█'.repeat(20)}${'░'.repeat(20)} 5/10`);
    expect(written.err).toContain('estimating');
    terminal.progress({ ...job, remainingMs: 65_000 });
    expect(written.err).toContain('\u001b[3A');
    expect(written.err).toContain('1:05 left');
    expect(written.out).toBe('');
  });

  it('logs one line per change where there is no terminal', () => {
    const { terminal, written } = record({ json: false });
    terminal.progress(job);
    terminal.progress({ ...job, parts: [{ ...job.parts[0]!, step: 6 }, job.parts[1]!] });
    terminal.progress({ ...job, parts: [{ ...job.parts[0]!, state: 'done', wallMs: 61_000 }, job.parts[1]!] });
    expect(written.err).toBe('Keyframes: started\nKeyframes: done in 1:01\n');
  });

  it('keeps stdout for the result with --json', () => {
    const { terminal, written } = record({ json: true });
    terminal.line('for people');
    terminal.note('for people');
    terminal.progress(job);
    expect(written.out).toBe('');
    expect(JSON.parse(written.err)).toMatchObject({ jobId: job.id, elapsedMs: 1000, remainingMs: null });
  });

  it('writes durations and cached parts plainly', () => {
    expect([formatDuration(0), formatDuration(59_600), formatDuration(3_600_000)]).toEqual(['0:00', '1:00', '60:00']);
    expect(partLine({ name: 'interpolation', state: 'cached', step: 0, total: 5, wallMs: null }, 10)).toBe(`In-between frames  ${'█'.repeat(10)} from the project`);
  });
});
