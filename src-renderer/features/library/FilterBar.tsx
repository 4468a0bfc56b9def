import DeleteOutlined from '@mui/icons-material/DeleteOutlined';
import FilterList from '@mui/icons-material/FilterList';
import LocalOfferOutlined from '@mui/icons-material/LocalOfferOutlined';
import Sort from '@mui/icons-material/Sort';
import StarBorder from '@mui/icons-material/StarBorder';
import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { memo, useState, type MouseEvent } from 'react';
import type { AssetKind } from '../../../src-shared/contract/assets.ts';
import { LibraryFilter, LibraryOrder } from '../../../src-shared/contract/library.ts';
import { useTags } from '../../api/library-queries.ts';
import { t } from '../../i18n/text.ts';

type Open = { readonly name: 'tags' | 'order' | 'show'; readonly anchor: HTMLElement } | null;

const ALL = LibraryFilter.parse({});
/** What can be asked for besides words, stars and tags; one at a time. */
const SHOWN = {
  all: {}, clips: { kinds: ['video'] }, pictures: { kinds: ['image'] }, sounds: { kinds: ['audio'] }, generated: { origin: 'generated' }, imported: { origin: 'imported' }, unused: { unused: true },
} as const satisfies Readonly<Record<string, Partial<{ readonly kinds: readonly AssetKind[]; readonly origin: LibraryFilter['origin']; readonly unused: boolean }>>>;
type Shown = keyof typeof SHOWN;
const NAMES = Object.keys(SHOWN) as Shown[];

/** The filter's part that a choice stands for, whole: another choice takes all of it back. */
const partOf = (shown: Shown): Pick<LibraryFilter, 'kinds' | 'origin' | 'unused'> => {
  const { kinds, origin, unused }: { readonly kinds?: readonly AssetKind[]; readonly origin?: LibraryFilter['origin']; readonly unused?: boolean } = SHOWN[shown];
  return { kinds: [...(kinds ?? ALL.kinds)], origin: origin ?? null, unused: unused ?? false };
};
const shownBy = ({ kinds, origin, unused }: LibraryFilter): Shown => NAMES.find((name) => JSON.stringify(partOf(name)) === JSON.stringify({ kinds, origin, unused })) ?? 'all';

/** Narrows the library down: kind and use, stars, tags, the trash; and its order. Words come from elsewhere: `filter` is without them. */
export const FilterBar = memo(function FilterBar({ filter, onChange }: { filter: LibraryFilter; onChange: (change: Partial<LibraryFilter>) => void }) {
  const tags = useTags();
  const [open, setOpen] = useState<Open>(null);
  const shown = shownBy(filter);
  const show = (name: NonNullable<Open>['name']) => (event: MouseEvent<HTMLElement>) => setOpen({ name, anchor: event.currentTarget });
  const choose = (change: Partial<LibraryFilter>) => () => {
    setOpen(null);
    onChange(change);
  };
  const toggle = (isOn: boolean) => ({ size: 'small', variant: isOn ? 'filled' : 'outlined', color: isOn ? 'primary' : 'default', 'aria-pressed': isOn } as const);
  return (
    <Box role="group" aria-label={t('mediaLibrary.filters')} sx={{ flex: 'none', display: 'flex', flexWrap: 'wrap', gap: 1, px: 2.5, pb: 2 }}>
      <Chip {...toggle(shown !== 'all')} icon={<FilterList />} label={t(`mediaLibrary.show.${shown}`)} aria-label={t('mediaLibrary.showOnly', { what: t(`mediaLibrary.show.${shown}`) })} onClick={show('show')} {...(shown === 'all' ? {} : { onDelete: choose(partOf('all')) })} />
      <Chip {...toggle(filter.starred)} icon={<StarBorder />} label={t('mediaLibrary.starred')} onClick={() => onChange({ starred: !filter.starred })} />
      {tags.length === 0 && filter.tag === null ? null : <Chip {...toggle(filter.tag !== null)} icon={<LocalOfferOutlined />} label={filter.tag ?? t('mediaLibrary.tags')} onClick={show('tags')} {...(filter.tag === null ? {} : { onDelete: choose({ tag: null }) })} />}
      <Chip {...toggle(filter.trashed)} icon={<DeleteOutlined />} label={t('mediaLibrary.trash')} onClick={() => onChange({ trashed: !filter.trashed })} />
      <Chip size="small" variant="outlined" icon={<Sort />} label={t(`mediaLibrary.order.${filter.order}`)} aria-label={t('mediaLibrary.orderBy', { order: t(`mediaLibrary.order.${filter.order}`) })} onClick={show('order')} />
      <Menu open={open?.name === 'tags'} anchorEl={open?.anchor ?? null} onClose={() => setOpen(null)}>
        {tags.map(({ tag, count }) => <MenuItem key={tag} selected={tag === filter.tag} onClick={choose({ tag })}>{t('mediaLibrary.tagCount', { tag, count })}</MenuItem>)}
      </Menu>
      <Menu open={open?.name === 'show'} anchorEl={open?.anchor ?? null} onClose={() => setOpen(null)}>
        {NAMES.map((name) => <MenuItem key={name} selected={name === shown} onClick={choose(partOf(name))}>{t(`mediaLibrary.show.${name}`)}</MenuItem>)}
      </Menu>
      <Menu open={open?.name === 'order'} anchorEl={open?.anchor ?? null} onClose={() => setOpen(null)}>
        {LibraryOrder.options.map((order) => <MenuItem key={order} selected={order === filter.order} onClick={choose({ order })}>{t(`mediaLibrary.order.${order}`)}</MenuItem>)}
      </Menu>
    </Box>
  );
});
