import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { Terminal } from './terminal.ts';

/** One option as `--help` shows it. `value` is its placeholder; without one it is a switch. */
export interface OptionHelp {
  readonly name: string;
  readonly value?: string;
  readonly help: string;
  /** It may be given several times. */
  readonly repeatable?: true;
}

/** What a command runs in. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborts on Ctrl-C: finish what must be finished and throw. */
  readonly signal: AbortSignal;
}

/** One command of `motif`. */
export interface Command {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** Positional arguments as written in the usage line. */
  readonly arguments: string;
  readonly options: readonly OptionHelp[];
  /** Returns what `--json` prints; prints its own lines for people through `context.terminal`. */
  run(input: CommandInput, context: CommandContext): Promise<object>;
}

/** Parsed arguments of a command. */
export interface CommandInput {
  readonly positionals: readonly string[];
  /** The value of an option, or undefined when it was not given. */
  text(name: string): string | undefined;
  /** All values of a repeatable option, in order. */
  texts(name: string): readonly string[];
  /** Whether a switch was given. */
  on(name: string): boolean;
  /** A whole number within bounds; INVALID_INPUT names the option, what was given and what is expected. */
  integer(name: string, minimum: number, maximum: number): number | undefined;
  /** A number within bounds; fails like `integer`. */
  number(name: string, minimum: number, maximum: number): number | undefined;
  /** One of several words. */
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined;
}

const COMMON_OPTIONS: readonly OptionHelp[] = [
  { name: 'json', help: 'print one JSON object at the end; progress goes to stderr as JSON lines' },
  { name: 'help', help: 'show this help' },
];

export const invalid = (message: string): StudioError => new StudioError('INVALID_INPUT', message);

/** Parses a command's arguments strictly. INVALID_INPUT names the option and the mend. */
export function parseCommandLine(command: Command, argv: readonly string[]): CommandInput {
  const known = [...command.options, ...COMMON_OPTIONS];
  const config: ParseArgsOptionsConfig = {};
  for (const option of known) config[option.name] = { type: option.value === undefined ? 'boolean' : 'string', multiple: option.repeatable === true, ...(option.name === 'help' ? { short: 'h' } : {}) };
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], options: config, allowPositionals: true, strict: true });
  } catch (error) {
    throw invalid(explain(error, known, command));
  }
  const values = parsed.values as Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  const text = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined);
  return {
    positionals: parsed.positionals,
    text,
    texts: (name) => {
      const given = values[name];
      return Array.isArray(given) ? (given as readonly string[]) : [];
    },
    on: (name) => values[name] === true,
    integer(name, minimum, maximum) {
      const given = text(name);
      if (given === undefined) return undefined;
      const value = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
      if (!(value >= minimum && value <= maximum)) throw invalid(`--${name} is "${given}": give a whole number from ${minimum} to ${maximum}.`);
      return value;
    },
    number(name, minimum, maximum) {
      const given = text(name);
      if (given === undefined) return undefined;
      const value = /^\d{1,15}(\.\d{1,15})?$|^\.\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
      if (!(value >= minimum && value <= maximum)) throw invalid(`--${name} is "${given}": give a number from ${minimum} to ${maximum}.`);
      return value;
    },
    choice(name, choices) {
      const given = text(name);
      if (given === undefined) return undefined;
      const found = choices.find((choice) => choice === given);
      if (found === undefined) throw invalid(`--${name} is "${given}": choose one of ${choices.join(', ')}.`);
      return found;
    },
  };
}

/** Exactly these positionals, each with its name for the message. */
export function requirePositionals(command: Command, input: CommandInput, names: readonly string[], more = false): readonly string[] {
  const missing = names[input.positionals.length];
  if (missing !== undefined) throw invalid(`${missing} is missing. Usage: ${usageLine(command)}`);
  const extra = more ? undefined : input.positionals[names.length];
  if (extra !== undefined) throw invalid(`"${extra}" is one argument too many (put text with spaces in quotes). Usage: ${usageLine(command)}`);
  const empty = input.positionals.findIndex((value) => value.trim() === '');
  if (empty >= 0) throw invalid(`${names[Math.min(empty, names.length - 1)]} is empty. Usage: ${usageLine(command)}`);
  return input.positionals;
}

export const usageLine = (command: Command): string => ['motif', command.name, command.arguments].filter((part) => part !== '').join(' ');

export function commandHelp(command: Command): string {
  const rows = [...command.options, ...COMMON_OPTIONS].map(({ name, value, help }) => [`  --${name}${value === undefined ? '' : ` ${value}`}`, help] as const);
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return [command.summary, '', `Usage: ${usageLine(command)}`, '', 'Options:', ...rows.map(([left, help]) => `${left.padEnd(width)}${help}`)].join('\n');
}

/** parseArgs' errors in one plain line. */
function explain(error: unknown, known: readonly OptionHelp[], command: Command): string {
  const text = error instanceof Error ? error.message : String(error);
  const option = /'(?:-\w, )?(-{1,2}[^' =]*)/.exec(text)?.[1] ?? '';
  const code = error instanceof Error && 'code' in error ? error.code : '';
  const seeHelp = `See: motif ${command.name} --help`;
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const near = nearest(option.replace(/^-+/, ''), known.map(({ name }) => name));
    return `Unknown option ${option}.${near === null ? '' : ` Did you mean --${near}?`} ${seeHelp}`;
  }
  const entry = known.find(({ name }) => `--${name}` === option);
  if (entry !== undefined && entry.value !== undefined) return `${option} needs a value: ${option} ${entry.value} (write ${option}=VALUE when it begins with a dash). ${seeHelp}`;
  if (entry !== undefined) return `${option} takes no value. ${seeHelp}`;
  return `${text.split('\n', 1)[0]} ${seeHelp}`;
}

/** The closest of `names` within two edits, or null. */
export function nearest(word: string, names: readonly string[]): string | null {
  let best: { name: string; distance: number } | null = null;
  for (const name of names) {
    const distance = editDistance(word, name);
    if (distance <= 2 && distance < name.length && (best === null || distance < best.distance)) best = { name, distance };
  }
  return best?.name ?? null;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
