import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { DisposableStore } from '../../core/disposable.ts';
import { affects } from '../settings.ts';
import { endpointSettings } from './endpoint-settings.ts';

const secretKey = 'endpoint.token';

/** What callers of the local endpoint have to show, if anything. One for all windows, kept among the user's secrets. */
export class EndpointToken implements vscode.Disposable {
  readonly #secrets: vscode.SecretStorage;
  readonly #owned = new DisposableStore();
  readonly #onDidChange = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#onDidChange.event;
  #value: string | undefined;

  constructor(secrets: vscode.SecretStorage, onError: (error: unknown) => void) {
    this.#secrets = secrets;
    this.#owned.add(this.#onDidChange);
    const reload = (): void => void this.load().catch(onError);
    this.#owned.add(
      secrets.onDidChange(({ key }) => {
        if (key === secretKey) {
          reload();
        }
      }),
    );
    this.#owned.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (affects(event, 'endpoint.token')) {
          reload();
        }
      }),
    );
  }

  /** Undefined where none is asked for. */
  get value(): string | undefined {
    return this.#value;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  async load(): Promise<void> {
    if (!isRequired()) {
      this.#set(undefined);
      return;
    }
    // Until it is known nobody is let in.
    this.#value ??= newToken();
    const known = await this.#secrets.get(secretKey);
    if (known === undefined || known === '') {
      await this.rotate();
    } else if (isRequired()) {
      this.#set(known);
    }
  }

  /** Who has the old one is not let in any more. */
  async rotate(): Promise<void> {
    const token = newToken();
    if (isRequired()) {
      this.#set(token);
    }
    await this.#secrets.store(secretKey, token);
  }

  #set(value: string | undefined): void {
    if (value !== this.#value) {
      this.#value = value;
      this.#onDidChange.fire();
    }
  }
}

/** By default where the port is forwarded: whoever reaches the other end of it is not on this machine. */
function isRequired(): boolean {
  const preference = endpointSettings.token();
  const isForwarded = vscode.env.remoteName !== undefined || vscode.env.uiKind === vscode.UIKind.Web;
  return preference === 'required' || (preference === 'auto' && isForwarded);
}

function newToken(): string {
  return randomBytes(24).toString('base64url');
}
