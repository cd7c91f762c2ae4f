import type { BadgeState } from './badge-state.ts';

/** How a badge is to look. */
export interface BadgeLook {
  /** Shows what was synced last, where something was. */
  readonly revision: boolean;
  /** All of it, not its first seven characters. */
  readonly fullRevision: boolean;
  /** The name in a row of its own. */
  readonly name: boolean;
  /** In pixels; undefined for what is needed. */
  readonly width: number | undefined;
}

const GREY = 'rgb(41, 52, 61)';
const PURPLE = 'rgb(115, 31, 77)';
const GREEN = 'rgb(11, 97, 42)';

const HEALTH_COLOURS: Readonly<Record<string, string>> = {
  Healthy: GREEN,
  Progressing: 'rgb(16, 61, 102)',
  Suspended: GREY,
  Degraded: 'rgb(167, 46, 38)',
  Missing: PURPLE,
  Unknown: PURPLE,
};
const SYNC_COLOURS: Readonly<Record<string, string>> = {
  Synced: GREEN,
  OutOfSync: 'rgb(189, 115, 0)',
  Unknown: PURPLE,
};

const ROW = 20;
const LEFT = 77;
const PLAIN_WIDTH = 131;
const SHORT = 7;
const SHORT_WIDTH = 192;
const FULL_WIDTH = 400;
const CHARACTER = 6;

/** An anchor, in a square of 14. */
const SIGN =
  'M7 1.2a1.6 1.6 0 0 1 .8 3v1.1h1.9v1.3H7.8v4.7c1.6-.2 2.8-1.1 3.3-2.4l-1 .2 1.6-2.6 1.3 2.7-.9-.2c-.7 2.2-2.5 3.6-5.1 3.6S2.6 11.2 1.9 9l-.9.2 1.3-2.7 1.6 2.6-1-.2c.5 1.3 1.7 2.2 3.3 2.4V6.6H4.3V5.3h1.9V4.200a1.6 1.6 0 0 1 .8-3z';

/** The SVG of a badge; every text in it is escaped. */
export function badgeSvg(state: BadgeState, look: BadgeLook): string {
  const shown = look.revision ? (look.fullRevision ? state.revision : state.revision.slice(0, SHORT)) : '';
  const isFound = state.health !== 'Not Found';
  const health = isFound ? (HEALTH_COLOURS[state.health] ?? GREY) : PURPLE;
  const sync = isFound ? (SYNC_COLOURS[state.sync] ?? GREY) : PURPLE;
  const title = look.name ? state.name : '';
  const width = Math.max(look.width ?? widthFor(state, look, shown), title.length * CHARACTER);
  const top = title === '' ? 0 : ROW;
  const rightEnd = shown === '' ? width : PLAIN_WIDTH;
  const parts = [
    title === '' ? '' : rect('titleRect', { fill: GREY, x: 0, y: 0, width }),
    rect('leftRect', { fill: health, x: 0, y: top, width: LEFT - 1 }),
    rect('rightRect', { fill: sync, x: LEFT, y: top, width: rightEnd - LEFT }),
    shown === ''
      ? ''
      : rect('revisionRect', { fill: sync, x: PLAIN_WIDTH, y: top, width: width - PLAIN_WIDTH }),
    `<path d="${SIGN}" fill="#fff" transform="translate(5 ${top + 3})"/>`,
    title === '' ? '' : text('titleText', { x: 10, y: 0, anchor: 'start', content: title }),
    text('leftText', { x: 47, y: top, anchor: 'middle', content: state.health }),
    text('rightText', { x: (LEFT + rightEnd) / 2, y: top, anchor: 'middle', content: state.sync }),
    shown === ''
      ? ''
      : text('revisionText', {
          x: (PLAIN_WIDTH + width) / 2,
          y: top,
          anchor: 'middle',
          content: `(${shown})`,
        }),
  ];
  return [
    `<svg width="${width}" height="${top + ROW}" xmlns="http://www.w3.org/2000/svg" role="img">`,
    '<clipPath id="corners"><rect width="100%" height="100%" rx="3"/></clipPath>',
    '<g clip-path="url(#corners)" font-family="DejaVu Sans,Verdana,sans-serif" font-size="10">',
    ...parts.filter((part) => part !== ''),
    '</g></svg>\n',
  ].join('\n');
}

function widthFor({ revision }: BadgeState, { fullRevision }: BadgeLook, shown: string): number {
  if (shown === '') return PLAIN_WIDTH;
  return fullRevision || revision.length <= SHORT ? FULL_WIDTH : SHORT_WIDTH;
}

const rect = (
  id: string,
  at: { readonly fill: string; readonly x: number; readonly y: number; readonly width: number },
): string =>
  `<rect id="${id}" fill="${at.fill}" x="${at.x}" y="${at.y}" width="${at.width}" height="${ROW}"/>`;

const text = (
  id: string,
  at: { readonly x: number; readonly y: number; readonly anchor: string; readonly content: string },
): string =>
  `<text id="${id}" fill="#fff" x="${at.x}" y="${at.y + 14}" text-anchor="${at.anchor}">${escaped(at.content)}</text>`;

const escaped = (content: string): string =>
  content.replace(/[^\x20-\x7e]/gu, '?').replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
