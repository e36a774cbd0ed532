import type { ListeningEndpoint } from './local-endpoint.ts';

export interface EndpointText {
  readonly text: string;
  /** Paragraphs of Markdown. */
  readonly tooltip: readonly string[];
  readonly spoken: string;
}

/** @param isOpen whether callers need no token */
export function describeEndpoint(endpoint: ListeningEndpoint, isOpen: boolean): EndpointText {
  const { port, address, localAddress } = endpoint;
  const taken = takenPort(endpoint);
  return {
    text: `$(broadcast) :${port}`,
    tooltip: [
      '**Hot Functions: local endpoint**',
      `\`${address}/r/{app}/{path}\``,
      ...(address === localAddress ? [] : [`On this machine: \`${localAddress}\``]),
      ...(taken === undefined ? [] : [`${taken}.`]),
      isOpen ? 'Every program of this machine may call.' : 'Callers need the token.',
    ],
    spoken: `Hot Functions, local endpoint at port ${port}${isOpen ? '' : ', with a token'}`,
  };
}

/** What there is to say of a port that is not the wanted one. */
export function takenPort({ port, wantedPort }: ListeningEndpoint): string | undefined {
  return wantedPort === 0 || port === wantedPort ? undefined : `Port ${wantedPort} is taken, so it listens at ${port}`;
}
