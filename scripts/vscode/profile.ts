import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { QUIET_SETTINGS } from './settings.ts';

/** A user's folders of a VS Code, made for one run: settings and state in one, extensions in the other. */
export class Profile {
  readonly directory: string;
  readonly userDataDirectory: string;
  readonly extensionsDirectory: string;

  #settings: Readonly<Record<string, unknown>> = QUIET_SETTINGS;

  constructor(settings: Readonly<Record<string, unknown>>) {
    // Short, because VS Code makes a socket in it, and such paths are limited to 107 characters.
    this.directory = mkdtempSync(path.join(tmpdir(), 'hf-code-'));
    this.userDataDirectory = path.join(this.directory, 'user');
    this.extensionsDirectory = path.join(this.directory, 'extensions');
    mkdirSync(this.extensionsDirectory);
    this.writeSettings(settings);
  }

  /** Added to those before. A VS Code that runs takes them up at once. */
  writeSettings(settings: Readonly<Record<string, unknown>>): void {
    this.#settings = { ...this.#settings, ...settings };
    // For a VS Code in a browser the extension host is remote, and settings of the scope `machine` are read there.
    for (const place of ['User', 'Machine']) {
      const folder = path.join(this.userDataDirectory, place);
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, 'settings.json'), JSON.stringify(this.#settings, null, 2));
    }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}
