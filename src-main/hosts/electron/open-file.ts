/**
 * The project files among a command line's arguments, in order. Switches (Chromium's too) and everything that is not a
 * `.motif` file are ignored: a second instance's arguments come from any program on the machine.
 */
export function projectFilesIn(args: readonly string[]): readonly string[] {
  return args.filter((argument) => !argument.startsWith('-') && argument.toLowerCase().endsWith('.motif') && !argument.includes('\u0000'));
}
