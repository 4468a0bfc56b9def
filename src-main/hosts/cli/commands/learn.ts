import { resolve } from 'node:path';
import { MotionLoss, type LearnInput } from '../../../../src-shared/contract/motions.ts';
import { finishJob, withStudio } from '../cli-studio.ts';
import { invalid, requirePositionals, type Command, type CommandInput } from '../command.ts';

export const learnCommand: Command = {
  name: 'learn',
  summary: 'Learns a motion from a clip.',
  arguments: '--project FILE CLIP --caption TEXT',
  options: [
    { name: 'project', value: 'FILE', help: 'the project that keeps the motion' },
    { name: 'caption', value: 'TEXT', help: 'what moves and how, without scene or style: "a shark is swimming"' },
    { name: 'name', value: 'TEXT', help: 'name of the motion; the caption when left out' },
    { name: 'from', value: 'S', help: 'learn from this second of the clip on' },
    { name: 'to', value: 'S', help: 'up to this second' },
    { name: 'crop', value: 'X,Y,W,H', help: 'part of the picture, as shares of its width and height' },
    { name: 'reverse', help: 'learn the motion backwards' },
    { name: 'steps', value: 'N', help: 'most steps; fewer when learning has stopped helping' },
    { name: 'rank', value: 'R', help: 'low-rank changes of this rank, or full' },
    { name: 'loss', value: 'NAME', help: `${MotionLoss.options.join(', ')}; motion when left out` },
    { name: 'rate', value: 'X', help: 'learning rate' },
    { name: 'seed', value: 'N', help: 'same seed, same motion; 0 when left out' },
    { name: 'pack', value: 'ID', help: 'the model pack; motif-mini when left out' },
  ],
  async run(input, context) {
    const [clip = ''] = requirePositionals(learnCommand, input, ['CLIP']);
    const project = input.text('project');
    if (project === undefined) throw invalid('--project is missing: name the project that keeps the motion. Make one with: motif new');
    const caption = input.text('caption')?.trim() ?? '';
    if (caption === '') throw invalid('--caption is missing: say what moves, as in --caption "a shark is swimming".');
    const request = { caption, clip: { path: resolve(clip) }, name: input.text('name'), ...selection(input), settings: settings(input), packId: input.text('pack') };
    return withStudio({}, async ({ client, studio }) => {
      const { id: projectId } = await client.projects.open({ path: resolve(project) });
      const beganAt = performance.now();
      const { jobId } = await client.motions.learn({ projectId, ...request });
      const job = await finishJob(client, projectId, jobId, context);
      const motion = await client.motions.get({ projectId, motionId: job.resultAssetId ?? '' });
      context.terminal.line(`${motion.name}: ${motion.steps} steps, held-out loss ${motion.firstLoss.toFixed(4)} to ${motion.bestLoss.toFixed(4)}, motion ${motion.id}`);
      const { id, ...rest } = motion;
      return { projectId, motionId: id, ...rest, wallMs: Math.round(performance.now() - beganAt), parts: job.parts, peakMemoryBytes: studio.peakMemoryBytes() };
    });
  },
};

function selection(input: CommandInput): Pick<LearnInput, 'fromSeconds' | 'toSeconds' | 'crop' | 'reversed'> {
  const cropText = input.text('crop');
  const crop = cropText?.split(',').map(Number);
  if (crop !== undefined && (crop.length !== 4 || !crop.every((share) => share >= 0 && share <= 1))) throw invalid(`--crop is "${cropText}": give four shares of the picture, as in 0.25,0,0.5,1.`);
  const [x = 0, y = 0, width = 1, height = 1] = crop ?? [];
  return { reversed: input.on('reverse'), fromSeconds: positive(input, 'from') ?? null, toSeconds: positive(input, 'to') ?? null, crop: crop === undefined ? null : { x, y, width, height } };
}

function settings(input: CommandInput): LearnInput['settings'] {
  const rank = input.text('rank') === 'full' ? 'full' : input.integer('rank', 1, 128);
  const learningRate = positive(input, 'rate');
  const [steps, seed, loss] = [input.integer('steps', 1, 2000), input.integer('seed', 0, 0xffff_ffff), input.choice('loss', MotionLoss.options)];
  return { ...(rank === undefined ? {} : { rank }), ...(steps === undefined ? {} : { steps }), ...(seed === undefined ? {} : { seed }), ...(loss === undefined ? {} : { loss }), ...(learningRate === undefined ? {} : { learningRate }) };
}

function positive(input: CommandInput, name: string): number | undefined {
  const given = input.text(name);
  if (given === undefined) return undefined;
  const value = /^\d+(\.\d+)?(e-?\d+)?$/.test(given) ? Number(given) : Number.NaN;
  if (!Number.isFinite(value)) throw invalid(`--${name} is "${given}": give a number, as in 1.5.`);
  return value;
}
