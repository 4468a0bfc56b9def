import type { Download } from '../../src-shared/contract/hub.ts';
import { notify } from '../editor/notices.ts';
import { tellIfAway } from '../editor/system-notice.ts';
import { t } from '../i18n/text.ts';

/** Tells about a download that has just ended by itself; what the creator stopped needs no words. */
export function announceDownload(download: Download): void {
  const { repository, state, error } = download;
  if (state === 'completed') {
    tellIfAway(t('hub.ready', { name: repository }));
    notify('success', t('hub.ready', { name: repository }));
  } else if (error !== null) {
    const words = t('hub.stoppedWith', { name: repository, reason: error.message });
    tellIfAway(words);
    notify('error', words);
  }
}
