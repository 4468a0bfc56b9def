import type { HubSettings } from '../../src-shared/contract/hub.ts';
import type { PartRole } from '../../src-shared/contract/models.ts';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import { KNOWN_REPOSITORIES } from '../../src-shared/hub/known-repositories.ts';
import { networkKind } from '../../src-shared/pack/network-kind.ts';
import type { Downloads } from '../hub/downloads.ts';
import { DEFAULT_HUB_ADDRESS, parseHubAddress, writeHubAddress } from '../hub/hub-address.ts';
import type { HubTokens } from '../hub/hub-tokens.ts';
import type { DescribeModel, ModelClues } from '../hub/plan-download.ts';
import { ROLE_OF_KIND, roleOf } from '../models/find-parts.ts';
import { termsOf } from '../models/licences.ts';
import type { SettingRepository } from '../store/setting-repository.ts';
import { changedTopics } from './changed-topics.ts';

const ADDRESS_KEY = 'hubAddress';
/** How often a watcher looks whether another studio changed a download, in milliseconds. */
const ELSEWHERE_MS = 1_000;

/** The hub or mirror of the settings. */
export function hubAddress(settings: SettingRepository): string {
  const kept = settings.get(ADDRESS_KEY);
  return typeof kept === 'string' && kept !== '' ? kept : DEFAULT_HUB_ADDRESS;
}

function parseObject(text: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function roleFrom({ repository, unet, pipeline, network }: ModelClues): PartRole | null {
  const known = KNOWN_REPOSITORIES.find((candidate) => candidate.repository.toLowerCase() === repository.toLowerCase());
  if (known !== undefined) return known.role;
  const config = parseObject(unet);
  if (config !== null) return roleOf(config, String(parseObject(pipeline)?.['_class_name'] ?? ''));
  const kind = networkKind(parseObject(network));
  return unet !== null || kind === null || kind === 'unet' ? null : ROLE_OF_KIND[kind];
}

/** What a repository is and its terms, in the words that the import asks to accept. */
export const describeModel: DescribeModel = (clues) => {
  const role = roleFrom(clues);
  const own = clues.licence?.trim() ?? '';
  return role === null ? null : { licence: termsOf(role, own === '' ? null : own) };
};

interface HubServiceOptions {
  readonly downloads: Downloads;
  readonly tokens: HubTokens;
  readonly settings: SettingRepository;
}

export function createHubService({ downloads, tokens, settings }: HubServiceOptions): StudioHandlers['hub'] {
  const show = (): HubSettings => {
    const address = hubAddress(settings);
    return { address, defaultAddress: DEFAULT_HUB_ADDRESS, hasToken: tokens.has(parseHubAddress(address)), tokenKeptIn: tokens.keptIn };
  };
  return {
    settings: async () => show(),
    setAddress: async ({ address }) => {
      settings.set(ADDRESS_KEY, address.trim() === '' ? '' : writeHubAddress(parseHubAddress(address)));
      return show();
    },
    setToken: async ({ token, address }) => {
      tokens.set(parseHubAddress(address ?? hubAddress(settings)), token);
      return show();
    },
    plan: (request, { signal }) => downloads.plan(request, signal),
    start: ({ acceptedLicence, ...request }, { signal }) => downloads.start(request, acceptedLicence, signal),
    list: async () => ({ downloads: downloads.list() }),
    pause: async ({ downloadId }) => downloads.pause(downloadId),
    resume: async ({ downloadId }) => downloads.resume(downloadId),
    cancel: async ({ downloadId }) => downloads.cancel(downloadId),
    dismiss: async ({ downloadId }) => {
      await downloads.dismiss(downloadId);
      return {};
    },
    async *watch(_input, { signal }) {
      const subscribe = (listener: (id: string) => void) => {
        for (const { id } of downloads.list()) listener(id);
        const stop = downloads.subscribe(listener);
        const timer = setInterval(() => downloads.lookElsewhere(), ELSEWHERE_MS);
        return () => {
          clearInterval(timer);
          stop();
        };
      };
      for await (const id of changedTopics(subscribe, signal)) {
        const row = downloads.find(id);
        if (row !== null) yield row;
      }
    },
  };
}
