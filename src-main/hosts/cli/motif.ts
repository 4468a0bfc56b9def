#!/usr/bin/env node
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { commandHelp, nearest, parseCommandLine, usageLine, type Command } from './command.ts';
import { checkCommand } from './commands/check.ts';
import { doctorCommand } from './commands/doctor.ts';
import { exportCommand } from './commands/export.ts';
import { generateCommand } from './commands/generate.ts';
import { importCommand } from './commands/import.ts';
import { inspectCommand } from './commands/inspect.ts';
import { jobsCommand } from './commands/jobs.ts';
import { learnCommand } from './commands/learn.ts';
import { modelsCommand } from './commands/models.ts';
import { newCommand } from './commands/new.ts';
import { renderCommand } from './commands/render.ts';
import { serveCommand } from './commands/serve.ts';
import { reimagineCommand } from './commands/reimagine.ts';
import { stylizeCommand } from './commands/stylize.ts';
import { upscaleCommand } from './commands/upscale.ts';
import { verifyCommand } from './commands/verify.ts';
import { createTerminal } from './terminal.ts';

const COMMANDS: readonly Command[] = [newCommand, importCommand, generateCommand, renderCommand, learnCommand, stylizeCommand, reimagineCommand, upscaleCommand, jobsCommand, modelsCommand, exportCommand, inspectCommand, verifyCommand, checkCommand, doctorCommand, serveCommand];

function overview(): string {
  const rows = COMMANDS.map((command) => [`  ${usageLine(command)}`, command.summary] as const);
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return ['Motif Studio from a terminal.', '', 'Usage: motif COMMAND [ARGUMENTS]', '', ...rows.map(([left, right]) => `${left.padEnd(width)}${right}`), '', 'Every command takes --json, --offline and --help.'].join('\n');
}

function findCommand(name: string): Command {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const near = nearest(name, COMMANDS.map((candidate) => candidate.name));
  throw new StudioError('INVALID_INPUT', `Unknown command "${name}".${near === null ? '' : ` Did you mean "${near}"?`} See: motif --help`);
}

/** Runs one command line. Returns the exit code: 0, 1 for a failure that was told, 130 when stopped by Ctrl-C. */
async function main(argv: readonly string[]): Promise<number> {
  // Read where the studio is put together: every command may be run with the network closed.
  const [name, ...rest] = argv.filter((argument) => argument !== '--offline');
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(`${overview()}\n`);
    return name === undefined ? 1 : 0;
  }
  const json = rest.includes('--json');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  try {
    const command = findCommand(name);
    if (rest.includes('--help') || rest.includes('-h')) {
      process.stdout.write(`${commandHelp(command)}\n`);
      return 0;
    }
    const input = parseCommandLine(command, rest);
    const result = await command.run(input, { terminal: createTerminal(json), signal: stop.signal });
    if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
    return 0;
  } catch (error) {
    return tell(error, json);
  }
}

function tell(error: unknown, json: boolean): number {
  const failure = StudioError.from(error);
  process.stderr.write(`motif: ${failure.message}\n`);
  // A bug: its place is worth more than a clean terminal.
  if (!StudioError.is(error) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ error: failure.toWire() })}\n`);
  return failure.code === 'CANCELLED' ? 130 : 1;
}

// A reader that went away (`motif jobs | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
process.exitCode = await main(process.argv.slice(2));
