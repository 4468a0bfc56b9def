import { describe, expect, it } from 'vitest';
import { chooseProviders, settleProviders, type ProviderFacts } from '../../../src-main/engine/session/choose-providers.ts';
import { ExecutionProvider, ProviderWish } from '../../../src-shared/execution/provider.ts';

const SYSTEMS = ['win32 x64', 'win32 arm64', 'darwin arm64', 'linux x64', 'linux arm64'];
const machine = (system: string, hasNvidia: boolean, hasGraphics: boolean): ProviderFacts => {
  const [platform, architecture] = system.split(' ') as [NodeJS.Platform, string];
  return { platform, architecture, hasNvidia, hasGraphics };
};
const MACHINES = SYSTEMS.flatMap((build) => [[false, false], [false, true], [true, true]].map(([nvidia, graphics]) => machine(build, nvidia!, graphics!)));
const order = (wish: ProviderWish, facts: ProviderFacts) => chooseProviders(wish, facts).candidates.map(({ provider }) => provider);

describe('what is tried', () => {
  it.each([
    ['win32 x64', true, true, ['directml', 'webgpu', 'cpu']], ['darwin arm64', true, true, ['coreml', 'webgpu', 'cpu']], ['linux x64', true, true, ['cuda', 'webgpu', 'cpu']],
    ['linux x64', false, true, ['webgpu', 'cpu']], ['linux x64', false, false, ['cpu']], ['linux arm64', true, true, ['cuda', 'webgpu', 'cpu']], ['linux arm64', false, true, ['webgpu', 'cpu']],
  ] as const)('on %s (NVIDIA %s, graphics %s) is %j', (build, nvidia, graphics, expected) => {
    expect(order('auto', machine(build, nvidia, graphics))).toEqual(expected);
  });

  it('is every provider once, tried or passed over with a reason, the processor last, for every wish on every machine', () => {
    for (const facts of MACHINES) {
      for (const wish of ProviderWish.options) {
        const { candidates, passed } = chooseProviders(wish, facts);
        expect(candidates.at(-1)!.provider).toBe('cpu');
        expect([...candidates, ...passed].map(({ provider }) => provider).sort()).toEqual([...ExecutionProvider.options].sort());
        for (const words of [...candidates.map(({ reason }) => reason), ...passed.map(({ why }) => why)]) expect(words.length).toBeGreaterThan(5);
        if (wish === 'cpu') expect(candidates).toHaveLength(1);
        // A choice is tried even where nothing speaks for it, so that its own words can be shown.
        if (wish !== 'auto' && wish !== 'cpu') expect(candidates[0]).toEqual({ provider: wish, reason: 'you chose it' });
      }
    }
  });

  it('says why not', () => {
    expect(chooseProviders('auto', machine('linux x64', false, false)).passed).toEqual([
      { provider: 'cuda', why: 'no NVIDIA graphics card was found' }, { provider: 'directml', why: 'the runtime has it on Windows only' },
      { provider: 'coreml', why: 'the runtime has it on macOS only' }, { provider: 'webgpu', why: 'no graphics card was found' },
    ]);
  });
});

describe('what is chosen', () => {
  it('is the first that started, for every subset of failures on every machine', () => {
    for (const facts of MACHINES) {
      const choice = chooseProviders('auto', facts);
      const tried = choice.candidates.slice(0, -1);
      for (let mask = 0; mask < 2 ** tried.length; mask += 1) {
        const failures = tried.filter((_, index) => mask & (1 << index)).map(({ provider }) => ({ provider, why: 'its driver is too old' }));
        const { chosen, passed } = settleProviders(choice, failures);
        expect(chosen.provider).toBe(choice.candidates.find(({ provider }) => !failures.some((failure) => failure.provider === provider))!.provider);
        expect([chosen, ...passed].map(({ provider }) => provider).sort()).toEqual([...ExecutionProvider.options].sort());
        for (const failure of failures) expect(passed).toContainEqual(failure);
      }
    }
  });

  it('names the failure as its reason', () => {
    const choice = chooseProviders('cuda', machine('linux x64', false, false));
    expect(settleProviders(choice, [{ provider: 'cuda', why: 'no library' }]).chosen).toEqual({ provider: 'cpu', reason: 'cuda did not start' });
  });
});
