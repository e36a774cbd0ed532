import {
  type RecordingLimits,
  type Retention,
  recordingDefaults,
  retentionDefaults,
} from '../../core/calls/call-record.ts';
import { atLeast, readSetting } from '../settings.ts';

const dayMs = 24 * 60 * 60 * 1000;
const mib = 1024 ** 2;

/** How much of each call is kept, by the settings as they are now. */
export function recordingLimits(): RecordingLimits {
  const maxBytes = atLeast(0, readSetting('history.maxBytesPerMessage', recordingDefaults.maxBytes));
  return { ...recordingDefaults, maxBytes };
}

/** Which calls are kept, by the settings as they are now. */
export function retention(): Retention {
  const { maxCalls, maxAgeMs, maxBytes } = retentionDefaults;
  return {
    maxCalls: atLeast(0, readSetting('history.maxCalls', maxCalls)),
    maxAgeMs: atLeast(0, readSetting('history.maxAgeDays', maxAgeMs / dayMs)) * dayMs,
    maxBytes: atLeast(1, readSetting('history.maxMiB', maxBytes / mib)) * mib,
  };
}
