import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type RefObject } from 'react';
import { useWidth } from './use-width.ts';

/** Between cards, in CSS pixels. */
export const CARD_GAP = 8;
const LEAST_WIDTH = 104;
/** Name below the picture, frame and border around it. */
const CAPTION = 30;

/** A grid of cards of any length, of which only the rows on screen exist. */
export interface CardGrid {
  /** For what scrolls, and for what is as wide as the grid inside it. */
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly list: RefObject<HTMLUListElement | null>;
  readonly columns: number;
  /** A card's picture. */
  readonly pictureHeight: number;
  /** Of the whole list. */
  readonly height: number;
  /** Numbers of the cards on screen and a little around it, each with where its left top corner lies. */
  readonly cards: readonly { readonly index: number; readonly top: number; readonly left: string }[];
  /** Width of a card, for CSS. */
  readonly cardWidth: string;
}

/** Lays out `count` cards of 16:9 pictures with a line of words. */
export function useCardGrid(count: number): CardGrid {
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: list, width } = useWidth<HTMLUListElement>(280);
  const columns = Math.max(1, Math.floor((width + CARD_GAP) / (LEAST_WIDTH + CARD_GAP)));
  const pictureHeight = Math.round((((width + CARD_GAP) / columns - CARD_GAP - 8) * 9) / 16);
  const rowHeight = pictureHeight + CAPTION + CARD_GAP;
  // Its answers are read here, while rendering, and handed to no one: nothing that is kept can grow stale.
  // oxlint-disable-next-line react/incompatible-library
  const rows = useVirtualizer({ count: Math.ceil(count / columns), getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 3, getItemKey: (index) => `${columns}/${rowHeight}/${index}` });
  const cards = rows.getVirtualItems().flatMap(({ index: row, start }) => Array.from({ length: Math.min(columns, count - row * columns) }, (_, column) => ({ index: row * columns + column, top: start, left: `calc((100% + ${CARD_GAP}px) / ${columns} * ${column})` })));
  return { scroller, list, columns, pictureHeight, height: rows.getTotalSize(), cards, cardWidth: `calc((100% - ${(columns - 1) * CARD_GAP}px) / ${columns})` };
}
