import { BlockList, isIP } from 'node:net';
import { StudioError } from '../../src-shared/errors/studio-error.ts';

export const DEFAULT_HUB_ADDRESS = 'https://huggingface.co';

/** How near a host is: a redirect may never lead nearer than the address that the creator typed. */
type Nearness = 0 | 1 | 2;
const PUBLIC: Nearness = 0;
const NEARBY: Nearness = 1;
const LOOPBACK: Nearness = 2;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addSubnet('0.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
loopback.addAddress('::', 'ipv6');

const nearby = new BlockList();
for (const [net, prefix] of [['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['169.254.0.0', 16], ['100.64.0.0', 10]] as const) nearby.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [['fc00::', 7], ['fe80::', 10]] as const) nearby.addSubnet(net, prefix, 'ipv6');

/** Nearness of an IP address or of a host name that says it by itself. */
export function nearnessOf(host: string): Nearness {
  const name = host.replace(/^\[|\]$/g, '').replace(/\.$/, '').toLowerCase();
  const family = isIP(name);
  if (family === 0) return name === 'localhost' || name.endsWith('.localhost') ? LOOPBACK : /\.(local|internal|lan|home\.arpa)$/.test(name) || !name.includes('.') ? NEARBY : PUBLIC;
  // IPv4 inside IPv6 is matched by the lists of IPv4.
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  return loopback.check(name, kind) ? LOOPBACK : nearby.check(name, kind) ? NEARBY : PUBLIC;
}

/** Reads the address of a hub or mirror. INVALID_INPUT says what is wrong with it. */
export function parseHubAddress(text: string): URL {
  const refuse = (why: string) => new StudioError('INVALID_INPUT', `The hub address "${text.slice(0, 200)}" cannot be used: ${why} An address looks like ${DEFAULT_HUB_ADDRESS}.`);
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    throw refuse('it is not a web address.');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('it must begin with https://.');
  if (url.username !== '' || url.password !== '') throw refuse('it holds a name or password. Leave them out, and give a token instead.');
  if (url.search !== '' || url.hash !== '') throw refuse('leave out what follows ? or #.');
  if (url.protocol === 'http:' && nearnessOf(url.hostname) === PUBLIC) throw refuse('http:// is for mirrors on this machine or network only. Use https://.');
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

/** The address without a slash at its end, as it is shown and kept. */
export const writeHubAddress = (address: URL): string => address.href.replace(/\/+$/, '');

/** Whether a token may travel there: to the origin it was given for, and not in the open over a network. */
export function mayCarryToken(target: URL, tokenOrigin: string): boolean {
  return target.origin === tokenOrigin && (target.protocol === 'https:' || nearnessOf(target.hostname) === LOOPBACK);
}

/** Where a redirect leads, when it may. HUB_ANSWER_INVALID when it may not. */
export function followRedirect(from: URL, location: string | null, base: URL): URL {
  const refuse = (why: string) => new StudioError('HUB_ANSWER_INVALID', `${from.host} answered with a redirect that is not followed: ${why} Check the hub address in the settings.`, { details: { host: from.host } });
  if (location === null) throw refuse('it says no place.');
  let target: URL;
  try {
    target = new URL(location, from);
  } catch {
    throw refuse('its place is not a web address.');
  }
  if (target.protocol !== 'https:' && target.protocol !== 'http:') throw refuse(`it leads to ${target.protocol} instead of the web.`);
  if (target.username !== '' || target.password !== '') throw refuse('its place holds a name or password.');
  if (from.protocol === 'https:' && target.protocol === 'http:') throw refuse('it leads from https:// to http://.');
  if (nearnessOf(target.hostname) > nearnessOf(base.hostname)) throw refuse(`it leads to ${target.hostname}, inside this machine or network.`);
  return target;
}
