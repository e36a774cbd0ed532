import { atLeast, readSetting } from '../settings.ts';

/** Whether callers need a token; `auto`: where the port is forwarded. */
export type TokenPreference = 'auto' | 'required' | 'none';

/** The settings of the local endpoint as they are now. */
export const endpointSettings = {
  autoStart: (): boolean => readSetting('endpoint.autoStart', false),
  /** 0 for whichever is free. */
  port: (): number => Math.min(65_535, atLeast(0, readSetting('endpoint.port', 8080))),
  allowedOrigins: (): readonly string[] => readSetting<string[]>('endpoint.allowedOrigins', []),
  token: (): TokenPreference => {
    const value = readSetting<string>('endpoint.token', 'auto');
    return value === 'required' || value === 'none' ? value : 'auto';
  },
} as const;
