import { toDecimal, type Rational } from '../../timing/rational.ts';
import type { InterchangeClip, InterchangeEdit, InterchangeMedia } from './write-interchange.ts';

// Control characters have no place in XML, not even escaped.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const escape = (text: string): string => text.replace(CONTROL, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const time = ({ num, den }: Rational): string => (den === 1 ? `${num}s` : `${num}/${den}s`);
const attributes = (values: Readonly<Record<string, string | number>>): string => Object.entries(values).map(([name, value]) => ` ${name}="${escape(String(value))}"`).join('');
const mediaDuration = (media: InterchangeMedia): Rational =>
  media.frames !== null && media.frameRate !== null ? { num: media.frames * media.frameRate.den, den: media.frameRate.num } : { num: media.durationMs ?? 0, den: 1000 };

function clipElement(edit: InterchangeEdit, clip: InterchangeClip, ref: string, lane: number, role: 'picture' | 'sound'): string {
  const speed = toDecimal(clip.speed);
  const sourceEnd: Rational = { num: clip.duration.num * clip.speed.num, den: clip.duration.den * clip.speed.den };
  // With another speed, times inside the clip are those of the retimed footage, which begins at its in point.
  const inner = [
    ...(speed === 1 ? [] : [`<timeMap><timept time="0s" value="${time(clip.sourceIn)}" interp="linear"/><timept time="${time(clip.duration)}" value="${time({ num: clip.sourceIn.num * sourceEnd.den + sourceEnd.num * clip.sourceIn.den, den: clip.sourceIn.den * sourceEnd.den })}" interp="linear"/></timeMap>`]),
    ...(role === 'sound' || (clip.scale === 1 && clip.position.x === 0 && clip.position.y === 0) ? [] : [`<adjust-transform${attributes({ position: `${((clip.position.x * 100 * edit.width) / edit.height).toFixed(4)} ${(-clip.position.y * 100).toFixed(4)}`, scale: `${clip.scale.toFixed(6)} ${clip.scale.toFixed(6)}` })}/>`]),
    ...(clip.opacity === 1 || role === 'sound' ? [] : [`<adjust-blend${attributes({ amount: clip.opacity.toFixed(4) })}/>`]),
    ...(role === 'picture' || clip.volume === 1 ? [] : [`<adjust-volume${attributes({ amount: `${(20 * Math.log10(Math.max(clip.volume, 1e-5))).toFixed(2)}dB` })}/>`]),
  ];
  const head = attributes({ ref, name: clip.name, lane, offset: time(clip.start), start: speed === 1 ? time(clip.sourceIn) : '0s', duration: time(clip.duration) });
  const source = clip.media.kind === 'image' ? 'video' : 'asset-clip';
  const only = source === 'asset-clip' ? attributes({ srcEnable: role === 'picture' ? 'video' : 'audio' }) : '';
  return `<${source}${head}${only}>${inner.join('')}</${source}>`;
}

/** An edit as Final Cut Pro XML 1.9: everything is connected to one gap, so that every clip keeps its time. */
export function writeFcpxml(edit: InterchangeEdit): string {
  const refs = new Map<string, string>();
  const resources = [`<format${attributes({ id: 'r1', frameDuration: `${edit.rate.den}/${edit.rate.num}s`, width: edit.width, height: edit.height, colorSpace: '1-1-1 (Rec. 709)' })}/>`];
  const formats = new Map<string, string>();
  const formatOf = (media: InterchangeMedia): string => {
    const key = `${media.frameRate?.num}/${media.frameRate?.den} ${media.width}x${media.height}`;
    const known = formats.get(key);
    if (known !== undefined) return known;
    const id = `f${formats.size + 1}`;
    formats.set(key, id);
    resources.push(`<format${attributes({ id, ...(media.frameRate === null ? { name: 'FFVideoFormatRateUndefined' } : { frameDuration: `${media.frameRate.den}/${media.frameRate.num}s` }), width: media.width ?? edit.width, height: media.height ?? edit.height })}/>`);
    return id;
  };
  for (const clip of [...edit.pictureLanes, ...edit.soundLanes].flat()) {
    if (refs.has(clip.assetId)) continue;
    const { media } = clip;
    const format: Record<string, string> = media.kind === 'audio' ? {} : { format: formatOf(media) };
    const id = `a${refs.size + 1}`;
    refs.set(clip.assetId, id);
    resources.push(`<asset${attributes({ id, name: media.name, start: '0s', duration: time(mediaDuration(media)), ...(media.kind === 'audio' ? {} : { hasVideo: 1 }), ...(media.hasAudio || media.kind === 'audio' ? { hasAudio: 1, audioSources: 1, audioChannels: 2, audioRate: 48000 } : {}), ...format })}><media-rep${attributes({ kind: 'original-media', src: media.url })}/></asset>`);
  }
  if (edit.titles.length > 0) resources.push('<effect id="t1" name="Basic Title" uid=".../Titles.localized/Bumper:Opener.localized/Basic Title.localized/Basic Title.moti"/>');
  const clips = [
    ...edit.pictureLanes.flatMap((lane, index) => lane.map((clip) => clipElement(edit, clip, refs.get(clip.assetId) ?? '', index + 1, 'picture'))),
    ...edit.titles.map(({ text, start, duration, color, size }, index) => {
      const rgb = [1, 3, 5].map((at) => (Number.parseInt(color.slice(at, at + 2), 16) / 255).toFixed(4)).join(' ');
      return `<title${attributes({ ref: 't1', name: text.slice(0, 40), lane: edit.pictureLanes.length + 1, offset: time(start), start: '0s', duration: time(duration) })}><text><text-style ref="ts${index + 1}">${escape(text)}</text-style></text><text-style-def id="ts${index + 1}"><text-style${attributes({ font: 'Inter', fontSize: Math.round(size * edit.height), fontColor: `${rgb} 1` })}/></text-style-def></title>`;
    }),
    ...edit.soundLanes.flatMap((lane, index) => lane.map((clip) => clipElement(edit, clip, refs.get(clip.assetId) ?? '', -(index + 1), 'sound'))),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>
<fcpxml version="1.9">
<resources>
${resources.join('\n')}
</resources>
<library><event${attributes({ name: edit.name })}><project${attributes({ name: edit.name })}><sequence${attributes({ format: 'r1', duration: time(edit.duration), tcStart: '0s', tcFormat: 'NDF', audioLayout: 'stereo', audioRate: '48k' })}><spine>
<gap${attributes({ name: 'Gap', offset: '0s', start: '0s', duration: time(edit.duration) })}>
${clips.join('\n')}
</gap>
</spine></sequence></project></event></library>
</fcpxml>
`;
}
