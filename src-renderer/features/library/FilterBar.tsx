import DeleteOutlined from '@mui/icons-material/DeleteOutlined';
import LocalOfferOutlined from '@mui/icons-material/LocalOfferOutlined';
import Sort from '@mui/icons-material/Sort';
import StarBorder from '@mui/icons-material/StarBorder';
import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useState, type MouseEvent } from 'react';
import { LibraryOrder, type LibraryFilter } from '../../../src-shared/contract/library.ts';
import { useTags } from '../../api/library-queries.ts';
import { t } from '../../i18n/text.ts';

type Open = { readonly name: 'tags' | 'order'; readonly anchor: HTMLElement } | null;

/** Narrows the library down: stars, tags, the trash; and its order. */
export function FilterBar({ filter, onChange }: { filter: LibraryFilter; onChange: (change: Partial<LibraryFilter>) => void }) {
  const tags = useTags();
  const [open, setOpen] = useState<Open>(null);
  const show = (name: NonNullable<Open>['name']) => (event: MouseEvent<HTMLElement>) => setOpen({ name, anchor: event.currentTarget });
  const choose = (change: Partial<LibraryFilter>) => () => {
    setOpen(null);
    onChange(change);
  };
  const toggle = (isOn: boolean) => ({ size: 'small', variant: isOn ? 'filled' : 'outlined', color: isOn ? 'primary' : 'default', 'aria-pressed': isOn } as const);
  return (
    <Box role="group" aria-label={t('mediaLibrary.filters')} sx={{ flex: 'none', display: 'flex', flexWrap: 'wrap', gap: 1, px: 2.5, pb: 2 }}>
      <Chip {...toggle(filter.starred)} icon={<StarBorder />} label={t('mediaLibrary.starred')} onClick={() => onChange({ starred: !filter.starred })} />
      {tags.length === 0 && filter.tag === null ? null : <Chip {...toggle(filter.tag !== null)} icon={<LocalOfferOutlined />} label={filter.tag ?? t('mediaLibrary.tags')} onClick={show('tags')} {...(filter.tag === null ? {} : { onDelete: choose({ tag: null }) })} />}
      <Chip {...toggle(filter.trashed)} icon={<DeleteOutlined />} label={t('mediaLibrary.trash')} onClick={() => onChange({ trashed: !filter.trashed })} />
      <Chip size="small" variant="outlined" icon={<Sort />} label={t(`mediaLibrary.order.${filter.order}`)} aria-label={t('mediaLibrary.orderBy', { order: t(`mediaLibrary.order.${filter.order}`) })} onClick={show('order')} />
      <Menu open={open?.name === 'tags'} anchorEl={open?.anchor ?? null} onClose={() => setOpen(null)}>
        {tags.map(({ tag, count }) => <MenuItem key={tag} selected={tag === filter.tag} onClick={choose({ tag })}>{t('mediaLibrary.tagCount', { tag, count })}</MenuItem>)}
      </Menu>
      <Menu open={open?.name === 'order'} anchorEl={open?.anchor ?? null} onClose={() => setOpen(null)}>
        {LibraryOrder.options.map((order) => <MenuItem key={order} selected={order === filter.order} onClick={choose({ order })}>{t(`mediaLibrary.order.${order}`)}</MenuItem>)}
      </Menu>
    </Box>
  );
}
