import Delete from '@mui/icons-material/Delete';
import DeleteOutlined from '@mui/icons-material/DeleteOutlined';
import FilterList from '@mui/icons-material/FilterList';
import LocalOfferOutlined from '@mui/icons-material/LocalOfferOutlined';
import Sort from '@mui/icons-material/Sort';
import Star from '@mui/icons-material/Star';
import StarBorder from '@mui/icons-material/StarBorder';
import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { memo, useState, type MouseEvent } from 'react';
import type { AssetKind } from '../../../src-shared/contract/assets.ts';
import { LibraryFilter, LibraryOrder } from '../../../src-shared/contract/library.ts';
import { useTags } from '../../api/library-queries.ts';
import { IconAction } from '../../components/IconAction.tsx';
import { t } from '../../i18n/text.ts';

type Open = { readonly name: 'tags' | 'order' | 'show'; readonly anchor: HTMLElement } | null;

const ALL = LibraryFilter.parse({});
const SMALL = { p: 1 } as const;
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
  const chip = (isOn: boolean) => ({ size: 'small', variant: isOn ? 'filled' : 'outlined', color: isOn ? 'primary' : 'default', 'aria-pressed': isOn, sx: { minWidth: 0, height: 26 } } as const);
  return (
    <Box role="group" aria-label={t('mediaLibrary.filters')} sx={{ flex: 'none', display: 'flex', alignItems: 'center', gap: 0.5, px: 2.5, pb: 0.5 }}>
      {/* One line in a library of any width: what has no room is cut off within its chip. */}
      <Box sx={{ flex: 1, minWidth: 0, display: 'flex', gap: 1 }}>
        <Chip {...chip(shown !== 'all')} icon={<FilterList />} label={t(`mediaLibrary.show.${shown}`)} aria-label={t('mediaLibrary.showOnly', { what: t(`mediaLibrary.show.${shown}`) })} onClick={show('show')} {...(shown === 'all' ? {} : { onDelete: choose(partOf('all')) })} />
        {filter.tag === null ? null : <Chip {...chip(true)} icon={<LocalOfferOutlined />} label={filter.tag} onClick={show('tags')} onDelete={choose({ tag: null })} />}
      </Box>
      {tags.length === 0 || filter.tag !== null ? null : <IconAction label={t('mediaLibrary.tags')} icon={<LocalOfferOutlined />} onClick={show('tags')} sx={SMALL} />}
      <IconAction label={t('mediaLibrary.starred')} icon={filter.starred ? <Star /> : <StarBorder />} pressed={filter.starred} onClick={() => onChange({ starred: !filter.starred })} sx={SMALL} />
      <IconAction label={t('mediaLibrary.orderBy', { order: t(`mediaLibrary.order.${filter.order}`) })} icon={<Sort />} onClick={show('order')} sx={{ ...SMALL, ...(filter.order === ALL.order ? {} : { color: 'primary.light' }) }} />
      <IconAction label={t('mediaLibrary.trash')} icon={filter.trashed ? <Delete /> : <DeleteOutlined />} pressed={filter.trashed} onClick={() => onChange({ trashed: !filter.trashed })} sx={SMALL} />
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
