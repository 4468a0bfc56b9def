import { wishFrom } from '../../../app/studio.ts';
import { withStudio } from '../cli-studio.ts';
import { requirePositionals, type Command } from '../command.ts';

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Tells what this machine has, what the models run on and why.',
  arguments: '',
  options: [{ name: 'provider', value: 'NAME', help: 'try this one now: auto, cuda, directml, coreml, webgpu or cpu' }],
  async run(input, { terminal }) {
    requirePositionals(doctorCommand, input, []);
    const wanted = wishFrom(input.text('provider'));
    return withStudio({ lanes: [], ...(wanted === undefined ? {} : { executionProvider: wanted }) }, async ({ client }) => {
      const [info, execution] = await Promise.all([client.system.info({}), client.system.execution({})]);
      terminal.line(`${info.cpu.model}, ${info.cpu.cores} cores; ${gigabytes(info.memory.totalBytes)} of memory, ${gigabytes(info.memory.freeBytes)} free; ${gigabytes(info.disk.freeBytes)} free in ${info.disk.path}`);
      terminal.line(`ffmpeg ${info.ffmpegVersion ?? 'is missing: import and export need it'}`);
      terminal.line(`The models run on ${execution.provider}: ${execution.reason}.`);
      terminal.line(`It multiplies in ${execution.arithmetic === 'float16' ? 16 : 32} bits: ${execution.arithmeticReason}.`);
      for (const { provider, why } of execution.passed) terminal.line(`  not ${provider}: ${why}`);
      return { ...info, execution };
    });
  },
};
