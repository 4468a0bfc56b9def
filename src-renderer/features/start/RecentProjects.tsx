import Close from '@mui/icons-material/Close';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Typography from '@mui/material/Typography';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RecentProject } from '../../../src-shared/contract/projects.ts';
import { useStudio } from '../../api/studio-context.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { Poster } from '../../components/Poster.tsx';
import { notifyError } from '../../editor/notices.ts';
import { formatAgo } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';

/** Projects one had open, newest first, with the poster of their newest take. */
export function RecentProjects({ projects, onOpen }: { projects: readonly RecentProject[]; onOpen: (path: string) => void }) {
  const { client } = useStudio();
  const queryClient = useQueryClient();
  const [nowMs] = useState(() => Date.now());
  if (projects.length === 0) return null;

  const forget = (path: string) => void client.projects.forget({ path }).then(() => queryClient.invalidateQueries({ queryKey: ['recent'] }), notifyError);

  return (
    <Box component="section" aria-labelledby="recent-title">
      <Typography id="recent-title" variant="h3" component="h2" sx={{ mb: 2.5, color: 'text.secondary' }}>{t('start.recent')}</Typography>
      <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none', display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(196px, 1fr))', gap: 3 }}>
        {projects.slice(0, 8).map((project) => (
          <Box key={project.path} component="li" sx={{ position: 'relative', '& .forget': { opacity: 0 }, '&:hover .forget, &:focus-within .forget': { opacity: 1 } }}>
            <ButtonBase
              disabled={!project.exists} onClick={() => onOpen(project.path)}
              sx={{ display: 'block', width: 1, textAlign: 'left', borderRadius: 2, p: 1.5, bgcolor: 'studio.panel', border: 1, borderColor: 'studio.line', opacity: project.exists ? 1 : 0.55, '&:hover': { borderColor: 'primary.main', bgcolor: 'studio.raised' } }}
            >
              <Poster src={project.posterUrl} />
              <Box sx={{ px: 1, pt: 1.5, pb: 0.5 }}>
                <Typography variant="h3" component="p" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{project.name}</Typography>
                <Typography variant="caption" sx={{ color: 'text.secondary' }} title={project.path}>{project.exists ? formatAgo(project.openedAt, nowMs) : t('start.missing')}</Typography>
              </Box>
            </ButtonBase>
            <Box className="forget" sx={{ position: 'absolute', top: 10, right: 10, bgcolor: 'rgb(0 0 0 / 0.65)', borderRadius: 1, color: 'common.white' }}>
              <IconAction label={t('start.forget', { name: project.name })} icon={<Close />} onClick={() => forget(project.path)} sx={{ p: 0.5, color: 'inherit' }} />
            </Box>
          </Box>
        ))}
      </Box>
    </Box>
  );
}
